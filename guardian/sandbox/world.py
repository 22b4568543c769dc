"""The organisation of the sandbox, and what people and outsiders do in it with their own hands."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from guardian.sandbox import actions, graph_answers, series, spread, view
from guardian.sandbox.actions import Actor
from guardian.sandbox.clock import SettableClock, system_clock
from guardian.sandbox.copies import EVENT_TYPE_PROPERTIES, Copy
from guardian.sandbox.moments import Body, moment, stamp
from guardian.sandbox.store import Person, Store, Switches

Guest = str | Body
"""An address, or an attendee row (`email`, `responseStatus`, `comment`, `optional`, ...)."""


class World:
    """People, rooms, groups and their calendars.

    What happens here happens as in the service's own user interface: every act mails its notices and reaches every copy.
    All methods may be called while a server is running. Acts that the service would refuse raise ApiError.
    """

    def __init__(self, clock: Callable[[], datetime] | SettableClock = system_clock) -> None:
        self.store = Store(clock)

    @property
    def clock(self) -> Callable[[], datetime]:
        return self.store.clock

    @property
    def switches(self) -> Switches:
        return self.store.switches

    @property
    def people(self) -> dict[str, Person]:
        """Everybody with a mailbox in the organisation, rooms included, by address."""
        return self.store.people

    @property
    def mails(self) -> list[Body]:
        """Every notice that would have been mailed: kind (invitation, update, cancellation, reply), from, to, event, comment."""
        return self.store.mails

    def add_person(
        self,
        email: str,
        name: str = "",
        timezone: str = "Etc/GMT",
        *,
        suspended: bool = False,
        focus_time: bool = True,
        admin: bool = False,
        service: str = "google",
    ) -> Person:
        """`focus_time` is false for an edition without it; `admin` may read the directory.

        `service` is where the mailbox lives: "google" or "outlook". `suspended` is a disabled account.
        """
        person = Person(email, name, timezone, suspended, focus_time, admin, service=service)
        self.store.people[email] = person
        self.store.calendar(email)
        return person

    def add_room(self, email: str, name: str = "", *, service: str = "google") -> Person:
        """A room accepts every invitation by itself."""
        person = Person(email, name, room=True, service=service)
        self.store.people[email] = person
        self.store.calendar(email)
        return person

    def add_account(self, email: str, name: str = "", *, guest: bool = False) -> Person:
        """An account of the Microsoft directory without a mailbox of its own: a guest, or somebody who has none."""
        self.store.accounts[email] = Person(email, name, service="outlook", guest=guest)
        return self.store.accounts[email]

    def add_group(self, email: str, members: Sequence[str]) -> None:
        """Members of an invited group get a copy without a row of their own."""
        self.store.groups[email] = list(members)

    def invite(
        self,
        organizer: str,
        title: str,
        start: date | datetime,
        end: date | datetime,
        attendees: Iterable[Guest] = (),
        *,
        series: Sequence[str] | None = None,
        visibility: str | None = None,
        description: str | None = None,
        location: str | None = None,
        event_type: str = "default",
        timezone: str | None = None,
        created: datetime | None = None,
        event_id: str | None = None,
        answers: dict[str, str] | None = None,
        terms: Body | None = None,
        **fields: Any,
    ) -> str:
        """Create an event and give its id. Dates make an all-day event (the end is exclusive).

        `series` holds RRULE, EXDATE, ... lines, expanded in `timezone` (default: the organiser's). `answers` are given at
        once by the named guests. `created` lies in the past for meetings that are old news. `fields` are further fields of
        the event resource, `terms` those that only Microsoft Graph knows (responseRequested, hideAttendees, ...).
        """
        with self.store.lock:
            zone = timezone or self.store.calendar(organizer).zone
            rows = [{"email": guest} if isinstance(guest, str) else dict(guest) for guest in attendees]
            if rows and organizer not in {row["email"] for row in rows}:
                rows.insert(0, {"email": organizer})
            body: Body = {"id": event_id, "summary": title, "start": moment(start, zone), "end": moment(end, zone)}
            body |= {
                "visibility": visibility,
                "description": description,
                "location": location,
                "attendees": rows or None,
            }
            body |= {"recurrence": list(series) if series else None} | _typed(event_type) | fields
            actor = Actor(organizer, "all")
            copy = actions.insert(self.store, actor, body, created=stamp(created) if created else None, terms=terms)
            given = {row["email"]: row["responseStatus"] for row in rows if "responseStatus" in row} | (answers or {})
            self._first_answers(copy, given, created)
            return copy.id

    def _first_answers(self, copy: Copy, given: dict[str, str], created: datetime | None) -> None:
        """Answers given together with the invitation, without a mail each."""
        for held in self.store.copies(copy.id):
            for email, answer in given.items():
                spread.set_answer(held.row(email), answer, None)
                held.answered[email] = stamp(created) if created else held.updated
            if given.get(held.owner) == "declined" and self.store.outlook(held.owner):
                graph_answers.leave(self.store, held)
            if created:
                held.updated = stamp(created)

    def answer(self, who: str, event_id: str, response: str, comment: str | None = None) -> None:
        """`who` answers by hand: one occurrence (instance id) or the whole series; outsiders answer by mail."""
        with self.store.lock:
            row = {"email": who, "responseStatus": response} | ({"comment": comment} if comment else {})
            if self.store.outlook(who):
                graph_answers.give(self.store, who, event_id, graph_answers.Reply(response, comment))
            elif who in self.store.people:
                body = {"attendeesOmitted": True, "attendees": [row]}
                actions.patch(self.store, Actor(who, "all"), event_id, body)
            else:
                self._answer_from_outside(row, event_id)

    def deliver_answers(self) -> None:
        """Answers kept on their way by the switch `hold_answers` reach their organisers."""
        with self.store.lock:
            waiting, self.store.on_the_way = self.store.on_the_way, []
            for carry in waiting:
                carry()

    def relocate(self, who: str, event_id: str) -> None:
        """`who` moves the item to another folder and back: its ordinary id in Microsoft Graph is another one now."""
        with self.store.lock:
            copy = self.store.calendars[who].rows[event_id]
            copy.relocations += 1
            self.store.touch(copy)

    def _answer_from_outside(self, row: Body, event_id: str) -> None:
        for held in list(self._holders(event_id)):
            spread.set_answer(held.row(row["email"]), row["responseStatus"], row.get("comment"))
            self.store.touch(held)
        hub = self._organizers_copy(event_id)
        self.store.mail("reply", row["email"], hub.organizer, hub, send="all", comment=row.get("comment"))

    def _holders(self, event_id: str) -> list[Copy]:
        hub = self._organizers_copy(event_id)
        owners = self.store.holders.get(event_id, set()) | self.store.holders.get(hub.master or "", set())
        copies = (series.materialise(self.store, self.store.calendars[owner], event_id) for owner in sorted(owners))
        return [copy for copy in copies if copy is not None]

    def _organizers_copy(self, event_id: str) -> Copy:
        """The copy of whoever organises it, outsiders included; KeyError for an unknown event."""
        for calendar in self.store.calendars.values():
            copy = series.find(calendar, event_id)
            if copy is not None:
                hub = series.find(self.store.calendars[copy.organizer], event_id)
                return hub or copy
        raise KeyError(event_id)

    def edit(self, event_id: str, who: str | None = None, **fields: Any) -> None:
        """Patch fields as the organiser, or as `who` on their own copy."""
        with self.store.lock:
            email = who or self._organizers_copy(event_id).organizer
            actions.patch(self.store, Actor(email, "all"), event_id, fields)

    def move(self, event_id: str, start: date | datetime, end: date | datetime) -> None:
        """The organiser moves the event, the series, or (instance id) one occurrence."""
        with self.store.lock:
            hub = self._organizers_copy(event_id)
            zone = hub.body["start"].get("timeZone") or self.store.calendar(hub.organizer).zone
            clear = {"date": None} if isinstance(start, datetime) else {"dateTime": None, "timeZone": None}
            self.edit(event_id, start=clear | moment(start, zone), end=clear | moment(end, zone))

    def cancel(self, event_id: str) -> None:
        """The organiser deletes the event, the series, or (instance id) one occurrence."""
        with self.store.lock:
            actions.delete(self.store, Actor(self._organizers_copy(event_id).organizer, "all"), event_id)

    def delete_copy(self, who: str, event_id: str) -> None:
        """`who` deletes it from their own calendar: an organiser for all, a guest for themselves."""
        with self.store.lock:
            actions.delete(self.store, Actor(who, "all"), event_id)

    def occurrence(self, event_id: str, start: date | datetime) -> str:
        """The id of the series' occurrence that begins at `start` (as the series gives it). KeyError when there is none."""
        with self.store.lock:
            hub = self._organizers_copy(event_id)
            name = series.instance_id(event_id, moment(start, hub.body["start"].get("timeZone", "Etc/GMT")))
            if series.find(self.store.calendars[hub.organizer], name) is None:
                raise KeyError(name)
            return name

    def copy(self, email: str, event_id: str) -> Body:
        """The event as this person's calendar shows it, deleted or not. KeyError when they have no copy."""
        with self.store.lock:
            calendar = self.store.calendars[email]
            found = series.find(calendar, event_id)
            if found is None:
                raise KeyError(event_id)
            return view.event(self.store, calendar, found, view.Look())

    def events(self, email: str, *, deleted: bool = False) -> list[Body]:
        """The rows of the person's calendar as shown to them: single events, series and exceptions."""
        with self.store.lock:
            calendar = self.store.calendars[email]
            rows = [row for row in calendar.rows.values() if deleted or not row.cancelled]
            return [view.event(self.store, calendar, row, view.Look()) for row in rows]

    def answer_of(self, email: str, event_id: str) -> str | None:
        """The person's own answer on their own copy, None without a row of their own."""
        rows = self.copy(email, event_id).get("attendees", [])
        return next((row["responseStatus"] for row in rows if row.get("self")), None)

    def conceal(self, email: str, event_id: str, concealed: bool = True) -> None:
        """Drift: the row no longer appears in increments, only in full reads."""
        with self.store.lock:
            self.store.calendars[email].rows[event_id].concealed = concealed

    def forget(self, email: str, event_id: str) -> None:
        """Drift: the row vanishes without a trace, as if it had never been."""
        with self.store.lock:
            row = self.store.calendars[email].rows.pop(event_id)
            self.store.holders[event_id].discard(email)
            if row.master:
                self.store.calendars[email].exceptions[row.master].pop(event_id)

    def expire_sync_tokens(self, email: str | None = None) -> None:
        """Sync tokens given so far, of one person or of all, are answered with 410 from now on."""
        with self.store.lock:
            self.store.revision += 1
            for calendar in [self.store.calendars[email]] if email else self.store.calendars.values():
                calendar.oldest_token = self.store.revision

    def set_zone(self, email: str, timezone: str) -> None:
        """The person travels: the calendar is told in another zone."""
        with self.store.lock:
            self.store.people[email].zone = timezone
            self.store.calendars[email].zone = timezone


def _typed(event_type: str) -> Body:
    properties = EVENT_TYPE_PROPERTIES.get(event_type)
    return {"eventType": event_type} | ({properties: {"autoDeclineMode": "declineNone"}} if properties else {})
