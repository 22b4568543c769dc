"""The token endpoint: signed assertions in, access tokens of one subject and its scopes out.

Flow and field names: RFC 7523 (JWT bearer grant) as used for service accounts with domain-wide delegation.
"""

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from guardian.sandbox.moments import Body
from guardian.sandbox.store import Store
from guardian.sandbox.wire import Answer

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLIENT_EMAIL = "calendar-guardian@acme-sandbox.iam.gserviceaccount.example"
CLIENT_ID = "104857600000000000001"
GOOGLE_AUDIENCE = "https://oauth2.googleapis.com/token"
"""What google-auth writes into `aud` whatever the key's `token_uri` says (google/oauth2/service_account.py)."""

NOT_DELEGATED = (
    "Client is unauthorized to retrieve access tokens using this method, "
    "or client not authorized for any of the scopes requested."
)

SKEW = 300
"""Seconds of clock difference that are forgiven."""


class Refused(Exception):
    """The endpoint's own error form: `error`, `error_description`."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.answer = Answer(status, {"error": error, "error_description": description})


@dataclass(frozen=True)
class Grant:
    """What an access token stands for; `expires` is seconds since the epoch of the machine's clock."""

    subject: str
    scopes: frozenset[str]
    expires: float


@dataclass
class Tokens:
    """Issued access tokens."""

    audience: str
    grants: dict[str, Grant] = field(default_factory=dict)

    def grant(self, token: str) -> Grant | None:
        """The grant behind a bearer token, None when it is unknown or has expired."""
        found = self.grants.get(token)
        return found if found and found.expires > time.time() else None

    def issue(self, store: Store, body: bytes) -> Answer:
        """Answer one request of the token endpoint."""
        try:
            claims = self._claims(body)
            scopes = frozenset(str(claims.get("scope", "")).split())
            _check_subject(store, str(claims.get("sub", "")), scopes)
        except Refused as refused:
            return refused.answer
        token = "ya29." + secrets.token_urlsafe(24)
        life = store.switches.access_token_life
        self.grants[token] = Grant(str(claims["sub"]), scopes, time.time() + life)
        return Answer(200, {"access_token": token, "expires_in": life, "token_type": "Bearer"})

    def _claims(self, body: bytes) -> Body:
        form = parse_qs(body.decode("latin-1"))
        if form.get("grant_type") != [GRANT]:
            raise Refused(400, "unsupported_grant_type", "Invalid grant_type")
        claims = verified(form.get("assertion", [""])[0])
        now = time.time()
        fresh = (
            now - SKEW < claims.get("exp", 0) <= claims.get("iat", 0) + 3600 + SKEW
            and claims.get("iat", 0) <= now + SKEW
        )
        if not fresh:
            raise Refused(400, "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes)")
        if claims.get("iss") != CLIENT_EMAIL or claims.get("aud") not in {self.audience, GOOGLE_AUDIENCE}:
            raise Refused(400, "invalid_grant", "Invalid JWT: wrong issuer or audience")
        return claims


def _check_subject(store: Store, subject: str, scopes: frozenset[str]) -> None:
    if error := store.switches.token_error:
        raise Refused(401 if error == "unauthorized_client" else 400, error, "ordered by a switch")
    if not scopes or not scopes <= store.switches.granted_scopes:
        raise Refused(401, "unauthorized_client", NOT_DELEGATED)
    person = store.people.get(subject)
    if person is None or person.suspended or person.outlook:
        raise Refused(400, "invalid_grant", "Invalid email or User ID")


def claimed_subject(body: bytes) -> str | None:
    """Whom an assertion speaks for, unverified: to match faults and to log."""
    try:
        payload = parse_qs(body.decode("latin-1"))["assertion"][0].split(".")[1]
        return str(json.loads(_decoded(payload)).get("sub"))
    except (KeyError, IndexError, ValueError):
        return None


def verified(assertion: str) -> Body:
    """The claims of an RS256 assertion signed with the sandbox's key; Refused otherwise."""
    try:
        head, payload, signature = assertion.split(".")
        if json.loads(_decoded(head)).get("alg") != "RS256":
            raise ValueError(head)
        _key().public_key().verify(
            _decoded(signature), f"{head}.{payload}".encode(), padding.PKCS1v15(), hashes.SHA256()
        )
        claims = json.loads(_decoded(payload))
    except (ValueError, InvalidSignature, AttributeError):
        raise Refused(400, "invalid_grant", "Invalid JWT Signature.") from None
    return dict(claims)


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


KEY_BITS = 1024
"""Short, as it guards made-up calendars on this machine only: whoever reads a key proves it first, which takes a key of twice
the length seven times as long."""


@lru_cache(maxsize=1)
def _key() -> rsa.RSAPrivateKey:
    """One key per process: making one takes longer than everything else in a test."""
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


def key_info(url: str) -> dict[str, str]:
    """The JSON of a service-account key whose `token_uri` is the sandbox at `url`."""
    pem = _key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "type": "service_account",
        "project_id": "acme-sandbox",
        "private_key_id": "sandbox",
        "private_key": pem.decode(),
        "client_email": CLIENT_EMAIL,
        "client_id": CLIENT_ID,
        "auth_uri": f"{url}auth",
        "token_uri": f"{url}token",
        "universe_domain": "googleapis.com",
    }
