"""The parts of `guardian.report.meeting/1`: one meeting or series for those who may see it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from guardian.model.events import EventKind, MeetingKey, Occurrence
from guardian.model.time import Interval, format_instant
from guardian.reports.attending import Together
from guardian.reports.cost import Rates, price_of_meeting, shares
from guardian.reports.facts import Standing, each_once, person_time
from guardian.reports.gauge import Gauge
from guardian.reports.run import bounds


def share_of(calendar: Iterable[Occurrence], gauge: Gauge, keys: Collection[MeetingKey]) -> Fraction:
    """The minutes of this person's time that these meetings take, each 1/n of what n counted meetings cover together."""
    standing = list(each_once(calendar, gauge.email))
    away = [o for o in standing if o.kind is EventKind.OUT_OF_OFFICE]
    counted = [(o.meeting, o.when) for o in standing if isinstance(o.when, Interval) and _is_counted([o, *away], gauge)]
    parts = shares(counted)
    return sum((part for key, part in parts.items() if key in keys), Fraction())


def _is_counted(occurrences: Sequence[Occurrence], gauge: Gauge) -> bool:
    return any(m.standing <= Standing.COUNTED for m in person_time(occurrences, gauge).meetings)


def agenda_body(view: Occurrence) -> dict[str, Any] | None:
    """What is known of the description; None where it cannot be read."""
    if view.private or view.agenda is None:
        return None
    agenda = view.agenda
    return {"words": agenda.words, "characters": agenda.characters, "has_document": agenda.has_document}


def occurrence_row(meeting: Together, rates: Rates | None) -> dict[str, Any]:
    """One occurrence with its list price, which is null for fewer than three colleagues."""
    listed = price_of_meeting(meeting.person_minutes, len(meeting.attending), rates) if rates else None
    start, end = bounds(meeting.when)
    return {
        "meeting": str(meeting.key),
        "start": start,
        "end": end,
        "minutes": meeting.minutes,
        "attending": len(meeting.attending),
        "person_minutes": meeting.person_minutes,
        "at_least": meeting.at_least,
        "moved": meeting.moved,
        "accepted": meeting.accepted,
        "tentative": meeting.tentative,
        "declined": meeting.declined,
        "unanswered": meeting.unanswered,
        "list_price": listed.shown if listed else None,
    }


def change_rows(versions: Sequence[tuple[datetime, Occurrence]]) -> list[dict[str, Any]]:
    """What one copy looked like over time, oldest first."""
    return [
        {
            "at": format_instant(at),
            "start": bounds(was.when)[0],
            "end": bounds(was.when)[1],
            "title": None if was.private else was.title,
            "organizer": None if was.private else was.organizer,
            "guests": was.guests,
            "response": str(was.response) if was.response else None,
        }
        for at, was in versions
    ]
