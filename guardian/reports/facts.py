"""What an occurrence is for the numbers: a meeting of some standing, blocked time, time away, or nothing.

The definitions are those of `docs/methods.md`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from guardian.model.events import Attendee, EventKind, EventRef, MeetingKey, Occurrence, Response
from guardian.model.time import DayRange, Interval, as_interval

LONGEST_MEETING = timedelta(hours=10)
"""Anything longer is a placeholder (a visit, a rota), not a meeting."""

FOCUS_TITLE = re.compile(
    r"^\W*(?:focus (?:time|block)|deep work)\b|\(via (?:clockwise|reclaim)\)|\bvia clockwise\b", re.IGNORECASE
)
FOCUS_LABEL = "focus time"
CALENDAR_DOMAINS = ("group.calendar.google.com", "resource.calendar.google.com")
"""Where organisers live that are calendars, not people."""


class Standing(IntEnum):
    """How sure it is that the person attends; each view contains the ones above it."""

    CONFIRMED = 1
    COUNTED = 2
    INVITED = 3


@dataclass(frozen=True, slots=True)
class Meeting:
    interval: Interval
    standing: Standing


@dataclass(frozen=True, slots=True)
class PersonTime:
    """One person's calendar as the numbers need it, in whole minutes. Nothing is clipped or united yet."""

    meetings: tuple[Meeting, ...]
    blocked: tuple[Interval, ...]
    away: tuple[Interval, ...]


def person_time(occurrences: Iterable[Occurrence], email: str, zone: ZoneInfo) -> PersonTime:
    """Sort what stands in the calendar of `email`, whose all-day events lie in `zone`.

    Seconds are cut off start and end, so that all sums are exact in minutes. One meeting seen twice counts once.
    """
    standing = _each_once(occurrences, email)
    away = tuple(_minutes(o, zone) for o in standing if o.kind is EventKind.OUT_OF_OFFICE)
    meetings, blocked = [], []
    for occurrence in standing:
        if occurrence.kind is not EventKind.MEETING or not occurrence.busy or is_focus_hold(occurrence, email):
            continue
        interval = _minutes(occurrence, zone)
        if not is_meeting(occurrence, email):
            blocked.append(interval)
        elif not (occurrence.response is Response.NEEDS_ACTION and any(interval.overlaps(a) for a in away)):
            meetings.append(Meeting(interval, standing_of(occurrence)))
    return PersonTime(tuple(meetings), tuple(blocked), away)


def _each_once(occurrences: Iterable[Occurrence], email: str) -> list[Occurrence]:
    """What is not cancelled or declined, one copy of each: the one in the person's own mailbox before any other."""
    chosen: dict[MeetingKey | EventRef, Occurrence] = {}
    for occurrence in occurrences:
        if occurrence.cancelled:
            continue
        key = occurrence.meeting if occurrence.meeting.series_uid else occurrence.ref
        other = chosen.get(key)
        if other is None or _copy_rank(occurrence, email) < _copy_rank(other, email):
            chosen[key] = occurrence
    return [o for o in chosen.values() if o.response is not Response.DECLINED]


def _copy_rank(occurrence: Occurrence, email: str) -> tuple[bool, EventRef]:
    return occurrence.ref.mailbox != email, occurrence.ref


def is_meeting(occurrence: Occurrence, email: str) -> bool:
    """Timed, at most ten hours, at least two people, of whom one other than `email` has not declined."""
    when = occurrence.when
    if isinstance(when, DayRange) or when.length > LONGEST_MEETING:
        return False
    return has_company(occurrence, email)


def has_company(occurrence: Occurrence, email: str) -> bool:
    """At least two people, of whom one other than `email` has not declined. Rooms are nobody, a group is somebody."""
    if occurrence.guests and (occurrence.private or not occurrence.guests_known):
        return True
    others = [a for a in occurrence.attendees if not (a.is_self or a.resource or a.email == email)]
    if _hidden_organizer(occurrence, email):
        others.append(Attendee(occurrence.organizer))
    if not any(a.response is not Response.DECLINED for a in others):
        return any(a.is_self and a.extra_guests for a in occurrence.attendees)
    # Somebody whose own address is unknown may be the only one listed; then one row is one person, not two.
    return "@" in email or len(others) >= 2 or len(others) < len(occurrence.humans) or others[0].group


def _hidden_organizer(occurrence: Occurrence, email: str) -> bool:
    """Whether somebody else organises whom the service does not list; calendars that organise are not people."""
    organizer = occurrence.organizer
    if not organizer or occurrence.is_organizer or organizer == email or organizer.endswith(CALENDAR_DOMAINS):
        return False
    if not occurrence.attendees:
        return not occurrence.guests_known
    return organizer not in [a.email for a in occurrence.attendees]


def standing_of(occurrence: Occurrence) -> Standing:
    """Who has no row of their own and still has the event stands by it, as an organiser does."""
    if occurrence.is_organizer or occurrence.response in (None, Response.ACCEPTED):
        return Standing.CONFIRMED
    if occurrence.response is Response.TENTATIVE or not occurrence.optional:
        return Standing.COUNTED
    return Standing.INVITED


def is_focus_hold(occurrence: Occurrence, email: str) -> bool:
    """Time kept free for work, by us, by the service or by another tool: it counts as free."""
    if occurrence.kind is EventKind.FOCUS or occurrence.own_block:
        return True
    labelled = occurrence.labels and FOCUS_LABEL in [label.lower() for label in occurrence.labels]
    return bool(labelled or FOCUS_TITLE.search(occurrence.title)) and not has_company(occurrence, email)


def _minutes(occurrence: Occurrence, zone: ZoneInfo) -> Interval:
    interval = as_interval(occurrence.when, zone)
    start, end = interval.start, interval.end
    if not (start.second or start.microsecond or end.second or end.microsecond):
        return interval
    return Interval(start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0))
