"""Enrolment and the health of calendars."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from guardian.engine.people import roster_rows
from guardian.model.time import format_instant
from guardian.ports import CalendarState
from guardian.web import models
from guardian.web.access import In, Reader
from guardian.web.problems import described

router = APIRouter(prefix="/api/v1", tags=["people"], responses=described(401, 403, 422, 503))
Limit = Annotated[int, Query(ge=1, le=1000, description="entries a page")]
Cursor = Annotated[str | None, Query(description="`next` of the page before", max_length=400)]


@router.get("/people", operation_id="list_people")
def list_people(guardian: In, caller: Reader, limit: Limit = 200, cursor: Cursor = None) -> models.People:
    """Who is enrolled; a person sees themselves."""
    rows = [models.PersonRow.model_validate(row) for row in roster_rows(guardian.engine)]
    seen = sorted((r for r in rows if caller.sees_health_of_all or caller.sees_person(r.email)), key=lambda r: r.email)
    page = [r for r in seen if cursor is None or r.email > cursor][:limit]
    return models.People(people=page, next=page[-1].email if page and page[-1] is not seen[-1] else None)


@router.get("/calendars", operation_id="list_calendars")
def list_calendars(guardian: In, caller: Reader, limit: Limit = 200, cursor: Cursor = None) -> models.Calendars:
    """Last success, age and last error of each calendar; a person sees their own."""
    now = guardian.engine.clock()
    seen = [s for s in guardian.store.facts.calendars() if caller.sees_health_of_all or caller.sees_person(s.mailbox)]
    page = [s for s in seen if cursor is None or s.mailbox > cursor][:limit]
    following = page[-1].mailbox if page and page[-1] is not seen[-1] else None
    return models.Calendars(calendars=[_calendar(s, now) for s in page], next=following)


def _calendar(state: CalendarState, now: datetime) -> models.CalendarRow:
    success = state.last_success
    return models.CalendarRow(
        person=state.mailbox,
        provider=state.provider,
        last_success=format_instant(success) if success else None,
        last_attempt=format_instant(state.last_attempt) if state.last_attempt else None,
        age_seconds=int((now - success).total_seconds()) if success else None,
        error=state.error,
        detail=state.detail,
        quarantined=len(state.quarantined),
    )
