"""The load report on exported calendars."""

from datetime import date

import pytest

from guardian.errors import NotReady
from guardian.model.time import DayRange, WallWindow
from guardian.reports.files import Exported, file_report, last_weeks_held, weeks_held
from tests.reports.calendar_of import ANA, BEN, BERLIN, meeting, solo, stretch
from tests.reports.golden_week import GOLDEN

HOURS = WallWindow(frozenset(range(5)), 9 * 60, 17 * 60)


def weekly(*weeks: int) -> Exported:
    """One hour on the Monday of those weeks, counted from the week of 16 November 2026."""
    return Exported(ANA, BERLIN, [meeting(f"m{n}", stretch(7 * n, "09:00", "10:00")) for n in weeks])


def shown(*calendars: Exported, **dates: date) -> list[str]:
    return [row["week"] for row in file_report(calendars, HOURS, **dates)["weeks"]]


def test_the_golden_week_from_a_file() -> None:
    body = file_report([Exported(ANA, BERLIN, GOLDEN)], HOURS)
    assert (body["scope"], body["timezone"]) == (f"person:{ANA}", "Europe/Berlin")
    assert (body["from"], body["to"]) == ("2026-11-16", "2026-11-23")
    assert (body["weeks"][0]["focus_minutes"], body["weeks"][0]["meeting_minutes"]) == (1290, 690)


def test_without_dates_the_last_four_weeks_that_hold_events() -> None:
    assert shown(weekly(0, 1, 3, 4, 6, 7)) == ["2026-W50", "2026-W51", "2026-W53", "2027-W01"]
    assert shown(weekly(2)) == ["2026-W49"]


def test_weeks_to_come_do_not_push_the_present_away() -> None:
    assert shown(weekly(*range(20)), today=date(2026, 12, 9)) == ["2026-W47", "2026-W48", "2026-W49", "2026-W50"]
    assert shown(weekly(0, 1), today=date(2020, 1, 1)) == ["2026-W47", "2026-W48"]


def test_with_dates_every_week_between_them() -> None:
    assert shown(weekly(0, 3), since=date(2026, 11, 16), until=date(2026, 12, 8)) == [
        "2026-W47",
        "2026-W48",
        "2026-W49",
        "2026-W50",
    ]
    assert shown(weekly(0, 3), since=date(2026, 11, 30)) == ["2026-W49", "2026-W50"]
    assert shown(weekly(0, 3), until=date(2026, 11, 30)) == ["2026-W47", "2026-W48"]


def test_several_owners_are_summed_and_never_hidden() -> None:
    body = file_report([weekly(0), Exported(BEN, BERLIN, [])], HOURS)
    row = body["weeks"][0]
    assert (body["scope"], row["people"], row["suppressed"]) == ("org", 2, False)
    assert (row["available_minutes"], row["meeting_minutes"]) == (4800, 60)


def test_two_files_of_one_owner_are_one_calendar() -> None:
    twice = file_report([weekly(0), weekly(0, 1)], HOURS)
    assert [(r["people"], r["meeting_minutes"], r["double_booked_minutes"]) for r in twice["weeks"]] == [
        (1, 60, 0),
        (1, 60, 0),
    ]


def test_nothing_to_report_on_is_said() -> None:
    for calendars in ([], [Exported(ANA, BERLIN, [])]):
        with pytest.raises(NotReady, match="no events"):
            file_report(calendars, HOURS)
    with pytest.raises(NotReady, match="no events"):
        file_report([], HOURS, since=date(2026, 11, 16), until=date(2026, 11, 30))
    with pytest.raises(NotReady, match="no events"):
        file_report([weekly(5)], HOURS, until=date(2026, 11, 30))


def test_cancelled_events_hold_no_week_and_long_ones_hold_all_they_touch() -> None:
    gone = Exported(ANA, BERLIN, [meeting("m", stretch(0, "09:00", "10:00"), cancelled=True)])
    assert weeks_held([gone]) == []
    fair = Exported(ANA, BERLIN, [solo("fair", DayRange(date(2026, 11, 19), date(2026, 11, 25)))])
    assert [str(w) for w in weeks_held([fair])] == ["2026-W47", "2026-W48"]
    midnight = Exported(ANA, BERLIN, [solo("late", stretch(6, "22:00", "24:00"))])
    assert [str(w) for w in last_weeks_held([midnight])] == ["2026-W47"]


def test_an_event_without_end_does_not_cost_ages() -> None:
    endless = Exported(ANA, BERLIN, [solo("oops", DayRange(date(2026, 11, 16), date(9990, 1, 1)))])
    assert len(weeks_held([endless])) == 265
