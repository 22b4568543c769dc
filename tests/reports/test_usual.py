"""What a week is compared with: by hand, and that pages and mails tell the same change."""

from dataclasses import replace

import pytest

from guardian.model.mail import MailKind
from guardian.reports.letter_writing import Material, write
from guardian.reports.usual import AnyWeek, compared_with, usual
from guardian.reports.weeks import GroupWeek, PersonWeek
from guardian.web.pages.numbers import Number, of_group, of_person

ANA = PersonWeek(
    person="ana@acme.example", week="2026-W47", zone="UTC",
    contract_minutes=2400, available_minutes=1440, focus_minutes=750, meeting_minutes=420,
)  # fmt: skip
EARLIER = [
    replace(ANA, week=f"2026-W{n}", available_minutes=2400, focus_minutes=f, meeting_minutes=714)
    for n, f in ((43, 1104), (44, 1164), (45, 1224), (46, 300))
]
SHORT = replace(EARLIER[3], available_minutes=1199)
TEAM = GroupWeek(
    scope="team:core", week="2026-W47", people=8,
    contract_minutes=19_200, available_minutes=9_600, focus_minutes=4_000, meeting_minutes=2_000,
)  # fmt: skip
TEAMS = [
    replace(TEAM, week="2026-W45", available_minutes=19_200, focus_minutes=9_600, meeting_minutes=4_800),
    replace(TEAM, week="2026-W46", available_minutes=12_000, focus_minutes=3_000, meeting_minutes=2_400),
]


def test_a_short_week_is_compared_at_its_own_working_time() -> None:
    """1164 in 2400 minutes of work are 698.4 in 1440. The week with less than half of the contract is left out."""
    compared = compared_with(ANA, [*EARLIER[:3], SHORT], 5)
    assert [week.week for week in compared] == ["2026-W43", "2026-W44", "2026-W45"]
    assert usual(ANA, compared, "focus_minutes") == pytest.approx(698.4)
    assert usual(ANA, [], "focus_minutes") is None


@pytest.mark.parametrize("now", [replace(ANA, available_minutes=1199), replace(TEAM, hidden="fewer than 5 people")])
def test_a_week_that_says_nothing_is_compared_with_nothing(now: AnyWeek) -> None:
    assert compared_with(now, [*EARLIER, *TEAMS], 5) == []


@pytest.mark.parametrize(("moved", "told"), [(0, 2), (1, 0), (4, 0), (5, 2)])
def test_nothing_is_compared_where_few_came_or_left(moved: int, told: int) -> None:
    assert len(compared_with(TEAM, [TEAMS[0], replace(TEAMS[1], moved=moved)], 5)) == told


def changes(numbers: list[Number]) -> dict[str, str]:
    return {n.label: n.note.rpartition("; ")[2].partition(" h against")[0] for n in numbers}


@pytest.mark.parametrize(("now", "before"), [(ANA, [*EARLIER[:3], SHORT]), (TEAM, TEAMS)])
def test_pages_and_mails_tell_the_same_change(now: AnyWeek, before: list[AnyWeek]) -> None:
    kind = MailKind.PERSON if isinstance(now, PersonWeek) else MailKind.TEAM
    letter = {f.name: f.change for f in write(Material(kind=kind, name="x", now=now, before=before)).figures}
    if isinstance(now, PersonWeek):
        page = changes(list(of_person(now, [w for w in before if isinstance(w, PersonWeek)], "/me", None)))
    else:
        page = changes(list(of_group(now, [w for w in before if isinstance(w, GroupWeek)], None, 5)))
    assert letter["focus"] == page["Left for focus"]
    assert letter["meetings"] == page["In meetings"]
    assert letter["scraps under 2 h"] == page["In scraps"]
    assert "±0" not in (letter["focus"], letter["meetings"])
