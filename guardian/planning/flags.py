"""Labels on the person's own copy: one per occurrence, naming the rule whose words are used."""

from guardian.model.actions import Action, Decision, Flag, Outcome, Unflag
from guardian.model.ledger import OutboxRow
from guardian.planning.history import CLOSED, Rows, act, done, standing_flag

FLAGGING = frozenset({Outcome.FLAG, Outcome.NOTIFY})
"""Outcomes that come to a label. A notice is one too, until there is mail to carry it."""

ASKED = frozenset({Outcome.DECLINE, Outcome.TENTATIVE, Outcome.SHORTEN}) | FLAGGING


def flag(decision: Decision, rows: Rows) -> Action | None:
    """The label this decision asks for, or None when it stood at this time already.

    While another label of ours stands there is none either: it goes first, the new one comes with the next pass.
    """
    label = decision.rule or next(iter(decision.flagged_by), None)
    if label is None or standing_flag(rows, decision.occurrence):
        return None
    action = act(label, decision.occurrence, Flag(label), len(done(rows, Unflag)))
    closed = any(row.action.key == action.key and row.state in CLOSED for row in rows)
    return None if closed else action


def asks_for(decision: Decision, label: str) -> bool:
    """Does the rule of this label still object to the meeting?"""
    return decision.outcome in ASKED and (label == decision.rule or label in decision.flagged_by)


def label_of(row: OutboxRow) -> str:
    return row.action.effect.label if isinstance(row.action.effect, Flag) else row.action.rule
