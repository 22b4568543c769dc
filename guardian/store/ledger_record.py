"""What one pass decided, written down in one transaction."""

import hashlib
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from guardian.model.actions import Decision, Outcome, Plan, Planned, State, Verdict
from guardian.model.ids import RANDOM_BYTES, ulid
from guardian.model.ledger import DecisionRow
from guardian.store.audit import Note, append
from guardian.store.codec import clean, dump, indexed, meeting_out, start_text
from guardian.store.codec_actions import decision_text
from guardian.store.connection import chunks
from guardian.store.ledger_expiry import expire, move
from guardian.store.ledger_outbox import new_row
from guardian.store.ledger_rows import DECISION_STATES, LABELS, decision_row, select_decisions
from guardian.store.ledger_runs import LedgerPart
from guardian.store.schema import decision_texts, decisions, outbox

NOT_ASKED = "no longer asked for"
WAITING = ("held", "ready")
CHANGING = (Outcome.DECLINE, Outcome.TENTATIVE, Outcome.SHORTEN)
"""Outcomes that others see."""
Columns = dict[str, Any]
ANEW: Columns = {"attempts": 0, "before": None, "after": None, "settled_at": None}
STOPPED: Columns = {"state": "held", "not_before": None, "held_by": "breaker"}
APPROVED: Columns = {"state": "ready", "not_before": None, "held_by": None}
STILL_STOPPED = "a limit was reached when this was first planned: waits for approval"


class Record(LedgerPart):
    def record(
        self, run: str, plan: Plan, now: datetime, actor: str = "guardian", *, mailboxes: Collection[str]
    ) -> list[DecisionRow]:
        with self._database.write() as connection:
            book = _Book(connection, indexed(run), plan, now, actor)
            book.write({indexed(mailbox) for mailbox in mailboxes})
            append(connection, now, book.notes)
            return _read(connection, list(book.ids.values()))


def identity(decision: Decision) -> str:
    """Two decisions with the same one are the same decision, made again."""
    parts = (
        clean(decision.member),
        *meeting_out(decision.occurrence.meeting),
        start_text(decision.occurrence.when),
        str(decision.outcome),
        clean(decision.rule or ""),
        str(decision.mode or ""),
    )
    return hashlib.sha256(dump(list(parts)).encode()).hexdigest()


@dataclass(slots=True)
class _Book:
    """One recording under way. `ids` maps a decision's identity to its id, in the order of the plan."""

    connection: Connection
    run: str
    plan: Plan
    now: datetime
    actor: str
    ids: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def write(self, mailboxes: set[str]) -> None:
        made = _made(self.plan)
        stored = _stored_decisions(self.connection, list(made))
        self.ids = _ids(made, stored, self.now)
        self._expire(mailboxes)
        rows = self._write_items()
        self._write_decisions(made, stored, rows)

    # --- the outbox

    def _expire(self, mailboxes: set[str]) -> None:
        """What waits for these people and is not in the plan; never an undo, never an act that may be on its way."""
        asked = {indexed(item.action.key) for item in self._wanted()}
        refused = {indexed(i.action.key): i.reason for i in self.plan.items if i.verdict is Verdict.SKIP}
        for some in chunks(sorted(mailboxes)):
            mine = (outbox.c.mailbox.in_(some), outbox.c.state.in_(WAITING), outbox.c.undoes.is_(None))
            for row in self.connection.execute(select(outbox).where(*mine)).mappings().all():
                if row["key"] not in asked:
                    self._expire_row(row, refused.get(row["key"]) or NOT_ASKED)

    def _expire_row(self, row: RowMapping, reason: str) -> None:
        note = expire(self.connection, row, reason, self.now, self.actor)
        self.notes += [note] if note else []

    def _wanted(self) -> list[Planned]:
        return [item for item in self.plan.items if item.verdict is not Verdict.SKIP]

    def _write_items(self) -> Mapping[str, RowMapping]:
        """Insert what is new, move what waits; the rows of all items as they now are, by key."""
        stored = _stored_rows(self.connection, self.plan.items)
        fresh = [self._fresh(item) for item in self._wanted() if indexed(item.action.key) not in stored]
        unique = {row["key"]: row for row in fresh}
        if unique:
            self.connection.execute(insert(outbox), list(unique.values()))
        for row in unique.values():
            self._note(row["key"], row["state"], row["reason"], row["mailbox"])
        for item in self._wanted():
            known = stored.get(indexed(item.action.key))
            if known is not None:
                self._again(item, known)
        return _stored_rows(self.connection, self.plan.items)

    def _fresh(self, item: Planned) -> Columns:
        decision = self.ids.get(identity(item.decision)) if item.decision else None
        return new_row(item.action, "ready", self.run, decision, self.now) | _standing(item)

    def _again(self, item: Planned, row: RowMapping) -> None:
        """The plan asks for an act that is known: one that waits or was skipped follows the plan, unless refused."""
        if row["state"] not in (*WAITING, "skipped") or row["refused"]:
            return
        fresh = self._fresh(item)
        values = {name: fresh[name] for name in ("run", "decision", "action")} | _follow(item, row)
        changed = {name: value for name, value in values.items() if row[name] != value}
        if changed and move(self.connection, row, changed) and "state" in changed:
            self._note(row["key"], values["state"], values["reason"], row["mailbox"])

    def _note(self, key: str, what: str, reason: str, mailbox: str) -> None:
        self.notes.append(Note(self.actor, key, what, reason, mailbox=mailbox))

    # --- decisions

    def _write_decisions(
        self, made: Mapping[str, Decision], stored: Mapping[str, RowMapping], rows: Mapping[str, RowMapping]
    ) -> None:
        items = _main_items(self.plan.items)
        fresh, texts = [], []
        for mark, decision in made.items():
            known, text = stored.get(mark), decision_text(decision)
            values = self._standing_of(decision, items.get(mark), known, rows)
            if known is None:
                fresh.append(self._new_decision(mark, decision) | self._made() | values)
                texts.append({"id": self.ids[mark], "document": text})
            else:
                self._update_decision(known, values, text)
        for some in chunks(row["id"] for row in stored.values()):
            self.connection.execute(update(decisions).where(decisions.c.id.in_(some)).values(self._made()))
        if fresh:
            self.connection.execute(insert(decisions), fresh)
            self.connection.execute(insert(decision_texts), texts)

    def _made(self) -> Columns:
        return {"run": self.run, "made_at": self.now}

    def _new_decision(self, mark: str, decision: Decision) -> Columns:
        return {
            "id": self.ids[mark],
            "identity": mark,
            "mailbox": indexed(decision.member),
            "meeting": indexed(str(decision.occurrence.meeting)),
            "decided_at": self.now,
        }

    def _update_decision(self, known: RowMapping, values: Columns, text: str) -> None:
        changed = {name: value for name, value in values.items() if known[name] != value}
        if changed:
            self.connection.execute(update(decisions).where(decisions.c.id == known["id"]).values(changed))
        if known["document"] != text:
            same = decision_texts.c.id == known["id"]
            self.connection.execute(update(decision_texts).where(same).values(document=text))

    def _standing_of(
        self, decision: Decision, item: Planned | None, known: RowMapping | None, rows: Mapping[str, RowMapping]
    ) -> Columns:
        """Where the decision stands: with its act where it has one, else where it stood."""
        row = rows.get(indexed(item.action.key)) if item else None
        if row is not None:
            return _with_act(decision, row)
        if item is not None:
            reason = clean(item.reason or decision.reason)
            return _columns(State.SKIPPED, reason, indexed(item.action.key))
        if known is not None:
            names = ("state", "reason", "action_key", "held_by", "hold_until")
            return {name: known[name] for name in names}
        return _columns(State.RECORDED, clean(decision.reason), None)


def _with_act(decision: Decision, row: RowMapping) -> Columns:
    state = DECISION_STATES[row["state"]]
    if state is State.HELD:
        held = {"held_by": row["held_by"], "hold_until": row["not_before"]}
        return _columns(state, row["reason"], row["key"]) | held
    told = row["reason"] if state is not State.RECORDED else decision.reason
    return _columns(state, clean(told or decision.reason), row["key"])


def _columns(state: State, reason: str, key: str | None) -> Columns:
    return {"state": str(state), "reason": reason, "action_key": key, "held_by": None, "hold_until": None}


def _standing(item: Planned) -> Columns:
    """State and hold of a new row."""
    if item.verdict is Verdict.GO:
        return {"state": "ready", "not_before": None, "held_by": None, "reason": clean(item.reason)}
    held_by = item.held_by or "hold"
    return {"state": "held", "not_before": item.hold_until, "held_by": held_by, "reason": clean(item.reason)}


def _follow(item: Planned, row: RowMapping) -> Columns:
    """State and hold of a row that waited, or was skipped and starts anew.

    A person's approval overrules every hold. What the breaker held waits for that approval, whatever a later plan
    says; neither is lost when the row expires in between. A hold keeps its first end, and a row that was put back its
    pause.
    """
    fresh = _standing(item)
    if row["state"] == "skipped":
        return _revived(fresh, row) | ANEW
    kept = {name: row[name] for name in fresh}
    if row["released"]:
        return kept if row["state"] == "ready" else fresh | APPROVED
    if row["held_by"] == "breaker":
        return kept
    same = (row["state"], row["held_by"]) == (fresh["state"], fresh["held_by"])
    return kept if same else fresh


def _revived(fresh: Columns, row: RowMapping) -> Columns:
    if row["released"]:
        return fresh | APPROVED
    if row["held_by"] != "breaker" or fresh["held_by"] == "breaker":
        return fresh
    return fresh | STOPPED | {"reason": STILL_STOPPED}


# --- reading what is there -------------------------------------------------------------------------------------------


def _made(plan: Plan) -> dict[str, Decision]:
    """All decisions of the plan by identity, those of its items included."""
    of_items = [item.decision for item in plan.items if item.decision is not None]
    return {identity(decision): decision for decision in [*plan.decisions, *of_items]}


def _main_items(items: Iterable[Planned]) -> dict[str, Planned]:
    """The item each decision stands or falls with: the one that does what it says, else its first. A label beside an answer
    says nothing of the answer."""
    found: dict[str, Planned] = {}
    for item in items:
        if item.decision is None or (item.decision.outcome in CHANGING and item.action.verb in LABELS):
            continue
        mark = identity(item.decision)
        if mark not in found or item.action.verb == item.decision.outcome:
            found[mark] = item
    return found


def _ids(made: Mapping[str, Decision], stored: Mapping[str, RowMapping], now: datetime) -> dict[str, str]:
    """Known ids, and new ones that sort in the order of the plan."""
    missing = [mark for mark in made if mark not in stored]
    fresh = dict(zip(missing, sorted(ulid(now, os.urandom(RANDOM_BYTES)) for _ in missing), strict=True))
    return {mark: stored[mark]["id"] if mark in stored else fresh[mark] for mark in made}


def _stored_decisions(connection: Connection, marks: Sequence[str]) -> dict[str, RowMapping]:
    found: dict[str, RowMapping] = {}
    for some in chunks(marks):
        rows = connection.execute(select_decisions().where(decisions.c.identity.in_(some))).mappings()
        found |= {row["identity"]: row for row in rows}
    return found


def _stored_rows(connection: Connection, items: Iterable[Planned]) -> dict[str, RowMapping]:
    found: dict[str, RowMapping] = {}
    for some in chunks(dict.fromkeys(indexed(item.action.key) for item in items)):
        rows = connection.execute(select(outbox).where(outbox.c.key.in_(some))).mappings()
        found |= {row["key"]: row for row in rows}
    return found


def _read(connection: Connection, ids: Sequence[str]) -> list[DecisionRow]:
    found: dict[str, DecisionRow] = {}
    for some in chunks(ids):
        rows = connection.execute(select_decisions().where(decisions.c.id.in_(some))).mappings()
        found |= {row["id"]: decision_row(row) for row in rows}
    return [found[decision_id] for decision_id in ids]
