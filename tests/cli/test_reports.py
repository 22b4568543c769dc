"""`guardian report cost|series|savings|change|export` in every format, on real calendars in a folder."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pyarrow.parquet
import pytest

from tests.cli.shell import Said, Shell

TITLE = "=HYPERLINK(1) <b>|Canary\u202e"
RATE = {"COST__HOURLY_RATE": "60", "COST__CURRENCY": "CHF"}
COMMANDS = ("cost", "series", "savings", "change")


def calendar() -> str:
    """A weekly status of three people, from a month ago on."""
    start = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0) - timedelta(days=28)
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//", "BEGIN:VEVENT", "UID:standup", f"SUMMARY:{TITLE}",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}", "DURATION:PT30M", f"DTSTAMP:{start:%Y%m%dT%H%M%SZ}", "RRULE:FREQ=DAILY",
        "ORGANIZER:mailto:ben@acme.example",
        *(f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{name}@acme.example" for name in ("ana", "ben", "eva")),
        "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines)


@pytest.fixture
def office(home: Shell) -> Shell:
    home.write("calendars/ana@acme.example/work.ics", calendar())
    assert home("sync").code == 0
    return home


def test_every_report_comes_in_every_format(office: Shell) -> None:
    day = f"{datetime.now(UTC) - timedelta(days=40):%Y-%m-%d}"
    for command, fmt in product(COMMANDS, ("text", "json", "ndjson", "csv", "markdown")):
        since = ["--from", day] if command == "change" else []
        said = office("report", command, "--person", "ana@acme.example", "--format", fmt, *since, **RATE)
        assert (said.code, said.err) == (0, "")
        check(command, fmt, said)


def check(command: str, fmt: str, said: Said) -> None:
    if fmt == "json":
        assert said.json["schema"] == f"guardian.report.{command}/1"
    if fmt == "ndjson":
        assert all(json.loads(line) for line in said.out.splitlines())
    if fmt == "csv":
        head, *rows = csv.reader(io.StringIO(said.out))
        assert all(len(row) == len(head) for row in rows)
    if fmt in ("text", "markdown"):
        assert "\u202e" not in said.out


def test_a_raised_minimum_hides_at_once(office: Shell) -> None:
    """Without waiting for the next pass; and what it lets through again comes back."""
    ben = "  - {email: ben@acme.example, provider: ics}\n"
    office.write("config/people.yaml", (office.folder / "config/people.yaml").read_text() + ben)
    office.write("calendars/ben@acme.example/work.ics", calendar())
    assert office("sync", PRIVACY__MIN_GROUP="2").code == 0
    for least, hidden in (("2", False), ("3", True), ("2", False), ("5", True)):
        for command in ("load", "cost"):
            weeks = office("report", command, "--format", "json", PRIVACY__MIN_GROUP=least).json["weeks"]
            assert weeks
            assert {week["suppressed"] for week in weeks} == {hidden}


def test_titles_are_text_in_every_format(office: Shell) -> None:
    series = ("report", "series", "--person", "ana@acme.example", "--format")
    (row,) = csv.DictReader(io.StringIO(office(*series, "csv", **RATE).out))
    assert row["title"] == "'" + TITLE
    assert int(row["list_price"]) > 0
    assert "<b>" not in office(*series, "markdown").out
    (shown,) = office(*series, "json").json["series"]
    assert shown["title"] == TITLE


def test_without_a_rate_the_command_says_how_to_set_one(office: Shell) -> None:
    said = office("report", "cost", "--person", "ana@acme.example")
    assert "GUARDIAN_COST__HOURLY_RATE" in said.out


@pytest.mark.parametrize(
    ("bands", "words"),
    [
        ("version: 1\nbands:\n  A: [1]\n", "bands.yaml:3"),
        ("\x00", "bands.yaml"),
        (None, "cannot read"),
        ("version: 1\nbands: {A: {annual: 1000, hourly: 3}}\n", "either hourly or annual"),
    ],
)
def test_a_broken_file_of_bands_stops_with_its_place_and_no_rate(office: Shell, bands: str | None, words: str) -> None:
    if bands is not None:
        office.write("bands.yaml", bands)
    said = office("report", "cost", COST__HOURLY_RATE="61.5", COST__BANDS_FILE="bands.yaml")
    assert said.code == 2
    assert words in said.err
    assert "61.5" not in said.err


def test_bands_without_a_rate_for_everybody_else_are_refused(office: Shell) -> None:
    office.write("bands.yaml", "version: 1\nbands: {A: 50}\n")
    said = office("report", "cost", COST__BANDS_FILE="bands.yaml")
    assert (said.code, "COST__HOURLY_RATE" in said.err) == (2, True)


def test_weeks_are_exported_as_parquet_for_this_user_alone(office: Shell) -> None:
    said = office("report", "export", "--out", "out")
    assert said.code == 0
    folder: Path = office.folder / "out"
    people = pyarrow.parquet.read_table(folder / "person_weeks.parquet").to_pylist()
    groups = pyarrow.parquet.read_table(folder / "group_weeks.parquet").to_pylist()
    assert {row["person"] for row in people} == {"ana@acme.example"}
    assert people[0]["teams"] == ["platform"]
    assert max(row["meeting_minutes"] for row in people) > 0
    assert {row["hidden"] for row in groups} == {"fewer than 5 people"}
    assert {row["meeting_minutes"] for row in groups} == {None}
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert office("report", "export", "--out", "config/policies.yaml").code == 2


def test_everything_about_a_person_goes_into_a_file_of_its_own(office: Shell) -> None:
    said = office("people", "export", "ANA@acme.example", "--out", "ana.json")
    assert said.code == 0
    path = office.folder / "ana.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["held"]["occurrences"][0]["document"]["title"] == TITLE
    again = office("people", "export", "ana@acme.example", "--out", "ana.json")
    assert (again.code, "File exists" in again.err) == (2, True)
    assert office("people", "export", "ana@acme.example").json["person"] == "ana@acme.example"
    assert "nothing is held" in office("people", "export", "zoe@acme.example").err
