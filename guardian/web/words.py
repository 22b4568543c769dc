"""How numbers, times and things are written on pages."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from guardian.reports.svg import clean

NONE = "–"
"""Where there is no number."""


def hours(minutes: float | None) -> str:
    """`16.5 h`."""
    return NONE if minutes is None else f"{minutes / 60:.1f} h"


def change(minutes: float | None) -> str:
    """`+2.1 h`, `-0.5 h`, `±0 h`."""
    if minutes is None:
        return NONE
    told = f"{minutes / 60:+.1f}"
    return "±0 h" if float(told) == 0 else f"{told.replace('-', '−')} h"


def percent(ratio: float | None) -> str:
    return NONE if ratio is None else f"{ratio:.0%}"


def money(amount: float | None, currency: str | None) -> str:
    """`EUR 6,800`."""
    return NONE if amount is None else f"{currency} {amount:,.0f}"


def clock(moment: datetime | str | None, zone: str) -> str:
    """`Tue 24 Nov 2026, 10:00` on that zone's clock; dates of all-day events stay dates."""
    if moment is None:
        return NONE
    if isinstance(moment, str):
        if "T" not in moment:
            return moment
        moment = datetime.fromisoformat(moment)
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def age(seconds: float | None) -> str:
    """`4 min`, `3 h`, `2 d`."""
    if seconds is None:
        return "never"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return "just now"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 meeting`, `3 meetings`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


FILTERS: Mapping[str, Callable[..., Any]] = {
    "hours": hours,
    "change": change,
    "percent": percent,
    "clock": clock,
    "age": age,
    "clean": clean,
}
"""For templates, by name."""

GLOBALS: Mapping[str, Callable[..., Any]] = {"money": money, "counted": counted}
