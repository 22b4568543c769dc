"""What a report is about: which people, which weeks."""

from collections.abc import Sequence
from datetime import date, timedelta

from guardian.engine.house import Engine
from guardian.engine.people import member_named, members
from guardian.errors import InputError
from guardian.model.people import Member
from guardian.model.time import local_date, zone_named
from guardian.reports.body import Frame, last_weeks
from guardian.reports.groups import ORG, TEAM
from guardian.reports.weeks import GroupWeek, PersonWeek

LONGEST = timedelta(days=371)
"""A report covers 53 weeks at most."""

FIRST, LAST = date(1970, 1, 1), date(2200, 1, 1)
PERSON = "person:"


class UnknownScope(InputError):
    """There is no such person or team."""


def frame_of(engine: Engine, scope: str, since: date | None, until: date | None, weeks: int = 4) -> Frame:
    """The frame of a report on `person:EMAIL`, `team:NAME` or `org`.

    Without dates the last `weeks` full weeks, with one date so many weeks from it or to it. Raises UnknownScope for a
    person who is not enrolled, InputError for dates that make no sense.
    """
    return Frame(scope, *_range(engine, since, until, weeks), _zone(engine, scope))


def weeks_of_scope(engine: Engine, scope: str, first: str, last: str) -> Sequence[PersonWeek | GroupWeek]:
    """The stored weeks of a person, or the stored sums of a team or of everybody; raises UnknownScope."""
    kind, _, name = scope.partition(":")
    if kind == "person" and member_named(engine, name):
        return engine.store.rollups.weeks(first, last, [name])
    sums = engine.store.rollups.groups(first, last, scope) if kind in ("team", ORG) else ()
    if scope == ORG or sums or (kind == "team" and people_of(engine, scope)):
        return sums
    raise unknown(scope)


def people_of(engine: Engine, scope: str) -> list[Member]:
    """Who is in the scope now."""
    if scope.startswith(PERSON):
        member = member_named(engine, scope.removeprefix(PERSON))
        return [member] if member else []
    every = members(engine).values()
    return [m for m in every if scope == ORG or scope.removeprefix(TEAM) in m.teams]


def unknown(scope: str) -> UnknownScope:
    return UnknownScope(f"'{scope}' is nobody known; write person:EMAIL, team:NAME or org")


def _range(engine: Engine, since: date | None, until: date | None, weeks: int) -> tuple[date, date]:
    default = last_weeks(local_date(engine.clock(), zone_named(engine.fallback_zone)), weeks)
    if since is None and until is None:
        return default
    for day in (since, until):
        check_day(day)
    first = since or (until or default[1]) - timedelta(weeks=weeks)
    last = until or first + timedelta(weeks=weeks)
    if last - first > LONGEST:
        raise InputError("a report covers 53 weeks at most; choose a shorter time")
    return first, last


def check_day(day: date | None) -> None:
    """Raises InputError for a day that no report can be about."""
    if day is not None and not FIRST <= day <= LAST:
        raise InputError(f"reports lie between {FIRST} and {LAST}")


def _zone(engine: Engine, scope: str) -> str:
    """A person's own; for groups, whose weeks are each counted in the person's own zone, the installation's."""
    if not scope.startswith(PERSON):
        return engine.fallback_zone
    member = member_named(engine, scope.removeprefix(PERSON))
    if member is None:
        raise unknown(scope)
    return str(member.zone)
