"""How long one person-week takes from facts: `python -m benchmarks.person_week`.

Two ways: ten weeks of a calendar at once, as every sync does it, and a single week. The floor, measured in the same run, is
the least that any such number needs: the week's times as sorted spans, united once, and one row made of them.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from guardian.model.events import Agenda, Attendee, EventKind, EventRef, MeetingKey, Occurrence, Response
from guardian.model.people import HolidayCalendar, Schedule
from guardian.model.time import Interval, WallWindow, Week, zone_named
from guardian.reports import spans
from guardian.reports.gauge import Gauge
from guardian.reports.load import weeks_of
from guardian.reports.weeks import PersonWeek

FIRST = Week(2026, 42)
WEEKS = 10
MEETINGS = 20
"""A week: some 13 hours of meetings, on the side of the busy."""

WEEKDAYS = frozenset(range(5))
ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata")
TARGET = 300
"""Microseconds."""


def gauge(number: int) -> Gauge:
    return Gauge(
        email=f"person{number}@acme.example",
        schedule=Schedule(
            zone_named(ZONES[number % len(ZONES)]),
            (WallWindow(WEEKDAYS, 9 * 60, 17 * 60),),
            HolidayCalendar("DE", "BE"),
        ),
        focus_bands=(WallWindow(WEEKDAYS, 9 * 60, 12 * 60),),
        free_weekdays=frozenset({2}),
        internal_domains=("acme.example",),
        organisation=10_000,
    )


def calendar(who: Gauge, chance: random.Random, weeks: list[Week]) -> list[Occurrence]:
    return [o for week in weeks for o in _week(who, chance, week)]


def _week(who: Gauge, chance: random.Random, week: Week) -> Iterator[Occurrence]:
    monday = datetime.combine(week.monday, datetime.min.time(), tzinfo=UTC)
    for n in range(MEETINGS):
        start = monday + timedelta(days=chance.randrange(5), hours=7, minutes=15 * chance.randrange(44))
        yield _meeting(who, chance, f"{week}-{n}", start)
    yield Occurrence(
        EventRef(who.email, "primary", f"{week}-focus"),
        MeetingKey(f"{week}-focus"),
        Interval(monday + timedelta(hours=9), monday + timedelta(hours=11)),
        kind=EventKind.FOCUS,
    )


def _meeting(who: Gauge, chance: random.Random, name: str, start: datetime) -> Occurrence:
    guests = tuple(
        Attendee(f"guest{n}@acme.example", response=chance.choice(list(Response)))
        for n in range(chance.choice([1, 2, 4, 6, 9, 14]))
    )
    return Occurrence(
        EventRef(who.email, "primary", name),
        MeetingKey(name),
        Interval(start, start + timedelta(minutes=chance.choice([15, 25, 30, 50, 60, 90]))),
        title="Weekly planning",
        organizer="guest0@acme.example",
        attendees=(*guests, Attendee(who.email, is_self=True)),
        guests=len(guests),
        response=chance.choice([Response.ACCEPTED, Response.ACCEPTED, Response.TENTATIVE, Response.NEEDS_ACTION]),
        agenda=Agenda(words=9, characters=chance.choice([0, 80])),
        series_id=chance.choice([None, "series"]),
        created_at=start - timedelta(hours=chance.choice([2, 48, 480])),
    )


def floor(who: Gauge, occurrences: list[Occurrence]) -> PersonWeek:
    times = spans.union([spans.span(o.when) for o in occurrences if isinstance(o.when, Interval)])
    return PersonWeek(
        person=who.email, week=str(FIRST), zone=who.schedule.zone.key, meeting_minutes=spans.length(times)
    )


def each(run: Callable[[], object], times: int, seconds: float) -> float:
    """Microseconds of one, the best of rounds that together last that long; a round makes so many."""
    best, until = float("inf"), time.process_time() + seconds
    while time.process_time() < until:
        began = time.process_time()
        run()
        best = min(best, (time.process_time() - began) / times)
    return best * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=40, help="people measured in one round")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each measurement lasts")
    options = parser.parse_args()
    weeks = [FIRST]
    while len(weeks) < WEEKS:
        weeks.append(weeks[-1].next())
    chance = random.Random(4)
    whole = [(g, calendar(g, chance, weeks)) for g in map(gauge, range(options.people))]
    single = [(g, calendar(g, chance, weeks[:1])) for g in map(gauge, range(options.people))]
    lowest = each(lambda: [floor(g, o) for g, o in single], len(single), options.seconds)
    print(f"{'floor (spans of a week, united, one row)':<44}{lowest:>8,.0f} us")
    for name, run, number in (
        ("ten weeks of a calendar at once, each week", lambda: [weeks_of(o, g, weeks) for g, o in whole], WEEKS),
        ("a single week", lambda: [weeks_of(o, g, weeks[:1]) for g, o in single], 1),
    ):
        found = each(run, number * options.people, options.seconds)
        print(f"{name:<44}{found:>8,.0f} us   {found / lowest:6.1f} times the floor (wanted: under {TARGET} us)")


if __name__ == "__main__":
    main()
