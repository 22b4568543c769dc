"""The mixed organisation: half of it on Outlook, as a process and over `/_sandbox/`."""

import json
import ssl
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from guardian.sandbox import seed, staff
from guardian.sandbox.clock import SettableClock
from guardian.sandbox.world import World
from tests.sandbox.graph_office import NOW, OLA, PIA, GraphOffice, at
from tests.sandbox.test_process import start


def control(graph: GraphOffice, path: str, body: Any = None, verb: str | None = None) -> Any:
    method = verb or ("GET" if body is None else "POST")
    answer = graph.http.request(method, f"{graph.server.url}/_sandbox/{path}", json=body)
    return answer.json()


def test_half_of_each_team_and_half_of_the_rooms_are_on_outlook() -> None:
    world = World(SettableClock(NOW))
    members = seed.organisation(world, NOW, mixed=True)
    assert Counter(member.service for member in members) == {"google": 16, "outlook": 14}
    teams = staff.teams(members)
    assert all({member.service for member in crew} == {"google", "outlook"} for crew in teams.values())
    assert len({crew[0].service for crew in teams.values()}) == 2
    assert Counter(p.service for p in world.people.values() if p.room) == {"google": 2, "outlook": 2}
    assert world.mails == []


def test_meetings_cross_over_and_the_same_day_gives_the_same() -> None:
    worlds = [World(SettableClock(NOW)) for _ in range(2)]
    for world in worlds:
        seed.organisation(world, NOW, mixed=True)
        assert len(seed.second_wave(world, NOW)) >= 15
    services = {email: person.service for email, person in worlds[0].people.items()}
    held = [frozenset(services[e] for e in emails if e in services) for emails in worlds[0].store.holders.values()]
    assert Counter(held)[frozenset(("google", "outlook"))] > 100
    events = [[(e["id"], e["start"]) for email in world.people for e in world.events(email)] for world in worlds]
    assert events[0] == events[1]


@pytest.mark.parametrize("only", [[], ["--only", "google"]], ids=["both", "google"])
def test_the_process_says_where_everything_is(tmp_path: Path, only: list[str]) -> None:
    process, where = start(tmp_path, *only)
    with process:
        people = yaml.safe_load(Path(where["people"]).read_text())["people"]
        assert {row["provider"] for row in people} == ({"google"} if only else {"google", "outlook"})
        assert ("graph" in where) == (not only)
        if not only:
            _signs_in(where)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=20) == 0


def _signs_in(where: dict[str, str]) -> None:
    secret = Path(where["client_secret_file"])
    assert secret.stat().st_mode & 0o777 == 0o600
    form = {"grant_type": "client_credentials", "client_id": where["client_id"], "client_secret": secret.read_text()}
    form["scope"] = "https://graph.microsoft.com/.default"
    with httpx2.Client(verify=ssl.create_default_context(cafile=where["ca_file"]), trust_env=False) as client:
        token = client.post(f"{where['authority']}/{where['tenant']}/oauth2/v2.0/token", data=form).json()[
            "access_token"
        ]
        users = client.get(f"{where['graph']}/v1.0/users", headers={"Authorization": f"Bearer {token}"}).json()["value"]
        assert len(users) == 14 + 2 + 2
        assert client.get(f"{where['graph_control']}clock").json()["now"].startswith("2026-11-23T08:00")


def test_control_over_http(graph: GraphOffice) -> None:
    times = {"start": at(24, 9).isoformat(), "end": at(24, 10).isoformat()}
    act = {"act": "invite", "organizer": OLA, "title": "Plan", "attendees": [PIA], **times}
    event = control(graph, "act", act)["result"]
    control(graph, "switches", {"allowed": [OLA], "preserve_declined": [PIA], "delta_until": None})
    assert graph.server.switches.allowed == frozenset({OLA})
    control(graph, "switches", {"allowed": None})
    control(graph, "faults", {"kind": "503", "path": "calendarView"})
    window = "startDateTime=2026-11-23&endDateTime=2026-11-30"
    assert graph.call("GET", f"/users/{PIA}/calendarView?{window}").status == 503
    graph.respond(PIA, graph.one(PIA, "Plan"))
    log = control(graph, "log?mutating=true")["log"]
    assert [(entry["person"], entry["event"], entry["applied"]) for entry in log] == [(PIA, event, True)]
    assert control(graph, "requests")["most_in_flight"] == {PIA: 1}
    assert {row["service"] for row in control(graph, "people")["people"]} == {"google", "outlook"}
    assert "unknown fault" in json.dumps(control(graph, "faults", {"kind": "quotaExceeded"}))
