"""The page of methods says what the report says."""

from dataclasses import fields
from pathlib import Path

from guardian.reports.body import METHOD, SUMMED
from guardian.reports.weeks import PersonWeek

PAGE = (Path(__file__).parents[2] / "docs" / "methods.md").read_text(encoding="utf-8")


def test_the_page_names_the_version_of_the_method() -> None:
    assert f"`{METHOD}`" in PAGE


def test_every_number_of_the_report_is_explained() -> None:
    shown = {*SUMMED, "meeting_share", "fragmentation_index", "effective_gap_minutes"}
    assert {name for name in shown if f"`{name}`" not in PAGE} == set()


def test_every_summed_field_is_counted_for_a_person() -> None:
    assert set(SUMMED) < {field.name for field in fields(PersonWeek)}
