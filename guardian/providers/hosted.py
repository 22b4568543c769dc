"""The calendar port of a service that holds many people's calendars: who may be touched is asked here, before anything else."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Protocol, Self

from guardian.errors import AccessLost, NotSupported
from guardian.model.actions import Action, BookFocus, Receipt, RemoveFocus
from guardian.model.events import BadEvent, EventRef, Occurrence
from guardian.model.people import Person
from guardian.model.time import Interval
from guardian.ports import Changed, MailboxSettings
from guardian.providers.diagnosis import Check

Allowed = Callable[[str], bool] | Collection[str]

OnRequest = Callable[[str, int], None]
"""Told of every request: its name (`events.list`, `token`) and the status, 0 where none came."""

CALENDAR = "primary"
"""Only ever the person's own calendar."""

FOUND_APPLIED = "verified by reading it again"


def utc_now() -> datetime:
    return datetime.now(UTC)


def unheard(_method: str, _status: int) -> None:
    """Nobody counts the requests."""


def target(action: Action) -> EventRef:
    """Raises NotSupported where the act names no event, or one on another calendar than its own."""
    ref = action.ref
    if ref is None or ref.mailbox != action.mailbox or ref.calendar != CALENDAR:
        raise NotSupported("the act names no event on the person's own calendar")
    return ref


class Calendars(Protocol):
    """What is read of calendars, for mailboxes that were found on the roster before."""

    def changed(self, mailbox: str, cursor: str | None) -> Changed: ...

    def window(self, mailbox: str, window: Interval) -> Iterator[Occurrence | BadEvent]: ...

    def read(self, ref: EventRef) -> Occurrence | None: ...

    def settings(self, mailbox: str) -> MailboxSettings: ...


class Revising(Protocol):
    """Changes of events that exist."""

    def apply(self, action: Action) -> Receipt: ...


class Booking(Protocol):
    """Focus blocks."""

    def book(self, action: Action, effect: BookFocus) -> Receipt: ...

    def find(self, action: Action, effect: BookFocus, /) -> Occurrence | None: ...

    def remove(self, action: Action) -> Receipt: ...


class PeopleAndGroups(Protocol):
    """The organisation's directory."""

    def people(self) -> Iterator[Person]: ...

    def members(self, group: str) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Service:
    """One calendar service, in its parts. `doctor` looks at a mailbox, `close` closes all connections."""

    reader: Calendars
    reviser: Revising
    blocks: Booking
    directory: PeopleAndGroups
    doctor: Callable[[str], list[Check]]
    close: Callable[[], None]


class HostedProvider:
    """All mailboxes on the roster: what the service's credentials could reach besides is never asked for.

    `allowed` tells who is on the roster. Acts on other calendars than a person's own are refused.
    """

    company: ClassVar[str]
    """Who runs the service, as people are told."""

    def __init__(self, allowed: Allowed, service: Service) -> None:
        self._allowed = allowed
        self._service = service

    def changed(self, mailbox: str, cursor: str | None) -> Changed:
        """Has anything changed since the cursor? One request where nothing has. Raises CursorExpired."""
        self._require(mailbox)
        return self._service.reader.changed(mailbox, cursor)

    def read_window(self, mailbox: str, window: Interval) -> Iterator[Occurrence | BadEvent]:
        """Every occurrence that overlaps the window, expanded by the service, one page in memory at a time."""
        self._require(mailbox)
        return self._service.reader.window(mailbox, window)

    def read(self, ref: EventRef) -> Occurrence | None:
        """The occurrence as it is now; None where it is gone."""
        self._require(ref.mailbox)
        if ref.calendar != CALENDAR:
            raise NotSupported("only the person's own calendar is read")
        return self._service.reader.read(ref)

    def apply(self, action: Action) -> Receipt:
        """Do it, once, verify, and say how the event looks now."""
        self._require(action.mailbox)
        match action.effect:
            case BookFocus():
                return self._service.blocks.book(action, action.effect)
            case RemoveFocus():
                return self._service.blocks.remove(action)
            case _:
                return self._service.reviser.apply(action)

    def find(self, action: Action) -> Occurrence | None:
        """The block that a booking made; for other acts the event they are about."""
        self._require(action.mailbox)
        if isinstance(action.effect, BookFocus):
            return self._service.blocks.find(action, action.effect)
        return self._service.reader.read(target(action))

    def settings(self, mailbox: str) -> MailboxSettings:
        """The zone that the person chose in the service's own settings."""
        self._require(mailbox)
        return self._service.reader.settings(mailbox)

    def directory(self) -> Iterator[Person]:
        """Active people with a calendar, as the service's directory tells."""
        return self._service.directory.people()

    def members(self, group: str) -> frozenset[str]:
        """Everybody in the group and in the groups inside it. Raises Gone, NotSupported."""
        return self._service.directory.members(group)

    def diagnose(self, mailbox: str) -> list[Check]:
        """What `guardian doctor` tells of this mailbox."""
        self._require(mailbox)
        return self._service.doctor(mailbox)

    def close(self) -> None:
        """Close all connections. Nobody may be using the provider any more."""
        self._service.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _require(self, mailbox: str) -> None:
        allowed = self._allowed(mailbox) if callable(self._allowed) else mailbox in self._allowed
        if not allowed:
            raise AccessLost(f"{mailbox} is not on the roster; nothing was asked of {self.company}", credentials=False)
