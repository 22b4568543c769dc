"""The token service as msal meets it, TLS with a private authority, and what the application may enter."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from msal.exceptions import MsalServiceError

from guardian.sandbox.microsoft_switches import READ_ONLY
from tests.sandbox.graph_office import GUS, OLA, PIA, SCOPE, GraphOffice, at

BEGIN = "-----BEGIN CERTIFICATE-----"


def credential(path: Path, *, older: bool = False) -> dict[str, str]:
    """The PEM file as msal wants it: with the certificate, or with its SHA-1 thumbprint."""
    key, _, certificate = path.read_text().partition(BEGIN)
    if not older:
        return {"private_key": key, "public_certificate": BEGIN + certificate}
    parsed = x509.load_pem_x509_certificate((BEGIN + certificate).encode())
    return {"private_key": key, "thumbprint": parsed.fingerprint(hashes.SHA1()).hex()}


def works(graph: GraphOffice, token: Any) -> bool:
    graph.token = token["access_token"]
    return graph.call("GET", "/users").status == 200


def test_a_secret_gives_a_token_that_msal_keeps(graph: GraphOffice) -> None:
    app = graph.application()
    assert works(graph, app.acquire_token_for_client(SCOPE))
    assert app.acquire_token_for_client(SCOPE)["token_source"] == "cache"
    assert graph.server.identity.issued == 1


@pytest.mark.parametrize("older", [False, True], ids=["certificate", "thumbprint"])
def test_a_certificate_gives_a_token(graph: GraphOffice, tmp_path: Path, older: bool) -> None:
    path = graph.server.write_certificate(tmp_path / "client.pem")
    assert path.stat().st_mode & 0o777 == 0o600
    assert works(graph, graph.application(credential(path, older=older)).acquire_token_for_client(SCOPE))


@pytest.mark.parametrize(
    "options",
    [
        {"validate_authority": False, "instance_discovery": None},
        {"instance_discovery": "{root}/common/discovery/instance"},
        {"authority": None, "oidc_authority": "{root}/{tenant}/v2.0", "instance_discovery": None},
    ],
    ids=["unvalidated", "own discovery", "oidc"],
)
def test_other_ways_to_name_the_authority(graph: GraphOffice, options: dict[str, Any]) -> None:
    root, tenant = graph.server.authority, graph.server.tenant_id
    filled = {k: v.format(root=root, tenant=tenant) if isinstance(v, str) else v for k, v in options.items()}
    assert works(graph, graph.application(**filled).acquire_token_for_client(SCOPE))


def refused(graph: GraphOffice, **options: Any) -> tuple[str, list[int]]:
    scope = options.pop("scope", SCOPE)
    answer = graph.application(options.pop("secret", None), **options).acquire_token_for_client(scope)
    return answer["error"], answer["error_codes"]


def test_what_the_token_service_refuses(graph: GraphOffice, tmp_path: Path) -> None:
    expired = credential(graph.server.write_certificate(tmp_path / "old.pem", timedelta(days=-2)))
    assert refused(graph, secret="wrong") == ("invalid_client", [7000215])
    assert refused(graph, client_id="another") == ("unauthorized_client", [700016])
    assert refused(graph, scope=["https://graph.microsoft.com/User.Read"]) == ("invalid_scope", [1002012])
    assert refused(graph, secret=expired) == ("invalid_client", [1000502])
    with pytest.raises(ValueError, match="tenant"):
        graph.application(authority=f"{graph.server.authority}/unknown")


def test_an_unregistered_certificate_is_refused(graph: GraphOffice, tmp_path: Path) -> None:
    pair = credential(graph.server.write_certificate(tmp_path / "client.pem"))
    graph.server.identity.certificates.clear()
    assert refused(graph, secret=pair) == ("invalid_client", [700027])


@pytest.mark.parametrize("kind", ["503", "503-empty", "500"])
def test_the_token_service_can_be_down(graph: GraphOffice, kind: str) -> None:
    app = graph.application()
    graph.server.faults.add(kind, path="/oauth2/", times=None)
    with pytest.raises(MsalServiceError):
        app.acquire_token_for_client(SCOPE)
    graph.server.faults.clear()
    assert works(graph, graph.application().acquire_token_for_client(SCOPE))


def test_the_token_service_can_ask_for_patience(graph: GraphOffice) -> None:
    app = graph.application()
    fault = graph.server.faults.add("429", path="/oauth2/", retry_after=60, times=None)
    answers = [app.acquire_token_for_client(SCOPE)["error_codes"] for _ in range(3)]
    # msal remembers the refusal until the time is over.
    assert (answers, fault.fired) == ([[90033]] * 3, 1)


def test_without_the_authority_nobody_trusts_the_server(graph: GraphOffice) -> None:
    with httpx2.Client(trust_env=False) as stranger, pytest.raises(httpx2.ConnectError):
        stranger.get(f"{graph.server.url}/v1.0/users")


def test_tokens_end(graph: GraphOffice) -> None:
    assert graph.call("GET", "/users").status == 200
    graph.server.expire_access_tokens()
    answer = graph.call("GET", "/users")
    assert (answer.status, answer.code) == (401, "InvalidAuthenticationToken")


VIEW = "/calendarView?startDateTime=2026-11-23&endDateTime=2026-11-24"


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        (OLA, 200, ""),
        (PIA, 403, "ErrorAccessDenied"),
        ("scanner@acme.example", 404, "MailboxNotEnabledForRESTAPI"),
        (GUS, 404, "ErrorInvalidUser"),
        ("nobody@acme.example", 404, "ErrorInvalidUser"),
    ],
    ids=["mine", "out of scope", "no mailbox", "on Google", "unknown"],
)
def test_which_mailboxes_open(graph: GraphOffice, who: str, status: int, code: str) -> None:
    graph.world.add_account("scanner@acme.example", "Scanner")
    graph.server.switches.allowed = frozenset({OLA, "scanner@acme.example"})
    answer = graph.call("GET", f"/users/{who}{VIEW}")
    assert (answer.status, answer.code) == (status, code)


def test_read_only_permissions_refuse_every_write(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Plan", at(24, 9), at(24, 10), [PIA])
    graph.server.switches.permissions = READ_ONLY
    event = graph.one(PIA, "Plan")
    answers = [
        graph.respond(PIA, event),
        graph.create(PIA, "Focus", at(24, 9), at(24, 10)),
        graph.call("PATCH", graph.event(PIA, event), {"categories": ["x"]}),
        graph.call("DELETE", graph.event(PIA, event)),
    ]
    assert {(a.status, a.code) for a in answers} == {(403, "ErrorAccessDenied")}
    graph.server.switches.permissions = frozenset({"Calendars.Read"})
    assert graph.call("GET", "/users").code == "Authorization_RequestDenied"
    assert not any(entry.applied for entry in graph.server.writes)
