"""Calendars as last read, with the history of what a rule could see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, delete, or_, select

from guardian.errors import InputError
from guardian.model.events import EventRef, MeetingKey, Occurrence, StoredOccurrence
from guardian.model.time import Interval, When, as_interval, zone_named
from guardian.ports import CalendarState, WindowRead
from guardian.store import forget, series
from guardian.store.codec import fingerprint, indexed, occurrence_text, read_occurrence
from guardian.store.codec_states import read_state, state_text
from guardian.store.connection import Database, chunks
from guardian.store.rollups import save_weeks
from guardian.store.schema import calendars, occurrences, versions

Key = tuple[str, str]
Row = dict[str, object]


class SqlFacts:
    """`Facts` on a database.

    An all-day occurrence lies where its days lie in the mailbox's own zone (UTC where the mailbox does not say).
    History outlives its occurrence: one that disappears and comes back keeps its first moment.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def calendars(self) -> list[CalendarState]:
        with self._database.read() as connection:
            found = connection.execute(select(calendars.c.document).order_by(calendars.c.mailbox))
            return [read_state(text) for text in found.scalars()]

    def calendar(self, mailbox: str) -> CalendarState | None:
        with self._database.read() as connection:
            return _state(connection, mailbox)

    def save_state(self, state: CalendarState) -> None:
        with self._database.write() as connection:
            _save_state(self._database, connection, state)

    def replace_window(self, read: WindowRead, now: datetime) -> None:
        with self._database.write() as connection:
            _save_state(self._database, connection, read.state)
            _replace(self._database, connection, read, now)
            save_weeks(self._database, connection, read.weeks, now)

    def put_occurrence(self, occurrence: Occurrence, now: datetime) -> None:
        with self._database.write() as connection:
            if occurrence.cancelled:
                _remove(connection, occurrence.ref.mailbox, [_key(occurrence.ref)])
                return
            state = _state(connection, occurrence.ref.mailbox)
            _put(self._database, connection, occurrence.ref.mailbox, [occurrence], state, now)

    def occurrences(self, mailbox: str, span: Interval | None = None) -> list[StoredOccurrence]:
        wanted = select(occurrences).where(occurrences.c.mailbox == indexed(mailbox))
        if span is not None:
            wanted = wanted.where(series.overlaps(span))
        with self._database.read() as connection:
            found = connection.execute(wanted.order_by(occurrences.c.start, occurrences.c.event)).mappings()
            return [_stored(row) for row in found]

    def series_ranking(self, span: Interval, mailboxes: Sequence[str] | None, most: int) -> list[str]:
        return series.ranking(self._database, span, mailboxes, most)

    def copies(self, series_uid: str, span: Interval) -> list[StoredOccurrence]:
        return [_stored(row) for row in series.copies(self._database, series_uid, span)]

    def find(self, mailbox: str, event: str) -> StoredOccurrence | None:
        key = indexed(event)
        wanted = (
            select(occurrences)
            .where(occurrences.c.mailbox == indexed(mailbox))
            .where(or_(occurrences.c.event == key, occurrences.c.meeting == key))
            .order_by(occurrences.c.event != key, occurrences.c.start)
        )
        with self._database.read() as connection:
            row = connection.execute(wanted.limit(1)).mappings().first()
            return _stored(row) if row else None

    def versions(self, mailbox: str, meeting: MeetingKey) -> list[tuple[datetime, Occurrence]]:
        wanted = (
            select(versions.c.at, versions.c.document)
            .where(versions.c.mailbox == indexed(mailbox), versions.c.meeting == indexed(str(meeting)))
            .order_by(versions.c.at, versions.c.id)
        )
        with self._database.read() as connection:
            return [(at, read_occurrence(text)) for at, text in connection.execute(wanted)]

    def forget(self, mailbox: str, now: datetime) -> None:
        forget.forget(self._database, mailbox, now)


# --- one calendar's window -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database holds of one event: its row and what its history says."""

    fingerprint: str
    document: str
    first_seen: datetime
    rescheduled_at: datetime | None
    row: Mapping[str, object] | None = None

    def moved_to(self, when: When) -> bool:
        """A meeting that only became shorter, by our hand or another's, asks for no time that was not planned already."""
        was = read_occurrence(self.document).when
        if isinstance(was, Interval) and isinstance(when, Interval):
            return not was.start <= when.start <= when.end <= was.end
        return was != when


def _replace(database: Database, connection: Connection, read: WindowRead, now: datetime) -> None:
    mailbox = read.state.mailbox
    standing = {_key(o.ref): o for o in read.occurrences if not o.cancelled}
    if read.state.window is not None:
        wanted = select(occurrences.c.calendar, occurrences.c.event)
        inside = connection.execute(
            wanted.where(occurrences.c.mailbox == indexed(mailbox), series.overlaps(read.state.window))
        )
        stored = {(calendar, event) for calendar, event in inside}
        _remove(connection, mailbox, stored - standing.keys())
    _remove(connection, mailbox, {_key(o.ref) for o in read.occurrences if o.cancelled} - standing.keys())
    _put(database, connection, mailbox, standing.values(), read.state, now)


def _remove(connection: Connection, mailbox: str, keys: Iterable[Key]) -> None:
    by_calendar: dict[str, list[str]] = {}
    for calendar, event in sorted(keys):
        by_calendar.setdefault(calendar, []).append(event)
    for calendar, events in by_calendar.items():
        mine = (occurrences.c.mailbox == indexed(mailbox), occurrences.c.calendar == calendar)
        for some in chunks(events):
            connection.execute(delete(occurrences).where(*mine, occurrences.c.event.in_(some)))


def _put(
    database: Database,
    connection: Connection,
    mailbox: str,
    found: Iterable[Occurrence],
    state: CalendarState | None,
    now: datetime,
) -> None:
    """Write the rows that differ from what is stored, and the versions that are new."""
    batch = list(found)
    zone = _zone(state)
    known = _known(connection, mailbox, [indexed(o.ref.event_id) for o in batch])
    rows = [_row(o, known.get(_key(o.ref)), zone, now) for o in batch]
    changed = [row for row in rows if not _same(row, known)]
    fresh = [row for row in rows if _is_version(row, known)]
    if changed:
        _upsert(database, connection, changed)
    if fresh:
        connection.execute(versions.insert(), [_version(row, now) for row in fresh])


def _row(occurrence: Occurrence, known: _Known | None, zone: ZoneInfo, now: datetime) -> Row:
    lies, mark = as_interval(occurrence.when, zone), fingerprint(occurrence)
    moved = known is not None and known.fingerprint != mark and known.moved_to(occurrence.when)
    return {
        "mailbox": indexed(occurrence.ref.mailbox),
        "calendar": indexed(occurrence.ref.calendar),
        "event": indexed(occurrence.ref.event_id),
        "meeting": indexed(str(occurrence.meeting)),
        "series": indexed(occurrence.meeting.series_uid),
        "start": lies.start,
        "stop": lies.end,
        "fingerprint": mark,
        "first_seen": known.first_seen if known else now,
        "rescheduled_at": _moved_at(occurrence, now) if moved else (known.rescheduled_at if known else None),
        "document": occurrence_text(occurrence),
    }


def _same(row: Row, known: Mapping[Key, _Known]) -> bool:
    stored = known.get((str(row["calendar"]), str(row["event"])))
    return stored is not None and stored.row == row


def _is_version(row: Row, known: Mapping[Key, _Known]) -> bool:
    stored = known.get((str(row["calendar"]), str(row["event"])))
    return stored is None or stored.fingerprint != row["fingerprint"]


def _version(row: Row, now: datetime) -> Row:
    names = ("mailbox", "calendar", "event", "meeting", "fingerprint", "document")
    return {"at": now, **{name: row[name] for name in names}}


def _upsert(database: Database, connection: Connection, rows: list[Row]) -> None:
    statement = database.insert(occurrences)
    keys = ("mailbox", "calendar", "event")
    updates = {c.name: statement.excluded[c.name] for c in occurrences.c if c.name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=updates), rows)


def _known(connection: Connection, mailbox: str, events: list[str]) -> dict[Key, _Known]:
    """The stored rows of these events, and the history of those that have no row (any more)."""
    found: dict[Key, _Known] = {}
    for some in chunks(sorted(set(events))):
        mine = (occurrences.c.mailbox == indexed(mailbox), occurrences.c.event.in_(some))
        for row in connection.execute(select(occurrences).where(*mine)).mappings():
            found[row["calendar"], row["event"]] = _from_row(row)
    missing = sorted(set(events) - {event for _, event in found})
    for some in chunks(missing):
        found |= _history(connection, mailbox, some)
    return found


def _from_row(row: RowMapping) -> _Known:
    return _Known(row["fingerprint"], row["document"], row["first_seen"], row["rescheduled_at"], dict(row))


def _history(connection: Connection, mailbox: str, events: Sequence[str]) -> dict[Key, _Known]:
    wanted = (
        select(versions)
        .where(versions.c.mailbox == indexed(mailbox), versions.c.event.in_(events))
        .order_by(versions.c.at, versions.c.id)
    )
    found: dict[Key, _Known] = {}
    for row in connection.execute(wanted).mappings():
        key = (row["calendar"], row["event"])
        found[key] = _later(found.get(key), row)
    return found


def _later(earlier: _Known | None, row: RowMapping) -> _Known:
    """History one version further on."""
    if earlier is None:
        return _Known(row["fingerprint"], row["document"], row["at"], None)
    became = read_occurrence(row["document"])
    moved = earlier.moved_to(became.when)
    later = replace(earlier, fingerprint=row["fingerprint"], document=row["document"])
    return replace(later, rescheduled_at=_moved_at(became, row["at"])) if moved else later


def _moved_at(occurrence: Occurrence, seen: datetime) -> datetime:
    """Whoever was not looking learns of a move late: it was made no later than the event's last change."""
    return min(seen, occurrence.updated_at or seen)


def _zone(state: CalendarState | None) -> ZoneInfo:
    try:
        return zone_named((state and state.timezone) or "UTC")
    except InputError:
        return zone_named("UTC")


def _key(ref: EventRef) -> Key:
    return indexed(ref.calendar), indexed(ref.event_id)


def _stored(row: RowMapping) -> StoredOccurrence:
    return StoredOccurrence(read_occurrence(row["document"]), row["first_seen"], row["rescheduled_at"])


# --- states --------------------------------------------------------------------------------------------------------


def _state(connection: Connection, mailbox: str) -> CalendarState | None:
    wanted = select(calendars.c.document).where(calendars.c.mailbox == indexed(mailbox))
    text = connection.execute(wanted).scalar()
    return read_state(text) if text else None


def _save_state(database: Database, connection: Connection, state: CalendarState) -> None:
    row = {"mailbox": indexed(state.mailbox), "document": state_text(state)}
    statement = database.insert(calendars).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["mailbox"], set_={"document": row["document"]}))
