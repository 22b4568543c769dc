"""An event as Microsoft Graph shows it to the owner of the copy."""

import base64
import hashlib
import html
import re
from datetime import date
from typing import Any

from guardian.sandbox import graph_ids
from guardian.sandbox.copies import Calendar, Copy
from guardian.sandbox.graph_recurrence import pattern
from guardian.sandbox.graph_times import NEVER, Preferences, naive, shown, utc
from guardian.sandbox.microsoft_zones import CUSTOM, windows_name
from guardian.sandbox.moments import Body, instant, is_all_day
from guardian.sandbox.object_ids import of_occurrence
from guardian.sandbox.store import Store

ANSWERS = {
    "needsAction": "notResponded",
    "accepted": "accepted",
    "tentative": "tentativelyAccepted",
    "declined": "declined",
}
_SHOWN_AS = {"notResponded": "tentative", "tentativelyAccepted": "tentative", "declined": "free"}
_SENSITIVITY = {"private": "private", "confidential": "confidential"}
_TAG = re.compile(r"<[^>]+>")

MINE = ("categories", "showAs", "isReminderOn", "reminderMinutesBeforeStart", "importance")
"""Properties of one copy alone."""

TERMS = ("responseRequested", "allowNewTimeProposals", "hideAttendees", "isOnlineMeeting", "onlineMeetingProvider")
"""Properties of the meeting, the same in every mailbox."""


def event(store: Store, calendar: Calendar, copy: Copy, asked: Preferences) -> Body:
    """The event resource with every default property."""
    return (
        head(store, calendar, copy, asked)
        | _versions(copy)
        | _when(store, copy)
        | _words(copy, asked)
        | _standing(copy)
        | _people(store, copy)
        | {key: _term(copy, key) for key in TERMS}
        | _mine(copy)
    )


def head(store: Store, calendar: Calendar, copy: Copy, asked: Preferences) -> Body:
    """What a stub carries: identity and times."""
    row: Body = {
        "@odata.etag": f'W/"{change_key(copy)}"',
        "id": graph_ids.event_id(store, copy, immutable=asked.immutable),
    }
    row["type"] = kind(calendar, copy)
    row["seriesMasterId"] = graph_ids.master_id(store, calendar, copy, immutable=asked.immutable)
    return row | {key: shown(copy.body[key], asked) for key in ("start", "end")}


def kind(calendar: Calendar, copy: Copy) -> str:
    if copy.recurring:
        return "seriesMaster"
    if copy.master not in calendar.rows:  # also an occurrence to which the owner alone was invited
        return "singleInstance"
    return "exception" if copy.id in calendar.rows else "occurrence"


def change_key(copy: Copy) -> str:
    """New with every change; occurrences share their series'."""
    digest = hashlib.sha256(f"{copy.owner} {copy.master or copy.id} {copy.revision}".encode()).digest()
    return base64.b64encode(digest[:18]).decode()


def ical_uid(copy: Copy) -> str:
    """Shared by all mailboxes; each occurrence of a series has its own."""
    uid = str(copy.body["iCalUID"])
    if copy.original is None:
        return uid
    return of_occurrence(uid, date.fromisoformat((copy.original.get("date") or copy.original["dateTime"])[:10]))


def _versions(copy: Copy) -> Body:
    row = {
        "createdDateTime": utc(copy.body["created"]),
        "lastModifiedDateTime": utc(copy.updated),
        "changeKey": change_key(copy),
        "iCalUId": ical_uid(copy),
        "transactionId": copy.mine.get("transactionId"),
        "webLink": f"https://outlook.office365.com/owa/?itemid={copy.number}&exvsurl=1&path=/calendar/item",
    }
    if copy.original is not None:
        row["originalStart"] = naive(instant(copy.original, "UTC"), "UTC") + "Z"
        row["occurrenceId"] = occurrence_id(copy)
    return row


def occurrence_id(copy: Copy) -> str:
    """As `cancelledOccurrences` holds them: `OID.<series>.<day>`."""
    original = copy.original or {}
    return f"OID.{base64.urlsafe_b64encode((copy.master or '').encode()).decode()}.{(original.get('date') or original['dateTime'])[:10]}"


def _when(store: Store, copy: Copy) -> Body:
    zone = windows_name(copy.body["start"].get("timeZone", "UTC"))
    if copy.organizer in store.microsoft.custom_zones:
        zone = CUSTOM
    return {
        "originalStartTimeZone": zone,
        "originalEndTimeZone": zone,
        "isAllDay": is_all_day(copy.body["start"]),
        "recurrence": pattern(copy.body),
    }


def _words(copy: Copy, asked: Preferences) -> Body:
    text, subject = str(copy.body.get("description") or ""), str(copy.body.get("summary") or "")
    plain = html.unescape(_TAG.sub("", text)) if text.lstrip().startswith("<") else text
    place = str(copy.body.get("location") or "")
    where = {"displayName": place, "locationType": "default", "uniqueId": place, "uniqueIdType": "private"}
    return {
        "subject": f"Canceled: {subject}" if copy.cancelled else subject,
        "bodyPreview": plain[:255],
        "body": {"contentType": "text", "content": plain} if asked.text_body else _html(text),
        "location": where,
        "locations": [where] if place else [],
        "hasAttachments": False,
    }


def _html(text: str) -> Body:
    if not text.lstrip().startswith("<"):
        text = f"<html><head></head><body>{html.escape(text)}</body></html>" if text else ""
    return {"contentType": "html", "content": text}


def own_answer(copy: Copy) -> str:
    """`responseStatus.response` of the owner."""
    if copy.organised_here:
        return "organizer"
    row = copy.row(copy.owner)
    return ANSWERS[row["responseStatus"]] if row else "notResponded"


def _standing(copy: Copy) -> Body:
    answer = own_answer(copy)
    time = copy.answered.get(copy.owner)
    online = copy.terms.get("onlineMeeting")
    return {
        "isOrganizer": copy.organised_here,
        "isCancelled": copy.cancelled,
        "isDraft": False,
        "responseStatus": {"response": answer, "time": utc(time) if time else NEVER},
        "showAs": _shows(copy, answer),
        "sensitivity": copy.mine.get("sensitivity") or _SENSITIVITY.get(copy.body.get("visibility", ""), "normal"),
        "onlineMeeting": online,
        "onlineMeetingUrl": None,
    }


def _shows(copy: Copy, answer: str) -> str:
    if copy.cancelled:
        return "free"
    if copy.mine.get("showAs"):
        return str(copy.mine["showAs"])
    if copy.body.get("eventType") == "outOfOffice":
        return "oof"
    if copy.body.get("transparency") == "transparent":
        return "free"
    return _SHOWN_AS.get(answer, "busy")


def _people(store: Store, copy: Copy) -> Body:
    rows = [row for row in copy.attendees if row["email"] != copy.organizer]
    if _term(copy, "hideAttendees") and not copy.organised_here:
        rows = [row for row in rows if row["email"] == copy.owner]
    return {"organizer": _address(store, copy.organizer), "attendees": [_attendee(store, copy, row) for row in rows]}


def _attendee(store: Store, copy: Copy, row: Body) -> Body:
    """A guest's copy knows nobody's answer but the own one."""
    email = row["email"]
    known = copy.organised_here or email == copy.owner
    answer = ANSWERS[row.get("responseStatus", "needsAction")] if known else "none"
    time = copy.answered.get(email) if answer not in {"none", "notResponded"} else None
    sort = "resource" if row.get("resource") else "optional" if row.get("optional") else "required"
    entry: Body = {"type": sort, "status": {"response": answer, "time": utc(time) if time else NEVER}}
    proposed = copy.mine.get("proposals", {}).get(email) if copy.organised_here else None
    return entry | ({"proposedNewTime": proposed} if proposed else {}) | _address(store, email)


def _address(store: Store, email: str) -> Body:
    person = store.people.get(email)
    return {"emailAddress": {"name": person.name if person and person.name else email, "address": email}}


def _term(copy: Copy, key: str) -> Any:
    defaults = {"responseRequested": True, "allowNewTimeProposals": True, "onlineMeetingProvider": "unknown"}
    return copy.terms.get(key, defaults.get(key, False))


def _mine(copy: Copy) -> Body:
    kept = copy.mine
    return {
        "categories": list(kept.get("categories", ())),
        "isReminderOn": kept.get("isReminderOn", True),
        "reminderMinutesBeforeStart": kept.get("reminderMinutesBeforeStart", 15),
        "importance": kept.get("importance", "normal"),
    }


def properties(copy: Copy, wanted: str | None) -> Body:
    """The expanded extended properties; one id, or all."""
    rows = [
        {"id": name, "value": value}
        for name, value in copy.mine.get("properties", {}).items()
        if wanted is None or name.lower() == wanted.lower()
    ]
    return {"singleValueExtendedProperties": rows} if rows else {}


def selected(row: Body, names: set[str]) -> Body:
    """`$select`: the named properties besides etag and id."""
    kept = names | {"@odata.etag", "id"}
    return {key: value for key, value in row.items() if key in kept} if names else row
