"""Times as Microsoft Graph writes them: `{"dateTime": "2026-11-23T09:00:00.0000000", "timeZone": "UTC"}`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from guardian.sandbox.graph_errors import bad_request, unknown_zone
from guardian.sandbox.microsoft_zones import iana_name
from guardian.sandbox.moments import Body, instant, is_all_day, zone_of

NEVER = "0001-01-01T00:00:00Z"
_FRACTION = re.compile(r"(\.\d{6})\d+")
_PREFERENCE = re.compile(r'([\w.-]+)\s*=\s*"?([^",;]+)"?')


@dataclass(frozen=True)
class Preferences:
    """What the `Prefer` header asks for. `zone` is the label as asked."""

    immutable: bool = False
    zone: str = "UTC"
    page_size: int | None = None
    text_body: bool = False

    @property
    def iana(self) -> str:
        """The zone to tell times in. Raises GraphError 400 for an unknown one."""
        name = iana_name(self.zone)
        if name is None:
            raise unknown_zone(self.zone)
        return name


def preferences(headers: Mapping[str, str]) -> Preferences:
    """The parsed header; names and the word ImmutableId are case-insensitive."""
    asked = {name.lower(): value.strip() for name, value in _PREFERENCE.findall(headers.get("prefer", ""))}
    size = asked.get("odata.maxpagesize", "")
    return Preferences(
        asked.get("idtype", "").lower() == "immutableid",
        asked.get("outlook.timezone", "UTC"),
        int(size) if size.isdigit() and int(size) else None,
        asked.get("outlook.body-content-type", "").lower() == "text",
    )


def shown(value: Body, asked: Preferences) -> Body:
    """A start or end in the zone asked for; a date is midnight there, whatever the zone."""
    if is_all_day(value):
        return {"dateTime": f"{value['date']}T00:00:00.0000000", "timeZone": asked.zone}
    return {"dateTime": naive(instant(value, "UTC"), asked.iana), "timeZone": asked.zone}


def naive(at: datetime, zone: str) -> str:
    """Seven fraction digits, no offset."""
    return at.astimezone(zone_of(zone)).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0"


def utc(stamp: str) -> str:
    """A stored stamp as `createdDateTime` writes it."""
    return datetime.fromisoformat(stamp).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def stored(raw: object, what: str, *, all_day: bool) -> Body:
    """A start or end from a request in the stored form. Raises GraphError 400."""
    if not isinstance(raw, dict) or not isinstance(raw.get("dateTime"), str):
        raise bad_request(f"The property '{what}' is required.", "ErrorInvalidRequest")
    zone = raw.get("timeZone") or "UTC"
    iana = iana_name(str(zone))
    if iana is None:
        raise unknown_zone(zone)
    at = _parsed(raw["dateTime"], what)
    if all_day:
        return _midnight(at, what)
    local = at.replace(tzinfo=zone_of(iana)) if at.tzinfo is None else at.astimezone(zone_of(iana))
    return {"dateTime": local.isoformat(timespec="seconds"), "timeZone": iana}


def _midnight(at: datetime, what: str) -> Body:
    if (at.hour, at.minute, at.second) != (0, 0, 0):
        message = f"The Event.{what.title()} property for an all-day event needs to be set to midnight."
        raise bad_request(message, "ErrorPropertyValidationFailure")
    return {"date": at.date().isoformat()}


def _parsed(text: str, what: str) -> datetime:
    try:
        return datetime.fromisoformat(_FRACTION.sub(r"\1", text))
    except ValueError:
        raise bad_request(f"The value '{text}' of '{what}' is not a valid date.", "ErrorInvalidRequest") from None


def bound(text: str, name: str) -> datetime:
    """A bound of a window; without an offset it is UTC."""
    at = _parsed(text, name)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
