"""A database of the first release, with data in it, becomes one of this program."""

from datetime import datetime

import pytest
from sqlalchemy import text

from guardian.model.events import MeetingKey
from guardian.model.time import as_interval, zone_named
from guardian.ports import Belonging
from guardian.store.codec import fingerprint, indexed, occurrence_text
from guardian.store.connection import Database, parse_url
from guardian.store.database import open_store
from tests.databases import migrate_to
from tests.store_world import ANA, NOW, later, meeting, person_week, window_read

MEETINGS = [
    meeting(1, meeting=MeetingKey("plain@acme.example")),
    meeting(2, meeting=MeetingKey("with/slash@acme.example", "2026-11-22T10:00:00Z"), series_id="s"),
    meeting(3, meeting=MeetingKey("\u00fc" * 700)),
    meeting(4, meeting=MeetingKey("with 'quotes' and \\\\ \"double\"")),
]
OLD_WEEK = """
INSERT INTO weeks (person, week, zone, meetings, available_minutes, meeting_minutes, confirmed_meeting_minutes,
    invited_meeting_minutes, inside_minutes, after_hours_minutes, focus_minutes, focus_60_minutes, fragmented_minutes,
    blocked_minutes, square_minutes, back_to_back, double_booked_minutes)
VALUES (:person, :week, 'Europe/Madrid', 3, 2400, 600, 0, 0, 600, 0, 1800, 1800, 0, 0, 4, 0, 0)
"""
OLD_OCCURRENCE = """
INSERT INTO occurrences (mailbox, calendar, event, meeting, start, stop, fingerprint, first_seen, document)
VALUES (:mailbox, 'primary', :event, :meeting, :start, :stop, :fingerprint, 0, :document)
"""


def micros(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


@pytest.fixture
def old_url(empty_url: str) -> str:
    migrate_to(empty_url, "0001")
    database = Database(parse_url(empty_url))
    with database.write() as connection:
        for week in ("2026-W46", "2026-W47"):
            connection.execute(text(OLD_WEEK), {"person": ANA, "week": week})
        for one in MEETINGS:
            lies = as_interval(one.when, zone_named("UTC"))
            row = {
                "mailbox": ANA,
                "event": one.ref.event_id,
                "meeting": indexed(str(one.meeting)),
                "start": micros(lies.start),
                "stop": micros(lies.end),
                "fingerprint": fingerprint(one),
                "document": occurrence_text(one),
            }
            connection.execute(text(OLD_OCCURRENCE), row)
    database.close()
    return empty_url


def series_of(url: str) -> dict[str, str]:
    database = Database(parse_url(url))
    with database.read() as connection:
        rows = connection.execute(text("SELECT event, series FROM occurrences")).all()
    database.close()
    return {row.event: row.series for row in rows}


def test_every_occurrence_gets_the_series_it_would_be_stored_with_now(old_url: str) -> None:
    store = open_store(old_url, migrate=True)
    filled = series_of(old_url)
    assert filled == {one.ref.event_id: indexed(one.meeting.series_uid) for one in MEETINGS}
    store.facts.replace_window(window_read(*MEETINGS), NOW)
    assert series_of(old_url) == filled
    store.close()


def test_weeks_that_were_stored_wait_for_their_sums_and_are_not_final(old_url: str) -> None:
    store = open_store(old_url, migrate=True)
    assert {"2026-W46", "2026-W47"} <= set(store.rollups.dirty())
    first, _ = store.rollups.weeks("2026-W01", "2026-W53")
    assert (first.meeting_minutes, first.teams, first.evening_minutes) == (600, (), 0)
    store.rollups.follow({ANA: Belonging(("core",))}, NOW)
    assert [w.teams for w in store.rollups.weeks("2026-W46", "2026-W47")] == [(), ("core",)]
    store.rollups.save_weeks([person_week(week="2026-W46", meeting_minutes=1)], later(60 * 24 * 30))
    assert store.rollups.weeks("2026-W46", "2026-W46")[0].meeting_minutes == 1
    store.close()


def test_an_upgrade_leaves_what_was_decided_and_done_alone(old_url: str) -> None:
    store = open_store(old_url, migrate=True)
    assert [found.occurrence for found in store.facts.occurrences(ANA)] == MEETINGS
    assert store.ledger.verify_audit() is None
    store.close()
