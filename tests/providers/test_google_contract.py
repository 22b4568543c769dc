from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.providers.contract import ProviderContract
from tests.providers.google_world import GoogleWorld, google_world


class TestGoogle(ProviderContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> Iterator[GoogleWorld]:
        with google_world(tmp_path) as world:
            yield world
