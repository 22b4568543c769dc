"""Login by an identity provider over real HTTP: who gets in, and each fault of the provider told apart."""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from guardian.sandbox.microsoft_tls import write_authority
from guardian.sandbox.openid import OpenIdSandbox
from guardian.settings import OidcSettings
from guardian.web.doors import DEPARTURES
from tests.engine.town import ANA, town
from tests.web.house import AUDITOR, LEAD, LED, OPERATOR, RULES, Web, opened

PUBLIC = "https://guardian.acme.example"
CALLBACK = f"{PUBLIC}/login/callback"
TENANT = "7b5f3c1e-9d64-4f0a-8a5b-2c1d3e4f5a6b"


class Desk:
    """The dashboard, the provider, and a browser between them."""

    def __init__(self, web: Web, provider: OpenIdSandbox, verify: Any) -> None:
        self.web, self.provider, self._verify = web, provider, verify

    def set_off(self, target: str = "/me") -> str:
        """The address of the provider's page."""
        answer = self.web.client.get("/login/provider", params={"next": target})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def choose(self, page: str, email: str) -> str:
        """What the browser is sent back with."""
        with httpx2.Client(verify=self._verify) as browser:
            form = browser.get(page)
            assert form.status_code == 200, form.text
            fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form.text))
            chosen = {"deny": "1"} if email == "deny" else {"email": email}
            back = browser.post(f"{self.provider.issuer}/authorize", data={**fields, **chosen}).headers["location"]
        assert back.startswith(f"{CALLBACK}?")
        return str(back)

    def log_in(self, email: str = ANA) -> Any:
        back = urlsplit(self.choose(self.set_off(), email))
        return self.web.client.get(f"{back.path}?{back.query}", headers={"Accept": "text/html"})

    def inside(self) -> bool:
        return self.web.client.get("/api/v1/people").status_code == 200


@contextmanager
def desk(folder: Path, *, secure: bool = False, **changes: Any) -> Iterator[Desk]:
    with town(RULES + LED) as place:
        ca_file, tls = write_authority(folder) if secure else (None, None)
        verify = ssl.create_default_context(cafile=ca_file) if ca_file else True
        with OpenIdSandbox(place.world, tls=tls) as provider:
            known = provider.application
            known.redirects.add(CALLBACK)
            for email in (ANA, LEAD, OPERATOR, AUDITOR, "new@acme.example"):
                provider.add_account(email)
            chosen = {"client_id": known.client, "client_secret": known.secret, "ca_file": ca_file, **changes}
            oidc = OidcSettings(**{"issuer": provider.issuer, **chosen})
            with opened(place, public_url=PUBLIC, oidc=oidc) as web:
                yield Desk(web, provider, verify)


@pytest.fixture
def ready(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as built:
        yield built


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk")) as built:
        yield built


@pytest.fixture
def again(used: Desk) -> Desk:
    """One desk for many tests, a new browser each."""
    used.web.client.cookies.clear()
    used.provider.faults.clear()
    return used


@pytest.mark.parametrize("who", [ANA, LEAD, OPERATOR, AUDITOR])
def test_whoever_has_a_role_gets_in(again: Desk, who: str) -> None:
    assert 'href="/login/provider?next=/me"' in again.web.client.get("/login?next=/me").text
    answer = again.log_in(who)
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    assert again.inside()
    entry = again.web.guardian.store.ledger.audit()[-1]
    assert (entry.actor, entry.what, entry.reason) == (who, "logged in", "by identity provider")
    assert "guardian-login" not in str(again.web.client.cookies), "nothing of the way is left"


def test_capital_letters_are_no_other_person(again: Desk) -> None:
    again.provider.add_account("Ana@ACME.example")
    assert again.log_in("Ana@ACME.example").status_code == 303


def test_the_secret_may_be_sent_in_the_body(ready: Desk) -> None:
    ready.provider.application.posts = True
    assert ready.log_in().status_code == 303


def test_an_authority_of_ones_own_is_trusted(tmp_path: Path) -> None:
    with desk(tmp_path, secure=True) as built:
        assert built.provider.issuer.startswith("https://")
        assert built.log_in().status_code == 303


def test_without_that_authority_nobody_is_believed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with desk(tmp_path, secure=True, ca_file=None) as built:
        answer = built.web.client.get("/login/provider")
        assert answer.status_code == 503
        assert "certificate is not trusted" in caplog.text


def test_description_and_keys_are_asked_for_once_an_hour(ready: Desk) -> None:
    def asked() -> list[str]:
        return [
            entry.path for entry in ready.provider.log if entry.path in ("/.well-known/openid-configuration", "/keys")
        ]

    for _ in range(3):
        ready.log_in()
    assert sorted(asked()) == ["/.well-known/openid-configuration", "/keys"]
    ready.web.town.later(hours=1)
    ready.log_in()
    assert len(asked()) == 4


def test_a_changed_key_is_looked_for_at_most_once_a_minute(ready: Desk) -> None:
    assert ready.log_in().status_code == 303
    ready.provider.signer.key_id = "sandbox-2"
    assert ready.log_in().status_code == 403
    ready.web.town.later(minutes=1)
    assert ready.log_in().status_code == 303


DOWN, MEND, CLOCK, AGAIN = "does not answer", "not set up rightly", "clocks", "could not be verified"
TOKEN_FAULTS = [
    ("500", {}, 503, DOWN),
    ("close-before-apply", {}, 503, DOWN),
    ("not-json", {}, 503, DOWN),
    ("redirect", {}, 503, DOWN),
    ("invalid_client", {}, 503, MEND),
    ("invalid_grant", {}, 403, AGAIN),
    ("wrong-audience", {}, 403, AGAIN),
    ("wrong-issuer", {}, 403, AGAIN),
    ("wrong-nonce", {}, 403, AGAIN),
    ("no-nonce", {}, 403, AGAIN),
    ("bad-signature", {}, 403, AGAIN),
    ("unsigned", {}, 403, AGAIN),
    ("symmetric", {}, 403, AGAIN),
    ("unknown-key", {}, 403, AGAIN),
    ("garbage", {}, 403, AGAIN),
    ("no-id-token", {}, 403, AGAIN),
    ("without", {"names": ["exp"]}, 403, AGAIN),
    ("without", {"names": ["iat"]}, 403, AGAIN),
    ("without", {"names": ["aud"]}, 403, AGAIN),
    ("without", {"names": ["sub"]}, 403, AGAIN),
    ("with", {"claims": {"aud": ["guardian-dashboard", "other"], "azp": "other"}}, 403, AGAIN),
    ("with", {"claims": {"exp": "soon"}}, 403, AGAIN),
    ("expired", {}, 503, CLOCK),
    ("not-yet", {}, 503, CLOCK),
    ("without", {"names": ["email"]}, 403, "does not say your e-mail address"),
    ("with", {"claims": {"email": ["ana@acme.example"]}}, 403, "does not say your e-mail address"),
    ("with", {"claims": {"email_verified": False}}, 403, "has not verified"),
    ("with", {"claims": {"email_verified": "false"}}, 403, "has not verified"),
    ("without", {"names": ["email_verified"]}, 403, "has not verified"),
    ("with", {"claims": {"email": "new@acme.example"}}, 403, "nobody enrolled you"),
    ("with", {"claims": {"email": f"{ANA} "}}, 303, ""),
    ("with", {"claims": {"aud": ["guardian-dashboard"]}}, 303, ""),
    ("with", {"claims": {"email_verified": "true"}}, 303, ""),
]


@pytest.mark.parametrize(("kind", "options", "status", "words"), TOKEN_FAULTS)
def test_each_fault_at_the_tokens(again: Desk, kind: str, options: dict[str, Any], status: int, words: str) -> None:
    again.provider.faults.add(kind, verb="POST", path="^/token", **options)
    answer = again.log_in()
    assert (answer.status_code, again.inside()) == (status, status == 303)
    assert words in answer.text
    assert "Traceback" not in answer.text
    assert again.provider.issuer not in answer.text, "places are for the log"


@pytest.mark.parametrize(
    ("kind", "options", "status", "words"),
    [
        ("503", {}, 503, DOWN),
        ("close-before-apply", {}, 503, DOWN),
        ("not-json", {}, 503, DOWN),
        ("redirect", {}, 503, DOWN),
        ("changed", {"issuer": "https://evil.example"}, 503, MEND),
        ("changed", {"authorization_endpoint": "http://evil.example/"}, 503, MEND),
        ("changed", {"authorization_endpoint": 7}, 503, MEND),
        ("changed", {"authorization_endpoint": "http://["}, 503, MEND),
    ],
)
def test_each_fault_at_the_description(
    ready: Desk, kind: str, options: dict[str, Any], status: int, words: str
) -> None:
    ready.provider.faults.add(kind, path="openid-configuration", **options)
    answer = ready.web.client.get("/login/provider")
    assert (answer.status_code, words in answer.text) == (status, True)
    assert ready.log_in().status_code == 303, "the next one finds it mended"


@pytest.mark.parametrize("offered", [["HS256"], ["none"], ["HS256", 7], "RS256", {"RS256": 1}])
def test_a_provider_without_a_signature_of_a_public_key_is_not_believed(ready: Desk, offered: Any) -> None:
    """Also where the token itself is signed as usual: an empty list would leave the choice to the library."""
    ready.provider.faults.add("changed", path="openid-configuration", id_token_signing_alg_values_supported=offered)
    answer = ready.log_in()
    assert (answer.status_code, MEND in answer.text, ready.inside()) == (503, True, False)


def test_a_provider_that_is_gone_is_told_as_such(ready: Desk) -> None:
    ready.provider.close()
    answer = ready.web.client.get("/login/provider")
    assert (answer.status_code, DOWN in answer.text) == (503, True)


@pytest.mark.parametrize("kind", ["503", "not-json"])
def test_keys_that_cannot_be_read(ready: Desk, kind: str) -> None:
    ready.provider.faults.add(kind, path="^/keys")
    answer = ready.log_in()
    assert (answer.status_code, DOWN in answer.text) == (503, True)


def test_a_wrong_secret_is_for_the_one_who_runs_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with desk(tmp_path, client_secret="wrong") as built:
        answer = built.log_in()
        assert (answer.status_code, MEND in answer.text) == (503, True)
        assert "GUARDIAN_OIDC__CLIENT_SECRET" in caplog.text
        assert "wrong" not in caplog.text


@pytest.mark.parametrize(
    ("tenant", "claims", "status"),
    [
        ("acme.example", {"hd": "acme.example"}, 303),
        ("acme.example", {"hd": "evil.example"}, 403),
        ("acme.example", {}, 403),
        ("acme.example", {"hd": "acme.example", "email_verified": None}, 403),
        (TENANT, {"tid": TENANT}, 303),
        (TENANT, {"tid": "another"}, 403),
        (TENANT, {"tid": TENANT, "email_verified": None}, 403),
    ],
)
def test_the_organisation_must_be_ours(tmp_path: Path, tenant: str, claims: dict[str, Any], status: int) -> None:
    with desk(tmp_path, tenant=tenant) as built:
        built.provider.add_account(ANA, **claims)
        assert built.log_in().status_code == status


MAIL, USER = {"email": ANA}, {"preferred_username": "Ana@acme.example"}
EVIL = {"preferred_username": "mallory@evil.example"}


@pytest.mark.parametrize(
    ("claims", "tenant", "status"),
    [
        (USER, TENANT, 303),
        (USER, None, 403),
        (MAIL, TENANT, 403),
        (MAIL | {"xms_edov": True}, TENANT, 303),
        (MAIL | {"xms_edov": "1"}, TENANT, 303),
        (MAIL | {"xms_edov": "0"}, TENANT, 403),
        (MAIL | {"xms_edov": True}, None, 403),
        (MAIL | EVIL, TENANT, 403),
        (MAIL | EVIL | {"xms_edov": False}, TENANT, 403),
        (MAIL | USER | {"email_verified": False}, TENANT, 303),
    ],
)
def test_what_microsoft_says_of_an_address(
    tmp_path: Path, claims: dict[str, Any], tenant: str | None, status: int
) -> None:
    """People there can write any address into their own profile."""
    with desk(tmp_path, tenant=tenant) as built:
        built.provider.accounts[ANA] = {"sub": "1", "tid": TENANT, **claims}
        assert built.log_in().status_code == status


def test_who_changes_their_mind_is_told_so(again: Desk) -> None:
    answer = again.log_in("deny")
    assert (answer.status_code, "changed your mind" in answer.text) == (403, True)


def test_the_answer_belongs_to_one_browser_once_and_soon(ready: Desk) -> None:
    back = urlsplit(ready.choose(ready.set_off(), ANA))
    path = f"{back.path}?{back.query}"
    own = ready.web.client.cookies["__Host-guardian-login"]
    ready.web.client.cookies.clear()
    assert ready.web.client.get(path).status_code == 400, "another browser"
    mine = {"Cookie": f"__Host-guardian-login={own}"}
    assert ready.web.client.get(path.replace("state=", "state=x"), headers=mine).status_code == 400, "another login"
    assert ready.web.client.get(path, headers=mine).status_code == 400, "it was used up"
    late = urlsplit(ready.choose(ready.set_off(), ANA))
    ready.web.town.clock.advance(timedelta(minutes=10))
    assert ready.web.client.get(f"{late.path}?{late.query}").status_code == 400, "too late"
    assert not ready.inside()


def test_an_answer_in_the_name_of_another_provider_is_refused(again: Desk) -> None:
    back = urlsplit(again.choose(again.set_off(), ANA))
    query = {name: values[0] for name, values in parse_qs(back.query).items()}
    answer = again.web.client.get(back.path, params={**query, "iss": "https://evil.example"})
    assert (answer.status_code, again.inside()) == (403, False)


def test_every_login_is_asked_for_with_secrets_of_its_own(again: Desk) -> None:
    asked = [parse_qs(urlsplit(again.set_off()).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert len({query[name][0] for query in asked}) == 2
        assert all(len(query[name][0]) == 43 for query in asked), "256 bits"
    assert {query["code_challenge_method"][0] for query in asked} == {"S256"}
    assert {query["redirect_uri"][0] for query in asked} == {CALLBACK}


def test_a_login_under_way_is_no_session(again: Desk) -> None:
    again.set_off()
    own = again.web.client.cookies["__Host-guardian-login"]
    answer = again.web.client.get("/api/v1/people", headers={"Cookie": f"__Host-guardian={own}"})
    assert answer.status_code == 401


def test_a_login_leads_to_our_own_pages_only(again: Desk) -> None:
    back = urlsplit(again.choose(again.set_off("//evil.example/"), ANA))
    assert again.web.client.get(f"{back.path}?{back.query}").headers["location"] == "/"


def test_departures_are_counted(ready: Desk) -> None:
    for _ in range(DEPARTURES):
        ready.set_off()
    assert ready.web.client.get("/login/provider").status_code == 429
    ready.web.town.later(minutes=1)
    ready.set_off()


def test_with_a_provider_no_token_opens_the_dashboard(again: Desk) -> None:
    again.web.token("admin", ["admin"])
    answer = again.web.client.post("/login", data={"token": again.web.secrets["admin"]})
    assert (answer.status_code, again.inside()) == (404, False)


@pytest.mark.parametrize(
    "changes",
    [{"client_id": None}, {"issuer": "http://provider.acme.example"}, {"issuer": "ftp://x"}, {"ca_file": "none.pem"}],
)
def test_settings_that_cannot_work_are_for_the_one_who_runs_it(tmp_path: Path, changes: dict[str, Any]) -> None:
    with desk(tmp_path, **changes) as built:
        for path in ("/login", "/login/provider", "/login/callback"):
            answer = built.web.client.get(path)
            assert (answer.status_code, MEND in answer.text) == (503, True)
