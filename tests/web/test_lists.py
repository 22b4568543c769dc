"""Lists in pages: everything once, in order, whatever the size of a page and whatever comes in meanwhile."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardian.model.ids import ulid
from guardian.model.ledger import Run
from guardian.model.people import Person
from guardian.ports import CalendarState
from tests.engine.town import ANA, BEN, NOW, town
from tests.store_world import decision, meeting, plan
from tests.web.house import Web, make_tokens, opened

PEOPLE = [f"p{number:03}@acme.example" for number in range(60)]
NUMBERS = count(1)


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    """A house with 23 decisions, most of them Ana's, 23 runs, 62 people and 60 calendars."""
    with town() as place, opened(place) as built:
        for number in range(23):
            make_decision(built, BEN if number % 5 == 0 else ANA)
        place.enrolled += [Person(email, "google") for email in PEOPLE]
        for email in reversed(PEOPLE):
            place.store.facts.save_state(CalendarState(email, "google", last_success=NOW))
        make_tokens(built)
        yield built


def make_decision(web: Web, mailbox: str) -> None:
    """One more run with one more decision."""
    number, ledger = next(NUMBERS), web.guardian.store.ledger
    now = NOW + timedelta(milliseconds=number)
    run = Run(ulid(now, bytes(10)), now, now, "sha256:1", dry_run=False)
    ledger.start_run(run)
    ledger.record(run.id, plan(decisions=(decision(meeting(number, mailbox=mailbox)),)), now, mailboxes=())


def pages(web: Web, name: str, limit: int, token: str = "admin") -> Iterator[list[dict[str, Any]]]:
    cursor: str | None = ""
    while cursor is not None:
        params = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        body = web.client.get(f"/api/v1/{name}", params=params, headers=web.headers(token)).json()
        assert len(body[name]) <= limit
        yield body[name]
        cursor = body["next"]


@pytest.mark.parametrize(
    ("name", "key", "down", "total"),
    [("decisions", "id", True, 23), ("runs", "id", True, 23), ("people", "email", False, 62)],
)
@given(limit=st.integers(3, 70))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_hold_everything_once_in_order(web: Web, name: str, key: str, down: bool, total: int, limit: int) -> None:
    found = [entry[key] for page in pages(web, name, limit) for entry in page]
    assert found == sorted(set(found), reverse=down)
    assert len(found) >= total


@pytest.mark.parametrize("limit", [7, 20, 30, 60, 1000])
def test_calendars_come_in_pages_without_an_empty_one(web: Web, limit: int) -> None:
    found = list(pages(web, "calendars", limit))
    assert [entry["person"] for page in found for entry in page] == PEOPLE
    assert all(found)


def test_a_last_page_that_is_full_has_no_next_one(web: Web) -> None:
    for name in ("decisions", "runs", "people", "calendars"):
        whole = sum(len(page) for page in pages(web, name, 200))
        assert sum(1 for _ in pages(web, name, whole)) == 1


def test_what_comes_in_meanwhile_disturbs_no_page(web: Web) -> None:
    before = [entry["id"] for page in pages(web, "decisions", 50) for entry in page]
    seen = []
    for page in pages(web, "decisions", 4):
        seen += [entry["id"] for entry in page]
        make_decision(web, ANA)
    assert seen == before


def test_a_person_pages_through_the_own_decisions_only(web: Web) -> None:
    people = {entry["person"] for page in pages(web, "decisions", 3, "person") for entry in page}
    assert people == {ANA}


def test_decisions_of_one_run(web: Web) -> None:
    run = web.guardian.store.ledger.runs()[-1].id
    found = web.client.get(f"/api/v1/decisions?run={run}", headers=web.headers("admin")).json()["decisions"]
    assert [entry["run"] for entry in found] == [run]


def test_a_run_far_back_can_still_be_undone(web: Web) -> None:
    oldest = web.guardian.store.ledger.runs(limit=10_000)[-1]
    for _ in range(3):
        web.guardian.store.ledger.start_run(replace(oldest, id=ulid(NOW, next(NUMBERS).to_bytes(10, "big"))))
    answer = web.client.post(f"/api/v1/runs/{oldest.id}/undo", headers=web.headers("admin"))
    assert (answer.status_code, answer.json()) == (200, {"undone": []})
