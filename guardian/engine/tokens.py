"""API tokens: 256 random bits, shown once, stored as SHA-256."""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

from guardian.engine.house import Engine
from guardian.engine.people import enrolled_address
from guardian.errors import InputError
from guardian.model.time import format_instant
from guardian.ports import Token

SCOPES = ("read", "act", "policy", "admin")
PREFIX = "grd_"


def create_token(engine: Engine, name: str, scopes: Sequence[str], person: str | None) -> tuple[str, Token]:
    """The secret and the stored token; raises InputError for unknown scopes or people."""
    wanted = tuple(dict.fromkeys(scope.strip() for scope in scopes))
    for scope in wanted:
        if scope not in SCOPES:
            raise InputError(f"'{scope}' is not a scope; the scopes are {', '.join(SCOPES)}")
    email = None if person is None else enrolled_address(engine, person)
    now = engine.clock()
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(engine.new_id(now), name, wanted, email, now)
    engine.store.registry.add_token(token, digest(secret))
    engine.store.ledger.log("command line", token.id, "token created", f"{name}: {', '.join(wanted)}", now)
    return secret, token


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def public_token(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": list(token.scopes),
        "person": token.person,
        "created_at": format_instant(token.created_at),
        "revoked_at": format_instant(token.revoked_at) if token.revoked_at else None,
    }
