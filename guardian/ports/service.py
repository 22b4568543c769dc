"""A calendar service, as the engine asks it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from guardian.model.actions import Action, Receipt
from guardian.model.events import BadEvent, EventRef, Occurrence
from guardian.model.people import Person
from guardian.model.service import Capabilities, Changed, MailboxSettings
from guardian.model.time import Interval

Clock = Callable[[], datetime]
"""Tells the time: aware, UTC."""


class Check(Protocol):
    """One thing that was looked at; `mend` says what to do, empty where all is well."""

    @property
    def name(self) -> str: ...

    @property
    def ok(self) -> bool: ...

    @property
    def detail(self) -> str: ...

    @property
    def mend(self) -> str: ...


class CalendarProvider(Protocol):
    """One calendar service (or folder), for all its mailboxes. Thread-safe: called from one thread per mailbox.

    Every method may raise AccessLost, RateLimited or ProviderDown. A mailbox that is not on the roster given to the
    factory is refused with AccessLost before any request.
    """

    name: str
    capabilities: Capabilities

    def changed(self, mailbox: str, cursor: str | None) -> Changed:
        """Has anything changed since the cursor? Without a cursor: yes, and here is one. Raises CursorExpired."""
        ...

    def read_window(self, mailbox: str, window: Interval) -> Iterator[Occurrence | BadEvent]:
        """Every occurrence that overlaps the window, cancelled ones left out, expanded by the service.

        Complete when the iterator ends; an error before that voids the whole read.
        """
        ...

    def read(self, ref: EventRef) -> Occurrence | None:
        """The occurrence as it is now, None when it does not exist (cancelled ones may come with `cancelled`)."""
        ...

    def apply(self, action: Action) -> Receipt:
        """Do it, once, verify, and say how the event looks now. Never guesses a target.

        `action.expects.etag`, where set, must still be the event's. Raises PreconditionFailed, Gone, NotSupported,
        OutcomeUnknown (the write may have happened).
        """
        ...

    def find(self, action: Action) -> Occurrence | None:
        """The event a BookFocus action made or would have made, None when there is none; cancelled when a person deleted it."""
        ...

    def diagnose(self, mailbox: str) -> Sequence[Check]:
        """What `guardian doctor` shows of one mailbox: access, clock, scopes; never raises for what it is there to find."""
        ...

    def settings(self, mailbox: str) -> MailboxSettings:
        """What the mailbox says of itself; asked for once a day at most."""
        ...

    def directory(self) -> Iterator[Person]:
        """Everybody who may be enrolled: active accounts of people with a calendar here, by the provider's own settings.

        Complete when the iterator ends; an error before that voids the whole read. Raises NotSupported where no directory
        is set up.
        """
        ...

    def members(self, group: str) -> frozenset[str]:
        """The addresses, in lower case, of everybody in the group and in the groups inside it.

        Raises Gone where the directory has no such group, NotSupported where no directory with groups is set up.
        """
        ...

    def close(self) -> None:
        """Give back what is held open. Nobody may be using the provider any more."""
        ...
