"""Forgetting a person.

Gone: calendar, history, weeks, acts, vetoes, moments, roster line, groups, tokens, logins, delegates and mails of the
person. Kept without name, title or guests: that a rule decided something at some time. Replaced by a digest wherever else the
ledger names the person (journal, runs, decisions about colleagues). The same digest marks who left, so that a line still on
the roster does not enrol the person again. What colleagues' own calendars show of the person is theirs and stays. So do the
sums of closed weeks: one that changed by one person's week would tell that week.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Table, delete, func, select, update

from guardian.model.actions import Decision
from guardian.model.events import EventRef, MeetingKey, Occurrence
from guardian.model.ids import tombstone
from guardian.store.audit import REDACTED, Note, append, redact
from guardian.store.codec import dump, indexed
from guardian.store.codec_actions import decision_text, read_decision
from guardian.store.connection import Database
from guardian.store.rollups import touch_open
from guardian.store.schema import (
    audit,
    calendars,
    decision_texts,
    decisions,
    delegates,
    departed,
    flips,
    mail_stops,
    mails,
    memberships,
    occurrences,
    outbox,
    people,
    rule_moments,
    runs,
    sessions,
    tokens,
    versions,
    vetoes,
    weeks,
)

OWNED: Sequence[tuple[Table, str]] = (
    (calendars, "mailbox"),
    (occurrences, "mailbox"),
    (versions, "mailbox"),
    (weeks, "person"),
    (outbox, "mailbox"),
    (vetoes, "mailbox"),
    (flips, "mailbox"),
    (rule_moments, "mailbox"),
    (people, "email"),
    (tokens, "person"),
    (mails, "recipient"),
    (mail_stops, "recipient"),
    (sessions, "person"),
    (delegates, "person"),
    (delegates, "delegate"),
)
"""Rows that are about one person: the table, and the column with the address."""


def forget(database: Database, mailbox: str, now: datetime) -> None:
    """In one transaction; afterwards SQLite's file is rewritten, so that no deleted byte stays."""
    with database.write() as connection:
        touch_open(database, connection, indexed(mailbox), now)
        _delete_rows(connection, mailbox)
        connection.execute(database.insert(departed).values(digest=tombstone(mailbox)).on_conflict_do_nothing())
        _leave_memberships(connection, mailbox)
        _bury_decisions(connection, mailbox)
        _replacementions(connection, mailbox)
        marks = _redact_audit(connection, mailbox)
        told = Note("guardian", tombstone(mailbox), REDACTED, after={"redacted": marks})
        append(connection, now, [told])
    database.compact()


def _delete_rows(connection: Connection, mailbox: str) -> None:
    for table, name in OWNED:
        connection.execute(delete(table).where(table.c[name] == indexed(mailbox)))
    connection.execute(delete(sessions).where(mentions(sessions.c.document, mailbox)))


def _leave_memberships(connection: Connection, mailbox: str) -> None:
    for row in connection.execute(select(memberships.c.name, memberships.c.members)).mappings().all():
        kept = {email: name for email, name in json.loads(row["members"]).items() if email != mailbox}
        same = memberships.c.name == row["name"]
        connection.execute(update(memberships).where(same).values(members=dump(kept)))


def _bury_decisions(connection: Connection, mailbox: str) -> None:
    wanted = select(decisions, decision_texts.c.document).join(decision_texts, decision_texts.c.id == decisions.c.id)
    for row in connection.execute(wanted.where(decisions.c.mailbox == indexed(mailbox))).mappings().all():
        buried = _buried(read_decision(row["document"]), mailbox)
        values = {
            "mailbox": buried.member,
            "meeting": str(buried.occurrence.meeting),
            "identity": tombstone(row["identity"]),
            "reason": REDACTED,
        }
        connection.execute(update(decisions).where(decisions.c.id == row["id"]).values(values))
        same = decision_texts.c.id == row["id"]
        connection.execute(update(decision_texts).where(same).values(document=decision_text(buried)))


def _buried(decision: Decision, mailbox: str) -> Decision:
    stone, was = tombstone(mailbox), decision.occurrence
    meeting = MeetingKey(tombstone(str(was.meeting)))
    empty = Occurrence(EventRef(stone, "", ""), meeting, was.when, private=True, busy=was.busy, response=was.response)
    return replace(decision, member=stone, occurrence=empty, reason=REDACTED, trace=(), bypass=None, uses=())


# --- mentions --------------------------------------------------------------------------------------------------------


def _replacementions(connection: Connection, mailbox: str) -> None:
    """The address in what the ledger says about other people."""
    for table, key, name in (
        (runs, "id", "summary"),
        (decisions, "id", "reason"),
        (decision_texts, "id", "document"),
        (outbox, "key", "reason"),
        (mails, "key", "reason"),
    ):
        hide = _hider(mailbox)
        wanted = select(table.c[key], table.c[name]).where(mentions(table.c[name], mailbox))
        for row_key, text in connection.execute(wanted).all():
            connection.execute(update(table).where(table.c[key] == row_key).values({name: hide(text)}))


def _hider(mailbox: str) -> Callable[[str], str]:
    """Replaces the address, however it is written, where it is not a part of a longer one."""
    pattern = re.compile(rf"(?<![\w.+-]){re.escape(mailbox)}(?![\w-]|\.\w)", re.IGNORECASE)
    stone = tombstone(mailbox)
    return lambda text: pattern.sub(stone, text)


def mentions(column: Column[Any], mailbox: str) -> Any:
    return func.lower(column).contains(mailbox.lower(), autoescape=True)


def _redact_audit(connection: Connection, mailbox: str) -> Mapping[str, str]:
    """New content digests by sequence number."""
    mine = (audit.c.mailbox == indexed(mailbox)) | mentions(audit.c.content, mailbox)
    hide = _hider(mailbox)
    marks: dict[str, str] = {}
    for row in connection.execute(select(audit).where(mine)).mappings().all():
        own = row["mailbox"] == indexed(mailbox)
        content = _own_entry(row, hide) if own else json.loads(hide(row["content"]))
        marks[str(row["seq"])] = redact(connection, row, content, tombstone(mailbox) if own else row["mailbox"])
    return marks


def _own_entry(row: RowMapping, hide: Callable[[str], str]) -> dict[str, Any]:
    content = json.loads(hide(row["content"]))
    return {**content, "key": tombstone(content["key"]), "reason": REDACTED, "before": None, "after": None}
