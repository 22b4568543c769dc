"""The comment of an answer, with times that suit every enrolled person invited."""

from guardian.engine.world import World
from guardian.model.actions import Decision
from guardian.model.events import EventRef
from guardian.model.people import Member
from guardian.model.time import Interval
from guardian.planning import slots, words
from guardian.planning.protected import closed


class Wording:
    """Fetches other people's calendars only when an answer is really planned, and each of them once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._busy: dict[str, list[Interval]] = {}
        self._found: dict[EventRef, list[Interval]] = {}

    def comment(self, made: Decision) -> str:
        member = self._world.members[made.member]
        return words.comment(self._world.policy, made, member, self._alternatives(made, member))

    def brief(self, made: Decision) -> str:
        return words.brief(self._world.policy, made, self._world.members[made.member])

    def proposed(self, made: Decision) -> Interval | None:
        """The first of the times that the comment offers."""
        return next(iter(self._alternatives(made, self._world.members[made.member])), None)

    def _alternatives(self, made: Decision, member: Member) -> list[Interval]:
        """Looked for once per meeting: the search costs more than all else here."""
        ref = made.occurrence.ref
        if ref not in self._found:
            self._found[ref] = self._search(made, member)
        return self._found[ref]

    def _search(self, made: Decision, member: Member) -> list[Interval]:
        policy = self._world.policy
        rule = policy.rule(made.rule or "")
        if rule is None or not rule.alternatives:
            return []
        people = self._invited(made, member)
        earliest = self._world.now + policy.safety.freeze_before
        return slots.alternatives(
            made.occurrence,
            people,
            {p.email: self._taken(p) for p in people},
            {
                p.email: closed(policy, self._world.facts(p.email), slots.span(made.occurrence, earliest, p.zone))
                for p in people
            },
            earliest,
            rule.alternatives,
        )

    def _invited(self, made: Decision, member: Member) -> list[Member]:
        members = self._world.members
        others = {made.occurrence.organizer, *(a.email for a in made.occurrence.humans)} - {member.email}
        return [member, *(members[email] for email in sorted(others) if email in members)]

    def _taken(self, member: Member) -> list[Interval]:
        if member.email not in self._busy:
            stored = self._world.store.facts.occurrences(member.email)
            self._busy[member.email] = slots.busy_times(stored, member.zone)
        return self._busy[member.email]
