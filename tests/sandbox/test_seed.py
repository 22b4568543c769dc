"""The sandbox organisation: believable, old news, and the same every time."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from guardian.sandbox import __main__ as program
from guardian.sandbox import seed, staff
from guardian.sandbox.clock import SettableClock
from guardian.sandbox.world import World

NOW = datetime(2026, 11, 23, 8, 20, tzinfo=UTC)
Event = dict[str, Any]


def seeded(now: datetime = NOW) -> World:
    world = World(SettableClock(now))
    seed.organisation(world, now)
    return world


@lru_cache(maxsize=1)
def rows() -> tuple[Event, ...]:
    """Every row of every employee's calendar."""
    world = seeded()
    return tuple(
        row for person in world.people if not person.startswith("room") for row in world.events(person, deleted=True)
    )


def test_thirty_people_four_teams_three_zones() -> None:
    members = staff.members()
    assert len({member.email for member in members}) == 30
    assert Counter(member.team for member in members) == {"platform": 9, "product": 8, "studio-lisbon": 7, "growth": 6}
    assert len({member.zone for member in members}) == 3
    assert len({member.email for member in staff.members(1000)}) == 1000


def test_the_same_day_gives_the_same_organisation() -> None:
    one, two = seeded(), seeded(NOW + timedelta(hours=9))
    for person in one.people:
        assert [(e["id"], e["start"], e.get("attendees")) for e in one.events(person)] == [
            (e["id"], e["start"], e.get("attendees")) for e in two.events(person)
        ]


def test_everything_is_old_news_and_nobody_has_mail() -> None:
    assert all(datetime.fromisoformat(row["created"]) < NOW - timedelta(hours=20) for row in rows())
    assert seeded().mails == []


def _has(test: Any) -> int:
    return sum(bool(test(row)) for row in rows())


@pytest.mark.parametrize(
    ("what", "least"),
    [
        (lambda e: "recurrence" in e, 100),
        (lambda e: e.get("recurringEventId") and e["status"] == "cancelled", 20),
        (lambda e: e.get("recurringEventId") and e["start"] != e["originalStartTime"], 20),
        (lambda e: e.get("summary", "").startswith("[incident]"), 3),
        (lambda e: e.get("summary", "").startswith("[urgent]"), 2),
        (lambda e: e.get("summary", "").startswith("Interview"), 6),
        (lambda e: e.get("summary") == "All-hands", 30),
        (lambda e: e["organizer"]["email"] == staff.CLIENT, 3),
        (lambda e: any(row.get("resource") for row in e.get("attendees", ())), 10),
        (lambda e: e.get("visibility") in {"private", "confidential"}, 4),
        (lambda e: "date" in e["start"], 4),
        (lambda e: e["eventType"] == "outOfOffice", 2),
        (lambda e: "attendees" not in e, 20),
        (lambda e: len(e.get("attendees", ())) > 8, 20),
        (lambda e: "monthly" in str(e.get("recurrence", "")).lower(), 20),
        (lambda e: "INTERVAL=2" in str(e.get("recurrence", "")), 20),
        (lambda e: e["start"].get("timeZone") == "America/New_York", 20),
        (lambda e: len(e.get("description", "").split()) > 8, 50),
    ],
    ids=[
        "series", "cancelled occurrences", "moved occurrences", "incident", "urgent", "interviews", "all-hands", "client series",
        "rooms", "private", "all-day", "out of office", "alone", "over-sized", "monthly", "fortnightly", "New York", "agendas",
    ],
)  # fmt: skip
def test_it_has(what: Any, least: int) -> None:
    assert _has(what) >= least


@pytest.mark.parametrize("day", range(7))
def test_the_second_wave_is_new_and_lies_on_working_days(day: int) -> None:
    now = NOW + timedelta(days=day)
    world = seeded(now)
    wave = seed.second_wave(world, now)
    starts = {}
    for event_id in wave:
        owner = next(email for email in world.people if email in world.store.holders[event_id])
        event = world.copy(owner, event_id)
        starts[event["summary"]] = datetime.fromisoformat(event["start"]["dateTime"])
        assert datetime.fromisoformat(event["created"]) == now
    soon = starts.pop("Quick alignment")
    assert now < soon < now + timedelta(hours=24)
    assert all(start.weekday() < 5 and start > now + timedelta(hours=24) for start in starts.values())
    assert starts["Tooling survey results"].weekday() == starts["Northwind: scope of phase two"].weekday() == 2


def test_in_the_second_wave_one_answers_by_hand_and_one_meeting_moves() -> None:
    world = seeded()
    wave = seed.second_wave(world, NOW)
    assert world.answer_of("clara.vogt@acme.example", wave[2]) == "accepted"
    assert [mail["title"] for mail in world.mails if mail["kind"] == "update"] == ["Budget walk-through"] * 3


def test_the_policy_names_the_people_that_exist() -> None:
    policy = yaml.safe_load(program.POLICIES.read_text())
    by_team = {team: [member.email for member in crew] for team, crew in staff.teams(staff.members()).items()}
    assert {name: team["members"] for name, team in policy["teams"].items()} == by_team


def test_the_roster_is_plain_yaml(tmp_path: Path) -> None:
    path = tmp_path / "people.yaml"
    path.write_text(program.roster(staff.members()))
    people = yaml.safe_load(path.read_text())["people"]
    assert people[0] == {
        "email": "jonas.weber@acme.example",
        "name": "Jonas Weber",
        "provider": "google",
        "timezone": "Europe/Berlin",
        "manager": True,
    }
    assert len(people) == 30
