"""The append-only journal, chained so that a change of it shows.

    content digest = SHA-256(salt + content)
    digest         = SHA-256(digest of the entry before + seq + time + content digest)

When a person is forgotten, the text of an entry is replaced and its salt thrown away; the chain runs over content
digests and stays whole. The replacement is itself journalled, with the new content digests, so that a verification
tells a redaction from a forgery.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from guardian.model.ledger import AuditEntry
from guardian.store.codec import COMMENT, clean, dump, indexed, instant_out, plain
from guardian.store.connection import Database
from guardian.store.schema import audit, audit_head

START = "0" * 64
HEAD = 1
REDACTED = "forgotten"


@dataclass(frozen=True, slots=True)
class Note:
    """An entry to be made. `key` is what it is about: an act, a decision, a policy version, a person."""

    actor: str
    key: str
    what: str
    reason: str = ""
    mailbox: str | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def append(connection: Connection, now: datetime, notes: Iterable[Note]) -> None:
    """Add the entries. Call it last in a transaction: it makes every other writer of the journal wait until commit."""
    found = list(notes)
    if not found:
        return
    seq, digest = _head(connection)
    rows = []
    for note in found:
        seq += 1
        row = _row(seq, now, note, digest)
        digest = row["digest"]
        rows.append(row)
    connection.execute(insert(audit), rows)
    connection.execute(update(audit_head).where(audit_head.c.id == HEAD).values(seq=seq, digest=digest))


def _head(connection: Connection) -> tuple[int, str]:
    """The end of the chain, locked until commit."""
    wanted = select(audit_head.c.seq, audit_head.c.digest).where(audit_head.c.id == HEAD).with_for_update()
    seq, digest = connection.execute(wanted).one()
    return seq, digest


def _row(seq: int, now: datetime, note: Note, previous: str) -> dict[str, Any]:
    salt, content = secrets.token_hex(16), dump(_content(note))
    marked = content_digest(salt, content)
    return {
        "seq": seq,
        "at": now,
        "mailbox": None if note.mailbox is None else indexed(note.mailbox),
        "salt": salt,
        "content": content,
        "content_digest": marked,
        "digest": chained(previous, seq, now, marked),
    }


def _content(note: Note) -> dict[str, Any]:
    return {
        "actor": clean(note.actor),
        "key": clean(note.key),
        "what": clean(note.what),
        "reason": clean(note.reason, COMMENT),
        "before": plain(note.before),
        "after": plain(note.after),
    }


def content_digest(salt: str, content: str) -> str:
    return hashlib.sha256((salt + content).encode()).hexdigest()


def chained(previous: str, seq: int, at: datetime, marked: str) -> str:
    return hashlib.sha256(f"{previous}\n{seq}\n{instant_out(at)}\n{marked}".encode()).hexdigest()


def entries(connection: Connection, after: int, limit: int) -> list[AuditEntry]:
    found = connection.execute(select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(limit))
    return [_entry(row) for row in found.mappings()]


def latest(connection: Connection, before: int | None, limit: int) -> list[AuditEntry]:
    wanted = select(audit).order_by(audit.c.seq.desc()).limit(limit)
    found = connection.execute(wanted if before is None else wanted.where(audit.c.seq < before))
    return [_entry(row) for row in found.mappings()]


def _entry(row: RowMapping) -> AuditEntry:
    return AuditEntry(seq=row["seq"], at=row["at"], digest=row["digest"], **json.loads(row["content"]))


def redact(connection: Connection, row: RowMapping, content: Mapping[str, Any], mailbox: str | None) -> str:
    """Replace what an entry says; the new content digest, to be journalled."""
    salt, text = secrets.token_hex(16), dump(content)
    change = update(audit).where(audit.c.seq == row["seq"])
    connection.execute(change.values(content=text, salt=salt, mailbox=mailbox))
    return content_digest(salt, text)


def verify(database: Database) -> str | None:
    """None when the journal is whole, else the first thing that is wrong with it."""
    with database.read() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.seq)).mappings().all()
        head = connection.execute(select(audit_head.c.seq, audit_head.c.digest)).one_or_none()
    if head is None or tuple(head) != _last(rows):
        return "the journal's end is missing"
    return _broken_link(rows) or _changed_content(rows)


def _last(rows: Sequence[RowMapping]) -> tuple[int, str]:
    return (rows[-1]["seq"], rows[-1]["digest"]) if rows else (0, START)


def _broken_link(rows: Sequence[RowMapping]) -> str | None:
    previous = START
    for number, row in enumerate(rows, start=1):
        if row["seq"] != number:
            return f"entry {number} is missing"
        if row["digest"] != chained(previous, row["seq"], row["at"], row["content_digest"]):
            return f"entry {number} does not follow from the one before it"
        previous = row["digest"]
    return None


def _changed_content(rows: Sequence[RowMapping]) -> str | None:
    """Each entry says what its digest says, or what the latest journalled redaction made of it."""
    expected = {row["seq"]: row["content_digest"] for row in rows}
    for row in rows:
        content = json.loads(row["content"])
        if content["what"] == REDACTED and row["mailbox"] is None:
            expected |= {int(seq): marked for seq, marked in (content["after"] or {}).get("redacted", {}).items()}
    for row in rows:
        if content_digest(row["salt"], row["content"]) != expected[row["seq"]]:
            return f"entry {row['seq']} was changed"
    return None
