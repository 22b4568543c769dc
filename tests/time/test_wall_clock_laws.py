"""Laws of the wall clock, over all zones and 2020-2035."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.model.time import (
    DayRange,
    Interval,
    WallWindow,
    Week,
    as_interval,
    day_interval,
    day_start,
    local_date,
    local_days,
    union,
    window_on,
)
from tests.time.zones import EVERY_DAY, changes, days, windows, zones

MINUTE = timedelta(minutes=1)
SECONDS = int(timedelta(days=16 * 365).total_seconds())

instants = st.integers(0, SECONDS).map(lambda n: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=n))


def wall_minute(instant: datetime, zone: ZoneInfo) -> int:
    local = instant.astimezone(zone)
    return local.hour * 60 + local.minute


@given(changes(), windows())
def test_a_window_lies_inside_its_local_day(place: tuple[ZoneInfo, date], window: WallWindow) -> None:
    zone, day = place
    found = window_on(window, day, zone)
    if found:
        whole = day_interval(day, zone)
        assert whole.start <= found.start < found.end <= whole.end
        assert set(local_days(found, zone)) == {day}


@settings(max_examples=60)
@given(changes(), windows())
def test_a_window_covers_every_minute_whose_wall_clock_reads_inside_it(
    place: tuple[ZoneInfo, date], window: WallWindow
) -> None:
    zone, day = place
    found = window_on(window, day, zone)
    at, end = day_interval(day, zone).start, day_interval(day, zone).end
    while at < end:
        if window.start <= wall_minute(at, zone) < window.end:
            assert found is not None
            assert found.start <= at < found.end
        at += 5 * MINUTE


@settings(max_examples=60)
@given(changes(), windows())
def test_a_window_begins_and_ends_where_the_wall_clock_reads_inside_it(
    place: tuple[ZoneInfo, date], window: WallWindow
) -> None:
    zone, day = place
    found = window_on(window, day, zone)
    if found:
        assert window.start <= wall_minute(found.start, zone) < window.end
        assert window.start <= wall_minute(found.end - MINUTE, zone) < window.end


@given(changes(), st.sets(st.integers(1, 1439), max_size=6))
def test_windows_that_tile_the_wall_clock_cover_the_day_and_nothing_else(
    place: tuple[ZoneInfo, date], cuts: set[int]
) -> None:
    zone, day = place
    tiles = [WallWindow(EVERY_DAY, a, b) for a, b in pairwise([0, *sorted(cuts), 1440])]
    covered = union(found for tile in tiles if (found := window_on(tile, day, zone)))
    assert covered == union([day_interval(day, zone)])


@given(zones, days)
def test_days_follow_each_other_without_gap(zone: ZoneInfo, day: date) -> None:
    here, following = day_interval(day, zone), day_interval(day + timedelta(days=1), zone)
    assert here.end == following.start
    assert timedelta(hours=22) <= here.length <= timedelta(hours=26)


@given(changes())
def test_a_day_begins_with_its_first_instant(place: tuple[ZoneInfo, date]) -> None:
    zone, day = place
    start = day_start(day, zone)
    assert start.tzinfo is UTC
    assert local_date(start, zone) == day
    assert local_date(start - timedelta(seconds=1), zone) < day


@given(zones, days)
def test_a_week_is_its_seven_days(zone: ZoneInfo, day: date) -> None:
    week = Week.of(day)
    whole = week.interval(zone)
    assert union(day_interval(week.monday + timedelta(days=n), zone) for n in range(7)) == [whole]
    assert week.monday.weekday() == 0
    assert week.next().interval(zone).start == whole.end
    assert Week.parse(str(week)) == week


@given(zones, days, st.integers(0, 20))
def test_all_day_events_cover_exactly_their_days(zone: ZoneInfo, first: date, more: int) -> None:
    last = first + timedelta(days=more)
    covered = as_interval(DayRange(first, last), zone)
    assert covered == Interval(day_start(first, zone), day_start(last + timedelta(days=1), zone))
    assert local_days(covered, zone) == [first + timedelta(days=n) for n in range(more + 1)]


@given(zones, instants)
def test_an_instant_lies_in_the_day_its_clock_shows(zone: ZoneInfo, instant: datetime) -> None:
    whole = day_interval(local_date(instant, zone), zone)
    assert whole.start <= instant < whole.end
