"""Settings and calendars of one mailbox."""

from guardian.sandbox.copies import Calendar
from guardian.sandbox.errors import not_found
from guardian.sandbox.moments import Body

DEFAULT_ZONE = "Etc/GMT"
_OTHERS = {"locale": "en_GB", "weekStart": "1", "format24HourTime": "true"}


def settings(calendar: Calendar) -> Body:
    """Settings that differ from their default; there are no working hours among them."""
    items = [
        setting(calendar, name)
        for name in ("timezone", *_OTHERS)
        if name != "timezone" or calendar.zone != DEFAULT_ZONE
    ]
    return {"kind": "calendar#settings", "etag": f'"s{calendar.zone}"', "items": items, "nextSyncToken": "settings"}


def setting(calendar: Calendar, name: str) -> Body:
    value = {"timezone": calendar.zone, **_OTHERS}.get(name)
    if value is None:
        raise not_found()
    return {"kind": "calendar#setting", "etag": f'"s{value}"', "id": name, "value": value}


def calendar(own: Calendar) -> Body:
    return {
        "kind": "calendar#calendar",
        "etag": f'"c{own.zone}"',
        "id": own.owner,
        "summary": own.owner,
        "timeZone": own.zone,
        "conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"]},
    }


def calendar_list(own: Calendar) -> Body:
    entry = calendar(own) | {
        "kind": "calendar#calendarListEntry",
        "accessRole": "owner",
        "primary": True,
        "selected": True,
    }
    return {"kind": "calendar#calendarList", "etag": entry["etag"], "items": [entry], "nextSyncToken": "calendars"}
