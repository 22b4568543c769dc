"""People say no: veto before the act, undo after it, leave for good."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from guardian.engine.execute import Writer
from guardian.engine.house import Engine, enrolled, holding, writer
from guardian.engine.policies import in_force_now
from guardian.errors import GuardianError, InputError, NotReady, PolicyProblems
from guardian.model.actions import BookFocus, Flag, Outcome, RemoveFocus, Unflag
from guardian.model.events import Occurrence
from guardian.model.ledger import DecisionRow, OutboxRow, Run, Veto
from guardian.planning.undo import CannotRestore, undo_of
from guardian.policy.model import Safety
from guardian.ports import CalendarProvider

REVERSIBLE = ("done",)
CLEARABLE = (BookFocus, Flag)


@dataclass(frozen=True, slots=True)
class Undone:
    """How taking one act back ended: `undone`, `vetoed` (it had not been done yet), `cannot_restore` or `failed`.

    `text` is a message ready to be sent to the organiser where we cannot restore.
    """

    person: str
    meeting: str
    verb: str
    result: str
    reason: str = ""
    text: str = ""

    def public(self) -> dict[str, Any]:
        return {
            "person": self.person,
            "meeting": self.meeting,
            "verb": self.verb,
            "result": self.result,
            "reason": self.reason,
            "text": self.text or None,
        }


def known_decision(engine: Engine, decision_id: str) -> DecisionRow:
    """Raises InputError when there is no such decision."""
    row = engine.store.ledger.decision(decision_id)
    if row is None:
        raise InputError(f"there is no decision '{decision_id}'; `guardian decisions list` shows them")
    return row


def veto(engine: Engine, decision_id: str, actor: str) -> DecisionRow:
    """The act is not done and the rule leaves this occurrence alone; raises InputError where nothing can be vetoed."""
    row = known_decision(engine, decision_id)
    if row.decision.rule is None or row.decision.outcome is Outcome.NONE:
        raise InputError("nothing was decided against this meeting, so there is nothing to veto")
    vetoed = engine.store.ledger.veto(decision_id, actor, engine.clock())
    if vetoed is None:
        raise InputError("this is done already; take it back with `guardian decisions undo`")
    _bind_rules(engine, vetoed, actor)
    return vetoed


def approve(engine: Engine, decision_id: str, actor: str) -> DecisionRow:
    """Raises InputError when the decision holds nothing back."""
    known_decision(engine, decision_id)
    approved = engine.store.ledger.approve(decision_id, actor, engine.clock())
    if approved is None:
        raise InputError("this decision holds nothing back; there is nothing to approve")
    return approved


def undo_decision(engine: Engine, decision_id: str, actor: str) -> Undone:
    """Give back what stood before one decision's act; a held one is vetoed instead."""
    decision = known_decision(engine, decision_id)
    row = engine.store.ledger.row(decision.action_key) if decision.action_key else None
    if row is None:
        raise InputError("nothing was written for this decision, so there is nothing to undo")
    with _undoing(engine, actor) as run:
        return _take_back(engine, row, decision_id, run, actor)


def undo_run(engine: Engine, run_id: str, actor: str) -> list[Undone]:
    """Give back everything one pass wrote, newest first."""
    rows = [row for row in engine.store.ledger.rows(run=run_id) if row.state in ("done", "held", "ready")]
    if not rows and engine.store.ledger.run(run_id) is None:
        raise InputError(f"there is no run '{run_id}'")
    with _undoing(engine, actor) as run:
        return [_take_back(engine, row, row.decision, run, actor) for row in reversed(rows)]


@contextmanager
def _undoing(engine: Engine, actor: str) -> Iterator[str]:
    """A run of its own, alone on the database."""
    with holding(engine):
        now = engine.clock()
        run = Run(engine.new_id(now), now, None, "", dry_run=False, summary={"undo": True, "actor": actor})
        engine.store.ledger.start_run(run)
        try:
            yield run.id
        finally:
            engine.store.ledger.finish_run(replace(run, ended_at=engine.clock()))


def _take_back(engine: Engine, row: OutboxRow, decision_id: str | None, run: str, actor: str) -> Undone:
    said = _Saying(row)
    if row.state in ("held", "ready"):
        stopped = _stop(engine, row, decision_id, actor)
        return (
            said("vetoed", "it had not been done yet, and will not be")
            if stopped
            else said("failed", "it is under way")
        )
    if row.state not in REVERSIBLE:
        return said("failed", f"it is {row.state}: {row.reason}")
    try:
        return _restore(engine, row, run, actor)
    except NotReady:
        raise
    except GuardianError as error:
        return said("failed", str(error))


def _stop(engine: Engine, row: OutboxRow, decision_id: str | None, actor: str) -> bool:
    """Withdraw an act that waits; false when it is being written just now."""
    ledger, now = engine.store.ledger, engine.clock()
    if decision_id is not None:
        vetoed = ledger.veto(decision_id, actor, now)
        _bind_rules(engine, vetoed, actor)
        return vetoed is not None
    leased = ledger.lease(row.action.key, engine.owner, now)
    return leased is not None and ledger.settle(leased, "skipped", f"withdrawn by {actor}", now)


@dataclass(frozen=True, slots=True)
class _Saying:
    row: OutboxRow

    def __call__(self, result: str, reason: str = "", text: str = "") -> Undone:
        action = self.row.action
        title = self.row.before.title if self.row.before else ""
        return Undone(action.mailbox, title or str(action.meeting or ""), action.verb, result, reason, text)


def _restore(engine: Engine, row: OutboxRow, run: str, actor: str) -> Undone:
    ledger, now, said, hand = engine.store.ledger, engine.clock(), _Saying(row), _hand(engine)
    provider = hand.provider_of(row.action.mailbox)
    back = undo_of(row, _present(provider, row), provider.capabilities.restore_unanswered)
    _bind(engine, row, actor)
    if isinstance(back, CannotRestore):
        ledger.mark_undone(row.action.key, "cannot_restore", back.reason, actor, now)
        return said("cannot_restore", back.reason, back.text)
    ledger.add_undo(back, run, row.action.key, actor, now)
    hand.settle(back.key)
    settled = ledger.row(back.key)
    if settled is None or settled.state != "done":
        return said("failed", settled.reason if settled else "it was not recorded")
    ledger.mark_undone(row.action.key, "undone", "taken back", actor, engine.clock())
    return said("undone")


def _present(provider: CalendarProvider, row: OutboxRow) -> Occurrence | None:
    """The event as it is now; for a removed block that is nothing."""
    if isinstance(row.action.effect, BookFocus):
        return provider.find(row.action)
    return provider.read(row.action.ref) if row.action.ref and not isinstance(row.action.effect, RemoveFocus) else None


def _bind(engine: Engine, row: OutboxRow, actor: str) -> None:
    """Whoever undoes an act does not want it again: the rule leaves this occurrence alone until it moves."""
    when, meeting = row.action.expects.when, row.action.meeting
    if when is None or meeting is None or isinstance(row.action.effect, Unflag):
        return
    engine.store.ledger.add_veto(Veto(row.action.mailbox, meeting, when, row.action.rule), actor, engine.clock())
    decision = engine.store.ledger.decision(row.decision) if row.decision else None
    _bind_rules(engine, decision, actor)


def _bind_rules(engine: Engine, row: DecisionRow | None, actor: str) -> None:
    """A no to an answer is a no to this answer, whichever rule would give it next: all rules that matched are bound."""
    if row is None or row.decision.outcome not in (Outcome.DECLINE, Outcome.TENTATIVE):
        return
    made = row.decision
    for step in made.trace:
        if step.step == "rule" and step.result == "match" and step.id != made.rule:
            veto = Veto(made.member, made.occurrence.meeting, made.occurrence.when, step.id)
            engine.store.ledger.add_veto(veto, actor, engine.clock())


def _hand(engine: Engine) -> Writer:
    """Undoing is what the kill switch is followed by, so it works while that is on."""
    return replace(writer(engine, _safety(engine)), killed=lambda: False)


def _safety(engine: Engine) -> Safety:
    """Undoing must work under a broken policy too."""
    try:
        return in_force_now(engine.store.registry, engine.policy_files).policy.safety
    except PolicyProblems:
        return Safety()


def leave(engine: Engine, email: str, actor: str) -> list[Undone]:
    """Remove every block and label we made on this person's calendar and forget the person.

    Answers that were given stay given. Somebody still on the roster is passed over from now on, until the line was taken
    out. Raises InputError for somebody we never knew.
    """
    _known(engine, email)
    with _undoing(engine, actor) as run:
        cleared = [
            _take_back(engine, row, row.decision, run, actor)
            for row in reversed(engine.store.ledger.rows(mailbox=email, states=("done", "held", "ready", "sending")))
            if row.state != "done" or isinstance(row.action.effect, CLEARABLE)
        ]
        if all(item.result in ("undone", "vetoed", "cannot_restore") for item in cleared):
            engine.store.facts.forget(email, engine.clock())
    return cleared


def _known(engine: Engine, email: str) -> None:
    known = {person.email for person in enrolled(engine)}
    if email in known or engine.store.facts.calendar(email) or engine.store.ledger.rows(mailbox=email):
        return
    raise InputError(f"nothing is known about {email}; `guardian people list` shows who is enrolled")
