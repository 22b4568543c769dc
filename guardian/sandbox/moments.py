"""Starts and ends as the service writes them: `{"date": ...}` or `{"dateTime": ..., "timeZone": ...}`."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from guardian.sandbox.errors import bad_request

Body = dict[str, Any]
"""A JSON object as sent and received."""

MIXED = "Start and end times must either both be date or both be dateTime."


def stamp(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, as `created` and `updated` are written."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


def parse_instant(text: str, parameter: str) -> datetime:
    """An RFC 3339 parameter as UTC; without an offset the service answers 400."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise bad_request("Bad Request", "badRequest", parameter) from None
    if value.tzinfo is None:
        raise bad_request("Bad Request", "badRequest", parameter)
    return value.astimezone(UTC)


@lru_cache(maxsize=4096)
def zone_of(name: str) -> ZoneInfo:
    """The named zone; an unknown name is a 400."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise bad_request(f"Invalid time zone definition for {name}.") from None


def moment(value: date | datetime, zone: str) -> Body:
    """A date, or an aware instant told in the zone."""
    if isinstance(value, datetime):
        return {"dateTime": value.astimezone(zone_of(zone)).isoformat(timespec="seconds"), "timeZone": zone}
    return {"date": value.isoformat()}


def normalise(raw: object, calendar_zone: str, what: str) -> Body:
    """A start or end from a request body, brought into the stored form.

    `dateTime` may leave the offset out when `timeZone` is given. Raises ApiError 400 for anything else.
    """
    if not isinstance(raw, dict) or ("date" in raw) == ("dateTime" in raw):
        raise bad_request(f"Invalid {what} time.", "invalid")
    try:
        if "date" in raw:
            return {"date": date.fromisoformat(str(raw["date"])).isoformat()}
        return _normalise_instant(
            datetime.fromisoformat(str(raw["dateTime"])), raw.get("timeZone"), calendar_zone, what
        )
    except ValueError:
        raise bad_request(f"Invalid {what} time.") from None


def _normalise_instant(value: datetime, zone: str | None, calendar_zone: str, what: str) -> Body:
    if value.tzinfo is None:
        if zone is None:
            raise bad_request(f"Missing time zone definition for {what} time.", "required")
        value = value.replace(tzinfo=zone_of(zone))
    return moment(value, zone or calendar_zone)


def is_all_day(value: Body) -> bool:
    return "date" in value


def instant(value: Body, calendar_zone: str) -> datetime:
    """The UTC instant; a date begins at midnight in the calendar's zone."""
    return _instant(value.get("date"), value.get("dateTime"), calendar_zone)


@lru_cache(maxsize=65536)
def _instant(day: str | None, at: str | None, calendar_zone: str) -> datetime:
    if at is not None:
        return datetime.fromisoformat(at).astimezone(UTC)
    return datetime.combine(date.fromisoformat(str(day)), time(), zone_of(calendar_zone)).astimezone(UTC)


def in_zone(value: Body, zone: str) -> Body:
    """The same moment with `dateTime` told in the zone; its own `timeZone` stays."""
    if "dateTime" not in value:
        return value
    return value | {"dateTime": _told(value["dateTime"], zone)}


@lru_cache(maxsize=65536)
def _told(at: str, zone: str) -> str:
    return datetime.fromisoformat(at).astimezone(zone_of(zone)).isoformat(timespec="seconds")


def length(start: Body, end: Body) -> timedelta:
    """Elapsed time, or whole days between two dates."""
    return instant(end, "UTC") - instant(start, "UTC")


def plus(start: Body, step: timedelta) -> Body:
    """The moment `step` later, in the same form."""
    if "date" in start:
        return {"date": (date.fromisoformat(start["date"]) + step).isoformat()}
    return moment(instant(start, "UTC") + step, start["timeZone"])


def check_range(start: Body, end: Body) -> None:
    """Both of one kind, and not empty; otherwise ApiError 400."""
    if is_all_day(start) != is_all_day(end):
        raise bad_request(MIXED)
    if instant(end, "UTC") < instant(start, "UTC") or (is_all_day(start) and start == end):
        raise bad_request("The specified time range is empty.", "timeRangeEmpty")
