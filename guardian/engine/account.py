"""What came of a pass, as the report everybody reads."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from guardian.engine.directory import notes
from guardian.engine.house import Engine
from guardian.engine.planned import PersonPlan
from guardian.engine.policies import InForce
from guardian.engine.sync import SyncOutcome, SyncResult
from guardian.engine.world import World
from guardian.model.actions import BookFocus, Decision, MoveFocus, Plan, Planned, RemoveFocus, State, Verdict
from guardian.model.ledger import DecisionRow, Run
from guardian.model.time import Interval
from guardian.reports.run import action_counts, block_counts


@dataclass(frozen=True, slots=True)
class PassReport:
    """`run.summary` is the public report without its decisions; `zones` are the people's zones for telling times.
    `news` are the ids of decisions that were made or acted on in this pass; the others stand from earlier ones.
    `made` counts the new decisions by rule and outcome. A pass that nobody wants told leaves `decisions` and `plan` empty."""

    run: Run
    decisions: Sequence[DecisionRow]
    synced: Sequence[SyncResult]
    force: InForce
    plan: Plan
    zones: Mapping[str, str]
    news: frozenset[str]
    made: Mapping[tuple[str, str], int]


@dataclass(slots=True)
class Tale:
    """Collects what a pass plans; `asked` are the keys of acts it wants done now. Without `tell` only sums are kept:
    the decisions of a large organisation are the larger part of its database."""

    run: Run
    tell: bool
    decisions: list[Decision] = field(default_factory=list)
    items: list[Planned] = field(default_factory=list)
    rows: list[DecisionRow] = field(default_factory=list)
    made: Counter[tuple[str, str]] = field(default_factory=Counter)
    asked: set[str] = field(default_factory=set)
    focus_minutes: int = 0

    def hear(self, plan: PersonPlan, rows: Sequence[DecisionRow]) -> None:
        self.focus_minutes += plan.focus_minutes + sum(_gain(item) for item in plan.booked)
        self.asked |= {item.action.key for item in plan.items if item.verdict is Verdict.GO}
        new = (row.decision for row in rows if row.decided_at >= self.run.started_at)
        self.made.update((made.rule or "", str(made.outcome)) for made in new)
        if self.tell:
            self.decisions += plan.told
            self.items += plan.items
            self.rows += rows

    def plan(self, tripped: str | None) -> Plan:
        return Plan(self.run.started_at, self.run.policy_version, tuple(self.decisions), tuple(self.items), tripped)


def account(
    engine: Engine,
    world: World,
    tale: Tale,
    tripped: str | None,
    synced: Sequence[SyncResult],
    force: InForce,
    *,
    preview: bool = False,
    accepted: bool = False,
) -> PassReport:
    """The pass as it ended. A `preview` wrote nothing down; `accepted` says that the pass accepted the policy version."""
    run, ledger = tale.run, engine.store.ledger
    acts = {} if preview else ledger.tally(run.started_at, run.id)
    summary = {
        "calendars": calendars(synced),
        "actions": action_counts(acts),
        "focus_blocks": block_counts(acts),
        "focus_minutes": tale.focus_minutes,
        "policy_accepted": accepted,
        "last_good_policy": force.last_good,
        "tripped": tripped,
        "directory": notes(engine.store.registry),
    }
    ended = replace(run, ended_at=engine.clock(), summary=summary)
    zones = {email: str(member.zone) for email, member in world.members.items()}
    rows = tale.rows if preview else _as_they_stand(engine, tale)
    acted = frozenset() if preview or not tale.tell else ledger.settled_decisions(run.started_at)
    news = acted | {row.id for row in rows if row.decided_at >= run.started_at}
    return PassReport(ended, rows, synced, force, tale.plan(tripped), zones, news, tale.made)


def _as_they_stand(engine: Engine, tale: Tale) -> list[DecisionRow]:
    """The decisions after the writer was at work."""
    if not tale.tell or not tale.rows:
        return []
    return engine.store.ledger.decisions(run=tale.run.id, limit=len(tale.rows))


def calendars(synced: Sequence[SyncResult]) -> dict[str, Any]:
    """The `calendars` part of the run report."""
    failed = [r for r in synced if r.outcome is SyncOutcome.FAILED]
    return {
        "total": len(synced),
        "synced": len(synced) - len(failed),
        "unchanged": sum(1 for r in synced if r.outcome is SyncOutcome.UNCHANGED),
        "failed": [{"person": r.mailbox, "error": r.error, "detail": r.detail} for r in failed],
    }


def _gain(item: Planned) -> int:
    """Minutes of focus that one act on our own blocks adds or takes away."""
    was = item.action.expects.when
    had = was.minutes if isinstance(was, Interval) else 0
    match item.action.effect:
        case BookFocus(block=block):
            return block.minutes
        case MoveFocus(block=block):
            return block.minutes - had
        case RemoveFocus():
            return -had
    return 0


def preview(engine: Engine, run: Run, plan: PersonPlan) -> list[DecisionRow]:
    """Decisions as rows that are not stored: known ones with their id, new ones with an id of the moment."""
    items = {id(item.decision): item for item in plan.items if item.decision is not None}
    return [_preview_row(engine, run, made, items.get(id(made))) for made in plan.told]


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
