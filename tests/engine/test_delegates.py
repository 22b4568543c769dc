"""Whom people let see their own pages, and what the journal keeps of it."""

from collections.abc import Iterator

import pytest

from guardian.engine.delegates import drop_delegate, name_delegate
from guardian.errors import InputError
from tests.engine.town import ANA, BEN, RUI, Town, town


@pytest.fixture
def place() -> Iterator[Town]:
    with town() as found:
        yield found


def journal(place: Town) -> list[tuple[str, str, str]]:
    return [(e.what, e.key, e.reason) for e in place.store.ledger.audit() if "delegate" in e.what]


def test_named_and_dropped(place: Town) -> None:
    assert name_delegate(place.engine, ANA, f" {BEN.upper()} ", ANA) == BEN
    name_delegate(place.engine, ANA, BEN, ANA)
    assert place.store.sessions.principals(BEN) == [ANA]
    drop_delegate(place.engine, ANA, f"{BEN.title()} ", ANA)
    assert place.store.sessions.principals(BEN) == []
    assert journal(place) == [("delegate named", ANA, BEN), ("delegate dropped", ANA, BEN)]


@pytest.mark.parametrize(
    ("who", "words"),
    [(ANA, "your own pages"), (RUI, "is not enrolled"), ("", "is not enrolled"), ("x\x00", "is not enrolled")],
)
def test_only_somebody_else_who_is_enrolled(place: Town, who: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        name_delegate(place.engine, ANA, who, ANA)
    assert journal(place) == []


def test_who_is_not_enrolled_has_nothing_to_show(place: Town) -> None:
    with pytest.raises(InputError, match="is not enrolled"):
        name_delegate(place.engine, RUI, ANA, RUI)


def test_dropping_nobody_is_told(place: Town) -> None:
    with pytest.raises(InputError, match="not among your delegates"):
        drop_delegate(place.engine, ANA, BEN, ANA)
