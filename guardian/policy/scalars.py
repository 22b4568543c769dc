"""The written forms of the policy language, checked and turned into values: times, durations, days, dates, zones, addresses.

Every function raises BadValue, whose message says what was expected and, where it can be told, what to write instead.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import available_timezones

from guardian.model.people import HolidayCalendar
from guardian.model.time import WEEKDAYS
from guardian.policy.model import Scope, ScopeKind

TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
END_TIME = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
DURATION = r"^(0|[1-9][0-9]{0,4})[mhdw]$"
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
DAYS = r"^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$"
NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
DOMAIN = r"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$"
ADDRESS = r"^[^\s@:,;<>\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$"
MEMBER = r"^(group:)?[^\s@:,;<>\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$"
SCOPE = r"^(everyone|team:[A-Za-z0-9][A-Za-z0-9_.-]{0,63}|(group|person):[^\s@:]+@[^\s@:]+)$"
ORGANIZER = r"^(team:[A-Za-z0-9][A-Za-z0-9_.-]{0,63}|(group:)?[^\s@:]+@[^\s@:]+)$"
HOLIDAYS = r"^[A-Z]{2}(-[A-Za-z0-9]{1,6})?$"
CURRENCY = r"^[A-Z]{3}$"

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class BadValue(ValueError):
    """`code` is the finding's code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def did_you_mean(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """`; did you mean 'x'?`, or nothing when no known word is close."""
    close = get_close_matches(word[:100], list(known), n=1, cutoff=cutoff)
    return f"; did you mean '{close[0]}'?" if close else ""


def parse_time(text: str, *, end: bool = False) -> int:
    """Minutes after midnight of `HH:MM`; the end of a window may be `24:00`."""
    if not re.fullmatch(END_TIME if end else TIME, text):
        raise BadValue("G110", f"expected a time 'HH:MM', got '{text}'{_time_hint(text)}")
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _time_hint(text: str) -> str:
    found = re.fullmatch(r"([0-9]{1,2})(?:[:.h]?([0-9]{2}))?(?::00)?", text)
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return ""
    return f'; write "{int(found[1]):02}:{found[2] or "00"}"'


def check_window(start: str, end: str) -> None:
    """A window starts before it ends, on one day."""
    first, last = parse_time(start), parse_time(end, end=True)
    if first == last:
        raise BadValue("G110", f"the window {start}-{end} is empty")
    if first > last:
        raise BadValue(
            "G110",
            f'a window may not cross midnight; split it: "{start}" to "24:00", and "00:00" to "{end}" of the next day',
        )


def parse_duration(text: str) -> timedelta:
    """A whole number and `m`, `h`, `d` or `w`; at most five digits."""
    if not re.fullmatch(DURATION, text):
        raise BadValue("G111", f"expected a duration like 30m, 2h, 1d or 2w, got '{text}'")
    return int(text[:-1]) * _UNITS[text[-1]]


def parse_date(text: str) -> date:
    """A calendar date `YYYY-MM-DD`."""
    if not re.fullmatch(DATE, text):
        raise BadValue("G112", f"expected a date like 2026-12-01, got '{text}'")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadValue("G112", f"there is no date {text}") from error


def parse_days(words: Sequence[str]) -> frozenset[int]:
    """Weekdays (0 = Monday) of `mon` ... `sun` and ranges; a range may run over Sunday: `sun-thu`."""
    return frozenset(day for word in words for day in parse_day(word))


def parse_day(word: str) -> tuple[int, ...]:
    """One day or one range."""
    ends = word.split("-")
    for end in ends:
        if end not in WEEKDAYS:
            close = did_you_mean(end.lower()[:3], WEEKDAYS)
            raise BadValue("G109", f"'{word}' is not one of {', '.join(WEEKDAYS)} or a range like mon-fri{close}")
    if len(ends) > 2:
        raise BadValue("G109", f"'{word}' is not a day or a range of days like mon-fri")
    first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
    return tuple((first + step) % 7 for step in range((last - first) % 7 + 1))


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def check_zone(text: str) -> str:
    """An IANA time zone name."""
    if text in _zones():
        return text
    near = sorted(zone for zone in _zones() if zone[:2].lower() == text[:2].lower())
    raise BadValue("G114", f"unknown time zone '{text}'{did_you_mean(text, near, cutoff=0.75)}")


def parse_holidays(text: str) -> HolidayCalendar:
    """`NO` or `GB-ENG`: codes of the `holidays` package."""
    import holidays  # slow to load, and many policies name no holidays

    country, dash, subdivision = text.partition("-")
    known = _countries()
    if country not in known:
        hint = did_you_mean(country.upper(), known)
        raise BadValue("G115", f"no public holidays known for '{country}'; use a two-letter country code{hint}")
    if dash and subdivision not in getattr(holidays, country).subdivisions:
        parts = ", ".join(getattr(holidays, country).subdivisions) or "none"
        raise BadValue("G115", f"'{country}' has no subdivision '{subdivision}'; known: {parts}")
    return HolidayCalendar(country, subdivision or None)


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    from holidays.registry import COUNTRIES

    return frozenset(codes[1] for codes in COUNTRIES.values())


def check_name(text: str) -> str:
    """An id: letters, digits, `-`, `_`, `.`, at most 64."""
    if not re.fullmatch(NAME, text):
        raise BadValue("G109", f"'{text}' is not a name; use letters, digits and '-', at most 64")
    return text


def check_address(text: str) -> str:
    """A plain e-mail address."""
    if not re.fullmatch(ADDRESS, text):
        raise BadValue("G113", f"'{text}' is not an e-mail address like ana@acme.example")
    return text


def check_domain(text: str) -> str:
    """A domain such as acme.example."""
    if not re.fullmatch(DOMAIN, text):
        raise BadValue("G113", f"'{text}' is not a domain like acme.example")
    return text


def check_member(text: str) -> str:
    """An address, or `group:` and the address of a directory group."""
    check_address(text.removeprefix("group:"))
    return text


def parse_scope(text: str) -> Scope:
    """`everyone`, `team:NAME`, `group:ADDRESS` or `person:ADDRESS`."""
    kind, _, name = text.partition(":")
    if kind == ScopeKind.EVERYONE and not name and ":" not in text:
        return Scope(ScopeKind.EVERYONE)
    if kind == ScopeKind.TEAM:
        return Scope(ScopeKind.TEAM, check_name(name))
    if kind in (ScopeKind.GROUP, ScopeKind.PERSON):
        return Scope(ScopeKind(kind), check_address(name).lower())
    hint = f"; write 'person:{text}'" if "@" in text and ":" not in text else ""
    raise BadValue("G113", f"'{text}' is not one of everyone, team:NAME, group:ADDRESS, person:ADDRESS{hint}")


def check_organizer(text: str) -> str:
    """An address, `group:ADDRESS` or `team:NAME`."""
    if text.startswith("team:"):
        check_name(text.removeprefix("team:"))
    else:
        check_address(text.removeprefix("group:"))
    return text


def check_currency(text: str) -> str:
    """Three capital letters, as in ISO 4217."""
    if not re.fullmatch(CURRENCY, text):
        raise BadValue("G109", f"'{text}' is not a currency code like EUR")
    return text


def check_pattern(text: str) -> str:
    """Words of a title; `*` alone would match every title."""
    if not any(c.isalnum() for c in text):
        raise BadValue("G109", f"'{text}' holds no word; write at least one letter or digit")
    return text
