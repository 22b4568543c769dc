"""Logins, delegates and the installation's own secrets."""

import json
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import RowMapping, delete, select, update

from guardian.model.sessions import Session
from guardian.store.codec import clean, dump, indexed
from guardian.store.connection import Database
from guardian.store.schema import delegates, keys, sessions


class SqlSessions:
    """`Sessions` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- sessions

    def add_session(self, session: Session) -> None:
        row = {
            "digest": indexed(session.digest),
            "person": None if session.person is None else indexed(session.person),
            "document": dump({"token": session.token, "detail": {k: clean(v) for k, v in session.detail.items()}}),
            "created_at": session.created_at,
            "seen_at": session.seen_at,
            "expires_at": session.expires_at,
        }
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at <= session.created_at))
            connection.execute(sessions.insert().values(row))

    def session(self, digest: str, now: datetime) -> Session | None:
        wanted = select(sessions).where(sessions.c.digest == indexed(digest), sessions.c.expires_at > now)
        with self._database.read() as connection:
            row = connection.execute(wanted).mappings().first()
            return _session(row) if row else None

    def take_session(self, digest: str, now: datetime) -> Session | None:
        taken = delete(sessions).where(sessions.c.digest == indexed(digest), sessions.c.expires_at > now)
        with self._database.write() as connection:
            row = connection.execute(taken.returning(sessions)).mappings().first()
            return _session(row) if row else None

    def seen(self, digest: str, now: datetime) -> None:
        with self._database.write() as connection:
            connection.execute(update(sessions).where(sessions.c.digest == indexed(digest)).values(seen_at=now))

    def end_session(self, digest: str) -> bool:
        with self._database.write() as connection:
            return connection.execute(delete(sessions).where(sessions.c.digest == indexed(digest))).rowcount == 1

    def end_sessions(self, person: str) -> int:
        with self._database.write() as connection:
            return connection.execute(delete(sessions).where(sessions.c.person == indexed(person))).rowcount

    # --- delegates

    def add_delegate(self, person: str, delegate: str, now: datetime) -> bool:
        row = {"person": indexed(person), "delegate": indexed(delegate), "since": now}
        with self._database.write() as connection:
            fresh = self._database.insert(delegates).values(row).on_conflict_do_nothing().returning(delegates.c.person)
            return connection.execute(fresh).first() is not None

    def remove_delegate(self, person: str, delegate: str) -> bool:
        mine = (delegates.c.person == indexed(person), delegates.c.delegate == indexed(delegate))
        with self._database.write() as connection:
            return connection.execute(delete(delegates).where(*mine)).rowcount == 1

    def delegates(self, person: str) -> list[str]:
        wanted = select(delegates.c.delegate).where(delegates.c.person == indexed(person))
        with self._database.read() as connection:
            return list(connection.execute(wanted.order_by(delegates.c.delegate)).scalars())

    def principals(self, delegate: str) -> list[str]:
        wanted = select(delegates.c.person).where(delegates.c.delegate == indexed(delegate))
        with self._database.read() as connection:
            return list(connection.execute(wanted.order_by(delegates.c.person)).scalars())

    # --- keys

    def key(self, name: str, make: Callable[[], str]) -> str:
        wanted = select(keys.c.secret).where(keys.c.name == indexed(name))
        with self._database.read() as connection:
            known: str | None = connection.execute(wanted).scalar()
        if known is not None:
            return known
        fresh = self._database.insert(keys).values(name=indexed(name), secret=make()).on_conflict_do_nothing()
        with self._database.write() as connection:
            connection.execute(fresh)
            return str(connection.execute(wanted).scalar_one())


def _session(row: RowMapping) -> Session:
    document = json.loads(row["document"])
    return Session(
        digest=row["digest"],
        created_at=row["created_at"],
        seen_at=row["seen_at"],
        expires_at=row["expires_at"],
        person=row["person"],
        token=document["token"],
        detail=document["detail"],
    )
