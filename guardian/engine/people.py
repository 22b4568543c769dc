"""Who is enrolled, as people and programs are told."""

from typing import Any

from guardian.engine.house import Engine
from guardian.engine.policies import NO_POLICY, in_force
from guardian.engine.world import members_of
from guardian.errors import PolicyProblems, SettingsError
from guardian.model.people import Member
from guardian.model.time import format_instant
from guardian.ports import CalendarState


def members(engine: Engine) -> dict[str, Member]:
    """Everybody on the roster with teams, zone and hours; without teams while there is no policy to go by."""
    people = list(engine.roster())
    states = {state.mailbox: state for state in engine.store.facts.calendars()}
    try:
        policy = in_force(engine.store.registry, engine.policy_files()).policy
    except (PolicyProblems, SettingsError):
        policy = NO_POLICY
    return members_of(policy, people, states, engine.fallback_zone)


def roster_rows(engine: Engine) -> list[dict[str, Any]]:
    """One entry per person: `email, name, provider, timezone, teams, last_success, error`."""
    states = {state.mailbox: state for state in engine.store.facts.calendars()}
    return [_row(member, states.get(email)) for email, member in members(engine).items()]


def _row(member: Member, state: CalendarState | None) -> dict[str, Any]:
    return {
        "email": member.email,
        "name": member.person.name,
        "provider": member.person.provider,
        "timezone": str(member.zone),
        "teams": list(member.teams),
        "last_success": format_instant(state.last_success) if state and state.last_success else None,
        "error": state.error if state else None,
    }
