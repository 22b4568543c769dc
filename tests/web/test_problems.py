"""Whatever goes wrong, the answer has one shape, careful headers and nothing from inside."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardian.errors import NotReady, SettingsError
from guardian.store.database import upgrade
from guardian.web.edge import HEADERS, MOST_BODY
from tests.databases import BACKENDS, database_url
from tests.engine.town import ANA, BEN, town
from tests.web.house import Web, house, make_tokens, opened

LOAD = "/api/v1/reports/meeting-load"
SECRET = "/srv/canary/secret"


def assert_problem(answer: httpx2.Response, status: int) -> dict[str, Any]:
    """An answer of the one shape, with the headers of the edge."""
    body: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, body["status"], set(body)) == (status, status, {"type", "title", "status", "detail"})
    assert body["title"]
    assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)
    return body


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1", 404),
        ("GET", "/api/v1/people/", 404),
        ("GET", "//evil.example/..%2f", 404),
        ("GET", "/redoc", 404),
        ("GET", "/api/v1/decisions/" + "0" * 26, 404),
        ("GET", "/api/v1/decisions/" + "x" * 5000, 404),
        ("GET", "/api/v1/decisions/%00%ff%F0%9F%92%A9", 404),
        ("POST", "/api/v1/runs/%00/undo", 404),
        ("POST", "/api/v1/people", 405),
        ("DELETE", "/healthz", 405),
        ("OPTIONS", "/api/v1/people", 405),
        ("GET", f"{LOAD}?scope=", 422),
        ("GET", f"{LOAD}?scope=everybody", 422),
        ("GET", f"{LOAD}?scope=team:", 422),
        ("GET", f"{LOAD}?scope=person:{'x' * 400}", 422),
        ("GET", f"{LOAD}?scope=person:%00", 404),
        ("GET", f"{LOAD}?scope=team:%F0%9F%92%A9", 404),
        ("GET", f"{LOAD}?by=month", 422),
        ("GET", f"{LOAD}?from=yesterday", 422),
        ("GET", f"{LOAD}?from=2026-02-30", 422),
        ("GET", f"{LOAD}?from=2026-11-16&to=2026-11-09", 400),
        ("GET", f"{LOAD}?from=2026-11-16&to=2026-11-16", 400),
        ("GET", f"{LOAD}?from=2025-11-09&to=2026-11-16", 400),
        ("GET", f"{LOAD}?from=9999-12-31", 400),
        ("GET", f"{LOAD}?from=9999-12-01&to=9999-12-31", 400),
        ("GET", f"{LOAD}?to=0001-01-01", 400),
        ("GET", "/api/v1/decisions?limit=0", 422),
        ("GET", "/api/v1/decisions?limit=201", 422),
        ("GET", "/api/v1/runs?limit=-1", 422),
        ("GET", "/api/v1/people?limit=1001", 422),
        ("GET", "/api/v1/calendars?limit=ten", 422),
        ("GET", "/api/v1/decisions?cursor=%00", 422),
        ("GET", "/api/v1/runs?cursor=" + "Z" * 27, 422),
        ("GET", "/api/v1/people?cursor=" + "a" * 401, 422),
    ],
)
def test_each_wrong_request_is_a_problem(web: Web, method: str, path: str, status: int) -> None:
    assert_problem(web.client.request(method, path, headers=web.headers("admin")), status)


def test_405_names_what_is_allowed(web: Web) -> None:
    assert web.client.put("/api/v1/people").headers["allow"] == "GET"


def test_53_weeks_are_allowed(web: Web) -> None:
    answer = web.client.get(f"{LOAD}?from=2025-11-10&to=2026-11-16", headers=web.headers("admin"))
    assert answer.status_code == 200


def test_a_missing_scope_is_named(web: Web) -> None:
    answer = web.client.get("/api/v1/people", headers=web.headers("act"))
    assert assert_problem(answer, 403)["detail"] == "this needs a token with scope 'read'"


def test_what_cannot_be_done_any_more_is_a_conflict(web: Web) -> None:
    done = next(row for row in web.town.rows("done") if row.action.mailbox == BEN)
    answer = web.client.post(f"/api/v1/decisions/{done.decision}/veto", headers=web.headers("admin"))
    assert "undo" in assert_problem(answer, 409)["detail"]
    answer = web.client.post(f"/api/v1/decisions/{done.decision}/approve", headers=web.headers("admin"))
    assert "nothing" in assert_problem(answer, 409)["detail"]


@pytest.mark.parametrize("size", ["65537", "9" * 30, "0" * 30 + "65537", "-1", "1e3", "١"])
def test_a_large_body_is_refused_before_anything_is_done(web: Web, size: str) -> None:
    held = web.decision_of(BEN)
    before = web.guardian.store.ledger.decision(held)
    headers = {b"Content-Length": size.encode(), **{k.encode(): v.encode() for k, v in web.headers("admin").items()}}
    answer = web.client.post(f"/api/v1/decisions/{held}/veto", headers=headers)
    assert_problem(answer, 413)
    assert answer.headers["connection"] == "close"
    assert web.guardian.store.ledger.decision(held) == before


def test_a_small_body_is_ignored(web: Web) -> None:
    answer = web.client.post("/api/v1/runs/none/undo", content=b"x" * MOST_BODY, headers=web.headers("admin"))
    assert_problem(answer, 404)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "x" * 300])
def test_the_host_header_changes_nothing(web: Web, host: str) -> None:
    for path in ("/docs", "/openapi.json", "/api/v1/people", "/api/v1/people/"):
        as_usual = web.client.get(path, headers=web.headers("admin"))
        answer = web.client.get(path, headers={**web.headers("admin"), "Host": host}, follow_redirects=False)
        assert (answer.status_code, answer.content) == (as_usual.status_code, as_usual.content)


def test_other_origins_get_no_leave(web: Web) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for method in ("GET", "OPTIONS"):
        answer = web.client.request(method, "/api/v1/people", headers={**web.headers("admin"), **asked})
        assert not [name for name in answer.headers if name.startswith("access-control")]


QUESTIONS = st.fixed_dictionaries(
    {},
    optional={
        name: st.text() | st.sampled_from(["org", f"person:{ANA}", "2026-11-09", "9999-12-31", "-1", "1e400", "0" * 26])
        for name in ("scope", "from", "to", "by", "limit", "cursor", "run")
    },
)
PATHS = [LOAD, *(f"/api/v1/{name}" for name in ("decisions", "runs", "people", "calendars"))]


@given(st.sampled_from(PATHS), QUESTIONS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_question_makes_it_fail(web: Web, path: str, params: dict[str, str]) -> None:
    query = "&".join(f"{name}={quote(value, errors='replace')}" for name, value in params.items())
    answer = web.client.get(f"{path}?{query}", headers=web.headers("admin"))
    if answer.status_code != 200:
        assert answer.status_code in (400, 404, 422)
        assert_problem(answer, answer.status_code)


@given(st.text(min_size=1, max_size=300).filter(lambda text: text.strip(".")))  # dots are a direction to the client
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_id_makes_it_fail(web: Web, text: str) -> None:
    text = quote(text.replace("/", "_"), safe="", errors="replace")
    for path in (f"/api/v1/decisions/{text}/undo", f"/api/v1/runs/{text}/undo"):
        assert_problem(web.client.post(path, headers=web.headers("admin")), 404)


@pytest.mark.parametrize("backend", BACKENDS)
def test_zeros_and_strange_letters_are_no_trouble_for_any_database(backend: str, tmp_path: Path) -> None:
    with database_url(backend, tmp_path) as url:
        upgrade(url)
        with town(url=url) as place, opened(place) as web:
            make_tokens(web)
            for text in ("%00", "%ED%A0%80", "%F0%9F%92%A9", "'--", "%25", "x" * 3000):
                for path in (f"decisions/{text}", f"decisions?run={text[:99]}", f"people?cursor={text[:99]}"):
                    answer = web.client.get(f"/api/v1/{path}", headers=web.headers("admin"))
                    assert answer.status_code in (200, 404)
                assert web.client.get("/api/v1/people", headers={"Authorization": f"Bearer {text}"}).status_code == 401


class Boom(RuntimeError):
    pass


def boom() -> datetime:
    raise Boom(SECRET)


def test_an_unexpected_fault_tells_nothing_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with house() as web:
        web.app.state.guardian = replace(web.guardian, engine=replace(web.guardian.engine, clock=boom))
        answer = web.client.get("/api/v1/calendars", headers=web.headers("admin"))
        assert "log" in assert_problem(answer, 500)["detail"]
        assert SECRET not in answer.text
        assert "Boom" not in answer.text
        assert [type(r.exc_info[1]) for r in caplog.records if r.exc_info] == [Boom]


@pytest.mark.parametrize("error", [NotReady, SettingsError])
def test_what_is_missing_for_now_is_503_without_places(error: type[Exception]) -> None:
    def missing() -> datetime:
        raise error(f"the database {SECRET} does not answer")

    with house() as web:
        web.app.state.guardian = replace(web.guardian, engine=replace(web.guardian.engine, clock=missing))
        answer = web.client.get("/api/v1/calendars", headers=web.headers("admin"))
        assert_problem(answer, 503)
        assert int(answer.headers["retry-after"]) > 0
        assert SECRET not in json.dumps(answer.json())
