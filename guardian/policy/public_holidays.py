"""Public holidays by country and subdivision, from the `holidays` package (loaded on first use)."""

from datetime import date
from functools import lru_cache

from guardian.errors import InputError
from guardian.model.people import HolidayCalendar


def is_holiday(day: date, calendar: HolidayCalendar | None) -> bool:
    """Is the day a public holiday there? Never where no calendar is given.

    Raises InputError for a country or subdivision that the package does not know.
    """
    return calendar is not None and day in _year(calendar.country, calendar.subdivision, day.year)


@lru_cache(maxsize=512)
def _year(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    import holidays  # slow to load, and most policies name no holidays

    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year).keys())
    except NotImplementedError as error:
        place = f"{country}-{subdivision}" if subdivision else country
        raise InputError(f"no public holidays are known for '{place}'") from error
