"""Who may do what, on every route there is. The routes come from the description of the interface: a new one needs a line."""

import re
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts

from guardian.web.app import create_app
from tests.engine.town import ANA, BEN
from tests.web.house import CANARY, CORE, EDGE, SPAN, TOKENS, Web

DESCRIPTION: Mapping[str, Any] = create_app(None).openapi()
ROUTES = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
}
OPEN = {"healthz", "readyz", "metrics"}
COLUMNS = ("read", "act", "policy", "admin", "person", "person reading", "other")
REPORTS = ("meeting_load", "meeting_cost", "series", "savings", "before_after")
MATRIX = {
    **dict.fromkeys(REPORTS, (200, 403, 403, 200, 200, 200, 404)),
    "list_decisions": (403, 200, 403, 200, 200, 200, None),
    "get_decision": (403, 200, 403, 200, 200, 200, 404),
    "veto_decision": (403, 200, 403, 200, 200, 403, 404),
    "approve_decision": (403, 200, 403, 200, 200, 403, 404),
    "undo_decision": (403, 200, 403, 200, 200, 403, 404),
    "list_runs": (200, 403, 403, 200, 403, 403, None),
    "undo_run": (403, 200, 403, 200, 403, 403, None),
    "list_journal": (403, 403, 403, 200, 403, 403, None),
    "list_people": (200, 403, 403, 200, 200, 200, None),
    "list_calendars": (200, 403, 403, 200, 200, 200, None),
    "get_policy": (200, 403, 200, 200, 200, 200, None),
    "get_policy_schema": (200, 403, 200, 200, 200, 200, None),
}
"""Statuses by the token's kind; `other` is Ana's token on what is Ben's. Where it may act, 200 also stands for 409: there is
nothing to be done any more."""

CASES = [
    (name, column, expected)
    for name, line in MATRIX.items()
    for column, expected in zip(COLUMNS, line, strict=True)
    if expected is not None
]


def address(web: Web, name: str, whose: str) -> str:
    """The route with ids and parameters of somebody's things."""
    path = ROUTES[name][1].replace("{decision_id}", web.decision_of(whose))
    path = path.replace("{run_id}", web.guardian.store.ledger.runs()[0].id)
    return f"{path}?{SPAN}&scope=person:{whose}" if name in REPORTS else path


def ask(web: Web, name: str, token: str | None, whose: str = ANA) -> Any:
    installation = name in REPORTS and token in ("read", "act", "policy")
    where = f"{ROUTES[name][1]}?{SPAN}&scope=team:core" if installation else address(web, name, whose)
    return web.client.request(ROUTES[name][0], where, headers=web.headers(token))


def test_every_route_of_the_description_has_a_line() -> None:
    assert set(ROUTES) == set(MATRIX) | OPEN


def test_every_route_that_is_served_is_described() -> None:
    served = {route.path for route in iter_route_contexts(create_app(None).routes)}
    described = set(DESCRIPTION["paths"])
    assert described <= served
    assert not [path for path in served - described if str(path).startswith(("/api/", "/webhooks/"))]


def test_the_description_says_which_routes_need_a_token() -> None:
    assert {name for name, (_, _, operation) in ROUTES.items() if "security" not in operation} == OPEN


@pytest.mark.parametrize("name", sorted(MATRIX))
@pytest.mark.parametrize("token", [None, "revoked", "unknown"])
def test_without_a_living_token_every_route_answers_401(web: Web, name: str, token: str | None) -> None:
    answer = ask(web, name, token)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.content == web.client.get("/api/v1/people").content


@pytest.mark.parametrize(("name", "column", "expected"), CASES)
def test_the_matrix(web: Web, name: str, column: str, expected: int) -> None:
    token, whose = ("person", BEN) if column == "other" else (column, ANA)
    status = ask(web, name, token, whose).status_code
    assert status == expected or (status, expected, ROUTES[name][0]) == (409, 200, "POST")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"])
def test_open_routes_need_no_token_and_say_nothing_personal(web: Web, path: str) -> None:
    answer = web.client.get(path)
    assert answer.status_code == 200
    assert CANARY not in answer.text.lower()
    assert "@acme.example" not in answer.text


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic {}", "{}", "Bearer {} x", "Bearer x{}", "Token {}", "Bearer \xff{}"],
)
def test_other_ways_to_send_a_token_are_refused(web: Web, header: str) -> None:
    sent = header.format(web.secrets["admin"]).encode("latin-1")
    assert web.client.get("/api/v1/people", headers={b"Authorization": sent}).status_code == 401


def test_the_word_bearer_may_be_written_in_any_case(web: Web) -> None:
    sent = {"Authorization": f"bEARER {web.secrets['admin']}"}
    assert web.client.get("/api/v1/people", headers=sent).status_code == 200


def test_a_token_is_asked_for_before_anything_is_said_about_the_question(web: Web) -> None:
    answer = web.client.get("/api/v1/reports/meeting-load?scope=nonsense&from=x&by=year")
    assert answer.status_code == 401


def test_a_revoked_token_ends_at_once(web: Web) -> None:
    made = web.token("short", ["read"])
    assert web.client.get("/api/v1/people", headers=web.headers("short")).status_code == 200
    web.guardian.store.registry.revoke_token(made, web.town.clock())
    assert web.client.get("/api/v1/people", headers=web.headers("short")).status_code == 401


def test_secrets_are_not_in_the_database(web: Web) -> None:
    files = [path.read_bytes() for path in web.town.folder.glob("guardian.db*")]
    assert files
    for name in TOKENS:
        assert not any(web.secrets[name].encode() in content for content in files)


# --- what is somebody else's does not exist --------------------------------------------------------------------------


def foreign(web: Web) -> list[str]:
    """Everything that could be guessed about Ben: addresses, team, ids of decisions, acts, events, meetings, tokens."""
    ledger = web.guardian.store.ledger
    rows, made = ledger.rows(mailbox=BEN), ledger.decisions(mailbox=BEN)
    occurrences = [row.decision.occurrence for row in made]
    found = [BEN, BEN.upper(), *EDGE[1:], "edge", *(row.id for row in made), *(row.action.key for row in rows)]
    found += [o.ref.event_id for o in occurrences] + [str(o.meeting) for o in occurrences]
    return [*found, *(token.id for token in web.guardian.store.registry.tokens())]


def test_every_foreign_id_on_every_route_answers_as_an_unknown_one(web: Web) -> None:
    for method, path, _ in ROUTES.values():
        if "{decision_id}" not in path:
            continue
        unknown = web.client.request(method, path.replace("{decision_id}", "0" * 26), headers=web.headers("person"))
        assert unknown.status_code == 404
        for thing in foreign(web):
            answer = web.client.request(method, path.replace("{decision_id}", thing), headers=web.headers("person"))
            assert (answer.status_code, answer.content) == (404, unknown.content), (path, thing)


def test_every_foreign_person_and_team_answers_as_an_unknown_one(web: Web) -> None:
    unknown = web.client.get("/api/v1/reports/meeting-load?scope=team:none", headers=web.headers("person"))
    assert unknown.status_code == 404
    for thing, kind, name in product(foreign(web), ("person", "team"), REPORTS):
        params = {"scope": f"{kind}:{thing}"}
        answer = web.client.get(ROUTES[name][1], params=params, headers=web.headers("person"))
        assert (answer.status_code, answer.content) == (404, unknown.content), params


@pytest.mark.parametrize("token", ["read", "person"])
def test_installations_see_no_person(web: Web, token: str) -> None:
    for person in (BEN, "nobody@acme.example"):
        params = {"scope": f"person:{person}"}
        answer = web.client.get("/api/v1/reports/meeting-load", params=params, headers=web.headers(token))
        assert (answer.status_code, answer.json()["detail"]) == (404, "there is no such person or team")


def walk(web: Web, token: str) -> str:
    """All that the reading routes answer to this token, whatever they are asked, as one text in lower case."""
    runs = [run.id for run in web.guardian.store.ledger.runs()]
    questions = [address(web, name, ANA) for name, (method, _, _) in ROUTES.items() if method == "GET"]
    questions += [f"/api/v1/decisions?run={run}" for run in runs] + ["/api/v1/decisions?cursor=" + "Z" * 26]
    questions += [
        f"{ROUTES[name][1]}?{SPAN}&scope={scope}&format={fmt}"
        for name in REPORTS
        for scope in ("org", "team:core", "team:edge")
        for fmt in ("json", "csv", "text")
    ]
    questions += [f"/api/v1/{name}?cursor=a" for name in ("people", "calendars")]
    return "\n".join(web.client.get(q, headers=web.headers(token)).text for q in questions).lower()


@pytest.mark.parametrize("token", ["person", "person reading"])
def test_nothing_of_others_is_in_anything_a_person_is_told(web: Web, token: str) -> None:
    told = walk(web, token)
    assert f"{CANARY} {ANA}" in told
    assert not re.search(rf"{BEN}|{CANARY} {BEN}|guest@|{'|'.join(CORE[1:] + EDGE)}", told)


@pytest.mark.parametrize("token", ["read", "act", "policy"])
def test_no_title_and_no_organiser_is_in_anything_an_installation_is_told(web: Web, token: str) -> None:
    assert CANARY not in walk(web, token)


def test_admins_see_the_titles_of_everybody(web: Web) -> None:
    told = walk(web, "admin")
    assert f"{CANARY} {ANA}" in told
    assert f"{CANARY} {BEN}" in told
