"""When a read is not believed: a calendar that was full and now reads empty, or lost more than half.

The thresholds and the three ways out are those of the operations guide: a later read that is no longer suspicious, three
equal reads over 30 minutes, or a person who says so.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from guardian.model.events import Occurrence, Response
from guardian.model.time import Interval, format_instant, parse_instant
from guardian.ports import CalendarState

FULL = 5
MANY = 20
EQUAL_READS = 3
OVER = timedelta(minutes=30)


def is_suspicious(before: Sequence[Occurrence], after: Sequence[Occurrence], now: datetime) -> bool:
    """Whether the second reading has lost so much of the first that it may be a fault of the service."""
    had, has = counted(before, now), counted(after, now)
    return (had >= FULL and has == 0) or (had >= MANY and has < had / 2)


def counted(occurrences: Sequence[Occurrence], now: datetime) -> int:
    """Future occurrences that we did not make and did not decline."""
    return sum(1 for o in occurrences if _is_future(o, now) and not o.own_block and not _declined_by_us(o))


def _is_future(occurrence: Occurrence, now: datetime) -> bool:
    when = occurrence.when
    return when.start > now if isinstance(when, Interval) else when.first > now.date()


def _declined_by_us(occurrence: Occurrence) -> bool:
    return occurrence.response is Response.DECLINED and occurrence.guardian_key is not None


def standing(state: CalendarState, read: Sequence[Occurrence], now: datetime) -> CalendarState:
    """The state after one more suspicious read; a read that differs from the last one starts the count anew."""
    mark = _fingerprint(read)
    past = state.suspicious if state.suspicious and state.suspicious[-1][1] == mark else ()
    detail = (
        f"the calendar now reads {len(read)} events where many more were known; nothing is done until it reads normally "
        f"again, or you confirm it with `guardian sync --accept {state.mailbox}`"
    )
    seen = (*past, (format_instant(now), mark))
    return replace(state, error="suspicious_read", detail=detail, suspicious=seen, last_attempt=now)


def released(state: CalendarState) -> bool:
    """Three equal reads over 30 minutes are believed."""
    if len(state.suspicious) < EQUAL_READS:
        return False
    return parse_instant(state.suspicious[-1][0]) - parse_instant(state.suspicious[0][0]) >= OVER


def _fingerprint(read: Sequence[Occurrence]) -> int:
    text = "\n".join(sorted(f"{o.ref.event_id} {o.when}" for o in read))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6])
