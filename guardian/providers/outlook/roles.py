"""The permissions that a token carries, to name the right mend; nothing is ever allowed because of them."""

import base64
import json


def roles_in(token: str) -> frozenset[str]:
    """Empty for a token that cannot be read; its signature is Graph's to check."""
    parts = token.split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        roles = claims.get("roles")
    except (LookupError, ValueError, AttributeError):
        return frozenset()
    return frozenset(role for role in roles if isinstance(role, str)) if isinstance(roles, list) else frozenset()
