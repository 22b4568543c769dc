"""The OpenID provider refuses what a real one refuses; its tokens are checked by a library that did not make them."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from guardian.sandbox.clock import SettableClock
from guardian.sandbox.openid import OpenIdSandbox
from guardian.sandbox.world import World

ANA = "ana@acme.example"
BACK = "https://guardian.acme.example/login/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@pytest.fixture
def provider() -> Iterator[OpenIdSandbox]:
    with OpenIdSandbox(World(SettableClock(datetime(2026, 11, 23, 8, tzinfo=UTC)))) as sandbox:
        sandbox.application.redirects.add(BACK)
        sandbox.add_account(ANA, hd="acme.example")
        yield sandbox


def question(provider: OpenIdSandbox, **changes: str) -> dict[str, str]:
    asked = {"client_id": provider.application.client, "response_type": "code", "scope": "openid email"}
    asked |= {"redirect_uri": BACK, "state": "s", "nonce": "n"}
    return asked | {"code_challenge": CHALLENGE, "code_challenge_method": "S256"} | changes


def code(provider: OpenIdSandbox) -> str:
    answer = httpx2.post(f"{provider.issuer}/authorize", data=question(provider) | {"email": ANA})
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    assert (back["state"], back["iss"]) == (["s"], [provider.issuer])
    return back["code"][0]


def redeem(provider: OpenIdSandbox, secret: str | None = None, **changes: str) -> httpx2.Response:
    known = provider.application
    form = {"grant_type": "authorization_code", "redirect_uri": BACK, "code_verifier": VERIFIER, **changes}
    return httpx2.post(f"{provider.issuer}/token", data=form, auth=(known.client, secret or known.secret))


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"redirect_uri": "https://evil.example/"},
        {"response_type": "token"},
        {"scope": "email"},
        {"state": ""},
        {"nonce": ""},
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
    ],
)
def test_a_wrong_question_is_refused_and_leads_nowhere(provider: OpenIdSandbox, changes: dict[str, str]) -> None:
    answer = httpx2.get(f"{provider.issuer}/authorize", params=question(provider, **changes))
    assert (answer.status_code, "location" in answer.headers) == (400, False)
    assert next(iter(changes)) in answer.json()["error_description"]


def test_a_code_gives_a_signed_token_once(provider: OpenIdSandbox) -> None:
    given = code(provider)
    token = redeem(provider, code=given).json()["id_token"]
    keys = KeySet.import_key_set(httpx2.get(f"{provider.issuer}/keys").json())
    claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (provider.issuer, provider.application.client, "n")
    assert (claims["email"], claims["email_verified"], claims["hd"]) == (ANA, True, "acme.example")
    assert redeem(provider, code=given).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize("changes", [{"code_verifier": "w" * 43}, {"redirect_uri": f"{BACK}2"}, {"code": "none"}])
def test_a_code_is_bound_to_whoever_asked_for_it(provider: OpenIdSandbox, changes: dict[str, str]) -> None:
    answer = redeem(provider, **({"code": code(provider)} | changes))
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})


def test_a_wrong_secret_is_refused(provider: OpenIdSandbox) -> None:
    answer = redeem(provider, "wrong", code=code(provider))
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
