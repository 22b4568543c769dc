"""What the weekly mail needs from the outside: a ledger of mails, somebody who writes them, somebody who carries them."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from guardian.model.mail import Addressee, Handover, MailKind, MailRow, MailState
from guardian.reports.letter import Letter, Links


class Mails(Protocol):
    """The ledger of mails: every one at most once. Every method is one transaction."""

    def intend(self, addressees: Sequence[Addressee], domain: str, now: datetime) -> None:
        """A waiting row for each that has none yet; what is there stays as it is."""
        ...

    def claim(self, addressee: Addressee, proposal: str | None, now: datetime) -> MailRow | None:
        """Take a waiting row whose time has come: it is `sending`, with one try more. None when it is not to be had."""
        ...

    def settle(
        self, row: MailRow, state: MailState, reason: str, now: datetime, not_before: datetime | None = None
    ) -> bool:
        """How the claimed try ended; `waiting` for another one from `not_before` on. False when the row went on without us."""
        ...

    def lapse(self, now: datetime) -> int:
        """Claims that ran out are `uncertain`, what waited for too long is `failed`; how many rows that were."""
        ...

    def of_week(self, week: str) -> list[MailRow]:
        """By kind and recipient."""
        ...

    def latest(self, limit: int = 100) -> list[MailRow]:
        """Newest week first."""
        ...

    def bounce(self, message_id: str, reason: str, now: datetime) -> MailRow | None:
        """The mail came back; None when no mail has that Message-ID."""
        ...

    def proposed(self, since: str, before: str) -> Mapping[tuple[MailKind, str, str], Collection[str]]:
        """Series proposed in mails of the weeks `since <= week < before`, by kind, recipient and scope."""
        ...

    def stop(self, recipient: str, kinds: Collection[MailKind], now: datetime) -> None:
        """Leave the address alone with these."""
        ...

    def resume(self, recipient: str) -> bool:
        """All kinds again; False when nothing was stopped."""
        ...

    def stops(self) -> Collection[tuple[str, MailKind]]: ...


class Line(Protocol):
    """An open connection to the server."""

    def send(self, recipient: str, message: bytes) -> Handover:
        """Hand one mail over; never raises for what a server or network does."""
        ...


class Mailer(Protocol):
    """Carries mails."""

    def connect(self) -> AbstractContextManager[Line]:
        """One connection for a whole run; raises NotReady when the server cannot be used."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter with its picture (SVG, empty for none) and the words in the picture's place; `name` is the reader's."""

    letter: Letter
    picture: str = ""
    alt: str = ""
    name: str = ""


class Scribe(Protocol):
    """Makes messages of letters."""

    @property
    def domain(self) -> str:
        """Behind the @ of the address that mails come from; part of every Message-ID."""
        ...

    def links(self, addressee: Addressee) -> Links:
        """Where the letter leads."""
        ...

    def message(self, addressee: Addressee, draft: Draft, now: datetime) -> bytes:
        """The whole message as it goes over the wire; raises InputError where the recipient is no address."""
        ...
