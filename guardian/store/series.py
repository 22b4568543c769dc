"""Recurring meetings over all mailboxes: which take most time, and all their copies."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import BigInteger, ColumnElement, Connection, RowMapping, Select, and_, func, or_, select, type_coerce

from guardian.model.time import Interval
from guardian.store.codec import indexed
from guardian.store.connection import Database, chunks
from guardian.store.schema import occurrences

LONGEST = timedelta(hours=10)
"""Anything longer is no meeting (`reports.facts`)."""

WITH_GUESTS = '"attendees":['
"""How a document with guests reads; inside of text the quotes are escaped."""


def overlaps(span: Interval) -> ColumnElement[bool]:
    """Shares time with the span; an event without length counts where it lies."""
    later = or_(occurrences.c.stop > span.start, occurrences.c.start >= span.start)
    return and_(occurrences.c.start < span.end, later)


def ranking(database: Database, span: Interval, mailboxes: Sequence[str] | None, most: int) -> list[str]:
    """Only what stands in columns is looked at, so it is a choice of what to look at closer, not the last word."""
    with database.read() as connection:
        if mailboxes is None:
            return [name for (name,) in connection.execute(_summed(span).order_by(_TIME.desc(), _SERIES).limit(most))]
        return _of_some(connection, span, mailboxes, most)


_SERIES = occurrences.c.series
_MICROS = type_coerce(occurrences.c.stop, BigInteger) - type_coerce(occurrences.c.start, BigInteger)
_TIME = func.sum(_MICROS)


def _summed(span: Interval) -> Select[str]:
    shape = (_MICROS > 0, LONGEST // timedelta(microseconds=1) >= _MICROS)
    shown = occurrences.c.document.contains(WITH_GUESTS, autoescape=True)
    again = func.count(occurrences.c.start.distinct()) >= 2
    return select(_SERIES).where(_SERIES != "", overlaps(span), *shape, shown).group_by(_SERIES).having(again)


def _of_some(connection: Connection, span: Interval, mailboxes: Sequence[str], most: int) -> list[str]:
    """Summed bit by bit: nothing may be left out before all bits are together."""
    times: Counter[str] = Counter()
    for some in chunks(sorted({indexed(mailbox) for mailbox in mailboxes})):
        mine = _summed(span).add_columns(_TIME).where(occurrences.c.mailbox.in_(some))
        for name, time in connection.execute(mine):
            times[name] += int(time)
    return sorted(times, key=lambda name: (-times[name], name))[:most]


def copies(database: Database, series: str, span: Interval) -> list[RowMapping]:
    mine = (occurrences.c.series == indexed(series), overlaps(span))
    order = (occurrences.c.start, occurrences.c.mailbox, occurrences.c.event)
    with database.read() as connection:
        return list(connection.execute(select(occurrences).where(*mine).order_by(*order)).mappings())
