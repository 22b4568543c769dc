"""Small worlds for policy tests: people, meetings, rules and policies in a line each.

The usual person is Ana in Berlin, the usual day Tuesday 24 November 2026, the usual meeting 10:00-11:00 there with Bob, made a day
before; the usual moment is the Sunday before at 09:00 UTC.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from guardian.model.actions import Mode
from guardian.model.events import Attendee, EventRef, MeetingKey, Occurrence, Response, StoredOccurrence
from guardian.model.people import HolidayCalendar, Member, Person, Schedule
from guardian.model.time import Interval, WallWindow, zone_named
from guardian.policy.model import (
    Bypass,
    Condition,
    Defaults,
    FocusBlock,
    Matcher,
    MeetingFreeDay,
    MeetingLength,
    Place,
    PolicySet,
    Rule,
    Safety,
    Team,
)
from guardian.policy.view import PersonFacts, View

ANA, BOB, CLIENT = "ana@acme.example", "bob@acme.example", "eve@client.example"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
BERLIN = "Europe/Berlin"
WEEKDAYS = frozenset(range(5))
ALL_DAYS = frozenset(range(7))


def utc(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A moment of 2026; the usual meetings are on 24 November."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def window(start: str, end: str, days: Iterable[int] = WEEKDAYS) -> WallWindow:
    return WallWindow(frozenset(days), _minute(start), _minute(end))


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def member(
    email: str = ANA,
    zone: str = BERLIN,
    teams: tuple[str, ...] = (),
    groups: tuple[str, ...] = (),
    holidays: HolidayCalendar | None = None,
    hours: tuple[WallWindow, ...] = (window("09:00", "17:00"),),
) -> Member:
    return Member(Person(email, "google"), teams, groups, Schedule(zone_named(zone), hours, holidays))


def guest(email: str, **changes: Any) -> Attendee:
    return Attendee(email=email, is_self=email == ANA, **changes)


def meeting(
    start: datetime | None = None, minutes: int = 60, people: Iterable[str] = (BOB, ANA), **changes: Any
) -> Occurrence:
    """A meeting that Bob organises and Ana has not answered; `changes` are fields of Occurrence."""
    start = start or utc(24, 9)
    attendees = tuple(guest(p) for p in people)
    usual = Occurrence(
        ref=EventRef(ANA, "primary", "e1"),
        meeting=MeetingKey("uid-1"),
        when=Interval(start, start + timedelta(minutes=minutes)),
        title="Sync",
        organizer=BOB,
        attendees=attendees,
        guests=sum(1 for a in attendees if not a.is_self),
        response=Response.NEEDS_ACTION,
        zone=BERLIN,
        created_at=utc(21, 9),
    )
    return replace(usual, **changes)


def private(**changes: Any) -> Occurrence:
    """As a private meeting comes: time, answer and the number of guests."""
    hidden: dict[str, Any] = {"title": "", "organizer": "", "attendees": (), "private": True, "agenda": None}
    return replace(meeting(), **{**hidden, **changes})


def stored(occurrence: Occurrence, rescheduled_at: datetime | None = None) -> StoredOccurrence:
    return StoredOccurrence(occurrence, first_seen=utc(21, 10), rescheduled_at=rescheduled_at)


class _Ever(dict[str, datetime]):
    """Every rule has been enforced for a long time."""

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key, LONG_AGO)


EVER = _Ever()


def view(occurrence: Occurrence | None = None, who: Member | None = None, **changes: Any) -> View:
    """What `decide` is given; `killed`, `enforced_since` go to the person, the rest are fields of View."""
    facts = PersonFacts(who or member(), changes.pop("enforced_since", EVER), changes.pop("killed", False))
    moved = changes.pop("rescheduled_at", None)
    return View(facts, stored(occurrence or meeting(), moved), **changes)


_lines = count(10)


def rule(
    condition: Condition, rule_id: str = "", action: str = "decline", mode: Mode = Mode.ENFORCE, **changes: Any
) -> Rule:
    """A rule in enforce that declines; `changes` are fields of Rule."""
    kind = type(condition).__name__
    place = Place("config/policies.yaml", next(_lines))
    return Rule(
        rule_id or kind.lower(), kind, condition, action, place, f"print-of-{rule_id or kind}", mode=mode, **changes
    )


def focus(rule_id: str = "focus", start: str = "09:00", end: str = "13:00", **changes: Any) -> Rule:
    return rule(FocusBlock((window(start, end),)), rule_id, **changes)


def free_day(rule_id: str = "free", days: Iterable[int] = (1,), **changes: Any) -> Rule:
    """Tuesday is free."""
    return rule(MeetingFreeDay(frozenset(days)), rule_id, **changes)


def lengths(rule_id: str = "lengths", mine: str = "shorten", others: str = "flag", **changes: Any) -> Rule:
    return rule(MeetingLength(mine=mine, others=others), rule_id, action=mine, **changes)


def entry(entry_id: str, when: Matcher, limit: int | None = None, **changes: Any) -> Bypass:
    return Bypass(entry_id, when, Place("config/policies.yaml", 5), per_organizer_week=limit, **changes)


def policy(
    *rules: Rule,
    bypass: tuple[Bypass, ...] = (),
    teams: tuple[Team, ...] = (),
    safety: Safety | None = None,
    ceiling: Mode = Mode.ENFORCE,
    **defaults: Any,
) -> PolicySet:
    """A policy whose ceiling lets everything through; `defaults` are fields of Defaults."""
    usual: dict[str, Any] = {"internal_domains": ("acme.example",), "timezone": BERLIN}
    return PolicySet(
        version="sha256:test",
        file="config/policies.yaml",
        defaults=Defaults(mode_ceiling=ceiling, **{**usual, **defaults}),
        safety=safety or Safety(),
        teams=teams,
        bypass=bypass,
        rules=rules,
    )


def team(name: str, *members: str, **changes: Any) -> Team:
    return Team(name, Place("config/policies.yaml", 3), members, **changes)
