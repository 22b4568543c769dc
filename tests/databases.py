"""Real databases for tests: an SQLite file, or a PostgreSQL schema of its own."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

BACKENDS = ("sqlite", "postgres")
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


@contextmanager
def _server() -> Iterator[psycopg.Connection]:
    """Skips the test where there is no server, unless GUARDIAN_TEST_REQUIRE names `postgres`."""
    try:
        connection = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        if "postgres" in os.environ.get("GUARDIAN_TEST_REQUIRE", "").split(","):
            pytest.fail(f"PostgreSQL is required and does not answer: {error}")
        pytest.skip(f"no PostgreSQL: {error}")
    with connection:
        connection.execute(b"SET client_min_messages = warning")
        yield connection
