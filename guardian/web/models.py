"""The answers of the HTTP interface, as documented in OpenAPI."""

from typing import Any, Literal

from pydantic import BaseModel, Field


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class CalendarCounts(BaseModel):
    """`fresh`: read within the last three poll intervals; `failed`: the last poll failed."""

    total: int
    fresh: int
    stale: int
    failed: int


class Checks(BaseModel):
    """Each `ok`, or what is wrong."""

    database: str
    migrations: str
    policy: str
    calendars: CalendarCounts


class Readiness(BaseModel):
    """`not_ready` comes with status 503."""

    status: Literal["ready", "degraded", "not_ready"]
    checks: Checks


class Meeting(BaseModel):
    """`key` is the same in every mailbox; title and organiser are null for callers who see rules and times only."""

    key: str
    event: str
    title: str | None
    start: str
    end: str
    organizer: str | None


class TraceStep(BaseModel):
    """One guard, bypass entry or rule that was tried."""

    step: str
    id: str
    result: str
    reason: str
    where: str


class Decision(BaseModel):
    """What was decided about one meeting on one person's calendar, and where it stands.

    `because` is why the policy decided so; `reason` is what became of it, where something is known, and else the same.
    """

    id: str
    person: str
    meeting: Meeting
    outcome: str
    rule: str | None
    mode: str | None
    bypass: str | None
    state: str
    reason: str
    because: str
    where: str
    would: str | None
    held_by: str | None
    hold_until: str | None
    decided_at: str
    policy_version: str
    run: str


class ExplainedDecision(Decision):
    """With everything that was tried."""

    trace: list[TraceStep]


class DecisionPage(BaseModel):
    """Newest first; give `next` as `cursor` for the following page."""

    decisions: list[Decision]
    next: str | None


class Undone(BaseModel):
    """`result` is `undone`, `vetoed`, `cannot_restore` or `failed`; `text` is a message ready for the organiser."""

    person: str
    meeting: str
    verb: str
    result: str
    reason: str
    text: str | None


class UndoAnswer(BaseModel):
    undone: list[Undone]


class Run(BaseModel):
    """One pass; `summary` is the run report without its decisions."""

    id: str
    started_at: str
    ended_at: str | None
    policy_version: str
    dry_run: bool
    summary: dict[str, Any]


class RunPage(BaseModel):
    runs: list[Run]
    next: str | None


class PersonRow(BaseModel):
    """One line of the roster; `left` is passed over until the line was taken out."""

    email: str
    name: str
    provider: str
    timezone: str
    teams: list[str]
    last_success: str | None
    error: str | None
    state: Literal["enrolled", "left"]


class People(BaseModel):
    people: list[PersonRow]
    next: str | None


class CalendarRow(BaseModel):
    """The health of one calendar; `age_seconds` counts from the last success."""

    person: str
    provider: str
    last_success: str | None
    last_attempt: str | None
    age_seconds: int | None
    error: str | None
    detail: str
    quarantined: int = Field(description="events that could not be understood and are left out")


class Calendars(BaseModel):
    calendars: list[CalendarRow]
    next: str | None


class JournalEntry(BaseModel):
    """`key` is what it is about: an act, a decision, a policy version, a person. `digest` chains it to the entry before."""

    seq: int
    at: str
    actor: str
    key: str
    what: str
    reason: str
    digest: str


class Journal(BaseModel):
    """Newest first; give `next` as `cursor` for the following page."""

    entries: list[JournalEntry]
    next: int | None


class AcceptedPolicy(BaseModel):
    version: str
    accepted_at: str


class PolicyStatus(BaseModel):
    """`state` is `in_force`, `not_accepted` or `broken`; `problems` are the findings in the file on disk."""

    in_force: str | None
    on_disk: str | None
    state: str
    problems: list[str]
    accepted: list[AcceptedPolicy]
