"""A real Chromium for tests, driven by Playwright. Where there is none the test is skipped, unless GUARDIAN_TEST_REQUIRE names
`browser`."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
"""axe-core, which finds what people with assistive technology could not use."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine, closed at the end of the block."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        if "browser" in os.environ.get("GUARDIAN_TEST_REQUIRE", "").split(","):
            pytest.fail("a browser is required, and no Chromium is on the path")
        pytest.skip("no Chromium on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
