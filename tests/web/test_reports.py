"""The load report over HTTP is the body of the command line, small groups hidden the same way."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from guardian.engine.reporting import load_report
from tests.engine.town import ANA
from tests.web.house import CROWD, SPAN, WEEK, Web, house, weigh

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
    """A house with one team, large enough to be shown."""
    with house(teams=f"teams:\n  core: {{members: [{', '.join((ANA, *CROWD))}]}}\n") as web:
        yield web


def test_a_team_without_small_siblings_is_shown(alone: Web) -> None:
    (week,) = load(alone, "team:core", "person")["weeks"]
    assert (week["suppressed"], week["people"]) == (False, 9)


def test_weeks_are_hidden_one_by_one(alone: Web) -> None:
    weigh(alone.town, "2026-W47", dict.fromkeys(CROWD[:3], 5))
    answer = alone.client.get(
        "/api/v1/reports/meeting-load?from=2026-11-09&to=2026-11-23&scope=team:core", headers=alone.headers("read")
    )
    assert [(week["week"], week["suppressed"]) for week in answer.json()["weeks"]] == [
        (WEEK, False),
        ("2026-W47", True),
    ]


def test_the_address_of_a_person_may_be_written_in_any_case(web: Web) -> None:
    assert load(web, f"person:{ANA.upper()}", "person")["scope"] == f"person:{ANA}"
