"""Which occurrences a series has: RRULE, RDATE, EXDATE and EXRULE lines, expanded in the event's own zone."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from dateutil.rrule import rrule, rruleset, rrulestr

from guardian.sandbox.errors import bad_request
from guardian.sandbox.moments import Body, is_all_day, moment, zone_of

MARGIN = timedelta(days=2)
"""Wider than any offset: the search in local time must not miss an instant near a bound."""

_UNTIL = re.compile(r"UNTIL=([0-9TZ]+)", re.IGNORECASE)
_BYDAY = re.compile(r"BYDAY=([^;]+)", re.IGNORECASE)


def starts_between(start: Body, lines: tuple[str, ...], low: datetime, high: datetime) -> list[Body]:
    """Starts of the occurrences in [low, high], both UTC, in order and in the form of `start`."""
    zone = start.get("timeZone", "UTC")
    rules = _ruleset(_local_start(start), zone, lines)
    found = rules.between(_local(low - MARGIN, zone), _local(high + MARGIN, zone), inc=True)
    if is_all_day(start):
        return [{"date": local.date().isoformat()} for local in found]
    instants = (local.replace(tzinfo=zone_of(zone)).astimezone(UTC) for local in found)
    return [moment(at, zone) for at in instants if low <= at <= high]


def check_lines(start: Body, lines: tuple[str, ...]) -> None:
    """Refuse what cannot be expanded with ApiError 400."""
    if "dateTime" in start and not start.get("timeZone"):
        raise bad_request("Missing time zone definition for start time.", "required")
    try:
        _ruleset(_local_start(start), start.get("timeZone", "UTC"), lines)
    except (ValueError, TypeError, AttributeError):
        raise bad_request("Invalid recurrence rule.") from None


def _local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(zone_of(zone)).replace(tzinfo=None)


def _local_start(start: Body) -> datetime:
    if is_all_day(start):
        return datetime.combine(date.fromisoformat(start["date"]), time())
    return _local(datetime.fromisoformat(start["dateTime"]), start.get("timeZone", "UTC"))


@lru_cache(maxsize=4096)
def _ruleset(first: datetime, zone: str, lines: tuple[str, ...]) -> rruleset:
    rules = rruleset(cache=True)
    if not any(line.upper().startswith("RRULE") for line in lines):
        rules.rdate(first)
    for line in lines:
        _add_line(rules, line, first, zone)
    return rules


def _add_line(rules: rruleset, line: str, first: datetime, zone: str) -> None:
    name, _, value = line.partition(":")
    kind = name.partition(";")[0].upper()
    if kind in {"RRULE", "EXRULE"}:
        add = rules.rrule if kind == "RRULE" else rules.exrule
        for part in _split_mixed(value):
            add(_rule(part, first, zone))
    elif kind in {"RDATE", "EXDATE"}:
        for at in value.split(","):
            (rules.rdate if kind == "RDATE" else rules.exdate)(_listed(at, name, first, zone))
    else:
        raise bad_request("Invalid recurrence rule.")


def _rule(value: str, first: datetime, zone: str) -> rrule:
    local = _UNTIL.sub(lambda m: f"UNTIL={_until(m[1], zone)}", value)
    parsed = rrulestr(local, dtstart=first)
    if not isinstance(parsed, rrule):
        raise bad_request("Invalid recurrence rule.")
    return parsed


def _until(text: str, zone: str) -> str:
    """UNTIL in local time: dateutil refuses a UTC bound beside a local start; a bare date includes its whole day."""
    if len(text) == 8:
        return f"{text}T235959"
    at = datetime.strptime(text.rstrip("Zz"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - the zone is attached below
    local = _local(at.replace(tzinfo=UTC), zone) if text[-1] in "Zz" else at
    return local.strftime("%Y%m%dT%H%M%S")


def _listed(text: str, name: str, first: datetime, zone: str) -> datetime:
    if len(text) == 8:
        return datetime.combine(date.fromisoformat(text), first.time())
    at = datetime.fromisoformat(text.rstrip("Zz"))
    if text[-1] in "Zz":
        return _local(at.replace(tzinfo=UTC), zone)
    own = re.search(r"TZID=([^;:]+)", name)
    return _local(at.replace(tzinfo=zone_of(own[1])), zone) if own else at


def _split_mixed(value: str) -> list[str]:
    """dateutil finds nothing when BYDAY mixes numbered and plain days (`1MO,FR`): their union is the same set."""
    days = _BYDAY.search(value)
    if not days or re.search(r"COUNT=|BYSETPOS=", value, re.IGNORECASE):
        return [value]
    numbered = [day for day in days[1].split(",") if any(c.isdigit() for c in day)]
    plain = [day for day in days[1].split(",") if day not in numbered]
    groups = [group for group in (numbered, plain) if group]
    return [_BYDAY.sub("BYDAY=" + ",".join(group), value) for group in groups]
