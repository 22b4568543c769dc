"""Sign-in, certificates and trust: one token for all, a clear word for everything that is refused, nothing sent in the clear."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from guardian.errors import AccessLost, ProviderDown, SettingsError
from guardian.providers.outlook import OutlookConfig, outlook_provider
from guardian.providers.outlook.faults import SignInRefused
from guardian.providers.outlook.provider import OutlookProvider
from guardian.providers.outlook.roles import roles_in
from guardian.sandbox.clock import SettableClock
from guardian.sandbox.graph_server import GraphSandbox
from guardian.sandbox.world import World
from tests.providers.contract import ANA, BEN, KIM, NOW, WINDOW, read
from tests.providers.outlook_world import OutlookWorld, config_of, outlook_world


@pytest.fixture
def world() -> Iterator[OutlookWorld]:
    with outlook_world() as world:
        yield world


def tokens(world: OutlookWorld) -> int:
    return sum(method == "token" for method, _ in world.asked)


def in_threads(count: int, world: OutlookWorld) -> None:
    gate = Barrier(count)

    def one(n: int) -> None:
        gate.wait()
        list(world.provider.read_window((ANA, BEN)[n % 2], WINDOW))

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(one, range(count)))


def test_nothing_is_asked_before_it_is_needed(world: OutlookWorld) -> None:
    assert list(world.sandbox.log) == []


def test_many_threads_ask_for_one_token(world: OutlookWorld) -> None:
    in_threads(32, world)
    assert tokens(world) == 1
    world.sandbox.expire_access_tokens()
    in_threads(32, world)
    assert tokens(world) == 2


def test_only_the_configured_hosts_are_asked(world: OutlookWorld) -> None:
    read(world)
    assert [entry.path for entry in world.sandbox.log] == [
        f"/{world.sandbox.tenant_id}/v2.0/.well-known/openid-configuration",
        f"/{world.sandbox.tenant_id}/oauth2/v2.0/token",
        f"/v1.0/users/{ANA}/calendarView",
    ]


@pytest.mark.parametrize("fault", ["500-html", "503", "504", "429", "temporarily_unavailable", "close-before-apply"])
@pytest.mark.parametrize("path", ["/token", "openid-configuration"])
def test_a_sign_in_service_that_is_down_is_waited_for(world: OutlookWorld, fault: str, path: str) -> None:
    world.sandbox.faults.add(fault, path=path, times=2)
    assert read(world) == []
    assert len(world.slept) == 2


def test_a_sign_in_service_that_stays_down_is_given_up_and_writes_nothing(world: OutlookWorld) -> None:
    world.sandbox.faults.add("503", path="/token", times=None)
    with pytest.raises(ProviderDown):
        read(world)
    world.sandbox.faults.clear()
    assert read(world) == []


def refusal(config: OutlookConfig) -> SignInRefused:
    asked: list[str] = []
    provider = OutlookProvider(
        config, {ANA}, sleep=lambda _: None, now=lambda: NOW, on_request=lambda name, _: asked.append(name)
    )
    with provider, pytest.raises(SignInRefused) as refused:
        list(provider.read_window(ANA, WINDOW))
    with provider, pytest.raises(AccessLost):
        provider.changed(ANA, None)
    assert asked.count("token") <= 1, "one refusal serves everybody for a minute"
    assert refused.value.credentials
    return refused.value


REFUSED = [
    ({"client_secret": "wrong"}, 7000215, "GUARDIAN_OUTLOOK__CLIENT_SECRET"),
    ({"client_id": "somebody-else"}, 700016, "GUARDIAN_OUTLOOK__CLIENT_ID"),
    ({"tenant_id": "nowhere"}, 90002, "GUARDIAN_OUTLOOK__TENANT_ID"),
]


@pytest.mark.parametrize(("changes", "code", "mend"), REFUSED)
def test_a_refused_sign_in_names_the_setting(
    world: OutlookWorld, changes: dict[str, str], code: int, mend: str
) -> None:
    refused = refusal(config_of(world.sandbox, **changes))
    assert refused.code == code
    assert mend in refused.mend
    assert world.sandbox.client_secret not in str(refused)


def test_a_refusal_is_forgotten_after_a_minute(world: OutlookWorld) -> None:
    order = world.sandbox.faults.add("invalid_client", path="/token")
    for _ in range(3):
        with pytest.raises(AccessLost):
            read(world)
    assert order.seen == 1
    world.skew = timedelta(seconds=61)
    assert read(world) == []


def test_nobody_off_the_roster_is_named_in_a_request(world: OutlookWorld) -> None:
    with pytest.raises(AccessLost):
        world.provider.changed("boss@acme.example", None)
    assert list(world.sandbox.log) == []


def test_roles_of_a_token_that_cannot_be_read_are_none() -> None:
    for token in ("", "opaque", "a.b.c", "a.e30.c", "a.W10.c", "a.eyJyb2xlcyI6InRleHQifQ.c"):
        assert roles_in(token) == frozenset()


# --- certificates ----------------------------------------------------------------------------------------------------


def with_certificate(sandbox: GraphSandbox, path: Path, **changes: Any) -> OutlookConfig:
    return config_of(sandbox, client_secret=None, certificate_file=path, **changes)


def test_a_certificate_signs_in(world: OutlookWorld, tmp_path: Path) -> None:
    path = world.sandbox.write_certificate(tmp_path / "app.pem")
    with OutlookProvider(with_certificate(world.sandbox, path), {ANA}, now=lambda: NOW) as provider:
        assert list(provider.read_window(ANA, WINDOW)) == []


def test_an_expired_certificate_is_named_with_its_date(world: OutlookWorld, tmp_path: Path) -> None:
    path = world.sandbox.write_certificate(tmp_path / "app.pem", timedelta(days=-1))
    config = with_certificate(world.sandbox, path)
    assert refusal(config).code == 1000502
    with OutlookProvider(config, {ANA}, sleep=lambda _: None) as provider:
        found = {check.name: check for check in provider.diagnose(ANA)}
    assert not found["app certificate"].ok
    assert "new certificate" in found["app certificate"].mend


def test_a_certificate_the_app_does_not_know(world: OutlookWorld, tmp_path: Path) -> None:
    path = world.sandbox.write_certificate(tmp_path / "app.pem")
    world.sandbox.identity.certificates.clear()
    assert refusal(with_certificate(world.sandbox, path)).code == 700027


SPOILT = ["missing", "open", "empty", "key only", "certificate only", "binary", "huge"]


@pytest.mark.parametrize("what", SPOILT)
def test_a_file_that_cannot_be_used_is_named_with_its_mend(world: OutlookWorld, tmp_path: Path, what: str) -> None:
    path = world.sandbox.write_certificate(tmp_path / "app.pem")
    pem = path.read_text()
    key, _, certificate = pem.partition("-----BEGIN CERTIFICATE-----")
    texts: dict[str, bytes] = {
        "empty": b"",
        "key only": key.encode(),
        "certificate only": f"-----BEGIN CERTIFICATE-----{certificate}".encode(),
        "binary": b"\xff\xfe\x00",
        "huge": pem.encode() * 100,
    }
    if what == "missing":
        path.unlink()
    elif what == "open":
        path.chmod(0o644)
    else:
        path.write_bytes(texts[what])
    with pytest.raises(SettingsError, match="GUARDIAN_OUTLOOK__CERTIFICATE_FILE") as refused:
        outlook_provider(with_certificate(world.sandbox, path), {ANA}, sleep=lambda _: None, now=lambda: NOW)
    assert "PRIVATE" not in str(refused.value)


# --- settings and trust ----------------------------------------------------------------------------------------------

GOOD: dict[str, Any] = {"tenant_id": "tenant", "client_id": "client", "client_secret": "word"}
BAD = [
    ({"graph_root": "http://graph.microsoft.com"}, "GRAPH_ROOT"),
    ({"graph_root": "graph.microsoft.com"}, "GRAPH_ROOT"),
    ({"authority": "http://localhost:8080"}, "AUTHORITY"),
    ({"authority": "login.microsoftonline.com"}, "AUTHORITY"),
    ({"tenant_id": " "}, "TENANT_ID"),
    ({"client_id": ""}, "CLIENT_ID"),
    ({"client_secret": None}, "CLIENT_SECRET"),
    ({"certificate_file": Path("app.pem")}, "CERTIFICATE_FILE"),
]


@pytest.mark.parametrize(("changes", "setting"), BAD)
def test_settings_that_cannot_work_are_named(changes: dict[str, Any], setting: str) -> None:
    with pytest.raises(SettingsError, match=setting):
        OutlookConfig(**{**GOOD, **changes})


def test_the_secret_is_not_shown() -> None:
    assert "word" not in repr(OutlookConfig(**GOOD))


@pytest.mark.parametrize("ca_file", ["missing.pem", "empty.pem"])
def test_an_authority_file_that_cannot_be_used_is_named(tmp_path: Path, ca_file: str) -> None:
    (tmp_path / "empty.pem").touch()
    config = OutlookConfig("tenant", "client", "word", ca_file=tmp_path / ca_file)
    with pytest.raises(SettingsError, match="CA_FILE"):
        outlook_provider(config, {ANA}, sleep=lambda _: None, now=lambda: NOW)


def test_without_the_extra_authority_a_private_one_is_not_believed(world: OutlookWorld) -> None:
    config = config_of(world.sandbox, ca_file=None)
    with OutlookProvider(config, {ANA}, sleep=lambda _: None) as provider, pytest.raises(ProviderDown):
        provider.changed(ANA, None)


def test_the_environment_does_not_override_the_extra_authority(
    world: OutlookWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.pem"
    other.write_text("no certificate")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(other))
    with OutlookProvider(config_of(world.sandbox), {ANA}, sleep=lambda _: None, now=lambda: NOW) as provider:
        assert list(provider.read_window(ANA, WINDOW)) == []


def test_a_proxy_of_the_environment_is_used_but_for_loopback(
    world: OutlookWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert read(world) == []
    config = replace(config_of(world.sandbox), authority="https://login.example", graph_root="https://graph.example")
    with OutlookProvider(config, {ANA}, sleep=lambda _: None) as provider, pytest.raises(ProviderDown) as refused:
        provider.changed(ANA, None)
    assert "ConnectError" in str(refused.value)


def test_importing_the_package_loads_none_of_the_libraries() -> None:
    code = "import sys, guardian.providers.outlook; sys.exit(any(m in sys.modules for m in ('msal', 'httpx2', 'requests')))"
    assert subprocess.run([sys.executable, "-c", code], env=os.environ, check=False).returncode == 0


# --- the doctor ------------------------------------------------------------------------------------------------------


def diagnosed(world: OutlookWorld, mailbox: str = ANA) -> dict[str, tuple[bool, str, str]]:
    return {check.name: (check.ok, check.detail, check.mend) for check in world.provider.diagnose(mailbox)}


def test_all_is_well(world: OutlookWorld) -> None:
    found = diagnosed(world)
    assert list(found) == ["clock", "Microsoft sign-in", f"calendar of {ANA}", f"settings of {ANA}"]
    assert "Calendars.ReadWrite" in found["Microsoft sign-in"][1]


def calendar_of(world: OutlookWorld, mailbox: str = ANA) -> tuple[str, str]:
    ok, detail, mend = diagnosed(world, mailbox)[f"calendar of {mailbox}"]
    assert not ok
    return detail, mend


def test_a_missing_permission(world: OutlookWorld) -> None:
    world.switches.permissions = frozenset({"User.Read.All"})
    detail, mend = calendar_of(world)
    assert "lacks Calendars.ReadWrite" in detail
    assert "admin consent" in mend


def test_a_mailbox_out_of_scope(world: OutlookWorld) -> None:
    world.switches.allowed = frozenset({BEN})
    detail, mend = calendar_of(world)
    assert "outside the scope" in detail
    assert "group that limits the app" in mend
    assert diagnosed(world, BEN)[f"calendar of {BEN}"][0]


def test_a_mailbox_that_does_not_exist() -> None:
    world = World(SettableClock(NOW))
    world.add_person(KIM, "Kim Lee", service="outlook")
    with GraphSandbox(world) as sandbox:
        made = OutlookWorld(sandbox, config_of(sandbox), None)
        with made.provider:
            detail, mend = calendar_of(made)
    assert "correct the address on the roster" in detail
    assert "roster" in mend


def test_a_person_without_a_mailbox(world: OutlookWorld) -> None:
    world.sandbox.faults.add("MailboxNotEnabledForRESTAPI", path="/calendarView", times=None)
    assert "no Exchange Online mailbox" in calendar_of(world)[0]


def test_a_read_only_app_is_told_so(world: OutlookWorld) -> None:
    world.switches.permissions = frozenset({"Calendars.Read", "MailboxSettings.Read"})
    ok, detail, _ = diagnosed(world)[f"calendar of {ANA}"]
    assert ok
    assert "nothing can be written" in detail


def test_a_wrong_clock(world: OutlookWorld) -> None:
    world.skew = timedelta(minutes=10)
    ok, detail, mend = diagnosed(world)["clock"]
    assert not ok
    assert "ahead of" in detail
    assert "NTP" in mend


def test_a_wrong_secret_stops_the_rest(world: OutlookWorld) -> None:
    config = config_of(world.sandbox, client_secret="wrong")
    with OutlookProvider(config, {ANA}, sleep=lambda _: None) as provider:
        found = {check.name: check for check in provider.diagnose(ANA)}
    assert set(found) == {"clock", "Microsoft sign-in"}
    assert "value (not its id)" in found["Microsoft sign-in"].mend


def test_a_sign_in_service_that_is_down(world: OutlookWorld) -> None:
    world.sandbox.faults.add("503", path="/token", times=None)
    ok, _, mend = diagnosed(world)["Microsoft sign-in"]
    assert not ok
    assert "GUARDIAN_OUTLOOK__AUTHORITY" in mend


def test_settings_that_may_not_be_read_are_no_fault(world: OutlookWorld) -> None:
    world.switches.permissions = frozenset({"Calendars.ReadWrite"})
    ok, detail, _ = diagnosed(world)[f"settings of {ANA}"]
    assert ok
    assert "MailboxSettings.Read" in detail
