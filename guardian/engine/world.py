"""Everything one pass knows: who is enrolled, what their calendars say, what the ledger remembers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guardian.engine.execute import by_mailbox
from guardian.model.actions import Decision, Outcome
from guardian.model.events import StoredOccurrence
from guardian.model.people import Member, Person
from guardian.planning.history import Memory
from guardian.planning.view import views
from guardian.policy.decide import decide
from guardian.policy.limits_of_bypass import Use, over_limit, uses_of
from guardian.policy.membership import member_of
from guardian.policy.model import PolicySet
from guardian.policy.view import PersonFacts, View
from guardian.ports import CalendarState, Store

FLIPS_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class World:
    """One consistent picture, by e-mail address. `facts` holds what `decide` needs of each person."""

    members: Mapping[str, Member]
    stored: Mapping[str, Sequence[StoredOccurrence]]
    memories: Mapping[str, Memory]
    facts: Mapping[str, PersonFacts]
    states: Mapping[str, CalendarState]


def members_of(
    policy: PolicySet, people: Iterable[Person], states: Mapping[str, CalendarState], fallback_zone: str
) -> dict[str, Member]:
    """Each enrolled person with teams, zone and hours as the policy and the mailbox now say."""
    return {p.email: member_of(policy, p, _zone(states.get(p.email)), fallback_zone) for p in people}


def _zone(state: CalendarState | None) -> str | None:
    return state.timezone if state else None


def look(
    store: Store, policy: PolicySet, people: Sequence[Person], now: datetime, *, fallback_zone: str, killed: bool
) -> World:
    """Read the store once; nothing is asked of a calendar service."""
    states = {state.mailbox: state for state in store.facts.calendars()}
    members = members_of(policy, people, states, fallback_zone)
    rows = by_mailbox(store.ledger.rows())
    since = now - FLIPS_WITHIN
    return World(
        members=members,
        stored={email: store.facts.occurrences(email) for email in members},
        memories={
            email: Memory(rows.get(email, ()), tuple(store.ledger.vetoes(email)), store.ledger.flips(email, since))
            for email in members
        },
        facts={email: _person_facts(store, policy, member, killed=killed) for email, member in members.items()},
        states=states,
    )


def _person_facts(store: Store, policy: PolicySet, member: Member, *, killed: bool) -> PersonFacts:
    moments = store.registry.enforced_since(member.email)
    since = {rule.id: moments[rule.fingerprint] for rule in policy.rules if rule.fingerprint in moments}
    return PersonFacts(member, since, killed)


def judge(policy: PolicySet, world: World, now: datetime, *, trace_all: bool = False) -> dict[str, list[Decision]]:
    """What the policy says about every coming occurrence of everybody, bypass limits counted over the organisation.

    Decisions that no rule has a part in come without a trace unless `trace_all` asks for it: there are many, and few ask.
    """
    seen = {email: _views(world, email, now) for email in world.members}
    first = {email: [decide(policy, view, now, trace=trace_all) for view in group] for email, group in seen.items()}
    over = over_limit(policy, _uses(seen, first))
    return {
        email: [_final(policy, over, now, *pair) for pair in zip(first[email], seen[email], strict=True)]
        for email in seen
    }


def _uses(seen: Mapping[str, list[View]], first: Mapping[str, list[Decision]]) -> Iterator[Use]:
    for email, group in seen.items():
        for made, view in zip(first[email], group, strict=True):
            yield from uses_of(made, view.stored)


def _final(
    policy: PolicySet, over: Mapping[tuple[str, str], frozenset[str]], now: datetime, made: Decision, view: View
) -> Decision:
    """Judged anew where an entry that let the meeting through is over its limit; with its trace where it is told."""
    entries = over.get((made.member, str(made.occurrence.meeting))) if over else None
    if entries:
        return decide(policy, replace(view, over_limit=entries), now)
    return decide(policy, view, now) if worth_telling(made) and not made.trace else made


def worth_telling(made: Decision) -> bool:
    """Everything but meetings that no rule objects to."""
    return made.outcome is not Outcome.NONE or made.bypass is not None


def _views(world: World, email: str, now: datetime) -> list[View]:
    return views(world.facts[email], world.stored[email], world.members, world.memories[email], now)
