"""Small values for tests of the store: Ana's calendar on one Sunday in November."""

import os
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from guardian.model.actions import (
    Action,
    Answer,
    Decision,
    Effect,
    Mode,
    Outcome,
    Plan,
    Planned,
    Precondition,
    Restore,
    Verdict,
    action_key,
    verb_of,
)
from guardian.model.events import Attendee, EventRef, MeetingKey, Occurrence, Response
from guardian.model.ledger import Owner
from guardian.model.time import Interval
from guardian.ports import CalendarState, WindowRead
from guardian.reports.weeks import PersonWeek

ANA = "ana@acme.example"
BEN = "ben@acme.example"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WINDOW = Interval(NOW - timedelta(days=14), NOW + timedelta(days=60))
ME = Owner(socket.gethostname(), os.getpid())
ELSEWHERE = Owner("another-host", 1)


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def slot(hour: float, minutes: int = 30) -> Interval:
    start = NOW + timedelta(hours=hour)
    return Interval(start, start + timedelta(minutes=minutes))


def meeting(number: int = 1, *, mailbox: str = ANA, **changes: Any) -> Occurrence:
    """The meeting of that number, `number` hours from now, not answered yet."""
    base = Occurrence(
        ref=EventRef(mailbox, "primary", f"event-{number}"),
        meeting=MeetingKey(f"uid-{number}@acme.example"),
        when=slot(number),
        title=f"Planning {number}",
        organizer=BEN,
        attendees=(Attendee(mailbox, is_self=True), Attendee(BEN, response=Response.ACCEPTED)),
        guests=1,
        response=Response.NEEDS_ACTION,
        etag='"1"',
    )
    return replace(base, **changes)


def window_read(*occurrences: Occurrence, mailbox: str = ANA, **state: Any) -> WindowRead:
    health = CalendarState(mailbox, "google", **{"window": WINDOW, **state})
    return WindowRead(health, occurrences, ())


def decision(occurrence: Occurrence, outcome: Outcome = Outcome.DECLINE, **changes: Any) -> Decision:
    base = Decision(
        member=occurrence.ref.mailbox,
        occurrence=occurrence,
        outcome=outcome,
        rule="focus-time",
        mode=Mode.ENFORCE,
        reason="in the focus window",
        policy_version="sha256:1",
    )
    return replace(base, **changes)


def act(occurrence: Occurrence, effect: Effect | None = None, rule: str = "focus-time") -> Action:
    effect = effect or Answer(Response.DECLINED, "I keep this time free for focus.")
    assert isinstance(occurrence.when, Interval)
    mailbox, verb = occurrence.ref.mailbox, verb_of(effect)
    key = action_key(rule, verb, mailbox, str(occurrence.meeting), occurrence.when.start)
    expects = Precondition(occurrence.when, occurrence.response, occurrence.organizer, occurrence.etag)
    return Action(key, mailbox, occurrence.ref, occurrence.meeting, rule, expects, effect)


def undo(action: Action) -> Action:
    return replace(action, key=f"undo-{action.key}", effect=Restore(Response.NEEDS_ACTION, ""))


def go(occurrence: Occurrence, effect: Effect | None = None) -> Planned:
    return Planned(act(occurrence, effect), Verdict.GO, "in the focus window", decision(occurrence))


def hold(occurrence: Occurrence, held_by: str = "hold", until: datetime | None = None) -> Planned:
    return Planned(act(occurrence), Verdict.HOLD, f"held by {held_by}", decision(occurrence), held_by, until)


def plan(*items: Planned, decisions: tuple[Decision, ...] = ()) -> Plan:
    made = [item.decision for item in items if item.decision]
    return Plan(NOW, "sha256:1", (*made, *decisions), items)


def person_week(person: str = ANA, week: str = "2026-W47", **changes: Any) -> PersonWeek:
    return replace(PersonWeek(person=person, week=week, zone="Europe/Madrid"), **changes)
