"""What meeting time is taken to cost, and that money tells nothing about anybody."""

from dataclasses import replace
from fractions import Fraction

import pytest

from guardian.reports.cost import Money, Rates, cost_of, price, price_of_meeting, rounded
from guardian.reports.weeks import GroupWeek, PersonWeek

BLENDED = Rates("EUR", 60)
BANDED = Rates("EUR", 60, {"A": 40.5, "B": 90})
WEEK = PersonWeek(person="ana@acme.example", week="2026-W47", zone="UTC", band="B", meeting_minutes=690)
TEAM = GroupWeek(
    scope="team:core",
    week="2026-W47",
    people=12,
    meeting_minutes=7200,
    band_people={"A": 7, "B": 5},
    band_minutes={"A": 4200, "B": 3000},
)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, 0),
        (0.4, 0),
        (7.5, 8),
        (99.4, 99),
        (99.5, 100),
        (100, 100),
        (104.9, 100),
        (105, 110),
        (994, 990),
        (995, 1000),
        (6849, 6800),
        (1_234_567, 1_200_000),
        (-105, -110),
        (Fraction(1, 3), 0),
    ],
)
def test_two_significant_figures(amount: float | Fraction, shown: int) -> None:
    assert rounded(amount) == shown


def test_a_person_costs_the_blended_rate_whatever_their_band() -> None:
    """690 minutes at 60 an hour."""
    assert cost_of(WEEK, BLENDED, 5) == cost_of(WEEK, BANDED, 5) == Money("EUR", Fraction(690))
    assert price(690, BANDED).shown == 690


def test_a_group_costs_by_band_where_every_band_is_a_group() -> None:
    """70 h at 40.50 and 50 h at 90: 2,835 + 4,500."""
    assert cost_of(TEAM, BLENDED, 5) == Money("EUR", Fraction(7200))
    assert cost_of(TEAM, BANDED, 5) == Money("EUR", Fraction(7335))


def test_a_band_of_few_people_hides_the_money_of_the_group() -> None:
    few = replace(TEAM, band_people={"A": 8, "B": 4})
    assert cost_of(few, BANDED, 5) is None
    assert cost_of(few, BLENDED, 5) == Money("EUR", Fraction(7200))


def test_people_without_a_band_or_of_an_unknown_one_are_one_group_at_the_blended_rate() -> None:
    mixed = replace(TEAM, band_people={"A": 6, "": 3, "Z": 3}, band_minutes={"A": 6000, "": 600, "Z": 600})
    assert cost_of(mixed, BANDED, 5) == Money("EUR", 100 * Fraction("40.5") + 20 * 60)
    few = replace(TEAM, band_people={"A": 8, "": 2, "Z": 2}, band_minutes={"A": 6000, "": 600, "Z": 600})
    assert cost_of(few, BANDED, 5) is None


def test_the_rate_of_a_band_cannot_be_had_from_a_group_that_is_all_in_it() -> None:
    alone = replace(TEAM, band_people={"B": 12}, band_minutes={"B": 7200})
    assert cost_of(alone, BANDED, 5) == cost_of(alone, BLENDED, 5) == Money("EUR", Fraction(7200))


def test_a_hidden_group_has_no_money() -> None:
    assert cost_of(replace(TEAM, hidden="fewer than 5 people"), BLENDED, 5) is None


@pytest.mark.parametrize("inside", [0, 1, 2])
def test_a_meeting_of_few_people_has_no_money(inside: int) -> None:
    assert price_of_meeting(60, inside, BLENDED) is None


def test_a_meeting_of_three_has() -> None:
    assert price_of_meeting(90, 3, BLENDED) == Money("EUR", Fraction(90))
