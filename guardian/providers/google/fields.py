"""Names and values of the Calendar API v3 that more than one module here needs."""

from guardian.model.events import Response

MARK = "guardian"
LABEL = "guardianLabel"
COLOUR_BEFORE = "guardianColour"
"""Private extended properties on the person's own copy: what we did (one word per act, `verb:key`), the words of our
flag, and the `colorId` that stood there before it (empty for none)."""

FLAG_COLOUR = "5"
"""Banana, the event colour that a flag of ours shows."""

COLOURS = {
    "1": "Lavender",
    "2": "Sage",
    "3": "Grape",
    "4": "Flamingo",
    "5": "Banana",
    "6": "Tangerine",
    "7": "Peacock",
    "8": "Graphite",
    "9": "Blueberry",
    "10": "Basil",
    "11": "Tomato",
}
"""`colorId` to the name that Google Calendar shows for it."""

RESPONSES = {
    "needsAction": Response.NEEDS_ACTION,
    "tentative": Response.TENTATIVE,
    "accepted": Response.ACCEPTED,
    "declined": Response.DECLINED,
}
STATUS_OF = {response: status for status, response in RESPONSES.items()}

EVENT_FIELDS = (
    "id,iCalUID,etag,status,eventType,summary,description,start,end,endTimeUnspecified,originalStartTime,"
    "recurringEventId,transparency,visibility,organizer,attendees,attendeesOmitted,guestsCanSeeOtherGuests,colorId,"
    "created,updated,locked,hangoutLink,conferenceData/conferenceId,attachments/fileUrl,extendedProperties/private"
)
"""Everything of an event that `mapping` reads, as a partial response."""

TRIPWIRE_FIELDS = "nextPageToken,nextSyncToken,items(id)"
WINDOW_FIELDS = f"nextPageToken,items({EVENT_FIELDS})"

PAGE = 2500
"""The largest page the service gives."""
