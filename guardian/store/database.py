"""Opening, migrating and checking the database."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from guardian.errors import NotReady
from guardian.store.calendars import SqlFacts
from guardian.store.connection import WAIT, Database, create_file, parse_url, sqlite_path
from guardian.store.ledger import SqlLedger
from guardian.store.mails import SqlMails
from guardian.store.registry import SqlRegistry
from guardian.store.rollups import SqlRollups
from guardian.store.schema import REVISIONS
from guardian.store.sessions import SqlSessions
from guardian.store.upkeep import SqlUpkeep

MEND = "run `guardian db upgrade`"


class SqlStore:
    """A `Store` on one database. Thread-safe; `close` gives the connections back."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.facts = SqlFacts(database)
        self.ledger = SqlLedger(database)
        self.registry = SqlRegistry(database)
        self.rollups = SqlRollups(database)
        self.mails = SqlMails(database)
        self.sessions = SqlSessions(database)
        self.upkeep = SqlUpkeep(database)

    def check(self) -> str | None:
        try:
            return _check(self._database)
        except NotReady as error:
            return str(error)

    def state(self) -> tuple[str, str]:
        """How database and schema are: each `ok`, or words that name no place and are for everybody."""
        path = sqlite_path(self._database.url) if self._database.is_sqlite else None
        if path is not None and not path.exists():  # an open connection would go on with the file that is gone
            return "is gone", "unknown"
        try:
            with self._database.read() as connection:
                return "ok", _finding(revision(connection)) or "ok"
        except NotReady:
            return "does not answer", "unknown"

    def close(self) -> None:
        self._database.close()


def open_store(url: str, *, migrate: bool | None = None, wait: float = WAIT) -> SqlStore:
    """The store behind DATABASE_URL, its schema current.

    `migrate` None means: SQLite is created and migrated, PostgreSQL must have been (`guardian db upgrade`). `wait` is
    how many seconds a locked database is waited for. Raises SettingsError for a URL that cannot be used, NotReady for
    a database that cannot, or whose schema is missing, older or newer.
    """
    database = _open(url, wait)
    try:
        wanted = _check(database)
        if wanted and (database.is_sqlite if migrate is None else migrate):
            _upgrade(database)
        elif wanted:
            raise NotReady(wanted)
    except BaseException:
        database.close()
        raise
    return SqlStore(database)


def upgrade(url: str, *, wait: float = WAIT) -> None:
    """Bring the schema to this program's, in one transaction; safe to call from several processes at once.

    Raises SettingsError and NotReady; a schema newer than this program is refused.
    """
    database = _open(url, wait)
    try:
        _upgrade(database)
    finally:
        database.close()


def check(url: str, *, wait: float = WAIT) -> str | None:
    """None when the database can be used as it is, else what is wrong and the mend. Creates nothing."""
    parsed = parse_url(url)
    path = sqlite_path(parsed) if parsed.get_backend_name() == "sqlite" else None
    database = Database(parsed, wait)
    if path is not None and not path.exists():
        return f"{database.place} does not exist; {MEND}"
    try:
        return _check(database)
    except NotReady as error:
        return str(error)
    finally:
        database.close()


def _open(url: str, wait: float) -> Database:
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        create_file(parsed)
    return Database(parsed, wait)


def _check(database: Database) -> str | None:
    with database.read() as connection:
        finding = _finding(revision(connection))
    return f"{database.place} {finding}" if finding else None


def _finding(found: str | None) -> str | None:
    """What is wrong with a schema of this version; None for the current one."""
    if found == REVISIONS[-1]:
        return None
    if found is None:
        return f"has no tables yet; {MEND}"
    if found in REVISIONS:
        return f"is of an older guardian (schema {found}); {MEND}"
    return f"is of a newer guardian (schema {found}); use the newer program"


def revision(connection: Connection) -> str | None:
    """The schema's version, None where there is none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _upgrade(database: Database) -> None:
    if database.is_sqlite:
        database.pragma(
            "PRAGMA journal_mode=WAL"
        )  # stays with the file: readers and the writer do not block each other
    with database.serial() as connection:
        found = revision(connection)
        if found is not None and found not in REVISIONS:
            raise NotReady(f"{database.place} {_finding(found)}")
        if found != REVISIONS[-1]:
            _migrate(connection)


def _migrate(connection: Connection) -> None:
    # Imported here: slow to import, and seldom needed.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
