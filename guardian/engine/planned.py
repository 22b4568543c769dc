"""From what was decided to what is planned: acts, focus blocks, limits, for one pass.

People are taken one after another and handed on at once; only those wait whose acts the organisation's limits count
(answers, shortened meetings), or whose meetings use up a bypass entry with a limit.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from guardian.engine.wording import Wording
from guardian.engine.world import Desk, Judged, OverLimit, World, judge, past_of_week, worth_telling
from guardian.model.actions import Answer, Decision, Planned, Restore, Shorten
from guardian.model.time import Interval
from guardian.planning import limits, planner
from guardian.planning.echoes import told_once
from guardian.planning.focus import blocks
from guardian.planning.history import Memory
from guardian.policy.limits_of_bypass import Use, over_limit, uses_of

BUDGET_DAY = timedelta(hours=24)
"""`per_day` and `per_person_day` look back this far: a budget that starts afresh at midnight could be spent twice in an hour."""

COUNTED = (Answer, Restore, Shorten)
"""Effects that the limits look at; labels and focus blocks harm nobody."""


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """What the pass wants for one person: decisions worth telling, acts, focus blocks. `focus_minutes` are the minutes of our
    blocks that lie ahead now."""

    email: str
    told: tuple[Decision, ...]
    acts: tuple[Planned, ...]
    booked: tuple[Planned, ...]
    invitations: int
    memory: Memory
    focus_minutes: int

    @property
    def items(self) -> tuple[Planned, ...]:
        return (*self.acts, *self.booked)


Sink = Callable[[PersonPlan], None]
"""Takes each person's plan as soon as it is final."""


def plan_pass(world: World, considered: Sequence[str], sink: Sink, *, desk_of: Callable[[str], Desk]) -> str | None:
    """Plan for everybody considered; gives why the circuit breaker tripped, None when it did not."""
    batch = _Batch(world, sink, desk_of, Wording(world))
    waiting = [email for email in considered if not batch.first_look(email)]
    batch.count_the_others(set(world.members) - set(considered))
    over = over_limit(world.policy, batch.uses)
    for email in waiting:
        batch.plan(email, over)
    return batch.settle()


@dataclass(slots=True)
class _Batch:
    world: World
    sink: Sink
    desk_of: Callable[[str], Desk]
    wording: Wording
    uses: list[Use] = field(default_factory=list)
    kept: list[PersonPlan] = field(default_factory=list)
    invitations: int = 0

    def first_look(self, email: str) -> bool:
        """Plan at once, unless the meetings use up a limited bypass entry: those wait until everybody's are counted."""
        desk = self.desk_of(email)
        judged = judge(self.world, desk, {})
        mine = uses_on(self.world, desk, judged)
        self.uses += mine
        if not mine:
            self._keep_or_hand_on(self._person(email, desk, [made for _, made in judged]))
        return not mine

    def plan(self, email: str, over: OverLimit) -> None:
        desk = self.desk_of(email)
        self._keep_or_hand_on(self._person(email, desk, [made for _, made in judge(self.world, desk, over)]))

    def count_the_others(self, emails: Iterable[str]) -> None:
        """Limits of bypass entries count over the whole organisation, also where nothing is planned now."""
        for email in sorted(emails) if has_limits(self.world) else ():
            desk = self.world.desk(email)
            self.uses += uses_on(self.world, desk, judge(self.world, desk, {}))

    def settle(self) -> str | None:
        """Hold the acts that waited to the limits, all together, word them, and hand them on."""
        policy, now = self.world.policy, self.world.now
        acts, tripped = limits.apply(
            policy,
            [item for plan in self.kept for item in plan.acts],
            now=now,
            written_today=self.world.store.ledger.written(now - BUDGET_DAY),
            invitations=self.invitations,
            memories={plan.email: plan.memory for plan in self.kept},
        )
        worded = told_once(acts, self.wording.brief)
        for plan in self.kept:
            mine = tuple(item for item in worded if item.action.mailbox == plan.email)
            self.sink(replace(plan, acts=mine))
        return tripped

    def _person(self, email: str, desk: Desk, made: list[Decision]) -> PersonPlan:
        policy, now = self.world.policy, self.world.now
        facts = {email: planner.PlanFacts(desk.facts, desk.memory)}
        return PersonPlan(
            email=email,
            told=tuple(one for one in made if worth_telling(one)),
            acts=planner.plan(made, facts, now, comment=self.wording.comment, proposed=self.wording.proposed),
            booked=tuple(blocks(policy, desk.facts, desk.stored, desk.memory, made, now)),
            invitations=limits.invitations(made),
            memory=desk.memory,
            focus_minutes=sum(_minutes_ahead(self.world, desk)),
        )

    def _keep_or_hand_on(self, plan: PersonPlan) -> None:
        self.invitations += plan.invitations
        if any(isinstance(item.action.effect, COUNTED) for item in plan.acts):
            self.kept.append(plan)
        else:
            self.sink(plan)


def has_limits(world: World) -> bool:
    """Whether any bypass entry is bounded; only then must meetings be counted."""
    return any(entry.per_organizer_week is not None for entry in world.policy.bypass)


def uses_on(world: World, desk: Desk, judged: Judged) -> list[Use]:
    """What the meetings on this desk use up of limited bypass entries, those of this week that are over included."""
    if not has_limits(world):
        return []
    return [use for view, made in [*judged, *past_of_week(world, desk)] for use in uses_of(made, view.stored)]


def _minutes_ahead(world: World, desk: Desk) -> Iterator[int]:
    for item in desk.stored:
        block = item.occurrence.when
        if item.occurrence.own_block and isinstance(block, Interval) and block.end > world.now:
            yield block.minutes
