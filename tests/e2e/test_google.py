"""The commands of the README against Google's sandbox, each a process of its own: crashes, refusals, broken policies."""

import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.office import Office, office, until

pytestmark = pytest.mark.timeout(400)  # many processes, each with its own start


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as found:
        yield found


def test_the_way_of_the_readme_with_a_crash_on_it(place: Office) -> None:
    desk = place.desk
    desk.guardian("init", "--yes")
    desk.guardian("policy", "check")
    assert "FAIL" not in desk.guardian("doctor").out
    planned = desk.guardian("plan", "--detailed-exitcode", "--format", "json", expect=4)
    assert planned.json["policy_accepted"] is False
    assert place.writes() == []

    first = desk.guardian("run", "--once", "--format", "json").json
    assert (first["dry_run"], first["policy_accepted"]) == (True, True)
    assert place.writes() == []
    place.control("act", {"act": "second-wave"})

    place.control("faults", {"kind": "hang-after-apply", "verb": "PATCH", "nth": 6})
    with desk.started("run", "--once") as process:
        until(lambda: len(place.writes()) >= 6)
        process.kill()
        assert process.wait(timeout=30) == -signal.SIGKILL
    place.control("faults", verb="DELETE")

    desk.guardian("run", "--once")
    desk.guardian("run", "--once")  # a meeting that was shortened gives no reason for labels any more
    declines, written = place.declines(), len(place.writes())
    assert declines, "the second wave holds meetings that the policy declines"
    assert max(Counter(declines).values()) == 1, "nobody is declined twice, whatever the crash left open"
    last = desk.guardian("run", "--once", "--format", "json").json
    assert last["actions"]["done"] == 0
    assert len(place.writes()) == written
    assert desk.guardian("plan", "--detailed-exitcode").out

    told = desk.guardian("decisions", "list", "--format", "json", "--limit", "1000").json["decisions"]
    declined = next(d for d in told if d["outcome"] == "decline" and d["state"] == "done")
    shown = desk.guardian("explain", "--person", declined["person"], "--event", declined["id"]).out
    assert "policies.yaml:" in shown
    undone = desk.guardian("decisions", "undo", declined["id"], "--format", "json").json["undone"]
    assert [item["result"] for item in undone] == ["undone"]
    assert desk.guardian("report", "load", "--org", "--format", "json").json["scope"] == "org"


def test_a_policy_that_breaks_after_it_was_accepted(place: Office) -> None:
    desk, policies = place.desk, Path(place.places["policies"])
    good = policies.read_text()
    policies.write_text("version: 1\nruls: []\n")
    assert "ruls" in desk.guardian("run", "--once", expect=2).err
    assert "did you mean 'rules'" in desk.guardian("policy", "check", expect=1).out
    policies.write_text(good)
    desk.guardian("run", "--once")

    policies.write_text("version: 1\nruls: []\n")
    broken = desk.guardian("run", "--once", "--format", "json", expect=5)
    assert "last good version goes on" in broken.err
    assert broken.json["actions"]["done"] > 0
    assert "ruls" in desk.guardian("plan", expect=5).err
    assert desk.guardian("policy", "status", "--format", "json", expect=5).json["state"] == "broken"
    policies.unlink()
    assert "cannot be read" in desk.guardian("report", "load", expect=5).err
    policies.write_text(good)
    desk.guardian("run", "--once")


def test_what_failed_is_seen_in_the_exit_code(place: Office) -> None:
    desk = place.desk
    unlucky = place.people[0]
    place.control("faults", {"kind": "notACalendarUser", "path": "/events", "person": unlucky, "times": None})
    failed = desk.guardian("sync", "--format", "json", expect=5).json["failed"]
    assert [(f["person"], f["error"]) for f in failed] == [(unlucky, "access_lost")]
    assert desk.guardian("run", "--once", "--format", "json", expect=5).json["calendars"]["synced"] == 7

    place.control("faults", verb="DELETE")
    place.control("switches", {"token_error": "unauthorized_client"})
    refused = desk.guardian("run", "--once", expect=3)
    assert "domain-wide delegation" in refused.out
    doctor = desk.guardian("doctor", expect=1).out
    assert "-> in the admin console" in doctor
