"""Public holidays (the dates are the countries' own laws, 2026)."""

import os
import subprocess
import sys
from datetime import date

import pytest

from guardian.errors import InputError
from guardian.model.holidays import is_holiday
from guardian.model.people import HolidayCalendar


@pytest.mark.parametrize(
    ("country", "subdivision", "day", "name"),
    [
        ("DE", None, "2026-10-03", "German Unity Day"),
        ("DE", None, "2026-01-06", None),
        ("DE", "BY", "2026-01-06", "Epiphany"),
        ("US", None, "2026-11-26", "Thanksgiving Day"),
        ("GB", "ENG", "2026-12-28", "Boxing Day (observed)"),
        ("GB", "ENG", "2026-11-26", None),
        ("PT", None, "2026-04-25", "Freedom Day"),
    ],
)
def test_holidays_by_country_and_subdivision(country: str, subdivision: str | None, day: str, name: str | None) -> None:
    assert is_holiday(HolidayCalendar(country, subdivision), date.fromisoformat(day)) == name


@pytest.mark.parametrize("code", [("XX", None), ("DE", "ZZ"), ("de", None), ("", None), ("GB", "eng")])
def test_unknown_codes_are_refused(code: tuple[str, str | None]) -> None:
    with pytest.raises(InputError, match="no public holidays are known"):
        is_holiday(HolidayCalendar(*code), date(2026, 1, 1))


def test_names_do_not_follow_the_locale_of_the_machine() -> None:
    code = (
        "from datetime import date; from guardian.model.holidays import is_holiday;"
        "from guardian.model.people import HolidayCalendar as C; print(is_holiday(C('DE'), date(2026, 1, 1)))"
    )
    environment = {**os.environ, "LANG": "uk_UA.UTF-8", "LANGUAGE": "uk"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "New Year's Day"


def test_nobody_without_a_calendar_has_a_holiday() -> None:
    assert is_holiday(None, date(2026, 12, 25)) is None
