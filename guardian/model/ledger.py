"""What was decided, intended and done, as values; the store keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from guardian.model.actions import Action, Decision, State
from guardian.model.events import MeetingKey, Occurrence
from guardian.model.time import When


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds a lease: host and process, so that a dead process on the same host is recognised."""

    host: str
    pid: int


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One intended act. States: `held`, `ready`, `sending`, `done`, `skipped`, `failed`, `undone`, `cannot_restore`.

    `before` is the event as it stood when we wrote, `after` as the service showed it then. `fence` rises with every
    lease; a settle with an older fence is refused. `released` is true once a person approved it, `refused` once a person
    vetoed it: then no plan brings it back and no further try is made.
    """

    action: Action
    state: str
    run: str
    decision: str | None
    created_at: datetime
    not_before: datetime | None = None
    held_by: str | None = None
    reason: str = ""
    attempts: int = 0
    fence: int = 0
    released: bool = False
    refused: bool = False
    before: Occurrence | None = None
    after: Occurrence | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision as recorded. `id` is a ULID; `run` the pass that last made it."""

    id: str
    run: str
    decided_at: datetime
    decision: Decision
    state: State
    reason: str
    action_key: str | None = None
    held_by: str | None = None
    hold_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One pass. `summary` is the run report without its decisions."""

    id: str
    started_at: datetime
    ended_at: datetime | None
    policy_version: str
    dry_run: bool
    summary: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Append-only. `before` is exactly what undo needs. `digest` chains each entry to the one before."""

    seq: int
    at: datetime
    actor: str
    key: str
    what: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    reason: str
    digest: str


@dataclass(frozen=True, slots=True)
class Veto:
    """A person's "no" (veto or undo): binds the rule for that occurrence at that start."""

    mailbox: str
    meeting: MeetingKey
    when: When
    rule: str
