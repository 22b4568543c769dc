"""Who is invited, as one copy of an event tells it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guardian.model.events import Attendee, Response
from guardian.providers.google.fields import RESPONSES
from guardian.providers.shared import line

Row = Mapping[str, Any]

GUEST_FIELDS = ("attendees", "organizer", "attendeesOmitted", "guestsCanSeeOtherGuests")
"""All that `guests_of` looks at."""


@dataclass(frozen=True, slots=True)
class Guests:
    """`own` is the person's row, `comment` its text; `others` counts the people beside the person, extra guests
    included; `complete` is false where the copy hides or cuts the list."""

    attendees: tuple[Attendee, ...]
    own: Attendee | None
    comment: str
    others: int
    complete: bool
    organizer: str
    organizer_name: str
    is_organizer: bool


def guests_of(event: Row, mailbox: str) -> Guests:
    """Read the lists of an event on this mailbox's calendar."""
    rows = event.get("attendees") or []
    organizer = event.get("organizer") or {}
    is_organizer = organizer.get("self") is True
    own_row = own_of(rows, mailbox)
    attendees = tuple([_attendee(row, row is own_row) for row in rows if row.get("email")])
    address = line(organizer.get("email", "")).lower()
    return Guests(
        attendees=attendees,
        own=_attendee(own_row, True) if own_row else None,
        comment=own_row.get("comment", "") if own_row else "",
        others=_others(attendees, address, is_organizer),
        complete=is_complete(event) and len(attendees) == len(rows),
        organizer=address,
        organizer_name=line(organizer.get("displayName", "")),
        is_organizer=is_organizer,
    )


def own_of(rows: list[Row], mailbox: str) -> Row | None:
    """The row the service calls the person's own; with several (an alias was invited too) the one with the address."""
    own = [row for row in rows if row.get("self") is True]
    return next((row for row in own if row.get("email", "").lower() == mailbox), own[0] if own else None)


def is_complete(event: Row) -> bool:
    """Whether the attendees as read are all there are: not cut, not hidden, no group still being opened."""
    if event.get("attendeesOmitted"):
        return False
    if event.get("guestsCanSeeOtherGuests") is False and not (event.get("organizer") or {}).get("self"):
        return False
    return not any(row.get("asyncOperation") == "inProgress" for row in event.get("attendees") or [])


def _attendee(row: Row, is_self: bool) -> Attendee:
    return Attendee(
        email=line(row.get("email", "")).lower(),
        name=line(row.get("displayName", "")),
        response=RESPONSES.get(row.get("responseStatus", ""), Response.NEEDS_ACTION),
        optional=row.get("optional") is True,
        resource=row.get("resource") is True,
        group=row.get("asyncOperation") == "inProgress",
        is_self=is_self,
        extra_guests=max(0, int(row.get("additionalGuests", 0))),
    )


def _others(attendees: tuple[Attendee, ...], organizer: str, is_organizer: bool) -> int:
    people = [a for a in attendees if not a.resource]
    listed = sum(1 for a in people if not a.is_self) + sum(a.extra_guests for a in people)
    if is_organizer or not organizer or _is_a_calendar(organizer):
        return listed
    return listed if any(a.email == organizer for a in attendees) else listed + 1


def _is_a_calendar(address: str) -> bool:
    """Secondary calendars and resources organise events under an address that is nobody's."""
    return address.endswith("calendar.google.com")
