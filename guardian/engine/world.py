"""What one pass knows: who is enrolled, and, one person at a time, what the calendar says and the ledger remembers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guardian.engine.directory import groups_by_person
from guardian.model.actions import Decision, Mode, Outcome
from guardian.model.events import EventRef, StoredOccurrence
from guardian.model.people import Member, Person
from guardian.model.time import Week, as_interval, local_date, zone_named
from guardian.planning.history import Memory
from guardian.planning.view import views
from guardian.policy.decide import decide
from guardian.policy.membership import members_by
from guardian.policy.model import PolicySet
from guardian.policy.view import PersonFacts, View
from guardian.ports import CalendarState, Store

FLIPS_WITHIN = timedelta(hours=24)

OverLimit = Mapping[tuple[str, str], frozenset[str]]
"""Bypass entries that no longer count, by mailbox and text of the meeting key."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on the table while one person's calendar is judged."""

    facts: PersonFacts
    stored: Sequence[StoredOccurrence]
    memory: Memory


@dataclass(frozen=True, slots=True)
class World:
    """The policy and everybody enrolled, at one moment. Calendars are fetched person by person: all of them at once would be
    the whole database in memory."""

    store: Store
    policy: PolicySet
    members: Mapping[str, Member]
    now: datetime
    killed: bool

    def facts(self, email: str) -> PersonFacts:
        moments = self.store.registry.enforced_since(email)
        since = {rule.id: moments[rule.fingerprint] for rule in self.policy.rules if rule.fingerprint in moments}
        return PersonFacts(self.members[email], since, self.killed)

    def desk(self, email: str) -> Desk:
        ledger = self.store.ledger
        memory = Memory(
            tuple(ledger.rows(mailbox=email)),
            tuple(ledger.vetoes(email)),
            ledger.flips(email, self.now - FLIPS_WITHIN),
        )
        return Desk(self.facts(email), self.store.facts.occurrences(email), memory)


def members_of(store: Store, policy: PolicySet, people: Iterable[Person], fallback_zone: str) -> dict[str, Member]:
    """Each enrolled person with teams, zone and hours as the policy, the directories and the mailbox now say."""
    states = {state.mailbox: state for state in store.facts.calendars()}
    groups, member = groups_by_person(store.registry), members_by(policy)
    return {p.email: member(p, _zone(states.get(p.email)), fallback_zone, groups.get(p.email, ())) for p in people}


def _zone(state: CalendarState | None) -> str | None:
    return state.timezone if state else None


def look(
    store: Store, policy: PolicySet, people: Sequence[Person], now: datetime, *, fallback_zone: str, killed: bool
) -> World:
    """The world as the store has it; nothing is asked of a calendar service."""
    return World(store, policy, members_of(store, policy, people, fallback_zone), now, killed)


Judged = list[tuple[View, Decision]]
"""Decisions with what was asked, by start."""


def judge(world: World, desk: Desk, over: OverLimit, *, trace_all: bool = False) -> Judged:
    """What the policy says about every coming occurrence on this desk.

    Decisions that no rule has a part in come without a trace unless `trace_all` asks for it: there are many, and few ask.
    """
    seen = views(desk.facts, desk.stored, world.members, desk.memory, world.now)
    first = [_judged(world, _limited(view, over), trace_all=trace_all) for view in seen]
    leaving = {made.occurrence.ref for _, made in first if _will_be_declined(made)}
    return [_without(world, leaving, *pair, trace_all=trace_all) for pair in first] if leaving else first


def past_of_week(world: World, desk: Desk) -> Judged:
    """The meetings of the present ISO week (in the policy's own zone) that are over, judged as they were when it began:
    they have used up their part of a limited bypass entry."""
    zone = zone_named(world.policy.defaults.timezone or "UTC")
    begin = Week.of(local_date(world.now, zone)).interval(zone).start
    seen = views(desk.facts, desk.stored, world.members, desk.memory, begin)
    over = [view for view in seen if as_interval(view.stored.occurrence.when, desk.facts.member.zone).end <= world.now]
    return [(view, decide(world.policy, view, begin, trace=False)) for view in over]


def _limited(view: View, over: OverLimit) -> View:
    entries = over.get((view.person.member.email, str(view.stored.occurrence.meeting))) if over else None
    return replace(view, over_limit=entries) if entries else view


def _judged(world: World, view: View, *, trace_all: bool) -> tuple[View, Decision]:
    made = decide(world.policy, view, world.now, trace=trace_all)
    if worth_telling(made) and not trace_all:
        made = decide(world.policy, view, world.now)
    return view, made


def _will_be_declined(made: Decision) -> bool:
    return made.outcome is Outcome.DECLINE and made.mode is Mode.ENFORCE


def _without(
    world: World, leaving: Collection[EventRef], view: View, made: Decision, *, trace_all: bool
) -> tuple[View, Decision]:
    """Judged anew where it clashes with a meeting that is declined in this very pass: that one takes no time any more."""
    staying = tuple(item for item in view.clashes if item.occurrence.ref not in leaving)
    if len(staying) == len(view.clashes):
        return view, made
    return _judged(world, replace(view, clashes=staying), trace_all=trace_all)


def worth_telling(made: Decision) -> bool:
    """Everything but meetings that no rule objects to."""
    return made.outcome is not Outcome.NONE or made.bypass is not None
