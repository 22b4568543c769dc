from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.office import Office
from tests.browser.office import office as opened
from tests.chromium import chromium


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Ends with the tests of this folder: as long as it runs, nothing else can have an event loop in this thread."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="package")
def office(browser: Browser) -> Iterator[Office]:
    """One server for all; asked for after the browser, so that nothing is built where there is none."""
    with opened() as found:
        yield found
