"""Events of a service in, one at a time: what cannot be understood is named and left out. Pure."""

import marshal
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from guardian.errors import InputError
from guardian.model.agenda import measure
from guardian.model.events import Agenda, BadEvent, Occurrence
from guardian.model.time import DayRange, Interval
from guardian.providers.shared import line

Event = Mapping[str, Any]
Guests = TypeVar("Guests")

LONGEST = timedelta(days=3660)
"""Nobody is in a meeting for longer, and every day of one costs time and has to exist in every zone."""

MOST_KEPT = 2000
"""Guest lists and descriptions remembered during one read."""


class Unreadable(ValueError):
    """The event cannot be understood; the message says what is wrong, without quoting it."""


class Memory(Generic[Guests]):
    """What was understood during one read of one mailbox: the occurrences of a series come with the same guests and the
    same description again and again. Dropped with the read, so that no description outlives it.

    `guests_of` looks at the `fields` of an event and at nothing else.
    """

    def __init__(self, mailbox: str, guests_of: Callable[[Event, str], Guests], fields: Sequence[str]) -> None:
        self.mailbox = mailbox
        self._guests_of = guests_of
        self._fields = fields
        self._guests: dict[bytes, Guests] = {}
        self._agendas: dict[tuple[str, bool], Agenda] = {}

    def guests(self, event: Event) -> Guests:
        # Version 2 of the format: the bytes depend on nothing but the values.
        key = marshal.dumps([event.get(name) for name in self._fields], 2)
        found = self._guests.get(key)
        if found is None:
            _keep_small(self._guests)
            found = self._guests[key] = self._guests_of(event, self.mailbox)
        return found

    def agenda(self, description: str, has_document: bool) -> Agenda:
        key = description, has_document
        found = self._agendas.get(key)
        if found is None:
            _keep_small(self._agendas)
            found = self._agendas[key] = measure(description, has_document=has_document)
        return found


def _keep_small(kept: dict[Any, Any]) -> None:
    if len(kept) >= MOST_KEPT:
        kept.clear()


def or_bad(mailbox: str, event: Any, understand: Callable[[], Occurrence]) -> Occurrence | BadEvent:
    """The occurrence, or the event's id with the reason why it is left out."""
    try:
        return understand()
    except Unreadable as error:
        reason = str(error)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, InputError) as error:
        reason = f"not an event as the service describes them ({type(error).__name__})"
    return BadEvent(mailbox, _id_of(event), reason)


def _id_of(event: Any) -> str:
    found = event.get("id") if isinstance(event, Mapping) else None
    return line(found) if isinstance(found, str) and found else "(no id)"


def text_of(event: Event, name: str) -> str:
    """A field that no event is without. Raises Unreadable."""
    value = event.get(name)
    if not isinstance(value, str) or not value:
        raise Unreadable(f"it has no {name}")
    if not value.isprintable():
        raise Unreadable(f"its {name} holds control characters")
    return value


def edges_of(event: Event) -> tuple[Any, Any]:
    """Start and end as the service writes them. Raises Unreadable."""
    start, end = event.get("start"), event.get("end")
    if not start or not end:
        raise Unreadable("it has no start or no end")
    return start, end


def days(first: date, after: date) -> DayRange:
    """The service's end is exclusive; first = end occurs in imported calendars and means that one day. Raises Unreadable."""
    if after < first:
        raise Unreadable("it ends before it starts")
    _refuse_ages(after - first)
    return DayRange(first, max(first, after - timedelta(days=1)))


def interval(begin: datetime, finish: datetime) -> Interval:
    """Raises Unreadable."""
    if finish < begin:
        raise Unreadable("it ends before it starts")
    _refuse_ages(finish - begin)
    return Interval(begin, finish)


def _refuse_ages(length: timedelta) -> None:
    if length > LONGEST:
        raise Unreadable("it lasts longer than ten years")
