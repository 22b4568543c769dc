"""What a letter says: the numbers by hand, what it leaves out, and what it must not tell."""

from fractions import Fraction

import pytest

from guardian.model.mail import MailKind
from guardian.model.time import Week
from guardian.reports.cost import Money
from guardian.reports.letter import Letter, hours, one_line, signed, span_of
from guardian.reports.letter_writing import write
from guardian.reports.usual import worth_telling
from tests.mail.letters import BEFORE, COSTLY, DEEDS, group, letter, material, week


def figures(made: Letter) -> list[tuple[str, str, str]]:
    return [(figure.name, figure.value, figure.change) for figure in made.figures]


def test_a_week_by_hand() -> None:
    """1290 and 690 minutes, against 1164 and 714 in each of the four weeks before; 11.5 h at 90 an hour: 1,035 against 1,071."""
    made = letter()
    assert figures(made) == [
        ("focus", "21.5", "+2.1"),
        ("meetings", "11.5", "−0.4"),
        ("estimated cost", "1,000", "−36"),
    ]
    assert (
        made.headline
        == "You had 21.5 hours for focused work and 11.5 hours in meetings: 2.1 hours more focus than usual."
    )
    assert made.subject == "Week 47: 21.5 h focus (+2.1), 11.5 h meetings, est. EUR 1,000"
    assert made.kept == (
        "Focus windows: 15.5 of 20.0 h kept, 4.5 h lost to meetings and other busy time.",
        "Meeting-free days: 1 of 1 kept.",
    )
    assert "16 to 22 November 2026" in made.span
    assert "rovisional" in made.span
    assert "estimate" in made.money


def test_a_short_week_is_compared_at_its_own_working_time() -> None:
    """Three days of five: the four weeks before would have brought 60 % of their 19.4 h, which are 11.6 h."""
    made = letter(now=week(available_minutes=1440, focus_minutes=750, meeting_minutes=420))
    assert figures(made)[0] == ("focus", "12.5", "+0.9")
    assert made.compared.startswith("Working time was 24.0 of 40.0 h: holidays, leave. Changes are")


def test_a_closed_week_is_not_provisional() -> None:
    assert letter(closed=True).span.endswith("The week is closed: its numbers are final.")


def test_money_is_compared_at_the_same_working_time() -> None:
    """Three days of five: 60 % of 1,071 are 643; this week cost 420 minutes at 90 an hour."""
    short = week(available_minutes=1440, meeting_minutes=420)
    assert figures(letter(now=short, money=Money("EUR", Fraction(630))))[2] == ("estimated cost", "630", "−13")
    assert figures(letter(now=short, money=Money("EUR", Fraction("642.6"))))[2][2] == "±0"


@pytest.mark.parametrize("before", [{}, {"2026-W43": None}])
def test_money_is_not_compared_with_weeks_that_have_no_price(before: dict[str, Money | None]) -> None:
    assert figures(letter(money_before=before))[2] == ("estimated cost", "1,000", "")


def test_that_nothing_was_let_through_is_said_where_something_could_be() -> None:
    assert letter(has_bypass=True, passes={}).passes == ("no meeting by any of the policy's entries",)
    assert letter(passes={}).passes == ()


def test_without_a_rate_there_is_no_money() -> None:
    made = letter(money=None)
    assert figures(made)[2][0] == "scraps under 2 h"
    assert made.money == ""
    assert "est." not in made.subject


def test_without_weeks_before_there_is_no_change() -> None:
    made = letter(before=(week("2026-W46", available_minutes=1100),))
    assert {figure.change for figure in made.figures} == {""}
    assert made.compared == ""


@pytest.mark.parametrize(
    ("now", "worth"),
    [
        (week(), True),
        (week(available_minutes=1200), True),
        (week(available_minutes=1199), False),
        (week(available_minutes=0), False),
        (week(contract_minutes=0), True),
        (group(), True),
        (group(hidden="fewer than 5 people"), False),
        (None, False),
    ],
)
def test_what_is_worth_a_mail(now: object, worth: bool) -> None:
    assert worth_telling(now) is worth  # type: ignore[arg-type]  # None and both kinds of weeks


# --- groups

GROUP = {"kind": MailKind.TEAM, "name": "platform", "now": group()}


def earlier(moved: int = 0) -> tuple[object, ...]:
    return tuple(group(f"2026-W{n}", focus_minutes=9600, moved=moved if n == 45 else 0) for n in range(43, 47))


def test_a_team_is_told_per_person_and_forty_hours() -> None:
    cost = Money("EUR", Fraction(8280))
    made = letter(**GROUP, before=earlier(), money=cost, money_before={f"2026-W{n}": cost for n in range(43, 47)})
    assert figures(made) == [("focus", "21.5", "+1.5"), ("meetings", "11.5", "±0"), ("estimated cost", "8,300", "±0")]
    assert made.greeting == "Team platform, 8 people"
    assert made.subject.startswith("Team platform, week 47: 21.5 h focus (+1.5)")
    assert "per person and 40 working hours" in made.compared


@pytest.mark.parametrize(("moved", "told"), [(0, True), (1, False), (4, False), (5, True)])
def test_where_few_came_or_left_nothing_is_compared(moved: int, told: bool) -> None:
    made = letter(**GROUP, before=earlier(moved))
    assert bool(made.figures[0].change) is told


def test_who_came_into_the_oldest_week_changes_nothing_since() -> None:
    before = (group("2026-W43", moved=3), *earlier()[1:])
    assert letter(**GROUP, before=before).figures[0].change


@pytest.mark.parametrize(("known", "words"), [(1, "the week before"), (3, "the mean of the 3 weeks before")])
def test_a_young_installation_says_how_few_weeks_it_compares_with(known: int, words: str) -> None:
    assert f"Changes are against {words}, at" in letter(**GROUP, before=earlier()[-known:]).compared


def test_hidden_weeks_are_no_part_of_what_is_usual() -> None:
    before = (group("2026-W45", focus_minutes=0, hidden="small"), group("2026-W46", focus_minutes=9600))
    assert letter(**GROUP, before=before).figures[0].change == "+1.5"


# --- small things


@pytest.mark.parametrize(
    ("minutes", "words"), [(126, "+2.1"), (-24, "−0.4"), (2, "±0"), (-2, "±0"), (0, "±0"), (3.1, "+0.1")]
)
def test_signed(minutes: float, words: str) -> None:
    assert signed(minutes) == words


def test_hours() -> None:
    assert [hours(n) for n in (0, 3, 90, 1290)] == ["0.0", "0.1", "1.5", "21.5"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("2026-W47", "16 to 22 November 2026"),
        ("2026-W49", "30 November to 6 December 2026"),
        ("2026-W53", "28 December 2026 to 3 January 2027"),
    ],
)
def test_span(name: str, words: str) -> None:
    assert span_of(Week.parse(name).monday) == words


def test_long_lists_are_cut() -> None:
    made = write(material(deeds=DEEDS * 3, costly=COSTLY * 4, risks=["x"] * 9))
    assert (len(made.deeds), made.more_deeds, len(made.costly), len(made.risks)) == (5, 4, 5, 5)


def test_one_line() -> None:
    assert one_line("a\r\nb\tc") == "a b c"
    assert one_line("x" * 200, 10) == "xxxxxxxxx…"
    assert len(BEFORE) == 4
