from collections.abc import Iterator

import pytest

from tests.web.house import Web, house


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    """One house for all tests of a module: they do not change what others look at."""
    with house() as built:
        yield built
