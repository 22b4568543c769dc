from collections.abc import Iterator

import pytest

from tests.sandbox.office import Office, office


@pytest.fixture
def desk() -> Iterator[Office]:
    with office() as opened:
        yield opened
