"""Public holidays, by country or subdivision. The data come from the `holidays` package, one year at a time."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from guardian.errors import InputError
from guardian.model.people import HolidayCalendar

LANGUAGE = "en_US"
"""Named, because the package otherwise follows the locale of the machine; data without it keep their own language."""


def is_holiday(calendar: HolidayCalendar | None, day: date) -> str | None:
    """The name of the public holiday on that day, None on an ordinary day and where no calendar is given.

    A holiday that is also kept on another day ("observed") counts on both. Raises InputError for unknown codes.
    """
    if calendar is None:
        return None
    return _year(calendar.country, calendar.subdivision, day.year).get(day)


@lru_cache(maxsize=1024)
def _year(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    import holidays  # here, because it costs a fifth of a second that most commands need not pay

    try:
        return dict(holidays.country_holidays(country, subdiv=subdivision, years=year, language=LANGUAGE))
    except NotImplementedError as error:
        code = f"{country}-{subdivision}" if subdivision else country
        raise InputError(f"no public holidays are known for '{code}'; use codes such as DE, DE-BY or GB-ENG") from error
