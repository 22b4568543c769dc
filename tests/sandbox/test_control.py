"""`/_sandbox/`: another process looks in and acts."""

import json
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from guardian.sandbox import seed
from tests.sandbox.office import ANA, BEN, KIM, NOW, Office


def control(desk: Office, path: str, body: Any = None, verb: str | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{desk.server.url}_sandbox/{path}", data, method=verb)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def act(desk: Office, name: str, **arguments: Any) -> Any:
    return control(desk, "act", {"act": name, **arguments})["result"]


def test_invite_answer_move_and_cancel(desk: Office) -> None:
    times = {"start": "2026-11-24T09:00:00Z", "end": "2026-11-24T10:00:00Z"}
    event = act(desk, "invite", organizer=KIM, title="Offer", attendees=[ANA, BEN], **times)
    act(desk, "answer", who=BEN, event_id=event, response="accepted")
    act(desk, "move", event_id=event, start="2026-11-25T09:00:00Z", end="2026-11-25T10:00:00Z")
    seen = desk.get(ANA, event)
    assert seen["start"]["dateTime"] == "2026-11-25T10:00:00+01:00"
    assert seen["attendees"][2]["responseStatus"] == "accepted"
    act(desk, "cancel", event_id=event)
    assert control(desk, f"events?person={ANA}")["events"] == []
    assert [mail["kind"] for mail in control(desk, "mails")["mails"]].count("cancellation") == 2


def test_faults_log_and_counters(desk: Office) -> None:
    control(desk, "faults", {"kind": "500", "path": "/events", "times": None})
    with pytest.raises(HttpError):
        desk.page(ANA)
    control(desk, "faults", verb="DELETE")
    desk.insert(ANA, {"start": {"date": "2026-11-24"}, "end": {"date": "2026-11-25"}})
    log = control(desk, "log?mutating=true")["log"]
    assert [(entry["verb"], entry["status"], entry["applied"]) for entry in log] == [("POST", 200, True)]
    assert control(desk, f"log?after={log[0]['number']}")["log"] == []
    assert control(desk, "requests")["requests"][ANA] == desk.server.requests[ANA]


def test_the_clock_is_told_and_set(desk: Office) -> None:
    assert control(desk, "clock", {"advance": 90})["now"] == (NOW + timedelta(seconds=90)).isoformat()
    assert control(desk, "clock", {"now": "2027-01-01T00:00:00Z"})["now"] == "2027-01-01T00:00:00+00:00"
    assert desk.page(ANA)["updated"] == "2027-01-01T00:00:00.000Z"


def test_switches(desk: Office) -> None:
    control(desk, "switches", {"page_size": 1, "token_max_age": 60})
    assert (desk.world.switches.page_size, desk.world.switches.token_max_age) == (1, timedelta(minutes=1))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("nothing", {}),
        ("act", {"act": "fly"}),
        ("act", {"act": "cancel", "event_id": "x"}),
        ("faults", {"kind": "x"}),
        ("switches", {"x": 1}),
        ("clock", []),
    ],
)
def test_mistakes_are_told(desk: Office, path: str, body: Any) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        control(desk, path, body)
    with refused.value as answer:
        assert answer.status in {400, 404}
        assert json.load(answer)["error"]


def test_the_second_wave_can_be_ordered(desk: Office) -> None:
    seed.organisation(desk.world, NOW)
    events = control(desk, "act", {"act": "second-wave"})["events"]
    assert len(events) == len(set(events)) >= 15
    assert {person["email"] for person in control(desk, "people")["people"]} > {ANA, "clara.vogt@acme.example"}
