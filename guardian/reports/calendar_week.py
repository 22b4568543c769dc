"""One ISO week of one schedule as sets of minutes: what is worked, what the policy protects, what kind of day each is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from guardian.model.holidays import is_holiday
from guardian.model.people import Schedule
from guardian.model.time import WallWindow, Week, day_interval, days_between, window_on
from guardian.reports.gauge import Gauge
from guardian.reports.spans import Span, span, union


class DayKind(StrEnum):
    """What a meeting outside working time is told as. A day without working hours is `WEEKEND`, whichever day it is."""

    WORKING = "evening"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class CalendarWeek:
    """`contract` is what the schedule asks for, `work` the same without public holidays; `bands` are the focus windows and
    `free_days` the meeting-free days of the policy. All are sets."""

    whole: Span
    contract: tuple[Span, ...]
    work: tuple[Span, ...]
    days: tuple[tuple[Span, DayKind], ...]
    bands: tuple[Span, ...]
    free_days: tuple[Span, ...]


def calendar_week(gauge: Gauge, week: Week) -> CalendarWeek:
    """That week by the gauge; remembered, because whole teams share it."""
    free = _FreeDays(gauge.free_weekdays, gauge.free_day_exceptions, gauge.free_days_shift)
    return _calendar_week(gauge.schedule, gauge.focus_bands, free, week)


@dataclass(frozen=True, slots=True)
class _FreeDays:
    weekdays: frozenset[int]
    exceptions: frozenset[date]
    shift: bool


@lru_cache(maxsize=4096)
def _calendar_week(schedule: Schedule, bands: tuple[WallWindow, ...], free: _FreeDays, week: Week) -> CalendarWeek:
    days = list(days_between(week.monday, week.monday + timedelta(days=6)))
    kinds = {day: _kind(schedule, day) for day in days}
    return CalendarWeek(
        whole=span(week.interval(schedule.zone)),
        contract=tuple(_windows(schedule, schedule.hours, days)),
        work=tuple(_windows(schedule, schedule.hours, [d for d in days if kinds[d] is not DayKind.HOLIDAY])),
        days=tuple((_day(schedule, day), kind) for day, kind in kinds.items()),
        bands=tuple(_windows(schedule, bands, days)),
        free_days=tuple(_day(schedule, day) for day in _free(free, kinds, schedule)),
    )


def _kind(schedule: Schedule, day: date) -> DayKind:
    if is_holiday(schedule.holidays, day) is not None:
        return DayKind.HOLIDAY
    return DayKind.WORKING if _is_working_day(schedule, day) else DayKind.WEEKEND


def _is_working_day(schedule: Schedule, day: date) -> bool:
    return any(day.weekday() in window.days for window in schedule.hours)


def _windows(schedule: Schedule, windows: Iterable[WallWindow], days: Iterable[date]) -> list[Span]:
    found = (window_on(window, day, schedule.zone) for day in days for window in windows)
    return union(span(interval) for interval in found if interval)


def _day(schedule: Schedule, day: date) -> Span:
    return span(day_interval(day, schedule.zone))


def _free(free: _FreeDays, kinds: dict[date, DayKind], schedule: Schedule) -> Iterator[date]:
    """The meeting-free days that are no public holidays. With `shift`, holidays on other working days have taken the place
    of the earliest of them (as the rule `meeting_free_day` does it)."""
    listed = [d for d, kind in kinds.items() if d.weekday() in free.weekdays and kind is not DayKind.HOLIDAY]
    elsewhere = [
        d
        for d, kind in kinds.items()
        if kind is DayKind.HOLIDAY and d.weekday() not in free.weekdays and _is_working_day(schedule, d)
    ]
    taken = len(elsewhere) if free.shift else 0
    return (day for day in listed[taken:] if day not in free.exceptions)
