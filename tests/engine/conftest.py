from collections.abc import Iterator

import pytest

from guardian.model.people import Person
from guardian.store.database import SqlStore, open_store
from tests.engine.reporting_world import CORE, EDGE, NOW, PEOPLE, WEEK, weigh
from tests.engine.town import Town, fresh_database, quick_folder, town
from tests.engine.village import Village, village_at
from tests.store.test_rollups import Desk


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


@pytest.fixture
def store() -> Iterator[SqlStore]:
    with quick_folder() as folder:
        opened = open_store(fresh_database(folder))
        yield opened
        opened.close()


@pytest.fixture
def desk(store: SqlStore) -> Desk:
    """Six people in `core`, two in `edge`; everybody had an hour of meetings and half an hour of overlaps."""
    found = Desk(store, [Person(email, "google") for email in PEOPLE], {"core": CORE, "edge": EDGE}, NOW)
    found.refresh()
    weigh(found, WEEK, meeting_minutes=60, overbooked_minutes=30, available_minutes=2400)
    return found
