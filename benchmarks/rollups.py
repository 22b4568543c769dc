"""Reports of a large organisation from stored sums: `python -m benchmarks.rollups [--people N] [--weeks N] [--reads N]`.

A seeded organisation of 10,000 people in teams of 20, 52 closed weeks, on SQLite and, where one answers, on PostgreSQL. Timed is
what a page asks for (load, cost and savings: the organisation's year, ten weeks of a team); beside it stands the same sum over the rows of
people, as it would have to be made without stored sums. The ratio is what the sums are worth.
"""

import argparse
import json
import os
import random
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from sqlalchemy import Connection, insert, text

from guardian.engine.house import Engine
from guardian.engine.reporting import cost_report, load_report, savings_report
from guardian.engine.rollup import refresh_groups
from guardian.model.ids import ulid
from guardian.model.ledger import Owner
from guardian.model.people import Person
from guardian.model.time import Week
from guardian.reports.cost import Rates
from guardian.reports.weeks import COUNTS
from guardian.store.connection import Database, parse_url
from guardian.store.database import SqlStore, open_store
from guardian.store.schema import dirty_weeks, weeks

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TEAM = 20
TEAM_WEEKS = 10
POSTGRES = os.environ.get("GUARDIAN_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
TARGETS = {"org": 50.0, "team": 10.0}
"""Milliseconds at the 99th percentile."""

SUMMING = 0.5
REPORTS = (load_report, cost_report, savings_report)

FIELDS = [column.name for column in weeks.c]


def names_of(count: int) -> list[str]:
    """The last closed weeks, oldest first."""
    week, found = Week.of((NOW - timedelta(days=14)).date()), []
    for _ in range(count):
        found.append(str(week))
        week = week.previous()
    return found[::-1]


def rows(people: int, count: int, seed: int = 7) -> Iterator[tuple[object, ...]]:
    """One row for each person and week, in the order of the columns; the numbers are those of a thousand drawn weeks."""
    draw, measured = random.Random(seed), int(NOW.timestamp() * 1_000_000)
    drawn = [[draw.randrange(1200) for _ in COUNTS] for _ in range(1000)]
    for counts in drawn:
        counts[COUNTS.index("available_minutes")] = 2400
    names = names_of(count)
    for number in range(people):
        person, teams = f"p{number:05}@acme.example", json.dumps([f"t{number // TEAM:03}"])
        for week in names:
            yield (person, week, "Etc/UTC", teams, None, measured, True, 90, *drawn[draw.randrange(1000)])


def fill(database: Database, people: int, count: int) -> None:
    with database.write() as connection:
        (_fill_sqlite if database.is_sqlite else _fill_postgres)(connection, rows(people, count))
        connection.execute(insert(dirty_weeks), [{"week": names_of(count)[-1], "stamp": 1}])
    with database.read() as connection:
        connection.execute(text("ANALYZE"))


def _fill_sqlite(connection: Connection, found: Iterator[tuple[object, ...]]) -> None:
    raw = connection.connection.dbapi_connection
    assert raw is not None
    marks = ", ".join("?" * len(FIELDS))
    raw.cursor().executemany(f"INSERT INTO weeks ({', '.join(FIELDS)}) VALUES ({marks})", list(found))


def _fill_postgres(connection: Connection, found: Iterator[tuple[object, ...]]) -> None:
    raw: Any = connection.connection.dbapi_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY weeks ({', '.join(FIELDS)}) FROM STDIN".encode()) as copy:
        for row in found:
            copy.write_row(row)


def spread(store: SqlStore, count: int) -> None:
    """The sums of the last week stand for those of every other one: reading them costs the same."""
    *others, last = names_of(count)
    groups = store.rollups.groups(last, last)
    for week in others:
        store.rollups.save_groups(week, 0, [replace(group, week=week) for group in groups], 5)


def engine_of(store: SqlStore, people: int) -> Engine:
    roster = [Person(f"p{number:05}@acme.example", "google") for number in range(people)]
    return Engine(
        store=store,
        providers={},
        roster=lambda: roster,
        policy_files=lambda: {"policies.yaml": "version: 1\n"},
        clock=lambda: NOW,
        killed=lambda: False,
        owner=Owner("bench", os.getpid()),
        new_id=lambda now: ulid(now, bytes(10)),
        sleep=time.sleep,
        rates=Rates("EUR", 60.0),
    )


def page(engine: Engine, scope: str, since: date, until: date) -> None:
    for make in REPORTS:
        made = make(engine, scope, since, until)
        assert len(made["weeks"]) == (until - since).days // 7


def raw(database: Database, scope: str, first: str, count: int) -> None:
    """The sums of that scope from the rows of people."""
    sums = ", ".join(f"SUM({name})" for name in COUNTS)
    mine = (
        " AND person IN (" + ", ".join(f"'p{n:05}@acme.example'" for n in range(TEAM)) + ")" if scope != "org" else ""
    )
    with database.read() as connection:
        found = connection.execute(
            text(f"SELECT week, COUNT(*), {sums} FROM weeks WHERE week >= '{first}'{mine} GROUP BY week")
        ).all()
    assert len(found) == count


def timed(work: Callable[[], object], times: int) -> list[float]:
    """Milliseconds, ascending."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        found.append((time.perf_counter() - begun) * 1000)
    return sorted(found)


def processor(work: Callable[[], object], times: int) -> float:
    """Milliseconds of this process alone, on the mean: what is left when the machine is busy with something else."""
    begun = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begun) * 1000 / times


def at(found: list[float], share: float) -> float:
    return found[min(len(found) - 1, int(share * len(found)))]


def measure(url: str, people: int, count: int, reads: int) -> None:
    begun = time.perf_counter()
    store, database = open_store(url, migrate=True), Database(parse_url(url))
    try:
        fill(database, people, count)
        engine = engine_of(store, people)
        print(f"filled in {time.perf_counter() - begun:.0f} s")
        for words in ("a week", "a pass in which nothing changed,"):
            took = processor(partial(refresh_groups, engine), 1) / 1000
            print(f"{words} of {people} people, own work {took:.2f} s (target for a week {SUMMING} s)")
        spread(store, count)
        until = Week.parse(names_of(count)[-1]).next().monday
        for scope, slow, span in (("org", 3, count), ("team:t000", 20, min(count, TEAM_WEEKS))):
            since = until - timedelta(weeks=span)
            work = partial(page, engine, scope, since, until)
            fast, own = timed(work, reads), processor(work, 20)
            people_rows = timed(partial(raw, database, scope, str(Week.of(since)), span), slow)
            target = TARGETS[scope.partition(":")[0]]
            told = (
                f"p50 {at(fast, 0.5):.1f} ms, p99 {at(fast, 0.99):.1f} ms (target {target:.0f}), own work {own:.1f} ms"
            )
            slow_one = at(people_rows, 0.5)
            print(f"{scope}, {span} weeks: {told}; person rows {slow_one:.1f} ms, ratio {slow_one / at(fast, 0.5):.0f}")
            each = ((make.__name__, partial(make, engine, scope, since, until)) for make in REPORTS)
            print("  of it " + ", ".join(f"{name} {processor(one, 20):.1f} ms" for name, one in each))
    finally:
        database.close()
        store.close()


@contextmanager
def postgres() -> Iterator[str | None]:
    """A schema of its own, gone afterwards; None where no server answers."""
    try:
        server = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        print(f"no PostgreSQL: {str(error).splitlines()[0]}")
        yield None
        return
    schema = f"guardian_bench_{secrets.token_hex(6)}"
    with server:
        server.execute(f"CREATE SCHEMA {schema}".encode())
        try:
            yield f"{POSTGRES}{'&' if '?' in POSTGRES else '?'}options={quote(f'-csearch_path={schema}')}"
        finally:
            server.execute(f"DROP SCHEMA {schema} CASCADE".encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--reads", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print("SQLite:", end=" ", flush=True)
        measure(f"sqlite:///{Path(folder) / 'guardian.db'}", options.people, options.weeks, options.reads)
    with postgres() as url:
        if url:
            print("PostgreSQL:", end=" ", flush=True)
            measure(url, options.people, options.weeks, options.reads)


if __name__ == "__main__":
    main()
