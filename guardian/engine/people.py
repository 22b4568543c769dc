"""Who is enrolled, as people and programs are told."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from guardian.engine.directory import Change, groups_by_person, refresh
from guardian.engine.house import Engine, enrolled, holding, passed_over
from guardian.engine.policies import NO_POLICY, in_force_now
from guardian.engine.world import members_of
from guardian.errors import InputError, PolicyProblems
from guardian.model.ids import tombstone
from guardian.model.people import Member, Person
from guardian.model.time import format_instant
from guardian.policy.groups import groups_of
from guardian.policy.membership import member_of
from guardian.policy.model import PolicySet
from guardian.ports import CalendarState


def members(engine: Engine) -> dict[str, Member]:
    """Everybody enrolled with teams, zone and hours; without teams while there is no policy to go by."""
    return _as_members(engine, enrolled(engine))


def member_named(engine: Engine, email: str) -> Member | None:
    """One person enrolled, as in `members`, without reading of anybody else; None for somebody who is not."""
    person = _enrolled_person(engine, email)
    if person is None:
        return None
    state = engine.store.facts.calendar(email)
    groups = groups_by_person(engine.store.registry).get(email, ())
    return member_of(policy_now(engine), person, state.timezone if state else None, engine.fallback_zone, groups)


def policy_now(engine: Engine) -> PolicySet:
    """The policy to go by, one without rules and teams while there is none."""
    try:
        return in_force_now(engine.store.registry, engine.policy_files).policy
    except PolicyProblems:
        return NO_POLICY


def _as_members(engine: Engine, people: Sequence[Person]) -> dict[str, Member]:
    return members_of(engine.store, policy_now(engine), people, engine.fallback_zone)


def _enrolled_person(engine: Engine, email: str) -> Person | None:
    """Asked for one person only, without a digest of everybody's address."""
    person = next((person for person in engine.roster() if person.email == email), None)
    return None if person is None or tombstone(email) in engine.store.registry.departed() else person


@dataclass(frozen=True, slots=True)
class Teams:
    """The teams somebody is `inside`, None for somebody who is not enrolled, and those they own, enrolled or not."""

    inside: tuple[str, ...] | None
    owned: tuple[str, ...]


def teams_of(engine: Engine, email: str) -> Teams:
    """Where somebody stands, with as few questions to the database as may be: every page asks it."""
    policy = policy_now(engine)
    owned = tuple(team.name for team in policy.teams if email in team.owners)
    person = _enrolled_person(engine, email)
    if person is None:
        return Teams(None, owned)
    groups = groups_by_person(engine.store.registry).get(email, ()) if groups_of(policy) else ()
    return Teams(member_of(policy, person, None, engine.fallback_zone, groups).teams, owned)


def leads(engine: Engine) -> list[str]:
    """Everybody who owns a team of the policy, enrolled or not."""
    return sorted({owner for team in policy_now(engine).teams for owner in team.owners})


def zone_of(engine: Engine, email: str) -> str:
    """The IANA zone in which this person reads times; the installation's for somebody who is not enrolled."""
    member = member_named(engine, email)
    return str(member.zone) if member else engine.fallback_zone


def enrolled_address(engine: Engine, text: str) -> str:
    """The address as the roster writes it; raises InputError for somebody who is not enrolled."""
    email = text.strip().lower()
    if email in {person.email for person in passed_over(engine)}:
        mend = "take the line out of the roster file, let a pass run, and add it again to enrol anew"
        raise InputError(f"{email} left and is passed over; {mend}")
    known = [person.email for person in enrolled(engine)]
    if email in known:
        return email
    close = difflib.get_close_matches(email, known, n=1, cutoff=0.9)
    hint = f"; did you mean {close[0]}?" if close else "; `guardian people list` shows who is"
    raise InputError(f"{email} is not enrolled{hint}")


def known_team(engine: Engine, name: str) -> str:
    """The name, when somebody enrolled is in that team; raises InputError with what it may have meant."""
    teams = sorted({team for member in members(engine).values() for team in member.teams})
    if name in teams:
        return name
    close = difflib.get_close_matches(name, teams, n=1)
    hint = f"did you mean {close[0]}?" if close else f"the teams are: {', '.join(teams) or 'none'}"
    raise InputError(f"nobody enrolled is in a team '{name}'; {hint}")


def sync_directories(engine: Engine, *, accept: bool = False) -> list[Change]:
    """Enrolment and memberships as the directories say now; `accept` believes answers that lack most people.

    Raises PolicyProblems when there is no policy to go by, NotReady while another pass holds the database.
    """
    force = in_force_now(engine.store.registry, engine.policy_files)
    with holding(engine):
        changes = refresh(engine, force.policy, now_please=True, accept=accept)
        engine.store.registry.save_people(engine.roster(), marks_stay=engine.by_directory)
    return changes


def come_back(engine: Engine, email: str, actor: str) -> None:
    """Take away the mark that somebody left; raises InputError where there is none."""
    with holding(engine):
        if not engine.store.registry.come_back(email):
            raise InputError(f"{email} did not leave; `guardian people list` shows who is enrolled")
        engine.store.ledger.log(actor, email, "person came back", "asked for", engine.clock())


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
