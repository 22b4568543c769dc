"""A policy made ready for one person: rules that cover them, effective modes, prepared matchers.

Preparing happens once per policy, binding once per policy and person; both are remembered (by identity, bounded), because
thousands of meetings are judged against the same pair.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from guardian.model.actions import Mode, TraceStep
from guardian.model.people import Member
from guardian.policy.case import Check, Predicate
from guardian.policy.conditions import check_for
from guardian.policy.matchers import ready
from guardian.policy.model import Bypass, PolicySet, Rule
from guardian.policy.moments import ceilings, mode_for
from guardian.policy.scopes import applies, narrowness

REMEMBERED_POLICIES = 8
REMEMBERED_PEOPLE = 2048


@dataclass(frozen=True, slots=True)
class ReadyRule:
    """A rule with everything that does not depend on the person."""

    rule: Rule
    position: int
    where: str
    check: Check
    when: Predicate | None
    unless: Predicate | None
    dated: bool


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule that covers the person. `mode` counts ceilings but no kill switch; `capped_by` names the ceiling that lowered it.
    `openers` are the positions of the bound entries that can open it."""

    ready: ReadyRule
    mode: Mode
    capped_by: str
    narrowness: int
    openers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BoundEntry:
    """A bypass entry that covers the person."""

    entry: Bypass
    where: str
    matches: Predicate


@dataclass(frozen=True, slots=True)
class Bound:
    """`checks` run beside `rules`, so that the usual case (nothing matches) touches little. `steps` are the trace
    steps of what is not asked for this person."""

    rules: tuple[BoundRule, ...]
    checks: tuple[Check, ...]
    entries: tuple[BoundEntry, ...]
    steps: tuple[TraceStep, ...]


class ReadyPolicy:
    """A policy with its matchers and conditions prepared; remembers the people bound to it."""

    def __init__(self, policy: PolicySet) -> None:
        self.policy = policy
        self._rules = tuple(_ready_rule(policy, n, r) for n, r in enumerate(policy.rules))
        self._entries = tuple(BoundEntry(b, str(b.place), ready(b.when, policy)) for b in policy.bypass)
        self._people: dict[int, tuple[Member, Bound]] = {}

    def bound_to(self, member: Member) -> Bound:
        known = self._people.get(id(member))
        if known is not None and known[0] is member:
            return known[1]
        if len(self._people) >= REMEMBERED_PEOPLE:
            self._people.clear()
        bound = self._bind(member)
        self._people[id(member)] = (member, bound)
        return bound

    def _bind(self, member: Member) -> Bound:
        entries = tuple(e for e in self._entries if applies(e.entry.for_, (), member))
        limits = ceilings(self.policy, member)
        rules, steps = [], []
        for prepared in self._rules:
            rule = prepared.rule
            mode, capped_by = mode_for(rule, limits)
            if not applies(rule.for_, rule.not_for, member):
                steps.append(TraceStep("rule", rule.id, "no", "not for this person", prepared.where))
            elif mode is Mode.OFF:
                reason = f"switched off by {capped_by}" if capped_by else "switched off"
                steps.append(TraceStep("rule", rule.id, "off", reason, prepared.where))
            else:
                openers = _openers(rule, entries)
                rules.append(BoundRule(prepared, mode, capped_by, narrowness(rule.for_, member), openers))
        return Bound(tuple(rules), tuple(r.ready.check for r in rules), entries, tuple(steps))


def _ready_rule(policy: PolicySet, position: int, rule: Rule) -> ReadyRule:
    return ReadyRule(
        rule=rule,
        position=position,
        where=str(rule.place),
        check=check_for(rule.condition),
        when=ready(rule.when, policy) if rule.when else None,
        unless=ready(rule.unless, policy) if rule.unless else None,
        dated=rule.starts_on is not None or rule.ends_on is not None,
    )


def _openers(rule: Rule, entries: Iterable[BoundEntry]) -> tuple[int, ...]:
    """A rule without a list of its own accepts every entry."""
    return tuple(n for n, e in enumerate(entries) if rule.bypass is None or e.entry.id in rule.bypass)


_policies: dict[int, ReadyPolicy] = {}


def bind(policy: PolicySet, member: Member) -> Bound:
    """The policy as it is for this member."""
    known = _policies.get(id(policy))
    if known is None or known.policy is not policy:
        if len(_policies) >= REMEMBERED_POLICIES:
            _policies.clear()
        _policies[id(policy)] = known = ReadyPolicy(policy)
    return known.bound_to(member)
