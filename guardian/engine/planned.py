"""From what was decided to what is planned: acts, focus blocks, limits, for one pass.

People are taken one after another and handed on at once; only those wait whose acts the organisation's limits count
(answers, shortened meetings), or whose meetings use up a bypass entry with a limit.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from guardian.engine.wording import Wording
from guardian.engine.world import Desk, OverLimit, World, judge, worth_telling
from guardian.model.actions import Answer, Decision, Planned, Restore, Shorten
from guardian.model.time import Interval
from guardian.planning import limits, planner
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
        mine = [use for view, made in judged for use in uses_of(made, view.stored)]
        self.uses += mine
        if not mine:
            self._keep_or_hand_on(self._person(email, desk, [made for _, made in judged]))
        return not mine

    def plan(self, email: str, over: OverLimit) -> None:
        desk = self.desk_of(email)
        self._keep_or_hand_on(self._person(email, desk, [made for _, made in judge(self.world, desk, over)]))

    def count_the_others(self, emails: Iterable[str]) -> None:
        """Limits of bypass entries count over the whole organisation, also where nothing is planned now."""
        if any(entry.per_organizer_week is not None for entry in self.world.policy.bypass):
            for email in sorted(emails):
                judged = judge(self.world, self.world.desk(email), {})
                self.uses += [use for view, made in judged for use in uses_of(made, view.stored)]

    def settle(self) -> str | None:
        """Hold the acts that waited to the limits, all together, and hand them on."""
        policy, now = self.world.policy, self.world.now
        acts, tripped = limits.apply(
            policy,
            [item for plan in self.kept for item in plan.acts],
            now=now,
            written_today=self.world.store.ledger.written(now - BUDGET_DAY),
            invitations=self.invitations,
            memories={plan.email: plan.memory for plan in self.kept},
        )
        for plan in self.kept:
            mine = tuple(item for item in acts if item.action.mailbox == plan.email)
            self.sink(replace(plan, acts=mine))
        return tripped

    def _person(self, email: str, desk: Desk, made: list[Decision]) -> PersonPlan:
        policy, now = self.world.policy, self.world.now
        facts = {email: planner.PlanFacts(desk.facts, desk.memory)}
        return PersonPlan(
            email=email,
            told=tuple(one for one in made if worth_telling(one)),
            acts=planner.plan(made, facts, now, comment=self.wording.comment),
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


def _minutes_ahead(world: World, desk: Desk) -> Iterator[int]:
    for item in desk.stored:
        block = item.occurrence.when
        if item.occurrence.own_block and isinstance(block, Interval) and block.end > world.now:
            yield block.minutes
