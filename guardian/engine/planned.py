"""From what was decided to what is planned: acts, words, focus blocks and the limits, for one pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from guardian.engine.world import World, worth_telling
from guardian.model.actions import Decision, Plan
from guardian.model.events import EventRef
from guardian.model.people import Member
from guardian.model.time import Interval
from guardian.planning import limits, planner, slots, words
from guardian.planning.focus import blocks
from guardian.planning.protected import closed
from guardian.policy.model import PolicySet
from guardian.ports import Ledger

BUDGET_DAY = timedelta(hours=24)
"""`per_day` and `per_person_day` look back this far: a budget that starts afresh at midnight could be spent twice in an hour."""


def plan_pass(
    ledger: Ledger,
    policy: PolicySet,
    world: World,
    judged: Mapping[str, Sequence[Decision]],
    considered: Sequence[str],
    now: datetime,
) -> Plan:
    """The plan for the people considered; `decisions` keeps those worth telling."""
    decisions = [made for email in considered for made in judged.get(email, ())]
    people = {email: planner.PlanFacts(world.facts[email], world.memories[email]) for email in considered}
    wording = Wording(policy, world, now)
    acts = planner.plan(decisions, people, now, comment=wording.comment, proposed=wording.proposed)
    limited, tripped = limits.apply(
        policy,
        acts,
        now=now,
        written_today=ledger.written(now - BUDGET_DAY),
        invitations=limits.invitations(decisions),
        memories=world.memories,
    )
    booked = [
        item
        for email in considered
        for item in blocks(
            policy, world.facts[email], world.stored[email], world.memories[email], judged.get(email, ()), now
        )
    ]
    told = tuple(made for made in decisions if worth_telling(made))
    return Plan(now, policy.version, told, (*limited, *booked), tripped)


@dataclass(frozen=True, slots=True)
class Wording:
    """Writes the comment of an answer, with times that suit every enrolled person invited."""

    policy: PolicySet
    world: World
    now: datetime
    _found: dict[EventRef, list[Interval]] = field(default_factory=dict)

    def comment(self, made: Decision) -> str:
        member = self.world.members[made.member]
        return words.comment(self.policy, made, member, self._alternatives(made, member))

    def proposed(self, made: Decision) -> Interval | None:
        """The first of the times that the comment offers."""
        return next(iter(self._alternatives(made, self.world.members[made.member])), None)

    def _alternatives(self, made: Decision, member: Member) -> list[Interval]:
        """Looked for once per meeting: the search costs more than all else here."""
        ref = made.occurrence.ref
        if ref not in self._found:
            self._found[ref] = self._search(made, member)
        return self._found[ref]

    def _search(self, made: Decision, member: Member) -> list[Interval]:
        rule = self.policy.rule(made.rule or "")
        if rule is None or not rule.alternatives:
            return []
        people = self._invited(made, member)
        earliest = self.now + self.policy.safety.freeze_before
        return slots.alternatives(
            made.occurrence,
            people,
            {p.email: slots.busy_times(self.world.stored[p.email], p.zone) for p in people},
            {p.email: self._closed(made, p, earliest) for p in people},
            earliest,
            rule.alternatives,
        )

    def _invited(self, made: Decision, member: Member) -> list[Member]:
        others = {made.occurrence.organizer, *(a.email for a in made.occurrence.humans)} - {member.email}
        return [member, *(self.world.members[email] for email in sorted(others) if email in self.world.members)]

    def _closed(self, made: Decision, member: Member, earliest: datetime) -> list[Interval]:
        days = slots.span(made.occurrence, earliest, member.zone)
        return closed(self.policy, self.world.facts[member.email], days)
