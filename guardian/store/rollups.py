"""Person-weeks and the sums of groups, kept beside the facts they are made from."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, select, update

from guardian.model.time import Week, zone_named
from guardian.ports import Belonging
from guardian.reports.weeks import COUNTS, SETTLING, GroupWeek, PersonWeek, WeekColumns, closes_at
from guardian.store.codec import clean, dump, indexed
from guardian.store.connection import Database, chunks
from guardian.store.schema import dirty_weeks, group_weeks, weeks

Row = dict[str, object]

PERSON_WEEK = [column for column in weeks.c if column.name not in ("measured_at", "counted")]
GROUP_WEEK = [column for column in group_weeks.c if column.name != "min_group"]
PERSON_NAMES, GROUP_NAMES = ([column.name for column in columns] for columns in (PERSON_WEEK, GROUP_WEEK))
"""What is read of a row, by position: whole organisations are read, and a look-up by name for each number is most of the time."""

_GROUPS = (
    select(*GROUP_WEEK)
    .where(group_weeks.c.week >= bindparam("first"), group_weeks.c.week <= bindparam("last"))
    .order_by(group_weeks.c.scope, group_weeks.c.week)
)
_GROUPS_OF_ONE = _GROUPS.where(group_weeks.c.scope == bindparam("scope"))
"""Put together once: with sixty columns that takes longer than the query."""

COLUMNS = [weeks.c.person, weeks.c.teams, weeks.c.band, *(weeks.c[name] for name in COUNTS)]
_COUNTED = (weeks.c.week == bindparam("week"), weeks.c.counted)
_COLUMNS = select(*COLUMNS).where(*_COUNTED).order_by(weeks.c.person)
_TEAMS = select(weeks.c.person, weeks.c.teams).where(*_COUNTED)

DETAILS = ("band_people", "band_minutes", "spread")


class SqlRollups:
    """`Rollups` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save_weeks(self, found: Sequence[PersonWeek], now: datetime) -> None:
        with self._database.write() as connection:
            save_weeks(self._database, connection, found, now)

    def weeks(self, first: str, last: str, people: Sequence[str] | None = None) -> list[PersonWeek]:
        wanted = select(*PERSON_WEEK).where(weeks.c.week >= first, weeks.c.week <= last)
        wanted = wanted.order_by(weeks.c.person, weeks.c.week)
        with self._database.read() as connection:
            if people is None:
                return [_person_week(row) for row in connection.execute(wanted)]
            found: list[PersonWeek] = []
            for some in chunks(sorted({indexed(p) for p in people})):
                found.extend(_person_week(row) for row in connection.execute(wanted.where(weeks.c.person.in_(some))))
            return found

    def columns(self, week: str) -> WeekColumns:
        with self._database.read() as connection:
            rows = connection.execute(_COLUMNS, {"week": week}).all()
        people, teams, bands, *counts = zip(*rows, strict=True) if rows else [()] * len(COLUMNS)
        return WeekColumns(week, people, list(map(_teams_of, teams)), bands, counts)

    def teams(self, week: str) -> dict[str, tuple[str, ...]]:
        with self._database.read() as connection:
            return {person: _teams_of(teams) for person, teams in connection.execute(_TEAMS, {"week": week})}

    def follow(self, people: Mapping[str, Belonging], now: datetime) -> None:
        with self._database.write() as connection:
            touched: set[str] = set()
            for person, teams, band in _strays(connection, {indexed(email): of for email, of in people.items()}, now):
                touched |= _follow(connection, person, teams, band, now)
            touch(self._database, connection, touched)

    def dirty(self) -> Mapping[str, int]:
        with self._database.read() as connection:
            wanted = select(dirty_weeks.c.week, dirty_weeks.c.stamp).where(dirty_weeks.c.stamp > 0)
            return dict(connection.execute(wanted).all())

    def decided_otherwise(self, min_group: int) -> list[str]:
        wanted = select(group_weeks.c.week).where(group_weeks.c.min_group != min_group).distinct()
        with self._database.read() as connection:
            return sorted(connection.execute(wanted).scalars())

    def save_groups(self, week: str, stamp: int, groups: Sequence[GroupWeek], min_group: int) -> None:
        with self._database.write() as connection:
            connection.execute(delete(group_weeks).where(group_weeks.c.week == week))
            if groups:
                connection.execute(group_weeks.insert(), [_group_row(group, min_group) for group in groups])
            mine = (dirty_weeks.c.week == week, dirty_weeks.c.stamp == stamp)
            connection.execute(update(dirty_weeks).where(*mine).values(stamp=-stamp))

    def groups(self, first: str, last: str, scope: str | None = None) -> list[GroupWeek]:
        wanted = _GROUPS if scope is None else _GROUPS_OF_ONE
        asked = {"first": first, "last": last} | ({} if scope is None else {"scope": indexed(scope)})
        with self._database.read() as connection:
            return [_group_week(row) for row in connection.execute(wanted, asked)]


def save_weeks(database: Database, connection: Connection, found: Sequence[PersonWeek], now: datetime) -> None:
    """Store them, and note which weeks' sums are old now. What was measured after its week closed stays as it is.

    Whoever comes when a week has closed and its sums were told stays out of them: the difference would tell their week.
    """
    before = _stored(connection, found)
    fresh = [week for week in found if _is_news(week, before.get((indexed(week.person), week.week)), now)]
    if not fresh:
        return
    told = _told(connection, [week.week for week in fresh])
    statement = database.insert(weeks)
    values = {c.name: statement.excluded[c.name] for c in weeks.c if c.name not in ("person", "week", "counted")}
    upsert = statement.on_conflict_do_update(index_elements=["person", "week"], set_=values)
    rows = [{**_week_row(week, now), "counted": week.week not in told or not _is_closed(week, now)} for week in fresh]
    connection.execute(upsert, rows)
    touch(
        database,
        connection,
        {str(row["week"]) for row in rows if row["counted"] or (row["person"], row["week"]) in before},
    )


def _told(connection: Connection, names: Collection[str]) -> set[str]:
    """The weeks of which some sum is shown."""
    shown = select(group_weeks.c.week).where(group_weeks.c.week.in_(sorted(set(names))), group_weeks.c.hidden == "")
    return set(connection.execute(shown).scalars())


def _is_closed(week: PersonWeek, now: datetime) -> bool:
    return now >= closes_at(Week.parse(week.week), zone_named(week.zone))


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
    fields = {name: value for name, value in stored.items() if name != "counted"}
    return now >= closes or {**fields, "measured_at": now} != _week_row(week, now)


def touch(database: Database, connection: Connection, names: Collection[str]) -> None:
    """The sums of these weeks are old, and those of each week after: how many came and left is told against the week before."""
    old = {name for week in names for name in (week, str(Week.parse(week).next()))}
    if old:
        statement = database.insert(dirty_weeks)
        again = {"stamp": func.abs(dirty_weeks.c.stamp) + 1}
        upsert = statement.on_conflict_do_update(index_elements=["week"], set_=again)
        connection.execute(upsert, [{"week": name, "stamp": 1} for name in sorted(old)])


def touch_open(database: Database, connection: Connection, person: str, now: datetime) -> None:
    """The weeks of this person that are still open are about to go."""
    touch(database, connection, [week for week, _ in _open_weeks(connection, person, now)])


def _strays(
    connection: Connection, people: Mapping[str, Belonging], now: datetime
) -> Iterator[tuple[str, str | None, str | None]]:
    """Who has a week that may be open and other teams or another band than now; teams as a document, None for whoever is no
    longer among the people."""
    columns = (weeks.c.person, weeks.c.teams, weeks.c.band)
    wanted = select(*columns).where(weeks.c.week >= _first_open(now)).distinct().order_by(weeks.c.person)
    seen = ""
    for person, *measured in connection.execute(wanted).all():
        of = people.get(person)
        as_now = [_teams_text(of.teams), _band_text(of.band)] if of else [None, None]
        if measured != as_now and person != seen:
            seen = person
            yield person, as_now[0], as_now[1]


def _follow(connection: Connection, person: str, teams: str | None, band: str | None, now: datetime) -> set[str]:
    """Give the open weeks of the person these teams and this band, or drop them; the weeks it changed."""
    found = set()
    for week, as_measured in _open_weeks(connection, person, now):
        mine = (weeks.c.person == person, weeks.c.week == week)
        if teams is None:
            connection.execute(delete(weeks).where(*mine))
        elif as_measured != (teams, band):
            connection.execute(update(weeks).where(*mine).values(teams=teams, band=band))
        else:
            continue
        found.add(week)
    return found


def _first_open(now: datetime) -> str:
    """No week before this one is open anywhere in the world."""
    return str(Week.of((now - SETTLING - timedelta(days=1)).date()))


def _open_weeks(connection: Connection, person: str, now: datetime) -> list[tuple[str, tuple[str, str | None]]]:
    mine = (weeks.c.person == person, weeks.c.week >= _first_open(now))
    rows = connection.execute(select(weeks.c.week, weeks.c.zone, weeks.c.teams, weeks.c.band).where(*mine)).all()
    return [
        (week, (teams, band)) for week, zone, teams, band in rows if now < closes_at(Week.parse(week), zone_named(zone))
    ]


def _week_row(week: PersonWeek, now: datetime) -> Row:
    return {
        "person": indexed(week.person),
        "week": week.week,
        "zone": clean(week.zone),
        "teams": _teams_text(week.teams),
        "band": _band_text(week.band),
        "measured_at": now,
        "longest_run_minutes": week.longest_run_minutes,
        **{name: getattr(week, name) for name in COUNTS},
    }


def _teams_text(teams: Collection[str]) -> str:
    return dump(sorted(clean(team) for team in teams))


def _band_text(band: str | None) -> str | None:
    return clean(band) if band else None


def _person_week(row: Iterable[Any]) -> PersonWeek:
    values: dict[str, Any] = dict(zip(PERSON_NAMES, row, strict=True))
    values["teams"] = _teams_of(values["teams"])
    return PersonWeek(**values)


@lru_cache(maxsize=4096)
def _teams_of(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


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


def _group_week(row: Iterable[Any]) -> GroupWeek:
    values: dict[str, Any] = dict(zip(GROUP_NAMES, row, strict=True))
    details = json.loads(values.pop("details"))
    spread = {name: tuple(numbers) for name, numbers in details.pop("spread").items()}
    return GroupWeek(**values, **details, spread=spread)
