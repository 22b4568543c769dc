"""From nothing to the current schema, once, whole or not at all."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from guardian import store as store_package
from guardian.errors import NotReady, SettingsError
from guardian.store.connection import Database, parse_url
from guardian.store.database import check, open_store, upgrade
from guardian.store.schema import REVISIONS, metadata
from tests.databases import migrate_to
from tests.store_world import ME, NOW

SCRIPTS = Path(next(iter(store_package.__path__))) / "migrations"


def tables(url: str) -> set[str]:
    database = Database(parse_url(url))
    with database.read() as connection:
        found = set(inspect(connection).get_table_names())
    database.close()
    return found


def set_revision(url: str, revision: str) -> None:
    database = Database(parse_url(url))
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": revision})
    database.close()


def test_upgrade_makes_exactly_the_tables_the_program_uses(empty_url: str) -> None:
    upgrade(empty_url)
    database = Database(parse_url(empty_url))
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()
    assert check(empty_url) is None


def test_upgrade_again_changes_nothing(empty_url: str) -> None:
    upgrade(empty_url)
    store = open_store(empty_url)
    store.ledger.log("ana", "key", "what", "", NOW)
    upgrade(empty_url)
    assert len(store.ledger.audit()) == 1
    assert store.check() is None
    store.close()


def test_the_program_knows_every_migration_there_is() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(reversed([script.revision for script in scripts])) == REVISIONS


def test_several_upgrades_at_once_make_one_schema(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, [empty_url] * 4))
    assert check(empty_url) is None


DIE = """
import os, sys
from alembic import op
from guardian.store import database
known = op.create_index
def create_index(name, *rest, **more):
    if name == sys.argv[2]:
        os.kill(os.getpid(), 9)
    return known(name, *rest, **more)
op.create_index = create_index
database.upgrade(sys.argv[1])
"""


@pytest.mark.parametrize(("index", "before"), [("outbox_by_state", ""), ("group_weeks_by_week", "0001")])
def test_a_migration_killed_in_the_middle_leaves_nothing(empty_url: str, index: str, before: str) -> None:
    if before:
        migrate_to(empty_url, before)
    standing = tables(empty_url)
    killed = subprocess.run([sys.executable, "-c", DIE, empty_url, index], check=False)
    assert killed.returncode == -9
    assert tables(empty_url) == standing
    upgrade(empty_url)
    assert check(empty_url) is None


@pytest.mark.parametrize("revision", ["9999", "0000"])
def test_a_program_refuses_a_schema_it_does_not_know(empty_url: str, revision: str) -> None:
    upgrade(empty_url)
    set_revision(empty_url, revision)
    for attempt in (upgrade, open_store):
        with pytest.raises(NotReady, match=f"newer guardian .schema {revision}.; use the newer program"):
            attempt(empty_url)
    assert "newer" in (check(empty_url) or "")


def test_an_older_schema_names_the_mend(empty_url: str) -> None:
    migrate_to(empty_url, "0001")
    assert "is of an older guardian (schema 0001); run `guardian db upgrade`" in (check(empty_url) or "")
    with pytest.raises(NotReady, match="guardian db upgrade"):
        open_store(empty_url, migrate=False)


def test_opening_migrates_sqlite_and_asks_for_it_on_postgresql(empty_url: str) -> None:
    assert "guardian db upgrade" in (check(empty_url) or "")
    if empty_url.startswith("sqlite"):
        open_store(empty_url).close()
    else:
        with pytest.raises(NotReady, match="has no tables yet; run `guardian db upgrade`"):
            open_store(empty_url)
        assert tables(empty_url) == set()
        open_store(empty_url, migrate=True).close()
    assert check(empty_url) is None


def test_the_first_rows_are_there(empty_url: str) -> None:
    store = open_store(empty_url, migrate=True)
    with store.ledger.pass_lock(ME, NOW) as mine:
        assert mine
    assert store.ledger.verify_audit() is None
    store.close()


def test_check_creates_nothing(sqlite_url: str, tmp_path: Path) -> None:
    assert "does not exist; run `guardian db upgrade`" in (check(sqlite_url) or "")
    assert list(tmp_path.iterdir()) == []


def test_folder_and_file_are_for_this_user_only(sqlite_url: str, tmp_path: Path) -> None:
    store = open_store(sqlite_url)
    store.ledger.log("ana", "key", "what", "", NOW)
    folder = tmp_path / "data"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == dict.fromkeys(
        ("guardian.db", "guardian.db-wal", "guardian.db-shm"), 0o600
    )
    store.close()


@pytest.mark.parametrize(
    "url",
    ["mysql://ana:hunter2@db/x", "hunter2", "sqlite://", "sqlite:///:memory:", "postgresql+asyncpg://a:hunter2@b/c"],
)
def test_a_url_that_cannot_be_used_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as refused:
        open_store(url)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_urls_use_psycopg(scheme: str) -> None:
    assert parse_url(f"{scheme}://db/guardian").drivername == "postgresql+psycopg"
