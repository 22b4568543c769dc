"""The few things the engine needs from the outside, as protocols. Adapters implement them, `bootstrap` chooses.

One contract suite per port runs over every implementation: `tests/contract/`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from guardian.model.actions import Action, Plan, Receipt
from guardian.model.events import BadEvent, EventRef, MeetingKey, Occurrence, StoredOccurrence
from guardian.model.health import CalendarState as CalendarState
from guardian.model.ledger import AuditEntry, DecisionRow, OutboxRow, Owner, Run, Veto
from guardian.model.people import Person
from guardian.model.registry import Membership as Membership
from guardian.model.registry import StoredPolicy as StoredPolicy
from guardian.model.registry import Token as Token
from guardian.model.service import Capabilities as Capabilities
from guardian.model.service import Changed as Changed
from guardian.model.service import MailboxSettings as MailboxSettings
from guardian.model.time import Interval
from guardian.reports.load import PersonWeek

Clock = Callable[[], datetime]
"""Tells the time: aware, UTC."""


# --- calendars -------------------------------------------------------------------------------------------------------


class Check(Protocol):
    """One thing that was looked at; `mend` says what to do, empty where all is well."""

    @property
    def name(self) -> str: ...

    @property
    def ok(self) -> bool: ...

    @property
    def detail(self) -> str: ...

    @property
    def mend(self) -> str: ...


class CalendarProvider(Protocol):
    """One calendar service (or folder), for all its mailboxes. Thread-safe: called from one thread per mailbox.

    Every method may raise AccessLost, RateLimited or ProviderDown. A mailbox that is not on the roster given to the
    factory is refused with AccessLost before any request.
    """

    name: str
    capabilities: Capabilities

    def changed(self, mailbox: str, cursor: str | None) -> Changed:
        """Has anything changed since the cursor? Without a cursor: yes, and here is one. Raises CursorExpired."""
        ...

    def read_window(self, mailbox: str, window: Interval) -> Iterator[Occurrence | BadEvent]:
        """Every occurrence that overlaps the window, cancelled ones left out, expanded by the service.

        Complete when the iterator ends; an error before that voids the whole read.
        """
        ...

    def read(self, ref: EventRef) -> Occurrence | None:
        """The occurrence as it is now, None when it does not exist (cancelled ones may come with `cancelled`)."""
        ...

    def apply(self, action: Action) -> Receipt:
        """Do it, once, verify, and say how the event looks now. Never guesses a target.

        `action.expects.etag`, where set, must still be the event's. Raises PreconditionFailed, Gone, NotSupported,
        OutcomeUnknown (the write may have happened).
        """
        ...

    def find(self, action: Action) -> Occurrence | None:
        """The event a BookFocus action made or would have made, None when there is none; cancelled when a person deleted it."""
        ...

    def diagnose(self, mailbox: str) -> Sequence[Check]:
        """What `guardian doctor` shows of one mailbox: access, clock, scopes; never raises for what it is there to find."""
        ...

    def settings(self, mailbox: str) -> MailboxSettings:
        """What the mailbox says of itself; asked for once a day at most."""
        ...

    def directory(self) -> Iterator[Person]:
        """Everybody who may be enrolled: active accounts of people with a calendar here, by the provider's own settings.

        Complete when the iterator ends; an error before that voids the whole read. Raises NotSupported where no directory
        is set up.
        """
        ...

    def members(self, group: str) -> frozenset[str]:
        """The addresses, in lower case, of everybody in the group and in the groups inside it.

        Raises Gone where the directory has no such group, NotSupported where no directory with groups is set up.
        """
        ...

    def close(self) -> None:
        """Give back what is held open. Nobody may be using the provider any more."""
        ...


# --- facts -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WindowRead:
    """A complete read of one calendar, to be stored in one transaction."""

    state: CalendarState
    occurrences: Sequence[Occurrence]
    weeks: Sequence[PersonWeek]


class Facts(Protocol):
    """Calendars as last read. Every method is one transaction."""

    def calendars(self) -> list[CalendarState]: ...

    def calendar(self, mailbox: str) -> CalendarState | None: ...

    def save_state(self, state: CalendarState) -> None:
        """Health and cursor only; occurrences stay."""
        ...

    def replace_window(self, read: WindowRead, now: datetime) -> None:
        """The read replaces everything stored inside its window, all or nothing.

        Occurrences that overlap `read.state.window` and are not in the read are removed. An occurrence whose time,
        people, title, organiser or answer differs from its last version gets a new version at `now`. The weeks
        replace stored weeks of that person.
        """
        ...

    def put_occurrence(self, occurrence: Occurrence, now: datetime) -> None:
        """One occurrence as it is after a write of ours (or removed, when cancelled), so that it is no news later."""
        ...

    def occurrences(self, mailbox: str, span: Interval | None = None) -> list[StoredOccurrence]:
        """Those that overlap the span, by start then event id."""
        ...

    def find(self, mailbox: str, event: str) -> StoredOccurrence | None:
        """By the provider's event id or by the text of a meeting key."""
        ...

    def versions(self, mailbox: str, meeting: MeetingKey) -> list[tuple[datetime, Occurrence]]:
        """Its history, oldest first."""
        ...

    def save_weeks(self, weeks: Sequence[PersonWeek]) -> None: ...

    def weeks(self, first: str, last: str, people: Sequence[str] | None = None) -> list[PersonWeek]:
        """Stored person-weeks with `first <= week <= last` (like `2026-W47`), of these people or of all."""
        ...

    def forget(self, mailbox: str) -> None:
        """Everything held about the person; the audit keeps a digest instead of the address, and so does the mark
        that the person left (`Registry.departed`)."""
        ...


# --- the ledger ------------------------------------------------------------------------------------------------------


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

    def log(self, actor: str, key: str, what: str, reason: str, now: datetime) -> None:
        """One audit entry without an act (policy accepted, token made, person left)."""
        ...


# --- policies, people, tokens ----------------------------------------------------------------------------------------


class Registry(Protocol):
    """Policies, roster and tokens. Every method is one transaction."""

    def save_policy(self, policy: StoredPolicy) -> None: ...

    def policy(self, version: str) -> StoredPolicy | None: ...

    def accept_policy(self, version: str, actor: str, now: datetime) -> None: ...

    def accepted_policies(self) -> list[StoredPolicy]:
        """Newest acceptance first: the first is the last good one."""
        ...

    def enforced_since(self, mailbox: str) -> Mapping[str, datetime]:
        """By rule fingerprint."""
        ...

    def enforcing(self, mailbox: str, fingerprints: Mapping[str, str], now: datetime) -> None:
        """The rules in enforce for this person now, fingerprint by rule id.

        A new fingerprint starts at `now`; a rule that left enforce loses all its moments; a fingerprint that was there
        before, without a break of its rule, keeps its first moment.
        """
        ...

    def save_people(self, people: Sequence[Person], *, marks_stay: bool = False) -> None:
        """The roster file as it now is; people no longer on it are dropped, their facts stay until forgotten.

        People who left are passed over as long as the file names them; the mark of those it no longer names goes, unless
        `marks_stay`: a directory may lose somebody for an hour.
        """
        ...

    def come_back(self, email: str) -> bool:
        """Take away the mark of somebody who left; False where there was none."""
        ...

    def save_membership(self, found: Membership) -> None:
        """Replaces what was held under that name. People who left are kept out."""
        ...

    def drop_memberships(self, names: Sequence[str]) -> None:
        """Nothing asks for these any more."""
        ...

    def memberships(self) -> list[Membership]:
        """By name."""
        ...

    def departed(self) -> frozenset[str]:
        """The `tombstone` of everybody who left and whom the roster file named when it was saved last."""
        ...

    def people(self) -> list[Person]: ...

    def add_token(self, token: Token, digest: str) -> None: ...

    def token(self, digest: str) -> Token | None:
        """The living token with that SHA-256, None for unknown or revoked ones."""
        ...

    def tokens(self) -> list[Token]: ...

    def revoke_token(self, token_id: str, now: datetime) -> bool: ...


class Store(Protocol):
    """One database behind three views of it."""

    @property
    def facts(self) -> Facts: ...

    @property
    def ledger(self) -> Ledger: ...

    @property
    def registry(self) -> Registry: ...

    def check(self) -> str | None:
        """None when the database answers and its schema is current, else what is wrong and the mend."""
        ...
