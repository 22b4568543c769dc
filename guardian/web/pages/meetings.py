"""One meeting or one series, for those who take part in it; and which series could be a written update."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from guardian.engine.people import zone_of
from guardian.engine.reporting import Eyes, UnknownScope, meeting_report, series_report
from guardian.engine.reporting.meeting import UnknownMeeting
from guardian.reports.groups import ORG, TEAM
from guardian.reports.links import decision_path, meeting_key, meeting_path
from guardian.web.access import GROUP, Caller, In, Role, Visitor, check_scope
from guardian.web.html import page
from guardian.web.pages.common import Filter, zone_of_caller
from guardian.web.problems import not_found

router = APIRouter(include_in_schema=False)

Body = dict[str, Any]


@router.get("/meetings/{address}")
def meeting(
    request: Request,
    guardian: In,
    caller: Visitor,
    address: str,
    whose: Annotated[str, Query(alias="in", max_length=400)] = "",
) -> Response:
    """People's time, money, the focus it costs, agenda, history, decisions, and what could be written instead."""
    caller.need("read")
    person = whose or caller.person
    if person is not None and not caller.sees_person(person):
        raise not_found("meeting")
    key = meeting_key(address)
    try:
        body = meeting_report(guardian.engine, key, eyes=Eyes(person, everything=caller.admin))
    except UnknownMeeting:
        raise not_found("meeting") from None
    return page(
        request,
        "meeting.html",
        body=body,
        zone=zone_of(guardian.engine, person) if person else guardian.engine.fallback_zone,
        whole=meeting_path(body["series"]) if body["series"] and body["series"] != key else "",
        paths={row["meeting"]: meeting_path(row["meeting"]) for row in body["occurrences"]},
        key=key,
        rhythm=_rhythm(body["recurring"]) if body["recurring"] else "",
        decisions=[(made, decision_path(made["id"])) for made in body["decisions"]],
    )


@router.get("/candidates")
def candidates(request: Request, guardian: In, caller: Visitor, scope: Filter = "") -> Response:
    """The recurring meetings of a scope by the time they take, and which could be a written update."""
    caller.need("read")
    scopes = _scopes(caller)
    chosen = scope or scopes[0]
    check_scope(caller, chosen)
    try:
        body = series_report(guardian.engine, chosen, None, None, eyes=Eyes(caller.person, everything=caller.admin))
    except UnknownScope:
        raise not_found(GROUP) from None
    series = [(row, meeting_path(row["series"]) if row["title"] or caller.admin else "") for row in body["series"]]
    offers = sorted(
        (pair for pair in series if pair[0]["candidate"]["suggested"]),
        key=lambda pair: -pair[0]["candidate"]["saved_each_week_minutes"],
    )
    return page(
        request,
        "candidates.html",
        body=body,
        series=series,
        offers=offers,
        scopes=scopes,
        chosen=chosen,
        zone=zone_of_caller(guardian, caller),
    )


def _rhythm(series: Body) -> str:
    days = series["rhythm_days"]
    if not days:
        return "now and then"
    return "every day" if days <= 1 else "every week" if days == 7 else f"every {days:.3g} days"


def _scopes(caller: Caller) -> list[str]:
    """What a visitor can ask for: their own where they have a calendar here, their teams, everybody."""
    enrolled = caller.person and (not caller.roles or Role.PERSON in caller.roles)
    own = [f"person:{caller.person}"] if enrolled else []
    return [*own, *(f"{TEAM}{name}" for name in sorted(caller.teams | caller.leads)), ORG]
