"""Is it alive, can it work: on real databases that go away, and for people who can only see `/readyz`."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from guardian.model.people import Person
from guardian.store.database import upgrade
from guardian.web.health import FRESH_FOR
from tests.databases import BACKENDS, database_url
from tests.engine.policies import POLICY
from tests.engine.town import ANA, BEN, Town, town
from tests.web.doorway import Doorway
from tests.web.house import Web, make_tokens, opened


@contextmanager
def built(url: str | None = None, *, accepted: bool = True) -> Iterator[Web]:
    with town(url=url, accepted=accepted) as place, opened(place) as web:
        yield web


@pytest.fixture
def web() -> Iterator[Web]:
    """Everybody was just read; the policy is in force."""
    with built() as found:
        found.town.run()
        yield found


def ready(web: Web) -> tuple[int, Any]:
    answer = web.client.get("/readyz")
    return answer.status_code, answer.json()


def counts(total: int, fresh: int, stale: int, failed: int) -> dict[str, int]:
    return {"total": total, "fresh": fresh, "stale": stale, "failed": failed}


@pytest.mark.parametrize("backend", BACKENDS)
def test_ready_has_the_documented_shape_on_both_databases(backend: str, tmp_path: Path) -> None:
    with database_url(backend, tmp_path) as url:
        upgrade(url)
        with built(url) as web:
            web.town.run()
            checks = {"database": "ok", "migrations": "ok", "policy": "ok", "calendars": counts(2, 2, 0, 0)}
            assert ready(web) == (200, {"status": "ready", "checks": checks})


def stale(place: Town) -> None:
    place.later(seconds=300 * FRESH_FOR + 1)


def failed(place: Town) -> None:
    state = place.store.facts.calendar(BEN)
    assert state
    place.store.facts.save_state(replace(state, error="access_lost", detail=f"not for {BEN}"))


def never_read(place: Town) -> None:
    place.enrolled.append(Person("new@acme.example", "google"))


@pytest.mark.parametrize(
    ("change", "expected"),
    [(stale, counts(2, 0, 2, 0)), (failed, counts(2, 1, 0, 1)), (never_read, counts(3, 2, 1, 0))],
)
def test_degraded_by_calendars(web: Web, change: Callable[[Town], None], expected: dict[str, int]) -> None:
    change(web.town)
    status, body = ready(web)
    assert (status, body["status"], body["checks"]["calendars"]) == (200, "degraded", expected)
    assert "@" not in str(body)


def test_a_calendar_is_fresh_until_three_polls_are_missed(web: Web) -> None:
    web.town.clock.advance(timedelta(seconds=300 * FRESH_FOR))
    assert ready(web)[1]["status"] == "ready"


def test_people_who_are_no_longer_enrolled_make_nothing_stale(web: Web) -> None:
    web.town.enrolled = [person for person in web.town.enrolled if person.email == ANA]
    web.town.later(minutes=60)
    web.town.run()
    assert ready(web)[1]["checks"]["calendars"] == counts(1, 1, 0, 0)
    assert 'guardian_calendar_age_seconds{provider="google"} 0.0' in web.client.get("/metrics").text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (POLICY.replace("09:00", "10:00"), "a version on disk is not accepted yet"),
        ("version: 1\nrules: x\n", "the file is broken"),
    ],
)
def test_degraded_by_the_policy_on_disk(web: Web, text: str, words: str) -> None:
    web.town.policy = text
    status, body = ready(web)
    assert (status, body["status"], body["checks"]["policy"]) == (200, "degraded", words)


def test_not_ready_before_any_valid_policy_and_degraded_before_the_first_is_accepted() -> None:
    with built(accepted=False) as web:
        assert ready(web)[1]["status"] == "degraded"
        web.town.policy = "version: 1\nrules: x\n"
        status, body = ready(web)
        assert (status, body["status"], body["checks"]["policy"]) == (503, "not_ready", "no valid policy yet")


def assert_gone(web: Web, words: str, migrations: str = "unknown") -> None:
    """Not ready, alive, the other routes say so politely, and nobody learns where the database is."""
    status, body = ready(web)
    assert (status, body["status"]) == (503, "not_ready")
    assert (body["checks"]["database"], body["checks"]["migrations"]) == (words, migrations)
    assert web.client.get("/healthz").json() == {"status": "ok"}
    answer = web.client.get("/api/v1/people", headers={"Authorization": "Bearer grd_x"})
    assert (answer.status_code, answer.json()["title"]) == (503, "Service Unavailable")
    assert "guardian.db" not in answer.text + str(body)
    assert "127.0.0.1" not in answer.text + str(body)
    metrics = web.client.get("/metrics")
    assert metrics.status_code == 200
    assert "guardian_held_actions NaN" in metrics.text


def test_not_ready_when_the_sqlite_file_is_no_database(web: Web) -> None:
    for path in web.town.folder.glob("guardian.db*"):
        path.write_bytes(b"garbage " * 10_000)
    assert_gone(web, "does not answer")


def test_not_ready_when_the_sqlite_file_is_gone(web: Web) -> None:
    (web.town.folder / "guardian.db").unlink()
    status, body = ready(web)
    assert (status, body["checks"]["database"]) == (503, "is gone")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE alembic_version SET version_num = 'later'", "newer guardian"),
        ("DROP TABLE alembic_version", "no tables yet"),
    ],
)
def test_not_ready_under_another_schema(web: Web, statement: str, words: str) -> None:
    other = sqlite3.connect(web.town.folder / "guardian.db", isolation_level=None)
    other.execute(statement)
    other.close()
    status, body = ready(web)
    assert (status, body["status"], body["checks"]["database"]) == (503, "not_ready", "ok")
    assert words in body["checks"]["migrations"]
    assert str(web.town.folder) not in str(body)


@pytest.mark.postgres
def test_the_server_may_go_away_and_come_back(tmp_path: Path) -> None:
    with database_url("postgres", tmp_path) as url, Doorway.to_postgres() as door:
        upgrade(url)
        with built(door.through(url)) as web:
            web.town.run()
            assert ready(web)[1]["status"] == "ready"
            door.shut()
            assert_gone(web, "does not answer")
            door.open()
            assert ready(web)[1]["status"] == "ready"
            make_tokens(web)
            assert web.client.get("/api/v1/people", headers=web.headers("read")).status_code == 200


@pytest.mark.postgres
def test_tables_that_are_gone_are_told(tmp_path: Path) -> None:
    with database_url("postgres", tmp_path) as url:
        upgrade(url)
        with built(url) as web, psycopg.connect(url, autocommit=True) as other:
            other.execute("DROP TABLE alembic_version")
            status, body = ready(web)
            assert (status, body["checks"]["migrations"]) == (503, "has no tables yet; run `guardian db upgrade`")
