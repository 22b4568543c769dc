"""Instances of a series, and the exceptions stored for those that differ from it."""

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta

from guardian.sandbox.copies import Calendar, Copy
from guardian.sandbox.moments import Body, instant, is_all_day, length, moment, plus
from guardian.sandbox.recurrence import starts_between
from guardian.sandbox.store import Store

_INSTANCE = re.compile(r"(.+)_(\d{8})(?:T(\d{6})Z)?")


def instance_id(master_id: str, original: Body) -> str:
    """`<master>_<start in UTC>`; the day alone for all-day series."""
    if is_all_day(original):
        return f"{master_id}_{original['date'].replace('-', '')}"
    return f"{master_id}_{instant(original, 'UTC'):%Y%m%dT%H%M%SZ}"


def instances(master: Copy, low: datetime, high: datetime, shape: Body | None = None) -> Iterator[Body]:
    """Original starts of the series (or of a former shape of it) that begin in [low, high]."""
    seen = shape or master.body
    yield from starts_between(seen["start"], tuple(seen["recurrence"]), low, high)


def virtual(master: Copy, original: Body) -> Copy:
    """The instance as the series gives it: not stored, its etag is the series' own."""
    body = {key: value for key, value in master.body.items() if key != "recurrence"}
    body["start"] = original
    body["end"] = plus(original, length(master.body["start"], master.body["end"]))
    body.setdefault("created", master.updated)
    return Copy(
        owner=master.owner,
        id=instance_id(master.id, original),
        number=master.number,
        body=body,
        revision=master.revision,
        updated=master.updated,
        master=master.id,
        original=original,
        mine=master.mine,
        terms=master.terms,
        answered=master.answered,
    )


def find(calendar: Calendar, event_id: str) -> Copy | None:
    """The stored row, or the instance a series of this calendar has at that time; None for anything else."""
    row = calendar.rows.get(event_id)
    if row is not None:
        return row
    parts = _INSTANCE.fullmatch(event_id)
    master = calendar.rows.get(parts[1]) if parts else None
    if parts is None or master is None or not master.recurring:
        return None
    original = _original(master, parts[2], parts[3])
    return virtual(master, original) if original else None


def _original(master: Copy, day: str, clock: str | None) -> Body | None:
    start = master.body["start"]
    try:
        if clock is None and is_all_day(start):
            wanted = {"date": date.fromisoformat(day).isoformat()}
        elif clock is not None and not is_all_day(start):
            wanted = moment(datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC), start["timeZone"])
        else:
            return None
    except ValueError:
        return None
    at = instant(wanted, "UTC")
    return wanted if wanted in list(instances(master, at, at + timedelta(seconds=1))) else None


def materialise(store: Store, calendar: Calendar, event_id: str) -> Copy | None:
    """The stored row of this id; an instance of the series becomes an exception first."""
    row = find(calendar, event_id)
    if row is None or event_id in calendar.rows:
        return row
    row.body, row.mine, row.terms, row.answered = deepcopy((row.body, row.mine, row.terms, row.answered))
    row.number = store.next_number()
    return store.put(row)


def stored_exceptions(calendar: Calendar, master_id: str) -> list[Copy]:
    return list(calendar.exceptions.get(master_id, {}).values())


def still_in_series(master: Copy, exception: Copy) -> bool:
    """Does the series, as it is now, have an occurrence at the exception's original start?"""
    if exception.original is None:
        return False
    at = instant(exception.original, "UTC")
    starts = instances(master, at, at + timedelta(seconds=1))
    return instance_id(master.id, exception.original) in {instance_id(master.id, start) for start in starts}
