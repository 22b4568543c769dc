"""What was decided, why, and what people say to it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from guardian.bootstrap import Guardian
from guardian.engine import undo as undoing
from guardian.engine.people import members
from guardian.model.actions import Mode, Outcome, State
from guardian.model.ledger import DecisionRow, OutboxRow
from guardian.model.time import Week, starts_at, zone_named
from guardian.reports.links import decision_path, meeting_path, place_path
from guardian.web.access import Caller, In, Visitor, decision_for, to_act_on
from guardian.web.html import page, to
from guardian.web.pages.common import Done, Filter, Zones, notice, title_of, zones
from guardian.web.problems import conflicts

router = APIRouter(include_in_schema=False)

PAGE = 50
BATCH = 250
MOST_LOOKED_AT = 5000
"""So many decisions are gone through for one page; the next page goes on from there."""

Reason = Annotated[str, Form(max_length=500)]


@dataclass(frozen=True, slots=True)
class Shown:
    """One decision for a page. `act` is where the act it led to stands now; the `can_*` are for this visitor, now."""

    row: DecisionRow
    title: str
    zone: str
    act: str
    can_veto: bool
    can_approve: bool
    can_undo: bool
    must_explain: bool
    meeting: str

    @property
    def href(self) -> str:
        return decision_path(self.row.id)

    @property
    def note(self) -> str:
        """What became of it, where that says more than why it was decided."""
        return self.row.reason if self.row.reason != self.row.decision.reason else ""

    @property
    def place(self) -> str:
        """Where the rule stands in the policy of that time."""
        return place_path(self.row.decision.where, self.row.decision.policy_version) if self.row.decision.where else ""

    @property
    def acts(self) -> bool:
        return self.can_veto or self.can_approve or self.can_undo


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the filter asks for; empty asks for nothing."""

    person: str
    outcome: str
    rule: str
    state: str
    week: Week | None

    def fits(self, row: DecisionRow, zone: str) -> bool:
        made = row.decision
        given = ((self.outcome, made.outcome), (self.state, row.state))
        if any(wanted and wanted != str(is_) for wanted, is_ in given):
            return False
        if self.rule and self.rule not in (made.rule, made.bypass):
            return False
        return self.week is None or self._in_week(row, zone)

    def _in_week(self, row: DecisionRow, zone: str) -> bool:
        where = zone_named(zone)
        start = starts_at(row.decision.occurrence.when, where)
        return Week.of(start.astimezone(where).date()) == self.week


@router.get("/decisions")
def listed(
    request: Request,
    guardian: In,
    caller: Visitor,
    person: Filter = "",
    outcome: Filter = "",
    rule: Filter = "",
    state: Filter = "",
    week: Filter = "",
    before: Filter = "",
) -> Response:
    """The latest decisions that the visitor may see, newest first."""
    caller.need(*(("act",) if caller.installation else ("read", "act")))
    wanted = Wanted(person.strip().lower(), outcome, rule.strip(), state, Week.parse(week) if week.strip() else None)
    people = members(guardian.engine)
    known = zones(people, guardian.engine.fallback_zone)
    found, following = _search(guardian, caller, wanted, known, before)
    chosen = {"person": wanted.person, "outcome": outcome, "rule": wanted.rule, "state": state, "week": week}
    return page(
        request,
        "decisions.html",
        shown=[shown(guardian, caller, row, known) for row in found],
        chosen=chosen,
        following=following,
        everybody=caller.sees_decisions_of_all,
        own=sorted(_own(caller)),
        outcomes=list(Outcome),
        states=list(State),
        before=before,
    )


def _own(caller: Caller) -> set[str]:
    """Whose decisions the visitor sees as a person: their own, and of those who named them a delegate."""
    return {*caller.standing.principals, *([caller.person] if caller.person else [])}


def _search(
    guardian: Guardian, caller: Caller, wanted: Wanted, known: Zones, before: str
) -> tuple[list[DecisionRow], str | None]:
    """A page of what fits, and where the next one begins (None at the end)."""
    found: list[DecisionRow] = []
    last = None
    for looked_at, row in enumerate(_all(guardian, caller, wanted.person, before or None)):
        if len(found) == PAGE or looked_at == MOST_LOOKED_AT:
            return found, last
        last = row.id
        if caller.may_see(row) and wanted.fits(row, known.of(row.decision.member)):
            found.append(row)
    return found, None


def _all(guardian: Guardian, caller: Caller, person: str, before: str | None) -> Iterator[DecisionRow]:
    """Newest first; of one person where one is asked for, or where the visitor sees only their own."""
    mailbox = person or (None if caller.sees_decisions_of_all else caller.person)
    if mailbox is None and not caller.sees_decisions_of_all:
        return
    while True:
        batch = guardian.store.ledger.decisions(mailbox=mailbox, limit=BATCH, before=before)
        yield from batch
        if len(batch) < BATCH:
            return
        before = batch[-1].id


def shown(guardian: Guardian, caller: Caller, row: DecisionRow, known: Zones) -> Shown:
    """The decision with what this visitor may read and do."""
    act = guardian.store.ledger.row(row.action_key) if row.action_key else None
    may, made = caller.may_act_on(row), row.decision
    titles = caller.titles_of(made.member)
    waits = act is not None and act.state in ("held", "ready")
    judged = made.rule is not None and made.outcome is not Outcome.NONE and made.mode is not Mode.OBSERVE
    return Shown(
        row,
        title_of(made.occurrence, titles=titles),
        known.of(made.member),
        _standing(row, act),
        can_veto=may and waits and judged,
        can_approve=may and row.state is State.HELD,
        can_undo=may and act is not None and act.state == "done",
        must_explain=caller.must_explain(row),
        meeting=meeting_path(str(made.occurrence.meeting)) if titles and made.occurrence.meeting.series_uid else "",
    )


def _standing(row: DecisionRow, act: OutboxRow | None) -> str:
    """Where it stands, in one word."""
    if act is not None and act.state in ("undone", "cannot_restore", "ready", "sending"):
        return {"cannot_restore": "not restorable", "ready": "waiting"}.get(act.state, act.state)
    return str(row.state)


@router.get("/decisions/{decision_id}")
def one(request: Request, guardian: In, caller: Visitor, decision_id: str, done: Done = "") -> Response:
    """One decision with everything that was tried."""
    return _page(request, guardian, caller, decision_for(caller, guardian, decision_id), notice(done))


def _page(
    request: Request,
    guardian: Guardian,
    caller: Caller,
    row: DecisionRow,
    told: str,
    undone: undoing.Undone | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    known = zones(members(guardian.engine), guardian.engine.fallback_zone)
    act = guardian.store.ledger.row(row.action_key) if row.action_key else None
    steps = [
        (step, place_path(step.where, row.decision.policy_version) if step.where else "") for step in row.decision.trace
    ]
    return page(
        request,
        "decision.html",
        status,
        one=shown(guardian, caller, row, known),
        steps=steps,
        said=told,
        undone=undone,
        act=act,
    )


@router.post("/decisions/{decision_id}/veto")
def veto(guardian: In, caller: Visitor, decision_id: str, reason: Reason = "") -> Response:
    """It is not done."""
    row = to_act_on(caller, guardian, decision_id, reason)
    with conflicts():
        undoing.veto(guardian.engine, row.id, caller.actor)
    return to(f"{decision_path(row.id)}?done=vetoed")


@router.post("/decisions/{decision_id}/approve")
def approve(guardian: In, caller: Visitor, decision_id: str, reason: Reason = "") -> Response:
    """What was held back may be done."""
    row = to_act_on(caller, guardian, decision_id, reason)
    with conflicts():
        undoing.approve(guardian.engine, row.id, caller.actor)
    return to(f"{decision_path(row.id)}?done=approved")


@router.post("/decisions/{decision_id}/undo")
def undo(request: Request, guardian: In, caller: Visitor, decision_id: str, reason: Reason = "") -> Response:
    """What stood before stands again; where that cannot be, a text is ready for the organiser."""
    row = to_act_on(caller, guardian, decision_id, reason)
    with conflicts():
        back = undoing.undo_decision(guardian.engine, row.id, caller.actor)
    if back.result in ("undone", "vetoed"):
        return to(f"{decision_path(row.id)}?done={'undone' if back.result == 'undone' else 'undone-vetoed'}")
    status = HTTPStatus.OK if back.result == "cannot_restore" else HTTPStatus.CONFLICT
    if not caller.titles_of(back.person):
        back = replace(back, meeting="", text="")
    fresh = guardian.store.ledger.decision(row.id) or row
    return _page(request, guardian, caller, fresh, "", undone=back, status=status)
