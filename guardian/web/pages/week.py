"""A person's week: picture and table, numbers against the weeks before, each leading to what it counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from guardian.bootstrap import Guardian
from guardian.engine.gauge import gauge_of
from guardian.engine.house import enrolled
from guardian.engine.people import member_named, policy_now
from guardian.engine.reporting import rates_of
from guardian.errors import InputError
from guardian.model.people import Member
from guardian.model.time import Week, intersect, local_date, minutes
from guardian.reports.charts import Bar, Look, Part, bars, week_picture
from guardian.reports.gauge import Gauge
from guardian.reports.links import decision_path, meeting_path, week_path
from guardian.reports.load import weeks_of
from guardian.reports.week_view import Day, Entry, Kind, Row, WeekView, summary, table, week_view
from guardian.reports.weeks import PersonWeek, closes_at
from guardian.web.access import Caller, In, Visitor
from guardian.web.html import page, to
from guardian.web.pages.common import Filter, svg
from guardian.web.pages.numbers import of_person
from guardian.web.problems import not_found
from guardian.web.words import hours

router = APIRouter(include_in_schema=False)

BEFORE = 4
"""Weeks that a week is compared with."""

Only = Annotated[str, Query(max_length=40)]


def _takes_focus(entry: Entry, day: Day) -> bool:
    """Whether it lies in a focus window, of which its minutes are therefore not kept."""
    busy = entry.counted or entry.kind is Kind.BLOCKED
    return busy and bool(intersect([band.interval for band in day.bands], [entry.span.interval]))


SHOWS: Mapping[str, tuple[str, Callable[[Entry, Day], bool]]] = {
    "meetings": ("meetings that count", lambda e, _: e.counted),
    "confirmed": ("accepted or organised", lambda e, _: e.counted and e.confirmed),
    "late-hours": ("outside working hours", lambda e, _: e.outside > 0),
    "clashes": ("clashing", lambda e, _: e.clashing > 0),
    "windows": ("in focus windows", _takes_focus),
    "recurring": ("recurring", lambda e, _: e.counted and e.recurring),
    "short-notice": ("short notice", lambda e, _: e.counted and e.late),
    "declined": ("declined", lambda e, _: e.kind == "declined"),
    "judged": ("where a rule had a say", lambda e, _: bool(e.rule)),
}
"""What the table below the picture can be narrowed to, by name."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of the table with where it leads."""

    row: Row
    meeting: str
    decision: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whose week it is, and by what it is measured."""

    member: Member
    gauge: Gauge
    own: bool

    @property
    def email(self) -> str:
        return self.member.email

    def path(self, week: Week | str) -> str:
        return week_path(None if self.own else self.email, week)


@router.get("/me")
def me(request: Request, guardian: In, caller: Visitor, week: Filter = "", only: Only = "") -> Response:
    """The visitor's own week; whoever has no calendar here is led to the first page."""
    if caller.person is None or member_named(guardian.engine, caller.person) is None:
        return to("/")
    return _week(request, guardian, caller, caller.person, week, only)


@router.get("/people/{email}")
def somebody(
    request: Request, guardian: In, caller: Visitor, email: str, week: Filter = "", only: Only = ""
) -> Response:
    """The week of somebody who named the visitor a delegate."""
    if not caller.sees_person(email):
        raise not_found("person")
    return _week(request, guardian, caller, email, week, only)


def _week(request: Request, guardian: Guardian, caller: Caller, email: str, asked: str, only: str) -> Response:
    member = member_named(guardian.engine, email)
    if member is None:
        raise not_found("person")
    gauge = gauge_of(policy_now(guardian.engine), member, len(enrolled(guardian.engine)))
    person = Person(member, gauge, own=email == caller.person)
    now = guardian.engine.clock()
    week = Week.parse(asked) if asked.strip() else Week.of(local_date(now, member.zone))
    if only and only not in SHOWS:
        raise InputError(f"'{only}' is nothing the table can be narrowed to")
    view = _view(guardian, caller, person, week)
    measured, before = _numbers_of(guardian, person, week)
    name = "mine" if person.own else "theirs"
    return page(
        request,
        "week.html",
        person=person,
        week=week,
        this_week=Week.of(local_date(now, member.zone)),
        days=f"{view.days[0].date.day} {view.days[0].date:%b} to {view.days[6].date.day} {view.days[6].date:%b %Y}",
        view=view,
        picture=svg(week_picture(view, Look(f"week-{name}"))),
        bars=svg(_bars(view, Look(f"days-{name}"))),
        sentence=summary(view),
        numbers=list(of_person(measured, before, person.path(week), rates_of(guardian.engine))) if measured else [],
        rows=_rows(person, view, only),
        by_day=[_day(day) for day in view.days if day.entries or day.work],
        only=only,
        shows=SHOWS,
        standing=_standing(now, week, member, measured),
        read=guardian.store.facts.calendar(email),
    )


def _view(guardian: Guardian, caller: Caller, person: Person, week: Week) -> WeekView:
    span = week.interval(person.member.zone)
    stored = guardian.store.facts.occurrences(person.email, span)
    made = [guardian.store.ledger.decision_for(person.email, item.occurrence.meeting) for item in stored]
    return week_view(
        [item.occurrence for item in stored],
        [row for row in made if row],
        person.gauge,
        week,
        titles=caller.titles_of(person.email),
    )


def _numbers_of(guardian: Guardian, person: Person, week: Week) -> tuple[PersonWeek | None, list[PersonWeek]]:
    """That week as stored (or as the calendar has it now, where it is not stored whole), and the weeks before it."""
    first = week
    for _ in range(BEFORE):
        first = first.previous()
    rows = {row.week: row for row in guardian.store.rollups.weeks(str(first), str(week), [person.email])}
    measured = rows.pop(str(week), None)
    if measured is None:
        stored = guardian.store.facts.occurrences(person.email, week.interval(person.member.zone))
        measured = weeks_of([item.occurrence for item in stored], person.gauge, [week])[0] if stored else None
    return measured, list(rows.values())


def _standing(now: datetime, week: Week, member: Member, measured: PersonWeek | None) -> str:
    if measured is None:
        return ""
    if now >= closes_at(week, member.zone):
        return "This week is closed: its numbers are final."
    ahead = now < week.interval(member.zone).end
    return "This week is not over: its numbers follow the calendar." if ahead else "Answers may still come in."


def _rows(person: Person, view: WeekView, only: str) -> list[Shown]:
    fits = SHOWS[only][1] if only else lambda _entry, _day: True
    days = {day.date: day for day in view.days}
    asked = "" if person.own else f"?in={person.email}"
    return [
        Shown(
            row,
            meeting_path(row.entry.key) + asked if row.entry.key else "",
            decision_path(row.entry.decision) if row.entry.decision else "",
        )
        for row in table(view)
        if fits(row.entry, days[row.day])
    ]


def _day(day: Day) -> tuple[str, str, str, str]:
    free = ", ".join(span.clock for span in day.open)
    return f"{day.date:%A} {day.date.day}", hours(day.meeting_minutes), hours(day.focus_minutes), free or "none"


def _bars(view: WeekView, look: Look) -> str:
    shown = [day for n, day in enumerate(view.days) if n < 5 or day.entries or day.work]
    columns = [
        Bar(
            f"{day.date:%a} {day.date.day}",
            (
                Part("meetings", "meeting", day.meeting_minutes / 60),
                Part("focus", "focus", day.focus_minutes / 60),
                Part("scraps", "fragment", minutes(span.interval for span in day.scraps) / 60),
            ),
            day.holiday or ("" if day.work else "no working hours"),
        )
        for day in shown
    ]
    return bars(
        f"Hours by day of week {view.week}",
        "Hours in meetings, for focus and in scraps on each day.",
        columns,
        look=look,
    )
