"""Person-weeks and the sums of groups, kept beside the facts they are made from."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, select

from guardian.model.time import Week, zone_named
from guardian.reports.weeks import COUNTS, GroupWeek, PersonWeek, closes_at
from guardian.store.codec import clean, dump, indexed
from guardian.store.connection import Database, chunks
from guardian.store.schema import dirty_weeks, group_weeks, weeks

Row = dict[str, object]

DETAILS = ("band_people", "band_minutes", "spread")


class SqlRollups:
    """`Rollups` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save_weeks(self, found: Sequence[PersonWeek], now: datetime) -> None:
        with self._database.write() as connection:
            save_weeks(self._database, connection, found, now)

    def weeks(self, first: str, last: str, people: Sequence[str] | None = None) -> list[PersonWeek]:
        wanted = select(weeks).where(weeks.c.week >= first, weeks.c.week <= last).order_by(weeks.c.person, weeks.c.week)
        with self._database.read() as connection:
            if people is None:
                return [_person_week(row) for row in connection.execute(wanted).mappings()]
            found: list[PersonWeek] = []
            for some in chunks(sorted({indexed(p) for p in people})):
                rows = connection.execute(wanted.where(weeks.c.person.in_(some))).mappings()
                found.extend(_person_week(row) for row in rows)
            return found

    def drop_open_weeks(self, staying: Collection[str], now: datetime) -> None:
        with self._database.write() as connection:
            wanted = select(weeks.c.person, weeks.c.week, weeks.c.zone).where(weeks.c.person.not_in(staying))
            for person, week, zone in connection.execute(wanted).all():
                if now < closes_at(Week.parse(week), zone_named(zone)):
                    connection.execute(delete(weeks).where(weeks.c.person == person, weeks.c.week == week))
                    _touch(self._database, connection, [week])

    def dirty(self) -> Mapping[str, int]:
        with self._database.read() as connection:
            return dict(connection.execute(select(dirty_weeks.c.week, dirty_weeks.c.stamp)).all())

    def spoil(self, min_group: int) -> None:
        with self._database.write() as connection:
            wanted = select(group_weeks.c.week).where(group_weeks.c.min_group != min_group).distinct()
            _touch(self._database, connection, connection.execute(wanted).scalars().all())

    def save_groups(self, week: str, stamp: int, groups: Sequence[GroupWeek], min_group: int) -> None:
        with self._database.write() as connection:
            connection.execute(delete(group_weeks).where(group_weeks.c.week == week))
            if groups:
                connection.execute(group_weeks.insert(), [_group_row(group, min_group) for group in groups])
            connection.execute(delete(dirty_weeks).where(dirty_weeks.c.week == week, dirty_weeks.c.stamp == stamp))

    def groups(self, first: str, last: str, scope: str | None = None) -> list[GroupWeek]:
        wanted = select(group_weeks).where(group_weeks.c.week >= first, group_weeks.c.week <= last)
        if scope is not None:
            wanted = wanted.where(group_weeks.c.scope == indexed(scope))
        with self._database.read() as connection:
            found = connection.execute(wanted.order_by(group_weeks.c.scope, group_weeks.c.week)).mappings()
            return [_group_week(row) for row in found]


def save_weeks(database: Database, connection: Connection, found: Sequence[PersonWeek], now: datetime) -> None:
    """Store them, and note which weeks' sums are old now. What was measured after its week closed stays as it is."""
    before = _stored(connection, found)
    fresh = [week for week in found if _is_news(week, before.get((indexed(week.person), week.week)), now)]
    if not fresh:
        return
    statement = database.insert(weeks)
    values = {c.name: statement.excluded[c.name] for c in weeks.c if c.name not in ("person", "week")}
    upsert = statement.on_conflict_do_update(index_elements=["person", "week"], set_=values)
    connection.execute(upsert, [_week_row(week, now) for week in fresh])
    _touch(database, connection, sorted({week.week for week in fresh}))


def _stored(connection: Connection, found: Sequence[PersonWeek]) -> dict[tuple[str, str], RowMapping]:
    names = sorted({week.week for week in found})
    known: dict[tuple[str, str], RowMapping] = {}
    for people in chunks(sorted({indexed(week.person) for week in found})):
        for some in chunks(names):
            wanted = select(weeks).where(weeks.c.person.in_(people), weeks.c.week.in_(some))
            known |= {(row["person"], row["week"]): row for row in connection.execute(wanted).mappings()}
    return known


def _is_news(week: PersonWeek, stored: RowMapping | None, now: datetime) -> bool:
    """Whether it says something the stored row does not, which is not final."""
    if stored is None:
        return True
    closes = closes_at(Week.parse(week.week), zone_named(stored["zone"]))
    if stored["measured_at"] >= closes:
        return False
    return now >= closes or {**stored, "measured_at": now} != _week_row(week, now)


def _touch(database: Database, connection: Connection, names: Sequence[str]) -> None:
    """The sums of these weeks are old."""
    if names:
        statement = database.insert(dirty_weeks)
        again = {"stamp": dirty_weeks.c.stamp + 1}
        upsert = statement.on_conflict_do_update(index_elements=["week"], set_=again)
        connection.execute(upsert, [{"week": name, "stamp": 1} for name in names])


def _week_row(week: PersonWeek, now: datetime) -> Row:
    return {
        "person": indexed(week.person),
        "week": week.week,
        "zone": clean(week.zone),
        "teams": dump(sorted(clean(team) for team in week.teams)),
        "band": clean(week.band) if week.band else None,
        "measured_at": now,
        "longest_run_minutes": week.longest_run_minutes,
        **{name: getattr(week, name) for name in COUNTS},
    }


def _person_week(row: RowMapping) -> PersonWeek:
    values: dict[str, Any] = {**row, "teams": tuple(json.loads(row["teams"]))}
    del values["measured_at"]
    return PersonWeek(**values)


def _group_row(group: GroupWeek, min_group: int) -> Row:
    return {
        "scope": indexed(group.scope),
        "week": group.week,
        "people": group.people,
        "moved": group.moved,
        "hidden": group.hidden,
        "min_group": min_group,
        "details": dump({name: getattr(group, name) for name in DETAILS}),
        **{name: getattr(group, name) for name in COUNTS},
    }


def _group_week(row: RowMapping) -> GroupWeek:
    values: dict[str, Any] = dict(row)
    details = json.loads(values.pop("details"))
    del values["min_group"]
    spread = {name: tuple(numbers) for name, numbers in details.pop("spread").items()}
    return GroupWeek(**values, **details, spread=spread)
