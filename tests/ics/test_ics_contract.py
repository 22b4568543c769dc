"""The folder of `.ics` files keeps what every calendar provider promises."""

from pathlib import Path

import pytest

from tests.ics.ics_world import IcsWorld
from tests.providers.contract import ProviderContract, ProviderWorld


class TestIcsProvider(ProviderContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> ProviderWorld:
        return IcsWorld(tmp_path)
