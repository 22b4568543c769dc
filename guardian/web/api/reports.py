"""The load report."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from guardian.engine.reporting import load_report
from guardian.web import models
from guardian.web.access import In, Reader, report_scope

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])


def by_week(by: Annotated[Literal["week"], Query(description="the only grouping there is")] = "week") -> str:
    """Refuses any other grouping with 422."""
    return by


@router.get(
    "/meeting-load", operation_id="meeting_load", dependencies=[Depends(by_week)], response_model_exclude_unset=True
)
def meeting_load(
    guardian: In,
    caller: Reader,
    scope: Annotated[str, Query(description="`person:EMAIL`, `team:NAME` or `org`")] = "org",
    since: Annotated[date | None, Query(alias="from", description="first day")] = None,
    to: Annotated[date | None, Query(description="the day after the last one")] = None,
) -> models.LoadReport:
    """Hours in meetings, focus hours and fragmentation per ISO week; small groups are suppressed."""
    chosen = report_scope(caller, guardian, scope)
    body = load_report(guardian.engine, chosen, since, to, min_group=guardian.settings.privacy.min_group)
    return models.LoadReport.model_validate(body)
