"""Connections and transactions: the differences between SQLite and PostgreSQL, and nothing else."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError

from guardian.errors import NotReady, SettingsError
from guardian.store.failures import explained, place

WAIT = 10.0
"""Seconds to wait for a lock of somebody else."""
CHUNK = 500
"""Values per `IN (...)`: SQLite takes 32,766 parameters, old builds 999."""


def parse_url(text_url: str) -> URL:
    """`sqlite:///PATH`, `postgresql://...` or `postgres://...`; raises SettingsError without repeating the URL."""
    try:
        url = make_url(text_url)
    except ArgumentError as error:
        raise SettingsError(
            "GUARDIAN_DATABASE_URL is not a URL; write sqlite:///data/guardian.db or postgresql://HOST/NAME"
        ) from error
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise SettingsError(
            f"GUARDIAN_DATABASE_URL: '{url.drivername}' is not supported; use sqlite:///PATH or postgresql://..."
        )
    if not url.database or url.database == ":memory:":
        raise SettingsError("GUARDIAN_DATABASE_URL: SQLite needs a file, such as sqlite:///data/guardian.db")
    return url


class Database:
    """One engine with its pool. `wait` is how many seconds a locked database is waited for."""

    def __init__(self, url: URL, wait: float = WAIT) -> None:
        self.url = url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url, wait) if self.is_sqlite else _postgres_engine(url, wait)
        self._writers = Lock()

    @property
    def place(self) -> str:
        return place(self.url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One read-only transaction. Raises NotReady."""
        with explained(self.url), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it is stored, or nothing. Raises NotReady.

        SQLite has one writer at a time: threads queue here, which is fair, instead of in its busy handler, which is not.
        """
        if not self.is_sqlite:
            with explained(self.url), self.engine.begin() as connection:
                yield connection
            return
        with self._writers, explained(self.url), self.engine.connect() as connection:
            writer = connection.execution_options(guardian_writes=True)
            with writer.begin():
                yield writer

    @contextmanager
    def serial(self) -> Iterator[Connection]:
        """A transaction that excludes every other `serial` one on this database, in any process."""
        with self.write() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('calendar-guardian'))"))
            yield connection

    def insert(self, table: Table) -> "postgresql.Insert | sqlite.Insert":
        """An INSERT that knows ON CONFLICT (the same words on both)."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def compact(self) -> None:
        """Give deleted bytes back and overwrite them; SQLite only, PostgreSQL's autovacuum does it. Raises NotReady."""
        if self.is_sqlite:
            with self._writers:
                self.pragma("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")

    def pragma(self, *statements: str) -> None:
        """Statements of SQLite's own that cannot stand in a transaction. Raises NotReady."""
        with explained(self.url), self.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            for statement in statements:
                raw.cursor().execute(statement).fetchall()

    def close(self) -> None:
        self.engine.dispose()


def chunks(values: Iterable[Any]) -> Iterator[Sequence[Any]]:
    items = list(values)
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def _postgres_engine(url: URL, wait: float) -> Engine:
    engine = create_engine(
        url,
        pool_size=4,
        max_overflow=16,
        pool_pre_ping=True,
        hide_parameters=True,  # errors end up in logs, addresses and titles must not
        connect_args={"connect_timeout": max(2, int(wait))},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {int(wait * 1000)}")
        connection.commit()

    return engine


def _sqlite_engine(url: URL, wait: float) -> Engine:
    engine = create_engine(
        url,
        pool_size=4,
        max_overflow=32,
        hide_parameters=True,  # as above
        connect_args={"timeout": wait, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")
        # An intent must outlive a power cut before the act it announces: FULL, where WAL would default to less.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("guardian_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def sqlite_path(url: URL) -> Path | None:
    """The file, None where the URL is an SQLite URI with options of its own (`file:...`)."""
    name = url.database or ""
    return None if name.startswith("file:") else Path(name)


def create_file(url: URL) -> None:
    """The folder (0700) and an empty file (0600), where they do not exist yet. Raises NotReady."""
    path = sqlite_path(url)
    if path is None or path.exists():
        return
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise NotReady(f"{place(url)} cannot be created: {error.strerror}; check the folder's permissions") from error
