"""Whatever stands in the file: it loads, or every problem is told; nothing else happens."""

import json
import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.errors import PolicyProblems
from guardian.policy.checks import check
from guardian.policy.loader import load
from guardian.policy.show import resolved
from tests.policy_front.examples import AGENCY, STARTER
from tests.policy_front.test_loader import without_later

TODAY = date(2026, 11, 22)
ZONES = ("UTC", "Europe/Oslo")
GOOD = without_later(AGENCY)


def judge(text: str) -> None:
    """Load and check agree, and every finding lies inside the file."""
    found = check({"f": text}, as_of=TODAY)
    if any(problem.level == "error" for problem in found):
        with pytest.raises(PolicyProblems) as caught:
            load({"f": text})
        assert list(caught.value.problems) == [problem for problem in found if problem.code != "G301"]
    else:
        shown = resolved({"f": text}, why=True)
        assert load({"f": shown}).policy.version == load({"f": text}).policy.version
    lines = text.count("\n") + text.count("\r") + 2
    assert all(1 <= problem.line <= lines and problem.column >= 1 for problem in found)
    assert all(len(str(problem)) < 1000 for problem in found)
    str(found).encode()


def _dated_rules() -> str:
    """Every team covered by other rules, every rule on other dates: the dearest sum of focus time."""
    teams = "".join(f"  t{n}: {{members: [a@acme.example]}}\n" for n in range(300))
    rules = "".join(
        f"  - {{id: r{n}, type: focus_block, not_for: ['team:t{n}'], starts_on: {2030 + n}-01-01, ends_on: {2031 + n}-01-01,"
        f" windows: [{{days: [mon-fri], start: '0{n % 10}:00', end: '{n % 10 + 4:02}:00'}}]}}\n"
        for n in range(300)
    )
    hours = "defaults: {working_hours: {days: [mon-fri], start: '09:00', end: '17:00'}}"
    return f"version: 1\nrule: 1\n{hours}\nteams:\n{teams}rules:\n{rules}"


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    judge(text)


tokens = st.sampled_from([
    "version: 1\n", "rules:\n", "bypass:\n", "teams:\n", "messages:\n", "defaults:\n", "safety:\n", "  - {id: a, ", "type: focus_block", ", ", "}\n",
    "windows: [", "{days: [mon], start: '09:00', end: '10:00'}", "]", "  - id: b\n", "    type: meeting_length\n", "    when: ", "{any: [", "{recurring: true}",
    "&a ", "*a", "!!x ", "<<: ", "? ", ": ", "- ", "|\n", ">\n", "'", '"', "\\", "\t", "---\n", "...\n", "%YAML 1.2\n", "# c\n", "null", "~", "off", "{{ x }}", "é", "\x85", "\r",
])  # fmt: skip


@settings(deadline=None)
@given(st.lists(tokens, max_size=40))
def test_any_pile_of_tokens(parts: list[str]) -> None:
    judge("".join(parts))


scalars = st.sampled_from(
    [
        "x",
        "",
        "off",
        "7",
        7,
        -1,
        1.5,
        True,
        None,
        "mon-fri",
        "09:00",
        "24:00",
        "10m",
        "team:a",
        "ana@acme.example",
        "enforce",
        10**30,
    ]
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([
    "id", "type", "for", "when", "unless", "mode", "windows", "days", "start", "end", "title", "any", "all", "trim", "short", "members", "limit", "flexible", "x",
]), inner, max_size=4), max_leaves=12)  # fmt: skip
TYPES = [
    "focus_block",
    "meeting_free_day",
    "meeting_length",
    "agenda_required",
    "notice_period",
    "max_attendees",
    "double_booking",
    "lunch",
    "focus_blok",
    7,
]
rules = st.dictionaries(
    st.sampled_from(
        [
            "id",
            "for",
            "not_for",
            "when",
            "unless",
            "mode",
            "action",
            "windows",
            "days",
            "trim",
            "flexible",
            "bypass",
            "message",
            "starts_on",
        ]
    ),
    values,
    max_size=5,
)


@settings(deadline=None)
@given(st.fixed_dictionaries({"version": st.just(1)}, optional={
    "rules": st.lists(st.builds(lambda rule, kind: {"type": kind, **rule}, rules, st.sampled_from(TYPES)), max_size=3),
    **dict.fromkeys(("defaults", "safety", "teams", "bypass", "messages", "extends", "rule"), values),
}))  # fmt: skip
def test_any_data(data: dict[str, object]) -> None:
    judge(json.dumps(data))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_a_good_file_with_slips_of_the_pen(seed: int, slips: int) -> None:
    chance = random.Random(seed)
    text = GOOD
    for _ in range(slips):
        at = chance.randrange(len(text))
        cut = chance.choice([0, 1, 1, 8])
        text = text[:at] + chance.choice(["", "", "x", " ", ":", "[", "}", "\n", '"', "é", "-"]) + text[at + cut :]
    judge(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 250_000,
        "{a: " * 60_000,
        "- " * 120_000,
        "? " * 120_000,
        "a: &a\n" * 30_000,
        "a:\n" * 80_000,
        "version: 1\nrules: [" + "{}," * 19_000 + "]\n",
        "version: 1\nrules:\n" + "  - {id: a, type: double_booking}\n" * 4_000,
        "version: 1\nrules:\n" + "  - {id: a, type: lunch}\n" * 4_000,
        "version: 1\nteams:\n" + "".join(f"  t{n}: {{members: [ana@acme.example], timezone: {ZONES[n % 2]}}}\n" for n in range(500)),
        "version: 1\nteams:\n" + "".join(f"  t{n}: {{members: [ana@acme.example], timezone: Europe/Lon{n}}}\n" for n in range(500)),
        "version: 1\nteams: {a: {members: [ana@acme.example]}}\nrules:\n" + "".join(f"  - {{id: a{n}, type: double_booking, bypass: [x{n}], for: ['team:a{n}']}}\n" for n in range(500)),
        "version: 1\nrules:\n  - {id: a, type: focus_block, windows: [" + '{days: [mon], start: "09:00", end: "10:00"},' * 2_000 + "]}\n",
        "version: 1\nmessages: {a: " + "{{ rule.id }}" * 15_000 + "}\n",
        _dated_rules(),
        "x" * 262_000,
        "version: 1\ndefaults: {timezone: " + "x" * 100_000 + "}\n",
        "version: 1\ndefaults: {internal_domains: ['" + "x" * 100_000 + "!']}\n",
        "version: 1\nteams: {a: {members: ['" + "x@" * 50_000 + "']}}\n",
        "version: 1\n? " + "x" * 100_000 + "\n: 1\n? " + "x" * 100_000 + "\n: 1\n",
        "version: 1\nrules: [{id: " + "x" * 50_000 + ", type: " + "y" * 50_000 + ", mode: " + "z" * 50_000 + "}]\n",
        "version: 1\nrules: [{id: a, type: focus_block, windows: [{days: [" + "mon-" * 30_000 + "], start: " + "0" * 50_000 + ", end: '1'}]}]\n",
        "version: 1\ndefaults: {working_hours: " + "x" * 100_000 + ", holidays: " + "Y" * 100_000 + "}\n",
        '"' + "\\x41" * 60_000 + '"',
        "%YAML 1.1\n%TAG ! tag:x,2000:\n---\n! x\n",
        "version: 1\nversion: " + "9" * 200_000,
    ],
    ids=lambda text: text[:20].replace("\n", " "),
)  # fmt: skip
def test_bombs_end_in_words(text: str) -> None:
    found = check({"f": text}, as_of=TODAY)
    assert any(problem.level == "error" for problem in found)
    assert all(len(str(problem)) < 1_500 for problem in found)


def test_starter_survives_the_judge() -> None:
    judge(STARTER)
