"""Somebody is told everything that is held about them, and nothing with which to pass for them."""

import json

import pytest

from guardian.engine.export import export_person
from guardian.errors import InputError
from guardian.store.database import SqlStore
from guardian.store.forget import OWNED
from tests.store.test_forget import NONCE, SECRET, fill
from tests.store.test_rollups import Desk
from tests.store_world import ANA, BEN, NOW


def test_every_table_that_holds_something_is_told(store: SqlStore) -> None:
    fill(store)
    body = export_person(Desk(store).engine(), f" {ANA.upper()} ")
    assert (body["schema"], body["person"], body["exported_at"]) == ("guardian.person/1", ANA, "2026-11-22T09:00:00Z")
    held = body["held"]
    assert set(held) >= {table.name for table, _ in OWNED} | {"decisions", "journal"}
    (occurrence,) = held["occurrences"]
    assert (occurrence["document"]["title"], occurrence["start"]) == (f"{SECRET} 2", "2026-11-22T10:00:00Z")
    assert len(held["versions"]) == 2
    assert held["weeks"][0]["teams"] == []
    assert {row["document"]["outcome"] for row in held["decisions"]} == {"decline"}
    assert {entry["what"] for entry in held["journal"]} >= {"done", "veto", "person left"}
    assert {row["delegate"] for row in held["delegates"]} == {ANA, BEN}
    assert json.loads(json.dumps(body)) == body


def test_no_secret_and_nothing_of_colleagues_is_in_it(store: SqlStore) -> None:
    fill(store)
    text = json.dumps(export_person(Desk(store).engine(), ANA))
    for stranger in (NONCE, "digest", "uid-2@acme.example", "Colleagues"):
        assert stranger not in text


def test_that_it_was_asked_for_is_journalled(store: SqlStore) -> None:
    fill(store)
    export_person(Desk(store).engine(), ANA, "the person")
    last = store.ledger.audit()[-1]
    assert (last.actor, last.key, last.what) == ("the person", ANA, "data exported")


def test_about_a_stranger_nothing_is_held(store: SqlStore) -> None:
    with pytest.raises(InputError, match="nothing is held about nobody"):
        export_person(Desk(store).engine(), "nobody@acme.example")
    assert store.ledger.audit() == []


def test_after_leaving_only_the_mark_is_left(store: SqlStore) -> None:
    fill(store)
    store.facts.forget(ANA, NOW)
    assert set(store.upkeep.held(ANA)) == {"departed"}
