"""What the policy and the mailbox say about an enrolled person, resolved once per pass.

Zone: the roster, then the mailbox, the team, the policy's default, the installation's own. Hours and holidays: the team,
then the default; Monday to Friday from 09:00 to 17:00 where nobody says.
"""

from collections.abc import Callable, Collection

from guardian.model.people import Member, Person, Schedule
from guardian.model.time import WallWindow, zone_named
from guardian.policy.model import PolicySet, Team

USUAL_HOURS = WallWindow(frozenset(range(5)), 9 * 60, 17 * 60)
"""Monday to Friday, 09:00 to 17:00: stands in where neither policy nor mailbox says."""


MemberOf = Callable[[Person, str | None, str, Collection[str]], Member]


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
    return members_by(policy)(person, mailbox_zone, fallback_zone, groups)


def members_by(policy: PolicySet) -> MemberOf:
    """`member_of` for many people of one policy: the lists of its teams are gone through once, not once for each person."""
    listed: dict[str, list[int]] = {}
    for place, team in enumerate(policy.teams):
        for name in team.members:
            listed.setdefault(name.lower(), []).append(place)

    def found(person: Person, mailbox_zone: str | None, fallback_zone: str, groups: Collection[str]) -> Member:
        known = tuple(sorted(g.lower() for g in groups))
        places = {place for name in _names(person.email, known) for place in listed.get(name, ())}
        teams = tuple(policy.teams[place] for place in sorted(places))
        return Member(
            person=person,
            teams=tuple(t.name for t in teams),
            groups=known,
            schedule=_schedule(policy, person, teams, mailbox_zone or None, fallback_zone),
        )

    return found


def in_team(team: Team, email: str, groups: Collection[str]) -> bool:
    """Is the address listed in the team, itself or through one of its groups?"""
    names = _names(email, groups)
    return any(m.lower() in names for m in team.members)


def _names(email: str, groups: Collection[str]) -> set[str]:
    """What a list of members may write for this person."""
    return {email, f"person:{email}", *(f"group:{g}" for g in groups)}


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
