"""Who that is logged in may do what, on every route there is: those of the description, and every page.

A new route of the interface, and a new page, needs a line.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts

from guardian.reports.links import meeting_path
from guardian.web.app import create_app
from tests.engine.town import ANA, BEN
from tests.web.house import AUDITOR, CANARY, EDGE, LEAD, OPERATOR, POLICY_ADMIN, SPAN, Web
from tests.web.test_authorization import OPEN, ROUTES, foreign

STRANGER = "stranger@acme.example"
"""Had a role once."""

COLUMNS = (ANA, BEN, LEAD, POLICY_ADMIN, OPERATOR, AUDITOR)
REPORT = (200, 404, 200, 404, 404, 404)
"""Of the sums of team core: Ana is in it, Lea leads it, Ben is in another one."""
DECISION = (200, 404, 404, 404, 200, 200)
ACT = (200, 404, 403, 403, 200, 403)
MATRIX: Mapping[str, tuple[int, ...]] = {
    "list_decisions": (200,) * 6,
    "get_decision": DECISION,
    "veto_decision": ACT,
    "approve_decision": ACT,
    "undo_decision": ACT,
    "list_runs": (403, 403, 403, 403, 200, 200),
    "undo_run": (403, 403, 403, 403, 200, 403),
    "list_journal": (403, 403, 403, 403, 403, 200),
    "list_people": (200,) * 6,
    "list_calendars": (200,) * 6,
    "get_policy": (200,) * 6,
    "get_policy_schema": (200,) * 6,
}
"""Statuses for what is Ana's, with a reason given. Where somebody may act, 200 also stands for 409."""

PAGE_ACT = (303, 404, 404, 404, 303, 403)
OWN = (200, 200, 403, 403, 200, 403)
"""About oneself; these want more than the reason that every change is sent with here, so 422 and 409 stand for 200 too."""
PAGES: Mapping[tuple[str, str], tuple[int, ...]] = {
    ("GET", "/decisions"): (200,) * 6,
    ("GET", "/decisions/{decision_id}"): DECISION,
    ("POST", "/decisions/{decision_id}/veto"): PAGE_ACT,
    ("POST", "/decisions/{decision_id}/approve"): PAGE_ACT,
    ("POST", "/decisions/{decision_id}/undo"): PAGE_ACT,
    ("GET", "/health"): (200,) * 6,
    ("GET", "/"): (200,) * 6,
    ("GET", "/teams/{name:path}"): REPORT,
    ("GET", "/candidates"): (200,) * 6,
    ("GET", "/meetings/{address}"): (200, 404, 404, 404, 404, 404),
    ("GET", "/journal"): (403, 403, 403, 403, 403, 200),
    ("GET", "/me"): (200, 200, 303, 303, 303, 303),
    ("GET", "/me/data"): (200,) * 6,
    ("POST", "/me/data/export"): (200,) * 6,
    ("POST", "/me/data/delegates"): OWN,
    ("POST", "/me/data/delegates/drop"): OWN,
    ("POST", "/me/data/mails/stop"): OWN,
    ("POST", "/me/data/mails/resume"): OWN,
    ("GET", "/me/data/leave"): OWN,
    ("POST", "/me/data/leave"): OWN,
    ("GET", "/people/{email}"): (200, 404, 404, 404, 404, 404),
    ("GET", "/methods"): (200,) * 6,
    ("GET", "/policy"): (200,) * 6,
}
"""As `MATRIX`; a change that was made leads on (303)."""

OPEN_PAGES = {
    "/docs",
    "/openapi.json",
    "/static/{name}",
    "/login",
    "/login/provider",
    "/login/callback",
    "/login/demo",
    "/logout",
    "/mail/stop/{token}",
}
"""For everybody; what each of them does is tested by itself."""


def line(name: str) -> tuple[int, ...]:
    return REPORT if ROUTES[name][1].startswith("/api/v1/reports/") else MATRIX[name]


CASES = [
    (name, who, status) for name in ROUTES if name not in OPEN for who, status in zip(COLUMNS, line(name), strict=True)
]


def address(web: Web, path: str, whose: str = ANA) -> str:
    run = web.guardian.store.ledger.runs()[0].id
    path = path.replace("{decision_id}", web.decision_of(whose)).replace("{run_id}", run).replace("{email}", whose)
    path = path.replace("/meetings/{address}", meeting_of(web, whose)).replace("{name:path}", "core")
    return f"{path}?{SPAN}&scope=team:core" if path.startswith("/api/v1/reports/") else path


def meeting_of(web: Web, whose: str) -> str:
    """The page of a meeting that nobody else takes part in."""
    made = web.guardian.store.ledger.decisions(mailbox=whose)[0].decision
    return meeting_path(str(made.occurrence.meeting))


def ask(web: Web, name: str, who: str, **params: str) -> Any:
    method, path, _ = ROUTES[name]
    where = address(web, path)
    query = "&".join(f"{key}={value}" for key, value in params.items())
    return web.client.request(method, f"{where}{'&' if '?' in where else '?'}{query}", headers=web.cookie(who))


@pytest.mark.parametrize(("name", "who", "expected"), CASES)
def test_the_matrix(web: Web, name: str, who: str, expected: int) -> None:
    method, status = ROUTES[name][0], ask(web, name, who, reason="asked%20for").status_code
    assert status == expected or (status, expected, method) == (409, 200, "POST")


@pytest.mark.parametrize("name", [name for name in ROUTES if name not in OPEN])
def test_who_lost_every_role_is_out_at_once(web: Web, name: str) -> None:
    assert ask(web, name, STRANGER).status_code == 401


@pytest.mark.parametrize("name", [name for name in MATRIX if ROUTES[name][0] == "POST"])
def test_who_acts_for_somebody_else_says_why(web: Web, name: str) -> None:
    for reason in ("", "%20%0A"):
        answer = ask(web, name, OPERATOR, reason=reason)
        assert (answer.status_code, "reason" in answer.json()["detail"]) == (422, True)
    assert ask(web, name, OPERATOR, reason="x" * 501).status_code == 422


def test_the_reason_stands_in_the_journal(web: Web) -> None:
    ask(web, "veto_decision", OPERATOR, reason="called%20by%20Ana")
    entries = [e for e in web.guardian.store.ledger.audit() if e.what == "reason given"]
    assert (entries[-1].actor, entries[-1].key, entries[-1].reason) == (OPERATOR, web.decision_of(ANA), "called by Ana")


def walk(web: Web, who: str) -> str:
    """All that the reading routes answer to somebody, as one text in lower case."""
    ids = [web.decision_of(ANA), web.decision_of(BEN)]
    questions = [address(web, path) for method, path, _ in ROUTES.values() if method == "GET" and "{" not in path]
    questions += [f"/api/v1/decisions/{one}" for one in ids]
    questions += [f"/api/v1/reports/meeting-load?{SPAN}&scope={s}" for s in ("org", "team:edge", f"person:{BEN}")]
    return "\n".join(web.client.get(q, headers=web.cookie(who)).text for q in questions).lower()


@pytest.mark.parametrize("who", [LEAD, POLICY_ADMIN, OPERATOR, AUDITOR])
def test_no_role_sees_a_title_or_an_organiser(web: Web, who: str) -> None:
    assert CANARY not in walk(web, who)


def test_people_see_their_own_titles_and_nothing_of_others(web: Web) -> None:
    told = walk(web, ANA)
    assert f"{CANARY} {ANA}" in told
    assert BEN not in told
    assert EDGE[1] not in told


def test_a_delegate_sees_the_pages_of_whoever_named_them_and_changes_nothing(web: Web) -> None:
    sessions, ben = web.guardian.store.sessions, web.cookie(BEN)
    mine, report = (
        f"/api/v1/decisions/{web.decision_of(ANA)}",
        f"/api/v1/reports/meeting-load?{SPAN}&scope=person:{ANA}",
    )
    assert [web.client.get(path, headers=ben).status_code for path in (mine, report)] == [404, 404]
    sessions.add_delegate(ANA, BEN, web.town.clock())
    try:
        assert web.client.get(mine, headers=ben).json()["meeting"]["title"] == f"{CANARY} {ANA}"
        assert web.client.get(report, headers=ben).status_code == 200
        assert web.client.post(f"{mine}/veto", headers=ben).status_code == 403
        assert (
            web.client.get(
                mine.replace(web.decision_of(ANA), web.decision_of(BEN)), headers=web.cookie(ANA)
            ).status_code
            == 404
        )
    finally:
        sessions.remove_delegate(ANA, BEN)
    assert web.client.get(mine, headers=ben).status_code == 404


@pytest.mark.parametrize(
    "route", [r for r in (*((m, p) for m, p, _ in ROUTES.values()), *PAGES) if "{decision_id}" in r[1]]
)
def test_every_foreign_id_answers_as_an_unknown_one(web: Web, route: tuple[str, str]) -> None:
    method, path = route

    def told(thing: str) -> tuple[int, bytes]:
        answer = web.client.request(method, path.replace("{decision_id}", thing), headers=web.cookie(ANA))
        return answer.status_code, answer.content

    unknown = told("0" * 26)
    assert unknown[0] == 404
    for thing in foreign(web):
        assert told(thing) == unknown, thing


def test_the_faults_of_the_policy_are_for_its_admins(web: Web) -> None:
    good = web.town.policy
    web.town.policy = "version: 1\nrules: x\n"
    try:
        told = {who: bool(ask(web, "get_policy", who).json()["problems"]) for who in COLUMNS}
    finally:
        web.town.policy = good
    assert told == {who: who == POLICY_ADMIN for who in COLUMNS}


# --- pages ------------------------------------------------------------------------------------------------------------

SERVED = {
    (method, str(route.path))
    for route in iter_route_contexts(create_app(None).routes)
    for method in getattr(route.route, "methods", None) or ()
    if method != "HEAD" and not getattr(route.route, "include_in_schema", True) and route.path not in OPEN_PAGES
}


def visit(web: Web, method: str, path: str, who: str | None, reason: str = "asked for") -> Any:
    data = {"reason": reason, "delegate": "nobody@acme.example"} if method == "POST" else None
    headers = {"Accept": "text/html", **(web.cookie(who) if who else {})}
    return web.client.request(method, address(web, path), data=data, headers=headers)


def test_every_page_has_a_line() -> None:
    assert set(PAGES) == SERVED


@pytest.mark.parametrize(("method", "path"), sorted(SERVED))
@pytest.mark.parametrize("who", [None, STRANGER])
def test_every_page_leads_to_the_login(web: Web, method: str, path: str, who: str | None) -> None:
    answer = visit(web, method, path, who)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")


@pytest.mark.parametrize(
    ("method", "path", "who", "expected"),
    [(*route, who, status) for route, line in PAGES.items() for who, status in zip(COLUMNS, line, strict=True)],
)
def test_the_matrix_of_the_pages(web: Web, method: str, path: str, who: str, expected: int) -> None:
    answer = visit(web, method, path, who)
    own = {200, 303, 409, 422} if PAGES[method, path] is OWN and expected == 200 else {expected}
    assert answer.status_code in own or (answer.status_code, expected, method) == (409, 303, "POST")
    kind = "application/json" if path.endswith("/export") else "text/html; charset=utf-8"
    assert answer.headers.get("content-type") == kind or answer.status_code == 303


@pytest.mark.parametrize("path", [path for method, path in PAGES if PAGES[method, path] == PAGE_ACT])
def test_on_pages_too_who_acts_for_somebody_else_says_why(web: Web, path: str) -> None:
    answer = visit(web, "POST", path, OPERATOR, reason=" ")
    assert (answer.status_code, "reason" in answer.text.lower()) == (422, True)


@pytest.mark.parametrize("who", COLUMNS)
def test_no_page_tells_anybody_a_title_of_somebody_else(web: Web, who: str) -> None:
    ids = [web.decision_of(ANA), web.decision_of(BEN)]
    paths = [path for method, path in PAGES if method == "GET"]
    asked = [path.replace("{decision_id}", one) for path in paths for one in ids]
    told = "\n".join(visit(web, "GET", path, who).text for path in asked).lower()
    for owner in (ANA, BEN):
        assert (f"{CANARY} {owner}" in told) == (owner == who)
    assert who in (ANA, BEN) or CANARY not in told


@pytest.mark.parametrize(
    ("accept", "kind"), [("text/html", "text/html; charset=utf-8"), ("*/*", "application/problem+json")]
)
def test_what_is_not_there_is_a_page_for_people_only(web: Web, accept: str, kind: str) -> None:
    answer = web.client.get("/none", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (404, kind)
    api = web.client.get("/api/v1/none", headers={"Accept": accept})
    assert (api.status_code, api.headers["content-type"]) == (404, "application/problem+json")
