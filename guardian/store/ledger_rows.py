"""Ledger rows as values."""

from sqlalchemy import Connection, RowMapping, Select, select

from guardian.model.actions import State
from guardian.model.ledger import DecisionRow, OutboxRow
from guardian.store.codec import read_occurrence
from guardian.store.codec_actions import read_action, read_decision
from guardian.store.schema import decision_texts, decisions, outbox

DECISION_STATES = {
    "held": State.HELD,
    "ready": State.RECORDED,
    "sending": State.RECORDED,
    "done": State.DONE,
    "undone": State.DONE,
    "cannot_restore": State.DONE,
    "skipped": State.SKIPPED,
    "failed": State.FAILED,
}
"""Where a decision stands, by the state of the act it led to."""


LABELS = ("flag", "unflag")
"""Verbs that nobody but the person sees."""


def outbox_row(row: RowMapping) -> OutboxRow:
    names = ("state", "run", "decision", "created_at", "not_before", "held_by", "reason", "attempts", "fence")
    return OutboxRow(
        action=read_action(row["action"]),
        **{name: row[name] for name in names},
        released=row["released"],
        refused=row["refused"],
        before=read_occurrence(row["before"]) if row["before"] else None,
        after=read_occurrence(row["after"]) if row["after"] else None,
        settled_at=row["settled_at"],
    )


def find_row(connection: Connection, key: str) -> RowMapping | None:
    return connection.execute(select(outbox).where(outbox.c.key == key)).mappings().first()


def decision_row(row: RowMapping) -> DecisionRow:
    names = ("id", "run", "decided_at", "reason", "action_key", "held_by", "hold_until")
    return DecisionRow(
        decision=read_decision(row["document"]),
        state=State(row["state"]),
        **{name: row[name] for name in names},
    )


def select_decisions() -> Select[*tuple[object, ...]]:
    return select(decisions, decision_texts.c.document).join(decision_texts, decision_texts.c.id == decisions.c.id)


def find_decision(connection: Connection, decision_id: str) -> DecisionRow | None:
    row = connection.execute(select_decisions().where(decisions.c.id == decision_id)).mappings().first()
    return decision_row(row) if row else None
