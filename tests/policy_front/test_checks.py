"""Meaning: what is rightly said, and what is rightly not said."""

from datetime import date

import pytest

from guardian.policy.checks import check
from guardian.policy.loader import load
from guardian.policy.model import FocusBlock

HOURS = (
    'version: 1\ndefaults: {mode_ceiling: enforce, working_hours: {days: [mon-fri], start: "09:00", end: "17:00"}}\n'
)


def codes(text: str, as_of: date = date(2026, 11, 22)) -> list[str]:
    return [problem.code for problem in check({"f": text}, as_of=as_of)]


def focus(name: str, start: str, end: str, extra: str = "", days: str = "mon-fri") -> str:
    return (
        f'  - {{id: {name}, type: focus_block, windows: [{{days: [{days}], start: "{start}", end: "{end}"}}]{extra}}}\n'
    )


def test_windows_that_touch_do_not_overlap() -> None:
    window = '{{days: [{}], start: "{}", end: "{}"}}'
    parts = [
        window.format("mon-wed", "09:00", "11:00"),
        window.format("mon-wed", "11:00", "12:00"),
        window.format("thu", "10:00", "12:00"),
    ]
    assert codes(f"{HOURS}rules:\n  - {{id: a, type: focus_block, windows: [{', '.join(parts)}]}}\n") == []


def test_a_window_may_end_at_midnight() -> None:
    text = "version: 1\nrules:\n" + focus("a", "20:00", "24:00")
    assert codes(text) == []
    condition = load({"f": text}).policy.rules[0].condition
    assert isinstance(condition, FocusBlock)
    assert condition.windows[0].end == 1440


def test_focus_up_to_all_working_hours_is_allowed() -> None:
    assert codes(f"{HOURS}rules:\n{focus('a', '09:00', '17:00')}") == []
    assert codes(f"{HOURS}rules:\n{focus('a', '09:00', '17:01')}") == ["G130"]


def test_the_same_hours_are_counted_once() -> None:
    assert codes(f"{HOURS}rules:\n{focus('a', '09:00', '17:00')}{focus('b', '10:00', '15:00')}") == []


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (", ends_on: 2027-01-01", ", starts_on: 2027-01-01", []),
        (", ends_on: 2027-01-02", ", starts_on: 2027-01-01", ["G130"]),
        ("", ", starts_on: 2027-01-01", ["G130"]),
        (", mode: off", "", []),
        (", for: ['team:a']", ", not_for: ['team:a']", []),
        (", for: ['team:a']", "", ["G130"]),
        (", for: ['person:ana@acme.example']", "", []),
    ],
)
def test_rules_are_summed_where_they_meet(first: str, second: str, found: list[str]) -> None:
    teams = "teams: {a: {members: [ana@acme.example]}}\n"
    assert (
        codes(f"{HOURS}{teams}rules:\n{focus('a', '08:00', '13:00', first)}{focus('b', '13:00', '17:30', second)}")
        == found
    )


def test_working_hours_are_those_of_the_team() -> None:
    teams = (
        'teams: {a: {members: [ana@acme.example], working_hours: {days: [sun-thu], start: "06:00", end: "14:00"}}}\n'
    )
    early, sunday = (
        focus("a", "06:00", "08:00", ", for: ['team:a']"),
        focus("b", "10:00", "12:00", ", for: ['team:a']", "sun"),
    )
    assert codes(f"{HOURS}{teams}rules:\n{early}{sunday}") == []
    assert codes(f"{HOURS}{teams}rules:\n{focus('a', '06:00', '08:00', ', not_for: [everyone]')}") == []
    assert codes(f"{HOURS}rules:\n{early.replace('team:a', 'everyone')}") == ["G122"]


def test_nothing_is_said_about_hours_that_are_not_known() -> None:
    assert codes("version: 1\nrules:\n" + focus("a", "02:00", "23:00")) == []


def test_a_rule_ends_on_its_day() -> None:
    text = "version: 1\nrules:\n" + focus("a", "09:00", "10:00", ", ends_on: 2026-12-01")
    assert codes(text, date(2026, 11, 30)) == []
    assert codes(text, date(2026, 12, 1)) == ["G301"]


def test_limits_and_organisers_bound_a_title() -> None:
    bound = [
        "{title: [x]}, limit: {per_organizer_week: 1}",
        "{title: [x], organizer: [ceo@acme.example]}",
        "{all: [{title: [x]}, {organizer: [ceo@acme.example]}]}",
        "{any: [{recurring: true}, {one_on_one: true}]}",
    ]
    for when in bound:
        assert codes(f"version: 1\nbypass: [{{id: a, when: {when}}}]\n") == []
    for when in ("{title: [x], any: [{title: [y]}]}", "{all: [{title: [x]}, {title: [y]}]}"):
        assert codes(f"version: 1\nbypass: [{{id: a, when: {when}}}]\n") == ["G302"]


def test_teams_that_agree_may_share_people() -> None:
    team = "{{members: [Ana@acme.example], timezone: Europe/Oslo{}}}"
    shared = f"version: 1\nteams:\n  a: {team.format('')}\n  b: {team.format(', holidays: NO')}\n"
    assert codes(shared) == []
    assert codes(shared + f"  c: {team.format(', holidays: SE')}\n") == ["G123"]


def test_a_ceiling_is_named_once() -> None:
    text = "version: 1\nrules:\n" + focus("a", "09:00", "10:00", ", mode: enforce")
    assert codes(text) == ["G201"]
    assert codes(text.replace("version: 1", "version: 1\ndefaults: {mode_ceiling: enforce}")) == []
