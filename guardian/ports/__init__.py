"""The few things the engine needs from the outside, as protocols. Adapters implement them, `bootstrap` chooses."""

from typing import Protocol

from guardian.model.health import CalendarState as CalendarState
from guardian.model.registry import Membership as Membership
from guardian.model.registry import StoredPolicy as StoredPolicy
from guardian.model.registry import Token as Token
from guardian.model.service import Capabilities as Capabilities
from guardian.model.service import Changed as Changed
from guardian.model.service import MailboxSettings as MailboxSettings
from guardian.model.sessions import Session as Session
from guardian.ports.access import Sessions as Sessions
from guardian.ports.facts import Belonging as Belonging
from guardian.ports.facts import Facts as Facts
from guardian.ports.facts import Rollups as Rollups
from guardian.ports.facts import WindowRead as WindowRead
from guardian.ports.ledger import Ledger as Ledger
from guardian.ports.mail import Draft as Draft
from guardian.ports.mail import Line as Line
from guardian.ports.mail import Mailer as Mailer
from guardian.ports.mail import Mails as Mails
from guardian.ports.mail import Scribe as Scribe
from guardian.ports.registry import Registry as Registry
from guardian.ports.service import CalendarProvider as CalendarProvider
from guardian.ports.service import Check as Check
from guardian.ports.service import Clock as Clock
from guardian.ports.upkeep import Upkeep as Upkeep


class Store(Protocol):
    """One database behind the views of it."""

    @property
    def facts(self) -> Facts: ...

    @property
    def ledger(self) -> Ledger: ...

    @property
    def registry(self) -> Registry: ...

    @property
    def rollups(self) -> Rollups: ...

    @property
    def mails(self) -> Mails: ...

    @property
    def sessions(self) -> Sessions: ...

    @property
    def upkeep(self) -> Upkeep: ...

    def check(self) -> str | None:
        """None when the database answers and its schema is current, else what is wrong and the mend."""
        ...
