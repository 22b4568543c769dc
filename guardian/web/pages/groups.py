"""The organisation and its teams: trends over twelve weeks, money, focus windows kept, hours saved. Sums only."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from guardian.bootstrap import Guardian
from guardian.engine.house import enrolled
from guardian.engine.reporting import UnknownScope, rates_of, savings_report, weeks_of_scope
from guardian.model.time import Week, local_date, zone_named
from guardian.reports.body import last_weeks
from guardian.reports.charts import Line, Look, trend
from guardian.reports.groups import ORG, TEAM
from guardian.reports.links import team_path
from guardian.reports.weeks import GroupWeek
from guardian.web.access import GROUP, Caller, In, Visitor, check_scope
from guardian.web.health import counts
from guardian.web.html import page
from guardian.web.pages.common import svg
from guardian.web.pages.numbers import Number, kept, of_group, per_full_week
from guardian.web.problems import not_found
from guardian.web.words import hours

router = APIRouter(include_in_schema=False)

WEEKS = 12
BEFORE = 4


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One team in the list; `hidden` says why it has no numbers."""

    name: str
    href: str
    people: int
    focus: str
    meetings: str
    kept: str
    hidden: str


@router.get("/")
def organisation(request: Request, guardian: In, caller: Visitor) -> Response:
    """Everybody together."""
    caller.need("read")
    return _page(request, guardian, caller, ORG, "The organisation")


@router.get("/teams/{name:path}")
def team(request: Request, guardian: In, caller: Visitor, name: str) -> Response:
    """One team, for its members and leads."""
    caller.need("read")
    check_scope(caller, f"{TEAM}{name}")
    try:
        return _page(request, guardian, caller, f"{TEAM}{name}", f"Team {name}")
    except UnknownScope:
        raise not_found(GROUP) from None


def _page(request: Request, guardian: Guardian, caller: Caller, scope: str, title: str) -> Response:
    engine = guardian.engine
    today = local_date(engine.clock(), zone_named(engine.fallback_zone))
    since, until = last_weeks(today, WEEKS)
    first, last = str(Week.of(since)), str(Week.of(until).previous())
    weeks = [week for week in weeks_of_scope(engine, scope, first, last) if isinstance(week, GroupWeek)]
    names = _known(_names(first), weeks)
    now = next((week for week in reversed(weeks) if not week.hidden), None)
    return page(
        request,
        "group.html",
        title=title,
        org=scope == ORG,
        now=now,
        hidden=weeks[-1].hidden if weeks and weeks[-1].hidden else "",
        numbers=[*of_group(now, _before(now, weeks), rates_of(engine), engine.min_group), *_saved(guardian, scope, now)]
        if now
        else [],
        trend=svg(_trend(title, names, weeks)),
        sentence=_sentence(now, weeks),
        table=[_line(week) for week in weeks],
        spread=_spread(now),
        teams=_teams(guardian, caller, last) if scope == ORG else [],
        health=_health(guardian) if scope == ORG else None,
        min_group=engine.min_group,
    )


def _known(names: list[str], weeks: Sequence[GroupWeek]) -> list[str]:
    """From the first week that has numbers on, so that a young installation has no empty picture."""
    first = next((week.week for week in weeks if not week.hidden), names[0])
    return [name for name in names if name >= first]


def _before(now: GroupWeek, weeks: Sequence[GroupWeek]) -> list[GroupWeek]:
    """Of the four weeks before those that are known, hidden ones among them."""
    first = Week.parse(now.week)
    for _ in range(BEFORE):
        first = first.previous()
    return [week for week in weeks if str(first) <= week.week < now.week]


def _names(first: str) -> list[str]:
    week, found = Week.parse(first), []
    for _ in range(WEEKS):
        found.append(str(week))
        week = week.next()
    return found


def _saved(guardian: Guardian, scope: str, now: GroupWeek) -> list[Number]:
    monday = Week.parse(now.week).next().monday
    rows = savings_report(guardian.engine, scope, Week.of(last_weeks(monday)[0]).monday, monday)["weeks"]
    told = [row for row in rows if not row["suppressed"]]
    low, high, focus = (sum(row[f"saved_{what}_minutes"] for row in told) for what in ("lower", "upper", "focus"))
    if not (high or focus):
        return []
    note = f"in {len(told)} closed weeks, expected to replay; {hours(focus)} of focus time won"
    return [Number("Saved by the guardian", f"{low / 60:.1f} to {hours(high)}", note)]


def _trend(title: str, names: Sequence[str], weeks: Sequence[GroupWeek]) -> str:
    known = {week.week: week for week in weeks if not week.hidden}

    def values(field: str) -> tuple[float | None, ...]:
        found = ((known.get(name), name) for name in names)
        per = (per_full_week(week, getattr(week, field)) if week else None for week, _ in found)
        return tuple(None if minutes is None else minutes / 60 for minutes in per)

    lines = [
        Line("left for focus", "focus", values("focus_minutes")),
        Line("in meetings", "meeting", values("meeting_minutes")),
    ]
    desc = "Hours per person and 40 working hours, week by week."
    return trend(f"{title}: focus and meetings", desc, [name[5:] for name in names], lines, look=Look("trend"))


def _sentence(now: GroupWeek | None, weeks: Sequence[GroupWeek]) -> str:
    if now is None:
        return ""
    told = [week for week in weeks if not week.hidden]
    focus = [m / 60 for w in told if (m := per_full_week(w, w.focus_minutes)) is not None]
    if not focus:
        return ""
    return (
        f"Per person and 40 working hours: {focus[-1]:.1f} h were left for focus in week {now.week}, "
        f"between {min(focus):.1f} h and {max(focus):.1f} h over {len(focus)} weeks."
    )


def _line(week: GroupWeek) -> list[str]:
    if week.hidden:
        return [week.week, f"hidden: {week.hidden}", "", "", "", ""]
    return [
        week.week,
        str(week.people),
        hours(per_full_week(week, week.focus_minutes)),
        hours(per_full_week(week, week.meeting_minutes)),
        hours(per_full_week(week, week.after_hours_minutes)),
        kept(week),
    ]


SPREAD = {"focus_minutes": "Left for focus", "meeting_minutes": "In meetings", "fragmented_minutes": "In scraps"}


def _spread(week: GroupWeek | None) -> list[list[str]]:
    """Quartiles, where the group is large enough to have any."""
    if week is None:
        return []
    return [
        [words, *(hours(one) for one in week.spread[name])] for name, words in SPREAD.items() if name in week.spread
    ]


def _teams(guardian: Guardian, caller: Caller, last: str) -> list[TeamRow]:
    """The teams whose sums this visitor may see, by name."""
    groups = guardian.engine.store.rollups.groups(last, last)
    seen = {g.scope.removeprefix(TEAM): g for g in groups if g.scope != ORG}
    names = sorted({name for name in seen if caller.sees_team(name)} | caller.teams | caller.leads)
    return [_team(name, seen.get(name)) for name in names]


def _team(name: str, week: GroupWeek | None) -> TeamRow:
    href = team_path(name)
    if week is None or week.hidden:
        return TeamRow(name, href, 0, "", "", "", f"hidden: {week.hidden}" if week else "no data yet")
    return TeamRow(
        name,
        href,
        week.people,
        hours(per_full_week(week, week.focus_minutes)),
        hours(per_full_week(week, week.meeting_minutes)),
        kept(week),
        "",
    )


def _health(guardian: Guardian) -> str:
    states = {state.mailbox: state for state in guardian.store.facts.calendars()}
    people = [person.email for person in enrolled(guardian.engine)]
    found = counts(people, states, guardian.engine.clock(), guardian.settings.poll_interval)
    return f"{found.total} calendars: {found.fresh} fresh, {found.stale} stale, {found.failed} failed"
