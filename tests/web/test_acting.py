"""Veto, approve and undo over HTTP reach calendars and the journal, which names the token."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.town import ANA, BEN, at
from tests.web.house import CANARY, OPERATOR, Web, house


@pytest.fixture
def web() -> Iterator[Web]:
    with house() as built:
        yield built


def act(web: Web, what: str, decision: str, token: str = "person") -> Any:
    answer = web.client.post(f"/api/v1/decisions/{decision}/{what}", headers=web.headers(token))
    assert answer.status_code == 200
    return answer.json()


def held(web: Web, person: str = ANA) -> str:
    return next(r.decision for r in web.town.rows("held") if r.action.mailbox == person and r.decision)


def done(web: Web, person: str = ANA) -> str:
    return next(r.decision for r in web.town.rows("done") if r.action.mailbox == person and r.decision)


def actors(web: Web, what: str) -> set[str]:
    return {entry.actor for entry in web.guardian.store.ledger.audit() if entry.what == what}


def named(web: Web, token: str) -> str:
    made = next(t for t in web.guardian.store.registry.tokens() if t.name == token)
    return f"token {token} ({made.id})"


def test_a_veto_stops_the_act_and_is_journalled_under_the_token(web: Web) -> None:
    answer = act(web, "veto", held(web))
    assert (answer["state"], answer["meeting"]["title"]) == ("skipped", f"{CANARY} {ANA}")
    web.town.later(minutes=11)
    before = len(web.town.answers)
    web.town.run()
    assert [given.person for given in web.town.answers[before:]] == [BEN]
    assert actors(web, "veto") == {named(web, "person")}


def test_approval_lets_the_next_pass_act(web: Web) -> None:
    answer = act(web, "approve", held(web, BEN), "act")
    assert answer["meeting"]["title"] is answer["meeting"]["organizer"] is None
    before = len(web.town.answers)
    web.town.run()
    assert [given.person for given in web.town.answers[before:]] == [BEN]
    assert actors(web, "approved") == {named(web, "act")}


def test_undo_gives_back_the_earlier_answer(web: Web) -> None:
    (item,) = act(web, "undo", done(web))["undone"]
    assert (item["person"], item["result"], item["meeting"]) == (ANA, "undone", f"{CANARY} {ANA}")
    assert web.town.answers[-1].response == "needsAction"
    assert actors(web, "undone") == {named(web, "person")}


def test_undo_of_a_run_gives_back_everything_and_says_no_title(web: Web) -> None:
    run = web.town.rows("done")[0].run
    answer = web.client.post(f"/api/v1/runs/{run}/undo", headers=web.headers("act"))
    assert CANARY not in answer.text
    assert sorted((item["person"], item["result"], item["meeting"]) for item in answer.json()["undone"]) == [
        (ANA, "undone", ""),
        (BEN, "undone", ""),
    ]


def test_a_decision_is_told_with_its_trace(web: Web) -> None:
    body = web.client.get(f"/api/v1/decisions/{held(web)}", headers=web.headers("person")).json()
    assert (body["outcome"], body["rule"], body["state"], body["held_by"]) == ("decline", "focus-time", "held", "hold")
    assert any(step["id"] == "focus-time" and step["result"] == "match" for step in body["trace"])


def test_private_titles_are_told_to_nobody(web: Web) -> None:
    web.town.enrolled = web.town.enrolled[:2]
    web.town.invite("Doctor Hush", at(25, 10), visibility="private")
    web.town.run()
    for token in ("admin", "person"):
        answer = web.client.get("/api/v1/decisions", headers=web.headers(token))
        assert "(private)" in answer.text
        assert "Hush" not in answer.text


def test_a_text_for_the_organiser_is_for_who_may_read_the_title(web: Web) -> None:
    """Somebody who acts for others is told that it cannot be restored, and nothing of the meeting."""
    row = next(r for r in web.town.rows("done") if r.action.mailbox == ANA and r.decision)
    assert row.action.ref is not None
    web.town.world.delete_copy(ANA, row.action.ref.event_id)
    headers = {"Accept": "text/html", **web.cookie(OPERATOR)}
    answer = web.client.post(f"/decisions/{row.decision}/undo", data={"reason": "asked by phone"}, headers=headers)
    assert "It cannot be restored" in answer.text
    assert CANARY not in answer.text
