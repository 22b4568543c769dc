"""Somebody who left stays away while the roster file still names them, and may come back once it did not."""

from guardian.model.ids import tombstone
from guardian.model.people import Person
from guardian.store.database import SqlStore
from tests.store_world import ANA, BEN, NOW

ANAS, BENS = Person(ANA, "google", "Ana Ruiz"), Person(BEN, "google")


def test_a_line_that_stays_does_not_enrol_again(store: SqlStore) -> None:
    store.registry.save_people([ANAS, BENS])
    store.facts.forget(ANA, NOW)
    store.registry.save_people([ANAS, BENS])
    assert store.registry.people() == [BENS]
    assert store.registry.departed() == {tombstone(ANA)}


def test_the_mark_goes_with_the_line(store: SqlStore) -> None:
    store.facts.forget(ANA, NOW)
    store.facts.forget(BEN, NOW)
    store.registry.save_people([ANAS])
    assert store.registry.departed() == {tombstone(ANA)}
    store.registry.save_people([])
    assert store.registry.departed() == frozenset()
    store.registry.save_people([ANAS, BENS])
    assert store.registry.people() == [ANAS, BENS]


def test_leaving_twice_leaves_one_mark(store: SqlStore) -> None:
    store.facts.forget(ANA, NOW)
    store.facts.forget(ANA, NOW)
    assert store.registry.departed() == {tombstone(ANA)}
