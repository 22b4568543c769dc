"""One event as it lies on one calendar. Every attendee inside the organisation has a copy of their own."""

from dataclasses import dataclass, field

from guardian.sandbox.moments import Body

ANSWERS = ("needsAction", "declined", "tentative", "accepted")

OWN_FIELDS = ("colorId", "reminders", "transparency", "visibility")
"""Fields that belong to one copy alone, besides `extendedProperties.private`."""

SHARED_FIELDS = (
    "summary",
    "description",
    "location",
    "start",
    "end",
    "recurrence",
    "attachments",
    "conferenceData",
    "hangoutLink",
    "source",
    "anyoneCanAddSelf",
    "endTimeUnspecified",
    "guestsCanInviteOthers",
    "guestsCanModify",
    "guestsCanSeeOtherGuests",
)
"""Fields an organiser's change carries to every copy, besides attendees and `extendedProperties.shared`."""

EVENT_TYPE_PROPERTIES = {
    "focusTime": "focusTimeProperties",
    "outOfOffice": "outOfOfficeProperties",
    "workingLocation": "workingLocationProperties",
}

WRITABLE = frozenset(
    (
        *OWN_FIELDS,
        *SHARED_FIELDS,
        *EVENT_TYPE_PROPERTIES.values(),
        "attendees",
        "extendedProperties",
        "status",
        "eventType",
    )
) - {"hangoutLink"}
"""What a request body may set; anything else in it is ignored, as the service does."""


@dataclass(slots=True)
class Copy:
    """A row of one calendar: a single event, a series (with `recurrence`) or an exception (with `master`).

    `number` is the place in the calendar's stable order, `revision` rises with every change and makes the etag.
    `shapes` are former (start, end, recurrence) of a series with the revision that ended each: an increment needs them to
    say which instances are gone. `concealed` rows never appear in increments.

    The Microsoft side adds: `removed` copies have left the mailbox (a cancelled one stays until its owner takes it away);
    `incarnation` counts the times it came back, `relocations` its moves between folders; `mine` are properties of this copy
    alone (categories, showAs, ...), `terms` those of the meeting (responseRequested, ...); `answered` says when who answered.
    """

    owner: str
    id: str
    number: int
    body: Body
    revision: int = 0
    updated: str = ""
    master: str | None = None
    original: Body | None = None
    concealed: bool = False
    removed: bool = False
    incarnation: int = 0
    relocations: int = 0
    mine: Body = field(default_factory=dict)
    terms: Body = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)
    shapes: list[tuple[int, Body]] = field(default_factory=list)

    @property
    def etag(self) -> str:
        """Quotes included, as the service writes it."""
        return f'"{3_400_000_000_000_000 + self.revision * 2}"'

    @property
    def cancelled(self) -> bool:
        return bool(self.body["status"] == "cancelled")

    @property
    def recurring(self) -> bool:
        return bool(self.body.get("recurrence"))

    @property
    def organizer(self) -> str:
        return str(self.body["organizer"]["email"])

    @property
    def organised_here(self) -> bool:
        return self.organizer == self.owner

    @property
    def attendees(self) -> list[Body]:
        rows: list[Body] = self.body.get("attendees", [])
        return rows

    def row(self, email: str) -> Body | None:
        """The attendee's row, None when the address is not listed itself."""
        return next((row for row in self.attendees if row["email"] == email), None)


@dataclass(slots=True)
class Calendar:
    """The rows of one owner in stable order; `touched` is the revision of the latest change.

    `oldest_token` is the revision below which sync tokens are no longer honoured. `outside` calendars hold what people of
    other organisations organise; the service does not show them.
    """

    owner: str
    zone: str
    outside: bool = False
    rows: dict[str, Copy] = field(default_factory=dict)
    exceptions: dict[str, dict[str, Copy]] = field(default_factory=dict)
    touched: int = 0
    oldest_token: int = 0

    def add(self, copy: Copy) -> None:
        self.rows[copy.id] = copy
        if copy.master:
            self.exceptions.setdefault(copy.master, {})[copy.id] = copy
