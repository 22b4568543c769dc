"""Focus blocks of ours: each a file of its own, with a UID that follows from the key of the act that booked it."""

import hashlib
from datetime import datetime

from icalendar import Calendar, Event

from guardian.model.actions import Action, BookFocus
from guardian.model.events import FOCUS_MARK
from guardian.providers.ics.mapping import MARK

PRODUCT = "-//Calendar Guardian//EN"


def uid_for(action: Action) -> str:
    """The same act books the same block, however often it is tried."""
    digest = hashlib.sha256(f"{action.mailbox}\n{action.key}".encode()).hexdigest()
    return f"focus-{digest[:40]}@calendar-guardian"


def file_name(uid: str) -> str:
    return f"guardian-{uid.partition('@')[0]}.ics"


def file_for(action: Action, effect: BookFocus, now: datetime) -> bytes:
    """The file of a block, in UTC so that it needs no time zone definition."""
    event = Event()
    event.add("uid", uid_for(action))
    for name in ("dtstamp", "created", "last-modified"):
        event.add(name, now.replace(microsecond=0))
    event.add("dtstart", effect.block.start)
    event.add("dtend", effect.block.end)
    event.add("summary", effect.title)
    event.add("description", effect.description)
    event.add("categories", ["Focus time"])
    event.add("transp", "OPAQUE")
    event.add(MARK, f"{FOCUS_MARK}{action.key}")
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
