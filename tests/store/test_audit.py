"""The journal is read from its end, page by page, and nothing that comes in meanwhile disturbs a page."""

from guardian.store.database import SqlStore
from tests.store_world import ANA, NOW, later


def test_pages_go_back_to_the_first_entry(store: SqlStore) -> None:
    for number in range(5):
        store.ledger.log(ANA, f"key {number}", "tried", "", later(number))
    first = store.ledger.journal(limit=2)
    store.ledger.log(ANA, "meanwhile", "tried", "", later(9))
    rest = store.ledger.journal(before=first[-1].seq, limit=10)
    assert [entry.key for entry in first + rest] == [f"key {number}" for number in (4, 3, 2, 1, 0)]
    assert store.ledger.journal(limit=1)[0].key == "meanwhile"
    assert store.ledger.journal(before=rest[-1].seq) == []
    assert store.ledger.journal(limit=100) == store.ledger.audit()[::-1]


def test_an_empty_journal(store: SqlStore) -> None:
    assert store.ledger.journal() == []
    store.ledger.log(ANA, "key", "tried", "", NOW)
    assert store.ledger.journal(before=2**62) != []
