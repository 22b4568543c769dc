"""Time: intervals in UTC, days of the calendar, and a person's wall clock turned into UTC.

Inside the program every instant is an aware datetime in UTC. Wall-clock rules ("09:00 to 13:00 on weekdays") are turned
into UTC intervals here and nowhere else.

The written rule for clock changes, per local day:

* an hour that does not exist (spring): the wall time moves to the first instant after the gap, so a window that lies
  wholly inside the gap is empty and is left out;
* an hour that comes twice (autumn): a window starts at the first and ends at the second occurrence of its wall times,
  so it covers every instant whose wall clock reads inside it. An hour that begins to repeat just where the window ends
  is not inside it: a window to 24:00 ends with the day.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import Self
from zoneinfo import ZoneInfo

from guardian.errors import InputError

DAY_MINUTES = 24 * 60
MINUTE = timedelta(minutes=1)
ISO_WEEK = re.compile(r"([1-9][0-9]{3})-[Ww]([0-9]{1,2})")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of time `[start, end)`, both aware and in UTC, `end >= start`.

    An empty interval (a zero-length event) covers nothing and overlaps nothing.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC:
            raise ValueError("an interval takes aware datetimes in UTC")
        if self.end < self.start:
            raise ValueError("an interval cannot end before it starts")

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def minutes(self) -> int:
        """Whole minutes, rounded down."""
        return self.length // MINUTE

    def overlaps(self, other: Self) -> bool:
        """Share at least one instant; touching ends do not overlap."""
        return self.start < other.end and other.start < self.end and self.start < self.end and other.start < other.end

    def clip(self, other: Self) -> "Interval | None":
        """The common part, or None when there is none."""
        if other.start <= self.start < self.end <= other.end:
            return self
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None


@dataclass(frozen=True, slots=True, order=True)
class DayRange:
    """All-day: calendar dates without a zone, both ends included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a range of days cannot end before it starts")


When = Interval | DayRange


@dataclass(frozen=True, slots=True)
class WallWindow:
    """A stretch of the wall clock on some weekdays (0 = Monday), in minutes after midnight, `0 <= start < end <= 1440`."""

    days: frozenset[int]
    start: int
    end: int

    def __str__(self) -> str:
        return f"{format_minute(self.start)}-{format_minute(self.end)}"


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Week":
        iso = day.isocalendar()
        return cls(iso.year, iso.week)

    @classmethod
    def parse(cls, text: str) -> "Week":
        """Read `2026-W47`; raises InputError."""
        try:
            found = ISO_WEEK.fullmatch(text)
            week = cls(int(found[1]), int(found[2])) if found else cls(0, 0)
            week.next()  # raises for a week that does not exist or has no end
        except (ValueError, OverflowError) as error:
            raise InputError(f"'{text}' is not an ISO week; write it like 2026-W47") from error
        return week

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    def next(self) -> "Week":
        return Week.of(self.monday + timedelta(days=7))

    def previous(self) -> "Week":
        return Week.of(self.monday - timedelta(days=7))

    def interval(self, zone: ZoneInfo) -> Interval:
        """From Monday 00:00 to the next Monday 00:00 on the zone's wall clock; 167 or 169 hours when clocks change."""
        return Interval(day_start(self.monday, zone), day_start(self.monday + timedelta(days=7), zone))

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"


def format_minute(minute: int) -> str:
    """`HH:MM`; the end of the day is `24:00`."""
    return f"{minute // 60:02}:{minute % 60:02}"


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of that name; raises InputError for a name the zone data do not have."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(f"unknown time zone '{name}'; use an IANA name such as Europe/Berlin") from error


def wall_instant(day: date, minute: int, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """The UTC instant at which the zone's clock shows `minute` on `day`; the rule for clock changes is the module's.

    `last` picks the second of two occurrences.
    """
    local = datetime.combine(day, time(), tzinfo=zone) + timedelta(minutes=minute)
    early, late = local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    if late < early:
        return _gap_end(late, early, zone)
    return late if last else early


def _gap_end(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between the two at which the zone's offset jumps, to the second (bisection)."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of the local day, in UTC."""
    return wall_instant(day, 0, zone)


def day_interval(day: date, zone: ZoneInfo) -> Interval:
    """The whole local day in UTC: 23, 24 or 25 hours, or none of it where a zone skipped the day."""
    return Interval(day_start(day, zone), day_start(day + timedelta(days=1), zone))


def window_on(window: WallWindow, day: date, zone: ZoneInfo) -> Interval | None:
    """The window on that local day, or None where the weekday is not in it or the clocks skip it."""
    if day.weekday() not in window.days:
        return None
    start, end = wall_instant(day, window.start, zone), _window_end(day, window.end, zone)
    return Interval(start, end) if start < end else None


def _window_end(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The second of two occurrences, where the wall clock just before comes twice as well."""
    first, last = wall_instant(day, minute, zone), wall_instant(day, minute, zone, last=True)
    repeats = first < last and wall_instant(day, minute - 1, zone) < wall_instant(day, minute - 1, zone, last=True)
    return last if repeats else first


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def local_days(interval: Interval, zone: ZoneInfo) -> list[date]:
    """Every local day the interval touches; an empty interval touches the day it lies on."""
    first = local_date(interval.start, zone)
    last = local_date(max(interval.start, interval.end - timedelta(microseconds=1)), zone)
    return list(days_between(first, last))


def days_between(first: date, last: date) -> Iterator[date]:
    """Both ends included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def as_interval(when: When, zone: ZoneInfo) -> Interval:
    """Where a timed or all-day event lies for somebody in that zone."""
    if isinstance(when, Interval):
        return when
    return Interval(day_start(when.first, zone), day_start(when.last + timedelta(days=1), zone))


def starts_at(when: When, zone: ZoneInfo) -> datetime:
    return when.start if isinstance(when, Interval) else day_start(when.first, zone)


_start = attrgetter("start")


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same instants as disjoint intervals in ascending order; touching ones become one, empty ones go."""
    merged: list[Interval] = []
    for item in sorted([i for i in intervals if i.start < i.end], key=_start):
        if not merged or item.start > merged[-1].end:
            merged.append(item)
        elif item.end > merged[-1].end:
            merged[-1] = Interval(merged[-1].start, item.end)
    return merged


def subtract(intervals: Iterable[Interval], holes: Iterable[Interval]) -> list[Interval]:
    """What of `intervals` no hole covers, disjoint and ascending."""
    cuts = union(holes)
    return [piece for item in union(intervals) for piece in _without(item, cuts)]


def _without(item: Interval, cuts: list[Interval]) -> Iterator[Interval]:
    start, end = item.start, item.end
    for cut in cuts:
        if cut.start >= end:
            break
        if cut.end <= start:
            continue
        if cut.start > start:
            yield Interval(start, cut.start)
        start = cut.end
    if start < end:
        yield item if start == item.start else Interval(start, end)


def intersect(left: Iterable[Interval], right: Iterable[Interval]) -> list[Interval]:
    """The instants both cover, disjoint and ascending (one sweep over both)."""
    a, b = union(left), union(right)
    found, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        common = a[i].clip(b[j])
        if common:
            found.append(common)
        if a[i].end <= b[j].end:
            i += 1
        else:
            j += 1
    return found


def covered_twice(intervals: Iterable[Interval]) -> list[Interval]:
    """The instants at least two of the intervals cover."""
    edges = sorted(
        [(i.start, 1) for i in intervals if i.start < i.end] + [(i.end, -1) for i in intervals if i.start < i.end]
    )
    depth, found = 0, []
    for (at, step), (following, _) in pairwise(edges):
        depth += step
        if depth >= 2 and at < following:
            found.append(Interval(at, following))
    return union(found)


def minutes(intervals: Iterable[Interval]) -> int:
    """The sum of lengths in whole minutes, rounded down once."""
    return sum((i.end - i.start for i in intervals), timedelta()) // MINUTE


def parse_instant(text: str) -> datetime:
    """RFC 3339 with an offset, as UTC; raises InputError."""
    try:
        value = datetime.fromisoformat(text)
        if value.tzinfo is None:
            raise InputError(f"'{text}' has no offset; write it like 2026-11-22T09:00:00Z")
        return value.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(f"'{text}' is not a time; write it like 2026-11-22T09:00:00Z") from error


def format_instant(instant: datetime) -> str:
    """RFC 3339 in UTC, to the second, with `Z`."""
    return f"{instant.astimezone(UTC).isoformat(timespec='seconds')[:-6]}Z"
