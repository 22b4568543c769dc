"""Tokens, keys and scopes: one token per person, a clear word for everything that is refused, nothing sent in the clear."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from guardian.errors import AccessLost, GuardianError, ProviderDown, SettingsError
from guardian.providers.google import GoogleConfig, google_provider
from guardian.providers.google.config import SCOPE_ACT, SCOPE_READ
from tests.providers.contract import ANA, BEN, NOW, WINDOW, read
from tests.providers.google_world import GoogleWorld, google_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[GoogleWorld]:
    with google_world(tmp_path) as world:
        yield world


def tokens(world: GoogleWorld) -> int:
    return sum(method == "token" for method, _ in world.asked)


def in_threads(count: int, world: GoogleWorld, mailboxes: list[str]) -> None:
    gate = Barrier(count)

    def one(n: int) -> None:
        gate.wait()
        list(world.provider.read_window(mailboxes[n % len(mailboxes)], WINDOW))

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(one, range(count)))


def test_a_hundred_threads_ask_for_one_token_each_person(world: GoogleWorld) -> None:
    in_threads(100, world, [ANA, BEN])
    assert tokens(world) == 2
    world.sandbox.expire_access_tokens()
    in_threads(100, world, [ANA, BEN])
    assert tokens(world) == 4
    assert {status for _, status in world.asked} == {200}


def test_a_token_near_its_end_is_renewed_before_it_is_refused(world: GoogleWorld) -> None:
    world.world.switches.access_token_life = 60
    read(world)
    read(world)
    assert [method for method, _ in world.asked] == ["token", "events.list"] * 2


REFUSED = [
    ("unauthorized_client", "", AccessLost, True),
    ("invalid_grant", "Invalid email or User ID", AccessLost, False),
    ("invalid_grant", "Invalid JWT Signature.", AccessLost, True),
    ("invalid_grant", "Invalid JWT: Token must be a short-lived token", AccessLost, True),
]


@pytest.mark.parametrize(("kind", "words", "error", "credentials"), REFUSED)
def test_a_refused_token_tells_the_person_from_the_organisation(
    world: GoogleWorld, kind: str, words: str, error: type[GuardianError], credentials: bool
) -> None:
    world.sandbox.faults.add(kind, path="/token", times=None, message=words or kind)
    with pytest.raises(AccessLost) as refused:
        read(world)
    assert refused.value.credentials is credentials
    assert world.slept == []
    if kind == "unauthorized_client":
        assert SCOPE_ACT in str(refused.value)
        assert world.sandbox.key_info()["client_id"] in str(refused.value)


@pytest.mark.parametrize("fault", ["500", "503", "429", "internal_failure", "close-before-apply"])
def test_a_token_service_that_is_down_is_waited_for(world: GoogleWorld, fault: str) -> None:
    world.sandbox.faults.add(fault, path="/token", times=2)
    assert read(world) == []
    world.sandbox.expire_access_tokens()
    world.sandbox.faults.add(fault, path="/token", times=None)
    with pytest.raises(ProviderDown):
        read(world)


def test_one_suspended_person_stops_nobody_else(world: GoogleWorld) -> None:
    world.world.people[ANA].suspended = True
    with pytest.raises(AccessLost):
        read(world, ANA)
    assert read(world, BEN) == []


def test_no_token_is_asked_for_somebody_off_the_roster(world: GoogleWorld) -> None:
    with pytest.raises(AccessLost):
        world.provider.changed("boss@acme.example", None)
    assert list(world.sandbox.log) == []


def test_a_scope_that_is_not_granted_is_named(tmp_path: Path) -> None:
    with google_world(tmp_path) as world:
        world.world.switches.granted_scopes = frozenset({SCOPE_READ})
        with pytest.raises(AccessLost, match=SCOPE_ACT):
            read(world)


# --- the key file ----------------------------------------------------------------------------------------------------


def refused(path: Path) -> str:
    with pytest.raises(SettingsError) as error:
        google_provider(GoogleConfig(path), frozenset(), sleep=lambda _: None, now=lambda: NOW)
    assert "GUARDIAN_GOOGLE__CREDENTIALS_FILE" in str(error.value) or "token_uri" in str(error.value)
    return str(error.value)


def key(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


BROKEN = [
    ("", "not JSON"),
    ("{", "not JSON"),
    ("[]", "service-account key"),
    ('{"type": "authorized_user"}', "'authorized_user'"),
    ('{"type": "service_account"}', "lacks client_email, private_key, token_uri"),
    ("x" * 70_000, "too large"),
]


@pytest.mark.parametrize(("text", "words"), BROKEN)
def test_a_broken_key_file_is_told_with_its_mend(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused(key(tmp_path / "key.json", text))


def test_a_missing_key_file_and_a_folder_are_told(tmp_path: Path) -> None:
    assert "No such file" in refused(tmp_path / "none.json")
    tmp_path.chmod(0o700)
    assert "cannot read" in refused(tmp_path)


def test_a_broken_private_key_is_told_and_never_shown(world: GoogleWorld, tmp_path: Path) -> None:
    secret = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"
    text = json.dumps(world.sandbox.key_info() | {"private_key": secret})
    words = refused(key(tmp_path / "bad.json", text))
    assert "cannot be used" in words
    assert "c2VjcmV0" not in words


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_that_others_may_read_is_refused(world: GoogleWorld, tmp_path: Path, mode: int) -> None:
    path = world.sandbox.write_key(tmp_path / "open.json")
    path.chmod(mode)
    assert f"chmod 600 {path}" in refused(path)


def test_a_token_address_in_the_clear_is_refused(world: GoogleWorld, tmp_path: Path) -> None:
    text = json.dumps(world.sandbox.key_info() | {"token_uri": "http://tokens.example/token"})
    assert "in the clear" in refused(key(tmp_path / "clear.json", text))


@pytest.mark.parametrize(
    "root", ["http://calendar.example/", "ftp://127.0.0.1/", "calendar.example", "http://10.0.0.7/", ""]
)
def test_an_unsafe_api_root_is_refused(root: str) -> None:
    with pytest.raises(SettingsError, match="API_ROOT"):
        GoogleConfig(Path("key.json"), api_root=root)


@pytest.mark.parametrize(
    "root", ["http://127.0.0.1:8085", "http://localhost:1/", "http://[::1]:1/", "https://calendar.example"]
)
def test_loopback_and_https_are_fine(root: str) -> None:
    assert GoogleConfig(Path("key.json"), api_root=root).api_root.endswith("/")


def test_importing_the_package_loads_none_of_googles_libraries() -> None:
    code = (
        "import sys, guardian.providers.google as g; g.GoogleConfig;"
        "print([m for m in sys.modules if m.split('.')[0] in {'googleapiclient', 'google', 'httplib2', 'google_auth_httplib2'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- the doctor ------------------------------------------------------------------------------------------------------


def test_the_doctor_finds_a_healthy_mailbox_healthy(world: GoogleWorld) -> None:
    checks = world.provider.diagnose(ANA)
    assert all(check.ok and not check.mend for check in checks)
    assert SCOPE_ACT in checks[0].detail


ILLNESSES = [
    ("unauthorized_client", "/token", "domain-wide delegation"),
    ("invalid_grant", "/token", "roster"),
    ("accessNotConfigured", "/events", "enable the Calendar API"),
    ("notACalendarUser", "/events", "has Google Calendar"),
    ("503", "/events", "try again later"),
]


@pytest.mark.parametrize(("fault", "path", "mend"), ILLNESSES)
def test_the_doctor_names_the_mend(world: GoogleWorld, fault: str, path: str, mend: str) -> None:
    world.sandbox.faults.add(fault, path=path, times=None)
    first = world.provider.diagnose(ANA)[0]
    assert not first.ok
    assert mend in first.mend


def test_the_doctor_takes_a_missing_settings_scope_lightly(world: GoogleWorld) -> None:
    world.world.switches.granted_scopes = frozenset({SCOPE_ACT})
    assert all(check.ok for check in world.provider.diagnose(ANA))


@pytest.mark.parametrize(
    ("off", "ok"), [(timedelta(), True), (timedelta(seconds=50), True), (timedelta(minutes=-4), False)]
)
def test_the_doctor_compares_the_clock(world: GoogleWorld, off: timedelta, ok: bool) -> None:
    world.skew = off
    clock = world.provider.diagnose(ANA)[1]
    assert clock.ok is ok
    assert bool(clock.mend) is not ok
