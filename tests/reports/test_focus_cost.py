"""What one meeting costs in focus time."""

from guardian.model.events import MeetingKey
from guardian.model.time import Interval, Week
from guardian.reports.focus_cost import focus_cost
from guardian.reports.load import person_week
from tests.reports.calendar_of import GAUGE, at, meeting, stretch
from tests.reports.golden_week import COUNTED, GOLDEN

HALF_AN_HOUR = meeting("m", stretch(0, "10:30", "11:00"))


def test_half_an_hour_can_cost_two() -> None:
    """It breaks 9:00-11:30 into scraps."""
    rest = meeting("rest", stretch(0, "11:30", "17:00"))
    assert focus_cost([HALF_AN_HOUR, rest], GAUGE, HALF_AN_HOUR.meeting) == 150


def test_a_meeting_among_scraps_costs_nothing() -> None:
    busy = [meeting("a", stretch(0, "09:30", "10:30")), meeting("b", stretch(0, "11:00", "17:00"))]
    assert focus_cost([*busy, HALF_AN_HOUR], GAUGE, HALF_AN_HOUR.meeting) == 0


def test_a_meeting_nobody_has_costs_nothing() -> None:
    assert focus_cost([HALF_AN_HOUR], GAUGE, MeetingKey("other")) == 0


def test_over_midnight_on_sunday_both_weeks_count() -> None:
    night = meeting("m", Interval(at(6, "23:00"), at(7, "01:00")))
    assert focus_cost([night], GAUGE, night.meeting) == 0


def test_the_costs_of_the_golden_week_do_not_sum() -> None:
    """One at a time, in minutes of focus time won without it:

    Mon  standup and hiring 0 (the gap stays under 2 h), roadmap 30 (180 for 150), one-on-one 30 (330 for 300), client call 0
    Tue  workshop 240 (10:00-17:00 for 14:00-17:00)
    Wed  planning 120 (9:00-11:00), design 0 (90 min), incident review 30, interview 30, debrief 0 (90 min)
    Thu  budget 240 (9:00-13:00), demo 135 (315 for 180)

    855 together; all thirteen at once cost 39.0 - 21.5 h = 1,050.
    """
    assert {o.meeting.series_uid: cost for o in COUNTED if (cost := focus_cost(GOLDEN, GAUGE, o.meeting))} == {
        "roadmap": 30, "one-on-one": 30, "workshop": 240, "planning": 120, "incident-review": 30, "interview": 30,
        "budget": 240, "demo": 135,
    }  # fmt: skip
    without = person_week([o for o in GOLDEN if o not in COUNTED], GAUGE, Week(2026, 47))
    assert without.focus_minutes - person_week(GOLDEN, GAUGE, Week(2026, 47)).focus_minutes == 1050
