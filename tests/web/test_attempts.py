"""How often one source may try."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request

from guardian.web.attempts import MOST_SOURCES, WITHIN, Attempts, source_of

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_each_source_has_its_own_count_for_a_minute() -> None:
    attempts = Attempts(2)
    for moment in (NOW, NOW + WITHIN / 2):
        assert not attempts.exhausted("a", moment)
        attempts.note("a", moment)
    assert attempts.exhausted("a", NOW + WITHIN - timedelta(microseconds=1))
    assert not attempts.exhausted("b", NOW)
    assert not attempts.exhausted("a", NOW + WITHIN), "the minute counts from the first one"


def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    attempts = Attempts(1)
    attempts.note("a", NOW)
    assert not attempts.exhausted("a", NOW - timedelta(days=1))


def test_its_memory_is_bounded() -> None:
    attempts = Attempts(1)
    for number in range(MOST_SOURCES + 1):
        attempts.note(f"source {number}", NOW)
    assert not attempts.exhausted("source 0", NOW), "the oldest is forgotten first"
    assert attempts.exhausted("source 1", NOW)


@pytest.mark.parametrize(
    ("host", "source"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_source_is_an_address_or_a_household(host: str, source: str) -> None:
    assert source_of(Request({"type": "http", "client": (host, 1)})) == source


def test_without_an_address_all_are_one_source() -> None:
    assert source_of(Request({"type": "http", "client": None})) == ""
