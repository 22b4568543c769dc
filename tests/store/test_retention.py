"""What is old goes; what still binds stays; the journal still adds up."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from guardian.engine.house import Keep
from guardian.engine.retention import months_before, retain
from guardian.model.actions import BookFocus, Plan, Shorten
from guardian.model.events import MeetingKey, Occurrence
from guardian.model.ledger import Run, Veto
from guardian.model.time import Interval
from guardian.store.database import SqlStore
from guardian.store.schema import audit, decisions, flips, mails, metadata, occurrences, runs, sessions, versions
from tests.store.test_rollups import Desk
from tests.store_world import ANA, ME, NOW, act, go, later, meeting, person_week, window_read

LONG_AGO = NOW - timedelta(days=120)
BEFORE = NOW - timedelta(days=90)
SECRET = "Canary takeover talks"


def then(days: float = 120) -> Interval:
    start = NOW - timedelta(days=days)
    return Interval(start, start + timedelta(minutes=30))


PAST = meeting(1, when=then(), title=SECRET)
RECENT = meeting(2, when=then(89))
COMING = meeting(3)


def count(store: SqlStore, table: Table) -> int:
    with store.facts._database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def read(store: SqlStore, *found: Occurrence, at: datetime = LONG_AGO) -> None:
    window = Interval(LONG_AGO - timedelta(days=10), NOW + timedelta(days=200))
    store.facts.replace_window(window_read(*found, window=window), at)


def do(store: SqlStore, occurrence: Occurrence, effect: Any = None, at: datetime = LONG_AGO) -> str:
    """The act was decided, written and recorded; its key."""
    plan = Plan(at, "sha256:1", (), (go(occurrence, effect),))
    store.ledger.record("run-1", plan, at, mailboxes=[ANA])
    row = store.ledger.lease(act(occurrence, effect).key, ME, at)
    assert row is not None
    store.ledger.sending(row, occurrence, at)
    store.ledger.settle(row, "done", f"declined {occurrence.title}", at, occurrence)
    return row.action.key


def expire(store: SqlStore) -> Mapping[str, int]:
    return store.upkeep.expire(BEFORE, NOW)


def test_a_meeting_that_ended_long_ago_goes_with_everything_about_it(store: SqlStore) -> None:
    read(store, PAST, RECENT, COMING)
    do(store, PAST)
    store.ledger.add_veto(Veto(ANA, PAST.meeting, PAST.when, "focus-time"), ANA, LONG_AGO)
    store.ledger.note_flip(ANA, PAST.meeting, LONG_AGO)
    store.ledger.finish_run(Run("run-1", LONG_AGO, LONG_AGO, "sha256:1", False, {}))
    gone = expire(store)
    assert {f.occurrence.title for f in store.facts.occurrences(ANA)} == {RECENT.title, COMING.title}
    assert (store.ledger.rows(), store.ledger.decisions(), store.ledger.vetoes(ANA), store.ledger.runs()) == (
        [],
        [],
        [],
        [],
    )
    for table, left in ((versions, 2), (flips, 0), (decisions, 0), (runs, 0), (occurrences, 2)):
        assert count(store, table) == left
    assert {name: number for name, number in gone.items() if number} == {
        "occurrences": 1,
        "versions": 1,
        "vetoes": 1,
        "outbox": 1,
        "decisions": 1,
        "flips": 1,
        "runs": 1,
        "audit": 4,
    }
    assert not any(expire(store).values())


def test_the_journal_says_who_did_what_and_quotes_nothing(store: SqlStore) -> None:
    read(store, PAST)
    key = do(store, PAST)
    told = [(entry.seq, entry.at, entry.actor, entry.what) for entry in store.ledger.audit()]
    assert SECRET in everything(store)
    expire(store)
    assert [(e.seq, e.at, e.actor, e.what) for e in store.ledger.audit()][: len(told)] == told
    assert SECRET not in everything(store)
    assert key not in everything(store)
    assert store.ledger.verify_audit() is None
    store.facts.forget(ANA, NOW)
    assert store.ledger.verify_audit() is None


def everything(store: SqlStore) -> str:
    with store.facts._database.read() as connection:
        return repr([connection.execute(select(table)).all() for table in metadata.sorted_tables])


def test_a_forged_entry_still_shows_after_it_was_quietened(store: SqlStore) -> None:
    read(store, PAST)
    do(store, PAST)
    expire(store)
    with store.facts._database.write() as connection:
        content = json.loads(connection.execute(select(audit.c.content).where(audit.c.seq == 1)).scalar_one())
        forged = json.dumps({**content, "actor": "somebody else"}, separators=(",", ":"), sort_keys=True)
        connection.execute(audit.update().where(audit.c.seq == 1).values(content=forged))
    assert "entry 1 was changed" in (store.ledger.verify_audit() or "")


def test_what_can_still_be_undone_stays(store: SqlStore) -> None:
    """Declined four months ago, long before it begins."""
    read(store, COMING)
    key = do(store, COMING)
    expire(store)
    row = store.ledger.row(key)
    assert row is not None
    assert row.before == COMING
    assert [d.action_key for d in store.ledger.decisions()] == [key]
    assert len(store.ledger.rows(run="run-1")) == 1


def test_an_act_on_a_meeting_that_moved_into_the_future_stays(store: SqlStore) -> None:
    read(store, PAST)
    key = do(store, PAST)
    read(store, replace(PAST, when=COMING.when), at=later(0))
    expire(store)
    assert store.ledger.row(key) is not None
    assert len(store.ledger.decisions()) == 1


def test_a_shortened_meeting_counts_to_its_new_end(store: SqlStore) -> None:
    for number, end in ((1, 100), (2, 89)):
        one = meeting(number, when=then(130))
        read(store, one)
        do(store, one, Shorten(then(end)))
    expire(store)
    assert [row.action.ref.event_id for row in store.ledger.rows() if row.action.ref] == ["event-2"]


@pytest.mark.parametrize(("days", "left"), [(120, 0), (-30, 1)])
def test_a_block_that_was_booked_is_kept_by_its_own_time(store: SqlStore, days: int, left: int) -> None:
    block = BookFocus(then(days), "UTC", "Focus time", "")
    do(store, replace(PAST, when=then(days)), block)
    expire(store)
    assert len(store.ledger.rows()) == left


def test_what_waits_is_never_taken(store: SqlStore) -> None:
    store.ledger.record("run-1", Plan(LONG_AGO, "sha256:1", (), (go(PAST),)), LONG_AGO, mailboxes=[ANA])
    expire(store)
    assert [row.state for row in store.ledger.rows()] == ["ready"]


def test_a_no_that_binds_a_living_series_stays(store: SqlStore) -> None:
    weekly = MeetingKey("weekly@acme.example", "2026-07-20T09:00:00Z")
    next_one = meeting(5, meeting=MeetingKey("weekly@acme.example", "2026-11-23T09:00:00Z"), series_id="s")
    whole = MeetingKey("weekly@acme.example")
    for key in (weekly, whole):
        store.ledger.add_veto(Veto(ANA, key, then(), "shorter"), ANA, LONG_AGO)
    read(store, next_one)
    expire(store)
    assert [veto.meeting for veto in store.ledger.vetoes(ANA)] == [whole]
    read(store, at=later(0))
    expire(store)
    assert store.ledger.vetoes(ANA) == []


def test_a_meeting_that_disappeared_before_its_time_keeps_its_first_moment(store: SqlStore) -> None:
    read(store, COMING, PAST)
    read(store)
    expire(store)
    read(store, COMING, PAST, at=NOW)
    assert [f.first_seen for f in store.facts.occurrences(ANA)] == [NOW, LONG_AGO]


def test_mails_and_logins_that_ended_go(store: SqlStore) -> None:
    mail = {"kind": "person", "recipient": ANA, "scope": "", "week": "2026-W40", "state": "sent", "reason": ""}
    with store.facts._database.write() as connection:
        for number, at in enumerate((LONG_AGO, NOW)):
            marks = {"key": f"k{number}", "message_id": f"m{number}", "attempts": 1, "created_at": at}
            connection.execute(mails.insert().values(**mail, **marks))
            ends = {"created_at": LONG_AGO, "seen_at": LONG_AGO, "expires_at": at + timedelta(seconds=1)}
            connection.execute(sessions.insert().values(digest=f"d{number}", document="{}", **ends))
    expire(store)
    assert (count(store, mails), count(store, sessions)) == (1, 1)


def test_person_weeks_go_and_the_sums_of_groups_stay(store: SqlStore) -> None:
    desk = Desk(store)
    store.rollups.save_weeks([person_week(week=week, meetings=2) for week in ("2025-W42", "2025-W43")], NOW)
    desk.refresh()
    with store.ledger.pass_lock(desk.engine().owner, NOW):
        assert retain(desk.engine())["weeks"] == 1
    desk.refresh()
    assert [w.week for w in store.rollups.weeks("2000-W01", "2030-W01")] == ["2025-W43"]
    assert [(g.week, g.meetings) for g in store.rollups.groups("2000-W01", "2030-W01")] == [
        ("2025-W42", 2),
        ("2025-W43", 2),
    ]


def test_it_is_done_once_a_day(store: SqlStore) -> None:
    desk = Desk(store)
    with store.ledger.pass_lock(desk.engine().owner, NOW):
        assert retain(desk.engine())
        desk.now = NOW + timedelta(hours=23, minutes=59)
        assert not retain(desk.engine())
        desk.now = NOW + timedelta(hours=24)
        assert retain(desk.engine())
        desk.now = NOW  # a clock that ran ahead was set right
        assert retain(desk.engine())


def test_what_is_read_again_every_day_is_never_too_old(store: SqlStore) -> None:
    engine = replace(Desk(store).engine(), keep=Keep(raw_days=10))
    seen = meeting(1, when=then(13))
    store.facts.replace_window(window_read(seen), NOW)
    with store.ledger.pass_lock(engine.owner, NOW):
        retain(engine)
    assert [f.occurrence for f in store.facts.occurrences(ANA)] == [seen]


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 22), 13, date(2025, 10, 22)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 12, 31), 120, date(2016, 12, 31)),
    ],
)
def test_months_are_those_of_the_calendar(day: date, months: int, then: date) -> None:
    assert months_before(day, months) == then
