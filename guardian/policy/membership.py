"""What the policy and the mailbox say about an enrolled person, resolved once per pass.

Zone: the roster, then the mailbox, the team, the policy's default, the installation's own. Hours and holidays: the team,
then the default; Monday to Friday from 09:00 to 17:00 where nobody says.
"""

from collections.abc import Collection

from guardian.model.people import Member, Person, Schedule
from guardian.model.time import WallWindow, zone_named
from guardian.policy.model import PolicySet, Team

USUAL_HOURS = WallWindow(frozenset(range(5)), 9 * 60, 17 * 60)
"""Monday to Friday, 09:00 to 17:00: stands in where neither policy nor mailbox says."""


def member_of(
    policy: PolicySet,
    person: Person,
    mailbox_zone: str | None,
    fallback_zone: str,
    groups: Collection[str] = (),
) -> Member:
    """The person with teams, zone, hours and holidays.

    `groups` are the directory groups (addresses) the person is known to be in. Where several teams say different things
    the earliest team in the file counts. Raises InputError for a zone the zone data do not have: nobody is judged by a
    clock that we cannot read.
    """
    known = tuple(sorted(g.lower() for g in groups))
    teams = tuple(t for t in policy.teams if in_team(t, person.email, known))
    return Member(
        person=person,
        teams=tuple(t.name for t in teams),
        groups=known,
        schedule=_schedule(policy, person, teams, mailbox_zone or None, fallback_zone),
    )


def in_team(team: Team, email: str, groups: Collection[str]) -> bool:
    """Is the address listed in the team, itself or through one of its groups?"""
    names = {email, f"person:{email}", *(f"group:{g}" for g in groups)}
    return any(m.lower() in names for m in team.members)


def _schedule(
    policy: PolicySet, person: Person, teams: tuple[Team, ...], mailbox_zone: str | None, fallback_zone: str
) -> Schedule:
    said = (t.timezone for t in teams if t.timezone)
    team_zone = next(said, None)
    zone = person.timezone or mailbox_zone or team_zone or policy.defaults.timezone or fallback_zone
    holidays = next((t.holidays for t in teams if t.holidays), policy.defaults.holidays)
    return Schedule(zone_named(zone), _hours(policy, teams), holidays)


def _hours(policy: PolicySet, teams: tuple[Team, ...]) -> tuple[WallWindow, ...]:
    """No mailbox of the supported services tells its hours; `mailbox` therefore comes to the usual ones."""
    hours = next((t.hours for t in teams if t.hours), policy.defaults.hours)
    return (hours.window or USUAL_HOURS,)
