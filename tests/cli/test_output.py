"""How data are printed: five formats, and nothing in a title that a terminal or a spreadsheet would obey."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.cli.output import as_csv, as_lines, as_markdown, printable, safe_cell, table
from guardian.cli.story import clock, span, story
from tests.cli.shell import POLICY, Shell

ROWS: list[dict[str, object]] = [{"title": "=1+1", "who": "a|b"}, {"title": "\x1b[31mred\u202e", "who": None}]


@given(st.text())
def test_nothing_printed_for_people_moves_the_cursor(text: str) -> None:
    assert printable(text).isprintable()
    assert len(printable(text, 10)) <= 10


@given(st.lists(st.fixed_dictionaries({"a": st.text(), "b": st.none() | st.integers()}), min_size=1))
def test_rows_stay_rows_in_every_format(rows: list[dict[str, object]]) -> None:
    assert [json.loads(line) for line in as_lines(rows).split("\n")[:-1]] == rows
    assert len(as_markdown(("a", "b"), rows).split("\n")) == len(rows) + 3
    assert len(table(("a", "b"), rows).split("\n")) == len(rows) + 1
    read = list(csv.reader(io.StringIO(as_csv(("a", "b"), rows), newline="")))
    assert [len(row) for row in read] == [2] * (len(rows) + 1)


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\n=1"])
def test_a_spreadsheet_meets_no_formula(text: str) -> None:
    assert safe_cell(text) == "'" + text.replace("\r", " ")


def test_a_cell_cannot_break_a_table() -> None:
    assert as_markdown(("title", "who"), ROWS).splitlines()[2:] == ["| =1+1 | a\\|b |", "|  [31mred  |  |"]


def test_times_are_told_on_the_persons_clock() -> None:
    assert span("2026-11-24T22:30:00Z", "2026-11-24T23:30:00Z", "Europe/Madrid") == "Tue 24 Nov 23:30-00:30"
    assert span("2026-11-24", "2026-11-25", "Europe/Madrid") == "Tue 24 Nov all day"
    assert clock("2026-11-24T22:30:00Z", "America/New_York") == "Tue 24 Nov 17:30"


def report(**changes: object) -> dict[str, object]:
    body: dict[str, object] = {
        "dry_run": True,
        "as_of": "2026-11-22T09:00:00Z",
        "policy_version": "sha256:0123456789abcdef",
        "policy_accepted": False,
        "calendars": {"total": 0, "synced": 0, "unchanged": 0, "failed": []},
        "decisions": [],
        "actions": {"done": 0, "held": 0, "skipped": 0, "failed": 0},
        "focus_blocks": {"booked": 0, "moved": 0, "removed": 0},
    }
    return {**body, **changes}


def test_only_a_pass_that_accepts_says_so() -> None:
    assert "accepted" not in story(report(), {}, ())
    assert "It is accepted now" in story(report(policy_accepted=True), {}, ())


def test_no_colour_where_there_is_no_terminal(home: Shell) -> None:
    assert "\x1b" not in home("plan").out


def test_a_plan_accepts_nothing_and_says_what_comes(home: Shell) -> None:
    said = home("plan", "--format", "json")
    assert (said.code, said.json["policy_accepted"]) == (0, False)
    assert "not accepted yet" in said.err
    assert home("policy", "status", "--format", "json").json["accepted"] == []
    assert home("run", "--once", "--dry-run", "--format", "json").json["policy_accepted"] is False
    assert home("run", "--once", "--format", "json").json["policy_accepted"] is True
    assert "not accepted" not in home("plan").err


def test_accepting_by_hand(home: Shell) -> None:
    assert "Not accepted" in home("policy", "apply").err
    assert "is accepted" in home("policy", "apply", "--yes").err
    assert "was accepted before" in home("policy", "apply").err
    assert home("run", "--once", "--format", "json").json["dry_run"] is False
    home.write("config/policies.yaml", POLICY.replace("[wed]", "[thu]"))
    assert home("policy", "status", "--format", "json").json["state"] == "not_accepted"


def test_the_shapes_that_programs_read(home: Shell) -> None:
    home("run", "--once")
    run = home("run", "--once", "--format", "json").json
    assert run.keys() >= {
        "schema",
        "run",
        "as_of",
        "policy_version",
        "dry_run",
        "calendars",
        "decisions",
        "actions",
        "focus_blocks",
    }
    assert run["calendars"].keys() == {"total", "synced", "unchanged", "failed"}
    assert (
        home("sync", "--format", "json").json.items() >= {"schema": "guardian.sync/1", "total": 1, "failed": []}.items()
    )
    [person] = home("people", "list", "--format", "json").json["people"]
    assert person.keys() >= {"email", "name", "provider", "timezone", "teams", "last_success", "error"}
    assert person["teams"] == ["platform"]
    load = home("report", "load", "--format", "json").json
    assert load.keys() >= {"schema", "scope", "from", "to", "timezone", "method", "weeks"}
    assert home("decisions", "list", "--format", "json").json == {"schema": "guardian.decisions/1", "decisions": []}


def test_a_token_is_printed_alone_and_once(home: Shell) -> None:
    said = home("token", "create", "--name", "ci", "--scope", "read,act")
    assert said.out.startswith("grd_")
    assert said.out.count("\n") == 1
    made = home("token", "create", "--name", "ana", "--person", "ANA@acme.example", "--format", "json").json
    assert made.keys() == {"schema", "id", "token", "scopes", "person"}
    assert made["person"] == "ana@acme.example"
    listed = home("token", "list", "--format", "json")
    assert made["token"] not in listed.out
    assert home("token", "revoke", made["id"]).code == 0
    assert home("token", "list", "--format", "json").json["tokens"][1]["revoked_at"] is not None
