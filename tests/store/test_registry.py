"""Policies, enforced moments, roster, tokens."""

from dataclasses import replace

import pytest

from guardian.errors import InputError
from guardian.model.people import Person
from guardian.ports import StoredPolicy, Token
from guardian.store.database import SqlStore
from tests.store_world import ANA, BEN, NOW, later

POLICY = StoredPolicy("sha256:1", {"policies.yaml": "version: 1 # né\n", "b.yaml": ""}, NOW)


def test_a_policy_keeps_its_first_moment_and_its_acceptance(store: SqlStore) -> None:
    store.registry.save_policy(POLICY)
    store.registry.accept_policy("sha256:1", "olga", later(1))
    store.registry.save_policy(replace(POLICY, source={}, first_seen=later(5)))
    assert store.registry.policy("sha256:1") == replace(POLICY, accepted_at=later(1))
    assert store.registry.policy("sha256:2") is None
    assert [(e.actor, e.key, e.what) for e in store.ledger.audit()] == [("olga", "sha256:1", "policy accepted")]


def test_the_last_good_policy_is_the_one_accepted_last(store: SqlStore) -> None:
    for number in (1, 2, 3):
        store.registry.save_policy(replace(POLICY, version=f"sha256:{number}", first_seen=later(number)))
    store.registry.accept_policy("sha256:1", "olga", later(4))
    store.registry.accept_policy("sha256:2", "olga", later(5))
    store.registry.accept_policy("sha256:1", "olga", later(6))
    assert [p.version for p in store.registry.accepted_policies()] == ["sha256:1", "sha256:2"]


def test_a_policy_nobody_has_seen_cannot_be_accepted(store: SqlStore) -> None:
    with pytest.raises(InputError, match="sha256:9"):
        store.registry.accept_policy("sha256:9", "olga", NOW)
    assert store.ledger.audit() == []


def test_a_rule_counts_from_its_first_unbroken_moment(store: SqlStore) -> None:
    registry = store.registry
    registry.enforcing(ANA, {"focus": "f1", "free-day": "d1"}, NOW)
    registry.enforcing(ANA, {"focus": "f2", "free-day": "d1"}, later(10))
    registry.enforcing(ANA, {"focus": "f1"}, later(20))
    assert registry.enforced_since(ANA) == {"f1": NOW, "f2": later(10)}
    registry.enforcing(ANA, {"focus": "f1", "free-day": "d1"}, later(30))
    assert registry.enforced_since(ANA) == {"f1": NOW, "f2": later(10), "d1": later(30)}
    registry.enforcing(BEN, {"focus": "f1"}, later(40))
    registry.enforcing(ANA, {}, later(50))
    assert registry.enforced_since(ANA) == {}
    assert registry.enforced_since(BEN) == {"f1": later(40)}


def test_the_roster_is_what_was_saved_last(store: SqlStore) -> None:
    ana = Person(ANA, "google", "Ana Ruiz", "Europe/Madrid", manager=True, band="B")
    ben = Person(BEN, "ics")
    store.registry.save_people([ben, ana])
    assert store.registry.people() == [ana, ben]
    store.registry.save_people([replace(ana, band=None)])
    assert store.registry.people() == [replace(ana, band=None)]
    store.registry.save_people([])
    assert store.registry.people() == []


def test_somebody_who_comes_back_starts_at_a_moment_of_their_own(store: SqlStore) -> None:
    ana, ben = Person(ANA, "google"), Person(BEN, "google")
    store.registry.save_people([ana, ben])
    for email in (ANA, BEN):
        store.registry.enforcing(email, {"focus": "f1"}, NOW)
    store.registry.save_people([ben])
    store.registry.save_people([ana, ben])
    store.registry.enforcing(ANA, {"focus": "f1"}, later(60))
    assert store.registry.enforced_since(ANA) == {"f1": later(60)}
    assert store.registry.enforced_since(BEN) == {"f1": NOW}


def test_a_token_is_found_by_digest_until_it_is_revoked(store: SqlStore) -> None:
    token = Token("01J1", "dashboard", ("read", "act"), ANA, NOW)
    other = Token("01J2", "ci", ("read",), None, later(1))
    store.registry.add_token(token, "digest-1")
    store.registry.add_token(other, "digest-2")
    assert store.registry.token("digest-1") == token
    assert store.registry.token("digest-3") is None
    assert store.registry.revoke_token("01J1", later(2))
    assert not store.registry.revoke_token("01J1", later(3))
    assert store.registry.token("digest-1") is None
    assert store.registry.tokens() == [replace(token, revoked_at=later(2)), other]
