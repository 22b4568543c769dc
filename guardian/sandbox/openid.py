"""An OpenID provider on a loopback port: discovery, a page to choose an account, tokens signed with RS256.

Flow: OpenID Connect Core 1.0, section 3.1; PKCE after RFC 7636 (S256 only); `iss` in the answer after RFC 9207.
"""

import base64
import hashlib
import html
import secrets
import ssl
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

from guardian.sandbox.faults import Fault, Faults, Kinds
from guardian.sandbox.loopback import Sandbox, Subject
from guardian.sandbox.moments import Body
from guardian.sandbox.openid_tokens import Signer, spoilt
from guardian.sandbox.wire import Answer, Request
from guardian.sandbox.wire import html as broken_page
from guardian.sandbox.world import World

INSTEAD = frozenset({"500", "503", "close-before-apply", "invalid_client", "invalid_grant", "redirect", "not-json"})
LIES = frozenset(
    {
        "wrong-audience",
        "wrong-issuer",
        "wrong-nonce",
        "no-nonce",
        "expired",
        "not-yet",
        "bad-signature",
        "unsigned",
        "symmetric",
        "unknown-key",
        "garbage",
        "no-id-token",
        "without",
        "with",
    }
)
"""Of the token endpoint. `without` takes the claims named in `names` away, `with` puts those of `claims` in."""
OPENID = Kinds(INSTEAD, LIES | {"changed"})
"""`changed` is of the discovery document: the options stand in it."""


@dataclass(frozen=True)
class Grant:
    """What a code stands for."""

    email: str
    challenge: str
    nonce: str
    redirect: str


@dataclass
class Application:
    """The one client that is registered. `redirects` are its addresses; `posts` takes the secret in the body only."""

    client: str = "guardian-dashboard"
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    redirects: set[str] = field(default_factory=set)
    posts: bool = False


class OpenIdSandbox(Sandbox):
    """Serves until the `with` block ends. `accounts` hold claims by address; `codes` what was granted and not yet redeemed."""

    def __init__(self, world: World, *, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(world, Faults(OPENID), port, tls=tls)
        host = "localhost" if tls else "127.0.0.1"
        self.issuer = f"{'https' if tls else 'http'}://{host}:{self.port}"
        self.application = Application()
        self.accounts: dict[str, Body] = {}
        self.codes: dict[str, Grant] = {}
        self.signer = Signer()

    @property
    def switches(self) -> object:
        return self.application

    def add_account(self, email: str, **claims: object) -> None:
        """An account whose address is verified, unless the claims say otherwise."""
        mark = hashlib.sha256(email.encode()).hexdigest()[:20]
        self.accounts[email] = {"sub": mark, "email": email, "email_verified": True, **claims}

    def _person(self, request: Request) -> str | None:
        """Whom a code was granted for."""
        grant = self.codes.get(_form(request).get("code", "")) if request.verb == "POST" else None
        return grant.email if grant else None

    def _subject(self, request: Request, reply: Answer | None) -> Subject:
        return Subject(None, mutating=request.path == "/token" and reply is not None)

    def _done(self, request: Request) -> Answer:
        match request.verb, request.path:
            case "GET", "/.well-known/openid-configuration":
                return Answer(200, self._description())
            case "GET", "/keys":
                return Answer(200, self.signer.key_set())
            case "GET", "/authorize":
                return self._ask(request)
            case "POST", "/authorize":
                return self._grant(_form(request))
            case "POST", "/token":
                return self._redeem(request, None)
        return Answer(404, {"error": "not_found"})

    def _instead(self, fault: Fault) -> Answer:
        match fault.kind:
            case "invalid_client":
                return Answer(401, {"error": "invalid_client"})
            case "invalid_grant":
                return Answer(400, {"error": "invalid_grant"})
            case "redirect":
                return Answer(302, headers={"Location": "http://192.0.2.1/"})
            case "not-json":
                return Answer(200, raw=b"<html>", content_type="text/html")
        return broken_page(int(fault.kind))

    def _rewritten(self, request: Request, fault: Fault) -> Answer:
        if fault.kind == "changed":
            return Answer(200, self._description() | fault.options)
        return self._redeem(request, fault)

    def _description(self) -> Body:
        method = "client_secret_post" if self.application.posts else "client_secret_basic"
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": [method],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    # --- the browser

    def _ask(self, request: Request) -> Answer:
        """The page on which somebody says who they are. A wrong address to come back to is never followed."""
        asked = {name: values[0] for name, values in request.query.items()}
        wanted = {"client_id": self.application.client, "response_type": "code", "code_challenge_method": "S256"}
        wrong = [name for name, value in wanted.items() if asked.get(name) != value]
        wrong += [name for name in ("state", "nonce", "code_challenge") if not asked.get(name)]
        if asked.get("redirect_uri") not in self.application.redirects:
            wrong.append("redirect_uri")
        if "openid" not in asked.get("scope", "").split():
            wrong.append("scope")
        if wrong:
            return Answer(400, {"error": "invalid_request", "error_description": ", ".join(wrong)})
        return Answer(200, raw=self._page(asked).encode(), content_type="text/html; charset=UTF-8")

    def _page(self, asked: dict[str, str]) -> str:
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(n)}" value="{html.escape(v)}">' for n, v in asked.items()
        )
        buttons = "".join(
            f'<button name="email" value="{html.escape(e)}">{html.escape(e)}</button>' for e in self.accounts
        )
        form = f'<form method="post" action="/authorize">{hidden}{buttons}<button name="deny" value="1">Deny</button></form>'
        return f"<!doctype html><title>Sandbox provider</title><h1>Choose an account</h1>{form}"

    def _grant(self, form: dict[str, str]) -> Answer:
        """Back to whoever asked, with a code."""
        back = {"state": form["state"], "iss": self.issuer}
        if "deny" in form:
            back["error"] = "access_denied"
        else:
            code = secrets.token_urlsafe(24)
            self.codes[code] = Grant(form["email"], form["code_challenge"], form["nonce"], form["redirect_uri"])
            back["code"] = code
        return Answer(302, headers={"Location": f"{form['redirect_uri']}?{urlencode(back)}"})

    # --- the client

    def _redeem(self, request: Request, fault: Fault | None) -> Answer:
        form = _form(request)
        if not self._is_client(request, form):
            return Answer(401, {"error": "invalid_client"})
        grant = self.codes.pop(form.get("code", ""), None)
        if grant is None or grant.redirect != form.get("redirect_uri") or grant.challenge != _challenge(form):
            return Answer(400, {"error": "invalid_grant"})
        now = int(self.world.clock().timestamp())
        claims: Body = {"iss": self.issuer, "aud": self.application.client, "iat": now, "exp": now + 600}
        claims |= {"nonce": grant.nonce, **self.accounts[grant.email]}
        kind, options = (fault.kind, fault.options) if fault else ("", {})
        token = spoilt(self.signer, claims, kind, options)
        body: Body = {"access_token": secrets.token_urlsafe(24), "token_type": "Bearer", "expires_in": 600}
        return Answer(200, body | ({} if token is None else {"id_token": token}))

    def _is_client(self, request: Request, form: dict[str, str]) -> bool:
        known = (self.application.client, self.application.secret)
        if self.application.posts:
            return (form.get("client_id"), form.get("client_secret")) == known
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        return scheme == "Basic" and base64.b64decode(given).decode() == ":".join(known)


def _form(request: Request) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}


def _challenge(form: dict[str, str]) -> str:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
