"""Real databases for tests: an SQLite file, or a PostgreSQL schema of its own."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, insert

from guardian import store as store_package
from guardian.store.connection import Database, parse_url
from guardian.store.schema import audit_head, locks, metadata

BACKENDS = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))
"""For `@pytest.fixture(params=BACKENDS)`."""

POSTGRES = os.environ.get("GUARDIAN_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


@contextmanager
def database_url(backend: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database without tables, gone when the block ends."""
    if backend == "sqlite":
        yield f"sqlite:///{folder / 'guardian.db'}"
        return
    schema = f"guardian_test_{secrets.token_hex(6)}"
    with _server() as server:
        server.execute(f"CREATE SCHEMA {schema}".encode())
        try:
            yield f"{POSTGRES}{'&' if '?' in POSTGRES else '?'}options={quote(f'-csearch_path={schema}')}"
        finally:
            server.execute(f"DROP SCHEMA {schema} CASCADE".encode())


def migrate_to(url: str, revision: str) -> None:
    """The database as an older program left it, or on to a newer schema."""
    database = Database(parse_url(url))
    config = Config()
    config.set_main_option("script_location", str(Path(next(iter(store_package.__path__))) / "migrations"))
    with database.serial() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    database.close()


def wipe(url: str) -> None:
    """Make a migrated PostgreSQL database as good as new, much faster than migrating another one."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        connection.execute(insert(audit_head).values(id=1, seq=0, digest="0" * 64))
        connection.execute(insert(locks).values(name="pass", fence=0))
    engine.dispose()


@contextmanager
def _server() -> Iterator[psycopg.Connection]:
    """Skips the test where there is no server, unless GUARDIAN_TEST_REQUIRE names `postgres`."""
    try:
        connection = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        if "postgres" in os.environ.get("GUARDIAN_TEST_REQUIRE", "").split(","):
            pytest.fail(f"PostgreSQL is required and does not answer: {error}")
        pytest.skip(f"no PostgreSQL: {str(error).splitlines()[0]}")
    with connection:
        connection.execute(b"SET client_min_messages = warning")
        yield connection
