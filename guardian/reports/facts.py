"""What an occurrence is for the numbers: a meeting of some standing, blocked time, time away, or nothing.

The definitions are those of `docs/methods.md`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from guardian.model.events import EventKind, EventRef, MeetingKey, Occurrence, Response
from guardian.model.time import DayRange, Interval, as_interval
from guardian.reports.crowd import CALENDAR_DOMAINS, Crowd, Size, crowd_of
from guardian.reports.gauge import Gauge
from guardian.reports.spans import Span, length, span, union

# Looked up once: reading a member costs more than all that is done with it.
_MEETING, _AWAY = EventKind.MEETING, EventKind.OUT_OF_OFFICE
_ACCEPTED, _TENTATIVE, _DECLINED, _UNANSWERED = (
    Response.ACCEPTED,
    Response.TENTATIVE,
    Response.DECLINED,
    Response.NEEDS_ACTION,
)
_ONE_ON_ONE = Size.ONE_ON_ONE

LONGEST_MEETING = 600
"""Anything of more minutes is a placeholder (a visit, a rota), not a meeting."""

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


_CONFIRMED, _COUNTED, _INVITED = Standing.CONFIRMED, Standing.COUNTED, Standing.INVITED


class Meeting(NamedTuple):
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


def person_time(occurrences: Iterable[Occurrence], gauge: Gauge) -> PersonTime:
    """Sort what stands in the calendar. Seconds are cut off start and end, so that all sums are exact in minutes. One
    meeting seen twice counts once."""
    standing, zone = each_once(occurrences, gauge.email), gauge.schedule.zone
    away = union(_span(o, zone) for o in standing if o.kind is _AWAY and o.response is not _DECLINED)
    meetings, blocked, placeholders, invitations = [], [], [], []
    inside = inside_of(gauge)
    for occurrence in standing:
        if occurrence.kind is not _MEETING or not occurrence.busy:
            continue
        crowd, when, response = crowd_of(occurrence, gauge.email, inside), _span(occurrence, zone), occurrence.response
        if (occurrence.guardian_key or not crowd.company) and _is_hold(occurrence, crowd):
            continue
        timed = isinstance(occurrence.when, Interval)
        short = timed and when[1] - when[0] <= LONGEST_MEETING
        if short and response is not None and _invited(occurrence, gauge.email):
            invitations.append((when, response is _ACCEPTED))
        if response is _DECLINED:
            continue
        if not (short and crowd.company):
            blocked.append(when)
            if timed and crowd.company:
                placeholders.append(when)
        elif not (away and response is _UNANSWERED and _overlaps(when, away)):
            meetings.append(_meeting(occurrence, gauge, inside, crowd, when))
    meetings.sort(key=itemgetter(0))
    return PersonTime(tuple(meetings), tuple(blocked), tuple(away), tuple(placeholders), tuple(invitations))


def inside_of(gauge: Gauge) -> tuple[str, ...]:
    """The domains that are inside; none where not even the person's own is known, and then nobody is outside."""
    own = gauge.email.rpartition("@")[2] if "@" in gauge.email else ""
    return gauge.internal_domains or ((own,) if own else ())


def _span(occurrence: Occurrence, zone: ZoneInfo) -> Span:
    return span(as_interval(occurrence.when, zone))


def _meeting(occurrence: Occurrence, gauge: Gauge, inside: tuple[str, ...], crowd: Crowd, when: Span) -> Meeting:
    organises = occurrence.is_organizer or (bool(occurrence.organizer) and occurrence.organizer == gauge.email)
    size, eligible = crowd.size(gauge.organisation), False
    agenda = occurrence.agenda
    if agenda is not None and not occurrence.private and size is not _ONE_ON_ONE and when[1] - when[0] >= AGENDA_FROM:
        eligible = organises or _organised_inside(occurrence, inside)
    return Meeting(
        when,
        standing_of(occurrence),
        size,
        occurrence.recurring,
        is_late(occurrence),
        crowd.outside,
        eligible,
        eligible and agenda is not None and not (agenda.characters >= AGENDA_CHARACTERS or agenda.has_document),
        crowd.counted if organises else 0,
    )


def _organised_inside(occurrence: Occurrence, inside: tuple[str, ...]) -> bool:
    domain = occurrence.organizer.rpartition("@")[2]
    return bool(domain) and domain not in CALENDAR_DOMAINS and (not inside or domain in inside)


def is_late(occurrence: Occurrence) -> bool:
    """Whether the invitation was made less than 24 hours before it starts; not known is not late."""
    when, made = occurrence.when, occurrence.created_at
    return not isinstance(when, DayRange) and made is not None and when.start - made < SHORT_NOTICE


def _invited(occurrence: Occurrence, email: str) -> bool:
    """Whether somebody else asked the person."""
    return not occurrence.is_organizer and occurrence.organizer != email


def _overlaps(when: Span, spans: Iterable[Span]) -> bool:
    return any(start < when[1] and when[0] < end for start, end in spans)


def each_once(occurrences: Iterable[Occurrence], email: str) -> Iterable[Occurrence]:
    """What is not cancelled, one copy of each meeting: the one in the person's own mailbox before any other."""
    chosen: dict[MeetingKey | EventRef, Occurrence] = {}
    for occurrence in occurrences:
        if occurrence.cancelled:
            continue
        key = occurrence.meeting if occurrence.meeting.series_uid else occurrence.ref
        other = chosen.get(key)
        if other is None or _copy_rank(occurrence, email) < _copy_rank(other, email):
            chosen[key] = occurrence
    return chosen.values()


def _copy_rank(occurrence: Occurrence, email: str) -> tuple[bool, EventRef]:
    return occurrence.ref.mailbox != email, occurrence.ref


def is_meeting(occurrence: Occurrence, email: str) -> bool:
    """Timed, at most ten hours, at least two people, of whom one other than `email` has not declined."""
    when = occurrence.when
    return isinstance(when, Interval) and length([span(when)]) <= LONGEST_MEETING and has_company(occurrence, email)


def has_company(occurrence: Occurrence, email: str) -> bool:
    """At least two people, of whom one other than `email` has not declined. Rooms are nobody, a group is somebody."""
    return crowd_of(occurrence, email).company


def standing_of(occurrence: Occurrence) -> Standing:
    """Who has no row of their own and still has the event stands by it, as an organiser does."""
    response = occurrence.response
    if response is None or response is _ACCEPTED or occurrence.is_organizer:
        return _CONFIRMED
    if response is _TENTATIVE or not occurrence.optional:
        return _COUNTED
    return _INVITED


def is_focus_hold(occurrence: Occurrence, email: str) -> bool:
    """Time kept free for work, by us, by the service or by another tool: it counts as free."""
    return occurrence.kind is EventKind.FOCUS or _is_hold(occurrence, crowd_of(occurrence, email))


def _is_hold(occurrence: Occurrence, crowd: Crowd) -> bool:
    if occurrence.own_block:
        return True
    if crowd.company:
        return False
    labelled = occurrence.labels and FOCUS_LABEL in [label.lower() for label in occurrence.labels]
    return bool(labelled or FOCUS_TITLE.search(occurrence.title))
