"""Dates, times and lengths as people read them in a reason."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from guardian.model.time import Interval

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_text(day: date) -> str:
    """`Tue 24 Nov`, whatever the locale of the machine."""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def clock_text(instant: datetime, zone: ZoneInfo) -> str:
    """`14:30` on the zone's wall clock."""
    return instant.astimezone(zone).strftime("%H:%M")


def span_text(interval: Interval, zone: ZoneInfo) -> str:
    """`10:00-11:00` on the zone's wall clock."""
    return f"{clock_text(interval.start, zone)}-{clock_text(interval.end, zone)}"


def length_text(length: timedelta) -> str:
    """`45 min`, `3 h`, `1 h 30 min`, `1 day`, `2 days 23 h`; what is below the last part is left out."""
    total = int(length.total_seconds()) // 60
    hours, rest = divmod(total, 60)
    days, above = divmod(hours, 24)
    if days >= 2 or (total and not above and not rest):
        text = "1 day" if days == 1 else f"{days} days"
        return f"{text} {above} h" if above else text
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def either(words: list[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
