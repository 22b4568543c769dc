"""What a person can get wrong: one clear message, the right exit code, no data, never a traceback."""

import json
import sqlite3

import pytest

from tests.cli.shell import ROSTER, Shell

ENTRY = "  - {email: ana@acme.example, provider: ics"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "people.yaml:"),
        ("people: [", "people.yaml:"),
        ("version: 1\npeople: nobody\n", "people.yaml:2:9: people: "),
        (f"version: 1\npeople:\n{ENTRY}, tiemzone: UTC}}\n", "there is no such key"),
        ("version: 1\npeople:\n  - {email: ana, provider: ics}\n", "write an e-mail address"),
        ("version: 1\npeople:\n  - {email: ana@acme.example, provider: outlok}\n", "'google', 'outlook' or 'ics'"),
        (f"version: 1\npeople:\n{ENTRY}, timezone: Mars}}\n", "unknown time zone 'Mars'"),
        (f"version: 1\npeople:\n{ENTRY}}}\n{ENTRY.replace('ana', 'ANA')}}}\n", "listed twice"),
        ("version: 2\npeople: []\n", "people.yaml:1:10: version"),
        ("version: 1\npeople: &a [*a]\n", "people.yaml:"),
    ],
)
def test_a_broken_roster_is_told_with_its_place(home: Shell, text: str, word: str) -> None:
    home.write("config/people.yaml", text)
    said = home("run", "--once")
    assert (said.code, said.out) == (2, "")
    assert word in said.err


@pytest.mark.parametrize("name", ["people.yaml", "policies.yaml"])
def test_a_file_that_is_not_there_names_the_mend(home: Shell, name: str) -> None:
    (home.folder / "config" / name).unlink()
    said = home("plan")
    assert (said.code, said.out) == (2, "")
    assert "guardian init" in said.err


def test_a_policy_in_another_encoding(home: Shell) -> None:
    home.write("config/policies.yaml", "version: 1\nrules: []\n".encode("utf-16"))
    assert home("policy", "check").code == 1
    said = home("plan")
    assert said.code == 2
    assert "UTF-8" in said.err


def key(**changes: object) -> dict[str, object]:
    whole = {"type": "service_account", "client_email": "g@p.example", "private_key": "no key", "client_id": "1"}
    return {**whole, "token_uri": "https://oauth2.googleapis.com/token", **changes}


@pytest.mark.parametrize(
    ("content", "mode", "word"),
    [
        (None, 0o600, "cannot read"),
        ("no json", 0o600, "is not JSON"),
        (json.dumps({"installed": {}}), 0o600, "instead of a service-account key"),
        (json.dumps(key(private_key=None)), 0o600, "lacks private_key"),
        (json.dumps(key()), 0o600, "cannot be used"),
        (json.dumps(key()), 0o640, "chmod 600"),
    ],
)
def test_a_key_file_that_cannot_be_used(home: Shell, content: str | None, mode: int, word: str) -> None:
    home.write("config/people.yaml", ROSTER.replace("ics", "google"))
    if content is not None:
        home.write("key.json", content).chmod(mode)
    for command, code in (("plan", 2), ("doctor", 1)):
        said = home(command, GOOGLE__CREDENTIALS_FILE="key.json")
        assert said.code == code
        assert word in said.out + said.err


def test_an_api_root_in_the_clear_is_refused(home: Shell) -> None:
    home.write("key.json", json.dumps(key())).chmod(0o600)
    said = home("plan", GOOGLE__CREDENTIALS_FILE="key.json", GOOGLE__API_ROOT="http://calendar.example/")
    assert said.code == 2
    assert "http:// is for loopback only" in said.err


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("postgresql://guardian:hunter2@127.0.0.1:1/x", "does not answer"),
        ("sqlite:///config/policies.yaml", "is not an SQLite database"),
        ("sqlite:///config", "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_used_exits_3(home: Shell, url: str, word: str) -> None:
    for command in (["people", "list"], ["run", "--once"], ["db", "upgrade"]):
        said = home(*command, DATABASE_URL=url)
        assert (said.code, said.out) == (3, "")
        assert word in said.err
        assert "hunter2" not in said.err
    assert home("db", "check", DATABASE_URL=url).code == 1


def test_a_database_of_a_newer_version_is_left_alone(home: Shell) -> None:
    assert home("db", "upgrade").code == 0
    assert home("db", "check").code == 0
    path = home.folder / "data" / "guardian.db"
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    for command in (["run", "--once"], ["db", "upgrade"]):
        said = home(*command)
        assert said.code == 3
        assert "newer" in said.err


@pytest.mark.parametrize(
    ("command", "word"),
    [
        (["plan", "--person", "anna@acme.example"], "did you mean ana@acme.example?"),
        (["sync", "--accept", "zoe@elsewhere.example"], "guardian people list"),
        (["explain", "--person", "ana@acme.example", "--event", "x"], "no coming event 'x'"),
        (["explain", "--person", "zoe@elsewhere.example", "--event", "x"], "not enrolled"),
        (["report", "load", "--team", "platfrom"], "did you mean platform?"),
        (["report", "load", "--person", "zoe@elsewhere.example"], "not enrolled"),
        (["decisions", "show", "01X"], "no decision '01X'"),
        (["decisions", "veto", "01X"], "no decision '01X'"),
        (["decisions", "approve", "01X"], "no decision '01X'"),
        (["decisions", "undo", "01X"], "no decision '01X'"),
        (["decisions", "undo", "--run", "01X"], "no run '01X'"),
        (["people", "leave", "zoe@elsewhere.example", "--yes"], "nothing is known"),
        (["token", "create", "--name", "x", "--scope", "reed"], "the scopes are"),
        (["token", "create", "--name", "x", "--person", "zoe@elsewhere.example"], "not enrolled"),
        (["token", "revoke", "01X"], "no living token"),
        (["policy", "check", "nowhere.yaml"], "nowhere.yaml"),
        (["report", "load", "nowhere.ics"], "cannot be read"),
        (["report", "load", "config"], "config"),
        (["report", "load", "config/policies.yaml"], "is not a calendar"),
        (["report", "load", "--from", "2020-01-01", "--to", "2026-01-01"], "53 weeks"),
    ],
)
def test_what_nobody_knows_is_told(home: Shell, command: list[str], word: str) -> None:
    said = home(*command)
    assert said.code == (1 if command[:2] == ["policy", "check"] else 2)
    assert word in said.out + said.err


def test_a_file_without_events_is_no_data(home: Shell) -> None:
    home.write("empty.ics", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n")
    said = home("report", "load", "empty.ics")
    assert (said.code, said.out) == (3, "")
    assert "no events" in said.err


def test_addresses_are_taken_in_any_case(home: Shell) -> None:
    assert home("plan", "--person", " Ana@ACME.example").code == 0
    assert home("report", "load", "--person", "ANA@acme.example").code == 0


def test_words_never_spoil_what_a_program_reads(home: Shell) -> None:
    said = home("run", "--once", "--format", "json")
    assert (said.code, said.err) == (0, "")
    assert said.json["schema"] == "guardian.run/1"
