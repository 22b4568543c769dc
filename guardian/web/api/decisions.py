"""Decisions and runs: read, veto, approve, undo."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from guardian.engine import undo as undoing
from guardian.model.ledger import DecisionRow, Run
from guardian.model.time import format_instant
from guardian.reports.run import decision
from guardian.web import models
from guardian.web.access import (
    NOT_OF_ONE_PERSON,
    Actor,
    Caller,
    In,
    Operator,
    Reason,
    Witness,
    decision_for,
    explained,
    to_act_on,
)
from guardian.web.problems import conflicts, described, not_found

router = APIRouter(prefix="/api/v1", tags=["decisions"])
Limit = Annotated[int, Query(ge=1, le=200, description="entries a page")]
Cursor = Annotated[str | None, Query(description="`next` of the page before", pattern="^[0-9A-Z]{26}$")]
DecisionId = Annotated[str, Path(description="as `list_decisions` gives it")]
RunId = Annotated[str, Path(description="as `list_runs` gives it")]
OfRun = Annotated[str | None, Query(description="only those of the pass with this id", max_length=100)]

READING = described(401, 403, 422, 503)
ONE = described(401, 403, 404, 503)
ACTING = described(401, 403, 404, 409, 503)


@router.get("/decisions", operation_id="list_decisions", responses=READING)
def list_decisions(
    guardian: In, caller: Witness, limit: Limit = 50, cursor: Cursor = None, run: OfRun = None
) -> models.DecisionPage:
    """Newest first: a person's own; for the installation (with `act`), operators and auditors all of them, without titles."""
    mailbox = None if caller.sees_decisions_of_all else caller.person
    rows = guardian.store.ledger.decisions(mailbox=mailbox, run=run, limit=limit + 1, before=cursor)
    entries = [models.Decision.model_validate(_told(caller, row)) for row in rows[:limit]]
    return models.DecisionPage(decisions=entries, next=entries[-1].id if len(rows) > limit else None)


@router.get("/decisions/{decision_id}", operation_id="get_decision", responses=ONE)
def get_decision(decision_id: DecisionId, guardian: In, caller: Witness) -> models.ExplainedDecision:
    """One decision with its whole trace."""
    return _explained(caller, decision_for(caller, guardian, decision_id))


def _explained(caller: Caller, row: DecisionRow) -> models.ExplainedDecision:
    return models.ExplainedDecision.model_validate(_told(caller, row, trace=True))


def _told(caller: Caller, row: DecisionRow, *, trace: bool = False) -> dict[str, Any]:
    return decision(row, titles=caller.titles_of(row.decision.member), trace=trace)


@router.post("/decisions/{decision_id}/veto", operation_id="veto_decision", responses=ACTING)
def veto(decision_id: DecisionId, guardian: In, caller: Actor, reason: Reason = "") -> models.ExplainedDecision:
    """The act is not done, and the rule leaves this occurrence alone until it moves."""
    to_act_on(caller, guardian, decision_id, reason)
    with conflicts():
        return _explained(caller, undoing.veto(guardian.engine, decision_id, caller.actor))


@router.post("/decisions/{decision_id}/approve", operation_id="approve_decision", responses=ACTING)
def approve(decision_id: DecisionId, guardian: In, caller: Actor, reason: Reason = "") -> models.ExplainedDecision:
    """Release a held act: the next pass does it, if everything still holds."""
    to_act_on(caller, guardian, decision_id, reason)
    with conflicts():
        return _explained(caller, undoing.approve(guardian.engine, decision_id, caller.actor))


@router.post("/decisions/{decision_id}/undo", operation_id="undo_decision", responses=ACTING)
def undo(decision_id: DecisionId, guardian: In, caller: Actor, reason: Reason = "") -> models.UndoAnswer:
    """Give back what stood before."""
    to_act_on(caller, guardian, decision_id, reason)
    with conflicts():
        return _answer(caller, [undoing.undo_decision(guardian.engine, decision_id, caller.actor)])


def _answer(caller: Caller, undone: list[undoing.Undone]) -> models.UndoAnswer:
    untold: dict[str, Any] = {"meeting": "", "text": None}
    bodies = [item.public() | ({} if caller.titles_of(item.person) else untold) for item in undone]
    return models.UndoAnswer(undone=[models.Undone.model_validate(body) for body in bodies])


@router.get("/runs", operation_id="list_runs", responses=READING)
def list_runs(guardian: In, _caller: Operator, limit: Limit = 50, cursor: Cursor = None) -> models.RunPage:
    """The passes, newest first; for tokens of the installation, operators and auditors."""
    runs = guardian.store.ledger.runs(limit=limit + 1, before=cursor)
    entries = [_run(run) for run in runs[:limit]]
    return models.RunPage(runs=entries, next=entries[-1].id if len(runs) > limit else None)


def _run(run: Run) -> models.Run:
    return models.Run(
        id=run.id,
        started_at=format_instant(run.started_at),
        ended_at=format_instant(run.ended_at) if run.ended_at else None,
        policy_version=run.policy_version,
        dry_run=run.dry_run,
        summary=dict(run.summary),
    )


@router.post("/runs/{run_id}/undo", operation_id="undo_run", responses=ACTING)
def undo_run(run_id: RunId, guardian: In, caller: Actor, reason: Reason = "") -> models.UndoAnswer:
    """Give back everything one pass wrote; for tokens of the installation and operators."""
    caller.need_right(caller.acts_for_all, NOT_OF_ONE_PERSON)
    if guardian.store.ledger.run(run_id) is None:
        raise not_found("run")
    explained(caller, guardian, run_id, reason, needed=caller.browser)
    with conflicts():
        return _answer(caller, undoing.undo_run(guardian.engine, run_id, caller.actor))
