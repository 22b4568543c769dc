"""Calendars, people and notices: what the sandbox organisation consists of, and the one counter of changes."""

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from guardian.sandbox.clock import Clock
from guardian.sandbox.copies import Calendar, Copy
from guardian.sandbox.microsoft_switches import MicrosoftSwitches
from guardian.sandbox.moments import Body, stamp

SCOPES = frozenset(
    f"https://www.googleapis.com/auth/{name}"
    for name in (
        "calendar",
        "calendar.readonly",
        "calendar.events",
        "calendar.events.owned",
        "calendar.events.readonly",
        "calendar.settings.readonly",
        "calendar.calendars.readonly",
        "calendar.calendarlist.readonly",
        "calendar.freebusy",
        "calendar.events.freebusy",
        "admin.directory.user.readonly",
        "admin.directory.group.member.readonly",
    )
)
"""The scopes an administrator may have granted to the service account."""


@dataclass
class Person:
    """Somebody with a mailbox in the organisation. `focus_time` is false for editions without focus time.

    `service` is where the mailbox lives: "google" or "outlook". `guest` marks a guest account of the Microsoft directory,
    `archived` one of Google's whose licence only keeps data.
    """

    email: str
    name: str = ""
    zone: str = "Etc/GMT"
    suspended: bool = False
    focus_time: bool = True
    admin: bool = False
    room: bool = False
    service: str = "google"
    guest: bool = False
    archived: bool = False

    @property
    def outlook(self) -> bool:
        return self.service == "outlook"


@dataclass
class Switches:
    """How the service behaves where it is undocumented, unreliable or configurable.

    `page_size` caps every page. `token_max_age` is the life of a sync token. `guest_time_edit` is what a guest's change of
    start or end meets: "refuse" (403) or "local" (kept to the copy). `refuse_focus_time` is the (status, reason) an account
    without focus time gets. `horizon` bounds the expansion of endless series. Above `visible_answers` guests an answer
    reaches the organiser only.
    """

    page_size: int | None = None
    empty_middle_pages: bool = False
    no_sync_token: bool = False
    token_max_age: timedelta | None = None
    drop_comment_without_list: bool = False
    guest_time_edit: str = "refuse"
    reset_answers_on_move: bool = False
    refuse_focus_time: tuple[int, str] = (400, "malformedFocusTimeEvent")
    granted_scopes: frozenset[str] = SCOPES
    token_error: str | None = None
    access_token_life: int = 3600
    visible_answers: int = 200
    horizon: timedelta = timedelta(days=730)


@dataclass
class Store:
    """All state, guarded by `lock`; every read and write below expects the caller to hold it."""

    clock: Clock
    switches: Switches = field(default_factory=Switches)
    microsoft: MicrosoftSwitches = field(default_factory=MicrosoftSwitches)
    people: dict[str, Person] = field(default_factory=dict)
    accounts: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)
    holders: dict[str, set[str]] = field(default_factory=dict)
    mails: list[Body] = field(default_factory=list)
    on_the_way: list[Callable[[], None]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    revision: int = 0
    made: int = 0

    def calendar(self, email: str) -> Calendar:
        """The person's calendar; somebody outside gets one that the service never shows."""
        if email not in self.calendars:
            person = self.people.get(email)
            zone = person.zone if person else "Etc/GMT"
            self.calendars[email] = Calendar(email, zone, outside=person is None)
        return self.calendars[email]

    def outlook(self, email: str) -> bool:
        """Is it a mailbox of the Microsoft side?"""
        person = self.people.get(email)
        return person is not None and person.outlook

    def copies(self, event_id: str) -> Iterator[Copy]:
        """Every stored copy of the event, the organiser's included, in the order of addresses."""
        for email in sorted(self.holders.get(event_id, ())):
            yield self.calendars[email].rows[event_id]

    def put(self, copy: Copy) -> Copy:
        """Store a new row and count it as a change."""
        self.calendar(copy.owner).add(copy)
        self.holders.setdefault(copy.id, set()).add(copy.owner)
        self.touch(copy)
        return copy

    def touch(self, copy: Copy, *, quiet: bool = False) -> None:
        """Count a change: new etag, and `updated` unless the change is a quiet one (reminders only)."""
        self.revision += 1
        copy.revision = self.revision
        self.calendars[copy.owner].touched = self.revision
        if not quiet:
            copy.updated = self.now()

    def now(self) -> str:
        return stamp(self.clock())

    def next_number(self) -> int:
        self.made += 1
        return self.made

    def new_id(self, *, outside: bool = False) -> str:
        """An id as the service makes them: 26 characters, or a long one with `_` for an invitation by mail."""
        digest = hashlib.sha256(f"event {self.next_number()}".encode()).digest()
        text = base64.b32hexencode(digest).decode().lower().rstrip("=")
        return f"_{text}" if outside else text[:26]

    def mail(self, kind: str, sender: str, to: str, copy: Copy, *, send: str, comment: str | None = None) -> None:
        """Note the notice that `sendUpdates` would have mailed: `all`, `externalOnly` (outsiders only) or `none`."""
        if send == "none" or to == sender or (send == "externalOnly" and to in self.people):
            return
        answer = row["responseStatus"] if (row := copy.row(sender)) else None
        self.mails.append(
            {
                "kind": kind,
                "from": sender,
                "to": to,
                "event": copy.id,
                "title": copy.body.get("summary", ""),
                "at": self.now(),
            }
            | {"answer": answer if kind == "reply" else None, "comment": comment}
        )
