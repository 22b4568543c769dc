"""How long a rule only showed what it would do, before it was enforced: told by the policies that were accepted."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from guardian.engine.house import Engine
from guardian.engine.policies import as_accepted
from guardian.model.actions import Mode
from guardian.model.people import Member
from guardian.policy.model import PolicySet
from guardian.policy.moments import ceilings, mode_for
from guardian.policy.scopes import applies

SHOWING = frozenset({Mode.OBSERVE, Mode.FLAG})
"""Modes in which a rule shows what it would do and answers nothing."""

WEEK = timedelta(weeks=1)


def observed_weeks(engine: Engine, people: Sequence[Member], rule: str) -> int | None:
    """Full weeks for which the rule showed itself to one of these people, without a break, until it was first enforced there.

    None where it never was enforced, and where an accepted policy cannot be read any more.
    """
    enforced = engine.store.registry.first_enforced([member.email for member in people]).get(rule)
    if enforced is None:
        return None
    since = enforced
    for accepted_at, policy in _before(engine, enforced):
        if policy is None:
            return None
        modes = set(_modes(policy, people, rule))
        if Mode.ENFORCE in modes:
            continue  # the version that the moment began under, accepted just before its first pass
        if not modes & SHOWING:
            break
        since = accepted_at
    return (enforced - since) // WEEK


def _before(engine: Engine, moment: datetime) -> Iterator[tuple[datetime, PolicySet | None]]:
    """Accepted versions, the newest first."""
    for stored in engine.store.registry.accepted_policies():
        if stored.accepted_at is not None and stored.accepted_at <= moment:
            yield stored.accepted_at, as_accepted(stored)


def _modes(policy: PolicySet, people: Sequence[Member], rule: str) -> Iterator[Mode]:
    for found in policy.rules:
        if found.id == rule:
            yield from (
                mode_for(found, ceilings(policy, m))[0] for m in people if applies(found.for_, found.not_for, m)
            )
