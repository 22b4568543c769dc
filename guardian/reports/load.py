"""The load report: how much of a person's week is meetings, what kind they are, and what is left for focus."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from guardian.model.events import Occurrence
from guardian.model.holidays import is_holiday
from guardian.model.people import Schedule
from guardian.model.time import Interval, Week, days_between, local_date, union, window_on
from guardian.reports import spans as sets
from guardian.reports.calendar_week import CalendarWeek, DayKind, calendar_week
from guardian.reports.crowd import Size
from guardian.reports.facts import LONGEST_MEETING, Meeting, PersonTime, Standing, person_time
from guardian.reports.gauge import Gauge
from guardian.reports.runs import runs_of
from guardian.reports.spans import Span, Spans, clip, intersect, length, subtract
from guardian.reports.weeks import PersonWeek

__all__ = [
    "FOCUS",
    "SHORT_FOCUS",
    "Gauge",
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

RESUME = (10, 15, 23)
"""Minutes it may take to find back into the work after a meeting. An assumption; the middle one is the main one."""


# Looked up once: reading a member costs more than what is done with it.
_CONFIRMED, _INVITED = Standing.CONFIRMED, Standing.INVITED

SIZES = {
    Size.ONE_ON_ONE: "one_on_one_minutes",
    Size.SMALL: "small_minutes",
    Size.LARGE: "large_minutes",
    Size.ALL_HANDS: "all_hands_minutes",
    Size.UNKNOWN: "unknown_size_minutes",
}
AFTER_HOURS = {kind: f"{kind}_minutes" for kind in DayKind}


def person_week(occurrences: Iterable[Occurrence], gauge: Gauge, week: Week) -> PersonWeek:
    """The numbers of one ISO week, counted in the person's zone. `occurrences` may reach beyond the week."""
    return weeks_of(occurrences, gauge, [week])[0]


def person_weeks(occurrences: Iterable[Occurrence], gauge: Gauge, window: Interval) -> list[PersonWeek]:
    """The numbers of every week that the window covers in full, ascending."""
    return weeks_of(occurrences, gauge, weeks_in(window, gauge.schedule.zone))


def weeks_of(occurrences: Iterable[Occurrence], gauge: Gauge, weeks: Iterable[Week]) -> list[PersonWeek]:
    """The numbers of those weeks, in their order; the calendar is gone through once."""
    time = person_time(occurrences, gauge)
    starts = [meeting.span[0] for meeting in time.meetings]
    found = []
    for week in weeks:
        plan = calendar_week(gauge, week)
        near = time.meetings[bisect_left(starts, plan.whole[0] - LONGEST_MEETING) : bisect_left(starts, plan.whole[1])]
        found.append(_measure(time, near, gauge, week, plan))
    return found


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
    days = [d for d in days_between(monday, monday + timedelta(days=6)) if is_holiday(schedule.holidays, d) is None]
    windows = (window_on(hours, day, schedule.zone) for day in days for hours in schedule.hours)
    return tuple(union(w for w in windows if w))


def _measure(time: PersonTime, near: Iterable[Meeting], gauge: Gauge, week: Week, plan: CalendarWeek) -> PersonWeek:
    first, last = plan.whole
    held = [
        (m, m.span if first <= m.span[0] and m.span[1] <= last else (max(m.span[0], first), min(m.span[1], last)))
        for m in near
        if m.span[0] < last and m.span[1] > first and m.span[0] < m.span[1]
    ]
    counted = [(m, piece) for m, piece in held if m.standing is not _INVITED]
    pieces = sorted([piece for _, piece in counted])
    meeting = sets.union(pieces)
    work = subtract(plan.work, time.away)
    blocked = subtract(sets.union(clip(time.blocked, plan.whole)), meeting)
    gaps = subtract(work, sets.union([*meeting, *blocked]))
    return PersonWeek(
        person=gauge.email,
        week=str(week),
        zone=gauge.schedule.zone.key,
        teams=gauge.teams,
        band=gauge.band,
        meetings=len(counted),
        contract_minutes=length(plan.contract),
        available_minutes=length(work),
        meeting_minutes=length(meeting),
        confirmed_meeting_minutes=length(sets.union([p for m, p in counted if m.standing is _CONFIRMED])),
        invited_meeting_minutes=length(meeting if len(held) == len(counted) else sets.union([p for _, p in held])),
        blocked_minutes=length(intersect(blocked, work)),
        double_booked_minutes=sets.covered_twice(pieces),
        overbooked_minutes=length(pieces) - length(meeting),
        placeholders=len(clip(time.placeholders, plan.whole)),
        **_inside_and_outside(meeting, work, time.away, plan),
        **_free_time(work, gaps),
        **_resumed(gaps, {end for _, end in pieces}),
        **_protected(plan, work, gaps, meeting),
        **runs_of(pieces),
        **_kinds(counted),
        **_invitations(time, plan.whole),
    )


def _inside_and_outside(meeting: Spans, work: Spans, away: Spans, plan: CalendarWeek) -> dict[str, int]:
    """Outside working time: out of office before the kind of the day, for that is what the person said."""
    outside = subtract(meeting, work)
    found = {"inside_minutes": length(meeting) - length(outside), "after_hours_minutes": length(outside)}
    if not outside:
        return found
    rest = subtract(outside, away)
    for day, kind in plan.days:
        part = length(clip(rest, day))
        if part:
            name = AFTER_HOURS[kind]
            found[name] = found.get(name, 0) + part
    found["away_minutes"] = found["after_hours_minutes"] - length(rest)
    return found


def _free_time(work: Spans, gaps: Spans) -> dict[str, int]:
    lengths = [end - start for start, end in gaps]
    focus = sum([gap for gap in lengths if gap >= FOCUS])
    return {
        "focus_minutes": focus,
        "focus_60_minutes": sum([gap for gap in lengths if gap >= SHORT_FOCUS]),
        "fragmented_minutes": sum(lengths) - focus,
        "square_minutes": sum([gap * gap for gap in lengths]),
        "packing_loss_minutes": sum([free for free in _free_in(work, gaps) if free >= FOCUS]) - focus,
    }


def _free_in(work: Spans, gaps: Spans) -> Iterable[int]:
    """How much of each working window is free; every gap lies in one window."""
    at = 0
    for _, end in work:
        free = 0
        while at < len(gaps) and gaps[at][1] <= end:
            free += gaps[at][1] - gaps[at][0]
            at += 1
        yield free


def _resumed(gaps: Spans, ends: set[int]) -> dict[str, int]:
    """What finding back into the work costs: after each meeting up to so many minutes of the gap that follows."""
    after = [end - start for start, end in gaps if start in ends]
    low, middle, high = [sum([gap if gap < most else most for gap in after]) for most in RESUME]
    return {
        "gaps_after_meetings": len(after),
        "resume_10_minutes": low,
        "resume_minutes": middle,
        "resume_23_minutes": high,
    }


def _protected(plan: CalendarWeek, work: Spans, gaps: Spans, meeting: Spans) -> dict[str, int]:
    """What the policy's focus windows and meeting-free days came to, as far as they lie in working time."""
    days = [worked for day in plan.free_days if (worked := clip(work, day))]
    return {
        "focus_band_minutes": length(intersect(plan.bands, work)) if plan.bands else 0,
        "focus_band_kept_minutes": length(intersect(plan.bands, gaps)) if plan.bands else 0,
        "free_days": len(days),
        "free_days_kept": len([day for day in days if not intersect(day, meeting)]),
    }


def _kinds(counted: Iterable[tuple[Meeting, Span]]) -> dict[str, int]:
    """Minutes by kind of meeting. These are sums of lengths: where two meetings clash, both count."""
    sizes: dict[str, int] = {}
    recurring = late = outside = eligible = lacking = load = 0
    for meeting, (start, end) in counted:
        minutes = end - start
        size = SIZES[meeting.size]
        sizes[size] = sizes.get(size, 0) + minutes
        recurring += minutes * meeting.recurring
        late += minutes * meeting.late
        outside += minutes * meeting.outside
        eligible += minutes * meeting.eligible
        lacking += minutes * meeting.lacking
        load += minutes * meeting.load
    return sizes | {
        "recurring_minutes": recurring,
        "late_notice_minutes": late,
        "external_minutes": outside,
        "agenda_minutes": eligible,
        "no_agenda_minutes": lacking,
        "load_made_minutes": load,
    }


def _invitations(time: PersonTime, whole: Span) -> dict[str, int]:
    first, last = whole
    answers = [accepted for (start, end), accepted in time.invitations if first < end and start < last and start < end]
    return {"invitations": len(answers), "accepted": sum(answers)}
