from collections.abc import Iterator

import pytest

from tests.engine.town import Town, town


@pytest.fixture
def place() -> Iterator[Town]:
    """The town with its policy in force."""
    with town() as opened:
        yield opened
