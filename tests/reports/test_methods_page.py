"""The page of methods says what the report says."""

from pathlib import Path

from guardian.reports.body import FIELDS, METHOD
from guardian.reports.weeks import COUNTS

PAGE = (Path(__file__).parents[2] / "docs" / "methods.md").read_text(encoding="utf-8")


def test_the_page_names_the_version_of_the_method() -> None:
    assert f"`{METHOD}`" in PAGE


def test_every_number_of_the_report_is_explained() -> None:
    assert [name for name in (*FIELDS, *COUNTS, "longest_run_minutes") if f"`{name}`" not in PAGE] == []
