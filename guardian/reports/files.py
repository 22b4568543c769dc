"""The load report on calendars that were exported to files: no account, no policy, everybody's hours alike."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from guardian.errors import NotReady
from guardian.model.events import Occurrence
from guardian.model.people import Schedule
from guardian.model.time import DayRange, WallWindow, Week, local_date
from guardian.reports.body import Frame, report
from guardian.reports.groups import group_weeks
from guardian.reports.load import Gauge, weeks_of
from guardian.reports.weeks import GroupWeek, PersonWeek, WeekColumns

WEEKS = 4
LONGEST_SPAN = 53 * 5
"""A longer event holds its first weeks only: a broken end date must not cost the memory of ages."""

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Exported:
    """One file: whose it is (an address or a name), in which zone, and what it holds."""

    owner: str
    zone: ZoneInfo
    occurrences: Sequence[Occurrence]


def file_report(
    calendars: Sequence[Exported],
    hours: WallWindow,
    since: date | None = None,
    until: date | None = None,
    today: date | None = None,
) -> dict[str, Any]:
    """The body of the report: a person's for one owner, `org` (sums) for several; nothing is hidden.

    Every week with a day in `[since, until)`; without both, the last four weeks that hold events (`last_weeks_held`).
    Files of one owner are one calendar. Raises NotReady when there is nothing to report on.
    """
    frame = _frame(calendars, since, until, today)
    chosen = None if since or until else last_weeks_held(calendars, today)
    weeks = chosen or [Week.parse(name) for name in frame.weeks]
    owners = sorted({c.owner for c in calendars})
    rows = [row for owner in owners for row in _owner_weeks(owner, calendars, hours, weeks)]
    return report(rows if len(owners) == 1 else _together(rows), frame)


def _together(rows: Iterable[PersonWeek]) -> Iterator[GroupWeek]:
    """The sums of all owners week by week; nobody is hidden from whoever holds the files."""
    by_week = groupby(sorted(rows, key=attrgetter("week")), key=attrgetter("week"))
    return (
        group
        for week, same in by_week
        for group in group_weeks(WeekColumns.from_rows(week, list(same)), {}, min_group=0)
    )


def _frame(calendars: Sequence[Exported], since: date | None, until: date | None, today: date | None) -> Frame:
    held = last_weeks_held(calendars, today, count=None if since else WEEKS, before=until)
    if not calendars or not (held or (since and until)):
        raise NotReady("the calendars hold no events in that time")
    owners = {c.owner for c in calendars}
    return Frame(
        scope=f"person:{owners.pop()}" if len(owners) == 1 else "org",
        since=since or held[0].monday,
        until=until or held[-1].monday + timedelta(days=7),
        timezone=Counter(c.zone.key for c in calendars).most_common(1)[0][0],
    )


def last_weeks_held(
    calendars: Iterable[Exported], today: date | None = None, count: int | None = WEEKS, before: date | None = None
) -> list[Week]:
    """The last `count` weeks (None: all) that hold events and begin before `before`, ascending.

    With `today`, weeks to come are left out (an endless series would otherwise push everything real away), unless
    there are no others.
    """
    held = [week for week in weeks_held(calendars) if before is None or week.monday < before]
    begun = [week for week in held if today is None or week.monday <= today]
    return (begun or held)[-(count or 0) :]


def weeks_held(calendars: Iterable[Exported]) -> list[Week]:
    """The weeks that hold an event of anybody, in the owner's zone, ascending."""
    return sorted({week for c in calendars for o in c.occurrences if not o.cancelled for week in _touched(o, c.zone)})


def _touched(occurrence: Occurrence, zone: ZoneInfo) -> Iterator[Week]:
    first, last = _ends(occurrence, zone)
    week, end = Week.of(first), Week.of(last)
    for _ in range(LONGEST_SPAN):
        yield week
        if week >= end:
            return
        week = week.next()


def _ends(occurrence: Occurrence, zone: ZoneInfo) -> tuple[date, date]:
    when = occurrence.when
    if isinstance(when, DayRange):
        return when.first, when.last
    return local_date(when.start, zone), local_date(max(when.start, when.end - INSTANT), zone)


def _owner_weeks(
    owner: str, calendars: Sequence[Exported], hours: WallWindow, weeks: Sequence[Week]
) -> list[PersonWeek]:
    own = [c for c in calendars if c.owner == owner]
    gauge = Gauge(owner, Schedule(own[0].zone, (hours,)))
    return weeks_of([o for c in own for o in c.occurrences], gauge, weeks)
