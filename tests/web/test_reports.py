"""The load report over HTTP is the body of the command line, small groups hidden the same way."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from guardian.engine.reporting import load_report
from guardian.model.events import Attendee, EventRef, MeetingKey, Occurrence
from guardian.model.time import Interval
from guardian.ports import CalendarState, WindowRead
from tests.engine.town import ANA, BEN, NOW
from tests.web.house import CANARY, CROWD, SPAN, WEEK, Web, house, weigh

LOAD = f"/api/v1/reports/meeting-load?{SPAN}"


def load(web: Web, scope: str, token: str = "admin") -> Any:
    answer = web.client.get(f"{LOAD}&scope={scope}", headers=web.headers(token))
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("scope", ["org", "team:core", "team:edge", f"person:{ANA}"])
def test_the_route_answers_the_body_of_the_command(web: Web, scope: str) -> None:
    body = load_report(web.guardian.engine, scope, date(2026, 11, 9), date(2026, 11, 16))
    assert load(web, scope) == body
    assert list(load(web, scope)["weeks"][0]) == list(body["weeks"][0])


def test_a_suppressed_week_is_its_name_and_the_reason(web: Web) -> None:
    (week,) = load(web, "team:edge")["weeks"]
    assert week == {"week": WEEK, "suppressed": True, "reason": "fewer than 5 people"}


def test_the_next_smallest_team_is_hidden_too_and_the_organisation_is_shown(web: Web) -> None:
    """Ana and Ben had no meeting in that week: a pass has measured it after it closed."""
    (core,), (org,) = load(web, "team:core")["weeks"], load(web, "org")["weeks"]
    assert set(core) == {"week", "suppressed", "reason"}
    assert (org["suppressed"], org["people"], org["meeting_minutes"]) == (False, 10, 480)


def test_suppression_is_the_same_for_every_kind_of_token(web: Web) -> None:
    bodies = [load(web, "team:core", token) for token in ("admin", "read", "person")]
    assert bodies[0] == bodies[1] == bodies[2]


@pytest.fixture
def alone() -> Iterator[Web]:
    """A house with one team, which is everybody."""
    with house(teams=f"teams:\n  core: {{members: [{', '.join((ANA, BEN, *CROWD))}]}}\n") as web:
        yield web


def test_a_team_without_small_siblings_is_shown(alone: Web) -> None:
    (week,) = load(alone, "team:core", "person")["weeks"]
    assert (week["suppressed"], week["people"]) == (False, 10)


def test_a_team_that_leaves_one_person_out_is_hidden() -> None:
    """The organisation without it is Ben's week."""
    with house(teams=f"teams:\n  core: {{members: [{', '.join((ANA, *CROWD))}]}}\n") as web:
        (core,), (org,) = load(web, "team:core", "person")["weeks"], load(web, "org")["weeks"]
        assert (core["suppressed"], org["suppressed"], org["people"]) == (True, False, 10)


def test_weeks_are_hidden_one_by_one(alone: Web) -> None:
    weigh(alone.town, "2026-W47", dict.fromkeys(CROWD[:2], 5))
    answer = alone.client.get(
        "/api/v1/reports/meeting-load?from=2026-11-09&to=2026-11-23&scope=team:core", headers=alone.headers("read")
    )
    assert [(week["week"], week["suppressed"]) for week in answer.json()["weeks"]] == [
        (WEEK, False),
        ("2026-W47", True),
    ]


def test_the_address_of_a_person_may_be_written_in_any_case(web: Web) -> None:
    assert load(web, f"person:{ANA.upper()}", "person")["scope"] == f"person:{ANA}"


@pytest.mark.parametrize("fmt", ["json", "ndjson", "csv", "markdown", "text"])
@pytest.mark.parametrize("name", ["meeting-load", "meeting-cost", "savings"])
def test_a_hidden_week_is_hidden_in_every_report_and_format(web: Web, name: str, fmt: str) -> None:
    question = f"/api/v1/reports/{name}?{SPAN}&scope=team:edge&format={fmt}"
    answer = web.client.get(question, headers=web.headers("admin"))
    assert answer.status_code == 200
    assert "fewer than 5 people" in answer.text
    assert "60" not in answer.text.replace("focus_60_minutes", "")


@pytest.mark.parametrize(
    ("fmt", "kind"),
    [
        ("json", "application/json"),
        ("ndjson", "application/x-ndjson"),
        ("csv", "text/csv; charset=utf-8"),
        ("markdown", "text/markdown; charset=utf-8"),
        ("text", "text/plain; charset=utf-8"),
    ],
)
def test_each_format_says_what_it_is(web: Web, fmt: str, kind: str) -> None:
    answer = web.client.get(f"{LOAD}&format={fmt}", headers=web.headers("read"))
    assert answer.headers["content-type"] == kind


def test_another_format_is_refused(web: Web) -> None:
    assert web.client.get(f"{LOAD}&format=xml", headers=web.headers("read")).status_code == 422


def series(web: Web, token: str, scope: str) -> Any:
    answer = web.client.get(f"/api/v1/reports/series?scope={scope}&from=2026-11-23", headers=web.headers(token))
    assert answer.status_code == 200
    return answer.json()["series"]


@pytest.fixture
def meeting() -> Iterator[Web]:
    """A standup of Ana, Ben and eight others, every day from tomorrow on."""
    with house() as web:
        for number, email in enumerate((ANA, BEN, *CROWD)):
            web.guardian.store.facts.replace_window(daily(email, number), NOW)
        yield web


def daily(mailbox: str, number: int) -> WindowRead:
    every = (ANA, BEN, *CROWD)
    state = CalendarState(mailbox, "google", window=Interval(NOW, NOW + timedelta(days=60)))
    found = [
        Occurrence(
            EventRef(mailbox, "primary", f"d{number}-{day}"),
            MeetingKey("daily", str(day)),
            Interval(NOW + timedelta(days=day), NOW + timedelta(days=day, minutes=15)),
            title=f"{CANARY} daily",
            organizer=ANA,
            attendees=tuple(Attendee(email, is_self=email == mailbox) for email in every),
            guests=len(every) - 1,
            series_id="daily",
        )
        for day in range(1, 9)
    ]
    return WindowRead(state, found, ())


def test_titles_of_series_are_for_those_who_take_part_and_for_admins(meeting: Web) -> None:
    told = [(token, series(meeting, token, "org")[0]["title"]) for token in ("person", "admin", "read")]
    assert told == [("person", f"{CANARY} daily"), ("admin", f"{CANARY} daily"), ("read", None)]
    assert CANARY not in str(series(meeting, "read", "team:core"))
    assert series(meeting, "person", f"person:{ANA}")[0]["series"] == "daily"
