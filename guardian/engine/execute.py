"""The one place that writes to calendars: lease, re-read, compare, commit the intent, write, verify, record.

A row in state `sending` after a crash is settled by reading the event, never by repeating the call. No network call
happens inside a database transaction.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from guardian.engine.compare import Settle, Verdict, compare
from guardian.errors import (
    AccessLost,
    Gone,
    GuardianError,
    NotReady,
    NotSupported,
    OutcomeUnknown,
    PreconditionFailed,
    ProviderDown,
    RateLimited,
    SettingsError,
)
from guardian.model.actions import Action, Answer, BookFocus, Restore
from guardian.model.events import Occurrence
from guardian.model.ledger import OutboxRow, Owner
from guardian.ports import CalendarProvider, Clock, Facts, Ledger

log = logging.getLogger(__name__)

WIDTH = 16
"""Mailboxes written to at the same time; one mailbox is written to by one thread."""

TRIES = 2
"""How often a write is sent at most, counting tries whose outcome stayed unknown."""

AGAIN_AFTER = timedelta(seconds=60)
"""Also how long a call that nobody heard of again may be on its way, where the service does not refuse it as outdated."""

ACCOUNT_PAUSE = timedelta(hours=6)

PASSING = (RateLimited, ProviderDown, AccessLost, SettingsError)
"""Faults that say nothing about the act itself: it waits for better times."""


class Sent(Enum):
    """How a write ended: the row is settled, the outcome is unknown, or the service refused it since the event changed."""

    SETTLED = 1
    UNKNOWN = 2
    REFUSED = 3


class SlowDown(Exception):
    """The service asked for a pause during a write; the row waits already."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Settles outbox rows. `killed` is read before every single write; `freeze` is the policy's `freeze_before`."""

    facts: Facts
    ledger: Ledger
    provider_of: Callable[[str], CalendarProvider]
    owner: Owner
    clock: Clock
    killed: Callable[[], bool]
    freeze: timedelta

    def settle_all(
        self,
        mailboxes: Sequence[str],
        chosen: Callable[[OutboxRow], bool],
        asked: Collection[str],
        *,
        renew: Callable[[], object],
    ) -> None:
        """Settle the chosen rows whose time has come, oldest first, mailboxes side by side.

        Only rows whose key is in `asked` (what this pass wants) are written. Others that a crash left in `sending` are
        closed by what the event shows. `renew` is called between rows to keep the pass's lock.
        """
        with ThreadPoolExecutor(max_workers=min(WIDTH, len(mailboxes) or 1)) as pool:
            list(pool.map(lambda mailbox: self._one_mailbox(mailbox, chosen, asked, renew), mailboxes))

    def _one_mailbox(
        self, mailbox: str, chosen: Callable[[OutboxRow], bool], asked: Collection[str], renew: Callable[[], object]
    ) -> None:
        rows = self.ledger.rows(states=("sending", "ready"), mailbox=mailbox)
        due = [row for row in rows if is_due(row, self.clock()) and chosen(row)]
        for row in due:
            renew()
            wanted = row.action.key in asked
            if (wanted or row.state == "sending") and not self.settle(row.action.key, write=wanted):
                break

    def settle(self, key: str, *, write: bool = True) -> bool:
        """Bring one row as far as it can be brought now; without `write` by reading alone. False when the service asked to
        slow down: then the mailbox's other rows wait for another pass."""
        if self.killed():
            return True
        row = self.ledger.lease(key, self.owner, self.clock()) or self._vetoed_while_sending(key)
        return row is None or self._settled(row, write=write)

    def _settled(self, row: OutboxRow, *, write: bool) -> bool:
        try:
            if write and not row.refused:
                self._attempt(row)
            else:
                self._close_unasked(row)
        except SlowDown:
            return False
        except NotReady:
            raise
        except GuardianError as error:
            self._interrupted(row, error)
            return not isinstance(error, RateLimited)
        except Exception as error:
            log.exception("one act failed unexpectedly")
            self._interrupted(row, error)
        return True

    def _vetoed_while_sending(self, key: str) -> OutboxRow | None:
        """Nobody gets a lease on a refused act any more; whether it had been written is still to be read."""
        row = self.ledger.row(key)
        return row if row is not None and row.refused and row.state == "sending" else None

    def _close_unasked(self, row: OutboxRow) -> None:
        """Nothing asks for this act any more: was it done before the crash?"""
        fresh = self._read(row.action)
        verdict = self._compared(row, fresh, timedelta())
        if isinstance(verdict, Settle):
            self._close(row, verdict.state, verdict.reason, after=fresh)
        else:
            self._close(row, "skipped", "no longer asked for, and it had not been done")

    def _attempt(self, row: OutboxRow) -> None:
        if row.state == "sending" and row.not_before is None and self._may_arrive_late(row.action):
            self._settle_by_reading(row)  # a crash left it; what was sent then may still be on its way
            return
        for _ in range(TRIES):
            fresh = self._read(row.action)
            if self._closed_by_comparing(row, fresh):
                return
            if not self.ledger.sending(row, fresh, self.clock()):
                return
            row = replace(row, attempts=row.attempts + 1, before=row.before or fresh)
            sent = self._write(row, fresh)
            if sent is Sent.SETTLED:
                return
            if sent is Sent.UNKNOWN and self._may_arrive_late(row.action):
                break
            if sent is Sent.REFUSED:
                row = replace(row, attempts=row.attempts - 1)
        self._settle_by_reading(row)

    def _closed_by_comparing(self, row: OutboxRow, fresh: Occurrence | None) -> bool:
        """Whether the row ends here: moot, done already, tried often enough, or the kill switch is on."""
        freeze = self.freeze if isinstance(row.action.effect, Answer) else timedelta()
        verdict = self._compared(row, fresh, freeze)
        if isinstance(verdict, Settle):
            self._close(row, verdict.state, verdict.reason, after=fresh)
        elif row.attempts >= TRIES:
            self._close(row, "failed", "the service never confirmed it, and reading again shows it undone")
        elif self.killed():
            self.ledger.put_back(row, "the kill switch is on", self.clock())
        else:
            return False
        return True

    def _write(self, row: OutboxRow, fresh: Occurrence | None) -> "Sent":
        guard = replace(row.action.expects, etag=fresh.etag if fresh else None)
        try:
            receipt = self.provider_of(row.action.mailbox).apply(replace(row.action, expects=guard))
        except OutcomeUnknown:
            return Sent.UNKNOWN
        except PreconditionFailed:
            return Sent.REFUSED
        except (RateLimited, ProviderDown, AccessLost) as error:
            self.ledger.put_back(replace(row, attempts=row.attempts - 1), str(error), self.clock() + _pause(error))
            if isinstance(error, RateLimited):
                raise SlowDown from error
        except Gone:
            self._close_gone(row)
        except NotSupported as error:
            self._close(row, "failed", str(error))
        else:
            self._close(row, "done", receipt.note, after=receipt.after)
        return Sent.SETTLED

    def _close_gone(self, row: OutboxRow) -> None:
        """It left the calendar while we wrote: by an earlier try of ours that arrived late, or by somebody else's doing."""
        verdict = self._compared(replace(row, attempts=row.attempts - 1), None, timedelta())
        ended = verdict if isinstance(verdict, Settle) else Settle("skipped", "the event is gone")
        self._close(row, ended.state, ended.reason)

    def _settle_by_reading(self, row: OutboxRow) -> None:
        """After the last try: what the event shows decides; where nothing was applied the next pass judges it anew."""
        fresh = self._read(row.action)
        verdict = self._compared(row, fresh, timedelta())
        if isinstance(verdict, Settle):
            self._close(row, verdict.state, verdict.reason, after=fresh)
        elif row.attempts >= TRIES:
            self._close(row, "failed", "the service never confirmed it, and reading again shows it undone")
        else:
            why = (
                "the event keeps changing"
                if row.attempts == 0
                else "the service did not say whether it was done; it is looked at again in a minute"
            )
            self.ledger.put_back(row, why, self.clock() + AGAIN_AFTER)

    def _may_arrive_late(self, action: Action) -> bool:
        """Whether what was sent may still be carried out beside a second try: then that waits a minute, and looks first."""
        guarded = self.provider_of(action.mailbox).capabilities.guards_answers
        return isinstance(action.effect, Answer | Restore) and not guarded

    def _compared(self, row: OutboxRow, fresh: Occurrence | None, freeze: timedelta) -> Verdict:
        can = self.provider_of(row.action.mailbox).capabilities
        return compare(row.action, fresh, self.clock(), attempted=row.attempts > 0, freeze=freeze, can=can)

    def _read(self, action: Action) -> Occurrence | None:
        provider = self.provider_of(action.mailbox)
        if isinstance(action.effect, BookFocus):
            return provider.find(action)
        if action.ref is None:
            raise NotSupported("the act names no event")
        return provider.read(action.ref)

    def _close(self, row: OutboxRow, state: str, reason: str, after: Occurrence | None = None) -> None:
        """Record the outcome first: what follows may fail without harm, since the next poll brings it anyway."""
        now = self.clock()
        if not self.ledger.settle(row, state, reason, now, after):
            return
        if after is None and state == "done" and row.before is not None:
            after = replace(row.before, cancelled=True)
        if after is not None:
            self.facts.put_occurrence(after, now)
        if state == "done" and row.action.meeting and isinstance(row.action.effect, Answer | Restore):
            self.ledger.note_flip(row.action.mailbox, row.action.meeting, now)

    def _interrupted(self, row: OutboxRow, error: Exception) -> None:
        """Once something was sent only the event can tell how it ended: the row stays open, whatever went wrong since."""
        known = self.ledger.row(row.action.key)
        tried = known.attempts if known else row.attempts
        if tried or not isinstance(error, GuardianError) or isinstance(error, PASSING):
            self.ledger.put_back(replace(row, attempts=tried), str(error), self.clock() + _pause(error))
        else:
            self._close(row, "failed", str(error))


def _pause(error: Exception) -> timedelta:
    if isinstance(error, RateLimited):
        return ACCOUNT_PAUSE if error.account else timedelta(seconds=error.retry_after or AGAIN_AFTER.seconds)
    return AGAIN_AFTER


def is_due(row: OutboxRow, now: datetime) -> bool:
    """Rows to settle now: ready ones whose time has come, and those a crash left in `sending`."""
    return row.state == "sending" or (row.state == "ready" and (row.not_before is None or row.not_before <= now))
