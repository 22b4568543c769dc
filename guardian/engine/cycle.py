"""One pass: poll, judge, plan, limit, record, act. Dry runs and previews are the same pass, read by somebody else."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from guardian.engine.account import PassReport, Tale, account, preview
from guardian.engine.directory import groups_by_person, refresh, unread_groups
from guardian.engine.gauge import gauge_of
from guardian.engine.house import Engine, enrolled, holding, renew, writer
from guardian.engine.planned import PersonPlan, has_limits, plan_pass, uses_on
from guardian.engine.policies import InForce, accept, in_force_now
from guardian.engine.retention import retain
from guardian.engine.rollup import refresh_groups
from guardian.engine.savings import closing
from guardian.engine.sync import Sync, SyncOutcome, SyncResult
from guardian.engine.world import Desk, World, judge, look, members_of
from guardian.errors import InputError, PolicyProblems
from guardian.model.actions import Decision, Plan, Shorten
from guardian.model.ledger import DecisionRow, OutboxRow, Run
from guardian.model.people import Person
from guardian.model.time import local_date
from guardian.planning.view import series_edits
from guardian.policy.limits_of_bypass import over_limit
from guardian.policy.membership import members_by
from guardian.policy.model import PolicySet, Safety
from guardian.policy.moments import enforced_fingerprints
from guardian.reports.gauge import Gauge


@dataclass(frozen=True, slots=True)
class Request:
    """What kind of pass. `people` narrows it to some addresses (empty: all); `offline` reads the store only;
    `accept` believes a suspicious read of these mailboxes; `patient` respects the pauses services asked for; `tell`
    keeps the decisions for the report."""

    dry_run: bool = False
    offline: bool = False
    people: frozenset[str] = frozenset()
    accept: frozenset[str] = frozenset()
    patient: bool = False
    tell: bool = True


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
    return _sync_alone(engine, force.policy, Request(people=people, accept=accept_read))


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
    if email not in world.members:
        raise InputError(f"{email} is not enrolled; `guardian people list` shows who is")
    for made in _all_of(world, email):
        if wanted in (made.occurrence.ref.event_id, str(made.occurrence.meeting)):
            return made, str(world.members[email].zone)
    if row is not None and row.decision.member == email:
        return row.decision, str(world.members[email].zone)
    raise InputError(f"no coming event '{event}' is known for {email}; `guardian sync` reads the calendar again")


def _all_of(world: World, email: str) -> list[Decision]:
    """Every decision about one person's calendar with its trace, bypass limits counted over the organisation."""
    desks = (world.desk(other) for other in (world.members if has_limits(world) else ()))
    uses = [use for desk in desks for use in uses_on(world, desk, judge(world, desk, {}))]
    over = over_limit(world.policy, uses)
    return [made for _, made in judge(world, world.desk(email), over, trace_all=True)]


def _dry(engine: Engine, request: Request, force: InForce) -> PassReport:
    tale = Tale(_new_run(engine, force, dry=True), request.tell)
    synced = [] if request.offline else _sync_alone(engine, force.policy, request)
    people = enrolled(engine)
    world = _look(engine, force.policy, people)

    def sink(plan: PersonPlan) -> None:
        tale.hear(plan, preview(engine, tale.run, plan))

    tripped = plan_pass(world, _considered(people, synced, request), sink, desk_of=world.desk)
    return account(engine, world, tale, tripped, synced, force, preview=True)


def _real(engine: Engine, request: Request, force: InForce) -> PassReport:
    refresh(engine, force.policy)
    people = enrolled(engine)
    unread = unread_groups(engine.store.registry, force.policy)
    tale = Tale(_new_run(engine, force, dry=not force.accepted or bool(unread)), request.tell)
    engine.store.ledger.start_run(tale.run)
    engine.store.ledger.expire_begun(engine.clock())
    synced = _sync(engine, force.policy, request)
    if force.accepted:
        _mark_moments(engine, force, people, "a return to it")
    world = _look(engine, force.policy, people)
    considered = _considered(people, synced, request)
    tripped = plan_pass(
        world,
        considered,
        lambda plan: tale.hear(plan, _record(engine, tale.run, world, plan)),
        desk_of=lambda email: _settled_desk(engine, world, email),
    )
    shown = not force.accepted and _was_shown(request, synced)
    if shown:
        _mark_moments(engine, force, people, "first pass")
    if not tale.run.dry_run:
        write_due(engine, force.policy.safety, considered, tale.asked)
    report = account(engine, world, tale, tripped, synced, force, accepted=shown)
    engine.store.ledger.finish_run(report.run)
    return report


def _was_shown(request: Request, synced: Sequence[SyncResult]) -> bool:
    """A version is accepted by a pass that could show what it would do: over everybody, and with a calendar read."""
    return not request.people and any(r.outcome is not SyncOutcome.FAILED for r in synced)


def _record(engine: Engine, run: Run, world: World, plan: PersonPlan) -> list[DecisionRow]:
    """Decisions and acts of one person in one transaction.

    A dry pass records decisions only, and so does one under the kill switch: it plans nothing, and what waits must not
    expire for that.
    """
    ledger, now = engine.store.ledger, engine.clock()
    renew(engine)
    if run.dry_run or world.killed:
        return ledger.record(run.id, Plan(now, run.policy_version, plan.told, ()), now, mailboxes=())
    made = Plan(now, run.policy_version, plan.told, plan.items)
    return ledger.record(run.id, made, now, mailboxes=(plan.email,))


def _new_run(engine: Engine, force: InForce, *, dry: bool) -> Run:
    now = engine.clock()
    return Run(engine.new_id(now), now, None, force.policy.version, dry)


def _sync_alone(engine: Engine, policy: PolicySet, request: Request) -> list[SyncResult]:
    """Poll while no other pass does."""
    with holding(engine):
        refresh(engine, policy)
        return _sync(engine, policy, request)


def _sync(engine: Engine, policy: PolicySet, request: Request) -> list[SyncResult]:
    engine.store.registry.save_people(engine.roster(), marks_stay=engine.by_directory)
    people = enrolled(engine)
    poll = Sync(
        engine.store.facts,
        engine.store.ledger,
        engine.providers,
        _gauges(engine, policy, len(people)),
        engine.clock,
        engine.reach,
        lambda: renew(engine),
        closing(engine),
    )
    wanted = [p for p in people if not request.people or p.email in request.people]
    synced = poll.everyone(wanted, accept=request.accept, patient=request.patient)
    refresh_groups(engine)
    retain(engine)
    return synced


def _gauges(engine: Engine, policy: PolicySet, organisation: int) -> Callable[[Person, str | None], Gauge]:
    """Made when first asked for: a zone that nobody knows fails that calendar alone."""
    groups, member_of = groups_by_person(engine.store.registry), members_by(policy)

    def gauge(person: Person, zone: str | None) -> Gauge:
        member = member_of(person, zone, engine.fallback_zone, groups.get(person.email, ()))
        return gauge_of(policy, member, organisation, local_date(engine.clock(), member.zone))

    return gauge


def _mark_moments(engine: Engine, force: InForce, people: Sequence[Person], actor: str) -> None:
    """The version in force is accepted, and what "existing meetings" count from is kept with it."""
    now, registry = engine.clock(), engine.store.registry
    accept(registry, force, actor, now)
    for member in members_of(engine.store, force.policy, people, engine.fallback_zone).values():
        registry.enforcing(member.email, enforced_fingerprints(force.policy, member), now)


def _settled_desk(engine: Engine, world: World, email: str) -> Desk:
    """The desk, after what must be remembered of it is: a length that somebody edited back is left alone for good, also
    when that occurrence is long past."""
    desk = world.desk(email)
    edited = series_edits(desk.stored, desk.memory)
    for veto in edited:
        engine.store.ledger.add_veto(veto, "the person, by editing", engine.clock())
    return world.desk(email) if edited else desk


def _look(engine: Engine, policy: PolicySet, people: Sequence[Person]) -> World:
    return look(
        engine.store, policy, people, engine.clock(), fallback_zone=engine.fallback_zone, killed=engine.killed()
    )


def _considered(people: Sequence[Person], synced: Sequence[SyncResult], request: Request) -> list[str]:
    """Nobody is acted for on a calendar that could not be read in this pass."""
    failed = {r.mailbox for r in synced if r.outcome is SyncOutcome.FAILED}
    asked = request.people or {p.email for p in people}
    return [p.email for p in people if p.email in asked and p.email not in failed]


def write_due(engine: Engine, safety: Safety, mailboxes: Collection[str], asked: Collection[str]) -> None:
    """Settle the rows of these mailboxes whose time has come: `asked` are the keys of what this pass wants; what else a crash
    left open is closed by reading.

    Answers come before shortened meetings: shortening changes the meeting for everybody, which would make their answers
    of the same pass moot.
    """
    ledger = engine.store.ledger
    hand = writer(engine, safety)
    for chosen in (_is_not_shortening, _is_shortening):
        waiting = [mailbox for mailbox in ledger.open_mailboxes() if mailbox in mailboxes]
        hand.settle_all(waiting, chosen, asked, renew=lambda: renew(engine))


def _is_shortening(row: OutboxRow) -> bool:
    return isinstance(row.action.effect, Shorten)


def _is_not_shortening(row: OutboxRow) -> bool:
    return not _is_shortening(row)
