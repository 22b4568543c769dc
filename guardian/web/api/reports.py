"""The load report."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from guardian.engine.reporting import UnknownScope, load_report
from guardian.web import models
from guardian.web.access import GROUP, In, Reader, check_scope
from guardian.web.problems import described, not_found

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])


Scope = Annotated[
    str, Query(description="`person:EMAIL`, `team:NAME` or `org`", pattern="^(org|(person|team):.+)$", max_length=400)
]


def by_week(by: Annotated[Literal["week"], Query(description="the only grouping there is")] = "week") -> str:
    """Refuses any other grouping with 422."""
    return by


@router.get(
    "/meeting-load",
    operation_id="meeting_load",
    dependencies=[Depends(by_week)],
    responses=described(400, 401, 403, 404, 422, 503),
)
def meeting_load(
    guardian: In,
    caller: Reader,
    scope: Scope = "org",
    since: Annotated[date | None, Query(alias="from", description="first day")] = None,
    to: Annotated[date | None, Query(description="the day after the last one")] = None,
) -> models.LoadReport:
    """Hours in meetings, focus hours and fragmentation per ISO week, 53 at most; without dates the last four full ones.

    Weeks of small groups are suppressed: they say so instead of numbers.
    """
    chosen = scope.lower() if scope.startswith("person:") else scope
    check_scope(caller, chosen)
    try:
        body = load_report(guardian.engine, chosen, since, to)
    except UnknownScope:
        raise not_found(GROUP) from None
    return models.LoadReport.model_validate(body)
