"""Short ways to write a calendar for tests: wall-clock times of Berlin, one person, `ana@acme.example`."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from guardian.model.events import Attendee, EventKind, EventRef, MeetingKey, Occurrence, Response
from guardian.model.people import Schedule
from guardian.model.time import DayRange, Interval, WallWindow
from guardian.reports.gauge import Gauge

ANA = "ana@acme.example"
BEN = "ben@acme.example"
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 16)
NINE_TO_FIVE = Schedule(BERLIN, (WallWindow(frozenset(range(5)), 9 * 60, 17 * 60),))
GAUGE = Gauge(ANA, NINE_TO_FIVE)


def at(day: int, clock: str, zone: ZoneInfo = BERLIN) -> datetime:
    """`day` counts from Monday 16 November 2026 (0); `clock` is `HH:MM` there, 24:00 and later is the next day."""
    hours, minute = (int(part) for part in clock.split(":"))
    local = datetime.combine(MONDAY, datetime.min.time(), tzinfo=zone) + timedelta(
        days=day, hours=hours, minutes=minute
    )
    return local.astimezone(UTC)


def stretch(day: int, start: str, end: str) -> Interval:
    return Interval(at(day, start), at(day, end))


def solo(uid: str, when: Interval | DayRange, **changes: Any) -> Occurrence:
    """Busy time without anybody else."""
    plain = Occurrence(EventRef(ANA, "primary", uid), MeetingKey(uid), when, title=uid)
    return replace(plain, **changes)


def meeting(
    uid: str, when: Interval | DayRange, response: Response | None = Response.ACCEPTED, **changes: Any
) -> Occurrence:
    """A meeting that Ben organises and Ana is invited to."""
    people = (
        Attendee(BEN, response=Response.ACCEPTED),
        Attendee(ANA, response=response or Response.NEEDS_ACTION, is_self=True),
    )
    return solo(uid, when, **{"attendees": people, "organizer": BEN, "guests": 1, "response": response, **changes})


def crowd(count: int, *others: Attendee) -> tuple[Attendee, ...]:
    """That many people of the house with Ana and Ben among them, and these besides."""
    more = (Attendee(f"p{n}@acme.example") for n in range(count - 2))
    return (Attendee(BEN, response=Response.ACCEPTED), Attendee(ANA, is_self=True), *more, *others)


def away(uid: str, when: Interval | DayRange) -> Occurrence:
    return solo(uid, when, kind=EventKind.OUT_OF_OFFICE)


def focus(uid: str, when: Interval) -> Occurrence:
    return solo(uid, when, kind=EventKind.FOCUS)
