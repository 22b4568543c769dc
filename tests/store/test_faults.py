"""A database that is locked, full, read-only, damaged or away: a clear word, and nothing half written."""

import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from guardian.errors import NotReady
from guardian.ports import Token
from guardian.store.connection import Database, parse_url
from guardian.store.database import SqlStore, check, open_store
from tests.store_world import ANA, ME, NOW, act, go, meeting, plan, window_read

KEY = act(meeting(1)).key


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "guardian.db"


@pytest.fixture
def impatient(path: Path) -> Iterator[SqlStore]:
    """A store on SQLite with one act to be written, that waits 50 ms for locks."""
    store = open_store(f"sqlite:///{path}", wait=0.05)
    store.ledger.record("run-1", plan(go(meeting(1))), NOW, mailboxes=[ANA])
    yield store
    store.close()


def announce(store: SqlStore) -> bool:
    leased = store.ledger.lease(KEY, ME, NOW)
    assert leased is not None
    return store.ledger.sending(leased, meeting(1), NOW)


WRITES: list[Callable[[SqlStore], object]] = [
    announce,
    lambda store: store.facts.replace_window(window_read(meeting(1)), NOW),
    lambda store: store.ledger.record("run-2", plan(go(meeting(2))), NOW, mailboxes=[ANA]),
    lambda store: store.registry.save_people([]),
]


@pytest.mark.parametrize("write", WRITES)
def test_no_intent_while_another_program_holds_the_file(
    impatient: SqlStore, path: Path, write: Callable[[SqlStore], object]
) -> None:
    before = impatient.ledger.rows()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotReady, match=r"guardian\.db is locked by another program; try again"):
            write(impatient)
        assert impatient.ledger.rows() == before
        other.execute("ROLLBACK")
    write(impatient)


def test_a_full_disk_stores_nothing_by_halves(path: Path) -> None:
    store = open_store(f"sqlite:///{path}")
    store.facts.replace_window(window_read(meeting(1)), NOW)
    with closing(sqlite3.connect(path)) as meter:
        pages = meter.execute("PRAGMA page_count").fetchone()[0]
    database = store.ledger._database
    store.close()
    limited(database, pages + 2)
    crowd = [meeting(n) for n in range(1, 400)]
    with pytest.raises(NotReady, match=r"guardian\.db is full; free space"):
        store.facts.replace_window(window_read(*crowd, cursor="after"), NOW)
    state = store.facts.calendar(ANA)
    assert state is not None
    assert (state.cursor, len(store.facts.occurrences(ANA))) == (None, 1)
    limited(database, 1_000_000)
    store.facts.replace_window(window_read(*crowd, cursor="after"), NOW)
    assert len(store.facts.occurrences(ANA)) == 399
    store.close()


def limited(database: Database, pages: int) -> None:
    """`max_page_count` holds per connection: the pool has one, and hands it out again."""
    database.engine.dispose()
    database.pragma(f"PRAGMA max_page_count = {pages}")


def test_a_file_that_may_only_be_read_is_read_and_refuses_writes(path: Path) -> None:
    writer = open_store(f"sqlite:///{path}")
    writer.facts.replace_window(window_read(meeting(1)), NOW)
    reader = open_store(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert len(reader.facts.occurrences(ANA)) == 1
    with pytest.raises(NotReady, match="cannot be written; give this user write permission"):
        reader.facts.replace_window(window_read(), NOW)
    assert len(reader.facts.occurrences(ANA)) == 1
    reader.close()
    writer.close()


@pytest.mark.parametrize("where", ["beginning", "middle"])
def test_a_damaged_file_is_named(path: Path, where: str) -> None:
    store = open_store(f"sqlite:///{path}")
    store.facts.replace_window(window_read(*(meeting(n) for n in range(200))), NOW)
    store.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(0 if where == "beginning" else 4096)
        file.write(os.urandom(100 if where == "beginning" else size - 4096))
    with pytest.raises(NotReady, match=r"guardian\.db (is damaged|is not an SQLite database)"):
        open_store(f"sqlite:///{path}").facts.occurrences(ANA)


def test_a_file_that_is_no_database_is_left_alone(path: Path) -> None:
    path.write_text("version: 1\n" * 100)
    with pytest.raises(NotReady, match="is not an SQLite database; check GUARDIAN_DATABASE_URL"):
        open_store(f"sqlite:///{path}")
    assert path.read_text() == "version: 1\n" * 100


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")
    with pytest.raises(NotReady, match="cannot be created: Not a directory"):
        open_store(f"sqlite:///{tmp_path}/data/more/guardian.db")


def test_a_server_that_is_away_is_named_without_password() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as reserved:
        port = reserved.getsockname()[1]
    url = f"postgresql://ana:hunter2@127.0.0.1:{port}/guardian?application_name=hunter2"
    finding = check(url)
    assert finding is not None
    assert finding.startswith(f"the database postgresql://127.0.0.1:{port}/guardian does not answer; check that")
    with pytest.raises(NotReady) as refused:
        open_store(url)
    assert "hunter2" not in str(refused.value)


def test_tables_that_went_missing_ask_for_an_upgrade(empty_url: str) -> None:
    bare = SqlStore(Database(parse_url(empty_url)))
    with pytest.raises(NotReady, match="has no current tables; run `guardian db upgrade`"):
        bare.ledger.rows()
    assert "guardian db upgrade" in (bare.check() or "")
    bare.close()


@pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_lock_of_somebody_else_on_postgresql_is_not_waited_for_without_end(store: SqlStore, url: str) -> None:
    impatient, other = SqlStore(Database(parse_url(url), wait=0.05)), Database(parse_url(url))
    with other.write() as connection:
        connection.execute(text("LOCK TABLE outbox"))
        with pytest.raises(NotReady, match="is locked by another program; try again"):
            impatient.ledger.rows()
    assert impatient.ledger.rows() == []
    impatient.close()
    other.close()


def test_a_mistake_of_the_program_is_no_fault_of_the_database(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="of the caller"), store.ledger._database.write():
        raise ValueError("of the caller")


def test_what_was_to_be_written_is_in_no_message(path: Path) -> None:
    store = open_store(f"sqlite:///{path}")
    token = Token("1", "Canary of Ana", ("read",), ANA, NOW)
    store.registry.add_token(token, "canary digest")
    with pytest.raises(IntegrityError) as refused:
        store.registry.add_token(token, "canary digest")
    store.close()
    assert "anary" not in str(refused.value)
    assert ANA not in str(refused.value)
