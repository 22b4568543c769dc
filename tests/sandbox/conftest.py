from collections.abc import Iterator

import pytest

from tests.sandbox.graph_office import GraphOffice, graph_office
from tests.sandbox.office import Office, office


@pytest.fixture
def desk() -> Iterator[Office]:
    with office() as opened:
        yield opened


@pytest.fixture
def graph() -> Iterator[GraphOffice]:
    with graph_office() as opened:
        yield opened
