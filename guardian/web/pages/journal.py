"""Who did what, when and why, for auditors."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from guardian.web.access import NOT_AN_AUDITOR, In, Visitor
from guardian.web.html import page
from guardian.web.pages.common import zone_of_caller

router = APIRouter(include_in_schema=False)
PAGE = 100


@router.get("/journal")
def journal(
    request: Request, guardian: In, caller: Visitor, before: Annotated[int | None, Query(ge=1, lt=2**63)] = None
) -> Response:
    """Newest first."""
    caller.need_right(caller.sees_journal, NOT_AN_AUDITOR)
    found = guardian.store.ledger.journal(before=before, limit=PAGE + 1)
    following = found[PAGE - 1].seq if len(found) > PAGE else None
    zone = zone_of_caller(guardian, caller)
    return page(request, "journal.html", entries=found[:PAGE], following=following, zone=zone)
