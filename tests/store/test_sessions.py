"""Sessions, delegates and the installation's own secrets, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any

from guardian.model.sessions import Session
from guardian.ports import Token
from guardian.store.database import SqlStore
from tests.store_world import ANA, BEN, NOW, later

HOUR = timedelta(hours=1)


def session(digest: str = "d1", person: str | None = ANA, minutes: float = 0, **more: Any) -> Session:
    """Begun so many minutes from now, good for an hour."""
    begin = later(minutes)
    return Session(digest, begin, begin, begin + HOUR, person, **more)


def test_a_session_is_read_back_as_it_was(store: SqlStore) -> None:
    for made in (
        session(),
        session("d2", None, token="01T"),
        session("d3", None, detail={"state": "s", "target": "/é\x00"}),
    ):
        store.sessions.add_session(made)
        found = store.sessions.session(made.digest, NOW)
        assert found is not None
        assert found.under_way == (made.digest == "d3")
        assert (found.person, found.token, found.expires_at) == (made.person, made.token, made.expires_at)
    assert store.sessions.session("d3", NOW) == session("d3", None, detail={"state": "s", "target": "/é�"})
    assert store.sessions.session("none", NOW) is None
    assert store.sessions.session("x" * 5000 + "\x00", NOW) is None


def test_it_ends_at_its_very_end(store: SqlStore) -> None:
    store.sessions.add_session(session())
    assert store.sessions.session("d1", NOW + HOUR - timedelta(microseconds=1)) is not None
    assert store.sessions.session("d1", NOW + HOUR) is None
    assert store.sessions.take_session("d1", NOW + HOUR) is None


def test_what_expired_goes_when_somebody_else_comes(store: SqlStore) -> None:
    store.sessions.add_session(session())
    store.sessions.add_session(session("d2", BEN, minutes=60))
    assert store.sessions.session("d1", NOW) is None
    assert store.sessions.session("d2", later(60)) is not None


def test_its_use_is_noted(store: SqlStore) -> None:
    store.sessions.add_session(session())
    store.sessions.seen("d1", later(5))
    found = store.sessions.session("d1", later(6))
    assert found is not None
    assert (found.seen_at, found.created_at) == (later(5), NOW)


def test_one_or_all_of_a_person_end(store: SqlStore) -> None:
    for number, person in enumerate((ANA, ANA, BEN)):
        store.sessions.add_session(session(f"d{number}", person))
    assert (store.sessions.end_session("d0"), store.sessions.end_session("d0")) == (True, False)
    assert store.sessions.end_sessions(ANA) == 1
    assert store.sessions.session("d1", NOW) is None
    assert store.sessions.session("d2", NOW) is not None


def test_of_many_that_take_it_one_gets_it(store: SqlStore) -> None:
    store.sessions.add_session(session(person=None, detail={"state": "s"}))
    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(lambda _: store.sessions.take_session("d1", NOW), range(8)))
    assert len([one for one in taken if one is not None]) == 1


def test_delegates(store: SqlStore) -> None:
    assert store.sessions.add_delegate(ANA, BEN, NOW)
    assert not store.sessions.add_delegate(ANA, BEN, later(1))
    assert (store.sessions.delegates(ANA), store.sessions.principals(BEN)) == ([BEN], [ANA])
    assert (store.sessions.delegates(BEN), store.sessions.principals(ANA)) == ([], [])
    assert (store.sessions.remove_delegate(BEN, ANA), store.sessions.remove_delegate(ANA, BEN)) == (False, True)
    assert store.sessions.delegates(ANA) == []


def test_a_key_is_made_once_whoever_asks_at_the_same_time(store: SqlStore) -> None:
    numbers = count()
    with ThreadPoolExecutor(4) as threads:
        found = set(threads.map(lambda _: store.sessions.key("links", lambda: f"secret {next(numbers)}"), range(8)))
    assert len(found) == 1
    assert store.sessions.key("links", lambda: "another") in found
    assert store.sessions.key("other", lambda: "another") == "another"


def test_who_is_forgotten_has_no_session_and_is_nobodys_delegate(store: SqlStore) -> None:
    store.sessions.add_session(session())
    store.sessions.add_session(session("d2", BEN))
    store.sessions.add_delegate(ANA, BEN, NOW)
    store.sessions.add_delegate(BEN, ANA, NOW)
    store.facts.forget(ANA, NOW)
    assert store.sessions.session("d1", NOW) is None
    assert store.sessions.session("d2", NOW) is not None
    assert [store.sessions.delegates(who) + store.sessions.principals(who) for who in (ANA, BEN)] == [[], []]


def test_a_token_is_found_by_its_id_while_it_lives(store: SqlStore) -> None:
    token = Token("01T", "laptop", ("read",), ANA, NOW)
    store.registry.add_token(token, "digest")
    assert store.registry.token_with_id("01T") == token
    assert store.registry.token_with_id("02T") is None
    store.registry.revoke_token("01T", NOW)
    assert store.registry.token_with_id("01T") is None
