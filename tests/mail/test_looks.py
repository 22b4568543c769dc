"""The mail in a real browser: readable in light and dark, on a phone, and with everything taken away that mail programs take."""

import base64
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

from guardian.mail.compose import html_of
from guardian.mail.picture import png_of
from guardian.model.mail import MailKind
from guardian.reports.charts import STANDALONE, Part, bars
from guardian.reports.charts import Bar as Column
from guardian.reports.letter import Letter
from guardian.reports.palette import contrast
from tests.mail.letters import group, letter

CHROMIUM = "/usr/bin/chromium"

TEXTS = """() => {
  const colour = (c) => c.match(/[\\d.]+/g).map(Number);
  const paper = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const c = colour(getComputedStyle(at).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent.trim()).join(' ').trim();
    if (!own || own === '\\u00a0' || node.closest('style')) continue;
    found.push({text: own, ink: colour(getComputedStyle(node).color).slice(0, 3), paper: paper(node)});
  }
  return found;
}"""

BARS = "() => [...document.querySelectorAll('td[height=\"14\"]')].map(td => [td.bgColor, td.getBoundingClientRect().width])"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Skips where there is none, unless GUARDIAN_TEST_REQUIRE names `browser`."""
    required = "browser" in os.environ.get("GUARDIAN_TEST_REQUIRE", "").split(",")
    if not Path(CHROMIUM).exists() and not required:
        pytest.skip(f"no browser at {CHROMIUM}")
    with sync_playwright() as playwright:
        try:
            found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        except Error as error:
            if required:
                raise
            pytest.skip(f"the browser does not start: {str(error).splitlines()[0]}")
        yield found
        found.close()


def picture() -> str:
    svg = bars("Week", "words", [Column("Mon", (Part("meetings", "meeting", 2.0),))], look=STANDALONE)
    return "data:image/png;base64," + base64.b64encode(png_of(svg)).decode()


def shown(made: Letter) -> str:
    return html_of(made, "picture", "The week in words").replace("cid:picture", picture())


def page_of(browser: Browser, html: str, **context: Any) -> Any:
    page = browser.new_page(**{"viewport": {"width": 760, "height": 900}, **context})
    page.set_content(html)
    return page


def hexed(colour: list[float]) -> str:
    return "#" + "".join(f"{round(channel):02x}" for channel in colour)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["person", "team"])
def test_every_word_can_be_read(browser: Browser, scheme: str, kind: str) -> None:
    made = letter() if kind == "person" else letter(kind=MailKind.TEAM, name="platform", now=group(), before=())
    page = page_of(browser, shown(made), color_scheme=scheme)
    texts = page.evaluate(TEXTS)
    faint = [t for t in texts if contrast(hexed(t["ink"]), hexed(t["paper"])) < 4.5]
    assert len(texts) > 30
    assert faint == []
    dark_paper = hexed(page.evaluate(TEXTS)[0]["paper"]) == "#1b1d21"
    assert dark_paper is (scheme == "dark"), "the dark colours are really used"
    assert page.evaluate("() => document.querySelector('img').naturalWidth") == 760
    page.close()


def test_it_fits_on_a_phone(browser: Browser) -> None:
    page = page_of(browser, shown(letter()), viewport={"width": 360, "height": 740})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
    page.close()


def test_bars_and_numbers_stay_without_images_and_styles(browser: Browser) -> None:
    made = replace(letter(), unread=())
    bare = re.sub(r"<style.*?</style>", "", html_of(made, "picture", "The week in words"), flags=re.DOTALL)
    page = page_of(browser, re.sub(r' (style|class)="[^"]*"', "", bare))
    widths = page.evaluate(BARS)
    assert len({colour for colour, _ in widths if colour}) == 3
    assert len({round(width) for _, width in widths}) > 5, "bars of different lengths"
    words = page.evaluate("() => document.body.innerText")
    for figure in made.figures:
        assert figure.value in words
    page.close()
