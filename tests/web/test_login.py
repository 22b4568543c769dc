"""Sessions: opened with a token or in the demo, never adopted, ended by time, logout, revocation and leaving."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from guardian.engine.sessions import IDLE, LONGEST, NOTED_EVERY
from guardian.engine.tokens import digest
from guardian.engine.undo import leave
from guardian.web.doors import WRONG_TOKENS
from tests.engine.town import ANA, BEN, town
from tests.web.house import CANARY, CROWD, LEAD, LED, OPERATOR, RULES, Web, house, make_tokens, opened

HTTPS = "https://guardian.acme.example"


@pytest.fixture
def web() -> Iterator[Web]:
    """Nobody was read yet."""
    with town(RULES + LED) as place, opened(place) as built:
        make_tokens(built)
        yield built


def log_in(web: Web, token: str = "person", **fields: str) -> Any:
    return web.client.post("/login", data={"token": web.secrets[token], **fields})


def status(web: Web, path: str = "/api/v1/people") -> int:
    return web.client.get(path).status_code


def cookie_of(answer: Any, name: str = "guardian") -> str:
    (found,) = [line for line in answer.headers.get_list("set-cookie") if line.startswith(f"{name}=")]
    return str(found)


def journal(web: Web, what: str) -> list[tuple[str, str]]:
    return [(e.actor, e.reason) for e in web.guardian.store.ledger.audit() if e.what == what]


def test_a_token_opens_a_session_that_sees_what_the_token_sees(web: Web) -> None:
    assert status(web) == 401
    answer = log_in(web, next="/decisions?state=held")
    assert (answer.status_code, answer.headers["location"]) == (303, "/decisions?state=held")
    assert [person["email"] for person in web.client.get("/api/v1/people").json()["people"]] == [ANA]
    assert web.client.get("/login?next=/me").headers["location"] == "/me", "who is logged in needs no form"
    assert journal(web, "logged in")[0][1] == "by API token"
    assert web.secrets["person"] not in str(web.guardian.store.ledger.audit())


@pytest.mark.parametrize("token", ["", "grd_x", "x" * 200])
def test_a_wrong_token_opens_nothing(web: Web, token: str) -> None:
    answer = web.client.post("/login", data={"token": token})
    assert (answer.status_code, answer.headers.get("set-cookie")) == (401, None)
    assert "There is no such token" in answer.text
    assert not journal(web, "logged in")


def test_the_cookie_on_loopback_and_behind_https() -> None:
    flags = {"httponly", "path=/", "samesite=lax"}
    for url, name, more in ((None, "guardian", set()), (HTTPS, "__Host-guardian", {"secure"})):
        with town(RULES) as place, opened(place, public_url=url) as web:
            make_tokens(web)
            line = cookie_of(log_in(web), name)
            assert {part.strip().lower() for part in line.split(";")[1:]} == flags | more
            assert status(web) == 200
            assert len(line.partition("=")[2].partition(";")[0]) == 43, "256 bits"


def test_no_cookie_from_elsewhere_is_adopted(web: Web) -> None:
    planted = {"Cookie": "guardian=" + "A" * 43}
    answer = web.client.post("/login", data={"token": web.secrets["person"]}, headers=planted)
    assert "A" * 43 not in cookie_of(answer)
    assert web.client.get("/api/v1/people", headers=planted).status_code == 401


def test_the_session_before_ends_at_the_next_login(web: Web) -> None:
    log_in(web)
    before = {"Cookie": f"guardian={web.client.cookies['guardian']}"}
    log_in(web, "admin")
    web.client.cookies.clear()
    assert web.client.get("/api/v1/people", headers=before).status_code == 401


def test_logging_out_ends_it_on_the_server_too(web: Web) -> None:
    log_in(web)
    kept = {"Cookie": f"guardian={web.client.cookies['guardian']}"}
    answer = web.client.post("/logout")
    assert (answer.headers["location"], "guardian" in web.client.cookies) == ("/login", False)
    assert web.client.get("/api/v1/people", headers=kept).status_code == 401
    assert len(journal(web, "logged out")) == 1
    assert web.client.post("/logout").status_code == 303, "once more does no harm"


def test_a_session_ends_when_nobody_uses_it(web: Web) -> None:
    log_in(web)
    for _ in range(3):
        web.town.clock.advance(IDLE - timedelta(seconds=1))
        assert status(web) == 200, "every use begins the time anew"
    web.town.clock.advance(IDLE)
    assert status(web) == 401
    web.town.clock.advance(-IDLE)
    assert status(web) == 401, "it does not come back"


def test_a_session_ends_in_any_case(web: Web) -> None:
    log_in(web)
    for _ in range(int(LONGEST / timedelta(hours=1)) - 1):
        web.town.clock.advance(timedelta(hours=1))
        assert status(web) == 200
    web.town.clock.advance(timedelta(hours=1))
    assert status(web) == 401


def test_the_use_of_a_session_is_written_down_once_a_minute(web: Web) -> None:
    log_in(web)
    begin, mark = web.town.clock(), digest(web.client.cookies["guardian"])
    for step, noted in ((NOTED_EVERY - timedelta(seconds=1), timedelta()), (timedelta(seconds=1), NOTED_EVERY)):
        web.town.clock.advance(step)
        status(web)
        found = web.guardian.store.sessions.session(mark, web.town.clock())
        assert found is not None
        assert found.seen_at - begin == noted


def test_a_revoked_token_ends_its_sessions(web: Web) -> None:
    made = web.token("short", ["read"])
    log_in(web, "short")
    assert status(web) == 200
    web.guardian.store.registry.revoke_token(made, web.town.clock())
    assert status(web) == 401


def test_who_leaves_is_logged_out_everywhere() -> None:
    with house() as web:
        browsers = [web.cookie(ANA), web.cookie(ANA), web.cookie(BEN)]
        web.guardian.store.sessions.add_delegate(BEN, ANA, web.town.clock())
        leave(web.guardian.engine, ANA, "test")
        answers = [web.client.get("/api/v1/people", headers=browser).status_code for browser in browsers]
        assert answers == [401, 401, 200]
        assert web.guardian.store.sessions.delegates(BEN) == []
        assert web.client.get("/api/v1/people", headers=web.cookie(ANA)).status_code == 401, "nor in again"


def test_who_is_struck_from_the_roster_or_the_settings_is_out(web: Web) -> None:
    browser, lead = web.cookie(ANA), web.cookie(LEAD)
    assert web.client.get("/api/v1/people", headers=lead).status_code == 200
    web.town.enrolled = [person for person in web.town.enrolled if person.email != ANA]
    web.town.policy = RULES
    web.town.accept()
    for headers in (browser, lead):
        assert web.client.get("/api/v1/people", headers=headers).status_code == 401


def test_a_token_that_is_given_decides_whatever_cookie_comes_beside_it(web: Web) -> None:
    log_in(web, "admin")
    for header in ("Bearer grd_none", "Basic eDp5", "nonsense"):
        assert web.client.get("/api/v1/people", headers={"Authorization": header}).status_code == 401
    mine = web.client.get("/api/v1/people", headers=web.headers("person")).json()
    assert [person["email"] for person in mine["people"]] == [ANA]


def test_trying_tokens_is_slowed_down_by_source_and_only_for_a_minute(web: Web) -> None:
    for _ in range(WRONG_TOKENS):
        assert web.client.post("/login", data={"token": "no"}).status_code == 401
    answer = log_in(web)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
    web.town.clock.advance(timedelta(minutes=1))
    assert log_in(web).status_code == 303


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_form_without_end_is_cut_off(web: Web, kind: str) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(1000):
            yield b"token=" + b"x" * 1024

    answer = web.client.post("/login", content=endless(), headers={"Content-Type": kind})
    assert (answer.status_code, "set-cookie" in answer.headers) == (413, False)


def test_secrets_of_sessions_are_not_in_the_database(web: Web) -> None:
    log_in(web)
    secret = web.client.cookies["guardian"].encode()
    files = [path.read_bytes() for path in web.town.folder.glob("guardian.db*")]
    assert files
    assert not any(secret in content for content in files)


def test_the_login_page_may_do_nothing_but_be_looked_at_and_sent(web: Web) -> None:
    answer = web.client.get("/login?next=/me")
    rules = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(rules)
    assert not any("unsafe" in rule for rule in rules)
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "same-origin")
    assert '<input type="hidden" name="next" value="/me">' in answer.text


# --- where a login leads ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ("/me?week=2026-W47", "/me?week=2026-W47"),
        ("/series/a%2Fb", "/series/a%2Fb"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("\t//evil.example", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
        ("javascript:alert(1)", "/"),
        ("me", "/"),
        ("", "/"),
        ("/login", "/"),
        ("/logout", "/"),
        ("/login/provider", "/"),
        ("/x" * 1500, "/"),
        ("/é", "/"),
    ],
)
def test_a_login_leads_to_pages_of_our_own_only(web: Web, wanted: str, where: str) -> None:
    assert log_in(web, next=wanted).headers["location"] == where
    assert web.client.get("/login", params={"next": wanted}).headers["location"] == where


# --- the demo ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def open_house() -> Iterator[Web]:
    with house(demo=True) as built:
        yield built


@pytest.fixture
def demo(open_house: Web) -> Web:
    """A new browser."""
    open_house.client.cookies.clear()
    return open_house


@pytest.mark.parametrize("who", [ANA, OPERATOR, LEAD])
def test_in_the_demo_everybody_may_be_anybody(demo: Web, who: str) -> None:
    assert f'<option value="{who}">' in demo.client.get("/login").text
    answer = demo.client.post("/login/demo", data={"person": who, "next": "/me"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    assert status(demo) == 200
    assert ("demo" in journal(demo, "logged in")[-1][1], CANARY in demo.client.get("/api/v1/decisions").text) == (
        True,
        who == ANA,
    )


@pytest.mark.parametrize("who", ["nobody@acme.example", "", f"{ANA}\x00"])
def test_the_demo_invents_nobody(demo: Web, who: str) -> None:
    assert demo.client.post("/login/demo", data={"person": who}).status_code in (403, 422)
    assert "set-cookie" not in demo.client.post("/login/demo", data={"person": who}).headers


@pytest.mark.parametrize("host", ["evil.example", "guardian.acme.example:8000", "[", "127.0.0.1.evil.example", ""])
def test_a_foreign_name_for_this_machine_opens_no_demo(demo: Web, host: str) -> None:
    answer = demo.client.post("/login/demo", data={"person": ANA}, headers={"Host": host})
    assert (answer.status_code, answer.headers.get("set-cookie")) == (403, None)


def test_without_the_demo_nobody_chooses_who_they_are(web: Web) -> None:
    assert web.client.post("/login/demo", data={"person": ANA}).status_code == 404
    assert CROWD[0] not in web.client.get("/login").text
