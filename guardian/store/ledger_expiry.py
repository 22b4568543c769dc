"""Acts that end without having been done."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, and_, or_, select, update

from guardian.model.actions import Action, MoveFocus, RemoveFocus
from guardian.model.time import as_interval
from guardian.store.audit import Note, append
from guardian.store.codec import clean
from guardian.store.codec_actions import read_action
from guardian.store.ledger_outbox import UNLEASED, settle_decision
from guardian.store.ledger_runs import LedgerPart
from guardian.store.schema import outbox

BEGUN = "it has begun"
UNKNOWN = "vetoed while it was under way; whether it was written was never seen"

_LAST = ZoneInfo("Etc/GMT+12")
"""Where days begin last: before then an all-day event has not begun for everybody."""


class Expiry(LedgerPart):
    def expire_begun(self, now: datetime) -> int:
        waiting = and_(outbox.c.state.in_(("held", "ready")), outbox.c.undoes.is_(None))
        refused = and_(outbox.c.state == "sending", outbox.c.refused.is_(True))
        with self._database.write() as connection:
            rows = connection.execute(select(outbox).where(or_(waiting, refused))).mappings().all()
            begun = [row for row in rows if _begun(read_action(row["action"]), now)]
            notes = [note for row in begun if (note := _end(connection, row, now)) is not None]
            append(connection, now, notes)
            return len(notes)


def _begun(action: Action, now: datetime) -> bool:
    """A block of ours may still be cut or removed while it lasts."""
    if action.expects.when is None:
        return False
    lies = as_interval(action.expects.when, _LAST)
    return (lies.end if isinstance(action.effect, MoveFocus | RemoveFocus) else lies.start) <= now


def _end(connection: Connection, row: RowMapping, now: datetime) -> Note | None:
    if row["state"] != "sending":
        return expire(connection, row, BEGUN, now, "guardian")
    held = row["lease_until"] is not None and row["lease_until"] > now
    return None if held else expire(connection, row, UNKNOWN, now, "guardian", "failed")


def expire(
    connection: Connection, row: RowMapping, reason: str, now: datetime, actor: str, state: str = "skipped"
) -> Note | None:
    """End the row, with its decision; None when somebody took it up meanwhile.

    It keeps who held it and whether a person approved it: asked for again, it goes on as it was.
    """
    values = {"state": state, "reason": clean(reason), "settled_at": now, **UNLEASED}
    if not move(connection, row, values):
        return None
    settle_decision(connection, row["key"], state, reason)
    return Note(actor, row["key"], state, reason, mailbox=row["mailbox"])


def move(connection: Connection, row: RowMapping, values: Mapping[str, Any]) -> bool:
    """Only while nobody has leased or sent it meanwhile."""
    mine = (outbox.c.key == row["key"], outbox.c.state == row["state"], outbox.c.fence == row["fence"])
    return connection.execute(update(outbox).where(*mine).values(values)).rowcount == 1
