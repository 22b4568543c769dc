"""Names and values of Microsoft Graph v1.0 calendars that more than one module here needs."""

from guardian.model.events import Response

IMMUTABLE = 'IdType="ImmutableId"'
"""Sent with every call: other ids change when an event is moved between folders."""

MARK_ID = "String {6f1d2c7e-3b0a-4d3e-9a5c-8f2b7c1e4a90} Name guardian"
"""Our extended property on the person's own copy: one word per act, `verb:key`."""

PROPERTIES = "singleValueExtendedProperties"
EXPAND = f"{PROPERTIES}($filter=id eq '{MARK_ID}')"

PREFIX = "Guardian: "
"""How the categories begin that we put on meetings; after it comes the rule."""

FOCUS_CATEGORY = "Focus time"

LONGEST_CATEGORY = 255

MASTER = "seriesMaster"

RESPONSES = {
    "none": Response.NEEDS_ACTION,
    "notResponded": Response.NEEDS_ACTION,
    "tentativelyAccepted": Response.TENTATIVE,
    "accepted": Response.ACCEPTED,
    "declined": Response.DECLINED,
    "organizer": Response.ACCEPTED,
}
VERB_OF = {
    Response.ACCEPTED: "accept",
    Response.TENTATIVE: "tentativelyAccept",
    Response.DECLINED: "decline",
}

EVENT_FIELDS = (
    "id,changeKey,iCalUId,type,seriesMasterId,originalStart,subject,body,start,end,isAllDay,isCancelled,isDraft,"
    "isOrganizer,organizer,attendees,hideAttendees,responseStatus,responseRequested,allowNewTimeProposals,showAs,"
    "sensitivity,categories,isOnlineMeeting,onlineMeetingUrl,hasAttachments,originalStartTimeZone,originalEndTimeZone,"
    "createdDateTime,lastModifiedDateTime"
)
"""Everything of an event that is read here."""

ONE_EVENT = {"$select": EVENT_FIELDS, "$expand": EXPAND}

PAGE = 200


def category_of(label: str) -> str:
    """The category that shows a rule's flag."""
    named = label if label.startswith(PREFIX) else f"{PREFIX}{label}"
    return named[:LONGEST_CATEGORY]
