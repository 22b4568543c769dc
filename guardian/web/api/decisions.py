"""Decisions and runs: read, veto, approve, undo."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from guardian.engine import undo as undoing
from guardian.model.ledger import Run
from guardian.model.time import format_instant
from guardian.reports.run import decision
from guardian.web import models
from guardian.web.access import Actor, In, Reader, decision_for
from guardian.web.problems import not_found

router = APIRouter(prefix="/api/v1", tags=["decisions"])
Limit = Annotated[int, Query(ge=1, le=200, description="entries a page")]
Cursor = Annotated[str | None, Query(description="`next` of the page before")]


@router.get("/decisions", operation_id="list_decisions")
def list_decisions(
    guardian: In, caller: Reader, limit: Limit = 50, cursor: Cursor = None, run: str | None = None
) -> models.DecisionPage:
    """Newest first: a person's own; for the installation (with `act`) all of them, without titles."""
    if caller.person is None:
        caller.need("act")
    rows = guardian.store.ledger.decisions(mailbox=caller.person, run=run, limit=limit, before=cursor)
    entries = [models.Decision.model_validate(decision(row, titles=caller.titles)) for row in rows]
    return models.DecisionPage(decisions=entries, next=rows[-1].id if len(rows) == limit else None)


@router.get("/decisions/{decision_id}", operation_id="get_decision")
def get_decision(decision_id: str, guardian: In, caller: Reader) -> models.ExplainedDecision:
    """One decision with its whole trace."""
    row = decision_for(caller, guardian, decision_id)
    return _explained(decision(row, titles=caller.titles, trace=True))


def _explained(body: dict[str, Any]) -> models.ExplainedDecision:
    return models.ExplainedDecision.model_validate(body)


@router.post("/decisions/{decision_id}/veto", operation_id="veto_decision")
def veto(decision_id: str, guardian: In, caller: Actor) -> models.ExplainedDecision:
    """The act is not done, and the rule leaves this occurrence alone until it moves."""
    decision_for(caller, guardian, decision_id)
    row = undoing.veto(guardian.engine, decision_id, caller.actor)
    return _explained(decision(row, titles=caller.titles, trace=True))


@router.post("/decisions/{decision_id}/approve", operation_id="approve_decision")
def approve(decision_id: str, guardian: In, caller: Actor) -> models.ExplainedDecision:
    """Release a held act: the next pass does it, if everything still holds."""
    decision_for(caller, guardian, decision_id)
    row = undoing.approve(guardian.engine, decision_id, caller.actor)
    return _explained(decision(row, titles=caller.titles, trace=True))


@router.post("/decisions/{decision_id}/undo", operation_id="undo_decision")
def undo(decision_id: str, guardian: In, caller: Actor) -> models.UndoAnswer:
    """Give back what stood before."""
    decision_for(caller, guardian, decision_id)
    return _answer([undoing.undo_decision(guardian.engine, decision_id, caller.actor)], titles=caller.titles)


def _answer(undone: list[undoing.Undone], *, titles: bool) -> models.UndoAnswer:
    bodies = [item.public() | ({} if titles else {"meeting": "", "text": None}) for item in undone]
    return models.UndoAnswer(undone=[models.Undone.model_validate(body) for body in bodies])


@router.get("/runs", operation_id="list_runs")
def list_runs(guardian: In, caller: Reader, limit: Limit = 50, cursor: Cursor = None) -> models.RunPage:
    """The passes, newest first."""
    caller.need_installation()
    runs = guardian.store.ledger.runs(limit=limit, before=cursor)
    return models.RunPage(runs=[_run(run) for run in runs], next=runs[-1].id if len(runs) == limit else None)


def _run(run: Run) -> models.Run:
    return models.Run(
        id=run.id,
        started_at=format_instant(run.started_at),
        ended_at=format_instant(run.ended_at) if run.ended_at else None,
        policy_version=run.policy_version,
        dry_run=run.dry_run,
        summary=dict(run.summary),
    )


@router.post("/runs/{run_id}/undo", operation_id="undo_run")
def undo_run(run_id: str, guardian: In, caller: Actor) -> models.UndoAnswer:
    """Give back everything one pass wrote."""
    caller.need_installation()
    if run_id not in {run.id for run in guardian.store.ledger.runs(limit=1000)}:
        raise not_found("run")
    return _answer(undoing.undo_run(guardian.engine, run_id, caller.actor), titles=caller.titles)
