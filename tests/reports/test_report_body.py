"""The public body of the load report: exact fields, sums, undefined ratios, small groups."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.errors import InputError
from guardian.model.time import Week
from guardian.reports.body import FIELDS, RATIOS, Frame, last_weeks, report
from guardian.reports.gauge import Gauge
from guardian.reports.groups import group_weeks
from guardian.reports.load import person_week
from guardian.reports.suppression import COMPLEMENT, suppress
from guardian.reports.weeks import COUNTS, GroupWeek, PersonWeek, WeekColumns
from tests.reports.calendar_of import ANA, NINE_TO_FIVE
from tests.reports.golden_week import GAUGE, GOLDEN

ONE = person_week(GOLDEN, GAUGE, Week(2026, 47))
EMPTY = person_week([], Gauge(ANA, replace(NINE_TO_FIVE, hours=())), Week(2026, 47))


def frame(scope: str = "org", **changes: Any) -> Frame:
    return replace(Frame(scope, date(2026, 11, 16), date(2026, 11, 23), "Europe/Berlin"), **changes)


def people(count: int, week: str = "2026-W47", *teams: str, first: int = 0) -> list[PersonWeek]:
    return [replace(ONE, person=f"p{n}@acme.example", week=week, teams=teams) for n in range(first, first + count)]


def sums(rows: list[PersonWeek], scope: str = "org", before: list[PersonWeek] | None = None) -> GroupWeek:
    return next(group for group in groups_of(rows, before or []) if group.scope == scope)


def groups_of(rows: list[PersonWeek], before: list[PersonWeek]) -> list[GroupWeek]:
    columns = WeekColumns.from_rows(rows[0].week, rows)
    return group_weeks(columns, {row.person: row.teams for row in before}, 5)


PROMISED = {
    "week", "people", "meetings", "available_minutes", "meeting_minutes", "confirmed_meeting_minutes",
    "invited_meeting_minutes", "inside_minutes", "after_hours_minutes", "meeting_share", "focus_minutes",
    "focus_60_minutes", "fragmented_minutes", "blocked_minutes", "fragmentation_index", "effective_gap_minutes",
    "back_to_back", "double_booked_minutes", "suppressed",
}  # fmt: skip
"""What other programs read since the first version."""


def test_the_fields_are_exactly_those_of_the_contract() -> None:
    body = report([ONE], frame(f"person:{ANA}"))
    assert list(body) == ["schema", "scope", "from", "to", "timezone", "method", "weeks"]
    assert (body["schema"], body["from"], body["to"]) == ("guardian.report.load/1", "2026-11-16", "2026-11-23")
    assert tuple(body["weeks"][0]) == FIELDS
    assert set(FIELDS) >= PROMISED
    assert "square_minutes" not in FIELDS
    assert all(0 <= body["weeks"][0][name] <= 1 for name in RATIOS)
    assert json.loads(json.dumps(body)) == body


def test_a_group_is_the_sum_of_its_people_and_its_ratios_are_those_of_the_sums() -> None:
    idle = replace(
        EMPTY,
        person="zoe@acme.example",
        available_minutes=600,
        focus_minutes=600,
        focus_60_minutes=600,
        square_minutes=360_000,
    )
    row = report([sums([*people(5), idle])], frame())["weeks"][0]
    assert (row["people"], row["meetings"], row["meeting_minutes"]) == (6, 65, 3450)
    assert row["longest_run_minutes"] is None
    assert row["meeting_share"] == 5 * 630 / (5 * 2400 + 600)
    assert row["fragmentation_index"] == 5 * 420 / (5 * 1710 + 600)
    assert row["effective_gap_minutes"] == round((5 * 392_850 + 360_000) / (5 * 1710 + 600))


def test_what_is_undefined_is_null() -> None:
    row = report([EMPTY], frame(f"person:{ANA}"))["weeks"][0]
    assert row["available_minutes"] == 0
    assert {row[name] for name in (*RATIOS, "effective_gap_minutes")} == {None}


def test_the_end_is_exclusive_and_weeks_are_whole() -> None:
    weeks = [replace(ONE, week=f"2026-W{n}") for n in (46, 47, 48)]

    def shown(since: str, until: str) -> list[str]:
        chosen = frame(f"person:{ANA}", since=date.fromisoformat(since), until=date.fromisoformat(until))
        return [row["week"] for row in report(weeks, chosen)["weeks"]]

    assert shown("2026-11-16", "2026-11-23") == ["2026-W47"]
    assert shown("2026-11-16", "2026-11-24") == ["2026-W47", "2026-W48"]
    assert shown("2026-11-15", "2026-11-16") == ["2026-W46"]
    assert shown("2027-11-15", "2027-11-16") == []
    with pytest.raises(InputError, match="exclusive"):
        shown("2026-11-16", "2026-11-16")


def test_the_last_full_weeks_before_a_day() -> None:
    assert last_weeks(date(2026, 11, 22)) == (date(2026, 10, 19), date(2026, 11, 16))
    assert last_weeks(date(2026, 11, 23), 1) == (date(2026, 11, 16), date(2026, 11, 23))


@pytest.mark.parametrize(("count", "hidden"), [(1, True), (4, True), (5, False), (6, False)])
@pytest.mark.parametrize("scope", ["team:Blue", "org"])
def test_small_groups_are_hidden(scope: str, count: int, hidden: bool) -> None:
    row = report([sums(people(count, "2026-W47", "Blue"), scope)], frame(scope))["weeks"][0]
    assert row["suppressed"] is hidden
    if hidden:
        assert row == {"week": "2026-W47", "suppressed": True, "reason": "fewer than 5 people"}


def test_a_group_is_measured_week_by_week() -> None:
    both = frame(until=date(2026, 11, 30))
    rows = report([sums(people(5)), sums(people(4, "2026-W48"))], both)["weeks"]
    assert [row["suppressed"] for row in rows] == [False, True]


def test_a_week_hidden_for_a_sibling_s_sake_says_so() -> None:
    teams = [*people(4, "2026-W47", "Blue"), *people(6, "2026-W47", "Red", first=4)]
    row = report([sums(teams, "team:Red")], frame("team:Red"))["weeks"][0]
    assert row == {"week": "2026-W47", "suppressed": True, "reason": COMPLEMENT}


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ({"a": 5, "b": 9}, set()),
        ({"a": 4, "b": 9, "c": 6}, {"a", "c"}),
        ({"a": 4, "b": 3, "c": 6}, {"a", "b"}),
        ({"a": 4}, {"a"}),
        ({"a": 4, "b": 6, "c": 6}, {"a", "b"}),
        ({"a": 1, "b": 2, "c": 6, "d": 7}, {"a", "b", "c"}),
        ({}, set()),
    ],
)
def test_the_next_smallest_sibling_is_hidden_too(sizes: dict[str, int], hidden: set[str]) -> None:
    assert set(suppress(sizes, 5)) == hidden


@given(st.dictionaries(st.text(max_size=3), st.integers(1, 12), max_size=8), st.integers(1, 10))
def test_what_is_hidden_cannot_be_had_by_subtraction(sizes: dict[str, int], min_group: int) -> None:
    hidden = suppress(sizes, min_group)
    shown = set(sizes) - set(hidden)
    assert all(sizes[name] >= min_group for name in shown)
    if hidden and shown:
        assert len(hidden) >= 2
        assert sum(sizes[name] for name in hidden) >= min_group
    if hidden:
        assert min(sizes.values()) < min_group


def test_which_teams_are_hidden_is_decided_over_all_teams() -> None:
    rows = [
        *people(4, "2026-W47", "Blue"),
        *people(6, "2026-W47", "Red", first=4),
        *people(10, "2026-W47", "Green", first=10),
    ]
    found = {group.scope: group.hidden for group in groups_of(rows, [])}
    assert found == {"org": "", "team:Blue": "fewer than 5 people", "team:Red": COMPLEMENT, "team:Green": ""}


def test_every_count_of_a_group_is_the_sum_over_its_people() -> None:
    group = sums([*people(5), replace(ONE, person="zoe@acme.example", meetings=2, saved_lower_minutes=30)])
    assert group.people == 6
    for name in COUNTS:
        extra = {"meetings": 2 - ONE.meetings, "saved_lower_minutes": 30}.get(name, 0)
        assert getattr(group, name) == 6 * getattr(ONE, name) + extra, name


def test_minutes_and_people_by_band_are_what_the_money_is_made_from() -> None:
    rows = [*(replace(row, band="A") for row in people(3)), *people(2, first=3)]
    group = sums(rows)
    assert group.band_people == {"": 2, "A": 3}
    assert group.band_minutes == {"": 2 * 690, "A": 3 * 690}


def test_how_many_came_and_left_is_told_against_the_week_before() -> None:
    before = people(6, "2026-W46")
    assert sums(people(6, first=2), before=before).moved == 4
    assert sums(people(6), before=before).moved == 0


def test_quartiles_are_told_of_groups_that_are_large_enough_and_for_part_timers_per_40_hours() -> None:
    half = replace(ONE, person="half@acme.example", available_minutes=1200, meeting_minutes=345, focus_minutes=645)
    assert "meeting_minutes" not in sums([*people(8), half]).spread
    found = sums([*people(9), half]).spread
    assert [*found["meeting_minutes"], *found["focus_minutes"]] == [690] * 3 + [1290] * 3
