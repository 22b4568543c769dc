"""`guardian doctor`: each illness apart from the others, each with its own mend."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from guardian.sandbox.clock import RunningClock, SettableClock
from guardian.sandbox.openid import OpenIdSandbox
from guardian.sandbox.server import GoogleSandbox
from guardian.sandbox.world import World
from tests.cli.shell import POLICY, ROSTER, Shell

ANA = "ana@acme.example"


@pytest.fixture
def google(home: Shell) -> Iterator[GoogleSandbox]:
    """Ana on Google, served on loopback."""
    world = World(SettableClock(datetime.now(UTC)))
    world.add_person(ANA, "Ana Ruiz", "Europe/Madrid")
    with GoogleSandbox(world) as sandbox:
        sandbox.write_key(home.folder / "key.json")
        home.write(".env", f"GUARDIAN_GOOGLE__CREDENTIALS_FILE=key.json\nGUARDIAN_GOOGLE__API_ROOT={sandbox.url}\n")
        home.write("config/people.yaml", ROSTER.replace("ics", "google"))
        yield sandbox


def checks(shell: Shell, code: int, **settings: str) -> dict[str, dict[str, str]]:
    """By name; the last of a name counts."""
    said = shell("doctor", "--format", "json", **settings)
    assert said.code == code, said
    assert said.json["schema"] == "guardian.doctor/1"
    return {check["check"]: check for check in said.json["checks"]}


def test_a_healthy_house(home: Shell) -> None:
    found = checks(home, 0)
    assert {"settings", "kill switch", "zone data", "database", "policy", "roster"} <= found.keys()
    assert all(check["result"] == "ok" and not check["mend"] for check in found.values())
    assert not (home.folder / "data").exists(), "the doctor changes nothing"


def test_a_healthy_google(home: Shell, google: GoogleSandbox) -> None:
    found = checks(home, 0)
    assert found[f"calendar of {ANA}"]["result"] == "ok"
    assert re.fullmatch(r"\d s (ahead of|behind) Google's", found["clock"]["detail"])
    assert google.writes == []


def test_a_mistyped_setting_is_a_note_that_does_not_fail(home: Shell) -> None:
    found = checks(home, 0, KILL_SWICH="true")
    assert found["settings"]["result"] == "warning"
    assert "did you mean GUARDIAN_KILL_SWITCH?" in found["settings"]["detail"]


def test_the_kill_switch_is_a_note(home: Shell) -> None:
    home.write("STOP", "")
    assert checks(home, 0, KILL_SWITCH_FILE="STOP")["kill switch"]["result"] == "warning"
    assert "READ_ONLY" in checks(home, 0, GOOGLE__READ_ONLY="true")["kill switch"]["detail"]


@pytest.mark.parametrize(
    ("rate", "bands", "result", "word"),
    [
        ("60", "version: 1\nbands: {A: 55}\n", "ok", "rates for 1 bands"),
        ("60", "version: 1\nbands: {A: -5}\n", "failed", "bands.yaml:2"),
        ("60", None, "failed", "cannot read"),
        ("", "version: 1\nbands: {A: 55}\n", "failed", "needs GUARDIAN_COST__HOURLY_RATE"),
    ],
)
def test_rates_are_read_before_somebody_asks_for_money(
    home: Shell, rate: str, bands: str | None, result: str, word: str
) -> None:
    if bands is not None:
        home.write("bands.yaml", bands)
    given = {"COST__HOURLY_RATE": rate} if rate else {}
    found = checks(home, 0 if result == "ok" else 1, COST__BANDS_FILE="bands.yaml", **given)["cost"]
    assert found["result"] == result
    assert word in found["detail"]
    assert "55" not in found["detail"]


def test_a_window_in_which_no_week_closes_is_a_note(home: Shell) -> None:
    assert "never" not in str(checks(home, 0, WINDOW_PAST_DAYS="10"))
    found = checks(home, 0, WINDOW_PAST_DAYS="9")["weeks"]
    assert (found["result"], found["mend"]) == ("warning", "set it to 10 or more")


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("policy", POLICY.replace("rules:", "ruls:"), "ruls"),
        ("policy", None, "cannot be read"),
        ("roster", ROSTER.replace("provider", "providr"), "there is no such key"),
        ("roster", None, "cannot be read"),
        ("google", ROSTER.replace("ics", "google"), "not set up"),
    ],
)
def test_a_broken_file_fails_at_its_own_row(home: Shell, name: str, text: str | None, word: str) -> None:
    path = home.folder / "config" / ("policies.yaml" if name == "policy" else "people.yaml")
    path.unlink() if text is None else path.write_text(text)
    found = checks(home, 1)
    assert found[name]["result"] == "failed"
    assert word in found[name]["detail"]
    assert found[name]["mend"]
    assert {check["check"] for check in found.values() if check["result"] == "failed"} == {name}


def test_nobody_on_the_roster_is_a_note(home: Shell) -> None:
    home.write("config/people.yaml", "version: 1\npeople: []\n")
    assert checks(home, 0)["roster"]["result"] == "warning"


def test_the_calendar_of_somebody_who_left_is_not_looked_at(home: Shell) -> None:
    assert f"calendar of {ANA}" in checks(home, 0)
    assert home("people", "leave", ANA, "--yes").code == 0
    found = checks(home, 0)
    assert f"calendar of {ANA}" not in found
    assert found["roster"]["detail"] == "config/people.yaml names 1 person"


def test_a_person_without_a_folder(home: Shell) -> None:
    home.write("config/people.yaml", ROSTER.replace("ana@", "kim@"))
    failed = [check for check in checks(home, 1).values() if check["result"] == "failed"]
    assert [check["check"] for check in failed] == ["calendar of kim@acme.example"]
    assert "calendars/kim@acme.example" in failed[0]["mend"]


ILLNESSES = [
    ("unauthorized_client", "/token", "domain-wide delegation"),
    ("invalid_grant", "/token", "roster"),
    ("accessNotConfigured", "/events", "enable the Calendar API"),
    ("notACalendarUser", "/events", "has Google Calendar"),
]


def test_each_illness_of_google_has_a_mend_of_its_own(home: Shell, google: GoogleSandbox) -> None:
    mends = set()
    for fault, path, word in ILLNESSES:
        google.faults.clear()
        google.faults.add(fault, path=path, times=None)
        sick = checks(home, 1)[f"calendar of {ANA}"]
        assert sick["result"] == "failed"
        assert word in sick["mend"], fault
        mends.add(sick["mend"])
    assert len(mends) >= 3


def test_a_key_that_was_replaced_is_told_from_a_wrong_clock(home: Shell, google: GoogleSandbox) -> None:
    """The token service says the same of both; the clock of the service, asked without a token, tells them apart."""
    google.faults.add("invalid_grant", path="/token", times=None, message="Invalid JWT Signature.")
    found = checks(home, 1)
    assert "download a fresh one" in found[f"calendar of {ANA}"]["mend"]
    assert found["clock"]["result"] == "ok"


def test_a_key_that_others_may_read(home: Shell, google: GoogleSandbox) -> None:
    (home.folder / "key.json").chmod(0o644)
    assert "chmod 600" in checks(home, 1)["providers"]["detail"]


def test_five_mailboxes_are_enough(home: Shell, tmp_path: Path) -> None:
    lines = [f"  - {{email: p{n}@acme.example, provider: ics}}" for n in range(7)]
    home.write("config/people.yaml", "\n".join(["version: 1", "people:", *lines, ""]))
    for n in range(7):
        (tmp_path / "calendars" / f"p{n}@acme.example").mkdir()
    found = checks(home, 0)
    assert sum(name.startswith("calendar of ") and "writing" not in name for name in found) == 5
    assert "5 of 7" in found["ics"]["detail"]


def test_for_people_each_mend_stands_below_its_finding(home: Shell) -> None:
    (home.folder / "config" / "people.yaml").unlink()
    lines = home("doctor").out.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("FAIL  roster"))
    assert lines[at + 1].startswith("      -> ")
    assert json.loads(home("doctor", "--format", "ndjson").out.splitlines()[0])["check"] == "settings"


# --- the login --------------------------------------------------------------------------------------------------------


@pytest.fixture
def provider() -> Iterator[OpenIdSandbox]:
    with OpenIdSandbox(World(RunningClock(datetime.now(UTC)))) as sandbox:
        yield sandbox


def login(shell: Shell, provider: OpenIdSandbox, code: int, **changes: str) -> dict[str, dict[str, str]]:
    settings = {
        "OIDC__ISSUER": provider.issuer,
        "OIDC__CLIENT_ID": provider.application.client,
        "OIDC__CLIENT_SECRET": provider.application.secret,
        "PUBLIC_URL": "https://guardian.acme.example",
    }
    return checks(shell, code, **(settings | changes))


def test_a_healthy_login(home: Shell, provider: OpenIdSandbox) -> None:
    found = login(home, provider, 0)
    assert "https://guardian.acme.example/login/callback" in found["login"]["detail"]
    assert found["login clock"]["result"] == "ok"
    assert provider.application.secret not in str(found)


def test_without_a_provider_the_login_is_by_token(home: Shell) -> None:
    assert "API tokens" in checks(home, 0)["login"]["detail"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"OIDC__CLIENT_ID": ""}, "GUARDIAN_OIDC__CLIENT_ID is missing"),
        ({"PUBLIC_URL": ""}, "GUARDIAN_PUBLIC_URL is missing"),
        ({"PUBLIC_URL": "http://guardian.acme.example"}, "must begin with https://"),
        ({"OIDC__ISSUER": "http://provider.acme.example"}, "must begin with https://"),
        ({"OIDC__CA_FILE": "none.pem"}, "none.pem"),
    ],
)
def test_settings_of_a_login_that_cannot_work(
    home: Shell, provider: OpenIdSandbox, changes: dict[str, str], word: str
) -> None:
    sick = login(home, provider, 1, **changes)["login"]
    assert (sick["result"], word in sick["detail"], sick["mend"]) == ("failed", True, "docs/login.md shows each step")


@pytest.mark.parametrize(
    ("fault", "path", "options", "word"),
    [
        ("503", "openid", {}, "answered 503"),
        ("close-before-apply", "openid", {}, "cannot be reached"),
        ("not-json", "openid", {}, "is not JSON"),
        ("changed", "openid", {"issuer": "https://other.example"}, "calls itself 'https://other.example'"),
        ("changed", "openid", {"token_endpoint": "http://192.0.2.1/"}, "token_endpoint"),
        ("not-json", "keys", {}, "is not JSON"),
        ("503", "keys", {}, "answered 503"),
    ],
)
def test_each_illness_of_the_provider(
    home: Shell, provider: OpenIdSandbox, fault: str, path: str, options: dict[str, Any], word: str
) -> None:
    provider.faults.add(fault, path=path, **options)
    sick = login(home, provider, 1)["login"]
    assert (sick["result"], word in sick["detail"]) == ("failed", True)


def test_a_clock_that_is_not_the_providers(home: Shell, provider: OpenIdSandbox) -> None:
    assert isinstance(provider.world.clock, RunningClock)
    provider.world.clock.advance(timedelta(minutes=5))
    found = login(home, provider, 1)
    assert (found["login clock"]["result"], found["login"]["result"]) == ("failed", "ok")
