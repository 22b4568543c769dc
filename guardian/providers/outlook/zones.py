"""Times as Graph writes them, and zones by their Windows or IANA names. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from guardian.errors import InputError
from guardian.model.time import zone_named

EASTMOST = timedelta(hours=13)
"""New Zealand's summer; so nearly everybody's midnight is taken for the day that it begins."""


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo:
    """By its IANA or Windows name. Raises InputError for others, custom zones (`tzone://Microsoft/Custom`) among them."""
    return zone_named(WINDOWS_TO_OLSON.get(name, name))


def known_zone(name: Any) -> str | None:
    """The IANA name, None where there is none."""
    try:
        return zone_of(name).key if isinstance(name, str) and name else None
    except InputError:
        return None


def instant(node: Mapping[str, Any]) -> datetime:
    """A `dateTimeTimeZone` in UTC. Raises InputError for an unknown zone, ValueError for what is no time."""
    local = parsed(node["dateTime"])
    if local.tzinfo is None and node["timeZone"] == "UTC":  # nearly always, and by far the cheapest
        return local.replace(tzinfo=UTC)
    if local.tzinfo is None:
        local = local.replace(tzinfo=zone_of(node["timeZone"]))
    return local.astimezone(UTC)


def parsed(text: str) -> datetime:
    """Naive without an offset. Graph writes seven digits of a second, of which six are kept. Raises ValueError."""
    return datetime.fromisoformat(text)


def midnight(node: Mapping[str, Any]) -> date:
    """The date of an all-day event's edge, which is midnight in whatever zone was asked for. Raises ValueError."""
    local = parsed(node["dateTime"])
    if local.hour or local.minute or local.second:
        raise ValueError("an all-day event that does not begin and end at midnight")
    return local.date()


def nearest_day(text: str) -> date:
    """The date whose midnight an instant stands for, in whatever zone from UTC-10:59 to UTC+13 it was made. Elsewhere it
    is the day beside, the same one in every mailbox."""
    return (parsed(text).astimezone(UTC) + EASTMOST).date()


def node_of(at: datetime, name: str = "UTC") -> dict[str, str]:
    """An instant for a request: on the wall clock of the zone of that name, in UTC where the name is unknown or the wall
    clock shows this time twice."""
    local = at.astimezone(zone_of(name)) if known_zone(name) else at
    if local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset():
        return {"dateTime": local.replace(tzinfo=None).isoformat(), "timeZone": name if known_zone(name) else "UTC"}
    return {"dateTime": at.replace(tzinfo=None).isoformat(), "timeZone": "UTC"}
