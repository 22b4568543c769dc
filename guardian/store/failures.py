"""Database errors as the guardian says them: what is wrong, where, and the mend. Never a password."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from sqlalchemy import URL
from sqlalchemy import exc as sa

from guardian.errors import NotReady

SQLITE: Mapping[int, str] = {
    sqlite3.SQLITE_BUSY: "is locked by another program; try again, or end the program that holds it",
    sqlite3.SQLITE_LOCKED: "is locked by another program; try again, or end the program that holds it",
    sqlite3.SQLITE_READONLY: "cannot be written; give this user write permission on the file and its folder",
    sqlite3.SQLITE_PERM: "cannot be opened; give this user permission on the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check that the folder exists and that this user may write to it",
    sqlite3.SQLITE_FULL: "is full; free space on its disk",
    sqlite3.SQLITE_IOERR: "cannot be read or written; check its disk",
    sqlite3.SQLITE_CORRUPT: "is damaged; put back a backup, or move it away and let the guardian start anew",
    sqlite3.SQLITE_NOTADB: "is not an SQLite database; check GUARDIAN_DATABASE_URL",
}

# By SQLSTATE, or its first two characters: www.postgresql.org/docs/current/errcodes-appendix.html
POSTGRES: Mapping[str, str] = {
    "53100": "is full; free space on its disk",
    "53300": "has no connection left; raise max_connections or run fewer workers",
    "55P03": "is locked by another program; try again, or end the program that holds it",
    "40P01": "had two programs waiting for each other; try again",
    "25006": "cannot be written; connect to the primary server",
    "42P01": "has no current tables; run `guardian db upgrade`",
    "42703": "has no current tables; run `guardian db upgrade`",
    "42501": "refuses this user; grant it rights on the schema",
    "57": "was shut down or is starting; try again",
    "08": "does not answer; check that the server runs and GUARDIAN_DATABASE_URL is right",
    "XX": "is damaged; see the server's log",
}


def place(url: URL) -> str:
    """The database as messages name it: the file, or server and database name; no user, no password, no options."""
    if url.get_backend_name() == "sqlite":
        return f"the database {url.database}"
    port = f":{url.port}" if url.port else ""
    return f"the database postgresql://{url.host or 'localhost'}{port}/{url.database or ''}"


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turns what can go wrong outside of the program into NotReady; errors of the program itself pass."""
    try:
        yield
    except sa.TimeoutError as error:
        raise NotReady(f"{place(url)} is too busy: no connection became free; try again") from error
    except (sa.DBAPIError, sqlite3.Error, psycopg.Error) as error:
        said = _said(error.orig if isinstance(error, sa.DBAPIError) else error)
        if said is None:
            raise
        raise NotReady(f"{place(url)} {said}") from error


def _said(error: BaseException | None) -> str | None:
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    if isinstance(error, psycopg.Error):
        return _of_postgres(error)
    return None


def _of_sqlite(error: sqlite3.Error) -> str | None:
    if "no such table" in str(error) or "no such column" in str(error):
        return "has no current tables; run `guardian db upgrade`"
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else SQLITE.get(code & 0xFF)


def _of_postgres(error: psycopg.Error) -> str | None:
    if error.sqlstate is None:
        return POSTGRES["08"] if isinstance(error, psycopg.OperationalError) else None
    return POSTGRES.get(error.sqlstate) or POSTGRES.get(error.sqlstate[:2])
