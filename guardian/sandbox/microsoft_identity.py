"""The token service: discovery documents, and tokens for a client secret or a signed assertion.

Flow and errors: OAuth 2.0 client credentials as the Microsoft identity platform answers it, assertions after RFC 7523.
"""

import base64
import binascii
import json
import secrets
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from guardian.sandbox.moments import Body
from guardian.sandbox.store import Store
from guardian.sandbox.wire import Answer

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TENANT = "7b5f3c1e-9d64-4f0a-8a5b-2c1d3e4f5a6b"
CLIENT = "c0ffee00-1234-4abc-9def-0123456789ab"


class Refused(Exception):
    """The endpoint's own error form."""

    def __init__(self, status: int, error: str, code: int, description: str) -> None:
        super().__init__(description)
        text = f"AADSTS{code}: {description} Trace ID: {uuid.uuid4()}"
        self.answer = Answer(status, {"error": error, "error_description": text, "error_codes": [code]})


@dataclass
class Identity:
    """One tenant with one application. `tokens` are the times of expiry by token; `certificates` are registered ones."""

    root: str
    tenant: str = TENANT
    client: str = CLIENT
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    tokens: dict[str, float] = field(default_factory=dict)
    certificates: list[x509.Certificate] = field(default_factory=list)
    issued: int = 0

    def valid(self, token: str) -> bool:
        return self.tokens.get(token, 0.0) > time.time()

    def answer(self, store: Store, verb: str, path: str, body: bytes) -> Answer | None:
        """The answer of the token service, None for paths that are not its own."""
        parts = path.strip("/").split("/")
        if path == "/common/discovery/instance":
            return Answer(200, self._instances())
        if verb == "GET" and path.endswith("/v2.0/.well-known/openid-configuration"):
            return self._configuration(parts[0])
        if verb == "POST" and parts[1:] == ["oauth2", "v2.0", "token"]:
            try:
                return self._token(store, parts[0], body)
            except Refused as refused:
                return refused.answer
        return None

    def _instances(self) -> Body:
        host = self.root.partition("//")[2]
        endpoint = f"{self.root}/{self.tenant}/v2.0/.well-known/openid-configuration"
        alias = {"preferred_network": host, "preferred_cache": host, "aliases": [host]}
        return {"tenant_discovery_endpoint": endpoint, "api-version": "1.1", "metadata": [alias]}

    def _configuration(self, tenant: str) -> Answer:
        if tenant not in {self.tenant, "common", "organizations"}:
            return _unknown_tenant(tenant).answer
        base = f"{self.root}/{tenant}"
        document = {
            "issuer": f"{base}/v2.0",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        }
        return Answer(200, document)

    def _token(self, store: Store, tenant: str, body: bytes) -> Answer:
        form = {name: values[-1] for name, values in parse_qs(body.decode("latin-1")).items()}
        if tenant != self.tenant:
            raise _unknown_tenant(tenant)
        if form.get("grant_type") != "client_credentials":
            raise Refused(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
        self._check_client(form)
        scope = form.get("scope", "")
        if not all(word.endswith("/.default") for word in scope.split()) or not scope:
            raise Refused(400, "invalid_scope", 1002012, f"The provided value for scope {scope} is not valid.")
        return Answer(200, self._issue(store))

    def _issue(self, store: Store) -> Body:
        life = store.microsoft.token_life
        claims: Body = {"aud": "https://graph.microsoft.com", "tid": self.tenant, "appid": self.client, "idtyp": "app"}
        claims |= {"roles": sorted(store.microsoft.permissions)}
        claims |= {"exp": int(time.time()) + life}
        token = ".".join((_encoded({"typ": "JWT", "alg": "RS256"}), _encoded(claims), secrets.token_urlsafe(32)))
        self.tokens[token] = time.time() + life
        self.issued += 1
        return {"token_type": "Bearer", "expires_in": life, "ext_expires_in": life, "access_token": token}

    def _check_client(self, form: dict[str, str]) -> None:
        if form.get("client_id", self.client) != self.client:
            raise Refused(400, "unauthorized_client", 700016, f"Application '{form['client_id']}' was not found.")
        if "client_assertion" in form and form.get("client_assertion_type") == ASSERTION:
            self._check_assertion(form["client_assertion"])
        elif not secrets.compare_digest(form.get("client_secret", ""), self.secret):
            raise Refused(401, "invalid_client", 7000215, "Invalid client secret provided.")

    def _check_assertion(self, assertion: str) -> None:
        try:
            head, payload, signature = assertion.split(".")
            header, claims = json.loads(_decoded(head)), json.loads(_decoded(payload))
            certificate = self._certificate(header)
            _verify(certificate, header["alg"], f"{head}.{payload}".encode(), _decoded(signature))
        except (ValueError, KeyError, InvalidSignature):
            raise Refused(401, "invalid_client", 700027, "Client assertion failed signature validation.") from None
        self._check_claims(claims)
        if certificate.not_valid_after_utc.timestamp() < time.time():
            raise Refused(401, "invalid_client", 1000502, "The provided certificate is not within its validity period.")

    def _certificate(self, header: Body) -> x509.Certificate:
        """The registered certificate that the header names by its thumbprint."""
        for found in self.certificates:
            prints = {"x5t#S256": found.fingerprint(hashes.SHA256()), "x5t": found.fingerprint(hashes.SHA1())}  # noqa: S303 - the older form of the header
            if any(name in header and _decoded(header[name]) == value for name, value in prints.items()):
                return found
        raise KeyError("thumbprint")

    def _check_claims(self, claims: Body) -> None:
        now, audience = time.time(), f"{self.root}/{self.tenant}/oauth2/v2.0/token"
        if claims.get("iss") != self.client or claims.get("sub") != self.client or claims.get("aud") != audience:
            raise Refused(401, "invalid_client", 700023, "Client assertion audience claim does not match.")
        if not now - 300 < claims.get("exp", 0) < now + 86400:
            raise Refused(401, "invalid_client", 700024, "Client assertion is not within its valid time range.")


def _verify(certificate: x509.Certificate, algorithm: str, signed: bytes, signature: bytes) -> None:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey) or algorithm not in {"PS256", "RS256"}:
        raise ValueError(algorithm)
    scheme = (
        padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.AUTO) if algorithm == "PS256" else padding.PKCS1v15()
    )
    key.verify(signature, signed, scheme, hashes.SHA256())


def _unknown_tenant(tenant: str) -> Refused:
    return Refused(400, "invalid_tenant", 90002, f"Tenant '{tenant}' not found.")


def _encoded(data: Body) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    """URL-safe base64; thumbprints of the older form arrive padded or in the standard alphabet."""
    try:
        return base64.b64decode(
            text.replace("-", "+").replace("_", "/").rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
        )
    except binascii.Error as error:
        raise ValueError(text) from error
