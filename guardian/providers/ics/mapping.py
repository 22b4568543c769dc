"""From an instance of a VEVENT to an `Occurrence` on one person's calendar."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property

from guardian.model.agenda import measure
from guardian.model.events import (
    FOCUS_MARK,
    Agenda,
    Attendee,
    EventKind,
    EventRef,
    MeetingKey,
    Occurrence,
    Response,
)
from guardian.providers.ics.component import Component, Stamp
from guardian.providers.ics.series import Instance
from guardian.providers.ics.source import Property, texts

CALENDAR = "ics"
MARK = "X-GUARDIAN"
COMMENT = "X-RESPONSE-COMMENT"
LONGEST_TITLE = 1000
LONGEST_NAME = 200
LONGEST_ADDRESS = 320
FIRST_CREDIBLE = datetime(1971, 1, 1, tzinfo=UTC)
"""Google writes CREATED:19000101T120000Z where it does not know."""

RESPONSES = {
    "ACCEPTED": Response.ACCEPTED,
    "DECLINED": Response.DECLINED,
    "TENTATIVE": Response.TENTATIVE,
    "NEEDS-ACTION": Response.NEEDS_ACTION,
    "DELEGATED": Response.DECLINED,
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_UTC = re.compile(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z?")
_JOIN = re.compile(
    r"https://[^\s<>\"]*(?:zoom\.us/|meet\.google\.com/|teams\.microsoft\.com/l/meetup|teams\.live\.com/meet|webex\.com/|whereby\.com/|meet\.jit\.si/)",
    re.IGNORECASE,
)
_JOIN_NAMES = (
    "CONFERENCE",
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
    "X-MICROSOFT-ONLINEMEETINGCONFLINK",
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose calendar it is. `name` finds them among the invited where no address is known.

    `all_theirs` (reports on single files): what stands in the calendar without listing them is theirs and confirmed.
    """

    mailbox: str
    name: str = ""
    all_theirs: bool = False

    def is_row(self, item: Property) -> bool:
        if address(item.value) == self.mailbox:
            return True
        return bool(self.name) and item.params.get("CN", "").strip().casefold() == self.name.casefold()


class Details:
    """What every occurrence of one component shares, read once."""

    def __init__(self, component: Component, owner: Owner) -> None:
        self.component = component
        self.owner = owner

    def occurrence(self, instance: Instance) -> Occurrence:
        """The occurrence as this person's calendar shows it, stripped when it is private."""
        uid, original = self.component.uid, instance.original
        return replace(
            self._shared,
            ref=EventRef(self.owner.mailbox, CALENDAR, event_id(uid, original)),
            meeting=MeetingKey(uid, str(original) if original else ""),
            when=instance.when,
            series_id=uid if original else None,
            cancelled=instance.cancelled,
        )

    @cached_property
    def _shared(self) -> Occurrence:
        rows = tuple(self._attendees())
        public = Occurrence(
            ref=EventRef(self.owner.mailbox, CALENDAR, ""),
            meeting=MeetingKey(self.component.uid),
            when=self.component.length.when(self.component.start),
            title=line(self.component.text("SUMMARY"), LONGEST_TITLE),
            organizer=self._organizer,
            organizer_name=self._organizer_name,
            attendees=rows,
            guests=sum(1 for a in rows if not a.is_self and not a.resource),
            response=self._response(),
            comment=self.own_row.params.get(COMMENT, "") if self.own_row else "",
            is_organizer=self.is_organizer,
            optional=any(a.is_self and a.optional for a in rows),
            busy=self._busy(),
            kind=self._kind(),
            agenda=self._agenda(),
            labels=self._labels(),
            conference=self._conference(),
            zone=self._zone(),
            created_at=instant(self.component.text("CREATED")),
            updated_at=instant(self.component.text("LAST-MODIFIED")) or instant(self.component.text("DTSTAMP")),
            etag=etag(self.component),
            guardian_key=self._guardian_key(),
        )
        return self._stripped(public) if self._private() else public

    @staticmethod
    def _stripped(public: Occurrence) -> Occurrence:
        return replace(
            public, title="", organizer="", organizer_name="", attendees=(), agenda=None, labels=(), private=True
        )

    @cached_property
    def own_row(self) -> Property | None:
        return next((item for item in self.component.all("ATTENDEE") if self.owner.is_row(item)), None)

    @cached_property
    def _organizer(self) -> str:
        """The organiser's address; an event without one and without guests is the person's own."""
        item = self.component.first("ORGANIZER")
        if item is not None:
            return address(item.value)
        return "" if self.component.first("ATTENDEE") else self.owner.mailbox

    @property
    def _organizer_name(self) -> str:
        item = self.component.first("ORGANIZER")
        return line(item.params.get("CN", ""), LONGEST_NAME) if item else ""

    @cached_property
    def is_organizer(self) -> bool:
        item = self.component.first("ORGANIZER")
        return self.owner.is_row(item) if item else self._organizer == self.owner.mailbox

    def _attendees(self) -> Iterator[Attendee]:
        seen: set[str] = set()
        for item in self.component.all("ATTENDEE"):
            email = address(item.value)
            if email in seen:
                continue
            seen.add(email)
            kind, role = item.params.get("CUTYPE", "").upper(), item.params.get("ROLE", "").upper()
            yield Attendee(
                email=email,
                name=line(item.params.get("CN", ""), LONGEST_NAME),
                response=answer_of(item),
                optional=role == "OPT-PARTICIPANT",
                resource=kind in ("ROOM", "RESOURCE"),
                group=kind == "GROUP",
                is_self=self.owner.is_row(item),
                extra_guests=_number(item.params.get("X-NUM-GUESTS", "")),
            )

    def _response(self) -> Response | None:
        """The own row's answer; without one, the organiser and the owner of a solitary event have said yes."""
        if self.own_row is not None:
            explicit = "PARTSTAT" in self.own_row.params
            return Response.ACCEPTED if self.is_organizer and not explicit else answer_of(self.own_row)
        if self.owner.all_theirs or self.is_organizer or self.component.first("ATTENDEE") is None:
            return Response.ACCEPTED
        return None

    def _word(self, name: str) -> str:
        return self.component.text(name).strip().upper()

    def _busy(self) -> bool:
        status = self._word("X-MICROSOFT-CDO-BUSYSTATUS")
        return self._word("TRANSP") != "TRANSPARENT" and status not in ("FREE", "WORKINGELSEWHERE")

    def _kind(self) -> EventKind:
        if (self._guardian_key() or "").startswith(FOCUS_MARK):
            return EventKind.FOCUS
        status = self._word("X-MICROSOFT-CDO-BUSYSTATUS")
        if status == "OOF":
            return EventKind.OUT_OF_OFFICE
        if status == "WORKINGELSEWHERE" and self.component.first("ATTENDEE") is None:
            return EventKind.WORKING_LOCATION
        return EventKind.MEETING

    def _private(self) -> bool:
        return self._word("CLASS") in ("PRIVATE", "CONFIDENTIAL")

    def _agenda(self) -> Agenda:
        text = self.component.text("DESCRIPTION") or self.component.text("X-ALT-DESC")
        return measure(text, self.component.first("ATTACH") is not None)

    def _labels(self) -> tuple[str, ...]:
        return tuple(
            line(label, LONGEST_NAME) for item in self.component.all("CATEGORIES") for label in texts(item.value)
        )

    def _conference(self) -> bool:
        if any(self.component.first(name) for name in _JOIN_NAMES):
            return True
        return any(_JOIN.search(self.component.text(name)[:100_000]) for name in ("LOCATION", "URL", "DESCRIPTION"))

    def _zone(self) -> str | None:
        zone = self.component.start.zone
        if zone is None or zone.name in (None, "UTC", "Etc/UTC"):
            return self.component.zones.default.name if self.component.zones.default else None
        return zone.name

    def _guardian_key(self) -> str | None:
        """Our marks: on the own row for an answer, properties for a flag or a block."""
        marks = [item.value.strip() for item in self.component.all(MARK)]
        if self.own_row and (mark := self.own_row.params.get(MARK)):
            marks.append(mark)
        return " ".join(marks) or None


def instant(text: str) -> datetime | None:
    """A UTC time stamp, None where there is none worth believing."""
    match = _UTC.fullmatch(text.strip().upper())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups())
    try:
        found = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None
    return found if found >= FIRST_CREDIBLE else None


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else 0


def answer_of(item: Property) -> Response:
    return RESPONSES.get(item.params.get("PARTSTAT", "NEEDS-ACTION").upper(), Response.NEEDS_ACTION)


def address(value: str) -> str:
    """The e-mail address of a calendar user, lower case; other addresses stay as they are."""
    text = value.strip().lower()
    return (text[7:].strip() if text.startswith("mailto:") else text)[:LONGEST_ADDRESS]


def line(text: str, longest: int) -> str:
    """Text as one line, without control characters, cut."""
    return _CONTROL.sub(" ", text[: longest * 4]).strip()[:longest]


def etag(component: Component) -> str:
    """Changes whenever a byte of the component does; other events of the file do not touch it."""
    return hashlib.sha256(component.source.bytes_of(component.block)).hexdigest()[:32]


def event_id(uid: str, original: Stamp | None) -> str:
    """`<uid>`, for one occurrence of a series `<uid>#20261124T100000Z` (or `#20261124`): its start by the rule."""
    return uid if original is None else f"{uid}#{str(original).replace('-', '').replace(':', '')}"


def event_parts(text: str) -> tuple[str, str]:
    """The UID and the start by the rule (RFC 3339 or a date; empty for a single event) out of an event id."""
    uid, mark, tail = text.rpartition("#")
    try:
        if mark and len(tail) == 8:
            return uid, date.fromisoformat(tail).isoformat()
        if mark and len(tail) == 16 and tail.endswith("Z"):
            return uid, f"{datetime.fromisoformat(tail):%Y-%m-%dT%H:%M:%SZ}"
    except ValueError:
        return text, ""
    return text, ""
