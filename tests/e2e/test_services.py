"""What goes on until it is stopped: `serve` and `demo`."""

import json
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.desk import Desk, stop
from tests.e2e.office import Office, office, until

pytestmark = pytest.mark.timeout(400)  # many processes, each with its own start


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as found:
        found.desk.settings["POLL_INTERVAL"] = "10"
        yield found


def listening(process: "subprocess.Popen[str]") -> str:
    """The address, as soon as the process tells it."""
    assert process.stderr is not None
    for line in process.stderr:
        found = re.search(r"listening on (http://\S+)", line)
        if found:
            return found.group(1)
    raise AssertionError("it ended before it listened")


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return str(answer.read().decode())


def policy_told(base: str) -> str | None:
    """The policy version that the metrics name."""
    found = re.search(r'guardian_policy_info\{version="([^"]+)"\}', get(f"{base}/metrics"))
    return found.group(1) if found else None


def test_serve_answers_takes_up_a_changed_policy_and_ends_tidily(place: Office) -> None:
    policies = Path(place.places["policies"])
    with place.desk.started("serve", "--port", "0") as process:
        base = listening(process)
        assert json.loads(get(f"{base}/healthz")) == {"status": "ok"}
        first = until(lambda: policy_told(base))
        policies.write_text(policies.read_text().replace("alternatives: 3", "alternatives: 2"))
        assert until(lambda: policy_told(base) != first)
        assert stop(process, signal.SIGTERM).code == 0


def test_a_taken_port_is_told(place: Office) -> None:
    with place.desk.started("serve", "--port", "0", "--no-worker") as process:
        port = listening(process).rpartition(":")[2]
        for command in (["serve", "--no-worker"], ["demo"]):
            assert "choose another" in place.desk.guardian(*command, "--port", port, expect=3).err
        assert stop(process, signal.SIGINT).code == 130


def test_the_demo_ends_by_itself(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GUARDIAN_POLL_INTERVAL=nonsense\nGUARDIAN_GOOGLE__NOPE=1\n")
    told = Desk(tmp_path).guardian("demo", "--once", "--out", "kept", "--people", "8").out
    for word in (
        "Declined: ",
        "Flagged",
        "Let through: ",
        "(policies.yaml:",
        "h of focus kept",
        "Meeting load of everybody",
    ):
        assert word in told
    roster = (tmp_path / "kept" / "people.yaml").read_text()
    assert roster.count("provider: outlook") >= 3 and roster.count("provider: google") >= 3
    assert {"key.json", "people.yaml", "policies.yaml", "demo.db"} <= {p.name for p in (tmp_path / "kept").iterdir()}


def test_the_demo_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    with Desk(tmp_path).started("demo", "--port", "0", "--people", "8") as process:
        assert json.loads(get(f"{listening(process)}/healthz")) == {"status": "ok"}
        assert stop(process, signal.SIGINT).code == 130
