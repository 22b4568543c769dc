"""OpenID Connect: the authorisation code flow with PKCE, and what is believed of an identity provider's word."""

import json
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from guardian.errors import SettingsError
from guardian.ports import Clock
from guardian.providers.shared import is_loopback
from guardian.settings import Settings
from guardian.web.login_faults import LoginFault

CALLBACK = "/login/callback"
SCOPE = "openid email profile"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
"""Signatures of a public key: a provider that offers others as well is not believed under those."""

KNOWN_FOR = timedelta(hours=1)
"""So long the provider's description and keys are remembered."""
ASK_AGAIN = timedelta(minutes=1)
"""Unknown keys make us look for new ones no more often."""
LEEWAY = 120
"""Seconds by which the provider's clock may differ from ours."""
TIMEOUT = 10.0
MOST_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Client:
    """How we are known at the provider."""

    issuer: str
    client_id: str
    secret: str | None
    redirect: str
    tenant: str | None
    trust: ssl.SSLContext


def client_of(settings: Settings) -> Client | None:
    """As the settings say, None where they name no provider; raises SettingsError for what cannot work."""
    chosen = settings.oidc
    if not chosen.issuer:
        return None
    if not chosen.client_id:
        raise SettingsError("GUARDIAN_OIDC__CLIENT_ID is missing; it is the client registered at the identity provider")
    if not settings.public_url:
        raise SettingsError("GUARDIAN_PUBLIC_URL is missing; the identity provider sends people back to it")
    for name, url in (("OIDC__ISSUER", chosen.issuer), ("PUBLIC_URL", settings.public_url)):
        if not safe(url):
            raise SettingsError(f"GUARDIAN_{name}: '{url}' must begin with https://; http:// is for loopback only")
    redirect = settings.public_url.rstrip("/") + CALLBACK
    return Client(chosen.issuer, chosen.client_id, chosen.secret(), redirect, chosen.tenant, _trust(chosen.ca_file))


def safe(url: str) -> bool:
    """Whether nobody on the way can read along."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url)))
    except ValueError:
        return False


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    """Whom we trust, read once: it takes longer than a request."""
    context = httpx2.create_ssl_context()
    try:
        if ca_file is not None:
            context.load_verify_locations(ca_file)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"GUARDIAN_OIDC__CA_FILE: cannot use {ca_file}: {error}; it must be a PEM file") from error
    return context


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser is sent, and what is kept to check what it brings back."""

    url: str
    detail: Mapping[str, str]


@dataclass(slots=True)
class _Known:
    description: Mapping[str, Any]
    at: datetime
    keys: KeySet | None = None
    keys_at: datetime | None = None


@dataclass(slots=True)
class IdentityProvider:
    """One provider; thread-safe. Every method raises LoginFault for what it is there to find. `date` is the `Date` header of
    its last description or keys, empty before."""

    client: Client
    now: Clock
    date: str = ""
    _known: _Known | None = None
    _lock: Lock = field(default_factory=Lock)

    def depart(self, target: str) -> Departure:
        """Begin a login that leads to the page `target`."""
        endpoint = self._description()["authorization_endpoint"]
        detail = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        with self._session() as session:
            url, _ = session.create_authorization_url(
                endpoint, state=detail["state"], nonce=detail["nonce"], code_verifier=detail["verifier"]
            )
        return Departure(url, {**detail, "target": target})

    def arrive(self, detail: Mapping[str, str], answer: Mapping[str, str]) -> str:
        """The address of whoever comes back, in lower case, proven; `answer` is what the browser brought."""
        if not secrets.compare_digest(answer.get("state", "").encode(), detail["state"].encode()):
            raise LoginFault.stale()
        if "iss" in answer and answer["iss"] != self._description()["issuer"]:
            raise LoginFault.not_ours("it names another identity provider")
        if "error" in answer:
            raise LoginFault.declined(answer["error"])
        if not answer.get("code"):
            raise LoginFault.not_ours("there is no code in it")
        token = self._exchange(answer["code"], detail["verifier"])
        return self._address(self._claims(token, detail["nonce"]))

    def look(self) -> None:
        """Whether logins can work, as far as that shows without anybody who logs in."""
        self._keys()

    # --- what the provider says of itself

    def _description(self) -> Mapping[str, Any]:
        with self._lock:
            if self._known is None or self.now() - self._known.at >= KNOWN_FOR:
                self._known = _Known(self._discover(), self.now())
            return self._known.description

    def _discover(self) -> Mapping[str, Any]:
        url = self.client.issuer.rstrip("/") + "/.well-known/openid-configuration"
        found = self._get(url)
        if str(found.get("issuer", "")).rstrip("/") != self.client.issuer.rstrip("/"):
            raise LoginFault.misconfigured(
                f"the identity provider calls itself {found.get('issuer')!r}, not {self.client.issuer!r}",
                "write GUARDIAN_OIDC__ISSUER exactly as the provider's discovery document has it",
            )
        for name in ENDPOINTS:
            if not isinstance(found.get(name), str) or not safe(found[name]):
                words = f"the identity provider's {name} is missing, or not behind https"
                raise LoginFault.misconfigured(words, "check GUARDIAN_OIDC__ISSUER")
        return found

    def _keys(self, *, anew: bool = False) -> KeySet:
        url = self._description()["jwks_uri"]
        with self._lock:
            assert self._known is not None
            since = self._known.keys_at
            if self._known.keys is None or (anew and since is not None and self.now() - since >= ASK_AGAIN):
                self._known.keys = self._read_keys(url)
                self._known.keys_at = self.now()
            return self._known.keys

    def _read_keys(self, url: str) -> KeySet:
        try:
            return KeySet.import_key_set({"keys": self._get(url).get("keys", [])})
        except (JoseError, AttributeError, TypeError, ValueError) as error:
            raise LoginFault.down("its keys cannot be understood") from error

    def _get(self, url: str) -> Mapping[str, Any]:
        try:
            with self._session() as session, session.stream("GET", url, withhold_token=True, auth=None) as answer:
                self.date = answer.headers.get("date", "")
                answer.raise_for_status()
                body = b"".join(_bounded(answer))
                found = json.loads(body)
        except httpx2.HTTPStatusError as error:
            raise LoginFault.down(f"{urlsplit(url).path} answered {error.response.status_code}") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise LoginFault.down(_words(error)) from error
        except (ValueError, RecursionError) as error:
            raise LoginFault.down(f"{urlsplit(url).path} is not JSON") from error
        if not isinstance(found, dict):
            raise LoginFault.down(f"{urlsplit(url).path} is not a JSON object")
        return found

    # --- what it says of somebody

    def _session(self, **more: Any) -> OAuth2Client:
        return OAuth2Client(
            client_id=self.client.client_id,
            client_secret=self.client.secret,
            scope=SCOPE,
            redirect_uri=self.client.redirect,
            code_challenge_method="S256",
            verify=self.client.trust,
            timeout=TIMEOUT,
            **more,
        )

    def _exchange(self, code: str, verifier: str) -> Mapping[str, Any]:
        """The tokens for a code."""
        endpoint = self._description()["token_endpoint"]
        try:
            with self._session(token_endpoint_auth_method=self._method()) as session:
                found: Mapping[str, Any] = session.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    redirect_uri=self.client.redirect,
                )
        except OAuthError as error:
            raise LoginFault.refused_by_provider(str(error.error)) from error
        except httpx2.HTTPStatusError as error:
            raise LoginFault.down(f"the token endpoint answered {error.response.status_code}") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise LoginFault.down(_words(error)) from error
        except ValueError as error:
            raise LoginFault.down("the token endpoint does not answer with JSON") from error
        return found

    def _method(self) -> str:
        """How we prove who we are: what the standard says is usual, else what the provider offers."""
        offered = self._description().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if self.client.secret is None:
            return "none"
        return "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"

    def _claims(self, token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        """Who logged in, proven: signature, issuer, audience, time and nonce hold."""
        text = token.get("id_token")
        if not isinstance(text, str):
            raise LoginFault.not_ours("there is no ID token in it")
        try:
            decoded = self._decoded(text)
            options: dict[str, Any] = {
                "iss": {"essential": True, "value": self._description()["issuer"]},
                "aud": {"essential": True, "value": self.client.client_id},
                "nonce": {"essential": True, "value": nonce},
            }
            params = {"nonce": nonce, "client_id": self.client.client_id, "access_token": token.get("access_token")}
            claims: CodeIDToken = CodeIDToken(decoded.claims, decoded.header, options, params)
            claims.validate(now=int(self.now().timestamp()), leeway=LEEWAY)
        except ExpiredTokenError as error:
            raise LoginFault.clock("it had ended already when it came") from error
        except InvalidClaimError as error:
            if error.claim in ("iat", "nbf"):
                raise LoginFault.clock("it is of a time that has not come yet") from error
            raise LoginFault.not_ours(f"its {error.claim} is not the one that was asked for") from error
        except (JoseError, ValueError) as error:
            raise LoginFault.not_ours(f"it cannot be verified ({type(error).__name__})") from error
        return claims

    def _decoded(self, text: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=self._algorithms(), strict_check_header=False)
        try:
            return jwt.decode(text, self._keys(), registry=registry)
        except InvalidKeyIdError:
            return jwt.decode(text, self._keys(anew=True), registry=registry)

    def _algorithms(self) -> list[str]:
        """The signatures that are believed: without any the library would take its own choice."""
        offered = self._description().get("id_token_signing_alg_values_supported") or ["RS256"]
        named = {name for name in offered if isinstance(name, str)} if isinstance(offered, list) else set()
        found = sorted(ALGORITHMS & named)
        if not found:
            words = "the identity provider offers no signature of a public key"
            raise LoginFault.misconfigured(words, "let it sign ID tokens with RS256 or ES256")
        return found

    def _address(self, claims: Mapping[str, Any]) -> str:
        """An address that the provider stands for. Microsoft says of none that it is verified, only that its domain is
        (`xms_edov`); the user name is given out by the directory itself, so that of our own tenant will do."""
        tenant = self.client.tenant
        if tenant is not None and tenant not in (claims.get("hd"), claims.get("tid")):
            raise LoginFault.wrong_tenant()
        own_directory = tenant is not None and claims.get("tid") == tenant
        if _holds(claims.get("email_verified")) or (own_directory and _holds(claims.get("xms_edov"))):
            address = claims.get("email")
        else:
            address = claims.get("preferred_username") if own_directory else None
            if address is None and "email" in claims:
                raise LoginFault.unverified()
        if not isinstance(address, str) or "@" not in address:
            raise LoginFault.no_address()
        return address.strip().lower()


def _holds(claim: object) -> bool:
    """Whether a claim says yes; some providers write it as a number or as text."""
    return claim is True or claim == 1 or claim in ("true", "1")


def _bounded(answer: httpx2.Response) -> Any:
    size = 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > MOST_BYTES:
            raise ValueError("too long")
        yield part


def _words(error: Exception) -> str:
    """What kept us from the provider, without its address."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({cause.verify_message})"
        cause = cause.__cause__ or cause.__context__
    return "it took too long" if isinstance(error, httpx2.TimeoutException) else "it cannot be reached"
