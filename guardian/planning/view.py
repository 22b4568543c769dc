"""What `decide` needs to know about each coming occurrence, made from stored facts and the ledger."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from guardian.model.actions import Shorten
from guardian.model.events import EventKind, MeetingKey, Occurrence, Response, StoredOccurrence
from guardian.model.ledger import OutboxRow, Veto
from guardian.model.people import Member
from guardian.model.time import Interval, as_interval
from guardian.planning.history import Memory, Rows, by_meeting, done, own_answer, start_of
from guardian.policy.view import PersonFacts, View

__all__ = ["CROWD", "FLIPS", "Memory", "future", "series_edits", "views"]

FLIPS = 3
"""So many changes of hands within 24 hours freeze an occurrence."""

CROWD = 64
"""An occurrence lists at most so many clashes, and of a greater crowd those that were created first are kept at hand: nobody
can attend more, and a hostile calendar stays affordable."""


def views(
    person: PersonFacts,
    stored: Sequence[StoredOccurrence],
    members: Mapping[str, Member],
    memory: Memory,
    now: datetime,
) -> list[View]:
    """One view for each occurrence that is not over, by start, then event id.

    `stored` is the person's calendar, past occurrences included where known; `members` are all enrolled people by address.
    """
    known = _Known(memory, stored)
    coming = future(stored, person.member.zone, now)
    clashes = _clashes(coming)
    return [_view(person, item, clashes.get(n, ()), members, known) for n, item in enumerate(coming)]


def future(stored: Sequence[StoredOccurrence], zone: ZoneInfo, now: datetime) -> list[StoredOccurrence]:
    """Those that end after `now`, by start, then event id."""
    spans = [(as_interval(item.occurrence.when, zone), item) for item in stored]
    coming = [(span.start, item.occurrence.ref.event_id, n) for n, (span, item) in enumerate(spans) if span.end > now]
    return [spans[n][1] for _, _, n in sorted(coming)]


class _Known:
    """The memory, arranged for look-ups by meeting."""

    def __init__(self, memory: Memory, stored: Sequence[StoredOccurrence]) -> None:
        self.flips = memory.flips
        self.rows = by_meeting(memory.rows)
        self.vetoes: dict[MeetingKey, list[Veto]] = {}
        for veto in memory.vetoes:
            self.vetoes.setdefault(veto.meeting, []).append(veto)
        self.kept = {row.meeting.series_uid for row in _edited_back(self.rows, stored)}

    def bound(self, occurrence: Occurrence) -> frozenset[str]:
        starts = {start_of(occurrence.when), *self._starts_before(occurrence)}
        return frozenset(v.rule for v in self.vetoes.get(occurrence.meeting, ()) if start_of(v.when) in starts)

    def _starts_before(self, occurrence: Occurrence) -> Iterator[datetime | date]:
        """Where it began before it got its present time from us: no "no" is lost because we moved the start."""
        for row in done(self.rows.get(occurrence.meeting, ()), Shorten):
            was, effect = row.action.expects.when, row.action.effect
            if was is not None and isinstance(effect, Shorten) and effect.when == occurrence.when:
                yield start_of(was)

    def series_kept(self, occurrence: Occurrence) -> bool:
        uid = occurrence.meeting.series_uid
        return uid in self.kept or (occurrence.recurring and MeetingKey(uid) in self.vetoes)


def _view(
    person: PersonFacts,
    stored: StoredOccurrence,
    clashes: tuple[StoredOccurrence, ...],
    members: Mapping[str, Member],
    known: _Known,
) -> View:
    occurrence = stored.occurrence
    return View(
        person,
        stored,
        clashes=clashes,
        our_answer=_our_answer(known.rows.get(occurrence.meeting, ()), occurrence),
        organizer_member=members.get(occurrence.organizer),
        bound_rules=known.bound(occurrence),
        frozen=known.flips.get(str(occurrence.meeting), 0) >= FLIPS,
        series_kept=known.series_kept(occurrence),
    )


def _our_answer(rows: Rows, occurrence: Occurrence) -> Response | None:
    return occurrence.response if own_answer(rows, occurrence) else None


# --- clashes ---------------------------------------------------------------------------------------------------------


def _clashes(coming: Sequence[StoredOccurrence]) -> dict[int, tuple[StoredOccurrence, ...]]:
    """By position: one sweep over the starts, with the meetings that are still going on at hand."""
    found: dict[int, list[int]] = {}
    times = {n: when for n, item in enumerate(coming) if (when := _busy_time(item.occurrence))}
    going: list[int] = []
    for n, when in times.items():
        going = [m for m in going if times[m].end > when.start]
        for m in going:
            _note(found, n, m)
            _note(found, m, n)
        going = _earliest([*going, n], coming)
    return {n: tuple(coming[m] for m in others) for n, others in found.items()}


def _note(found: dict[int, list[int]], one: int, other: int) -> None:
    others = found.setdefault(one, [])
    if len(others) < CROWD:
        others.append(other)


def _earliest(going: list[int], coming: Sequence[StoredOccurrence]) -> list[int]:
    if len(going) <= CROWD:
        return going
    return sorted(going, key=lambda m: (coming[m].created_at, m))[:CROWD]


def _busy_time(occurrence: Occurrence) -> Interval | None:
    """When the person is in this meeting, None for what is no busy meeting of theirs."""
    meeting = occurrence.kind is EventKind.MEETING and occurrence.busy and not occurrence.cancelled
    if not meeting or occurrence.own_block or occurrence.response is Response.DECLINED:
        return None
    when = occurrence.when
    return when if isinstance(when, Interval) and when.start < when.end else None


# --- lengths that somebody edited back -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Edited:
    row: OutboxRow
    meeting: MeetingKey


def series_edits(stored: Sequence[StoredOccurrence], memory: Memory) -> list[Veto]:
    """What to remember for good: vetoes on whole series whose shortened length somebody edited back.

    Each names the series itself (a key without an original start) and is not in the memory yet.
    """
    remembered = {(veto.meeting, veto.rule) for veto in memory.vetoes}
    found: dict[tuple[MeetingKey, str], Veto] = {}
    for item in _edited_back(by_meeting(memory.rows), stored):
        series, action = MeetingKey(item.meeting.series_uid), item.row.action
        if item.row.before is not None and (series, action.rule) not in remembered:
            found[series, action.rule] = Veto(action.mailbox, series, item.row.before.when, action.rule)
    return list(found.values())


def _edited_back(rows: Mapping[MeetingKey, Rows], stored: Sequence[StoredOccurrence]) -> Iterator[_Edited]:
    now = {item.occurrence.meeting: item.occurrence for item in stored} if rows else {}
    for meeting, acts in rows.items():
        for row in acts:
            if isinstance(row.action.effect, Shorten) and _lengthened(row, row.action.effect, now.get(meeting)):
                yield _Edited(row, meeting)


def _lengthened(row: OutboxRow, effect: Shorten, present: Occurrence | None) -> bool:
    if row.state == "undone":
        return True
    if row.state != "done" or present is None or not isinstance(present.when, Interval):
        return False
    return present.when.length > effect.when.length
