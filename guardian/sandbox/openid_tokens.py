"""ID tokens, and every way in which one can be wrong. Signed without any library for tokens, so that ours is checked by another."""

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from guardian.sandbox.microsoft_tls import client_key
from guardian.sandbox.moments import Body

KEY_ID = "sandbox-1"


class Signer:
    """Signs with one RSA key. `key_id` names it; a provider that changed its key has another one."""

    def __init__(self) -> None:
        self._key = client_key()
        self.key_id = KEY_ID

    def key_set(self) -> Body:
        numbers = self._key.public_key().public_numbers()
        key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.key_id}
        return {"keys": [key | {"n": _number(numbers.n), "e": _number(numbers.e)}]}

    def signed(self, claims: Body, key_id: str | None = None, key: rsa.RSAPrivateKey | None = None) -> str:
        """A token with these claims under RS256."""
        text = _parts({"alg": "RS256", "typ": "JWT", "kid": key_id or self.key_id}, claims)
        signature = (key or self._key).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{_encoded(signature)}"

    def by_secret(self, claims: Body) -> str:
        """A token under HS256, the public key taken for the secret."""
        text = _parts({"alg": "HS256", "typ": "JWT", "kid": self.key_id}, claims)
        secret = json.dumps(self.key_set()["keys"][0]).encode()
        return f"{text}.{_encoded(hmac.digest(secret, text.encode(), 'sha256'))}"


def spoilt(signer: Signer, claims: Body, kind: str, options: Mapping[str, Any]) -> str | None:
    """The token that a fault of this kind gives; the right one where the kind is empty, None for no token at all."""
    match kind:
        case "no-id-token":
            return None
        case "garbage":
            return "a.b.c"
        case "unsigned":
            return _parts({"alg": "none"}, claims) + "."
        case "symmetric":
            return signer.by_secret(claims)
        case "unknown-key":
            return signer.signed(claims, key_id="somebody-else")
        case "bad-signature":
            head, _, signature = signer.signed(claims).rpartition(".")
            return f"{head}.{signature[::-1]}"
    return signer.signed(_changed(claims, kind, options))


def _changed(claims: Body, kind: str, options: Mapping[str, Any]) -> Body:
    now: int = claims["iat"]
    changes: Mapping[str, Body] = {
        "wrong-audience": {"aud": "somebody-else"},
        "wrong-issuer": {"iss": "https://evil.example"},
        "wrong-nonce": {"nonce": "another"},
        "expired": {"iat": now - 4000, "exp": now - 3000},
        "not-yet": {"iat": now + 3000, "exp": now + 4000},
        "with": dict(options.get("claims", {})),
    }
    gone = ("nonce",) if kind == "no-nonce" else tuple(options.get("names", ())) if kind == "without" else ()
    return {name: value for name, value in (claims | changes.get(kind, {})).items() if name not in gone}


def _parts(header: Body, claims: Body) -> str:
    return ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))


def _number(value: int) -> str:
    return _encoded(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
