"""What the service refuses in the body of an event."""

import re

from guardian.sandbox.copies import EVENT_TYPE_PROPERTIES
from guardian.sandbox.errors import ApiError, bad_request
from guardian.sandbox.moments import Body, check_range, is_all_day, normalise
from guardian.sandbox.recurrence import check_lines
from guardian.sandbox.store import Person, Switches

_EVENT_ID = re.compile(r"[a-v0-9]{5,1024}")
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")

PROTECTED_TYPES = ("focusTime", "outOfOffice")


def check_id(event_id: object) -> str:
    """Ids a client may choose: base32hex in lower case, 5 to 1024 characters."""
    if not isinstance(event_id, str) or not _EVENT_ID.fullmatch(event_id):
        raise bad_request("Invalid resource id value.")
    return event_id


def check_times(body: Body, zone: str) -> None:
    """Bring start and end into the stored form; both must be there and of one kind."""
    for what in ("start", "end"):
        if what not in body:
            raise bad_request(f"Missing {what} time.", "required")
        if body.get("recurrence") and "dateTime" in body[what] and not body[what].get("timeZone"):
            raise bad_request(f"Missing time zone definition for {what} time.", "required")
    check_kinds(body)
    for what in ("start", "end"):
        body[what] = normalise(body[what], zone, what)
    check_range(body["start"], body["end"])
    if body.get("recurrence"):
        check_lines(body["start"], tuple(body["recurrence"]))


def check_kinds(body: Body) -> None:
    """An all-day event becomes a timed one only when `date` is cleared in the same request."""
    for what in ("start", "end"):
        if isinstance(body[what], dict) and "date" in body[what] and "dateTime" in body[what]:
            raise bad_request(f"Invalid {what} time.")


def check_attendees(body: Body) -> None:
    """Every row needs an address; an unknown answer is refused."""
    rows = body.get("attendees", [])
    if not isinstance(rows, list):
        raise bad_request("Invalid attendees.")
    for row in rows:
        if not isinstance(row, dict) or not _ADDRESS.fullmatch(str(row.get("email", ""))):
            raise bad_request("Invalid attendee email.")
        if row.get("responseStatus", "needsAction") not in ("needsAction", "declined", "tentative", "accepted"):
            raise bad_request("Invalid attendee response status.")


def check_event_type(body: Body, person: Person | None, switches: Switches) -> None:
    """Focus time and out of office: timed, opaque, without guests, with their own properties object."""
    kind = body.get("eventType", "default")
    if kind in {"fromGmail", "birthday"} or (kind != "default" and kind not in EVENT_TYPE_PROPERTIES):
        raise bad_request("Invalid event type.")
    if kind not in PROTECTED_TYPES:
        return
    if kind == "focusTime" and person is not None and not person.focus_time:
        status, reason = switches.refuse_focus_time
        raise ApiError(status, reason, "Focus time is not available for this account.", domain="calendar")
    if _is_malformed(body, kind):
        reason = "malformedFocusTimeEvent" if kind == "focusTime" else "malformedOutOfOfficeEvent"
        raise ApiError(400, reason, f"A {kind} event is malformed.", domain="calendar")


def _is_malformed(body: Body, kind: str) -> bool:
    guests = bool(body.get("attendees"))
    transparent = body.get("transparency", "opaque") != "opaque"
    return (
        is_all_day(body["start"])
        or guests
        or transparent
        or not isinstance(body.get(EVENT_TYPE_PROPERTIES[kind]), dict)
    )
