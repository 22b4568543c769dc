"""What is about meetings long past goes, unless it still binds.

An act is what makes it happen once and what can be taken back; a "no" binds a meeting or a series. Both stay while the
meeting is in the person's calendar at any time that is kept, or would lie in the future.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Select, Table, delete, exists, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from guardian.model.actions import Action, BookFocus, MoveFocus, Shorten
from guardian.model.ids import tombstone
from guardian.model.ledger import Veto
from guardian.model.time import When, as_interval, zone_named
from guardian.store.audit import REDACTED, Note, append, redact
from guardian.store.codec import indexed, read_occurrence
from guardian.store.codec_actions import read_action, read_decision
from guardian.store.codec_states import read_veto
from guardian.store.connection import CHUNK, Database, chunks
from guardian.store.schema import (
    audit,
    decision_texts,
    decisions,
    flips,
    mails,
    occurrences,
    outbox,
    runs,
    sessions,
    versions,
    vetoes,
)

EXPIRED = "expired"
UNSETTLED = ("held", "ready", "sending")
_LAST = zone_named("Etc/GMT+12")
"""Where days end last."""

Chosen = Callable[[RowMapping], bool]


def expire(database: Database, before: datetime, now: datetime) -> dict[str, int]:
    """In small transactions, each whole by itself: whatever it leaves is found again by the next call."""
    gone = {
        "occurrences": _delete(database, occurrences, occurrences.c.stop <= before),
        "versions": _each(database, _old_histories(before), lambda row: _history_over(row, before), _drop_history),
        "vetoes": _each(database, select(vetoes), _unbound(database, before), _drop_veto),
        "outbox": _each(database, _settled(before), _done_with(database, before), _drop_act),
        "decisions": _each(database, _unmade(before), lambda row: _decided_past(row, before), _drop_decision),
        "flips": _delete(database, flips, flips.c.at < before),
        "mails": _delete(database, mails, mails.c.created_at < before),
        "sessions": _delete(database, sessions, sessions.c.expires_at < now),
        "runs": _delete(database, runs, _runs_over(before)),
    }
    return gone | {"audit": _quieten(database, before, now)}


def _delete(database: Database, table: Table, condition: ColumnElement[bool]) -> int:
    with database.write() as connection:
        return connection.execute(delete(table).where(condition)).rowcount


def _each(
    database: Database,
    wanted: Select[Any],
    chosen: Chosen,
    drop: Callable[[Connection, RowMapping], object],
) -> int:
    """Drop what is chosen of the rows that are wanted; what must be read to be judged is read in one go, deleted bit by bit."""
    with database.read() as connection:
        rows = connection.execution_options(yield_per=CHUNK).execute(wanted).mappings()
        old = [row for row in rows if chosen(row)]
    for some in chunks(old):
        with database.write() as connection:
            for row in some:
                drop(connection, row)
    return len(old)


def _over(when: When | None, before: datetime) -> bool:
    return when is None or as_interval(when, _LAST).end <= before


# --- history -----------------------------------------------------------------------------------------------------------


def _old_histories(before: datetime) -> Select[Any]:
    """The last version of events that have no occurrence any more and did not change since then."""
    same = (versions.c.mailbox, versions.c.calendar, versions.c.event)
    present = exists().where(
        occurrences.c.mailbox == versions.c.mailbox,
        occurrences.c.calendar == versions.c.calendar,
        occurrences.c.event == versions.c.event,
    )
    last = select(func.max(versions.c.id)).where(~present).group_by(*same).having(func.max(versions.c.at) < before)
    return select(*same, versions.c.document).where(versions.c.id.in_(last))


def _history_over(row: RowMapping, before: datetime) -> bool:
    """One that disappeared before its time may come back and keeps its first moment."""
    return _over(read_occurrence(row["document"]).when, before)


def _drop_history(connection: Connection, row: RowMapping) -> None:
    mine = [versions.c[name] == row[name] for name in ("mailbox", "calendar", "event")]
    connection.execute(delete(versions).where(*mine))


# --- acts and "no"s ----------------------------------------------------------------------------------------------------


def _settled(before: datetime) -> Select[Any]:
    return select(outbox.c.key, outbox.c.mailbox, outbox.c.action).where(
        outbox.c.state.not_in(UNSETTLED), outbox.c.settled_at < before
    )


def _done_with(database: Database, before: datetime) -> Chosen:
    living = _Living(database)

    def chosen(row: RowMapping) -> bool:
        action = read_action(row["action"])
        past = all(_over(when, before) for when in _times(action))
        return past and not (action.meeting and living.has(row["mailbox"], "meeting", str(action.meeting)))

    return chosen


def _times(action: Action) -> Iterable[When | None]:
    yield action.expects.when
    match action.effect:
        case BookFocus(block=when) | MoveFocus(block=when) | Shorten(when=when):
            yield when


def _drop_act(connection: Connection, row: RowMapping) -> None:
    connection.execute(delete(outbox).where(outbox.c.key == row["key"], outbox.c.state.not_in(UNSETTLED)))


def _unbound(database: Database, before: datetime) -> Chosen:
    living = _Living(database)

    def chosen(row: RowMapping) -> bool:
        veto: Veto = read_veto(row["document"])
        if not _over(veto.when, before) or living.has(row["mailbox"], "meeting", str(veto.meeting)):
            return False
        return bool(veto.meeting.original_start) or not living.has(row["mailbox"], "series", veto.meeting.series_uid)

    return chosen


def _drop_veto(connection: Connection, row: RowMapping) -> None:
    mine = (vetoes.c.mailbox == row["mailbox"], vetoes.c.identity == row["identity"])
    connection.execute(delete(vetoes).where(*mine))


class _Living:
    """Which meetings are in a mailbox still; remembers the mailbox it was asked about last."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._mailbox: str | None = None
        self._names: Mapping[str, frozenset[str]] = {}

    def has(self, mailbox: str, column: str, name: str) -> bool:
        if mailbox != self._mailbox:
            self._mailbox, self._names = mailbox, self._read(mailbox)
        return indexed(name) in self._names[column]

    def _read(self, mailbox: str) -> Mapping[str, frozenset[str]]:
        wanted = select(occurrences.c.meeting, occurrences.c.series).where(occurrences.c.mailbox == mailbox)
        with self._database.read() as connection:
            rows = connection.execute(wanted).all()
        return {"meeting": frozenset(row.meeting for row in rows), "series": frozenset(row.series for row in rows)}


# --- decisions and runs ------------------------------------------------------------------------------------------------


def _unmade(before: datetime) -> Select[Any]:
    """Decisions no pass came to since then, and that no act rests on."""
    acted = exists().where(or_(outbox.c.decision == decisions.c.id, outbox.c.key == decisions.c.action_key))
    texts = select(decisions.c.id, decision_texts.c.document).join(
        decision_texts, decision_texts.c.id == decisions.c.id
    )
    return texts.where(decisions.c.made_at < before, ~acted)


def _decided_past(row: RowMapping, before: datetime) -> bool:
    return _over(read_decision(row["document"]).occurrence.when, before)


def _drop_decision(connection: Connection, row: RowMapping) -> None:
    connection.execute(delete(decisions).where(decisions.c.id == row["id"]))


def _runs_over(before: datetime) -> ColumnElement[bool]:
    """Those that ended, and that could not be undone any more."""
    acts: Column[Any] = outbox.c.run
    return (runs.c.ended_at < before) & ~exists().where(acts == runs.c.id)


# --- the journal -------------------------------------------------------------------------------------------------------


def _quieten(database: Database, before: datetime, now: datetime) -> int:
    """Entries about somebody's calendar keep who did what and when; what they quote of the meeting goes. The chain stays whole."""
    quoting = (audit.c.mailbox.is_not(None), audit.c.at < before, ~audit.c.content.contains(f'"reason":"{EXPIRED}"'))
    done = 0
    while True:
        with database.write() as connection:
            rows = connection.execute(select(audit).where(*quoting).order_by(audit.c.seq).limit(CHUNK)).mappings().all()
            if not rows:
                return done
            marks = {str(row["seq"]): redact(connection, row, _quiet(row), row["mailbox"]) for row in rows}
            append(connection, now, [Note("guardian", "retention", REDACTED, after={"redacted": marks})])
            done += len(rows)


def _quiet(row: RowMapping) -> dict[str, Any]:
    content = json.loads(row["content"])
    return {**content, "key": tombstone(content["key"]), "reason": EXPIRED, "before": None, "after": None}
