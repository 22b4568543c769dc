"""Before and after: what is compared, what is left out, and what may not be said."""

from dataclasses import replace
from typing import Any

import pytest

from guardian.model.time import Week
from guardian.reports.change import METRICS, Change, Shift, change, step
from guardian.reports.weeks import GroupWeek, PersonWeek

START = Week(2026, 40)


def week(number: int, **changes: Any) -> PersonWeek:
    plain = PersonWeek(
        person="ana@acme.example", week=f"2026-W{number}", zone="UTC",
        contract_minutes=2400, available_minutes=2400, meeting_minutes=900, focus_minutes=1000,
    )  # fmt: skip
    return replace(plain, **changes)


def team(number: int, **changes: Any) -> GroupWeek:
    plain = GroupWeek(
        scope="team:core", week=f"2026-W{number}", people=8,
        contract_minutes=19_200, available_minutes=19_200, meeting_minutes=7200, focus_minutes=8000,
    )  # fmt: skip
    return replace(plain, **changes)


BEFORE = [week(36, meeting_minutes=840), week(37), week(38, meeting_minutes=960), week(39, meeting_minutes=2000)]
AFTER = [
    week(41, meeting_minutes=600),
    week(42, meeting_minutes=660),
    week(43, meeting_minutes=720),
    week(44, meeting_minutes=0),
]


def shift(found: Change, metric: str = "meeting_minutes") -> Shift:
    return next(s for s in found.shifts if s.metric == metric)


def test_medians_of_four_weeks_to_each_side_of_the_week_of_the_change() -> None:
    """Before: 840, 900, 960, 2000: 930. After: 0, 600, 660, 720: 630. The week of the change itself is left out."""
    found = change([*BEFORE, week(40, meeting_minutes=5000), *AFTER], START)
    assert (found.start, found.before) == ("2026-W40", ("2026-W36", "2026-W37", "2026-W38", "2026-W39"))
    assert found.after == ("2026-W41", "2026-W42", "2026-W43", "2026-W44")
    assert (shift(found).before, shift(found).after, shift(found).change) == (930, 630, -300)
    assert {s.metric for s in found.shifts} == set(METRICS)
    assert (shift(found).net, found.notes) == (None, ("there is no group without the rule to compare with",))


def test_numbers_are_per_forty_working_hours() -> None:
    halves = [
        replace(w, contract_minutes=1200, available_minutes=1200, meeting_minutes=w.meeting_minutes // 2) for w in AFTER
    ]
    assert shift(change([*BEFORE, *halves], START)).after == 630


def test_weeks_that_cannot_be_compared_are_replaced_by_the_next_ones_and_named() -> None:
    odd = [week(34), week(35), replace(BEFORE[0], available_minutes=1199), BEFORE[1], BEFORE[2], BEFORE[3]]
    found = change([*odd, *AFTER], START, holiday_weeks={"2026-W38"})
    assert found.before == ("2026-W34", "2026-W35", "2026-W37", "2026-W39")
    assert found.left_out == (("2026-W36", "less than half of the contract's hours"), ("2026-W38", "a public holiday"))


def test_half_of_the_contract_is_enough_and_nothing_to_work_is_not() -> None:
    assert change([*(replace(w, available_minutes=1200) for w in BEFORE), *AFTER], START).shifts
    assert not change([*(replace(w, available_minutes=0, contract_minutes=0) for w in BEFORE), *AFTER], START).shifts


def test_with_fewer_weeks_nothing_is_told() -> None:
    found = change([*BEFORE, *AFTER[:3]], START)
    assert found.shifts == ()
    assert found.notes == ("4 weeks before and 3 after can be compared; it takes 4 of each",)
    assert ("2026-W44", "no data") in found.left_out


def test_weeks_that_are_not_closed_are_plans_and_are_not_compared() -> None:
    found = change([*BEFORE, *AFTER], START, closed=lambda name: name < "2026-W44")
    assert (found.after, found.shifts) == (("2026-W41", "2026-W42", "2026-W43"), ())
    assert ("2026-W44", "not closed yet") in found.left_out


def test_weeks_are_looked_for_eight_weeks_to_each_side_only() -> None:
    assert change([week(n) for n in (20, 30, 31, 37, 38)] + AFTER, START).shifts == ()
    assert change([week(n) for n in (32, 33, 37, 38)] + AFTER, START).shifts != ()


def test_the_change_of_those_without_the_rule_is_taken_off() -> None:
    """They went from 900 to 840 in the same weeks."""
    others = [team(n, meeting_minutes=7200 if n < 40 else 6720) for n in range(36, 45)]
    found = shift(change([*BEFORE, *AFTER], START, without_rule=others))
    assert (found.change, found.elsewhere, found.net) == (-300, -60, -240)


def test_others_of_whom_a_week_is_hidden_are_no_comparison() -> None:
    others = [team(n, hidden="fewer than 5 people" if n == 38 else "") for n in range(36, 45)]
    assert shift(change([*BEFORE, *AFTER], START, without_rule=others)).net is None


def test_hidden_weeks_are_left_out() -> None:
    teams = [team(n, hidden="fewer than 5 people" if n == 43 else "") for n in range(32, 46)]
    found = change(teams, START)
    assert found.after == ("2026-W41", "2026-W42", "2026-W44", "2026-W45")
    assert found.left_out == (("2026-W43", "hidden"),)


@pytest.mark.parametrize(("moved", "told"), [(0, True), (1, False), (4, False), (5, True)])
def test_a_difference_about_few_people_is_not_told(moved: int, told: bool) -> None:
    teams = [team(n, moved=moved if n == 42 else 0) for n in range(32, 46)]
    assert bool(change(teams, START).shifts) is told


@pytest.mark.parametrize(("observed", "note"), [(None, False), (1, True), (2, False)])
def test_a_rule_should_be_observed_first(observed: int | None, note: bool) -> None:
    found = change([*BEFORE, *AFTER], START, observed_weeks=observed)
    assert any("observed" in text for text in found.notes) is note


def test_nothing_is_said_about_causes() -> None:
    found = change([*BEFORE, *AFTER[:2]], START, observed_weeks=0)
    assert not any("because" in note for note in found.notes)


@pytest.mark.parametrize(
    ("earlier", "later", "told"),
    [
        (week(40), week(41, meeting_minutes=960), 60),
        (week(40), week(41, available_minutes=1200, meeting_minutes=480), 60),
        (week(40), week(41, available_minutes=1199), None),
        (week(40, available_minutes=0), week(41), None),
        (team(40), team(41, meeting_minutes=7680), 60),
        (team(40), team(41, moved=4), None),
        (team(40, moved=4), team(41, moved=5), 0),
        (team(40), team(41, hidden="x"), None),
    ],
)
def test_from_week_to_week(earlier: Any, later: Any, told: float | None) -> None:
    assert step(earlier, later, "meeting_minutes", 5) == told
