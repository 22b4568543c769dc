"""No other site changes anything in the name of somebody who is logged in."""

from collections.abc import Iterator, Mapping

import pytest

from tests.engine.town import ANA, town
from tests.web.house import RULES, Web, make_tokens, opened

PUBLIC = "https://guardian.acme.example"
UNDO = "/api/v1/runs/none/undo"
"""Answers 404 where it is reached by somebody who may ask."""


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with town(RULES) as place, opened(place, public_url=PUBLIC) as built:
        make_tokens(built)
        yield built


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Sec-Fetch-Site": ""}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": PUBLIC}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, False),
        ({"Origin": PUBLIC}, False),
        ({"Origin": "https://GUARDIAN.acme.example"}, False),
        ({"Origin": "http://localhost:8000", "Host": "localhost:8000"}, False),
        ({"Origin": "null"}, True),
        ({"Origin": ""}, True),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "https://guardian.acme.example.evil.example"}, True),
        ({"Origin": "https://guardian.acme.example:444"}, True),
        ({"Origin": "https://guardian.acme.example@evil.example"}, True),
        ({"Origin": "https://["}, True),
        ({"Origin": "guardian.acme.example"}, True),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_every_change_comes_from_here(web: Web, method: str, headers: Mapping[str, str], refused: bool) -> None:
    answer = web.client.request(method, UNDO, headers={**web.cookie("olga@acme.example"), **headers})
    assert (answer.status_code == 403) == refused
    if refused:
        assert "another site" in answer.json()["detail"]


CROSS = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}


def test_reading_is_not_asked_where_it_comes_from(web: Web) -> None:
    assert web.client.get("/api/v1/people", headers={**web.cookie(ANA), **CROSS}).status_code == 200


def test_a_bearer_token_is_proof_enough(web: Web) -> None:
    assert web.client.post(UNDO, headers={**web.headers("admin"), **CROSS}).status_code == 404


@pytest.mark.parametrize("path", ["/login", "/logout", "/login/demo"])
def test_nobody_is_logged_in_or_out_by_another_site(web: Web, path: str) -> None:
    answer = web.client.post(path, data={"token": web.secrets["admin"]}, headers={**CROSS, "Accept": "text/html"})
    assert (answer.status_code, answer.headers.get("set-cookie")) == (403, None)
    assert "<h1>Forbidden</h1>" in answer.text


def test_calendar_services_and_mail_programs_may_come_from_anywhere(web: Web) -> None:
    for path in ("/webhooks/google", "/mail/stop/none"):
        assert web.client.post(path, headers=CROSS).status_code == 404
