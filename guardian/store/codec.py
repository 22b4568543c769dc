"""Occurrences as compact JSON text, and the small pieces other codecs share.

Fields that hold their default are left out. Every document carries `v`, its version; one that is newer than this
program is refused. Text is cleaned on the way in: NUL and lone surrogates cannot be stored by PostgreSQL and become
U+FFFD, and what only people read (titles, names, comments) is cut to the lengths below. Ids are never cut.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from guardian.errors import NotReady
from guardian.model.events import Agenda, Attendee, BadEvent, EventKind, EventRef, MeetingKey, Occurrence, Response
from guardian.model.time import DayRange, Interval, When

VERSION = 1
TITLE = 1_000
NAME = 300
COMMENT = 8_000
INDEXED = 600
"""Longest identifier kept as it is in an index (PostgreSQL refuses index rows over about 2,700 bytes)."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Json = dict[str, Any]


def clean(text: str, limit: int | None = None) -> str:
    """Storable text of at most `limit` characters."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text if limit is None else text[:limit])


def indexed(text: str) -> str:
    """An identifier as it stands in key columns: itself, or its beginning and a digest where it is too long."""
    text = clean(text)
    if len(text) <= INDEXED:
        return text
    return f"{text[:100]}~{hashlib.sha256(text.encode()).hexdigest()}"


def dump(document: Mapping[str, Any] | list[Any]) -> str:
    """The same JSON text for the same value."""
    return _ENCODER.encode(document)


def load(text: str) -> Json:
    """Raises NotReady for a document of a later version."""
    document: Json = json.loads(text)
    if document.get("v", VERSION) > VERSION:
        raise NotReady("the database holds data of a newer guardian; use the newer program")
    return document


def plain(value: Any) -> Any:
    """Free-form data (run summaries, policy sources) as storable JSON: text cleaned, keys text, instants RFC 3339."""
    if isinstance(value, str):
        return clean(str(value))
    if isinstance(value, Mapping):
        return {clean(str(k)): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def instant_out(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def instant_in(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def when_out(when: When) -> list[str]:
    """Two RFC 3339 instants, or two dates (both included) for all-day."""
    if isinstance(when, Interval):
        return [instant_out(when.start), instant_out(when.end)]
    return [when.first.isoformat(), when.last.isoformat()]


def when_in(pair: list[str]) -> When:
    first, last = pair
    if len(first) == len("2026-11-22"):
        return DayRange(date.fromisoformat(first), date.fromisoformat(last))
    return Interval(instant_in(first), instant_in(last))


def start_text(when: When) -> str:
    """What tells two times of one meeting apart in an identity."""
    return when_out(when)[0]


def interval_out(interval: Interval | None) -> list[str] | None:
    return when_out(interval) if interval else None


def interval_in(pair: list[str] | None) -> Interval | None:
    return Interval(instant_in(pair[0]), instant_in(pair[1])) if pair else None


def ref_out(ref: EventRef) -> list[str]:
    return [clean(ref.mailbox), clean(ref.calendar), clean(ref.event_id)]


def ref_in(parts: list[str]) -> EventRef:
    return EventRef(*parts)


def meeting_out(meeting: MeetingKey) -> list[str]:
    return [clean(meeting.series_uid), clean(meeting.original_start)]


def meeting_in(parts: list[str]) -> MeetingKey:
    return MeetingKey(*parts)


def bad_out(bad: BadEvent) -> list[str]:
    return [clean(bad.mailbox), clean(bad.event_id, NAME), clean(bad.reason, TITLE)]


def attendee_out(attendee: Attendee) -> Json:
    return _without_defaults(
        {
            "email": clean(attendee.email),
            "name": clean(attendee.name, NAME),
            "response": _changed(attendee.response, Response.NEEDS_ACTION),
            "optional": attendee.optional,
            "resource": attendee.resource,
            "group": attendee.group,
            "is_self": attendee.is_self,
            "extra_guests": attendee.extra_guests,
        }
    ) | {"email": clean(attendee.email)}


def attendee_in(data: Json) -> Attendee:
    if "response" in data:
        return Attendee(**{**data, "response": Response(data["response"])})
    return Attendee(**data)


def agenda_out(agenda: Agenda) -> list[int]:
    return [agenda.words, agenda.characters, int(agenda.has_document)]


def agenda_in(parts: list[int]) -> Agenda:
    return Agenda(parts[0], parts[1], bool(parts[2]))


def occurrence_out(occurrence: Occurrence) -> Json:
    return {
        "ref": ref_out(occurrence.ref),
        "meeting": meeting_out(occurrence.meeting),
        "when": when_out(occurrence.when),
        **_without_defaults(_texts(occurrence) | _marks(occurrence) | _parts(occurrence)),
    }


def _texts(o: Occurrence) -> Json:
    return {
        "title": clean(o.title, TITLE),
        "organizer": clean(o.organizer),
        "organizer_name": clean(o.organizer_name, NAME),
        "comment": clean(o.comment, COMMENT),
        "labels": [clean(label, NAME) for label in o.labels],
        "zone": _identifier(o.zone),
        "series_id": _identifier(o.series_id),
        "etag": _identifier(o.etag),
        "guardian_key": _identifier(o.guardian_key),
    }


def _marks(o: Occurrence) -> Json:
    return {
        "guests": o.guests,
        "guests_known": _changed(o.guests_known, True),
        "is_organizer": o.is_organizer,
        "optional": o.optional,
        "busy": _changed(o.busy, True),
        "cancelled": o.cancelled,
        "private": o.private,
        "conference": o.conference,
        "locked": o.locked,
    }


def _parts(o: Occurrence) -> Json:
    return {
        "attendees": [attendee_out(a) for a in o.attendees],
        "response": o.response and str(o.response),
        "kind": _changed(o.kind, EventKind.MEETING),
        "agenda": o.agenda and agenda_out(o.agenda),
        "answered_at": o.answered_at and instant_out(o.answered_at),
        "created_at": o.created_at and instant_out(o.created_at),
        "updated_at": o.updated_at and instant_out(o.updated_at),
    }


def _identifier(text: str | None) -> list[str] | None:
    """In a list, so that the empty text stays apart from None."""
    return None if text is None else [clean(text)]


def _changed(value: Any, default: Any) -> Any:
    """Wrapped, so that a value that is false but not the default is kept."""
    return None if value == default else (str(value) if isinstance(value, str) else [value])


def _without_defaults(document: Json) -> Json:
    return {name: value for name, value in document.items() if value}


_READERS: Mapping[str, Any] = {
    "labels": tuple,
    "zone": lambda v: v[0],
    "series_id": lambda v: v[0],
    "etag": lambda v: v[0],
    "guardian_key": lambda v: v[0],
    "guests_known": lambda v: v[0],
    "busy": lambda v: v[0],
    "attendees": lambda v: tuple(attendee_in(a) for a in v),
    "response": Response,
    "kind": EventKind,
    "agenda": agenda_in,
    "answered_at": instant_in,
    "created_at": instant_in,
    "updated_at": instant_in,
    "ref": ref_in,
    "meeting": meeting_in,
    "when": when_in,
}


def occurrence_in(data: Json) -> Occurrence:
    fields = {name: _READERS[name](value) if name in _READERS else value for name, value in data.items()}
    fields.pop("v", None)
    return Occurrence(**fields)


def occurrence_text(occurrence: Occurrence) -> str:
    return dump({"v": VERSION, **occurrence_out(occurrence)})


def read_occurrence(text: str) -> Occurrence:
    return occurrence_in(load(text))


def fingerprint(occurrence: Occurrence) -> str:
    """Of what a rule could see: time, people, title, organiser, answer. The answers of other people are no part of it."""
    people = sorted((clean(a.email), a.optional, a.resource, a.extra_guests) for a in occurrence.attendees)
    seen = [
        meeting_out(occurrence.meeting),
        when_out(occurrence.when),
        clean(occurrence.title, TITLE),
        clean(occurrence.organizer),
        occurrence.response and str(occurrence.response),
        occurrence.guests,
        [list(person) for person in people],
    ]
    return hashlib.sha256(dump(seen).encode()).hexdigest()[:32]
