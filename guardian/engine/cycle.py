"""One pass: poll, judge, plan, limit, record, act. Dry runs and previews are the same pass, read by somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from guardian.engine.account import PassReport, account, preview
from guardian.engine.execute import is_due
from guardian.engine.house import Engine, enrolled, holding, writer
from guardian.engine.planned import plan_pass
from guardian.engine.policies import InForce, accept, in_force_now
from guardian.engine.sync import Sync, SyncOutcome, SyncResult
from guardian.engine.world import World, judge, look, members_of
from guardian.errors import InputError, PolicyProblems
from guardian.model.actions import Decision, Plan, Shorten
from guardian.model.ledger import OutboxRow, Run
from guardian.model.people import Person
from guardian.planning.view import series_edits
from guardian.policy.membership import member_of
from guardian.policy.model import PolicySet, Safety
from guardian.policy.moments import enforced_fingerprints


@dataclass(frozen=True, slots=True)
class Request:
    """What kind of pass. `people` narrows it to some addresses (empty: all); `offline` reads the store only;
    `accept` believes a suspicious read of these mailboxes; `patient` respects the pauses services asked for."""

    dry_run: bool = False
    offline: bool = False
    people: frozenset[str] = frozenset()
    accept: frozenset[str] = frozenset()
    patient: bool = False


def run_pass(engine: Engine, request: Request) -> PassReport:
    """One pass over all enrolled people. A dry one stores what it read, and never touches ledger or calendars.

    Raises PolicyProblems when there is no policy to go by, NotReady while another pass holds the database.
    """
    force = in_force_now(engine.store.registry, engine.policy_files)
    if request.dry_run:
        return _dry(engine, request, force)
    with holding(engine):
        return _real(engine, request, force)


def sync_only(engine: Engine, people: frozenset[str], accept_read: frozenset[str]) -> list[SyncResult]:
    """Poll and store; nothing is decided."""
    force = in_force_now(engine.store.registry, engine.policy_files)
    with holding(engine):
        return _sync(engine, force.policy, Request(people=people, accept=accept_read))


def accept_now(engine: Engine, actor: str | None) -> InForce:
    """The policy on disk, accepted at once when an actor is given; raises PolicyProblems when it is broken."""
    force = in_force_now(engine.store.registry, engine.policy_files)
    if force.last_good:
        raise PolicyProblems(force.problems)
    if actor is not None:
        with holding(engine):
            _mark_moments(engine, force, enrolled(engine), actor)
    return force


def explain(engine: Engine, email: str, event: str) -> tuple[Decision, str]:
    """The decision about one stored event, made now, and the person's zone.

    `event` is the service's event id, a meeting key or a decision's id. Raises InputError for an event nobody knows.
    """
    row = engine.store.ledger.decision(event)
    wanted = str(row.decision.occurrence.meeting) if row else event
    force = in_force_now(engine.store.registry, engine.policy_files)
    world = _look(engine, force.policy, enrolled(engine))
    for made in judge(force.policy, world, engine.clock(), trace_all=True).get(email, []):
        if wanted in (made.occurrence.ref.event_id, str(made.occurrence.meeting)):
            return made, str(world.members[email].zone)
    if row is not None and row.decision.member == email:
        return row.decision, str(world.members[email].zone)
    raise InputError(f"no coming event '{event}' is known for {email}; `guardian sync` reads the calendar again")


def _dry(engine: Engine, request: Request, force: InForce) -> PassReport:
    people = enrolled(engine)
    run = _new_run(engine, force, dry=True)
    synced = [] if request.offline else _sync(engine, force.policy, request)
    world = _look(engine, force.policy, people)
    plan = _plan(engine, force.policy, world, _considered(people, synced, request))
    return account(engine, run, plan, preview(engine, run, plan), synced, force, world, preview=True)


def _real(engine: Engine, request: Request, force: InForce) -> PassReport:
    people = enrolled(engine)
    run = _new_run(engine, force, dry=not force.accepted)
    ledger = engine.store.ledger
    ledger.start_run(run)
    synced = _sync(engine, force.policy, request)
    _mark_moments(engine, force, people)
    world = _look(engine, force.policy, people)
    if _remember_edited_lengths(engine, world):
        world = _look(engine, force.policy, people)
    considered = _considered(people, synced, request)
    plan = _plan(engine, force.policy, world, considered)
    if run.dry_run:
        rows = ledger.record(run.id, replace(plan, items=()), engine.clock(), mailboxes=())
    else:
        ledger.record(run.id, plan, engine.clock(), mailboxes=considered)
        write_due(engine, force.policy.safety, considered)
        rows = ledger.decisions(run=run.id, limit=len(plan.decisions) or 1)
    report = account(engine, run, plan, rows, synced, force, world, preview=False)
    ledger.finish_run(report.run)
    return report


def _new_run(engine: Engine, force: InForce, *, dry: bool) -> Run:
    now = engine.clock()
    return Run(engine.new_id(now), now, None, force.policy.version, dry)


def _sync(engine: Engine, policy: PolicySet, request: Request) -> list[SyncResult]:
    engine.store.registry.save_people(engine.roster())
    people = enrolled(engine)
    poll = Sync(
        engine.store.facts,
        engine.store.ledger,
        engine.providers,
        lambda person, zone: member_of(policy, person, zone, engine.fallback_zone),
        engine.clock,
        engine.reach,
    )
    wanted = [p for p in people if not request.people or p.email in request.people]
    return poll.everyone(wanted, accept=request.accept, patient=request.patient)


def _mark_moments(engine: Engine, force: InForce, people: Sequence[Person], actor: str = "first pass") -> None:
    """The first real pass under a version accepts it; what "existing meetings" count from is kept with it."""
    now, registry = engine.clock(), engine.store.registry
    if not force.accepted:
        accept(registry, force, actor, now)
    states = {state.mailbox: state for state in engine.store.facts.calendars()}
    for member in members_of(force.policy, people, states, engine.fallback_zone).values():
        registry.enforcing(member.email, enforced_fingerprints(force.policy, member), now)


def _remember_edited_lengths(engine: Engine, world: World) -> bool:
    """A length that somebody edited back is left alone for good, also when that occurrence is long past; true if there
    was one."""
    found = [v for email, stored in world.stored.items() for v in series_edits(stored, world.memories[email])]
    for veto in found:
        engine.store.ledger.add_veto(veto, "the person, by editing", engine.clock())
    return bool(found)


def _look(engine: Engine, policy: PolicySet, people: Sequence[Person]) -> World:
    return look(
        engine.store, policy, people, engine.clock(), fallback_zone=engine.fallback_zone, killed=engine.killed()
    )


def _considered(people: Sequence[Person], synced: Sequence[SyncResult], request: Request) -> list[str]:
    """Nobody is acted for on a calendar that could not be read in this pass."""
    failed = {r.mailbox for r in synced if r.outcome is SyncOutcome.FAILED}
    asked = request.people or {p.email for p in people}
    return [p.email for p in people if p.email in asked and p.email not in failed]


def _plan(engine: Engine, policy: PolicySet, world: World, considered: Sequence[str]) -> Plan:
    now = engine.clock()
    return plan_pass(engine.store.ledger, policy, world, judge(policy, world, now), considered, now)


def write_due(engine: Engine, safety: Safety, mailboxes: Sequence[str]) -> None:
    """Settle every row of these mailboxes whose time has come, those left over from a crash included."""
    ledger, now = engine.store.ledger, engine.clock()
    wanted = set(mailboxes)
    rows = ledger.rows(states=("sending", "ready"))
    due = [row for row in rows if is_due(row, now) and row.action.mailbox in wanted]
    hand = writer(engine, safety)
    for group in _answers_first(due):
        hand.settle_all(group, renew=lambda: ledger.renew_pass(engine.owner, engine.clock()))


def _answers_first(rows: Sequence[OutboxRow]) -> tuple[list[OutboxRow], list[OutboxRow]]:
    """A meeting that we shorten changes for everybody, which would make their answers of the same pass moot."""
    shorten = [row for row in rows if isinstance(row.action.effect, Shorten)]
    return [row for row in rows if not isinstance(row.action.effect, Shorten)], shorten
