"""Every page in a real browser: nothing that assistive technology could not use, in light and dark; no error and no violation of
the content policy; never wider than the narrowest phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from guardian.model.time import Week
from guardian.reports.links import meeting_path
from tests.browser.office import Office, Visit, visit
from tests.chromium import AXE
from tests.engine.town import ANA
from tests.web.house import AUDITOR, OPERATOR

PAGES = (
    "/", "/teams/core", "/teams/edge", "/me", "/me?week=2026-W48&only=declined", "/me?week=2030-W01", "/decisions",
    "/decisions?outcome=tentative", "/decision", "/meeting", "/candidates", "/candidates?scope=org", "/policy", "/health",
    "/methods", "/me/data", "/me/data/leave", "/nowhere",
)  # fmt: skip
AXE_RUN = """async () => {
  const found = await axe.run(document, {preload: false, resultTypes: ["violations"]});
  return found.violations.map(v => v.id + ": " + v.help + " at " + v.nodes.map(n => n.target.join(" ")).join(", "));
}"""


def path(office: Office, name: str) -> str:
    """`/decision` and `/meeting` stand for one with a hostile title."""
    if name == "/decision":
        return f"/decisions/{office.decision(10)}"
    if name == "/meeting":
        return meeting_path(str(office.place.decision(office.events[10]).decision.occurrence.meeting))
    return name


@pytest.fixture(scope="module", params=["light", "dark"])
def eyes(request: pytest.FixtureRequest, browser: Browser, office: Office) -> Iterator[Visit]:
    with visit(browser, office, color_scheme=request.param) as found:
        yield found


def examine(found: Visit, where: str) -> None:
    """Nothing that axe finds, nothing on the console; a page that is not there says so on the console by itself."""
    found.complaints.clear()
    status = found.go(where)
    assert status == (404 if where in ("/nowhere", "/teams/edge") else 200)
    found.page.evaluate(AXE)
    assert found.page.evaluate(AXE_RUN) == []
    missing = f"{found.url}{where}: Failed to load resource: the server responded with a status of 404 (Not Found)"
    assert [words for words in found.complaints if words != missing] == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wrong(eyes: Visit, office: Office, name: str) -> None:
    examine(eyes, path(office, name))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wrong_before_the_login_and_for_other_roles(browser: Browser, office: Office, scheme: str) -> None:
    with visit(browser, office, None, color_scheme=scheme) as found:
        examine(found, "/login")
    for who, pages in ((OPERATOR, ("/", "/health", "/decisions", "/decision")), (AUDITOR, ("/journal", "/decision"))):
        with visit(browser, office, who, color_scheme=scheme) as found:
            for name in pages:
                examine(found, path(office, name))


def test_no_page_is_wider_than_a_phone(browser: Browser, office: Office) -> None:
    with visit(browser, office, ANA, viewport={"width": 360, "height": 740}) as found:
        for name in (*PAGES, f"/me?week={Week(2026, 48)}"):
            found.go(path(office, name))
            width = found.page.evaluate("document.documentElement.scrollWidth")
            assert width <= 360, name


def test_dark_is_dark_and_light_is_light(browser: Browser, office: Office) -> None:
    for scheme, dark in (("light", False), ("dark", True)):
        with visit(browser, office, ANA, color_scheme=scheme) as found:
            found.go("/me?week=2026-W48")
            paper = found.page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
            ink = found.page.evaluate("getComputedStyle(document.querySelector('svg.chart text')).fill")
            assert (_brightness(paper) < 128, _brightness(ink) < 128) == (dark, not dark)


def _brightness(colour: str) -> float:
    parts = [float(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    return sum(parts) / 3
