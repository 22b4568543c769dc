"""An event as the service shows it to the owner of the copy."""

import base64
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from guardian.sandbox.copies import Calendar, Copy
from guardian.sandbox.moments import Body, in_zone
from guardian.sandbox.store import Store

COMPUTED = frozenset(("start", "end", "attendees", "organizer", "creator", "status", "recurringEventId"))

Mask = dict[str, Any]
"""A parsed `fields` selector: name to inner selector; an empty one takes everything."""


@dataclass(frozen=True)
class Look:
    """What a request may change about the view. `zone` is None for the calendar's own."""

    zone: str | None = None
    max_attendees: int | None = None


def event(store: Store, calendar: Calendar, copy: Copy, look: Look) -> Body:
    """The event resource."""
    zone = look.zone or calendar.zone
    shown = _head(copy) | {key: value for key, value in copy.body.items() if key not in COMPUTED}
    for role in ("creator", "organizer"):
        shown[role] = _who(copy.body[role], calendar.owner)
    shown["start"], shown["end"] = in_zone(copy.body["start"], zone), in_zone(copy.body["end"], zone)
    if copy.master and copy.original:
        shown["recurringEventId"] = copy.master
        shown["originalStartTime"] = in_zone(copy.original, zone)
    shown |= _guests(store, copy, look)
    shown.setdefault("eventType", "default")
    shown.setdefault("reminders", {"useDefault": True})
    return shown


def tombstone(copy: Copy) -> Body:
    """What an increment says of something deleted: only what the service guarantees."""
    head: Body = {"kind": "calendar#event", "etag": copy.etag, "id": copy.id, "status": "cancelled"}
    if copy.master and copy.original:
        head |= {"recurringEventId": copy.master, "originalStartTime": copy.original}
    return head


def _head(copy: Copy) -> Body:
    link = base64.urlsafe_b64encode(f"{copy.id} {copy.owner}".encode()).decode().rstrip("=")
    return {
        "kind": "calendar#event",
        "etag": copy.etag,
        "id": copy.id,
        "status": copy.body["status"],
        "htmlLink": f"https://www.google.com/calendar/event?eid={link}",
        "updated": copy.updated,
    }


def _who(who: Body, owner: str) -> Body:
    return who | {"self": True} if who["email"] == owner else who


def _guests(store: Store, copy: Copy, look: Look) -> Body:
    rows = copy.attendees
    if not rows:
        return {}
    if copy.body.get("guestsCanSeeOtherGuests") is False and not copy.organised_here:
        rows = [row for row in rows if row["email"] in {copy.owner, copy.organizer}]
    omitted = look.max_attendees is not None and len(rows) > look.max_attendees
    if omitted:
        rows = [row for row in rows if row["email"] == copy.owner]
    shown = {"attendees": [_attendee(store, row, copy) for row in rows]}
    return shown | ({"attendeesOmitted": True} if omitted else {})


def _attendee(store: Store, row: Body, copy: Copy) -> Body:
    email = row["email"]
    person = store.people.get(email)
    shown = {"email": email}
    if person and person.name:
        shown["displayName"] = person.name
    if email == copy.organizer:
        shown["organizer"] = True
    if email == copy.owner:
        shown["self"] = True
    return shown | row


@lru_cache(maxsize=256)
def parse_fields(text: str) -> Mask:
    """Partial responses: `items(id,start/dateTime),nextPageToken`; `*` takes everything."""
    tokens = re.findall(r"[^(),/]+|[(),/]", text.replace(" ", ""))
    return _parse(tokens, [0])


def _parse(tokens: list[str], at: list[int]) -> Mask:
    mask: Mask = {}
    while at[0] < len(tokens) and tokens[at[0]] != ")":
        if tokens[at[0]] != ",":
            _parse_one(tokens, at, mask)
        else:
            at[0] += 1
    return mask


def _parse_one(tokens: list[str], at: list[int], mask: Mask) -> None:
    name = tokens[at[0]]
    at[0] += 1
    follow = tokens[at[0]] if at[0] < len(tokens) else ""
    inner: Mask = {}
    if follow in {"(", "/"}:
        at[0] += 1
    if follow == "(":
        inner = _parse(tokens, at)
        at[0] += 1
    elif follow == "/":
        _parse_one(tokens, at, inner)
    mask.setdefault(name, {}).update(inner)


def select(value: Any, mask: Mask) -> Any:
    """The parts of a JSON value that the mask names."""
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [select(item, mask) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: select(value[key], inner) for key, inner in mask.items() if key in value}
