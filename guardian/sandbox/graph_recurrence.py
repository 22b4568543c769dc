"""Recurrence patterns of Microsoft Graph from and to RRULE lines."""

import re
from datetime import UTC, date, datetime
from typing import Any

from guardian.sandbox.graph_errors import bad_request
from guardian.sandbox.microsoft_zones import windows_name
from guardian.sandbox.moments import Body, is_all_day, zone_of

DAYS = {
    "MO": "monday",
    "TU": "tuesday",
    "WE": "wednesday",
    "TH": "thursday",
    "FR": "friday",
    "SA": "saturday",
    "SU": "sunday",
}
_CODES = {name: code for code, name in DAYS.items()}
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_ORDER = list(DAYS)


def pattern(body: Body) -> Body | None:
    """`recurrence` of a series as the service shows it; None without a rule."""
    rule = next((line for line in body.get("recurrence") or () if line.upper().startswith("RRULE")), None)
    if rule is None:
        return None
    parts = dict(part.split("=", 1) for part in rule.partition(":")[2].upper().split(";") if "=" in part)
    first = _first_day(body["start"])
    return {"pattern": _pattern(parts, first), "range": _range(parts, first, body["start"])}


def _first_day(start: Body) -> date:
    return date.fromisoformat(start["date"]) if is_all_day(start) else datetime.fromisoformat(start["dateTime"]).date()


def _pattern(parts: dict[str, str], first: date) -> Body:
    days = re.findall(r"([+-]?\d+)?(MO|TU|WE|TH|FR|SA|SU)", parts.get("BYDAY", ""))
    names = [DAYS[day] for _, day in days] or [DAYS[_ORDER[first.weekday()]]]
    month = int(parts.get("BYMONTH", first.month))
    place = next((int(n) for n, _ in days if n), int(parts.get("BYSETPOS", "1")))
    base: Body = {"interval": int(parts.get("INTERVAL", "1")), "firstDayOfWeek": DAYS[parts.get("WKST", "MO")]}
    index = next((name for name, number in _PLACES.items() if number == place), "first")
    absolute = {"dayOfMonth": int(parts.get("BYMONTHDAY", first.day))}
    kinds: dict[str, Body] = {
        "DAILY": {"type": "daily"},
        "WEEKLY": {"type": "weekly", "daysOfWeek": names},
        "MONTHLY": {"type": "relativeMonthly", "daysOfWeek": names, "index": index}
        if days
        else {"type": "absoluteMonthly"} | absolute,
        "YEARLY": {"type": "relativeYearly", "daysOfWeek": names, "index": index, "month": month}
        if days
        else {"type": "absoluteYearly", "month": month} | absolute,
    }
    return {"month": 0, "dayOfMonth": 0, "index": "first"} | base | kinds.get(parts.get("FREQ", ""), kinds["DAILY"])


def _range(parts: dict[str, str], first: date, start: Body) -> Body:
    zone = windows_name(start.get("timeZone", "UTC"))
    shown: Body = {"startDate": first.isoformat(), "recurrenceTimeZone": zone, "numberOfOccurrences": 0}
    shown["endDate"] = "0001-01-01"
    if "COUNT" in parts:
        return shown | {"type": "numbered", "numberOfOccurrences": int(parts["COUNT"])}
    if "UNTIL" in parts:
        return shown | {"type": "endDate", "endDate": date.fromisoformat(parts["UNTIL"][:8]).isoformat()}
    return shown | {"type": "noEnd"}


def rule(recurrence: Any, start: Body) -> list[str]:
    """The RRULE lines of a request's `recurrence`. Raises GraphError 400 for what is no pattern."""
    try:
        wanted, span = recurrence["pattern"], recurrence["range"]
        parts = [*_frequency(wanted), f"INTERVAL={int(wanted.get('interval', 1))}", *_end(span, start)]
    except (KeyError, TypeError, ValueError):
        raise bad_request("The recurrence pattern is not valid.", "ErrorInvalidRecurrencePattern") from None
    return ["RRULE:" + ";".join(parts)]


def _frequency(wanted: Body) -> list[str]:
    days = [_CODES[day.lower()] for day in wanted.get("daysOfWeek", ())]
    place = _PLACES[wanted.get("index", "first")]
    relative = "BYDAY=" + ",".join(f"{place}{day}" for day in days)
    month = f"BYMONTH={wanted.get('month', 1)}"
    match wanted["type"]:
        case "daily":
            return ["FREQ=DAILY"]
        case "weekly":
            return [
                "FREQ=WEEKLY",
                "BYDAY=" + ",".join(days),
                f"WKST={_CODES[wanted.get('firstDayOfWeek', 'sunday').lower()]}",
            ]
        case "absoluteMonthly":
            return ["FREQ=MONTHLY", f"BYMONTHDAY={int(wanted['dayOfMonth'])}"]
        case "relativeMonthly":
            return ["FREQ=MONTHLY", relative]
        case "absoluteYearly":
            return ["FREQ=YEARLY", month, f"BYMONTHDAY={int(wanted['dayOfMonth'])}"]
        case "relativeYearly":
            return ["FREQ=YEARLY", month, relative]
    raise ValueError(wanted["type"])


def _end(span: Body, start: Body) -> list[str]:
    match span["type"]:
        case "noEnd":
            return []
        case "numbered":
            return [f"COUNT={int(span['numberOfOccurrences'])}"]
        case "endDate":
            last = date.fromisoformat(span["endDate"])
            if is_all_day(start):
                return [f"UNTIL={last:%Y%m%d}"]
            end = datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=zone_of(start["timeZone"]))
            return [f"UNTIL={end.astimezone(UTC):%Y%m%dT%H%M%SZ}"]
    raise ValueError(span["type"])
