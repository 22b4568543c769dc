"""The pass lock, the runs, and the journal as callers see it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select, update

from guardian.model.ledger import AuditEntry, Owner, Run
from guardian.store import audit
from guardian.store.codec import clean, dump, indexed, plain
from guardian.store.connection import Database
from guardian.store.leases import LEASE, LIFE, free
from guardian.store.schema import locks, runs

PASS = "pass"  # noqa: S105 - the name of a lock


class LedgerPart:
    def __init__(self, database: Database) -> None:
        self._database = database


class Passes(LedgerPart):
    @contextmanager
    def pass_lock(self, owner: Owner, now: datetime) -> Iterator[bool]:
        with self._database.write() as connection:
            fence = _take(connection, owner, now)
        try:
            yield fence is not None
        finally:
            if fence is not None:
                self._release(fence)

    def _release(self, fence: int) -> None:
        """Not a lock that somebody else took over meanwhile: that one has a higher fence."""
        mine = (locks.c.name == PASS, locks.c.fence == fence)
        with self._database.write() as connection:
            connection.execute(update(locks).where(*mine).values(host=None, pid=None, life=None, until=None))

    def renew_pass(self, owner: Owner, now: datetime) -> bool:
        """False when the lock is no longer this owner's."""
        mine = (locks.c.name == PASS, locks.c.host == owner.host, locks.c.pid == owner.pid, locks.c.life == LIFE)
        with self._database.write() as connection:
            return connection.execute(update(locks).where(*mine).values(until=now + LEASE)).rowcount == 1

    def pass_holder(self) -> Owner | None:
        with self._database.read() as connection:
            row = connection.execute(select(locks).where(locks.c.name == PASS)).mappings().first()
            return Owner(row["host"], row["pid"]) if row and row["host"] is not None else None


def _take(connection: Connection, owner: Owner, now: datetime) -> int | None:
    """The new fence, None when a living pass has the lock. Compare and swap: of two takers, one wins."""
    row = connection.execute(select(locks).where(locks.c.name == PASS)).mappings().one()
    if not free(row["host"], row["pid"], row["life"], row["until"], owner, now):
        return None
    fence: int = row["fence"] + 1
    values = {"fence": fence, "host": owner.host, "pid": owner.pid, "life": LIFE, "until": now + LEASE}
    swap = update(locks).where(locks.c.name == PASS, locks.c.fence == row["fence"]).values(values)
    return fence if connection.execute(swap).rowcount == 1 else None


class Runs(LedgerPart):
    def start_run(self, run: Run) -> None:
        self._save_run(run)

    def finish_run(self, run: Run) -> None:
        self._save_run(run)

    def _save_run(self, run: Run) -> None:
        row = {
            "id": indexed(run.id),
            "started_at": run.started_at,
            "ended_at": run.ended_at,
            "policy_version": clean(run.policy_version),
            "dry_run": run.dry_run,
            "summary": dump(plain(run.summary)),
        }
        statement = self._database.insert(runs).values(row)
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))

    def runs(self, limit: int = 50, before: str | None = None) -> list[Run]:
        """Newest first; `before` is the id to page on from."""
        wanted = select(runs).order_by(runs.c.id.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(runs.c.id < indexed(before))
        with self._database.read() as connection:
            return [_run(row) for row in connection.execute(wanted).mappings()]

    def run(self, run_id: str) -> Run | None:
        with self._database.read() as connection:
            row = connection.execute(select(runs).where(runs.c.id == indexed(run_id))).mappings().first()
            return _run(row) if row else None


def _run(row: RowMapping) -> Run:
    fields = {name: row[name] for name in ("id", "started_at", "ended_at", "policy_version", "dry_run")}
    return Run(**fields, summary=json.loads(row["summary"]))


class Journal(LedgerPart):
    def audit(self, *, after: int = 0, limit: int = 1000) -> list[AuditEntry]:
        """Entries with a higher `seq` than `after`, in order."""
        with self._database.read() as connection:
            return audit.entries(connection, after, limit)

    def journal(self, *, before: int | None = None, limit: int = 100) -> list[AuditEntry]:
        with self._database.read() as connection:
            return audit.latest(connection, before, limit)

    def log(self, actor: str, key: str, what: str, reason: str, now: datetime) -> None:
        with self._database.write() as connection:
            audit.append(connection, now, [audit.Note(actor, key, what, reason)])

    def verify_audit(self) -> str | None:
        """None when nobody changed the journal, else the first entry that is wrong and how."""
        return audit.verify(self._database)
