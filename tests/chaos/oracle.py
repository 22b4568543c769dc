"""What must never happen, checked on every call that reached the service, in order.

The oracle knows every meeting as people made it and every answer with whoever gave it; it believes nothing of the ledger.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from guardian.sandbox.server import Entry
from tests.engine.town import Town, given_by

FREEZE = timedelta(hours=2) - timedelta(minutes=3)
"""`freeze_before`, less what one look at an event may take."""

WRITTEN = ("done", "undone", "cannot_restore")

HAND, OURS = "by hand", "by the guardian"


@dataclass
class Meeting:
    event: str
    organizer: str
    start: datetime
    private: bool = False


@dataclass
class Oracle:
    """`answers` hold response, giver and what stood before for each person and event. `given` counts declines per person, event and
    start, `returned` how often an earlier answer was given back."""

    place: Town
    meetings: dict[str, Meeting] = field(default_factory=dict)
    answers: dict[tuple[str, str], tuple[str, str, str]] = field(default_factory=dict)
    given: Counter[tuple[str, str, datetime]] = field(default_factory=Counter)
    returned: Counter[tuple[str, str]] = field(default_factory=Counter)
    blocks: set[str] = field(default_factory=set)
    seen: int = 0

    def invited(self, meeting: Meeting, guests: list[str]) -> None:
        self.absorb()
        self.meetings[meeting.event] = meeting
        for guest in guests:
            self.answers[guest, meeting.event] = ("needsAction", HAND, "needsAction")

    def answered(self, who: str, event: str, response: str) -> None:
        self.absorb()
        self.answers[who, event] = (response, HAND, response)

    def absorb(self) -> None:
        """Check every call since the last look."""
        for entry in self.place.sandbox.writes:
            if entry.number > self.seen:
                self.seen = entry.number
                self._check(entry)

    def _check(self, entry: Entry) -> None:
        assert entry.person is not None
        assert self.place.is_enrolled(entry.person), "I1: only people enrolled"
        if not entry.applied or entry.event is None:
            return
        if entry.verb == "POST":
            self._check_block(entry.body)
            self.blocks.add(entry.event)
        elif entry.event in self.blocks:
            assert entry.verb in ("PATCH", "DELETE")
        else:
            self._check_change(entry, entry.person, entry.event)

    @staticmethod
    def _check_block(body: dict[str, Any]) -> None:
        assert body["eventType"] == "focusTime"
        assert body["focusTimeProperties"]["autoDeclineMode"] == "declineNone"
        assert "attendees" not in body

    def _check_change(self, entry: Entry, person: str, event: str) -> None:
        assert entry.verb == "PATCH", "I1: no meeting is ever deleted"
        allowed = {"attendees", "attendeesOmitted", "extendedProperties", "colorId"}
        assert set(entry.body) <= allowed, "I1: nothing but answer and label"
        given = given_by(entry)
        if given is None:
            assert "sendUpdates=none" in entry.query, "a label tells nobody"
        elif given.response == "declined":
            self._check_decline(person, event, datetime.fromisoformat(entry.at))
        else:
            self._check_return(person, event, given.response)

    def _check_decline(self, person: str, event: str, now: datetime) -> None:
        meeting, (response, _, _) = self.meetings[event], self.answers[person, event]
        assert response == "needsAction", f"I2, I5: {response} was answered already"
        assert meeting.organizer != person, "I2: never an own meeting"
        assert not meeting.private, "I2: never a private one"
        assert meeting.start - now >= FREEZE, "I2: never inside the freeze"
        self.answers[person, event] = ("declined", OURS, response)
        self.given[person, event, meeting.start] += 1
        assert self.given[person, event, meeting.start] <= 1 + self.returned[person, event], "I3: at most once"

    def _check_return(self, person: str, event: str, response: str) -> None:
        _, giver, before = self.answers[person, event]
        assert giver == OURS, "I5: only our own answers are taken back"
        assert response == before, "I15: what stood before is given back"
        self.answers[person, event] = (response, HAND, response)
        self.returned[person, event] += 1

    def check_the_ledger(self) -> None:
        """Every decline that the service saw is known as done, unless its event is gone."""
        done = {(row.action.mailbox, row.action.ref.event_id) for row in self.place.rows(*WRITTEN) if row.action.ref}
        for person, event, _ in self.given:
            if self.place.world.copy(person, event)["status"] != "cancelled":
                assert (person, event) in done, "I4, I15: what was done is known as done"
        assert self.place.store.ledger.verify_audit() is None

    @property
    def effects(self) -> int:
        return self.given.total() + self.returned.total()
