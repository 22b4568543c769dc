"""The load report: how much of a person's week is meetings, and what is left for focus."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from operator import attrgetter
from zoneinfo import ZoneInfo

from guardian.model.events import Occurrence
from guardian.model.holidays import is_holiday
from guardian.model.people import Schedule
from guardian.model.time import (
    Interval,
    Week,
    covered_twice,
    days_between,
    intersect,
    local_date,
    minutes,
    subtract,
    union,
    window_on,
)
from guardian.reports.facts import PersonTime, Standing, person_time
from guardian.reports.gauge import Gauge
from guardian.reports.weeks import PersonWeek

__all__ = [
    "FOCUS",
    "SHORT_FOCUS",
    "Gauge",
    "back_to_back",
    "person_week",
    "person_weeks",
    "weeks_in",
    "weeks_of",
    "working_time",
]

FOCUS = 120
"""A free stretch of this many minutes is focus time; a shorter one is a fragment."""

SHORT_FOCUS = 60
"""The weaker threshold of other tools, for comparison."""

BREATHER = timedelta(minutes=5)
"""A shorter pause between two meetings is none: they are back to back."""


def person_week(occurrences: Iterable[Occurrence], gauge: Gauge, week: Week) -> PersonWeek:
    """The numbers of one ISO week, counted in the person's zone. `occurrences` may reach beyond the week."""
    return weeks_of(occurrences, gauge, [week])[0]


def person_weeks(occurrences: Iterable[Occurrence], gauge: Gauge, window: Interval) -> list[PersonWeek]:
    """The numbers of every week that the window covers in full, ascending."""
    return weeks_of(occurrences, gauge, weeks_in(window, gauge.schedule.zone))


def weeks_of(occurrences: Iterable[Occurrence], gauge: Gauge, weeks: Iterable[Week]) -> list[PersonWeek]:
    """The numbers of those weeks, in their order; the calendar is gone through once."""
    time = person_time(occurrences, gauge.email, gauge.schedule.zone)
    return [_measure(time, gauge, week) for week in weeks]


def weeks_in(window: Interval, zone: ZoneInfo) -> list[Week]:
    """The ISO weeks of that zone that lie in the window from beginning to end, ascending."""
    found, week = [], Week.of(local_date(window.start, zone))
    while (lies := week.interval(zone)).end <= window.end:
        if lies.start >= window.start:
            found.append(week)
        week = week.next()
    return found


@lru_cache(maxsize=4096)
def working_time(schedule: Schedule, week: Week) -> tuple[Interval, ...]:
    """The working windows of that week, disjoint and ascending, public holidays left out."""
    monday = week.monday
    days = [d for d in days_between(monday, monday + timedelta(days=6)) if not _is_off(schedule, d)]
    windows = (window_on(hours, day, schedule.zone) for day in days for hours in schedule.hours)
    return tuple(union(w for w in windows if w))


def _is_off(schedule: Schedule, day: date) -> bool:
    return is_holiday(schedule.holidays, day) is not None


def _measure(time: PersonTime, gauge: Gauge, week: Week) -> PersonWeek:
    schedule = gauge.schedule
    whole = week.interval(schedule.zone)
    held = [(m.standing, piece) for m in time.meetings if (piece := m.interval.clip(whole))]
    counted = [piece for standing, piece in held if standing <= Standing.COUNTED]
    meeting = union(counted)
    work = subtract(working_time(schedule, week), _clip(time.away, whole))
    inside = minutes(intersect(meeting, work))
    blocked = subtract(_clip(time.blocked, whole), meeting)
    gaps = [gap.minutes for gap in subtract(work, [*meeting, *blocked])]
    return PersonWeek(
        person=gauge.email,
        week=str(week),
        zone=schedule.zone.key,
        teams=gauge.teams,
        band=gauge.band,
        meetings=len(counted),
        available_minutes=minutes(work),
        meeting_minutes=minutes(meeting),
        confirmed_meeting_minutes=minutes(union(piece for standing, piece in held if standing <= Standing.CONFIRMED)),
        invited_meeting_minutes=minutes(union(piece for _, piece in held)),
        inside_minutes=inside,
        after_hours_minutes=minutes(meeting) - inside,
        focus_minutes=sum(gap for gap in gaps if gap >= FOCUS),
        focus_60_minutes=sum(gap for gap in gaps if gap >= SHORT_FOCUS),
        fragmented_minutes=sum(gap for gap in gaps if gap < FOCUS),
        blocked_minutes=minutes(intersect(blocked, work)),
        square_minutes=sum(gap * gap for gap in gaps),
        back_to_back=back_to_back(counted),
        double_booked_minutes=minutes(covered_twice(counted)),
    )


def _clip(intervals: Iterable[Interval], whole: Interval) -> list[Interval]:
    return [piece for interval in intervals if (piece := interval.clip(whole))]


def back_to_back(meetings: Sequence[Interval]) -> int:
    """How many meetings begin less than five minutes after everything before them has ended.

    A meeting that begins while another runs is a conflict, not a pair.
    """
    pairs, free_from = 0, None
    for meeting in sorted(meetings, key=attrgetter("start")):
        if free_from is not None and timedelta(0) <= meeting.start - free_from < BREATHER:
            pairs += 1
        free_from = meeting.end if free_from is None else max(free_from, meeting.end)
    return pairs
