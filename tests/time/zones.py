"""What the laws of time draw from."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

from guardian.model.time import WallWindow

ZONES = sorted(name for name in available_timezones() if name not in {"localtime", "Factory"})

CHANGING = (
    "America/New_York",
    "Europe/Berlin",
    "Europe/Dublin",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "America/Havana",
    "America/Nuuk",
    "America/Scoresbysund",
    "Asia/Beirut",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Pacific/Apia",
    "Asia/Kolkata",
)
"""Drawn more often, for clocks that change at midnight, by half an hour, by two hours, backwards in summer, or never."""

zones = st.one_of(st.sampled_from(CHANGING), st.sampled_from(ZONES)).map(ZoneInfo)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
EVERY_DAY = frozenset(range(7))


@st.composite
def windows(draw: st.DrawFn) -> WallWindow:
    start, end = sorted(draw(st.lists(st.integers(0, 1440), min_size=2, max_size=2, unique=True)))
    return WallWindow(EVERY_DAY, start, end)


@st.composite
def changes(draw: st.DrawFn) -> tuple[ZoneInfo, date]:
    """A zone and a day, mostly one on which its clocks change."""
    zone = draw(zones)
    day = draw(days)
    changing = change_days(zone, day.year)
    at_change = bool(changing) and draw(st.integers(0, 3)) > 0
    return zone, draw(st.sampled_from(changing)) if at_change else day


def change_days(zone: ZoneInfo, year: int) -> list[date]:
    """The days of that year that are not 24 hours long."""
    found = _cache.get((zone.key, year))
    if found is None:
        found = _cache[zone.key, year] = [d for d in _days(year) if _offset(d, zone) != _offset(_next(d), zone)]
    return found


_cache: dict[tuple[str, int], list[date]] = {}


def _days(year: int) -> list[date]:
    first = date(year, 1, 1).toordinal()
    return [date.fromordinal(n) for n in range(first, date(year + 1, 1, 1).toordinal())]


def _next(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _offset(day: date, zone: ZoneInfo) -> object:
    return datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset()
