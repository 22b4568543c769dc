"""The reports, each the body of its command, in every format of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, Query
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel

from guardian.engine.reporting import (
    Eyes,
    UnknownScope,
    change_report,
    cost_report,
    load_report,
    savings_report,
    series_report,
)
from guardian.reports.renderings import rendered
from guardian.web import report_models as models
from guardian.web.access import GROUP, Caller, In, Reader, check_scope
from guardian.web.problems import described, not_found

Model = TypeVar("Model", bound=BaseModel)

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])

MEDIA = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "markdown": "text/markdown; charset=utf-8",
    "text": "text/plain; charset=utf-8",
}
"""What other formats than JSON are served as."""

ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind.partition(";")[0]: {"schema": {"type": "string"}} for kind in MEDIA.values()}},
    **described(400, 401, 403, 404, 422, 503),
}

Asked = Annotated[
    str, Query(description="`person:EMAIL`, `team:NAME` or `org`", pattern="^(org|(person|team):.+)$", max_length=400)
]
Since = Annotated[date | None, Query(alias="from", description="first day")]
Until = Annotated[date | None, Query(description="the day after the last one")]
Format = Annotated[
    Literal["json", "ndjson", "csv", "markdown", "text"],
    Query(alias="format", description="as the command prints it; JSON by default"),
]


def by_week(by: Annotated[Literal["week"], Query(description="the only grouping there is")] = "week") -> str:
    """Refuses any other grouping with 422."""
    return by


def scope_of(caller: Reader, scope: Asked = "org") -> str:
    """What the report is about, where the caller may see it; 404 otherwise."""
    chosen = scope.lower() if scope.startswith("person:") else scope
    check_scope(caller, chosen)
    return chosen


Scope = Annotated[str, Depends(scope_of)]


@contextmanager
def known() -> Iterator[None]:
    """A scope that is nobody's is not there."""
    try:
        yield
    except UnknownScope:
        raise not_found(GROUP) from None


def answer(body: dict[str, Any], model: type[Model], fmt: str) -> Model | Response:
    """The body as its model says, or in another format."""
    if fmt == "json":
        return model.model_validate(body)
    return PlainTextResponse(rendered(body, fmt), media_type=MEDIA[fmt])


@router.get(
    "/meeting-load",
    operation_id="meeting_load",
    dependencies=[Depends(by_week)],
    response_model=models.LoadReport,
    responses=ANSWERS,
)
def meeting_load(
    guardian: In, scope: Scope, since: Since = None, to: Until = None, fmt: Format = "json"
) -> models.LoadReport | Response:
    """Hours in meetings, focus hours and fragmentation per ISO week, 53 at most; without dates the last four full ones.

    Weeks of small groups are suppressed: they say so instead of numbers.
    """
    with known():
        body = load_report(guardian.engine, scope, since, to)
    return answer(body, models.LoadReport, fmt)


@router.get(
    "/meeting-cost",
    operation_id="meeting_cost",
    dependencies=[Depends(by_week)],
    response_model=models.CostReport,
    responses=ANSWERS,
)
def meeting_cost(
    guardian: In, scope: Scope, since: Since = None, to: Until = None, fmt: Format = "json"
) -> models.CostReport | Response:
    """The load report with what the hours are estimated to cost, at one blended rate unless bands are set up.

    `list_price` counts overlapping meetings in full. Without a rate, money is null and `note` says how to set one.
    """
    with known():
        body = cost_report(guardian.engine, scope, since, to)
    return answer(body, models.CostReport, fmt)


@router.get("/series", operation_id="series", response_model=models.SeriesReport, responses=ANSWERS)
def series(
    guardian: In,
    caller: Reader,
    scope: Scope,
    since: Since = None,
    to: Until = None,
    most: Annotated[int, Query(ge=1, le=100, description="how many at most")] = 25,
    fmt: Format = "json",
) -> models.SeriesReport | Response:
    """Recurring meetings by the time they take, and which could be a written update; without dates the last eight weeks.

    Titles are for those who take part. Of a team or the organisation only series are told in which enough enrolled people
    take part, and those of the caller.
    """
    with known():
        body = series_report(guardian.engine, scope, since, to, eyes=eyes_of(caller, scope), most=most)
    return answer(body, models.SeriesReport, fmt)


def eyes_of(caller: Caller, scope: str) -> Eyes:
    """On a person's own series: with that person's eyes, which is what their delegates have."""
    kind, _, name = scope.partition(":")
    if kind == "person" and caller.titles_of(name):
        return Eyes(name, everything=caller.admin)
    return Eyes(caller.person, everything=caller.admin)


@router.get(
    "/savings",
    operation_id="savings",
    dependencies=[Depends(by_week)],
    response_model=models.SavingsReport,
    responses=ANSWERS,
)
def savings(
    guardian: In, scope: Scope, since: Since = None, to: Until = None, fmt: Format = "json"
) -> models.SavingsReport | Response:
    """Hours saved by the guardian, lower and upper, per closed week (48 hours after its end)."""
    with known():
        body = savings_report(guardian.engine, scope, since, to)
    return answer(body, models.SavingsReport, fmt)


@router.get("/before-after", operation_id="before_after", response_model=models.ChangeReport, responses=ANSWERS)
def before_after(
    guardian: In,
    scope: Scope,
    since: Annotated[
        date | None, Query(alias="from", description="the day of the change; by default the rule's first")
    ] = None,
    rule: Annotated[str | None, Query(description="by default the one enforced last", max_length=200)] = None,
    fmt: Format = "json",
) -> models.ChangeReport | Response:
    """Four weeks before a rule was enforced against four weeks after, per 40 working hours: what changed, never why."""
    with known():
        body = change_report(guardian.engine, scope, since, rule=rule)
    return answer(body, models.ChangeReport, fmt)
