"""What each kind of act changes on an event that exists: the body of the patch, and how to tell that it took. Pure.

A patch merges objects, replaces arrays and clears what is null.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo

from guardian.errors import InputError, NotSupported, PreconditionFailed
from guardian.model.events import EventKind, Occurrence, Response
from guardian.model.time import Interval, zone_named
from guardian.providers.google.fields import COLOUR_BEFORE, COLOURS, FLAG_COLOUR, LABEL, MARK, STATUS_OF
from guardian.providers.google.guests import is_complete, own_of
from guardian.providers.google.marks import added, has, marks_of, private, properties_of, without
from guardian.providers.shared import ANSWER, FLAG, FOCUS, SHORTEN

Json = dict[str, Any]


class Change(Protocol):
    """`tells` is the service's `sendUpdates`: who is told."""

    @property
    def tells(self) -> str: ...

    def refuse(self, event: Json, seen: Occurrence, /) -> None:
        """Raises NotSupported where this must not be done to this event."""
        ...

    def done(self, event: Json, seen: Occurrence, /) -> bool:
        """Whether the event already is so, by our doing or without any need of it."""
        ...

    def body(self, event: Json, /) -> Json:
        """The patch."""
        ...

    def took(self, event: Json, seen: Occurrence, /) -> bool:
        """Whether the service's reply shows it."""
        ...

    def note(self, seen: Occurrence, /) -> str:
        """What people should know about how it was done."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """The person's own answer. `key` marks it as ours; None takes our mark off, when an earlier answer is given back."""

    tells: ClassVar[str] = "all"
    mailbox: str
    response: Response
    comment: str
    key: str | None

    def refuse(self, event: Json, seen: Occurrence) -> None:
        if seen.is_organizer:
            raise NotSupported("the person organises this meeting; an organiser cannot answer it")
        if seen.response is None:
            raise NotSupported("the person has no place of their own among the guests (invited through a group)")
        if self.key and seen.response is self.response and not self.done(event, seen):
            raise PreconditionFailed("the person already answered so")

    def done(self, event: Json, seen: Occurrence) -> bool:
        ours = f"{ANSWER}{self.key}" in marks_of(event) if self.key else not has(event, ANSWER)
        return seen.response is self.response and ours

    def body(self, event: Json) -> Json:
        mark = added(event, ANSWER, self.key) if self.key else without(event, ANSWER)
        return self._answer(event) | private({MARK: mark})

    def _answer(self, event: Json) -> Json:
        """All rows as read with the own one changed. Where the list was cut or hidden only the own row is sent, and the
        service told so: writing a part of the list back would uninvite the rest."""
        rows = event.get("attendees") or []
        own = own_of(rows, self.mailbox) or {}
        changed = {"responseStatus": STATUS_OF[self.response], "comment": self.comment}
        if not is_complete(event) or event.get("guestsCanSeeOtherGuests") is False:
            return {"attendeesOmitted": True, "attendees": [{"email": own.get("email", self.mailbox)} | changed]}
        return {"attendees": [{**row, **changed} if row is own else row for row in rows]}

    def took(self, _: Json, seen: Occurrence) -> bool:
        return seen.response is self.response

    def note(self, seen: Occurrence) -> str:
        return "" if seen.comment == self.comment else "the service kept the answer without its comment"


@dataclass(frozen=True, slots=True)
class Mark:
    """Our colour and the rule's words, on the own copy. The colour that stood there is remembered beside them."""

    tells: ClassVar[str] = "none"
    label: str
    key: str

    def refuse(self, _: Json, seen: Occurrence) -> None:
        """A flag harms nobody."""

    def done(self, event: Json, _: Occurrence) -> bool:
        return f"{FLAG}{self.key}" in marks_of(event) and properties_of(event).get(LABEL) == self.label

    def body(self, event: Json) -> Json:
        kept = properties_of(event)
        before = kept.get(COLOUR_BEFORE, "") if LABEL in kept else event.get("colorId", "")
        words = {MARK: added(event, FLAG, self.key), LABEL: self.label, COLOUR_BEFORE: before}
        return {"colorId": FLAG_COLOUR} | private(words)

    def took(self, event: Json, seen: Occurrence) -> bool:
        return self.done(event, seen)

    def note(self, _: Occurrence) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Unmark:
    """The flag comes off; a colour that a person chose after ours stays. `labels` tell the colour that stood before
    where our own note of it is lost."""

    tells: ClassVar[str] = "none"
    labels: tuple[str, ...]

    def refuse(self, _: Json, seen: Occurrence) -> None:
        """Taking our own flag off harms nobody."""

    def done(self, event: Json, _: Occurrence) -> bool:
        return LABEL not in properties_of(event) and not has(event, FLAG)

    def body(self, event: Json) -> Json:
        words = {MARK: without(event, FLAG), LABEL: None, COLOUR_BEFORE: None}
        if event.get("colorId") != FLAG_COLOUR:
            return private(words)
        return {"colorId": self._colour(event)} | private(words)

    def _colour(self, event: Json) -> str | None:
        kept = properties_of(event).get(COLOUR_BEFORE)
        if isinstance(kept, str):
            return kept or None
        return next((number for number, name in COLOURS.items() if name in self.labels), None)

    def took(self, event: Json, seen: Occurrence) -> bool:
        return self.done(event, seen)

    def note(self, _: Occurrence) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Resize:
    """A new time for a meeting of the person's own; everybody invited is told."""

    tells: ClassVar[str] = "all"
    when: Interval
    key: str

    def refuse(self, _: Json, seen: Occurrence) -> None:
        if not seen.is_organizer:
            raise NotSupported("only the organiser may change a meeting's time")
        if seen.locked:
            raise NotSupported("the event is locked")
        if seen.kind is not EventKind.MEETING or not isinstance(seen.when, Interval):
            raise NotSupported("only timed meetings can be shortened")

    def done(self, _: Json, seen: Occurrence) -> bool:
        return seen.when == self.when

    def body(self, event: Json) -> Json:
        return times(self.when, _zone_of(event)) | private({MARK: added(event, SHORTEN, self.key)})

    def took(self, event: Json, seen: Occurrence) -> bool:
        return self.done(event, seen)

    def note(self, _: Occurrence) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Shift:
    """A new time for a block of ours."""

    tells: ClassVar[str] = "none"
    block: Interval
    zone: str

    def refuse(self, event: Json, _: Occurrence) -> None:
        refuse_foreign(event)

    def done(self, _: Json, seen: Occurrence) -> bool:
        return seen.when == self.block

    def body(self, _: Json) -> Json:
        return times(self.block, self.zone)

    def took(self, event: Json, seen: Occurrence) -> bool:
        return self.done(event, seen)

    def note(self, _: Occurrence) -> str:
        return ""


def refuse_foreign(event: Json) -> None:
    """Only blocks that carry our mark, and that nobody else was invited to since, are ours to move or delete."""
    if not has(event, FOCUS):
        raise NotSupported("this is no focus block of ours")
    if any(not row.get("self") for row in event.get("attendees") or []):
        raise NotSupported("other people were invited to this block; it is a meeting now")


def times(when: Interval, zone: str) -> Json:
    """Start and end on the wall clock of the zone."""
    named = zone_named(zone)
    return {"start": _node(when.start, named, zone), "end": _node(when.end, named, zone)}


def _node(instant: datetime, zone: ZoneInfo, name: str) -> dict[str, str]:
    return {"dateTime": instant.astimezone(zone).isoformat(), "timeZone": name}


def _zone_of(event: Json) -> str:
    try:
        return zone_named(event["start"].get("timeZone") or "UTC").key
    except InputError:
        return "UTC"
