"""Logging in and out: sessions stand in the database, the browser holds 256 random bits."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from guardian.engine.house import Engine
from guardian.engine.tokens import digest
from guardian.errors import NotReady
from guardian.model.sessions import Session

IDLE = timedelta(hours=2)
"""A session that nobody used for so long has ended."""
LONGEST = timedelta(hours=12)
"""Then it ends in any case."""
ON_THE_WAY = timedelta(minutes=10)
"""So long may somebody take at the identity provider."""
NOTED_EVERY = timedelta(minutes=1)
"""The use of a session is written down no more often."""


def log_in(engine: Engine, who: str, how: str, *, person: str | None = None, token: str | None = None) -> str:
    """A new session of a person, or of an API token (its id); gives what the cookie holds. `who` is the actor of the journal,
    `how` the kind of login."""
    now = engine.clock()
    secret = secrets.token_urlsafe(32)
    engine.store.sessions.add_session(Session(digest(secret), now, now, now + LONGEST, person, token))
    engine.store.ledger.log(who, person or token or "", "logged in", how, now)
    return secret


def living_session(engine: Engine, secret: str) -> Session | None:
    """The session of this cookie, None for one that ended or is still on its way; its use is noted."""
    now, mark = engine.clock(), digest(secret)
    found = engine.store.sessions.session(mark, now)
    if found is None or found.under_way:
        return None
    if now - found.seen_at >= IDLE:
        engine.store.sessions.end_session(mark)
        return None
    if now - found.seen_at >= NOTED_EVERY:
        with suppress(NotReady):  # who only looks needs no database that can be written to
            engine.store.sessions.seen(mark, now)
    return found


def log_out(engine: Engine, secret: str, who: str) -> None:
    """End the session of this cookie; nothing where there is none."""
    if engine.store.sessions.end_session(digest(secret)):
        engine.store.ledger.log(who, who, "logged out", "", engine.clock())


def set_out(engine: Engine, detail: Mapping[str, str]) -> str:
    """A login is under way; gives what the cookie holds until it comes back."""
    now = engine.clock()
    secret = secrets.token_urlsafe(32)
    engine.store.sessions.add_session(Session(digest(secret), now, now, now + ON_THE_WAY, detail=detail))
    return secret


def come_back(engine: Engine, secret: str) -> Mapping[str, str] | None:
    """What was noted when this login set out, once; None for one that is unknown, too old or was here before."""
    found = engine.store.sessions.take_session(digest(secret), engine.clock())
    return found.detail if found is not None and found.under_way else None
