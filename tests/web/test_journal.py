"""The journal over HTTP and as a page, for auditors: page by page to the end, and without what events looked like."""

from typing import Any

import pytest

from tests.web.house import AUDITOR, CANARY, Web

API = "/api/v1/journal"


def ask(web: Web, query: str) -> Any:
    return web.client.get(f"{API}?{query}", headers=web.headers("admin")).json()


def test_page_by_page_to_the_end(web: Web) -> None:
    seen: list[int] = []
    cursor = ""
    while True:
        page = ask(web, f"limit=3{cursor}")
        seen += [entry["seq"] for entry in page["entries"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [entry.seq for entry in reversed(web.guardian.store.ledger.audit())]


def test_it_tells_who_what_and_why_but_no_title(web: Web) -> None:
    answer = web.client.get(f"{API}?limit=1000", headers=web.cookie(AUDITOR))
    assert {"token created", "done"} & {entry["what"] for entry in answer.json()["entries"]}
    page = web.client.get("/journal", headers=web.cookie(AUDITOR))
    assert "token created" in page.text
    for text in (answer.text, page.text):
        assert CANARY not in text.lower()


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "cursor=0", "cursor=-1", f"cursor={2**63}", "cursor=x"])
def test_a_wrong_question_is_refused(web: Web, query: str) -> None:
    assert web.client.get(f"{API}?{query}", headers=web.headers("admin")).status_code == 422
