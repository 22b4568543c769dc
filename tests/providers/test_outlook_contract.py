from collections.abc import Iterator

import pytest

from tests.providers.contract import ANA, BEN, ProviderContract
from tests.providers.outlook_world import OutlookWorld, outlook_world


class TestOutlook(ProviderContract):
    """In mailboxes that keep what they decline; what happens in the others is in the tests of writing."""

    @pytest.fixture
    def world(self) -> Iterator[OutlookWorld]:
        with outlook_world() as world:
            world.keeps_declined(ANA, BEN)
            yield world
