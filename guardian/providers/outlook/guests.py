"""Who is invited, as one copy of an event tells it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guardian.model.events import Attendee, Response
from guardian.providers.outlook.fields import RESPONSES
from guardian.providers.shared import line

Row = Mapping[str, Any]

GUEST_FIELDS = ("attendees", "organizer", "isOrganizer", "hideAttendees", "responseStatus")
"""All that `guests_of` looks at."""


@dataclass(frozen=True, slots=True)
class Guests:
    """`others` counts the people beside the person; `complete` is false where the copy does not show them all. `response`
    is None where there is nothing to answer."""

    attendees: tuple[Attendee, ...]
    others: int
    complete: bool
    optional: bool
    response: Response | None
    organizer: str
    organizer_name: str
    is_organizer: bool


def guests_of(event: Row, mailbox: str) -> Guests:
    """Read the lists of an event on this mailbox's calendar."""
    rows = event.get("attendees") or []
    name, organizer = _address(event.get("organizer") or {})
    is_organizer = _organizes(event, organizer, mailbox)
    attendees = tuple(found for row in rows if (found := _attendee(row, mailbox)).email)
    own = next((a for a in attendees if a.is_self), None)
    listed = [a for a in attendees if not a.resource and not a.is_self]
    stranger = bool(organizer) and not is_organizer and all(a.email != organizer for a in attendees)
    return Guests(
        attendees=attendees,
        others=len(listed) + stranger,
        complete=_is_complete(event, own, is_organizer) and len(attendees) == len(rows),
        optional=own.optional if own else False,
        response=_response(event, bool(rows), is_organizer),
        organizer=organizer,
        organizer_name=name,
        is_organizer=is_organizer,
    )


def _organizes(event: Row, organizer: str, mailbox: str) -> bool:
    said = event.get("isOrganizer")
    return said if isinstance(said, bool) else organizer == mailbox


def _is_complete(event: Row, own: Attendee | None, is_organizer: bool) -> bool:
    """Lists are not opened by the service: somebody invited without a row of their own came through one (or by another
    address), so that one row may stand for many people."""
    if is_organizer:
        return True
    return not event.get("hideAttendees") and own is not None


def _response(event: Row, invited: bool, is_organizer: bool) -> Response | None:
    if not invited and is_organizer:
        return None
    said = (event.get("responseStatus") or {}).get("response") or "none"
    if said == "none" and not invited:
        return None
    return Response.ACCEPTED if is_organizer else RESPONSES.get(said, Response.NEEDS_ACTION)


def _attendee(row: Row, mailbox: str) -> Attendee:
    name, email = _address(row)
    kind = row.get("type") or "required"
    said = (row.get("status") or {}).get("response") or "none"
    return Attendee(
        email=email,
        name=name,
        response=RESPONSES.get(said, Response.NEEDS_ACTION),
        optional=kind == "optional",
        resource=kind == "resource",
        is_self=email == mailbox,
    )


def _address(row: Row) -> tuple[str, str]:
    """Name, and address in lower case."""
    found = row.get("emailAddress") or {}
    return line(found.get("name") or ""), line(found.get("address") or "").lower()
