"""Chores: what is old goes, and somebody is told everything that is held about them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from guardian.store import expiry, held
from guardian.store.connection import Database
from guardian.store.schema import chores, weeks


class SqlUpkeep:
    """`Upkeep` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def done_at(self, chore: str) -> datetime | None:
        with self._database.read() as connection:
            return connection.execute(select(chores.c.done_at).where(chores.c.name == chore)).scalar()

    def note(self, chore: str, now: datetime) -> None:
        row = {"name": chore, "done_at": now}
        statement = self._database.insert(chores).values(row)
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))

    def expire(self, before: datetime, now: datetime) -> Mapping[str, int]:
        return expiry.expire(self._database, before, now)

    def expire_weeks(self, before: str) -> int:
        with self._database.write() as connection:
            return connection.execute(delete(weeks).where(weeks.c.week < before)).rowcount

    def held(self, mailbox: str) -> Mapping[str, Any]:
        with self._database.read() as connection:
            return held.held(connection, mailbox)
