"""Public holidays by country and subdivision."""

from datetime import date

import pytest

from guardian.errors import InputError
from guardian.model.people import HolidayCalendar
from guardian.policy.public_holidays import is_holiday


@pytest.mark.parametrize(
    ("day", "calendar", "expected"),
    [
        (date(2026, 12, 25), HolidayCalendar("NO"), True),
        (date(2026, 12, 28), HolidayCalendar("GB", "ENG"), True),
        (date(2026, 11, 30), HolidayCalendar("GB", "SCT"), True),
        (date(2026, 11, 30), HolidayCalendar("GB", "ENG"), False),
        (date(2027, 1, 1), HolidayCalendar("PT"), True),
        (date(2026, 12, 25), None, False),
    ],
)
def test_is_holiday(day: date, calendar: HolidayCalendar | None, expected: bool) -> None:
    assert is_holiday(day, calendar) is expected


@pytest.mark.parametrize("calendar", [HolidayCalendar("XX"), HolidayCalendar("GB", "QQ")])
def test_an_unknown_calendar_is_refused(calendar: HolidayCalendar) -> None:
    with pytest.raises(InputError, match="no public holidays are known"):
        is_holiday(date(2026, 1, 1), calendar)
