"""Whoever leaves is gone from the database, and the journal still adds up."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from guardian.model.actions import Plan
from guardian.model.events import Attendee
from guardian.model.ids import tombstone
from guardian.model.ledger import Run, Veto
from guardian.model.people import Person
from guardian.ports import Token
from guardian.store.database import SqlStore, open_store
from guardian.store.forget import OWNED
from guardian.store.schema import delegates, mail_stops, mails, metadata, sessions
from tests.store_world import ANA, BEN, ME, NOW, act, decision, go, later, meeting, person_week, plan, window_read

NONCE = "canary-of-a-login"
SECRET = "Canary takeover talks"
ALONE = (Attendee("guest@elsewhere.example"),)
MINE = meeting(1, title=SECRET, attendees=ALONE)
OTHERS = meeting(2, mailbox=BEN, title="Colleagues", attendees=ALONE)


def fill(store: SqlStore) -> None:
    """A life with the guardian, in every table."""
    store.registry.save_people([Person(ANA, "google", "Ana Ruiz"), Person(BEN, "google")])
    store.registry.enforcing(ANA, {"focus-time": "f1"}, NOW)
    store.registry.add_token(Token("01J1", "hers", ("read",), ANA, NOW), "digest")
    store.facts.replace_window(window_read(MINE, error="bad_data", detail=SECRET), NOW)
    store.facts.replace_window(window_read(meeting(1, title=f"{SECRET} 2", attendees=ALONE)), later(1))
    store.facts.replace_window(window_read(OTHERS, mailbox=BEN), NOW)
    store.rollups.save_weeks([person_week(), person_week(BEN)], NOW)
    store.ledger.record("run-1", both(), NOW, mailboxes=[ANA, BEN])
    leased = store.ledger.lease(act(MINE).key, ME, NOW)
    assert leased is not None
    store.ledger.sending(leased, MINE, NOW)
    store.ledger.settle(leased, "done", f"declined {SECRET}", NOW, MINE)
    store.ledger.add_veto(Veto(ANA, MINE.meeting, MINE.when, "focus-time"), ANA, NOW)
    store.ledger.note_flip(ANA, MINE.meeting, NOW)
    (theirs,) = store.ledger.decisions(mailbox=BEN)
    store.ledger.veto(theirs.id, f"{ANA.upper()}", NOW)
    store.ledger.log(ANA, ANA, "person left", f"{ANA} asked", NOW)
    fill_the_rest(store)
    store.ledger.finish_run(Run("run-1", NOW, later(1), "sha256:1", False, {"failed": [{"person": ANA}]}))


def fill_the_rest(store: SqlStore) -> None:
    """Mails, logins and delegates, row by row."""
    database = store.facts._database
    mail: dict[str, Any] = {"kind": "person", "week": "2026-W47", "state": "refused", "attempts": 1, "created_at": NOW}
    login = {"created_at": NOW, "seen_at": NOW, "expires_at": later(60)}
    with database.write() as connection:
        for number, to in enumerate((ANA, BEN)):
            words = {"reason": f"550 <{ANA}> unknown", "key": f"k{number}", "message_id": f"<{number}@acme.example>"}
            connection.execute(mails.insert().values(recipient=to, scope=f"person:{to}", **mail, **words))
            connection.execute(mail_stops.insert().values(recipient=to, kind="person", at=NOW))
            document = f'{{"email": "{to}", "nonce": "{NONCE}"}}'
            connection.execute(sessions.insert().values(digest=f"d{number}", person=to, document=document, **login))
        connection.execute(sessions.insert().values(digest="d9", document=f'{{"email": "{ANA}"}}', **login))
        for person, delegate in ((ANA, BEN), (BEN, ANA)):
            connection.execute(delegates.insert().values(person=person, delegate=delegate, since=NOW))


def rows_of(store: SqlStore, table: Table) -> list[Any]:
    with store.facts._database.read() as connection:
        return list(connection.execute(select(table)).mappings())


def both() -> Plan:
    return plan(go(MINE), go(OTHERS), decisions=(decision(MINE, rule="other", reason=f"{SECRET} collides"),))


def test_nothing_of_the_person_is_found_any_more(store: SqlStore) -> None:
    fill(store)
    store.facts.forget(ANA, NOW)
    assert store.facts.calendar(ANA) is None
    assert store.facts.occurrences(ANA) == []
    assert store.facts.versions(ANA, MINE.meeting) == []
    assert store.rollups.weeks("2026-W01", "2026-W53") == [person_week(BEN)]
    assert store.ledger.rows(mailbox=ANA) == []
    assert store.ledger.decisions(mailbox=ANA) == []
    assert store.ledger.vetoes(ANA) == []
    assert store.ledger.flips(ANA, NOW) == {}
    assert store.ledger.written(NOW) == {}
    assert store.registry.people() == [Person(BEN, "google")]
    assert store.registry.enforced_since(ANA) == {}
    assert store.registry.tokens() == []
    assert [row["recipient"] for row in rows_of(store, mails)] == [BEN]
    assert [row["recipient"] for row in rows_of(store, mail_stops)] == [BEN]
    assert [row["person"] for row in rows_of(store, sessions)] == [BEN]
    assert rows_of(store, delegates) == []


NAMES = ("mailbox", "person", "email", "recipient", "delegate")
BURIED = {("decisions", "mailbox"), ("audit", "mailbox")}
"""Rows that stay, under a digest."""


def test_every_column_that_names_somebody_is_known_to_be_one() -> None:
    """A new table cannot be forgotten to be forgotten."""
    naming = {(t.name, c.name) for t in metadata.sorted_tables for c in t.columns if c.name in NAMES}
    assert naming - BURIED == {(table.name, column) for table, column in OWNED}


def test_open_weeks_are_summed_without_them_and_closed_ones_stay(store: SqlStore) -> None:
    store.rollups.save_weeks([person_week(week="2026-W40"), person_week()], NOW)
    for week, stamp in store.rollups.dirty().items():
        store.rollups.save_groups(week, stamp, [], 5)
    store.facts.forget(ANA, NOW)
    assert set(store.rollups.dirty()) == {"2026-W47", "2026-W48"}


def test_what_was_decided_stays_without_a_name(store: SqlStore) -> None:
    fill(store)
    store.facts.forget(ANA, NOW)
    stone = tombstone(ANA)
    buried = store.ledger.decisions(mailbox=stone)
    assert [(d.decision.member, d.decision.rule, d.reason) for d in buried] == [
        (stone, "other", "forgotten"),
        (stone, "focus-time", "forgotten"),
    ]
    assert {d.decision.occurrence.title for d in buried} == {""}
    text = repr([store.ledger.decisions(), store.ledger.audit(), store.ledger.runs(), store.ledger.rows()])
    assert ANA not in text.lower()
    assert SECRET not in text
    assert stone in text


def test_the_journal_still_adds_up_and_forgery_still_shows(store: SqlStore) -> None:
    fill(store)
    entries = len(store.ledger.audit())
    store.facts.forget(ANA, NOW)
    assert store.ledger.verify_audit() is None
    assert len(store.ledger.audit()) == entries + 1
    store.facts.forget(BEN, NOW)
    assert store.ledger.verify_audit() is None


def test_colleagues_keep_theirs(store: SqlStore) -> None:
    fill(store)
    store.facts.forget(ANA, NOW)
    assert [f.occurrence for f in store.facts.occurrences(BEN)] == [OTHERS]
    assert [row.action.mailbox for row in store.ledger.rows()] == [BEN]
    assert store.registry.people() == [Person(BEN, "google")]


def test_an_address_that_only_begins_alike_is_left_alone(store: SqlStore) -> None:
    store.ledger.log("jo", f"x{ANA}", "noted", f"{ANA}.org and {ANA}, too", NOW)
    store.facts.forget(ANA, NOW)
    entry = store.ledger.audit()[0]
    assert (entry.key, entry.reason) == (f"x{ANA}", f"{ANA}.org and {tombstone(ANA)}, too")


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.mark.parametrize("canary", [ANA, SECRET, "Ana Ruiz", "uid-1@acme.example"])
def test_no_byte_of_the_file_tells(tmp_path: Path, canary: str) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'guardian.db'}")
    fill(store)
    assert canary.encode() in all_bytes(tmp_path)
    store.facts.forget(ANA, NOW)
    assert canary.lower().encode() not in all_bytes(tmp_path).lower()
    store.close()
    assert canary.lower().encode() not in all_bytes(tmp_path).lower()
