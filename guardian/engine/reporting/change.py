"""Before and after a rule was enforced: the review after 30 days."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial
from operator import attrgetter
from typing import Any

from guardian.engine.house import Engine
from guardian.engine.people import members
from guardian.engine.reporting.observed import observed_weeks
from guardian.engine.reporting.scope import PERSON, check_day, frame_of, people_of, unknown, weeks_of_scope
from guardian.errors import InputError
from guardian.model.holidays import is_holiday
from guardian.model.people import Member, Schedule
from guardian.model.time import Week, days_between, local_date, zone_named
from guardian.reports.change import REACH, change
from guardian.reports.change_body import change_body
from guardian.reports.groups import ORG, TEAM
from guardian.reports.weeks import COUNTS, GroupWeek, closes_at

NOTHING_ENFORCED = "no rule is enforced for anybody there yet; give the day of the change with --from"


def change_report(
    engine: Engine, scope: str, since: date | None, until: date | None = None, rule: str | None = None
) -> dict[str, Any]:
    """The body of `guardian.report.change/1`: four weeks before against four after, per 40 working hours.

    `since` is the day of the change, by default when `rule` was first enforced there, or the rule that was so last; `until`
    leaves out the weeks from then on. Only closed weeks are compared. Raises UnknownScope, and InputError where nothing was enforced.
    """
    check_day(since)
    people = people_of(engine, scope)
    if not people and scope != ORG:
        raise unknown(scope)
    found, day = _start(engine, people, since, rule)
    start = Week.of(day)
    span = timedelta(weeks=REACH)
    last = min(start.monday + span + timedelta(weeks=1), until or date.max)
    frame = frame_of(engine, scope, start.monday - span, max(last, start.monday + timedelta(days=1)))
    shown = change(
        weeks_of_scope(engine, scope, *frame.ends),
        start,
        without_rule=_without(engine, scope, found, frame.weeks) if found else (),
        holiday_weeks=_holiday_weeks(people, [Week.parse(name) for name in frame.weeks]),
        closed=partial(_is_closed, engine),
        observed_weeks=observed_weeks(engine, people, found) if found else None,
        min_group=engine.min_group,
    )
    return change_body(shown, frame, found)


def _is_closed(engine: Engine, week: str) -> bool:
    """By the installation's zone, in which the weeks of groups are told."""
    return closes_at(Week.parse(week), zone_named(engine.fallback_zone)) <= engine.clock()


def _start(engine: Engine, people: Sequence[Member], since: date | None, rule: str | None) -> tuple[str | None, date]:
    if since is not None:
        return rule, since
    moments = engine.store.registry.first_enforced([member.email for member in people])
    if rule is not None and rule not in moments:
        raise InputError(f"rule '{rule}' is not enforced for anybody there; {_names(moments)}")
    if not moments:
        raise InputError(NOTHING_ENFORCED)
    found = rule or max(moments, key=lambda name: (moments[name], name))
    return found, local_date(moments[found], zone_named(engine.fallback_zone))


def _names(moments: Iterable[str]) -> str:
    names = ", ".join(sorted(moments))
    return f"enforced are: {names}" if names else NOTHING_ENFORCED


def _without(engine: Engine, scope: str, rule: str, names: Sequence[str]) -> list[GroupWeek]:
    """The teams for nobody of which the rule is enforced, together week by week; hidden ones are no part of it."""
    if scope == ORG or scope.startswith(PERSON):
        return []
    teams: dict[str, list[str]] = {}
    for email, member in members(engine).items():
        for team in member.teams:
            teams.setdefault(team, []).append(email)
    registry = engine.store.registry
    others = {f"{TEAM}{team}" for team, emails in teams.items() if rule not in registry.first_enforced(emails)}
    rows = [g for g in engine.store.rollups.groups(names[0], names[-1]) if g.scope in others and not g.hidden]
    return [_together([row for row in rows if row.week == name]) for name in sorted({row.week for row in rows})]


def _together(rows: Sequence[GroupWeek]) -> GroupWeek:
    sums = {name: sum(map(attrgetter(name), rows)) for name in COUNTS}
    return GroupWeek(
        scope="others",
        week=rows[0].week,
        people=sum(row.people for row in rows),
        moved=sum(row.moved for row in rows),
        **sums,
    )


def _holiday_weeks(people: Sequence[Member], weeks: Iterable[Week]) -> list[str]:
    """Those with a public holiday on a working day of half of the people or more."""
    schedules = Counter(member.schedule for member in people)
    return [
        str(week)
        for week in weeks
        if 2 * sum(number for schedule, number in schedules.items() if _has_holiday(schedule, week)) >= len(people) > 0
    ]


def _has_holiday(schedule: Schedule, week: Week) -> bool:
    days = days_between(week.monday, week.monday + timedelta(days=6))
    working = {day for hours in schedule.hours for day in hours.days}
    return any(day.weekday() in working and is_holiday(schedule.holidays, day) for day in days)
