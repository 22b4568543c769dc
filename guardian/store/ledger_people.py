"""Decisions as people see them, and what people say to them: veto, approve, flip back."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from guardian.model.actions import Outcome
from guardian.model.events import MeetingKey
from guardian.model.ledger import DecisionRow, Veto
from guardian.store.audit import Note, append
from guardian.store.codec import clean, dump, indexed
from guardian.store.codec_states import read_veto, veto_out
from guardian.store.connection import Database
from guardian.store.ledger_outbox import WRITTEN, settle_decision
from guardian.store.ledger_rows import LABELS, decision_row, find_decision, select_decisions
from guardian.store.ledger_runs import LedgerPart
from guardian.store.schema import decisions, flips, outbox, vetoes

LABELLING = (Outcome.FLAG, Outcome.NOTIFY)
"""Outcomes that come to nothing but a label."""


class Decisions(LedgerPart):
    def decisions(
        self, *, mailbox: str | None = None, run: str | None = None, limit: int = 100, before: str | None = None
    ) -> list[DecisionRow]:
        wanted = select_decisions().order_by(decisions.c.id.desc()).limit(limit)
        if mailbox is not None:
            wanted = wanted.where(decisions.c.mailbox == indexed(mailbox))
        if run is not None:
            wanted = wanted.where(decisions.c.run == indexed(run))
        if before is not None:
            wanted = wanted.where(decisions.c.id < indexed(before))
        with self._database.read() as connection:
            return [decision_row(row) for row in connection.execute(wanted).mappings()]

    def decision(self, decision_id: str) -> DecisionRow | None:
        with self._database.read() as connection:
            return find_decision(connection, indexed(decision_id))

    def decision_for(self, mailbox: str, meeting: MeetingKey) -> DecisionRow | None:
        """The one a pass came to last; a decision that is made again counts from then."""
        mine = (decisions.c.mailbox == indexed(mailbox), decisions.c.meeting == indexed(str(meeting)))
        wanted = select_decisions().where(*mine).order_by(decisions.c.made_at.desc(), decisions.c.id.desc())
        with self._database.read() as connection:
            row = connection.execute(wanted.limit(1)).mappings().first()
            return decision_row(row) if row else None


class Hands(LedgerPart):
    """What people do to decisions; every act of theirs is journalled."""

    def veto(self, decision_id: str, actor: str, now: datetime) -> DecisionRow | None:
        with self._database.write() as connection:
            found = find_decision(connection, indexed(decision_id))
            if found is None or _written(connection, found):
                return None
            if found.decision.rule is not None:
                _add_veto(self._database, connection, _veto_of(found))
            reason = f"vetoed by {actor}"
            waiting = _waiting(connection, found.id, "held", "ready", "sending")
            notes = [_refuse(connection, row, reason, actor, now) for row in waiting]
            notes.append(Note(actor, found.id, "veto", mailbox=found.decision.member))
            append(connection, now, notes)
            return find_decision(connection, found.id)

    def approve(self, decision_id: str, actor: str, now: datetime) -> DecisionRow | None:
        with self._database.write() as connection:
            found = find_decision(connection, indexed(decision_id))
            if found is None:
                return None
            held = _waiting(connection, found.id, "held")
            if not held:
                return None
            for row in held:
                connection.execute(update(outbox).where(outbox.c.key == row["key"]).values(released=True))
            member = found.decision.member
            append(connection, now, [Note(actor, row["key"], "approved", mailbox=member) for row in held])
            return find_decision(connection, found.id)

    def add_veto(self, veto: Veto, actor: str, now: datetime) -> None:
        with self._database.write() as connection:
            if _add_veto(self._database, connection, veto):
                what = Note(actor, str(veto.meeting), "veto", f"rule {veto.rule}", mailbox=veto.mailbox)
                append(connection, now, [what])

    def vetoes(self, mailbox: str) -> list[Veto]:
        wanted = select(vetoes.c.document).where(vetoes.c.mailbox == indexed(mailbox)).order_by(vetoes.c.identity)
        with self._database.read() as connection:
            return [read_veto(text) for text in connection.execute(wanted).scalars()]

    def flips(self, mailbox: str, since: datetime) -> Mapping[str, int]:
        mine = (flips.c.mailbox == indexed(mailbox), flips.c.at >= since)
        wanted = select(flips.c.meeting, func.count()).where(*mine).group_by(flips.c.meeting)
        with self._database.read() as connection:
            return dict(connection.execute(wanted).all())

    def note_flip(self, mailbox: str, meeting: MeetingKey, now: datetime) -> None:
        row = {"mailbox": indexed(mailbox), "meeting": indexed(str(meeting)), "at": now}
        with self._database.write() as connection:
            connection.execute(insert(flips).values(row))


def _veto_of(found: DecisionRow) -> Veto:
    occurrence = found.decision.occurrence
    return Veto(found.decision.member, occurrence.meeting, occurrence.when, found.decision.rule or "")


def _add_veto(database: Database, connection: Connection, veto: Veto) -> bool:
    """False when it is there already."""
    document = dump(veto_out(veto))
    mark = hashlib.sha256(document.encode()).hexdigest()
    row = {"mailbox": indexed(veto.mailbox), "identity": mark, "document": document}
    statement = database.insert(vetoes).values(row).on_conflict_do_nothing().returning(vetoes.c.identity)
    return connection.execute(statement).first() is not None


def _waiting(connection: Connection, decision_id: str, *states: str) -> list[RowMapping]:
    mine = (outbox.c.decision == decision_id, outbox.c.state.in_(states), outbox.c.undoes.is_(None))
    return list(connection.execute(select(outbox).where(*mine).order_by(outbox.c.number).with_for_update()).mappings())


def _written(connection: Connection, found: DecisionRow) -> bool:
    """What it decided is known to be written. A label that stands in for an answer that waits does not count."""
    beside = () if found.decision.outcome in LABELLING else LABELS
    mine = (outbox.c.decision == found.id, outbox.c.undoes.is_(None), outbox.c.verb.not_in(beside))
    written = (*mine, outbox.c.state.in_(WRITTEN))
    return connection.execute(select(outbox.c.key).where(*written).limit(1)).first() is not None


def _refuse(connection: Connection, row: RowMapping, reason: str, actor: str, now: datetime) -> Note:
    """No further try is made of what may be on its way at this moment; how the first one ended only the event can tell."""
    if row["state"] != "sending":
        return _skip(connection, row, reason, actor, now)
    connection.execute(update(outbox).where(outbox.c.key == row["key"]).values(refused=True))
    told = f"{reason}; a try may have been under way, and no other follows"
    connection.execute(update(decisions).where(decisions.c.action_key == row["key"]).values(reason=clean(told)))
    return Note(actor, row["key"], "refused", told, mailbox=row["mailbox"])


def _skip(connection: Connection, row: RowMapping, reason: str, actor: str, now: datetime) -> Note:
    """For ever: only when the meeting moves is there another act, with another key."""
    values = {"state": "skipped", "reason": clean(reason), "settled_at": now, "released": False, "refused": True}
    connection.execute(update(outbox).where(outbox.c.key == row["key"]).values(values))
    settle_decision(connection, row["key"], "skipped", reason)
    return Note(actor, row["key"], "skipped", reason, mailbox=row["mailbox"])
