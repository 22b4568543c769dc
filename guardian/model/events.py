"""What a calendar holds: one occurrence of one event, as one person's copy shows it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from guardian.model.time import When, format_instant


class Response(StrEnum):
    NEEDS_ACTION = "needs_action"
    TENTATIVE = "tentative"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class EventKind(StrEnum):
    """Only `MEETING` can be a meeting; whether it is one also depends on who is invited."""

    MEETING = "meeting"
    FOCUS = "focus"
    OUT_OF_OFFICE = "out_of_office"
    WORKING_LOCATION = "working_location"
    OTHER = "other"


@dataclass(frozen=True, slots=True, order=True)
class EventRef:
    """What a provider can act on. `mailbox` is the enrolled address; `event_id` names one occurrence, never a series."""

    mailbox: str
    calendar: str
    event_id: str


@dataclass(frozen=True, slots=True, order=True)
class MeetingKey:
    """The same meeting in every mailbox: series UID, and for an occurrence of a series its original start.

    `original_start` is UTC in RFC 3339, a date for all-day series, and empty for single events (which keep their key
    when they move).
    """

    series_uid: str
    original_start: str = ""

    def __str__(self) -> str:
        return f"{self.series_uid}/{self.original_start}" if self.original_start else self.series_uid

    @classmethod
    def occurrence(cls, series_uid: str, original_start: datetime) -> "MeetingKey":
        return cls(series_uid, format_instant(original_start))


@dataclass(frozen=True, slots=True)
class Attendee:
    """One invited address, lower case. `resource` is a room or a device, `group` a list nobody has expanded."""

    email: str
    name: str = ""
    response: Response = Response.NEEDS_ACTION
    optional: bool = False
    resource: bool = False
    group: bool = False
    is_self: bool = False
    extra_guests: int = 0


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is left of the description without boilerplate (links to join, dial-ins, signatures); the text is not kept."""

    words: int = 0
    characters: int = 0
    has_document: bool = False


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence on one person's calendar.

    A private event keeps time, answer and `guests` (how many other people) only: no title, organiser, attendees,
    agenda or labels. `guests_known` is false when the service shows no or not all attendees. `response` is None when the
    person has no row of their own. `series_id` is the service's id of the series, None for single events. `guardian_key`
    is our own mark on this copy. `comment` is the person's own answer text, needed to undo; `answered_at` is when they
    answered, None where the service does not say.
    """

    ref: EventRef
    meeting: MeetingKey
    when: When
    title: str = ""
    organizer: str = ""
    organizer_name: str = ""
    attendees: tuple[Attendee, ...] = ()
    guests: int = 0
    guests_known: bool = True
    response: Response | None = None
    comment: str = ""
    answered_at: datetime | None = None
    is_organizer: bool = False
    optional: bool = False
    busy: bool = True
    cancelled: bool = False
    kind: EventKind = EventKind.MEETING
    agenda: Agenda | None = None
    private: bool = False
    labels: tuple[str, ...] = ()
    conference: bool = False
    locked: bool = False
    zone: str | None = None
    series_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    etag: str | None = None
    guardian_key: str | None = None

    @property
    def recurring(self) -> bool:
        return self.series_id is not None

    @property
    def humans(self) -> tuple[Attendee, ...]:
        """Everybody invited who is not a room, the organiser included where the service lists them."""
        return tuple(a for a in self.attendees if not a.resource)

    @property
    def own_block(self) -> bool:
        """A focus block that we booked."""
        return bool(self.guardian_key and self.guardian_key.startswith(FOCUS_MARK))


FOCUS_MARK = "focus:"
"""How the mark on a focus block of ours begins; after it comes the key of the action that booked it."""


@dataclass(frozen=True, slots=True)
class BadEvent:
    """An event that could not be understood. It spoils only itself: it is listed with the reason and left out."""

    mailbox: str
    event_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class StoredOccurrence:
    """An occurrence with what its history says. `first_seen` is when we first read it; `rescheduled_at` is when a change
    of its time was first seen, None if it never moved."""

    occurrence: Occurrence
    first_seen: datetime
    rescheduled_at: datetime | None = None

    @property
    def created_at(self) -> datetime:
        """When the invitation was made; the moment we first saw it where the calendar does not say."""
        return self.occurrence.created_at or self.first_seen
