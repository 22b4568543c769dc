"""Calendars in: tripwire, window read, doubts, storage. Never writes to a calendar."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from guardian.engine.doubt import is_suspicious, released, standing
from guardian.errors import AccessLost, CursorExpired, GuardianError, NotReady, RateLimited, Retryable
from guardian.model.events import BadEvent, Occurrence, StoredOccurrence
from guardian.model.people import Person
from guardian.model.time import Interval, zone_named
from guardian.ports import CalendarProvider, CalendarState, Clock, Facts, Ledger, WindowRead
from guardian.reports.gauge import Gauge
from guardian.reports.load import person_weeks
from guardian.reports.weeks import PersonWeek

log = logging.getLogger(__name__)

Closing = Callable[[Gauge, Sequence[Occurrence], Sequence[PersonWeek]], list[PersonWeek]]
"""Given a person's gauge, the calendar as read and its weeks: the same weeks, what was saved filled in where they are closed."""

WIDTH = 16
"""People synced at the same time."""

FULL_READ_EVERY = timedelta(hours=24)
SETTINGS_EVERY = timedelta(hours=24)
ACCESS_RETRY = timedelta(hours=1)


class SyncOutcome(StrEnum):
    READ = "read"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SyncResult:
    """How the poll of one calendar ended. `error` and `detail` are those of CalendarState, empty unless it failed."""

    mailbox: str
    outcome: SyncOutcome
    error: str = ""
    detail: str = ""
    credentials: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a read goes, counted from now; whole days, so that the window rolls once a day."""

    past: timedelta = timedelta(days=14)
    future: timedelta = timedelta(days=60)

    @classmethod
    def days(cls, past: int, future: int) -> "Reach":
        return cls(timedelta(days=past), timedelta(days=future))

    def window(self, now: datetime) -> Interval:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return Interval(midnight - self.past, midnight + timedelta(days=1) + self.future)


@dataclass(frozen=True, slots=True)
class Sync:
    """Polls calendars into the store. `gauge_of` says what a person's weeks are measured by, given the zone of the
    mailbox; `renew` keeps the pass's lock and is called once for each calendar; `closing` fills in what was saved in weeks that
    are closed."""

    facts: Facts
    ledger: Ledger
    providers: Mapping[str, CalendarProvider]
    gauge_of: Callable[[Person, str | None], Gauge]
    clock: Clock
    reach: Reach = field(default_factory=Reach)
    renew: Callable[[], object] = lambda: None
    closing: Closing = lambda _gauge, _occurrences, weeks: list(weeks)

    def everyone(
        self, people: Sequence[Person], *, accept: frozenset[str] = frozenset(), patient: bool = False
    ) -> list[SyncResult]:
        """Poll all of them, up to 16 at a time; one person's failure never stops another's.

        `accept` believes a suspicious read of these mailboxes. `patient` leaves a mailbox alone until its `retry_at`.
        """
        with ThreadPoolExecutor(max_workers=min(WIDTH, len(people) or 1)) as pool:
            return list(pool.map(lambda p: self._guarded(p, accept=p.email in accept, patient=patient), people))

    def _guarded(self, person: Person, *, accept: bool, patient: bool) -> SyncResult:
        self.renew()
        now = self.clock()
        state = self.facts.calendar(person.email) or CalendarState(person.email, person.provider)
        if patient and state.retry_at and now < state.retry_at and not _clock_went_back(state, now):
            return SyncResult(person.email, SyncOutcome.FAILED, state.error or "", state.detail)
        try:
            return self._poll(person, state, accept=accept)
        except NotReady:
            raise
        except GuardianError as error:
            return self._failed(state, error)
        except Exception as error:
            log.exception("the poll of one calendar failed unexpectedly")
            return self._failed(state, error)

    def _poll(self, person: Person, state: CalendarState, *, accept: bool) -> SyncResult:
        now = self.clock()
        provider = self._provider(person)
        state = self._with_settings(provider, replace(state, provider=person.provider), now)
        changed, cursor = self._tripwire(provider, state)
        if not changed and not self._read_is_due(state, now):
            self.facts.save_state(healthy(state, now))
            return SyncResult(person.email, SyncOutcome.UNCHANGED)
        return self._read(person, provider, replace(state, cursor=cursor), now, accept=accept)

    def _provider(self, person: Person) -> CalendarProvider:
        provider = self.providers.get(person.provider)
        if provider is None:
            raise AccessLost(f"provider '{person.provider}' is not set up; see `guardian doctor`", credentials=True)
        return provider

    def _with_settings(self, provider: CalendarProvider, state: CalendarState, now: datetime) -> CalendarState:
        if state.settings_read and timedelta() <= now - state.settings_read < SETTINGS_EVERY:
            return state
        timezone = provider.settings(state.mailbox).timezone
        if timezone is not None:
            zone_named(
                timezone
            )  # nobody is judged by a clock that we cannot read: refused here, for this mailbox alone
        return replace(state, timezone=timezone, settings_read=now)

    @staticmethod
    def _tripwire(provider: CalendarProvider, state: CalendarState) -> tuple[bool, str | None]:
        try:
            answer = provider.changed(state.mailbox, state.cursor)
        except CursorExpired:
            answer = provider.changed(state.mailbox, None)
        return answer.changed, answer.cursor

    @staticmethod
    def _read_is_due(state: CalendarState, now: datetime) -> bool:
        """A calendar whose last poll failed or was doubted is read whole, whatever the tripwire says."""
        full = state.last_full
        return state.error is not None or full is None or not timedelta() <= now - full < FULL_READ_EVERY

    def _read(
        self, person: Person, provider: CalendarProvider, state: CalendarState, now: datetime, *, accept: bool
    ) -> SyncResult:
        window = self.reach.window(now)
        occurrences, bad = gather(provider.read_window(person.email, window))
        stored = self.facts.occurrences(person.email, window)
        doubt = is_suspicious([s.occurrence for s in stored], occurrences, now)
        if doubt and not accept:
            state = standing(state, occurrences, now)
            if not released(state):
                self.facts.save_state(state)
                return SyncResult(person.email, SyncOutcome.FAILED, state.error or "", state.detail)
        fresh = replace(healthy(state, now), window=window, last_full=now, quarantined=tuple(bad))
        gauge = self.gauge_of(person, state.timezone)
        weeks = self.closing(gauge, occurrences, person_weeks(occurrences, gauge, window))
        self.facts.replace_window(WindowRead(fresh, occurrences, weeks), now)
        self._note_flips(stored, occurrences, now)
        return SyncResult(person.email, SyncOutcome.READ)

    def _note_flips(self, before: Sequence[StoredOccurrence], after: Sequence[Occurrence], now: datetime) -> None:
        """An answer that changed without us is half of a quarrel between two programs."""
        answers = {o.occurrence.ref: o.occurrence.response for o in before}
        for occurrence in after:
            if occurrence.ref in answers and answers[occurrence.ref] != occurrence.response:
                self.ledger.note_flip(occurrence.ref.mailbox, occurrence.meeting, now)

    def _failed(self, state: CalendarState, error: Exception) -> SyncResult:
        now = self.clock()
        code, retry_at = classify(error, now)
        failed = replace(state, error=code, detail=str(error), last_attempt=now, retry_at=retry_at)
        self.facts.save_state(failed)
        refused = isinstance(error, AccessLost) and error.credentials
        return SyncResult(state.mailbox, SyncOutcome.FAILED, code, str(error), refused)


def _clock_went_back(state: CalendarState, now: datetime) -> bool:
    """What was noted by a clock that ran ahead must not bind for as long as it ran ahead."""
    return state.last_attempt is not None and state.last_attempt > now


def healthy(state: CalendarState, now: datetime) -> CalendarState:
    return replace(state, error=None, detail="", last_success=now, last_attempt=now, suspicious=(), retry_at=None)


def gather(items: Iterable[Occurrence | BadEvent]) -> tuple[list[Occurrence], list[BadEvent]]:
    good: list[Occurrence] = []
    bad: list[BadEvent] = []
    for item in items:
        if isinstance(item, BadEvent):
            bad.append(item)
        else:
            good.append(item)
    return good, bad


def classify(error: Exception, now: datetime) -> tuple[str, datetime | None]:
    """The short code shown to people, and when a patient caller should come back."""
    if isinstance(error, AccessLost):
        return "access_lost", now + ACCESS_RETRY
    if isinstance(error, RateLimited):
        return "rate_limited", now + timedelta(seconds=error.retry_after or 60)
    return ("provider_down" if isinstance(error, Retryable) else "bad_data"), None
