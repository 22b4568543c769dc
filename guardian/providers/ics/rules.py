"""Recurrence rules (RFC 5545 section 3.3.10) on the wall clock, bounded by construction.

A rule is read as a filter over the days of one period (day, week, month, year) after the other, up to the end of what
is asked for, so a rule that never matches costs as little as one that does. Days that are numbered (`1MO`) and plain
ones (`FR`) may stand side by side: a day counts when either matches.

Where implementations differ:

* DTSTART is an instance even where it does not match the rule, and counts as the first one (so do calendars on screen);
* `BYWEEKNO` without `BYDAY` means the weekday of DTSTART;
* `FREQ=YEARLY;BYMONTHDAY=...` without `BYMONTH` means that day of every month.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product

from guardian.errors import GuardianError

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_PERIODS = 60_000
"""Steps a single rule may take: 160 years of days."""

LARGEST_COUNT = 100_000
LARGEST_INTERVAL = 10_000

_BOUNDS = {
    "BYSECOND": (0, 59),
    "BYMINUTE": (0, 59),
    "BYHOUR": (0, 23),
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYSETPOS": (-366, 366),
}
_KNOWN = {"FREQ", "UNTIL", "COUNT", "INTERVAL", "BYDAY", "WKST", "RSCALE", "SKIP", *_BOUNDS}
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")


class Unusable(GuardianError):
    """An event that is left out; the message says why. Never leaves this package."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A checked rule. `days` are pairs of number (0: every one) and weekday (0 = Monday); `until` is the raw text."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: str = ""
    week_start: int = 0
    days: tuple[tuple[int, int], ...] = ()
    lists: tuple[tuple[str, tuple[int, ...]], ...] = ()

    def numbers(self, part: str) -> tuple[int, ...]:
        return next((values for name, values in self.lists if name == part), ())


def parse_rule(text: str) -> Rule:
    """Read the value of an RRULE; raises Unusable for whatever is outside the caps or makes no sense."""
    parts = _parts(text)
    freq = parts.get("FREQ", "")
    if freq not in FREQUENCIES:
        raise Unusable(f"repeats {freq or 'without FREQ'}; only daily or slower is read")
    if parts.get("RSCALE", "GREGORIAN") != "GREGORIAN" or parts.get("SKIP", "OMIT") != "OMIT":
        raise Unusable("repeats by another calendar system (RSCALE/SKIP)")
    rule = Rule(
        freq=freq,
        interval=_bounded("INTERVAL", parts.get("INTERVAL", "1"), 1, LARGEST_INTERVAL),
        count=_bounded("COUNT", parts["COUNT"], 1, LARGEST_COUNT) if "COUNT" in parts else None,
        until=parts.get("UNTIL", ""),
        week_start=_weekday(parts.get("WKST", "MO")),
        days=_days(parts.get("BYDAY", "")),
        lists=tuple((name, _list(name, parts[name])) for name in _BOUNDS if parts.get(name)),
    )
    _check_numbered_days(rule)
    return rule


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.strip().upper().split(";"):
        name, _, value = part.partition("=")
        if name.strip() in parts:
            raise Unusable(f"the rule says {name.strip()[:20]} twice")
        if name.strip():
            parts[name.strip()] = value.strip()
    unknown = next((n for n in parts if n not in _KNOWN and not n.startswith("X-")), None)
    if unknown is not None:
        raise Unusable(f"the rule has an unknown part {unknown[:20]}")
    return parts


def _bounded(name: str, text: str, low: int, high: int) -> int:
    value = int(text) if re.fullmatch(r"[+-]?[0-9]{1,9}", text) else None
    if value is None or not low <= value <= high:
        raise Unusable(f"the rule has {name}={text[:20]}; {low} to {high} is read")
    return value


def _list(name: str, text: str) -> tuple[int, ...]:
    low, high = _BOUNDS[name]
    values = tuple(sorted({_bounded(name, part.strip(), low, high) for part in text.split(",")}))
    if low < 0 and 0 in values:
        raise Unusable(f"the rule has {name}=0")
    return values


def _weekday(text: str) -> int:
    if text not in WEEKDAYS:
        raise Unusable(f"the rule has an unknown weekday {text[:20]}")
    return WEEKDAYS.index(text)


def _days(text: str) -> tuple[tuple[int, int], ...]:
    found = [_DAY.fullmatch(part.strip()) for part in text.split(",")] if text else []
    if not all(found):
        raise Unusable(f"the rule has BYDAY={text[:40]}")
    days = {(int(m[1] or 0), WEEKDAYS.index(m[2])) for m in found if m}
    if any(abs(number) > 53 for number, _ in days) or any(m and m[1] and int(m[1]) == 0 for m in found):
        raise Unusable(f"the rule has BYDAY={text[:40]}")
    return tuple(sorted(days))


def _check_numbered_days(rule: Rule) -> None:
    numbered = any(number for number, _ in rule.days)
    if numbered and (rule.freq in ("DAILY", "WEEKLY") or rule.numbers("BYWEEKNO")):
        raise Unusable("the rule numbers its weekdays where only plain ones have a meaning")
    if rule.count is not None and rule.until:
        raise Unusable("the rule has both COUNT and UNTIL")


def expand(
    rule: Rule, start: datetime, first: datetime, last: datetime, within: Callable[[datetime], bool]
) -> Iterator[datetime]:
    """The instances of a series that starts at `start`, in `[first, last)`, ascending, DTSTART included.

    All values are wall-clock times without a zone. `within` says whether an instance is not after UNTIL. Raises Unusable
    when the rule takes more than `MOST_PERIODS` steps.
    """
    left = rule.count if rule.count is not None else -1
    for at in _from_start(rule, start, first, last):
        if at >= last or left == 0 or not within(at):
            return
        left -= 1
        if at >= first:
            yield at


def _from_start(rule: Rule, start: datetime, first: datetime, last: datetime) -> Iterator[datetime]:
    """DTSTART, then what the rule adds after it; periods that end before `first` are skipped where nothing is counted."""
    yield start
    skip = 0 if rule.count is not None else max(0, _periods_between(rule, start, first) - 1)
    for step in range(skip, skip + MOST_PERIODS):
        days = _period(rule, start.date(), step)
        if days is None or datetime.combine(days[0], time()) >= last:
            return
        yield from (at for at in _instances(rule, start, days) if at > start)
    raise Unusable("the rule takes too many steps to follow")


def _periods_between(rule: Rule, start: datetime, first: datetime) -> int:
    days = (first.date() - start.date()).days
    units = {
        "DAILY": days,
        "WEEKLY": days // 7,
        "MONTHLY": (first.year - start.year) * 12 + first.month - start.month,
        "YEARLY": first.year - start.year,
    }
    return units[rule.freq] // rule.interval


def _period(rule: Rule, start: date, step: int) -> list[date] | None:
    """The days of one period, None beyond the years that dates have."""
    offset = step * rule.interval
    try:
        if rule.freq == "DAILY":
            return [start + timedelta(days=offset)]
        if rule.freq == "WEEKLY":
            monday = start - timedelta(days=(start.weekday() - rule.week_start) % 7) + timedelta(weeks=offset)
            return [monday + timedelta(days=n) for n in range(7)]
        if rule.freq == "MONTHLY":
            year, month = divmod(start.year * 12 + start.month - 1 + offset, 12)
            return _month(year, month + 1)
        months = rule.numbers("BYMONTH") or range(1, 13)
        return [day for month in months for day in _month(start.year + offset, month)]
    except (OverflowError, ValueError):
        return None


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1)]


def _instances(rule: Rule, start: datetime, days: list[date]) -> list[datetime]:
    """What the rule picks from one period, in order."""
    kept = [day for day in days if _matches(rule, start, day)]
    times = [
        time(*parts)
        for parts in product(
            rule.numbers("BYHOUR") or (start.hour,),
            rule.numbers("BYMINUTE") or (start.minute,),
            rule.numbers("BYSECOND") or (start.second,),
        )
    ]
    found = [datetime.combine(day, at) for day in kept for at in times]
    positions = rule.numbers("BYSETPOS")
    if not positions:
        return found
    chosen = {p - 1 if p > 0 else len(found) + p for p in positions}
    return [at for index, at in enumerate(found) if index in chosen]


def _matches(rule: Rule, start: datetime, day: date) -> bool:
    months = rule.numbers("BYMONTH")
    if months and day.month not in months:
        return False
    return _matches_derived(rule, start, day) and all(
        _has(rule.numbers(part), number, size)
        for part, (number, size) in (
            ("BYMONTHDAY", (day.day, calendar.monthrange(day.year, day.month)[1])),
            ("BYYEARDAY", (day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365)),
            ("BYWEEKNO", _week_number(day, rule.week_start) if rule.numbers("BYWEEKNO") else (1, 1)),
        )
        if rule.numbers(part)
    )


def _has(wanted: tuple[int, ...], number: int, size: int) -> bool:
    """Whether the number, counted from the start or (negative) from the end, is wanted."""
    return number in wanted or number - size - 1 in wanted


def _matches_derived(rule: Rule, start: datetime, day: date) -> bool:
    """The weekday, given or (like day and month) taken from DTSTART where the rule names no day."""
    if rule.days:
        return any(weekday == day.weekday() and _nth(rule, number, day) for number, weekday in rule.days)
    if rule.numbers("BYWEEKNO"):
        return day.weekday() == start.weekday()
    if rule.freq == "DAILY" or rule.numbers("BYMONTHDAY") or rule.numbers("BYYEARDAY"):
        return True
    if rule.freq == "WEEKLY":
        return day.weekday() == start.weekday()
    if rule.freq == "MONTHLY" or rule.numbers("BYMONTH"):
        return day.day == start.day
    return (day.month, day.day) == (start.month, start.day)


def _nth(rule: Rule, number: int, day: date) -> bool:
    """Whether the day is the nth (from the end: negative) of its weekday in the month, or in the year."""
    if number == 0:
        return True
    if rule.freq == "YEARLY" and not rule.numbers("BYMONTH"):
        place, size = day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365
    else:
        place, size = day.day, calendar.monthrange(day.year, day.month)[1]
    return number == (place - 1) // 7 + 1 if number > 0 else -number == (size - place) // 7 + 1


def _week_number(day: date, week_start: int) -> tuple[int, int]:
    """The number of the day's week and how many weeks its year has; week 1 has at least four days in the year."""
    middle = day + timedelta(days=3 - (day.weekday() - week_start) % 7)
    year_days = 366 if calendar.isleap(middle.year) else 365
    place = middle.timetuple().tm_yday
    return (place - 1) // 7 + 1, (place - 1) // 7 + 1 + (year_days - place) // 7
