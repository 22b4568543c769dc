"""Short ways to write a series as all mailboxes show it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from guardian.model.events import Agenda, Attendee, EventRef, MeetingKey, Occurrence, Response, StoredOccurrence
from guardian.model.time import Interval
from tests.reports.calendar_of import at

ORGANIZER = "olga@acme.example"
TEAM = tuple(f"p{n}@acme.example" for n in range(5))
NOW = at(0, "12:00")
"""Monday 16 November 2026, noon."""

SEEN = at(-70, "09:00")
MADE = at(-210, "09:00")


def occurrence(
    start: datetime, minutes: int = 15, uid: str = "status", answers: Iterable[Attendee] | None = None, **changes: Any
) -> Occurrence:
    """The organiser's copy of one occurrence; everybody accepts unless told otherwise."""
    guests = answers if answers is not None else (Attendee(p, response=Response.ACCEPTED) for p in TEAM)
    plain = Occurrence(
        EventRef(ORGANIZER, "primary", f"{uid}_{start:%Y%m%dT%H%M}"),
        MeetingKey.occurrence(uid, start),
        Interval(start, start + timedelta(minutes=minutes)),
        title="Status of the launch",
        organizer=ORGANIZER,
        attendees=(Attendee(ORGANIZER, response=Response.ACCEPTED, is_self=True), *guests),
        guests=5,
        response=Response.ACCEPTED,
        is_organizer=True,
        agenda=Agenda(),
        series_id=uid,
        created_at=MADE,
    )
    return replace(plain, **changes)


def stored(made: Occurrence, **changes: Any) -> StoredOccurrence:
    return replace(StoredOccurrence(made, SEEN), **changes)


def weekly(weeks: Iterable[int] = range(-8, 9), **changes: Any) -> list[StoredOccurrence]:
    """Tuesdays at ten, so many weeks from this one."""
    return [stored(occurrence(at(7 * week + 1, "10:00"), **changes)) for week in weeks]


def seen_by(
    person: str, copy: StoredOccurrence, response: Response | None = Response.ACCEPTED, **changes: Any
) -> StoredOccurrence:
    """The same meeting in somebody's mailbox."""
    made = copy.occurrence
    guests = tuple(replace(a, is_self=a.email == person) for a in made.attendees)
    ref = EventRef(person, "primary", made.ref.event_id)
    own = replace(made, ref=ref, attendees=guests, response=response, is_organizer=False)
    return replace(copy, occurrence=replace(own, **changes))
