"""Ids that sort by time, and what stays of an address."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.model.ids import CROCKFORD, tombstone, ulid

moments = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - `timezones` adds the zone
randomness = st.binary(min_size=10, max_size=10)


def test_a_ulid_is_the_published_example() -> None:
    moment = datetime.fromtimestamp(1469918176.385, UTC)
    assert ulid(moment, bytes(10)) == "01ARYZ6S410000000000000000"
    assert ulid(moment, b"\xff" * 10) == "01ARYZ6S41" + "Z" * 16


@given(moments, randomness, randomness)
def test_ulids_sort_by_time(moment: datetime, one: bytes, other: bytes) -> None:
    first, second = ulid(moment, one), ulid(moment + timedelta(milliseconds=1), other)
    assert first < second
    assert len(first) == 26
    assert set(first) <= set(CROCKFORD)


def test_a_ulid_takes_eighty_random_bits() -> None:
    with pytest.raises(ValueError, match="10 random bytes"):
        ulid(datetime(2026, 1, 1, tzinfo=UTC), bytes(9))


def test_a_tombstone_is_the_same_however_the_address_is_written() -> None:
    assert tombstone("Ana@Acme.example ") == tombstone("ana@acme.example")
    assert tombstone("ana@acme.example") != tombstone("ben@acme.example")
    assert "ana" not in tombstone("ana@acme.example")
