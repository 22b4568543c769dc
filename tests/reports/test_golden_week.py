"""The golden week, number by number (the arithmetic stands in `golden_week.py`)."""

import random
from datetime import timedelta

import pytest

from guardian.model.time import Interval, Week, minutes, subtract, union
from guardian.reports.body import METHOD, Frame, report
from guardian.reports.load import person_week, working_time
from guardian.reports.weeks import COUNTS
from tests.reports.calendar_of import ANA, MONDAY, NINE_TO_FIVE
from tests.reports.golden_week import COUNTED, GAUGE, GOLDEN, NUMBERS, PRIVATE_HOUR

WEEK = Week(2026, 47)
GOLDEN_WEEK = person_week(GOLDEN, GAUGE, WEEK)


@pytest.mark.parametrize(("name", "value"), NUMBERS.items())
def test_every_number_of_the_golden_week(name: str, value: int) -> None:
    assert getattr(GOLDEN_WEEK, name) == value


def test_every_field_has_its_number() -> None:
    assert [*NUMBERS] == [
        *COUNTS[: COUNTS.index("long_run_minutes") + 1],
        "longest_run_minutes",
        *COUNTS[COUNTS.index("double_booked_minutes") :],
    ]


def test_the_golden_week_as_people_read_it() -> None:
    body = report([GOLDEN_WEEK], Frame(f"person:{ANA}", MONDAY, MONDAY + timedelta(days=7), "Europe/Berlin"))
    row = body["weeks"][0]
    assert round(row["fragmentation_index"], 3) == 0.246
    assert row["effective_gap_minutes"] == 230
    assert round(row["effective_gap_minutes"] / 60, 2) == 3.83
    assert row["meeting_share"] == 630 / 2400
    assert (row["focus_band_share"], row["long_run_share"], row["no_agenda_share"]) == (510 / 900, 150 / 690, 150 / 540)
    assert row["longest_run_minutes"] == 150
    assert body["method"] == METHOD


def test_all_meetings_together_cost_17_and_a_half_hours_of_focus() -> None:
    without = person_week([PRIVATE_HOUR], GAUGE, WEEK)
    assert without.focus_minutes == 39 * 60
    assert without.focus_minutes - GOLDEN_WEEK.focus_minutes == 1050


def test_every_day_keeps_two_free_hours_in_total() -> None:
    """Packing loss equals the fragments: moving meetings within their day could win back all 7.0 h."""
    busy = union([*(_when(o) for o in COUNTED), _when(PRIVATE_HOUR)])
    for window in working_time(NINE_TO_FIVE, WEEK):
        assert minutes(subtract([window], busy)) >= 120


def test_the_order_of_events_is_no_matter() -> None:
    shuffled = list(GOLDEN)
    random.Random(7).shuffle(shuffled)
    assert person_week(shuffled, GAUGE, WEEK) == GOLDEN_WEEK


def _when(occurrence: object) -> Interval:
    when = getattr(occurrence, "when", None)
    assert isinstance(when, Interval)
    return when
