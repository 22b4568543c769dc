"""`freebusy.query`: when calendars are busy, without saying with what."""

from datetime import datetime

from guardian.sandbox import listing
from guardian.sandbox.copies import Calendar, Copy
from guardian.sandbox.errors import bad_request
from guardian.sandbox.moments import Body, instant, parse_instant, stamp
from guardian.sandbox.store import Store

MOST_CALENDARS = 50
MOST_MEMBERS = 100


def query(store: Store, body: Body) -> Body:
    """Busy times of up to 50 calendars; groups are expanded, troubles are told per calendar inside the 200."""
    low, high = (parse_instant(str(body.get(key, "")), key) for key in ("timeMin", "timeMax"))
    asked = [str(item.get("id")) for item in body.get("items", [])]
    if len(asked) > MOST_CALENDARS:
        raise bad_request("Too many calendars requested.", "tooManyCalendarsRequested", "items")
    groups = {email: _group(store, email) for email in asked if email in store.groups}
    calendars = [email for email in asked if email not in groups]
    calendars += [email for group in groups.values() for email in group.get("calendars", [])]
    busy = {email: _busy(store, email, low, high) for email in dict.fromkeys(calendars)}
    found = {"kind": "calendar#freeBusy", "timeMin": stamp(low), "timeMax": stamp(high), "calendars": busy}
    return found | ({"groups": groups} if groups else {})


def _group(store: Store, email: str) -> Body:
    members = store.groups[email]
    if len(members) > MOST_MEMBERS:
        return {"errors": [{"domain": "global", "reason": "groupTooBig"}]}
    return {"calendars": list(members)}


def _busy(store: Store, email: str, low: datetime, high: datetime) -> Body:
    if email not in store.people or store.outlook(email):
        return {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
    own = store.calendar(email)
    spans: list[list[datetime]] = []
    for start, end in sorted(_spans(own, low, high)):
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], end)
        else:
            spans.append([start, end])
    return {"busy": [{"start": stamp(start), "end": stamp(end)} for start, end in spans]}


def _spans(own: Calendar, low: datetime, high: datetime) -> list[tuple[datetime, datetime]]:
    copies: list[Copy] = []
    for row in own.rows.values():
        copies += listing.expand(own, row, low, high) if row.recurring else [row]
    return [
        _clipped(own, copy, low, high)
        for copy in copies
        if _blocks(own, copy) and listing.overlaps(own, copy, low, high)
    ]


def _clipped(own: Calendar, copy: Copy, low: datetime, high: datetime) -> tuple[datetime, datetime]:
    return max(instant(copy.body["start"], own.zone), low), min(instant(copy.body["end"], own.zone), high)


def _blocks(own: Calendar, copy: Copy) -> bool:
    row = copy.row(own.owner)
    declined = row is not None and row["responseStatus"] == "declined"
    return not copy.cancelled and not declined and copy.body.get("transparency", "opaque") == "opaque"
