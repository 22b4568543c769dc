"""What people do on the pages, from the click to the calendar: with a mouse, with keys alone, without scripts."""

from playwright.sync_api import Browser, Page

from tests.browser.office import ANA, BEN, HOSTILE, Office, visit
from tests.web.house import OPERATOR


def test_whoever_is_not_logged_in_logs_in_and_comes_back(browser: Browser, office: Office) -> None:
    with visit(browser, office, None) as found:
        found.go("/decisions?state=done")
        assert found.page.url.endswith("/login?next=%2Fdecisions%3Fstate%3Ddone")
        found.page.select_option("#person", ANA)
        found.page.click("form[action='/login/demo'] button")
        found.page.wait_for_url(f"{office.url}/decisions?state=done")
        found.page.click("text=Log out")
        found.page.wait_for_url(f"{office.url}/login")
        found.go("/me")
        assert "/login" in found.page.url


def test_the_filter_shows_what_fits(browser: Browser, office: Office) -> None:
    with visit(browser, office) as found:
        found.go("/decisions")
        everything = found.page.locator("tbody tr").count()
        found.page.select_option("#f-outcome", "decline")
        found.page.fill("#f-week", "2026-W48")
        found.page.click("text=Filter")
        found.page.wait_for_url("**outcome=decline**")
        rows = found.page.locator("tbody tr")
        assert 0 < rows.count() < everything
        assert {words.strip() for words in rows.locator("td:nth-child(2)").all_inner_texts()} == {"decline"}
        assert found.page.input_value("#f-week") == "2026-W48"
        found.page.fill("#f-week", "2031-W01")
        found.page.keyboard.press("Enter")
        found.page.wait_for_selector(".empty")


def test_undo_reaches_the_calendar(browser: Browser, office: Office) -> None:
    event = office.events[9]
    assert office.place.answer_of(event) == "declined"
    with visit(browser, office) as found:
        _undo_vendor_pitch(found.page, office)
    assert office.place.answer_of(event) == "needsAction"


def _undo_vendor_pitch(page: Page, office: Office) -> None:
    page.goto(f"{office.url}/decisions")
    page.click("tbody tr:has-text('Vendor pitch') button:has-text('Undo')")
    page.wait_for_url("**done=undone")
    assert "Taken back" in page.inner_text("[role=status]")
    assert "undone" in page.inner_text("main")
    assert page.locator("main button").count() == 0


def test_without_scripts_everything_works_too(browser: Browser, office: Office) -> None:
    event = office.events[11]
    with visit(browser, office, None, java_script_enabled=False) as found:
        found.go("/login")
        found.page.select_option("#person", ANA)
        found.page.click("form[action='/login/demo'] button")
        found.go("/me?week=2026-W48")
        assert found.page.locator("svg.chart").count() == 2
        found.go("/decisions")
        found.page.click("tbody tr:has-text('Status call') button:has-text('Undo')")
        assert "Taken back" in found.page.inner_text("[role=status]")
    assert office.place.answer_of(event) == "needsAction"


def test_with_keys_alone(browser: Browser, office: Office) -> None:
    event = office.events[12]
    with visit(browser, office) as found:
        page = found.page
        found.go("/decisions")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent").startswith("Undo: decline, Quick sync"):
                break
        shown = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert shown == "solid"
        page.keyboard.press("Enter")
        page.wait_for_url("**done=undone")
    assert office.place.answer_of(event) == "needsAction"


def test_what_is_not_ones_own_does_not_exist(browser: Browser, office: Office) -> None:
    with visit(browser, office, BEN) as found:
        for path in (
            f"/decisions/{office.decision(10)}",
            f"/people/{ANA}",
            "/teams/core",
            f"/candidates?scope=person:{ANA}",
        ):
            assert found.go(path) == 404
            assert "there is no such" in found.page.inner_text("main").lower()
            assert HOSTILE not in found.page.content()


def test_an_operator_sees_no_title_and_says_why(browser: Browser, office: Office) -> None:
    with visit(browser, office, OPERATOR) as found:
        found.go(f"/decisions/{office.decision(13)}")
        assert "(title not shown)" in found.page.inner_text("h1")
        assert "Second vendor" not in found.page.content()
        found.page.click("button:has-text('Undo')")
        assert found.page.evaluate("document.activeElement.name") == "reason", "the browser asks for the reason"
        found.page.fill("[name=reason]", "Ana called")
        found.page.click("button:has-text('Undo')")
        found.page.wait_for_url("**done=undone")
    assert office.place.answer_of(office.events[13]) == "needsAction"
    reasons = [entry.reason for entry in office.place.store.ledger.audit() if entry.what == "reason given"]
    assert reasons == ["Ana called"]


def test_a_hostile_title_is_words(browser: Browser, office: Office) -> None:
    with visit(browser, office) as found:
        for path in ("/decisions", "/me?week=2026-W48", f"/decisions/{office.decision(10)}"):
            found.go(path)
            assert found.page.locator("main img").count() == 0
            assert "<img src=x onerror=alert(1)>" in found.page.inner_text("main")
            assert "\u202e" not in found.page.inner_text("main")
        assert found.complaints == []


def test_the_week_prints(browser: Browser, office: Office) -> None:
    with visit(browser, office, color_scheme="dark") as found:
        found.go("/me?week=2026-W48")
        pdf = found.page.pdf(format="A4", print_background=True)
        assert pdf.startswith(b"%PDF-")
        assert len(pdf) > 10_000
        found.page.emulate_media(media="print")
        assert not found.page.is_visible("nav")
        assert found.page.is_visible("svg.chart")
        assert found.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_a_number_leads_to_its_meetings(browser: Browser, office: Office) -> None:
    with visit(browser, office) as found:
        found.go("/me?week=2026-W48")
        found.page.click("dt:has-text('Two meetings at once') + dd a")
        found.page.wait_for_url("**only=clashes**")
        assert found.page.locator("tbody tr:has(.badge)").count() == 2
        found.page.click("tbody th a >> nth=0")
        assert "People's time" in found.page.inner_text("main")


def test_lost_focus_leads_to_what_took_it_and_free_time_to_its_days(browser: Browser, office: Office) -> None:
    with visit(browser, office) as found:
        found.go("/me?week=2026-W48")
        found.page.click("dt:has-text('Focus windows kept') + dd a")
        found.page.wait_for_url("**only=windows**")
        told = found.page.inner_text("section:has(#table)")
        assert "Payments are down" in told
        assert "onerror" not in told, "it was declined, and no other test takes that back"
        assert "Other planning" not in told, "it lies outside"
        assert found.page.get_attribute("dt:has-text('Left for focus') + dd a", "href") == "/me?week=2026-W48#by-day"


def test_data_can_be_taken_along(browser: Browser, office: Office) -> None:
    with visit(browser, office) as found:
        found.go("/me/data")
        with found.page.expect_download() as coming:
            found.page.click("text=Take it along")
        assert coming.value.suggested_filename == "calendar-guardian-2026-11-23.json"
        assert ANA in coming.value.path().read_text()
