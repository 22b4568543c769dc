"""Whole files: the starter, the agency, the shipped file; versions and fingerprints."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from guardian.errors import InputError, PolicyProblems
from guardian.model.actions import Mode
from guardian.model.people import HolidayCalendar
from guardian.model.time import WallWindow
from guardian.policy.checks import check
from guardian.policy.loader import load
from guardian.policy.model import FocusBlock, Matcher, MeetingLength, PolicySet, Scope, ScopeKind
from tests.policy_front.examples import AGENCY, STARTER

TODAY = date(2026, 11, 22)
WEEK = frozenset(range(5))
CONFIG = Path(__file__).parents[2] / "config"


def policy(text: str) -> PolicySet:
    return load({"config/policies.yaml": text}).policy


def test_starter_loads_as_written() -> None:
    loaded = load({"config/policies.yaml": STARTER})
    made = loaded.policy
    assert made.defaults.mode_ceiling is Mode.FLAG
    assert made.defaults.holidays == HolidayCalendar("GB", "ENG")
    assert made.defaults.hours.window == WallWindow(WEEK, 540, 1050)
    assert [rule.id for rule in made.rules] == ["focus-time", "no-meeting-wednesday", "short-meetings", "agenda"]
    assert made.rules[0].condition == FocusBlock((WallWindow(WEEK, 540, 780), WallWindow(WEEK, 900, 1020)))
    assert str(made.rules[0].place) == "config/policies.yaml:14"
    assert made.bypass[1].when == Matcher(title=("[urgent]", "incident"))
    assert made.bypass[1].per_organizer_week == 2
    assert [(p.code, p.line) for p in loaded.findings] == [("G201", 20)]


def test_shipped_file_is_harmless_and_clean() -> None:
    text = (CONFIG / "policies.yaml").read_text()
    assert check({"config/policies.yaml": text}, as_of=TODAY) == []
    made = policy(text)
    assert made.defaults.mode_ceiling is Mode.FLAG
    assert text.startswith("# yaml-language-server: $schema=./policy.schema.json\n")


LATER = {
    "extends",
    "rules[1].flexible",
    "rules[5].type",
    "rules[7].type",
    "rules[9].type",
    "rules[11].type",
    "overrides",
    "personal",
}


def test_agency_names_every_part_that_is_not_there_yet() -> None:
    with pytest.raises(PolicyProblems) as caught:
        policy(AGENCY)
    errors = {problem.path: problem for problem in caught.value.problems if problem.level == "error"}
    assert set(errors) == LATER
    assert all(problem.message.endswith("is not available in this version; remove it") for problem in errors.values())
    lines = AGENCY.splitlines()
    for path, problem in errors.items():
        word = path.split(".")[-1] if path.endswith(("flexible", "type")) else path
        assert word in lines[problem.line - 1]


def without_later(text: str) -> str:
    kept = [
        line
        for line in text.splitlines()
        if not line.startswith(("extends:", "  - {id: gap", "  - {id: budget", "  - {id: lunch"))
    ]
    whole = "\n".join(kept)
    for start, end in (("  - id: focus-flexible", "  - id: free-wednesday"), ("  - id: series-review", "overrides:")):
        whole = whole[: whole.index(start)] + whole[whole.index(end) :]
    return whole[: whole.index("overrides:")]


def test_agency_loads_once_these_are_removed() -> None:
    loaded = load({"config/policies.yaml": without_later(AGENCY)})
    made = loaded.policy
    assert [rule.id for rule in made.rules] == [
        "focus-makers", "free-wednesday", "lengths", "agenda", "big-meetings", "notice", "clashes",
    ]  # fmt: skip
    assert made.rules[0].for_ == (Scope(ScopeKind.TEAM, "design"), Scope(ScopeKind.TEAM, "engineering"))
    assert made.rules[0].starts_on == date(2026, 12, 1)
    assert made.rules[1].bypass == ("clients", "incident", "board")
    assert isinstance(made.rules[2].condition, MeetingLength)
    assert made.safety.hold == timedelta(minutes=10)
    assert made.defaults.holidays == HolidayCalendar("NO")
    assert {p.level for p in loaded.findings} == {"notice", "warning"}
    assert [p.path for p in loaded.findings if p.level == "warning"] == ["bypass[1]"]


def test_all_problems_of_one_run_come_in_file_order() -> None:
    files = {"main.yaml": "version: 1\nrule: []\nmode: x\n", "config/policies.d/design.yaml": "rules: []\n"}
    with pytest.raises(PolicyProblems) as caught:
        load(files)
    found = [(p.file, p.line, p.code) for p in caught.value.problems]
    assert found == [("main.yaml", 2, "G106"), ("main.yaml", 3, "G106"), ("config/policies.d/design.yaml", 1, "G116")]


def test_no_file_is_no_policy() -> None:
    with pytest.raises(InputError):
        load({})


@pytest.mark.parametrize(
    "other",
    [
        STARTER.replace("# used when the calendar does not say", "# elsewhere"),
        STARTER.replace("\n", "\r\n"),
        "\ufeff" + STARTER,
        STARTER.replace("due_before: 24h, mode: observe", "mode: observe, due_before: 1d"),
        STARTER.replace("days: [mon-fri]", "days: [fri, mon-thu]"),
        STARTER.replace("internal_domains: [acme.example]", "internal_domains: [ACME.example]"),
        STARTER.replace("mode: observe", "mode: observe, min_words: 8, for: [everyone]"),
    ],
)
def test_layout_and_spelling_do_not_change_the_version(other: str) -> None:
    assert other != STARTER
    assert policy(other).version == policy(STARTER).version


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mode: enforce ", "mode: flag "),
        ("Europe/London", "Europe/Paris"),
        ("per_organizer_week: 2", "per_organizer_week: 3"),
        ("days: [wed]", "days: [thu]"),
        ("due_before: 24h", "due_before: 25h"),
        ("mode: observe", "mode: observe, message: m}\nmessages: {m: Hello"),
        ("mode: observe", "mode: observe, alternatives: 1"),
        ("version: 1", "version: 1\nsafety: {hold: 11m}"),
        ("version: 1", "version: 1\nteams: {a: {members: [ana@acme.example]}}"),
    ],
)
def test_what_can_change_a_decision_or_a_message_changes_the_version(old: str, new: str) -> None:
    assert policy(STARTER.replace(old, new)).version != policy(STARTER).version


def fingerprint(text: str, rule: str = "focus-time") -> str:
    found = policy(text).rule(rule)
    assert found is not None
    return found.fingerprint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mode: enforce", "mode: observe"),
        ("action: decline\n", "action: tentative\n"),
        ("action: decline\n", "action: decline\n    alternatives: 3\n    book: true\n"),
        ("action: decline\n", "action: decline\n    for: [everyone]\n    starts_on: 2027-01-01\n"),
        ("days: [mon-fri], start", "days: [mon, tue-fri], start"),
        ("- id: focus-time", "# moved\n  - id: focus-time"),
    ],
)
def test_fingerprint_stays_when_the_condition_stays(old: str, new: str) -> None:
    changed = STARTER.replace(old, new)
    assert changed != STARTER
    assert fingerprint(changed) == fingerprint(STARTER)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("focus-time", "focus"),
        ('end: "13:00"', 'end: "12:30"'),
        ("action: decline\n", "action: decline\n    when: {recurring: true}\n"),
        ("action: decline\n", "action: decline\n    unless: {recurring: true}\n"),
    ],
)
def test_fingerprint_changes_with_id_and_condition(old: str, new: str) -> None:
    name = "focus" if old == "focus-time" else "focus-time"
    assert fingerprint(STARTER.replace(old, new), name) != fingerprint(STARTER)


@pytest.mark.parametrize("first", ["action: flag\n", "action: notify_person\n"])
def test_fingerprint_changes_when_a_rule_begins_to_answer(first: str) -> None:
    flagging = STARTER.replace("action: decline\n", first)
    assert fingerprint(flagging) != fingerprint(STARTER)
    other = STARTER.replace("action: decline\n", "action: notify_person\n")
    assert fingerprint(flagging) == fingerprint(other), "neither answers"


def test_fingerprint_changes_when_a_rule_begins_to_shorten() -> None:
    text = STARTER + "  - id: short\n    type: meeting_length\n    mine: notify_person\n    mode: enforce\n"
    shortening = text.replace("mine: notify_person", "mine: shorten")
    assert fingerprint(shortening, "short") != fingerprint(text, "short")


def test_when_and_unless_are_told_apart_in_the_fingerprint() -> None:
    when, unless = (
        fingerprint(STARTER.replace("action: decline\n", f"action: decline\n    {key}: {{recurring: true}}\n"))
        for key in ("when", "unless")
    )
    assert when != unless
