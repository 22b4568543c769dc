"""What was decided, intended, done and undone."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from guardian.model.actions import Action, Plan
from guardian.model.events import MeetingKey, Occurrence
from guardian.model.ledger import AuditEntry, DecisionRow, OutboxRow, Owner, Run, Veto


class Ledger(Protocol):
    """What was decided, intended, done and undone. Every method is one transaction."""

    def pass_lock(self, owner: Owner, now: datetime) -> AbstractContextManager[bool]:
        """One pass at a time on one database: yields False at once when another living pass has it. Lasts 60 s and is renewed by
        `renew_pass`; that of a dead process on the same host is taken over at once."""
        ...

    def renew_pass(self, owner: Owner, now: datetime) -> bool: ...

    def pass_holder(self) -> Owner | None: ...

    def start_run(self, run: Run) -> None: ...

    def finish_run(self, run: Run) -> None: ...

    def runs(self, limit: int = 50, before: str | None = None) -> list[Run]: ...

    def run(self, run_id: str) -> Run | None: ...

    def record(
        self, run: str, plan: Plan, now: datetime, actor: str = "guardian", *, mailboxes: Collection[str]
    ) -> list[DecisionRow]:
        """Decisions, outbox rows (insert or ignore on the key) and their audit entries, in one transaction.

        `mailboxes` are the people the pass looked at, whether or not the plan wants anything of them. A decision that
        was recorded before with the same outcome, rule, mode and start keeps its id. A held row whose plan item is now
        `go` becomes ready, one of the breaker's only when a person released it. A held or ready row of these people
        that the plan does not ask for expires (`skipped`); acts under way, undos and rows of other people stay. A
        skipped row starts anew when a plan asks for it again, unless a person vetoed it: one that the breaker held is
        held by it again, one that expired after a person released it is ready. Rows settled otherwise are never touched.
        """
        ...

    def expire_begun(self, now: datetime) -> int:
        """Held and ready rows, undos left out, whose meeting has begun end as `skipped`, whoever they belong to; how many
        rows ended. A vetoed act that is still `sending` then, with nobody at it, ends as `failed`."""
        ...

    def rows(
        self,
        *,
        states: Sequence[str] = (),
        run: str | None = None,
        mailbox: str | None = None,
        settled_since: datetime | None = None,
        verb: str | None = None,
    ) -> list[OutboxRow]:
        """By creation, oldest first; each condition that is given must hold."""
        ...

    def tally(self, since: datetime, run: str | None = None) -> Mapping[tuple[str, str], int]:
        """How many acts by verb and state were settled since then; with `run` also what that pass made and all that waits."""
        ...

    def settled_decisions(self, since: datetime) -> frozenset[str]:
        """The ids of decisions with an act that was settled since then."""
        ...

    def open_mailboxes(self) -> list[str]:
        """Those with a row that is `ready` or `sending`."""
        ...

    def row(self, key: str) -> OutboxRow | None: ...

    def lease(self, key: str, owner: Owner, now: datetime) -> OutboxRow | None:
        """Take a `ready` row, or a `sending` row whose lease ran out (60 s) or whose owner is dead on this host; None if not to be
        had, as with every row that a person vetoed."""
        ...

    def sending(self, row: OutboxRow, before: Occurrence | None, now: datetime) -> bool:
        """Commit the intent: state `sending`, attempts + 1. False when the fence is no longer ours, or a person vetoed it."""
        ...

    def settle(self, row: OutboxRow, state: str, reason: str, now: datetime, after: Occurrence | None = None) -> bool:
        """Commit the outcome, the decision's state and the audit entry. False when the fence is no longer ours."""
        ...

    def put_back(self, row: OutboxRow, reason: str, not_before: datetime) -> bool:
        """Give the lease back and wait, with `row.attempts` as the number of tries that may have been applied. Without any
        the row is ready again from `not_before` on; else it stays `sending`, so that no plan can drop what may have been
        done. False when the fence is no longer ours."""
        ...

    def decisions(
        self, *, mailbox: str | None = None, run: str | None = None, limit: int = 100, before: str | None = None
    ) -> list[DecisionRow]:
        """Newest first; `before` is the id to page on from."""
        ...

    def decision(self, decision_id: str) -> DecisionRow | None: ...

    def decision_for(self, mailbox: str, meeting: MeetingKey) -> DecisionRow | None:
        """The latest one."""
        ...

    def veto(self, decision_id: str, actor: str, now: datetime) -> DecisionRow | None:
        """Binds the rule for this occurrence at this time and stops what waits. Of an act under way no further try is made
        (`OutboxRow.refused`); only its event tells how the first one ended. None when there is no such decision, or its act
        is known to be written (that is for undo)."""
        ...

    def approve(self, decision_id: str, actor: str, now: datetime) -> DecisionRow | None:
        """Release a held act: the next pass writes it if everything still holds. None when nothing is held."""
        ...

    def add_veto(self, veto: Veto, actor: str, now: datetime) -> None: ...

    def vetoes(self, mailbox: str) -> list[Veto]: ...

    def add_undo(self, action: Action, run: str, undoes: str, actor: str, now: datetime) -> OutboxRow:
        """A ready row that takes back the row with key `undoes`."""
        ...

    def mark_undone(self, key: str, state: str, reason: str, actor: str, now: datetime) -> None:
        """`undone` or `cannot_restore`, on the row that was taken back."""
        ...

    def written(self, since: datetime) -> Mapping[str, int]:
        """Declines and tentatives written since then, per mailbox, and series (or single meetings) that were shortened."""
        ...

    def flips(self, mailbox: str, since: datetime) -> Mapping[str, int]:
        """How often an answer changed hands since then, by text of the meeting key."""
        ...

    def note_flip(self, mailbox: str, meeting: MeetingKey, now: datetime) -> None: ...

    def audit(self, *, after: int = 0, limit: int = 1000) -> list[AuditEntry]: ...

    def journal(self, *, before: int | None = None, limit: int = 100) -> list[AuditEntry]:
        """Newest first; `before` is the number to page on from."""
        ...

    def log(self, actor: str, key: str, what: str, reason: str, now: datetime) -> None:
        """One audit entry without an act (policy accepted, token made, person left)."""
        ...
