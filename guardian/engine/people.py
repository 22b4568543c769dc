"""Who is enrolled, as people and programs are told."""

from collections.abc import Sequence
from typing import Any

from guardian.engine.house import Engine, enrolled, passed_over
from guardian.engine.policies import NO_POLICY, in_force_now
from guardian.engine.world import members_of
from guardian.errors import PolicyProblems
from guardian.model.people import Member, Person
from guardian.model.time import format_instant
from guardian.ports import CalendarState


def members(engine: Engine) -> dict[str, Member]:
    """Everybody enrolled with teams, zone and hours; without teams while there is no policy to go by."""
    return _as_members(engine, enrolled(engine))


def _as_members(engine: Engine, people: Sequence[Person]) -> dict[str, Member]:
    states = {state.mailbox: state for state in engine.store.facts.calendars()}
    try:
        policy = in_force_now(engine.store.registry, engine.policy_files).policy
    except PolicyProblems:
        policy = NO_POLICY
    return members_of(policy, people, states, engine.fallback_zone)


def roster_rows(engine: Engine) -> list[dict[str, Any]]:
    """One entry per line of the roster: `email, name, provider, timezone, teams, last_success, error, state`.

    `state` is `enrolled`, or `left` for those who are passed over until their line was taken out.
    """
    states = {state.mailbox: state for state in engine.store.facts.calendars()}
    left = {person.email for person in passed_over(engine)}
    return [
        _row(member, states.get(email), "left" if email in left else "enrolled")
        for email, member in _as_members(engine, engine.roster()).items()
    ]


def _row(member: Member, state: CalendarState | None, standing: str) -> dict[str, Any]:
    return {
        "email": member.email,
        "name": member.person.name,
        "provider": member.person.provider,
        "timezone": str(member.zone),
        "teams": list(member.teams),
        "last_success": format_instant(state.last_success) if state and state.last_success else None,
        "error": state.error if state else None,
        "state": standing,
    }
