from collections.abc import Iterator

import pytest

from tests.engine.town import Town, town
from tests.engine.village import Village, village_at


@pytest.fixture
def place() -> Iterator[Town]:
    """The town with its policy in force."""
    with town() as opened:
        yield opened


@pytest.fixture
def village() -> Iterator[Village]:
    """Everybody on Outlook, the policy in force, the calendars read once."""
    with village_at() as opened:
        yield opened
