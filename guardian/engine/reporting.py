"""The load report from stored person-weeks: one body for command line and HTTP."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from guardian.engine.house import Engine
from guardian.engine.people import members
from guardian.errors import InputError
from guardian.model.people import Member
from guardian.model.time import local_date, zone_named
from guardian.reports.body import Frame, last_weeks, report
from guardian.reports.groups import ORG
from guardian.reports.weeks import GroupWeek, PersonWeek

LONGEST = timedelta(days=371)
"""A report covers 53 weeks at most."""

FIRST, LAST = date(1970, 1, 1), date(2200, 1, 1)


class UnknownScope(InputError):
    """There is no such person or team."""


def load_report(engine: Engine, scope: str, since: date | None, until: date | None) -> dict[str, Any]:
    """The body of `guardian.report.load/1` for `person:EMAIL`, `team:NAME` or `org`.

    Without dates the last four full weeks, with one date four weeks from it or to it. Raises UnknownScope,
    and InputError for dates that make no sense.
    """
    first, last = _range(engine, since, until)
    people = members(engine)
    frame = Frame(scope, first, last, _zone(engine, scope, people))
    return report(weeks_of_scope(engine, scope, people, frame.weeks[0], frame.weeks[-1]), frame)


def weeks_of_scope(
    engine: Engine, scope: str, people: Mapping[str, Member], first: str, last: str
) -> Sequence[PersonWeek | GroupWeek]:
    """The stored weeks of a person, or the stored sums of a team or of everybody; raises UnknownScope."""
    kind, _, name = scope.partition(":")
    if kind == "person" and name in people:
        return engine.store.rollups.weeks(first, last, [name])
    sums = engine.store.rollups.groups(first, last, scope)
    if scope == ORG or sums or (kind == "team" and any(name in m.teams for m in people.values())):
        return sums
    raise UnknownScope(f"'{scope}' is nobody known; write person:EMAIL, team:NAME or org")


def _range(engine: Engine, since: date | None, until: date | None) -> tuple[date, date]:
    default = last_weeks(local_date(engine.clock(), zone_named(engine.fallback_zone)))
    if since is None and until is None:
        return default
    if any(day and not FIRST <= day <= LAST for day in (since, until)):
        raise InputError(f"reports lie between {FIRST} and {LAST}")
    first = since or (until or default[1]) - timedelta(weeks=4)
    last = until or first + timedelta(weeks=4)
    if last - first > LONGEST:
        raise InputError("a report covers 53 weeks at most; choose a shorter time")
    return first, last


def _zone(engine: Engine, scope: str, people: Mapping[str, Member]) -> str:
    """A person's own; for groups, whose weeks are each counted in the person's own zone, the installation's."""
    email = scope.removeprefix("person:")
    return str(people[email].zone) if email in people else engine.fallback_zone
