"""What the worker of `serve` makes of policies that change, break and disappear, of the kill switch, and of a closed database."""

import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from guardian.bootstrap import Guardian, open_guardian
from guardian.sandbox.clock import SettableClock
from guardian.sandbox.server import GoogleSandbox
from guardian.sandbox.world import World
from guardian.settings import GoogleSettings, Settings
from guardian.web.app import create_app
from guardian.web.metrics import Metrics
from guardian.web.server import one_pass
from tests.engine.policies import policy
from tests.engine.town import ANA, BEN, NOW, RUI, at, fresh_database, people_of, quick_folder

POLICY = policy()
BROKEN = "version: 1\nrules: nonsense\n"
ROSTER = f"version: 1\npeople:\n  - {{email: {ANA}, provider: google}}\n  - {{email: {BEN}, provider: google}}\n"


@dataclass
class Service:
    """A service as `guardian serve` puts it together, its passes made by hand."""

    folder: Path
    sandbox: GoogleSandbox
    guardian: Guardian
    metrics: Metrics
    client: TestClient

    @property
    def policies(self) -> Path:
        return self.folder / "policies.yaml"

    @property
    def switch(self) -> Path:
        return self.folder / "STOP"

    def make_pass(self, minutes: float = 1) -> None:
        clock = self.sandbox.world.clock
        assert isinstance(clock, SettableClock)
        clock.advance(timedelta(minutes=minutes))
        one_pass(self.guardian, self.metrics)

    def invite(self, hour: int) -> str:
        start = at(24, hour)
        return self.sandbox.world.invite(RUI, f"Canary {hour}", start, start.replace(minute=30), [ANA])

    def answer(self, event: str) -> str | None:
        return self.sandbox.world.answer_of(ANA, event)

    def ready(self) -> tuple[int, Any]:
        answer = self.client.get("/readyz")
        return answer.status_code, answer.json()


@contextmanager
def serving(text: str | None = POLICY) -> Iterator[Service]:
    world = World(SettableClock(NOW))
    people_of(world)
    with quick_folder() as folder, GoogleSandbox(world) as sandbox:
        chosen = Settings(
            policies=folder / "policies.yaml",
            people=folder / "people.yaml",
            database_url=fresh_database(folder),
            kill_switch_file=folder / "STOP",
            google=GoogleSettings(credentials_file=sandbox.write_key(folder / "key.json"), api_root=sandbox.url),
        )
        (folder / "people.yaml").write_text(ROSTER)
        if text is not None:
            (folder / "policies.yaml").write_text(text)
        metrics = Metrics()
        with (
            open_guardian(chosen, clock=world.clock, on_request=metrics.request) as guardian,
            TestClient(create_app(guardian, metrics)) as client,
        ):
            yield Service(folder, sandbox, guardian, metrics, client)


def test_the_first_pass_is_dry_and_the_second_acts() -> None:
    with serving() as service:
        event = service.invite(10)
        service.make_pass()
        assert service.answer(event) == "needsAction"
        later = service.invite(11)
        service.make_pass()
        assert service.answer(later) == "declined"


def test_a_changed_policy_file_is_picked_up_and_accepted_by_a_dry_pass() -> None:
    with serving() as service:
        service.make_pass()
        service.policies.write_text(POLICY.replace('09:00", end: "13:00', '14:00", end: "16:00'))
        event = service.invite(15)
        assert service.ready()[1]["checks"]["policy"] == "a version on disk is not accepted yet"
        service.make_pass()
        assert service.answer(event) == "needsAction"
        later = service.invite(14)
        service.make_pass()
        assert service.answer(later) == "declined"
        assert service.ready()[1]["status"] == "ready"


@pytest.mark.parametrize("broken", [BROKEN, "rules: [", "", "\x00", None])
def test_under_a_broken_or_missing_file_the_last_good_version_acts_and_says_so_loudly(
    broken: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    with serving() as service:
        service.make_pass()
        service.policies.unlink() if broken is None else service.policies.write_text(broken)
        event = service.invite(10)
        service.make_pass()
        assert service.answer(event) == "declined"
        assert "the last good version goes on" in caplog.text
        status, body = service.ready()
        assert (status, body["status"], body["checks"]["policy"]) == (200, "degraded", "the file is broken")


@pytest.mark.parametrize("text", [BROKEN, None])
def test_without_any_valid_policy_no_pass_is_made_and_the_service_is_not_ready(
    text: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(text) as service:
        service.make_pass()
        assert not service.sandbox.log
        assert [r.levelno for r in caplog.records if r.name == "guardian"] == [logging.ERROR]
        status, body = service.ready()
        assert (status, body["status"], body["checks"]["policy"]) == (503, "not_ready", "no valid policy yet")
        service.policies.write_text(POLICY)
        service.make_pass()
        assert service.ready()[1]["status"] == "ready"


def test_a_broken_roster_stops_passes_with_a_clear_line(caplog: pytest.LogCaptureFixture) -> None:
    with serving() as service:
        service.make_pass()
        (service.folder / "people.yaml").write_text("version: 1\npeople: [{email: nobody}]\n")
        asked = len(service.sandbox.log)
        service.make_pass()
        assert len(service.sandbox.log) == asked
        assert "people.yaml:2" in caplog.text
        assert service.ready()[0] == 200


def test_the_kill_switch_file_stops_every_act_until_it_is_gone() -> None:
    with serving() as service:
        service.make_pass()
        service.switch.touch()
        event = service.invite(10)
        service.make_pass()
        assert (service.answer(event), service.sandbox.writes) == ("needsAction", [])
        service.switch.unlink()
        service.make_pass()
        assert service.answer(event) == "declined"


def test_nothing_personal_is_in_the_log_below_warning(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with serving() as service:
        for hour in (9, 10, 11):
            service.invite(hour)
            service.make_pass()
    quiet = "\n".join(r.getMessage() for r in caplog.records if r.levelno <= logging.INFO)
    assert "pass " in quiet
    assert not any(word in quiet for word in ("Canary", "@acme.example", "grd_", "ya29", "Bearer"))


# --- metrics ---------------------------------------------------------------------------------------------------------

NAMES = {
    "guardian_calendar_age_seconds",
    "guardian_provider_requests_total",
    "guardian_decisions_total",
    "guardian_actions_total",
    "guardian_held_actions",
    "guardian_policy_info",
    "guardian_pass_duration_seconds_bucket",
    "guardian_pass_duration_seconds_sum",
    "guardian_pass_duration_seconds_count",
}


def samples(service: Service) -> dict[str, float]:
    """Value by name and labels, as the text has them."""
    lines = [line for line in service.client.get("/metrics").text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_metrics_have_the_documented_names_and_nobody_in_them() -> None:
    with serving() as service:
        for hour in (9, 10):
            service.invite(hour)
            service.make_pass()
        found = samples(service)
        assert {name.split("{")[0] for name in found} == NAMES
        text = service.client.get("/metrics").text
        assert not any(word in text.lower() for word in ("canary", "@acme", "ana", "grd_"))


def test_requests_are_counted_as_the_service_saw_them() -> None:
    with serving() as service:
        service.sandbox.faults.add("404", path="/events", person=BEN)
        service.invite(10)
        service.make_pass()
        service.invite(11)
        service.make_pass()
        counted: Counter[tuple[bool, str]] = Counter()
        for name, value in samples(service).items():
            if found := re.fullmatch(r'\w+_requests_total{method="(.*)",provider="google",status="(\d+)"}', name):
                counted[found[1] == "token", found[2]] += int(value)
        assert counted == Counter((entry.path == "/token", str(entry.status)) for entry in service.sandbox.log)
        assert counted[False, "404"] == 1


def test_acts_held_policy_age_and_duration_are_told() -> None:
    with serving(policy(hold="10m")) as service:
        service.make_pass()
        service.invite(10)
        service.make_pass()
        assert samples(service)["guardian_held_actions"] == 1
        service.make_pass(minutes=11)
        found = samples(service)
        version = service.guardian.store.registry.accepted_policies()[0].version
        assert found["guardian_held_actions"] == 0
        assert found['guardian_actions_total{action="decline",state="done"}'] == 1
        assert found['guardian_decisions_total{outcome="decline",rule="focus-time"}'] >= 1
        assert found[f'guardian_policy_info{{version="{version}"}}'] == 1
        assert found["guardian_pass_duration_seconds_count"] == 3
        assert found['guardian_calendar_age_seconds{provider="google"}'] == 0
        service.make_pass()
        assert samples(service)['guardian_actions_total{action="decline",state="done"}'] == 1
