"""The pages as text: where they lead, what they leave out, how long browsers may keep the style sheet."""

import re
from html import unescape
from pathlib import Path

import pytest

from guardian.model.ids import ulid
from guardian.model.ledger import Run
from guardian.reports.palette import DARK, LIGHT
from guardian.reports.weeks import GroupWeek
from guardian.web.pages.numbers import of_group
from guardian.web.sheet import SHEET, sheet_path
from guardian.web.words import age, change, clock, counted, hours, money, percent
from tests.engine.town import ANA, BEN
from tests.store_world import go, meeting, plan
from tests.web.house import CANARY, CROWD, EDGE, OPERATOR, POLICY_ADMIN, WEEK, Web, house

TEMPLATES = Path(SHEET).parents[1] / "templates"


def test_the_style_sheet_has_the_colours_of_the_charts() -> None:
    text = SHEET.read_text()
    for role, light in LIGHT.items():
        assert f"  --{role}: light-dark({light}, {DARK[role]});" in text
        assert f".f-{role} {{ fill: var(--{role}); }}" in text
    assert "http" not in text
    assert "@import" not in text
    assert "url(" not in text


def test_the_style_sheet_may_be_kept_under_its_name_only(web: Web) -> None:
    kept = web.client.get(sheet_path())
    assert (kept.status_code, kept.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert web.client.get("/static/guardian-0000.css").status_code == 404
    assert sheet_path() in web.client.get("/login").text


@pytest.mark.parametrize("file", sorted(TEMPLATES.glob("*.html")), ids=lambda file: file.name)
def test_no_template_has_script_or_style_of_its_own(file: Path) -> None:
    text = file.read_text()
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:|\|\s*safe", text)


def page(web: Web, path: str, who: str = ANA) -> str:
    answer = web.client.get(path, headers={"Accept": "text/html", **web.cookie(who)})
    assert answer.status_code == 200
    return answer.text


def test_a_team_that_is_too_small_is_named_as_such(web: Web) -> None:
    assert ">edge</a>" in page(web, "/", BEN)
    team = page(web, "/teams/edge", BEN)
    assert f"hidden: fewer than {web.guardian.engine.min_group} people" in team
    assert "<svg class" not in team


def test_an_unknown_filter_is_said_in_words(web: Web) -> None:
    for path in ("/me?week=soon", "/me?only=everything", "/decisions?week=2026-99", "/meetings/*"):
        answer = web.client.get(path, headers={"Accept": "text/html", **web.cookie(ANA)})
        assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8"), path


def test_a_notice_is_ours_and_never_what_the_address_says(web: Web) -> None:
    where = f"/decisions/{web.decision_of(ANA)}"
    assert "Taken back" in page(web, f"{where}?done=undone")
    assert "hostile" not in page(web, f"{where}?done=hostile")


def test_no_page_leads_to_what_its_reader_may_not_see(web: Web) -> None:
    """A token that reads sums only may not look at decisions: neither the navigation nor the policy leads there."""
    logged_in = web.client.post(
        "/login", data={"token": web.secrets["read"]}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    cookie = {"Cookie": logged_in.headers["set-cookie"].partition(";")[0]}
    for path in ("/", "/policy", "/candidates", "/health"):
        answer = web.client.get(path, headers={"Accept": "text/html", **cookie})
        assert answer.status_code == 200
        assert 'href="/decisions' not in answer.text, path
    assert 'href="/decisions' in page(web, "/policy")


NOTE = "Outlook took the declined copy off the calendar"


def test_why_comes_before_what_became_of_it() -> None:
    """An act that is settled leaves a note, which hides neither on the pages nor in the interface why it was done."""
    with house() as web:
        ledger, now = web.guardian.store.ledger, web.town.clock()
        run = Run(ulid(now, bytes(10)), now, now, "sha256:1", dry_run=False)
        planned = go(meeting(5, mailbox=ANA))
        ledger.start_run(run)
        ledger.record(run.id, plan(planned), now, mailboxes=())
        leased = ledger.lease(planned.action.key, web.guardian.engine.owner, now)
        assert leased is not None
        assert ledger.settle(leased, "done", NOTE, now)
        made = next(row for row in ledger.decisions(mailbox=ANA) if row.action_key == planned.action.key)
        because = made.decision.reason
        for path in ("/decisions", f"/decisions/{made.id}"):
            told = unescape(page(web, path))
            assert 0 < told.index(because) < told.index(NOTE)
        body = web.client.get(f"/api/v1/decisions/{made.id}", headers=web.headers("admin")).json()
        assert (body["because"], body["reason"]) == (because, NOTE)


def test_a_policy_admin_is_told_no_count_about_few_people() -> None:
    """A rule may be for one person alone: what it did would be that person's."""
    with house() as web:
        assert not re.search(r"\d+ decline", page(web, "/policy", POLICY_ADMIN))
        now = web.town.clock()
        run = Run(ulid(now, bytes(10)), now, now, "sha256:1", dry_run=False)
        web.guardian.store.ledger.start_run(run)
        declined = plan(*(go(meeting(5, mailbox=person)) for person in CROWD[:5]))
        web.guardian.store.ledger.record(run.id, declined, now, mailboxes=())
        assert re.search(r"\d+ decline", page(web, "/policy", POLICY_ADMIN))


def test_an_operator_reads_no_title_anywhere(web: Web) -> None:
    for path in ("/", "/decisions", f"/decisions/{web.decision_of(ANA)}", "/health", "/candidates", "/policy"):
        assert CANARY not in page(web, path, OPERATOR)


def test_the_filter_of_decisions_pages_on(web: Web) -> None:
    every = page(web, "/decisions")
    assert f"{CANARY} {ANA}" in every
    assert BEN not in every
    assert "No decision fits." in page(web, "/decisions?rule=none")


def test_leaving_asks_twice(web: Web) -> None:
    asked = page(web, "/me/data/leave", EDGE[1])
    assert re.search(r"<strong>\d+ entr", asked)
    headers = {"Accept": "text/html", **web.cookie(EDGE[1])}
    assert web.client.post("/me/data/leave", headers=headers).status_code == 422
    left = web.client.post("/me/data/leave", headers=headers, data={"sure": "yes"})
    assert (left.status_code, "You left" in left.text) == (200, True)
    assert web.client.get("/me/data", headers=headers).status_code == 303


def group(week: str, moved: int, focus: int) -> GroupWeek:
    return GroupWeek(
        scope="org",
        week=week,
        people=10,
        moved=moved,
        available_minutes=24_000,
        focus_minutes=focus,
        meeting_minutes=600,
    )


@pytest.mark.parametrize(("moved", "told"), [(0, True), (1, False), (4, False), (5, True)])
def test_no_change_is_told_where_few_people_came_or_left(moved: int, told: bool) -> None:
    numbers = list(of_group(group("2026-W47", moved, 12_000), [group("2026-W46", 0, 9_000)], None, 5))
    assert numbers[0].value == "20.0 h"
    assert ("+5.0 h against the week before" in numbers[0].note) is told


WORDS = [
    (hours(990), "16.5 h"),
    (hours(None), "–"),
    (change(126), "+2.1 h"),
    (change(-30), "−0.5 h"),
    (change(-1), "±0 h"),
    (percent(0.246), "25%"),
    (money(6800, "EUR"), "EUR 6,800"),
    (clock("2026-11-24T09:00:00Z", "Europe/Berlin"), "Tue 24 Nov 2026, 10:00"),
    (clock("2026-11-24", "Europe/Berlin"), "2026-11-24"),
    (age(None), "never"),
    (age(30), "just now"),
    (age(7300), "2 h"),
    (counted(1, "entry", "entries"), "1 entry"),
    (counted(2, "person", "people"), "2 people"),
]


@pytest.mark.parametrize(("told", "expected"), WORDS, ids=[expected for _, expected in WORDS])
def test_words(told: str, expected: str) -> None:
    assert told == expected


def test_the_week_of_the_numbers_is_shown(web: Web) -> None:
    assert f"Week {WEEK}" in page(web, "/")
