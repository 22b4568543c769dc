"""One meeting or one series: people's time, money, the focus it costs, its agenda, its history, and what was decided about it."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from guardian.engine.gauge import gauge_of
from guardian.engine.house import Engine
from guardian.engine.people import member_named, policy_now
from guardian.engine.reporting.load import rates_of
from guardian.engine.reporting.series import EVERYTHING, Eyes, Reader, told
from guardian.errors import InputError
from guardian.model.events import Occurrence, StoredOccurrence
from guardian.model.ledger import DecisionRow
from guardian.model.time import Interval, Week, local_date
from guardian.reports.attending import Together, meetings_of
from guardian.reports.cost import FEWEST_ATTENDEES, Rates, price
from guardian.reports.focus_cost import focus_cost
from guardian.reports.gauge import Gauge
from guardian.reports.meeting_body import agenda_body, change_rows, occurrence_row, share_of
from guardian.reports.money_body import money, note
from guardian.reports.run import decision
from guardian.reports.series import EIGHT_WEEKS
from guardian.reports.series_body import Words

SCHEMA = "guardian.report.meeting/1"
MOST_PEOPLE = 200
"""So many calendars at most are gone through for focus and cost; beyond that both are of these and `at_least` says so."""

MOST_OCCURRENCES = 26


class UnknownMeeting(InputError):
    """Nobody has such a meeting in a calendar that is read."""


def meeting_report(engine: Engine, name: str, *, eyes: Eyes = EVERYTHING) -> dict[str, Any]:
    """The body of `guardian.report.meeting/1` for a meeting's key or a series' UID, the last eight weeks and what is to come.

    Titles, history and whose calendar says what are for those who take part (their own calendar) and for who sees everything.
    Money is told for three colleagues or more; the focus of colleagues only where each occurrence has `min_group` of them. Raises
    UnknownMeeting, also for eyes that may not see it.
    """
    found = _find(engine, name)
    chosen = [copy for copy in found if name in (copy.occurrence.meeting.series_uid, str(copy.occurrence.meeting))]
    if not chosen or not eyes.sees([copy.occurrence for copy in found]):
        raise UnknownMeeting("there is no such meeting")
    reader = Reader.of(engine, _reach(engine), engine.clock())
    meetings = meetings_of(chosen, reader.inside)
    view = _view(chosen, meetings, eyes)
    rates = rates_of(engine)
    row = reader.row(view.meeting.series_uid) if view.recurring else None
    words = Words(engine.write_minutes, engine.read_minutes)
    return {
        "schema": SCHEMA,
        "series": view.meeting.series_uid if view.recurring else None,
        "meeting": None if name == view.meeting.series_uid and view.recurring else str(view.meeting),
        "title": None if view.private else view.title,
        "organizer": None if view.private else view.organizer,
        "private": view.private,
        "note": note(rates),
        **_totals(engine, meetings, rates, eyes),
        "agenda": agenda_body(view),
        "occurrences": [occurrence_row(meeting, rates) for meeting in meetings[-MOST_OCCURRENCES:]],
        "recurring": told(row[0], row[1], eyes, rates, words) if row else None,
        "history": _history(engine, view, eyes),
        "decisions": [decision(made) for made in _decisions(engine, chosen, eyes)],
    }


def _reach(engine: Engine) -> Interval:
    now = engine.clock()
    return Interval(now - EIGHT_WEEKS, now + engine.reach.future)


def _find(engine: Engine, name: str) -> list[StoredOccurrence]:
    """By series, else by the text of a key: what stands before its last slash is the series."""
    facts, span = engine.store.facts, _reach(engine)
    whole = facts.copies(name, span)
    if whole or "/" not in name:
        return whole
    return [c for c in facts.copies(name.rpartition("/")[0], span) if str(c.occurrence.meeting) == name]


def _view(copies: Sequence[StoredOccurrence], meetings: Sequence[Together], eyes: Eyes) -> Occurrence:
    """The copy that is shown: the person's own latest one, else the one that shows most."""
    own = [copy.occurrence for copy in copies if copy.occurrence.ref.mailbox == eyes.person]
    if own:
        return own[-1]
    return meetings[-1].view if meetings else copies[-1].occurrence


# --- time and money --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Effect:
    """What one person's calendar says of the meetings: their part of the time, and the focus it costs."""

    person: str
    share: Fraction
    focus: int


def _totals(engine: Engine, meetings: Sequence[Together], rates: Rates | None, eyes: Eyes) -> dict[str, Any]:
    """Over all occurrences that are shown."""
    people = sorted({person for meeting in meetings for person in meeting.attending})
    effects = list(_effects(engine, meetings, people[:MOST_PEOPLE]))
    several = bool(meetings) and min(len(meeting.attending) for meeting in meetings) >= FEWEST_ATTENDEES
    minutes = sum(meeting.person_minutes for meeting in meetings)
    cost = price(sum((e.share for e in effects), Fraction()), rates) if rates and several else None
    own = next((e.focus for e in effects if e.person == eyes.person), None)
    shown = eyes.everything or _of_enough(meetings, {e.person for e in effects}, engine.min_group)
    return {
        "attending": max((len(meeting.attending) for meeting in meetings), default=0),
        "person_minutes": minutes,
        "at_least": any(meeting.at_least for meeting in meetings) or len(people) > MOST_PEOPLE,
        **money(cost, price(minutes, rates) if rates and several else None),
        "focus_minutes": sum(e.focus for e in effects) if shown else None,
        "own_focus_minutes": own,
    }


def _of_enough(meetings: Sequence[Together], read: AbstractSet[str], min_group: int) -> bool:
    """Whether every single one has enough people whose calendars are read: each has a page of its own, and what those
    tell could be taken off the whole."""
    return all(len(meeting.attending & read) >= min_group for meeting in meetings)


def _effects(engine: Engine, meetings: Sequence[Together], people: Iterable[str]) -> Iterator[_Effect]:
    """Of colleagues who are not enrolled no calendar is read: their time is in the list price only."""
    policy, keys = policy_now(engine), [meeting.key for meeting in meetings]
    for email in people:
        member = member_named(engine, email)
        if member is None or not keys:
            continue
        gauge = gauge_of(policy, member, 0)
        span = _whole_weeks(meetings, gauge)
        calendar = [stored.occurrence for stored in engine.store.facts.occurrences(email, span)]
        yield _Effect(email, share_of(calendar, gauge, keys), sum(focus_cost(calendar, gauge, key) for key in keys))


def _whole_weeks(meetings: Sequence[Together], gauge: Gauge) -> Interval:
    zone = gauge.schedule.zone
    first = Week.of(local_date(min(m.when.start for m in meetings), zone)).interval(zone)
    last = Week.of(local_date(max(m.when.end for m in meetings), zone)).interval(zone)
    return Interval(first.start, last.end)


# --- what was, and what was decided ------------------------------------------------------------------------------------------------


def _history(engine: Engine, view: Occurrence, eyes: Eyes) -> list[dict[str, Any]]:
    """What the own copy looked like; that of a colleague, with their answers, only for who sees everything."""
    if not eyes.everything and view.ref.mailbox != eyes.person:
        return []
    return change_rows(engine.store.facts.versions(view.ref.mailbox, view.meeting))


def _decisions(engine: Engine, copies: Sequence[StoredOccurrence], eyes: Eyes) -> list[DecisionRow]:
    """The latest about each copy, newest first; of colleagues' calendars only for who sees everything."""
    ledger = engine.store.ledger
    mine = {(c.occurrence.ref.mailbox, c.occurrence.meeting) for c in copies}
    wanted = sorted(pair for pair in mine if eyes.everything or pair[0] == eyes.person)[:MOST_PEOPLE]
    rows = [row for mailbox, meeting in wanted if (row := ledger.decision_for(mailbox, meeting))]
    return sorted(rows, key=_made, reverse=True)


def _made(row: DecisionRow) -> tuple[datetime, str]:
    return row.decided_at, row.id
