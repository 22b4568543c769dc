"""The written rule for clock changes, case by case (Python's zone data; the moments are those the tz database gives)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from guardian.errors import InputError
from guardian.model.time import (
    DayRange,
    Interval,
    WallWindow,
    Week,
    day_interval,
    format_instant,
    format_minute,
    local_days,
    parse_instant,
    window_on,
    zone_named,
)

EVERY_DAY = frozenset(range(7))


def minute(clock: str) -> int:
    hours, rest = clock.split(":")
    return int(hours) * 60 + int(rest)


def window(text: str) -> WallWindow:
    start, end = text.split("-")
    return WallWindow(EVERY_DAY, minute(start), minute(end))


SPRING = [
    ("America/New_York", "2026-03-08", "01:00-04:00", "06:00", "08:00"),
    ("America/New_York", "2026-03-08", "02:00-03:00", None, None),
    ("America/New_York", "2026-03-08", "02:15-02:45", None, None),
    ("America/New_York", "2026-03-08", "02:30-05:00", "07:00", "09:00"),
    ("America/New_York", "2026-03-08", "01:30-02:30", "06:30", "07:00"),
    ("Europe/Berlin", "2026-03-29", "01:00-05:00", "00:00", "03:00"),
    ("Europe/Berlin", "2026-03-29", "02:00-03:00", None, None),
    ("Europe/Berlin", "2026-03-29", "02:30-04:00", "01:00", "02:00"),
    ("Australia/Sydney", "2026-10-04", "01:00-04:00", "15:00", "17:00"),
    ("Australia/Lord_Howe", "2026-10-04", "01:00-03:00", "14:30", "16:00"),
    ("Australia/Lord_Howe", "2026-10-04", "02:00-02:30", None, None),
    ("Australia/Lord_Howe", "2026-10-04", "02:15-03:00", "15:30", "16:00"),
    ("America/Havana", "2026-03-08", "00:00-02:00", "05:00", "06:00"),
    ("America/Nuuk", "2026-03-28", "23:00-24:00", None, None),
    ("Africa/Cairo", "2026-04-24", "00:30-02:00", "22:00", "23:00"),
]

AUTUMN = [
    ("America/New_York", "2026-11-01", "00:00-01:00", "04:00", "05:00"),
    ("America/New_York", "2026-11-01", "01:00-02:00", "05:00", "07:00"),
    ("America/New_York", "2026-11-01", "01:15-01:45", "05:15", "06:45"),
    ("America/New_York", "2026-11-01", "02:00-03:00", "07:00", "08:00"),
    ("Europe/Berlin", "2026-10-25", "02:30-03:30", "00:30", "02:30"),
    ("Europe/Berlin", "2026-10-25", "01:00-02:00", "23:00", "00:00"),
    ("Australia/Sydney", "2026-04-05", "02:00-03:00", "15:00", "17:00"),
    ("Australia/Lord_Howe", "2026-04-05", "01:30-02:00", "14:30", "15:30"),
    ("Australia/Lord_Howe", "2026-04-05", "01:00-01:30", "14:00", "14:30"),
    ("America/Havana", "2026-10-31", "22:00-24:00", "02:00", "04:00"),
    ("America/Havana", "2026-11-01", "00:00-01:00", "04:00", "06:00"),
    ("America/Nuuk", "2026-10-24", "22:00-23:00", "23:00", "00:00"),
    ("America/Nuuk", "2026-10-24", "22:00-24:00", "23:00", "02:00"),
]

QUIET = [
    ("Pacific/Apia", "2026-04-05", "02:00-04:00", "13:00", "15:00"),
    ("Pacific/Apia", "2026-09-27", "02:00-04:00", "13:00", "15:00"),
    ("Asia/Kolkata", "2026-03-29", "02:00-04:00", "20:30", "22:30"),
    ("Asia/Kathmandu", "2026-10-25", "09:00-17:00", "03:15", "11:15"),
    ("America/Phoenix", "2026-11-01", "01:00-02:00", "08:00", "09:00"),
    ("UTC", "2026-03-29", "00:00-24:00", "00:00", "00:00"),
]


@pytest.mark.parametrize(("zone", "day", "text", "start", "end"), [*SPRING, *AUTUMN, *QUIET])
def test_windows_around_clock_changes(zone: str, day: str, text: str, start: str | None, end: str | None) -> None:
    found = window_on(window(text), date.fromisoformat(day), ZoneInfo(zone))
    assert (f"{found.start:%H:%M}" if found else None) == start
    assert (f"{found.end:%H:%M}" if found else None) == end


WEEKS = [
    ("America/New_York", "2026-W10", 167),
    ("America/New_York", "2026-W44", 169),
    ("Europe/Berlin", "2026-W13", 167),
    ("Europe/Berlin", "2026-W43", 169),
    ("Australia/Sydney", "2026-W40", 167),
    ("Australia/Sydney", "2026-W14", 169),
    ("Australia/Lord_Howe", "2026-W40", 167.5),
    ("Australia/Lord_Howe", "2026-W14", 168.5),
    ("Pacific/Apia", "2026-W40", 168),
    ("Asia/Tokyo", "2026-W13", 168),
    ("UTC", "2026-W43", 168),
]


@pytest.mark.parametrize(("zone", "week", "hours"), WEEKS)
def test_a_week_is_as_long_as_the_clocks_make_it(zone: str, week: str, hours: float) -> None:
    assert Week.parse(week).interval(ZoneInfo(zone)).length == timedelta(hours=hours)


def test_a_shift_over_the_spring_night_is_an_hour_shorter() -> None:
    """01:00 to 05:00 in Berlin on 29 March 2026 is three hours, although the wall clock says four."""
    found = window_on(window("01:00-05:00"), date(2026, 3, 29), ZoneInfo("Europe/Berlin"))
    assert found is not None
    assert found.minutes == 180


def test_a_day_that_a_zone_skipped_is_empty() -> None:
    """Samoa crossed the date line at the end of 29 December 2011; 30 December never was."""
    assert day_interval(date(2011, 12, 30), ZoneInfo("Pacific/Apia")).length == timedelta(0)
    assert window_on(window("09:00-17:00"), date(2011, 12, 30), ZoneInfo("Pacific/Apia")) is None


def test_a_window_is_for_its_weekdays_only() -> None:
    monday = WallWindow(frozenset({0}), 540, 1020)
    assert window_on(monday, date(2026, 11, 16), ZoneInfo("UTC")) is not None
    assert window_on(monday, date(2026, 11, 17), ZoneInfo("UTC")) is None


@pytest.mark.parametrize(
    ("day", "week"),
    [("2026-11-22", "2026-W47"), ("2027-01-03", "2026-W53"), ("2024-12-30", "2025-W01"), ("2021-01-01", "2020-W53")],
)
def test_iso_weeks_at_the_turn_of_the_year(day: str, week: str) -> None:
    assert str(Week.of(date.fromisoformat(day))) == week


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-47", "2026-W54", "2026-W00", "26-W47", "2026-W047", "9999-W52", f"{'9' * 30}-W01", "٢٠٢٦-W01"],
)
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="ISO week"):
        Week.parse(text)


def test_instants_are_read_with_an_offset_only_and_written_in_utc() -> None:
    assert format_instant(parse_instant("2026-11-22T10:00:00.5+01:00")) == "2026-11-22T09:00:00Z"
    for text in ("2026-11-22", "2026-11-22T10:00:00", "soon", "0001-01-01T00:00:00+05:00", "2026-11-22T10:00:00+25:00"):
        with pytest.raises(InputError):
            parse_instant(text)


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "a\0b", "x" * 5000, "\ud800", "CET6"]
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="unknown time zone"):
        zone_named(name)


def test_the_end_of_the_day_is_written_24() -> None:
    assert str(window("22:30-24:00")) == "22:30-24:00"
    assert format_minute(5) == "00:05"


def test_an_empty_interval_touches_the_day_it_lies_on() -> None:
    at = parse_instant("2026-11-16T23:30:00Z")
    assert local_days(Interval(at, at), ZoneInfo("Europe/Berlin")) == [date(2026, 11, 17)]
    assert local_days(Interval(at, at + timedelta(hours=24)), ZoneInfo("UTC")) == [
        date(2026, 11, 16),
        date(2026, 11, 17),
    ]


def test_intervals_take_utc_only_and_run_forward() -> None:
    noon = parse_instant("2026-11-16T12:00:00Z")
    with pytest.raises(ValueError, match="UTC"):
        Interval(noon.astimezone(ZoneInfo("Europe/Berlin")), noon)
    with pytest.raises(ValueError, match="UTC"):
        Interval(datetime(2026, 11, 16), noon)  # noqa: DTZ001 - a naive time is what must be refused
    with pytest.raises(ValueError, match="before"):
        Interval(noon, noon - timedelta(seconds=1))
    with pytest.raises(ValueError, match="before"):
        DayRange(date(2026, 11, 16), date(2026, 11, 15))
