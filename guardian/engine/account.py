"""What came of a pass, as the report everybody reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from guardian.engine.house import Engine
from guardian.engine.policies import InForce
from guardian.engine.sync import SyncOutcome, SyncResult
from guardian.engine.world import World
from guardian.model.actions import Decision, Plan, Planned, State
from guardian.model.ledger import DecisionRow, OutboxRow, Run
from guardian.model.time import Interval
from guardian.reports.run import action_counts, block_counts


@dataclass(frozen=True, slots=True)
class PassReport:
    """`run.summary` is the public report without its decisions; `zones` are the people's zones for telling times.
    `news` are the ids of decisions that were made or acted on in this pass; the others stand from earlier ones."""

    run: Run
    decisions: Sequence[DecisionRow]
    synced: Sequence[SyncResult]
    force: InForce
    plan: Plan
    zones: Mapping[str, str]
    news: frozenset[str]


def account(
    engine: Engine,
    run: Run,
    plan: Plan,
    rows: Sequence[DecisionRow],
    synced: Sequence[SyncResult],
    force: InForce,
    world: World,
    *,
    preview: bool,
) -> PassReport:
    """The pass as it ended. A `preview` accepts no policy."""
    acts = _acts_of(engine, run)
    summary = {
        "calendars": calendars(synced),
        "actions": action_counts(acts),
        "focus_blocks": block_counts(acts),
        "focus_minutes": _focus_minutes(engine, world),
        "policy_accepted": run.dry_run and not force.accepted and not preview,
        "last_good_policy": force.last_good,
        "tripped": plan.tripped,
    }
    ended = replace(run, ended_at=engine.clock(), summary=summary)
    zones = {email: str(member.zone) for email, member in world.members.items()}
    return PassReport(ended, rows, synced, force, plan, zones, _news(run, rows, acts))


def _news(run: Run, rows: Sequence[DecisionRow], acts: Sequence[OutboxRow]) -> frozenset[str]:
    made = {row.id for row in rows if row.decided_at >= run.started_at}
    acted = {row.decision for row in acts if row.decision and row.settled_at and row.settled_at >= run.started_at}
    return frozenset(made | acted)


def calendars(synced: Sequence[SyncResult]) -> dict[str, Any]:
    """The `calendars` part of the run report."""
    failed = [r for r in synced if r.outcome is SyncOutcome.FAILED]
    return {
        "total": len(synced),
        "synced": len(synced) - len(failed),
        "unchanged": sum(1 for r in synced if r.outcome is SyncOutcome.UNCHANGED),
        "failed": [{"person": r.mailbox, "error": r.error, "detail": r.detail} for r in failed],
    }


def _acts_of(engine: Engine, run: Run) -> list[OutboxRow]:
    """What was made or settled in this pass, and everything that still waits."""
    return [
        row
        for row in engine.store.ledger.rows()
        if row.run == run.id or row.state == "held" or (row.settled_at and row.settled_at >= run.started_at)
    ]


def _focus_minutes(engine: Engine, world: World) -> int:
    """Minutes of focus blocks of ours that lie ahead on all calendars."""
    now = engine.clock()
    blocks = (
        item.occurrence.when
        for email in world.members
        for item in engine.store.facts.occurrences(email)
        if item.occurrence.own_block
    )
    return sum(block.minutes for block in blocks if isinstance(block, Interval) and block.end > now)


def preview(engine: Engine, run: Run, plan: Plan) -> list[DecisionRow]:
    """Decisions as rows that are not stored: known ones with their id, new ones with an id of the moment."""
    items = {id(item.decision): item for item in plan.items if item.decision is not None}
    return [_preview_row(engine, run, made, items.get(id(made))) for made in plan.decisions]


def _preview_row(engine: Engine, run: Run, made: Decision, item: Planned | None) -> DecisionRow:
    known = engine.store.ledger.decision_for(made.member, made.occurrence.meeting)
    same = known is not None and (known.decision.outcome, known.decision.rule) == (made.outcome, made.rule)
    return DecisionRow(
        id=known.id if known and same else engine.new_id(run.started_at),
        run=run.id,
        decided_at=run.started_at,
        decision=made,
        state=State.HELD if item and item.held_by else State.RECORDED,
        reason=item.reason if item and item.reason else made.reason,
        held_by=item.held_by if item else None,
        hold_until=item.hold_until if item else None,
    )
