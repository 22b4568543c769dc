"""An event as the Calendar API v3 sends it, turned into an Occurrence. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from guardian.errors import InputError
from guardian.model.events import FOCUS_MARK, BadEvent, EventKind, EventRef, MeetingKey, Occurrence
from guardian.model.time import When, format_instant, zone_named
from guardian.providers.google.fields import COLOUR_BEFORE, COLOURS, FLAG_COLOUR, LABEL, MARK
from guardian.providers.google.guests import GUEST_FIELDS, Guests, guests_of
from guardian.providers.hosted import CALENDAR
from guardian.providers.shared import comment_text, line
from guardian.providers.understanding import Event, Memory, Unreadable, days, edges_of, interval, or_bad, text_of

KINDS = {
    "default": EventKind.MEETING,
    "focusTime": EventKind.FOCUS,
    "outOfOffice": EventKind.OUT_OF_OFFICE,
    "workingLocation": EventKind.WORKING_LOCATION,
}

NOTHING: Mapping[str, str] = {}

PRIVATE = frozenset({"private", "confidential"})


class Seen(Memory[Guests]):
    """What was understood during one read of one mailbox."""

    def __init__(self, mailbox: str) -> None:
        super().__init__(mailbox, guests_of, GUEST_FIELDS)


def mapped(seen: Seen, event: Any) -> Occurrence | BadEvent:
    """The occurrence, or the event's id with the reason why it is left out."""
    return or_bad(seen.mailbox, event, lambda: occurrence(seen, event))


def occurrence(seen: Seen, event: Event) -> Occurrence:
    """The event on this mailbox's primary calendar. Raises Unreadable, or what broken data raises by themselves."""
    found = seen.guests(event)
    private = event.get("visibility") in PRIVATE
    own = found.own
    marks = _private_properties(event)
    return Occurrence(
        ref=EventRef(seen.mailbox, CALENDAR, text_of(event, "id")),
        meeting=_meeting(event),
        when=_when(event),
        **({} if private else _words(seen, event, found, marks)),
        guests=found.others,
        guests_known=found.complete,
        response=own.response if own else None,
        comment=comment_text(found.comment),
        is_organizer=found.is_organizer,
        optional=own.optional if own else False,
        busy=event.get("transparency") != "transparent",
        cancelled=event.get("status") == "cancelled",
        kind=_kind(event, marks),
        private=private,
        conference=bool(event.get("hangoutLink") or event.get("conferenceData")),
        locked=event.get("locked") is True,
        zone=_zone(event["start"].get("timeZone")),
        series_id=text_of(event, "recurringEventId") if "recurringEventId" in event else None,
        created_at=_moment(event.get("created")),
        updated_at=_moment(event.get("updated")),
        etag=text_of(event, "etag"),
        guardian_key=marks.get(MARK) or None,
    )


def tombstone(mailbox: str, event: Event, when: When) -> Occurrence:
    """A deleted event, of which only the id is sure to be left; `when` is what we know of its time."""
    uid = event.get("iCalUID") or f"{event['id']}@google.com"
    ref = EventRef(mailbox, CALENDAR, event["id"])
    return Occurrence(ref=ref, meeting=MeetingKey(uid), when=when, cancelled=True, etag=event.get("etag"))


def _words(seen: Seen, event: Event, found: Guests, marks: Mapping[str, str]) -> dict[str, Any]:
    """What a private event keeps to itself."""
    return {
        "title": line(event.get("summary") or ""),
        "organizer": found.organizer,
        "organizer_name": found.organizer_name,
        "attendees": found.attendees,
        "agenda": seen.agenda(event.get("description") or "", bool(event.get("attachments"))),
        "labels": _labels(event, marks),
    }


def _meeting(event: Event) -> MeetingKey:
    """Single events keep their key when they move; occurrences are told apart by where they stood originally."""
    uid = text_of(event, "iCalUID")
    if "recurringEventId" not in event:
        return MeetingKey(uid)
    original = event.get("originalStartTime")
    if not original:
        raise Unreadable("an occurrence of a series without its original start")
    if "date" in original:
        return MeetingKey(uid, date.fromisoformat(original["date"]).isoformat())
    return MeetingKey(uid, _written(original["dateTime"], original.get("timeZone")))


def _when(event: Event) -> When:
    start, end = edges_of(event)
    if ("date" in start) != ("date" in end):
        raise Unreadable("it starts all-day and ends at a time, or the other way round")
    if "date" in start:
        return days(date.fromisoformat(start["date"]), date.fromisoformat(end["date"]))
    begin = _instant(start)
    # Where no end was given the service invents one "for compatibility"; it is no length that anybody chose.
    finish = begin if event.get("endTimeUnspecified") else _instant(end)
    return interval(begin, finish)


def _instant(node: Mapping[str, str]) -> datetime:
    return _utc(node["dateTime"], node.get("timeZone"))


@lru_cache(maxsize=8192)
def _utc(text: str, zone: str | None) -> datetime:
    """Everybody invited has the same times, so most were read before."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        if zone is None:
            raise Unreadable("a time without offset and zone")
        value = value.replace(tzinfo=zone_named(zone))
    return value.astimezone(UTC)


@lru_cache(maxsize=8192)
def _written(text: str, zone: str | None) -> str:
    return format_instant(_utc(text, zone))


@lru_cache(maxsize=8192)
def _moment(text: str | None) -> datetime | None:
    """`created` and `updated` may be nonsense on imported events (year 0); that spoils nothing else."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=512)
def _zone(name: str | None) -> str | None:
    """The name where the zone data know it. The offsets beside it were enough to read the time."""
    try:
        return zone_named(name).key if name else None
    except InputError:
        return None


def _kind(event: Event, marks: Mapping[str, str]) -> EventKind:
    """A block of ours is focus time also where the account made us write it as an ordinary event."""
    if marks.get(MARK, "").startswith(FOCUS_MARK):
        return EventKind.FOCUS
    return KINDS.get(event.get("eventType", "default"), EventKind.OTHER)


def _private_properties(event: Event) -> Mapping[str, str]:
    properties = event.get("extendedProperties")
    if not properties:
        return NOTHING
    found = properties.get("private") or {}
    return {name: found[name] for name in (MARK, LABEL, COLOUR_BEFORE) if isinstance(found.get(name), str)}


def _labels(event: Event, marks: Mapping[str, str]) -> tuple[str, ...]:
    """The colour's name, as it was before a flag of ours, then the words of the flag."""
    colour, label = event.get("colorId"), marks.get(LABEL)
    if label and colour == FLAG_COLOUR:
        colour = marks.get(COLOUR_BEFORE)
    named = (COLOURS.get(colour, f"Colour {colour}"),) if colour else ()
    return (*named, line(label)) if label else named
