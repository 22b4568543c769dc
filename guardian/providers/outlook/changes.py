"""What each kind of act sends for an event that exists, and how to tell that it took. Pure.

A patch replaces arrays and leaves alone what it does not name; the body of an event is never written, since that may
disable its online meeting.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from guardian.errors import NotSupported, PreconditionFailed
from guardian.model.events import EventKind, Occurrence, Response
from guardian.model.time import Interval
from guardian.providers.outlook.fields import PREFIX, VERB_OF, category_of
from guardian.providers.outlook.mapping import categories_of
from guardian.providers.outlook.marks import marking, marks_of
from guardian.providers.outlook.zones import node_of
from guardian.providers.shared import FLAG, FOCUS, SHORTEN, has_mark, with_mark, without_marks

Json = dict[str, Any]

NO_WAY_BACK = "Outlook cannot return to 'not answered'; the answer is tentative now"


class Change(Protocol):
    """`verb` is the action of the event that is called; empty for a patch of its fields."""

    @property
    def verb(self) -> str: ...

    def refuse(self, event: Json, seen: Occurrence, /) -> None:
        """Raises NotSupported where this must not be done to this event."""
        ...

    def done(self, event: Json, seen: Occurrence, /) -> bool:
        """Whether the event already is so, by our doing or without any need of it."""
        ...

    def body(self, event: Json, /) -> Json:
        """What is sent."""
        ...

    def took(self, event: Json, seen: Occurrence, /) -> bool:
        """Whether the event, read again, shows it."""
        ...

    def note(self) -> str:
        """What people should know about how it was done."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """The person's own answer. `back` gives an earlier answer back instead of giving one of ours."""

    response: Response
    comment: str
    proposed: Interval | None = None
    back: bool = False

    @property
    def given(self) -> Response:
        """There is no way back to "not answered"."""
        return Response.TENTATIVE if self.response is Response.NEEDS_ACTION else self.response

    @property
    def verb(self) -> str:
        return VERB_OF[self.given]

    def refuse(self, event: Json, seen: Occurrence) -> None:
        if seen.is_organizer:
            raise NotSupported("the person organises this meeting; an organiser cannot answer it")
        if seen.response is None or not event.get("attendees"):
            raise NotSupported("nobody is invited to this; it is no meeting that could be answered")
        if event.get("isDraft") is True:
            raise NotSupported("the organiser has not sent this change yet")
        if not self.back and seen.response is self.given:
            raise PreconditionFailed("the person already answered so")

    def done(self, _: Json, seen: Occurrence) -> bool:
        return seen.response is self.given

    def body(self, event: Json) -> Json:
        """The service refuses a proposal with an acceptance, without a reply, and where the organiser wants none."""
        replies = event.get("responseRequested") is not False
        body: Json = {"comment": self.comment, "sendResponse": replies}
        proposing = replies and event.get("allowNewTimeProposals") is not False and self.given is not Response.ACCEPTED
        if self.proposed is None or not proposing:
            return body
        span = {"start": node_of(self.proposed.start), "end": node_of(self.proposed.end)}
        return body | {"proposedNewTime": span}

    def took(self, event: Json, seen: Occurrence) -> bool:
        return self.done(event, seen)

    def note(self) -> str:
        return NO_WAY_BACK if self.given is not self.response else ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A category that names the rule, on the own copy."""

    label: str
    key: str
    verb: str = ""

    def refuse(self, event: Json, seen: Occurrence) -> None:
        """A flag harms nobody."""

    def done(self, event: Json, _: Occurrence) -> bool:
        return f"{FLAG}{self.key}" in marks_of(event) and category_of(self.label) in categories_of(event)

    def body(self, event: Json) -> Json:
        """One flag at a time: an earlier one of ours gives way."""
        names = [name for name in event.get("categories") or [] if not _is_earlier_flag(event, name)]
        label = category_of(self.label)
        words = marking(with_mark(marks_of(event), FLAG, self.key))
        return {"categories": [*(name for name in names if name != label), label]} | words

    def took(self, event: Json, seen: Occurrence) -> bool:
        return self.done(event, seen)

    def note(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Unmark:
    """The flag comes off. Categories that stood there before ours (`labels`), or that a person put there since, stay."""

    labels: tuple[str, ...]
    verb: str = ""

    def refuse(self, event: Json, seen: Occurrence) -> None:
        """Taking our own flag off harms nobody."""

    def done(self, event: Json, _: Occurrence) -> bool:
        return not has_mark(marks_of(event), FLAG) and not self._ours(event)

    def body(self, event: Json) -> Json:
        ours = self._ours(event)
        kept = [name for name in event.get("categories") or [] if name not in ours]
        return {"categories": kept} | marking(without_marks(marks_of(event), FLAG))

    def _ours(self, event: Json) -> set[str]:
        return {name for name in event.get("categories") or [] if name.startswith(PREFIX)} - set(self.labels)

    def took(self, event: Json, seen: Occurrence) -> bool:
        return self.done(event, seen)

    def note(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Resize:
    """A new time for a meeting of the person's own. The service mails everybody and asks them to answer anew."""

    when: Interval
    key: str
    verb: str = ""

    def refuse(self, _: Json, seen: Occurrence) -> None:
        if not seen.is_organizer:
            raise NotSupported("only the organiser may change a meeting's time")
        if seen.kind is not EventKind.MEETING or not isinstance(seen.when, Interval):
            raise NotSupported("only timed meetings can be shortened")

    def done(self, _: Json, seen: Occurrence) -> bool:
        return seen.when == self.when

    def body(self, event: Json) -> Json:
        start = {"start": node_of(self.when.start, str(event.get("originalStartTimeZone")))}
        end = {"end": node_of(self.when.end, str(event.get("originalEndTimeZone")))}
        return start | end | marking(with_mark(marks_of(event), SHORTEN, self.key))

    def took(self, event: Json, seen: Occurrence) -> bool:
        return self.done(event, seen)

    def note(self) -> str:
        return "Outlook told everybody invited and asks them to answer again"


@dataclass(frozen=True, slots=True)
class Shift:
    """A new time for a block of ours."""

    block: Interval
    verb: str = ""

    def refuse(self, event: Json, _: Occurrence) -> None:
        refuse_foreign(event)

    def done(self, _: Json, seen: Occurrence) -> bool:
        return seen.when == self.block

    def body(self, _: Json) -> Json:
        return times(self.block)

    def took(self, event: Json, seen: Occurrence) -> bool:
        return self.done(event, seen)

    def note(self) -> str:
        return ""


def refuse_foreign(event: Json) -> None:
    """Only blocks that carry our mark, and that nobody was invited to since, are ours to move or delete."""
    if not has_mark(marks_of(event), FOCUS):
        raise NotSupported("this is no focus block of ours")
    if event.get("attendees"):
        raise NotSupported("other people were invited to this block; it is a meeting now")


def times(when: Interval) -> Json:
    """Start and end in UTC, which no clock change makes ambiguous; Outlook shows them on the person's own clock."""
    return {"start": node_of(when.start), "end": node_of(when.end)}


def _is_earlier_flag(event: Json, name: str) -> bool:
    return name.startswith(PREFIX) and has_mark(marks_of(event), FLAG)
