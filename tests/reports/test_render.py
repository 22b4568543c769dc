"""The report as people read it."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from guardian.model.time import Week
from guardian.reports.body import Frame, report
from guardian.reports.gauge import Gauge
from guardian.reports.groups import group_weeks
from guardian.reports.load import person_week
from guardian.reports.render import CSV_FIELDS, RENDERINGS, markdown, safe_cell, text, to_csv
from guardian.reports.weeks import GroupWeek, PersonWeek, WeekColumns
from tests.reports.calendar_of import ANA, NINE_TO_FIVE
from tests.reports.golden_week import GAUGE, GOLDEN

ONE = person_week(GOLDEN, GAUGE, Week(2026, 47))
QUIET = person_week([], GAUGE, Week(2026, 48))


def sums(scope: str, people: int, weeks: Sequence[PersonWeek] = (ONE, QUIET)) -> list[GroupWeek]:
    """The weeks of a group in which everybody has these weeks."""
    team = scope.partition(":")[2]
    rows = [[replace(w, person=f"p{n}", teams=(team,)) for n in range(people)] for w in weeks]
    columns = [WeekColumns.from_rows(row[0].week, row) for row in rows]
    return [group for week in columns for group in group_weeks(week, {}, 5) if group.scope == scope]


def body(scope: str = f"person:{ANA}", people: int = 1) -> dict[str, Any]:
    weeks: Sequence[PersonWeek | GroupWeek] = (ONE, QUIET) if scope.startswith("person:") else sums(scope, people)
    return report(weeks, Frame(scope, date(2026, 11, 16), date(2026, 11, 30), "Europe/Berlin"))


def cells(line: str) -> list[str]:
    return line.split()


def test_a_person_reads_hours_to_one_decimal() -> None:
    lines = text(body()).splitlines()
    assert lines[0] == f"Meeting load of {ANA}"
    head = next(line for line in lines if line.startswith("Week"))
    golden = next(line for line in lines if line.startswith("2026-W47"))
    assert dict(zip(cells(head), cells(golden), strict=True)) == {
        "Week": "2026-W47", "Meetings": "11.5", "Range": "10.0-12.5", "Share": "26%", "Inside": "10.5", "After": "1.0",
        "Focus": "21.5", "Scraps": "7.0", "Blocked": "1.0", "Clashes": "0.5", "Fragm.": "25%", "Stretch": "3.8", "B2B": "2",
    }  # fmt: skip


def test_the_mean_is_that_of_the_weeks_shown() -> None:
    mean = next(line for line in text(body()).splitlines() if line.startswith("Mean"))
    assert cells(mean)[:4] == ["Mean", "5.8", "5.0-6.2", "13%"]
    assert cells(mean)[-1] == "1.0"


def test_a_group_reads_hours_per_person_and_forty_working_hours() -> None:
    """Everybody has the same week, so per person it is that week again, whatever the number of people."""
    lines = text(body("team:Blue", 6)).splitlines()
    golden = next(line for line in lines if line.startswith("2026-W47"))
    assert cells(golden)[:4] == ["2026-W47", "6", "11.5", "10.0-12.5"]
    assert "per person and 40 working hours" in lines[1]


def test_part_timers_are_comparable() -> None:
    half = replace(ONE, available_minutes=1200, inside_minutes=315, after_hours_minutes=0, meeting_minutes=315)
    rendered = text(report(sums("org", 5, [half]), Frame("org", date(2026, 11, 16), date(2026, 11, 23), "UTC")))
    assert cells(next(line for line in rendered.splitlines() if line.startswith("2026-W47")))[2] == "10.5"


def test_hidden_weeks_say_why_and_numbers_that_do_not_exist_are_dashes() -> None:
    hidden = body("team:Blue", 3)
    assert "2026-W47  hidden: fewer than 5 people" in text(hidden)
    assert "Mean" not in text(hidden)
    nobody = person_week([], Gauge(ANA, replace(NINE_TO_FIVE, hours=())), Week(2026, 47))
    for scope in (f"person:{ANA}", "org"):
        off = text(report([nobody], Frame(scope, date(2026, 11, 16), date(2026, 11, 23), "UTC")))
        assert " - " in next(line for line in off.splitlines() if line.startswith("2026-W47"))


def test_a_report_without_weeks_says_so() -> None:
    empty = report([], Frame("org", date(2026, 11, 16), date(2026, 11, 23), "UTC"))
    for render in (text, markdown):
        assert "No data for these weeks." in render(empty)
    assert len(list(csv.reader(io.StringIO(to_csv(empty))))) == 1


def test_csv_has_the_fields_of_the_json_and_hidden_weeks_are_empty() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(body()))))
    assert set(body()["weeks"][0]) < set(CSV_FIELDS)
    assert {k: v for k, v in rows[0].items() if k in ("meeting_minutes", "suppressed", "reason")} == {
        "meeting_minutes": "690",
        "suppressed": "false",
        "reason": "",
    }
    hidden = list(csv.DictReader(io.StringIO(to_csv(body("team:Blue", 3)))))
    assert (hidden[0]["meeting_minutes"], hidden[0]["suppressed"]) == ("", "true")


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "|calc", "%0", "\n"])
def test_cells_that_a_spreadsheet_would_run_are_disarmed(value: str) -> None:
    assert safe_cell(value) == f"'{value}"


def test_numbers_and_plain_words_stay_as_they_are() -> None:
    for value in (0, -5, 0.25, None, "2026-W47", "person:ana@acme.example"):
        assert safe_cell(value) == value


HOSTILE = "=cmd|' /C calc'!A0 \x1b[31m<script>alert(1)</script>\r\n| x | `y` {{ z }}" + "a" * 500


@pytest.mark.parametrize("name", sorted(RENDERINGS))
def test_hostile_names_stay_words(name: str) -> None:
    rendered = RENDERINGS[name](body(f"person:{HOSTILE}"))
    if name == "csv":
        assert all(len(row) == len(CSV_FIELDS) for row in csv.reader(io.StringIO(rendered)))
    else:
        assert "\x1b" not in rendered
        assert "a" * 200 not in rendered
    if name == "markdown":
        assert "<script>" not in rendered
        assert len({line.replace("\\|", "").count("|") for line in rendered.splitlines() if line.startswith("|")}) == 1
