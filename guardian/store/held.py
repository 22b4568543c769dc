"""Everything that is held about one person, table by table, as plain data.

It follows the list by which somebody is forgotten, so that nothing can be held that is neither told nor removed.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select

from guardian.model.ids import tombstone
from guardian.model.time import format_instant
from guardian.store.codec import indexed
from guardian.store.forget import OWNED, mentions
from guardian.store.schema import audit, decision_texts, decisions, departed, memberships

SECRETS: Mapping[str, frozenset[str]] = {
    "tokens": frozenset({"digest"}),
    "sessions": frozenset({"digest", "document"}),
}
"""Columns nobody is shown: with them somebody could pass for the person."""

DOCUMENTS = ("document", "action", "before", "after", "teams")
"""Columns of JSON text."""

Found = dict[str, list[dict[str, Any]]]


def held(connection: Connection, mailbox: str) -> dict[str, Any]:
    """Rows by table; a table that holds nothing about the person is left out."""
    found: Found = {}
    for table, column in OWNED:
        rows = connection.execute(select(table).where(table.c[column] == indexed(mailbox))).mappings().all()
        if rows:
            found.setdefault(table.name, []).extend(_plain(table, row) for row in rows)
    found |= {
        "decisions": list(_decisions(connection, mailbox)),
        "memberships": list(_memberships(connection, mailbox)),
        "journal": list(_journal(connection, mailbox)),
        "departed": list(_departed(connection, mailbox)),
    }
    return {name: rows for name, rows in found.items() if rows}


def _plain(table: Table, row: RowMapping) -> dict[str, Any]:
    hidden = SECRETS.get(table.name, frozenset())
    return {name: _value(name, value) for name, value in row.items() if name not in hidden}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return format_instant(value)
    return json.loads(value) if name in DOCUMENTS and isinstance(value, str) else value


def _decisions(connection: Connection, mailbox: str) -> Iterator[dict[str, Any]]:
    wanted = select(decisions, decision_texts.c.document).join(decision_texts, decision_texts.c.id == decisions.c.id)
    for row in connection.execute(wanted.where(decisions.c.mailbox == indexed(mailbox))).mappings():
        yield _plain(decisions, row)


def _memberships(connection: Connection, mailbox: str) -> Iterator[dict[str, Any]]:
    for row in connection.execute(select(memberships.c.name, memberships.c.members)).mappings():
        names = json.loads(row["members"])
        if mailbox in names:
            yield {"name": row["name"], "as": names[mailbox]}


def _journal(connection: Connection, mailbox: str) -> Iterator[dict[str, Any]]:
    """Of entries about colleagues' calendars only that, when and by whom: the rest is theirs."""
    mine = (audit.c.mailbox == indexed(mailbox)) | mentions(audit.c.content, mailbox)
    for row in connection.execute(select(audit).where(mine).order_by(audit.c.seq)).mappings():
        content = json.loads(row["content"])
        own = row["mailbox"] in (None, indexed(mailbox))
        told = content if own else {name: content[name] for name in ("actor", "what")}
        yield {"seq": row["seq"], "at": format_instant(row["at"]), **told}


def _departed(connection: Connection, mailbox: str) -> Iterator[dict[str, Any]]:
    wanted = select(departed.c.digest).where(departed.c.digest == tombstone(mailbox))
    for digest in connection.execute(wanted).scalars():
        yield {"digest": digest}
