"""The kinds of columns the tables are made of."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, Integer, Text, TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, exact to the microsecond, as one integer."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - the base class names it
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base class names it
        return None if value is None else _EPOCH + timedelta(microseconds=value)


Words = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that both databases sort by code point."""
Number = BigInteger().with_variant(Integer(), "sqlite")
"""A number the database gives out itself."""


def words(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, Words, nullable=optional)


def instant(name: str, *, optional: bool = False) -> Column[datetime]:
    return Column(name, Instant, nullable=optional)


def count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)
