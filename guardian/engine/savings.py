"""What the guardian's acts came to, noted in the person's week when it closes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from functools import cache

from guardian.engine.house import Engine
from guardian.engine.sync import Closing
from guardian.model.actions import Decision, Mode
from guardian.model.events import MeetingKey, Occurrence
from guardian.model.ledger import OutboxRow
from guardian.model.time import Interval, Week
from guardian.reports.gauge import Gauge
from guardian.reports.groups import ORG
from guardian.reports.likelihood import BASELINE, acceptance, likelihood_of
from guardian.reports.savings import Savings, acts_of, replay, shortened_by_others
from guardian.reports.weeks import PersonWeek, closes_at

WRITTEN = ("done", "undone", "cannot_restore")
DECISIONS = 1000
"""So many of the latest decisions are looked through for what observed rules would have done."""


def closing(engine: Engine) -> Closing:
    """Weeks that are open still have nothing saved: answers and corrections come late."""

    @cache
    def shortened() -> list[OutboxRow]:
        """By everybody, for meetings that are in reach now: asked for once, and only when a week closes."""
        since = engine.clock() - engine.reach.past - engine.reach.future
        return engine.store.ledger.rows(states=("done",), verb="shorten", settled_since=since)

    def close(gauge: Gauge, occurrences: Sequence[Occurrence], weeks: Sequence[PersonWeek]) -> list[PersonWeek]:
        now, zone = engine.clock(), gauge.schedule.zone
        closed = {week.week for week in weeks if now >= closes_at(Week.parse(week.week), zone)}
        if not closed:
            return list(weeks)
        book = _Book(engine, gauge, occurrences, shortened())
        return [_with(week, book.savings(week.week)) if week.week in closed else week for week in weeks]

    return close


def _with(week: PersonWeek, saved: Savings) -> PersonWeek:
    return replace(
        week,
        saved_upper_minutes=saved.upper_minutes,
        saved_lower_minutes=saved.lower_minutes,
        saved_focus_minutes=saved.focus_minutes,
        would_save_minutes=saved.would_minutes,
    )


class _Book:
    """What the ledger says about one person's closed weeks."""

    def __init__(
        self, engine: Engine, gauge: Gauge, occurrences: Sequence[Occurrence], shortened: Sequence[OutboxRow]
    ) -> None:
        self._engine, self._gauge, self._occurrences = engine, gauge, occurrences
        self._shortened = shortened_by_others(shortened, occurrences, gauge.email)
        ledger = engine.store.ledger
        self._rows = ledger.rows(mailbox=gauge.email, states=WRITTEN)
        self._observed = [d for d in self._decided() if d.mode is Mode.OBSERVE and d.would is not None]

    def _decided(self) -> Iterable[Decision]:
        rows = self._engine.store.ledger.decisions(mailbox=self._gauge.email, limit=DECISIONS)
        return (row.decision for row in rows)

    def savings(self, name: str) -> Savings:
        week = Week.parse(name)
        span = week.interval(self._gauge.schedule.zone)
        rows = [row for row in self._rows if row.before is not None and _begins_in(row.before, span)]
        if not rows and not self._observed and not self._shortened:
            return Savings()
        acts = [*(acts_of(rows, self._likelihood()) if rows else ()), *self._shortened]
        writing = self._engine.write_minutes + self._engine.read_minutes
        elsewhere = self._elsewhere(rows, span)
        return replay(
            self._occurrences,
            self._gauge,
            week,
            acts,
            self._observed,
            elsewhere=elsewhere,
            writing_minutes=writing,
        )

    def _likelihood(self) -> Callable[[Occurrence], Fraction]:
        """By what the person accepted in the eight weeks before the first rule was enforced for them."""
        email, store = self._gauge.email, self._engine.store
        enforced = min(store.registry.enforced_since(email).values(), default=self._engine.clock())
        before = store.facts.occurrences(email, Interval(enforced - BASELINE, enforced))
        return likelihood_of((s.occurrence for s in before), email, enforced, self._usual(enforced))

    def _usual(self, enforced: datetime) -> Fraction:
        """How much of its invitations everybody accepted in those weeks."""
        first, last = Week.of((enforced - BASELINE).date()), Week.of(enforced.date())
        return acceptance(self._engine.store.rollups.groups(str(first), str(last), ORG))

    def _elsewhere(self, rows: Iterable[OutboxRow], span: Interval) -> Mapping[MeetingKey, Occurrence]:
        """Where declined meetings that left this calendar ended, by somebody else's copy."""
        here = {occurrence.meeting for occurrence in self._occurrences}
        gone = {row.before.meeting for row in rows if row.before} - here
        copies = (c.occurrence for key in gone for c in self._engine.store.facts.copies(key.series_uid, span))
        return {copy.meeting: copy for copy in copies if copy.meeting in gone}


def _begins_in(occurrence: Occurrence, span: Interval) -> bool:
    return isinstance(occurrence.when, Interval) and span.start <= occurrence.when.start < span.end
