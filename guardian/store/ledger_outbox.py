"""The outbox: from ready to settled, under leases with a fence.

Every change names the fence it believes in and is refused when a later lease has raised it: a process that slept past
its lease can neither announce nor settle an act that another one took over.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, func, insert, or_, select, update

from guardian.model.actions import Action
from guardian.model.events import Occurrence
from guardian.model.ledger import OutboxRow, Owner
from guardian.store.audit import Note, append
from guardian.store.codec import clean, indexed, occurrence_out, occurrence_text
from guardian.store.codec_actions import action_text, read_action
from guardian.store.leases import LEASE, LIFE, free
from guardian.store.ledger_rows import DECISION_STATES, find_row, outbox_row
from guardian.store.ledger_runs import LedgerPart
from guardian.store.schema import decisions, outbox

UNLEASED: Mapping[str, Any] = {"lease_host": None, "lease_pid": None, "lease_life": None, "lease_until": None}
ANSWERS = ("decline", "tentative")
WRITTEN = ("done", "undone", "cannot_restore")


def new_row(action: Action, state: str, run: str, decision: str | None, now: datetime) -> dict[str, Any]:
    """The columns of an act that nothing has happened to yet."""
    return {
        "key": indexed(action.key),
        "mailbox": indexed(action.mailbox),
        "verb": action.verb,
        "state": state,
        "run": indexed(run),
        "decision": decision,
        "undoes": None,
        "created_at": now,
        "not_before": None,
        "held_by": None,
        "reason": "",
        "attempts": 0,
        "fence": 0,
        "released": False,
        "refused": False,
        "settled_at": None,
        **UNLEASED,
        "action": action_text(action),
        "before": None,
        "after": None,
    }


class Outbox(LedgerPart):
    def rows(
        self,
        *,
        states: Sequence[str] = (),
        run: str | None = None,
        mailbox: str | None = None,
        settled_since: datetime | None = None,
        verb: str | None = None,
    ) -> list[OutboxRow]:
        wanted = select(outbox)
        if states:
            wanted = wanted.where(outbox.c.state.in_(states))
        if run is not None:
            wanted = wanted.where(outbox.c.run == indexed(run))
        if mailbox is not None:
            wanted = wanted.where(outbox.c.mailbox == indexed(mailbox))
        if settled_since is not None:
            wanted = wanted.where(outbox.c.settled_at >= settled_since)
        if verb is not None:
            wanted = wanted.where(outbox.c.verb == verb)
        with self._database.read() as connection:
            found = connection.execute(wanted.order_by(outbox.c.created_at, outbox.c.number))
            return [outbox_row(row) for row in found.mappings()]

    def tally(self, since: datetime, run: str | None = None) -> Mapping[tuple[str, str], int]:
        wanted = outbox.c.settled_at >= since
        if run is not None:
            wanted = or_(wanted, outbox.c.run == indexed(run), outbox.c.state == "held")
        counted = select(outbox.c.verb, outbox.c.state, func.count()).where(wanted)
        with self._database.read() as connection:
            found = connection.execute(counted.group_by(outbox.c.verb, outbox.c.state)).all()
        return {(verb, state): number for verb, state, number in found}

    def settled_decisions(self, since: datetime) -> frozenset[str]:
        wanted = (
            select(outbox.c.decision).where(outbox.c.settled_at >= since, outbox.c.decision.is_not(None)).distinct()
        )
        with self._database.read() as connection:
            return frozenset(connection.execute(wanted).scalars())

    def open_mailboxes(self) -> list[str]:
        wanted = select(outbox.c.mailbox).where(outbox.c.state.in_(("ready", "sending"))).distinct()
        with self._database.read() as connection:
            return sorted(connection.execute(wanted).scalars())

    def row(self, key: str) -> OutboxRow | None:
        with self._database.read() as connection:
            found = find_row(connection, indexed(key))
            return outbox_row(found) if found else None

    def lease(self, key: str, owner: Owner, now: datetime) -> OutboxRow | None:
        with self._database.write() as connection:
            row = find_row(connection, indexed(key))
            if row is None or not _may_be_leased(row, owner, now):
                return None
            holder = {"lease_host": owner.host, "lease_pid": owner.pid, "lease_life": LIFE, "lease_until": now + LEASE}
            values = {"fence": row["fence"] + 1, **holder}
            if not _change(connection, row["key"], row["fence"], (row["state"],), values):
                return None
            leased = find_row(connection, row["key"])
            return outbox_row(leased) if leased else None

    def sending(self, row: OutboxRow, before: Occurrence | None, now: datetime) -> bool:
        values: dict[str, Any] = {"state": "sending", "attempts": row.attempts + 1, "lease_until": now + LEASE}
        if before is not None:
            values["before"] = occurrence_text(before)
        with self._database.write() as connection:
            if not _change(connection, indexed(row.action.key), row.fence, ("ready", "sending"), values, _WANTED):
                return False
            append(connection, now, [_note(row, "sending", row.reason, before=before)])
            return True

    def settle(self, row: OutboxRow, state: str, reason: str, now: datetime, after: Occurrence | None = None) -> bool:
        values = {
            "state": state,
            "reason": clean(reason),
            "settled_at": now,
            "after": occurrence_text(after) if after else None,
            **UNLEASED,
        } | ({"released": False} if state == "skipped" else {})
        with self._database.write() as connection:
            if not _change(connection, indexed(row.action.key), row.fence, ("ready", "sending"), values):
                return False
            stored = find_row(connection, indexed(row.action.key))
            before = outbox_row(stored).before if stored else None
            settle_decision(connection, row.action.key, state, reason)
            append(connection, now, [_note(row, state, reason, before=before, after=after)])
            return True

    def put_back(self, row: OutboxRow, reason: str, not_before: datetime) -> bool:
        still = "sending" if row.attempts else "ready"
        state = {"state": still, "reason": clean(reason), "attempts": row.attempts}
        values = {**state, "not_before": not_before, **UNLEASED}
        with self._database.write() as connection:
            return _change(connection, indexed(row.action.key), row.fence, ("ready", "sending"), values)

    def add_undo(self, action: Action, run: str, undoes: str, actor: str, now: datetime) -> OutboxRow:
        """Asked for again after it was skipped or failed, it becomes ready again; while it waits or is done, it stays."""
        with self._database.write() as connection:
            undone, existing = find_row(connection, indexed(undoes)), find_row(connection, indexed(action.key))
            fresh = new_row(action, "ready", run, undone["decision"] if undone else None, now)
            fresh |= {"undoes": indexed(undoes), "reason": clean(f"asked for by {actor}")}
            if _put_undo(connection, fresh, existing):
                append(connection, now, [Note(actor, action.key, "undo asked for", mailbox=action.mailbox)])
            stored = find_row(connection, indexed(action.key))
            assert stored is not None
            return outbox_row(stored)

    def mark_undone(self, key: str, state: str, reason: str, actor: str, now: datetime) -> None:
        """A row that was not written stays as it is."""
        mine = (outbox.c.key == indexed(key), outbox.c.state.in_(WRITTEN))
        with self._database.write() as connection:
            row = find_row(connection, indexed(key))
            change = update(outbox).where(*mine).values(state=state, reason=clean(reason))
            if row is None or connection.execute(change).rowcount != 1:
                return
            settle_decision(connection, key, state, reason)
            append(connection, now, [Note(actor, key, state, reason, mailbox=row["mailbox"])])

    def written(self, since: datetime) -> Mapping[str, int]:
        with self._database.read() as connection:
            return _answers_written(connection, since) + _series_shortened(connection, since)


def _answers_written(connection: Connection, since: datetime) -> Counter[str]:
    mine = (outbox.c.verb.in_(ANSWERS), outbox.c.state.in_(WRITTEN), outbox.c.settled_at >= since)
    found = connection.execute(select(outbox.c.mailbox, func.count()).where(*mine).group_by(outbox.c.mailbox))
    return Counter(dict(found.all()))


def _series_shortened(connection: Connection, since: datetime) -> Counter[str]:
    """A series counts once however many of its occurrences became shorter; giving a length back counts nothing."""
    mine = (outbox.c.verb == "shorten", outbox.c.state.in_(WRITTEN), outbox.c.settled_at >= since)
    found = connection.execute(select(outbox.c.mailbox, outbox.c.action).where(*mine, outbox.c.undoes.is_(None)))
    series = {(mailbox, _series_of(read_action(text))) for mailbox, text in found}
    return Counter(mailbox for mailbox, _ in series)


def _series_of(action: Action) -> str:
    return action.meeting.series_uid if action.meeting else action.key


def _put_undo(connection: Connection, fresh: dict[str, Any], existing: RowMapping | None) -> bool:
    """False when it is there already and still counts. The fence of a row only ever rises."""
    if existing is None:
        connection.execute(insert(outbox).values(fresh))
        return True
    if existing["state"] not in ("skipped", "failed"):
        return False
    kept = {name: existing[name] for name in ("fence", "created_at")}
    connection.execute(update(outbox).where(outbox.c.key == existing["key"]).values(fresh | kept))
    return True


def _may_be_leased(row: RowMapping, owner: Owner, now: datetime) -> bool:
    if row["state"] not in ("ready", "sending") or row["refused"]:
        return False
    if row["not_before"] is not None and row["not_before"] > now:
        return False
    return free(row["lease_host"], row["lease_pid"], row["lease_life"], row["lease_until"], owner, now)


_WANTED = outbox.c.refused.is_(False)


def _change(
    connection: Connection,
    key: str,
    fence: int,
    states: Sequence[str],
    values: Mapping[str, Any],
    *more: ColumnElement[bool],
) -> bool:
    """Change the row only while its fence and state are as believed: of two that try, one succeeds."""
    mine = (outbox.c.key == key, outbox.c.fence == fence, outbox.c.state.in_(states), *more)
    return connection.execute(update(outbox).where(*mine).values(values)).rowcount == 1


def settle_decision(connection: Connection, key: str, state: str, reason: str) -> None:
    """The decision this act is the main act of."""
    values = {"state": str(DECISION_STATES[state]), "held_by": None, "hold_until": None}
    if reason:
        values["reason"] = clean(reason)
    connection.execute(update(decisions).where(decisions.c.action_key == indexed(key)).values(values))


def _note(
    row: OutboxRow, what: str, reason: str, *, before: Occurrence | None = None, after: Occurrence | None = None
) -> Note:
    return Note(
        actor="guardian",
        key=row.action.key,
        what=what,
        reason=reason,
        mailbox=row.action.mailbox,
        before=occurrence_out(before) if before else None,
        after=occurrence_out(after) if after else None,
    )
