"""The journal: who did what, when and why."""

from typing import Annotated

from fastapi import APIRouter, Query

from guardian.model.ledger import AuditEntry
from guardian.model.time import format_instant
from guardian.web import models
from guardian.web.access import Auditor, In
from guardian.web.problems import described

router = APIRouter(prefix="/api/v1", tags=["journal"], responses=described(401, 403, 422, 503))
Limit = Annotated[int, Query(ge=1, le=1000, description="entries a page")]
Cursor = Annotated[int | None, Query(ge=1, lt=2**63, description="`next` of the page before")]


@router.get("/journal", operation_id="list_journal")
def list_journal(guardian: In, _caller: Auditor, limit: Limit = 100, cursor: Cursor = None) -> models.Journal:
    """Newest first; what an event looked like before and after an act is left out: titles stand in it."""
    found = guardian.store.ledger.journal(before=cursor, limit=limit + 1)
    entries = [_entry(entry) for entry in found[:limit]]
    return models.Journal(entries=entries, next=entries[-1].seq if len(found) > limit else None)


def _entry(entry: AuditEntry) -> models.JournalEntry:
    return models.JournalEntry(
        seq=entry.seq,
        at=format_instant(entry.at),
        actor=entry.actor,
        key=entry.key,
        what=entry.what,
        reason=entry.reason,
        digest=entry.digest,
    )
