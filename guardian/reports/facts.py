"""What an occurrence is for the numbers: a meeting of some standing, blocked time, time away, or nothing.

The definitions are those of `docs/methods.md`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from operator import attrgetter

from guardian.model.events import EventKind, EventRef, MeetingKey, Occurrence, Response
from guardian.model.time import DayRange, as_interval
from guardian.reports.crowd import CALENDAR_DOMAINS, Crowd, Size, crowd_of
from guardian.reports.gauge import Gauge
from guardian.reports.spans import Span, span, union

LONGEST_MEETING = timedelta(hours=10)
"""Anything longer is a placeholder (a visit, a rota), not a meeting."""

SHORT_NOTICE = timedelta(hours=24)

AGENDA_FROM = 25
"""Minutes from which on a meeting should have an agenda."""

AGENDA_CHARACTERS = 40
"""So much text must be left of the description without boilerplate."""

FOCUS_TITLE = re.compile(
    r"^\W*(?:focus (?:time|block)|deep work)\b|\(via (?:clockwise|reclaim)\)|\bvia clockwise\b", re.IGNORECASE
)
FOCUS_LABEL = "focus time"


class Standing(IntEnum):
    """How sure it is that the person attends; each view contains the ones above it."""

    CONFIRMED = 1
    COUNTED = 2
    INVITED = 3


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting of one person. `eligible` should have an agenda, `lacking` has none. `load` is how many people inside
    count as attending where the person organises, else 0."""

    span: Span
    standing: Standing
    size: Size = Size.SMALL
    recurring: bool = False
    late: bool = False
    outside: bool = False
    eligible: bool = False
    lacking: bool = False
    load: int = 0


@dataclass(frozen=True, slots=True)
class PersonTime:
    """One person's calendar as the numbers need it, in whole minutes. Nothing is clipped; `meetings` stand by start, `away`
    is a set. `invitations` say whether they were accepted; `placeholders` would be meetings if they were shorter."""

    meetings: tuple[Meeting, ...]
    blocked: tuple[Span, ...]
    away: tuple[Span, ...]
    placeholders: tuple[Span, ...] = ()
    invitations: tuple[tuple[Span, bool], ...] = ()


def person_time(occurrences: Iterable[Occurrence], email: str, zone: ZoneInfo) -> PersonTime:
    """Sort what stands in the calendar of `email`, whose all-day events lie in `zone`.

    Seconds are cut off start and end, so that all sums are exact in minutes. One meeting seen twice counts once.
    """
    standing = [o for o in each_once(occurrences, email) if o.response is not Response.DECLINED]
    away = tuple(whole_minutes(o, zone) for o in standing if o.kind is EventKind.OUT_OF_OFFICE)
    meetings, blocked = [], []
    for occurrence in standing:
        if occurrence.kind is not EventKind.MEETING or not occurrence.busy:
            continue
        interval = whole_minutes(occurrence, zone)
        if not is_meeting(occurrence, email):
            blocked.append(interval)
        elif not (occurrence.response is Response.NEEDS_ACTION and any(interval.overlaps(a) for a in away)):
            meetings.append(Meeting(interval, standing_of(occurrence)))
    return PersonTime(tuple(meetings), tuple(blocked), away)


def each_once(occurrences: Iterable[Occurrence], email: str) -> list[Occurrence]:
    """What is not cancelled, one copy of each: the one in the person's own mailbox before any other."""
    chosen: dict[MeetingKey | EventRef, Occurrence] = {}
    for occurrence in occurrences:
        if occurrence.cancelled:
            continue
        key = occurrence.meeting if occurrence.meeting.series_uid else occurrence.ref
        other = chosen.get(key)
        if other is None or _copy_rank(occurrence, email) < _copy_rank(other, email):
            chosen[key] = occurrence
    return list(chosen.values())


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
    return crowd_of(occurrence, email).company


def standing_of(occurrence: Occurrence) -> Standing:
    """Who has no row of their own and still has the event stands by it, as an organiser does."""
    if occurrence.is_organizer or occurrence.response in (None, Response.ACCEPTED):
        return Standing.CONFIRMED
    if occurrence.response is Response.TENTATIVE or not occurrence.optional:
        return Standing.COUNTED
    return Standing.INVITED


def is_focus_hold(occurrence: Occurrence, email: str) -> bool:
    """Time kept free for work, by us, by the service or by another tool: it counts as free."""
    return occurrence.kind is EventKind.FOCUS or _is_hold(occurrence, crowd_of(occurrence, email))


def _is_hold(occurrence: Occurrence, crowd: Crowd) -> bool:
    if occurrence.own_block:
        return True
    if crowd.company:
        return False
    labelled = occurrence.labels and FOCUS_LABEL in [label.lower() for label in occurrence.labels]
    return bool(labelled or FOCUS_TITLE.search(occurrence.title)) and not has_company(occurrence, email)


def whole_minutes(occurrence: Occurrence, zone: ZoneInfo) -> Interval:
    """Where it lies for somebody in that zone, without the seconds."""
    interval = as_interval(occurrence.when, zone)
    start, end = interval.start, interval.end
    if not (start.second or start.microsecond or end.second or end.microsecond):
        return interval
    return Interval(start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0))
