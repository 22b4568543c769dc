"""An event as Microsoft Graph sends it, turned into an Occurrence. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from guardian.errors import InputError
from guardian.model.events import FOCUS_MARK, BadEvent, EventKind, EventRef, MeetingKey, Occurrence
from guardian.model.time import When, format_instant
from guardian.providers.hosted import CALENDAR
from guardian.providers.outlook.fields import MASTER
from guardian.providers.outlook.guests import GUEST_FIELDS, Guests, guests_of
from guardian.providers.outlook.marks import mark_text
from guardian.providers.outlook.zones import instant, known_zone, midnight, nearest_day, parsed
from guardian.providers.shared import line
from guardian.providers.understanding import Event, Memory, Unreadable, days, edges_of, interval, or_bad, text_of

PRIVATE = frozenset({"private", "personal", "confidential"})
NOT_BUSY = frozenset({"free"})
FIRST_YEAR = 1900


class Seen(Memory[Guests]):
    """What was understood during one read of one mailbox. `lost_series` are those whose master is not to be found."""

    def __init__(self, mailbox: str, focus_names: Sequence[str] = ()) -> None:
        super().__init__(mailbox, guests_of, GUEST_FIELDS)
        self.focus_names = tuple(name.lower() for name in focus_names)
        self.lost_series: set[str] = set()


def mapped(seen: Seen, event: Any, series_uid: str | None = None) -> Occurrence | BadEvent:
    """The occurrence, or the event's id with the reason why it is left out. `series_uid` is the `iCalUId` of the series'
    master, for occurrences of one: their own differs from occurrence to occurrence."""
    return or_bad(seen.mailbox, event, lambda: _named_faults(seen, event, series_uid))


def _named_faults(seen: Seen, event: Event, series_uid: str | None) -> Occurrence:
    """An unknown zone is told by its name: an administrator can look for the mailbox that has it."""
    try:
        return occurrence(seen, event, series_uid)
    except InputError as error:
        raise Unreadable(line(str(error))) from error


def series_of(event: Any) -> str | None:
    """The id of the series' master in this mailbox, None for single events."""
    found = event.get("seriesMasterId") if isinstance(event, Mapping) else None
    return found if isinstance(found, str) and found else None


def occurrence(seen: Seen, event: Event, series_uid: str | None) -> Occurrence:
    """The event on this mailbox's calendar. Raises Unreadable, or what broken data raises by themselves."""
    if event.get("type") == MASTER:
        raise Unreadable("it is a whole series, not one meeting")
    found = seen.guests(event)
    private = event.get("sensitivity") in PRIVATE
    mark = mark_text(event)
    return Occurrence(
        ref=EventRef(seen.mailbox, CALENDAR, text_of(event, "id")),
        meeting=_meeting(event, series_uid),
        when=_when(event),
        **({} if private else _words(seen, event, found)),
        guests=found.others,
        guests_known=found.complete,
        response=found.response,
        answered_at=_answered_at(event),
        is_organizer=found.is_organizer,
        optional=found.optional,
        busy=event.get("showAs") not in NOT_BUSY and not _works_elsewhere(event),
        cancelled=event.get("isCancelled") is True,
        kind=_kind(seen, event, mark),
        private=private,
        conference=bool(event.get("isOnlineMeeting") or event.get("onlineMeetingUrl")),
        zone=known_zone(event.get("originalStartTimeZone")),
        series_id=series_of(event),
        created_at=_moment(event.get("createdDateTime")),
        updated_at=_moment(event.get("lastModifiedDateTime")),
        etag=etag_of(event),
        guardian_key=mark,
    )


def etag_of(event: Event) -> str:
    """The version of the copy; raises Unreadable where there is none, since nothing could be written safely."""
    found = event.get("@odata.etag")
    if isinstance(found, str) and found and found.isprintable():
        return found
    return f'W/"{text_of(event, "changeKey")}"'


def _words(seen: Seen, event: Event, found: Guests) -> dict[str, Any]:
    """What a private event keeps to itself."""
    body = (event.get("body") or {}).get("content") or ""
    return {
        "title": line(event.get("subject") or ""),
        "organizer": found.organizer,
        "organizer_name": found.organizer_name,
        "attendees": found.attendees,
        "agenda": seen.agenda(body, event.get("hasAttachments") is True),
        "labels": categories_of(event),
    }


def categories_of(event: Event) -> tuple[str, ...]:
    return tuple(line(name) for name in event.get("categories") or [])


def _meeting(event: Event, series_uid: str | None) -> MeetingKey:
    """Single events keep their key when they move; occurrences are told apart by where they stood originally."""
    if series_of(event) is None:
        return MeetingKey(text_of(event, "iCalUId"))
    if not series_uid or not series_uid.isprintable():
        raise Unreadable("an occurrence of a series that cannot be found")
    original = event.get("originalStart")
    if not original:
        raise Unreadable("an occurrence of a series without its original start")
    if event.get("isAllDay") is True:
        return MeetingKey(series_uid, nearest_day(original).isoformat())
    return MeetingKey(series_uid, format_instant(parsed(original).astimezone(UTC)))


def _when(event: Event) -> When:
    start, end = edges_of(event)
    if event.get("isAllDay") is True:
        return days(midnight(start), midnight(end))
    return interval(instant(start), instant(end))


def _moment(text: Any) -> datetime | None:
    return _read_moment(text) if isinstance(text, str) else None


def _answered_at(event: Event) -> datetime | None:
    """An answer never given has a time too, in the year 1."""
    found = _moment((event.get("responseStatus") or {}).get("time"))
    return found if found is not None and found.year >= FIRST_YEAR else None


@lru_cache(maxsize=4096)
def _read_moment(text: str) -> datetime | None:
    """Nonsense here (year 0001 on imported events) spoils nothing else. The occurrences of a series share theirs."""
    try:
        return parsed(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _kind(seen: Seen, event: Event, mark: str | None) -> EventKind:
    """Our own mark first. The service has no kind for focus time: the blocks of Viva and of other tools are known by their
    names, on events without guests. A change that the organiser has not sent yet is nothing to judge."""
    if mark is not None and mark.startswith(FOCUS_MARK):
        return EventKind.FOCUS
    if event.get("isDraft") is True:
        return EventKind.OTHER
    if event.get("showAs") == "oof":
        return EventKind.OUT_OF_OFFICE
    if _works_elsewhere(event):
        return EventKind.WORKING_LOCATION
    return EventKind.FOCUS if _is_named_focus(seen, event) else EventKind.MEETING


def _works_elsewhere(event: Event) -> bool:
    """A meeting that is attended from elsewhere stays a meeting."""
    return event.get("showAs") == "workingElsewhere" and not event.get("attendees")


def _is_named_focus(seen: Seen, event: Event) -> bool:
    if event.get("attendees") or event.get("showAs") in NOT_BUSY:
        return False
    names = [event.get("subject") or "", *(event.get("categories") or [])]
    return any(fnmatchcase(name.lower(), pattern) for name in names for pattern in seen.focus_names)
