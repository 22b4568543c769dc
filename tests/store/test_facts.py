"""Calendars as last read, and their history."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from guardian.model.events import Agenda, BadEvent, EventKind, MeetingKey, Occurrence, Response
from guardian.model.time import DayRange, Interval
from guardian.ports import CalendarState, WindowRead
from guardian.store.database import SqlStore
from tests.store_world import ANA, BEN, NOW, WINDOW, later, meeting, person_week, slot, window_read


def titles(store: SqlStore, span: Interval | None = None) -> list[str]:
    return [found.occurrence.title for found in store.facts.occurrences(ANA, span)]


def test_a_read_comes_back_as_it_was(store: SqlStore) -> None:
    read = [
        meeting(1, agenda=Agenda(12, 80, True), labels=("focus-time",), conference=True, series_id="s", zone="UTC"),
        meeting(2, when=DayRange(date(2026, 11, 23), date(2026, 11, 24)), response=None, busy=False, etag=None),
        meeting(3, kind=EventKind.OUT_OF_OFFICE, private=True, title="", attendees=(), created_at=NOW, etag=""),
    ]
    store.facts.replace_window(window_read(*read), NOW)
    found = store.facts.occurrences(ANA)
    assert sorted((f.occurrence for f in found), key=lambda o: o.ref) == read
    assert {f.first_seen for f in found} == {NOW}
    assert {f.rescheduled_at for f in found} == {None}


def test_what_a_read_does_not_hold_is_gone_inside_its_window_only(store: SqlStore) -> None:
    then = Interval(NOW - timedelta(days=20), NOW - timedelta(days=19))
    store.facts.replace_window(window_read(meeting(9, when=then, title="long ago"), window=then), NOW)
    store.facts.replace_window(window_read(meeting(1), meeting(2)), NOW)
    store.facts.replace_window(window_read(meeting(2)), later(5))
    assert titles(store) == ["long ago", "Planning 2"]


def test_a_meeting_that_moved_out_of_the_window_is_not_kept_where_it_was(store: SqlStore) -> None:
    store.facts.replace_window(window_read(meeting(1)), NOW)
    store.facts.replace_window(window_read(), later(5))
    assert titles(store) == []


def test_an_event_without_length_is_replaced_too(store: SqlStore) -> None:
    store.facts.replace_window(window_read(meeting(1, when=Interval(NOW, NOW))), NOW)
    assert titles(store) == ["Planning 1"]
    store.facts.replace_window(window_read(), later(5))
    assert titles(store) == []


def test_a_failing_read_changes_nothing(store: SqlStore) -> None:
    store.facts.replace_window(window_read(meeting(1), cursor="before"), NOW)
    broken = meeting(2, when=None)
    with pytest.raises(AttributeError):
        store.facts.replace_window(window_read(meeting(3), broken, cursor="after"), later(5))
    state = store.facts.calendar(ANA)
    assert titles(store) == ["Planning 1"]
    assert state is not None
    assert state.cursor == "before"


@pytest.mark.parametrize(
    ("change", "versions"),
    [
        ({"title": "Planning, new"}, 2),
        ({"when": slot(2)}, 2),
        ({"organizer": ANA}, 2),
        ({"response": Response.ACCEPTED}, 2),
        ({"attendees": ()}, 2),
        ({"etag": '"2"'}, 1),
        ({"labels": ("focus-time",)}, 1),
        ({}, 1),
    ],
)
def test_a_version_is_made_of_what_a_rule_could_see(store: SqlStore, change: dict[str, Any], versions: int) -> None:
    first, second = meeting(1), meeting(1, **change)
    store.facts.replace_window(window_read(first), NOW)
    store.facts.replace_window(window_read(second), later(5))
    history = store.facts.versions(ANA, first.meeting)
    assert len(history) == versions
    assert history[0] == (NOW, first)
    assert store.facts.occurrences(ANA)[0].occurrence == second


def test_only_a_change_of_time_is_a_reschedule(store: SqlStore) -> None:
    store.facts.replace_window(window_read(meeting(1)), NOW)
    store.facts.replace_window(window_read(meeting(1, title="other")), later(5))
    assert store.facts.occurrences(ANA)[0].rescheduled_at is None
    store.facts.replace_window(window_read(meeting(1, title="other", when=slot(5))), later(10))
    store.facts.replace_window(window_read(meeting(1, title="third", when=slot(5))), later(15))
    stored = store.facts.occurrences(ANA)[0]
    assert (stored.first_seen, stored.rescheduled_at) == (NOW, later(10))


def test_a_meeting_that_only_became_shorter_was_not_rescheduled(store: SqlStore) -> None:
    store.facts.replace_window(window_read(meeting(1, when=slot(5, 60))), NOW)
    store.facts.replace_window(window_read(meeting(1, when=slot(5, 50))), later(5))
    assert store.facts.occurrences(ANA)[0].rescheduled_at is None
    store.facts.replace_window(window_read(meeting(1, when=slot(5, 90))), later(10))
    assert store.facts.occurrences(ANA)[0].rescheduled_at == later(10)


def test_a_move_that_is_seen_late_counts_from_the_events_last_change(store: SqlStore) -> None:
    store.facts.replace_window(window_read(meeting(1)), NOW)
    moved = meeting(1, when=slot(50), updated_at=later(30))
    store.facts.replace_window(window_read(moved), later(600))
    assert store.facts.occurrences(ANA)[0].rescheduled_at == later(30)


def test_an_all_day_event_does_not_move_when_the_mailbox_changes_its_zone(store: SqlStore) -> None:
    trip = meeting(1, when=DayRange(date(2026, 11, 25), date(2026, 11, 25)))
    store.facts.replace_window(window_read(trip, timezone="Europe/Madrid"), NOW)
    store.facts.replace_window(window_read(trip, timezone="Asia/Tokyo"), later(5))
    assert store.facts.occurrences(ANA)[0].rescheduled_at is None
    tokyo_morning = Interval(NOW.replace(day=24, hour=16), NOW.replace(day=24, hour=17))
    assert titles(store, tokyo_morning) == ["Planning 1"]


def test_what_comes_back_keeps_its_first_moment(store: SqlStore) -> None:
    store.facts.replace_window(window_read(meeting(1)), NOW)
    store.facts.replace_window(window_read(meeting(1, when=slot(3))), later(5))
    store.facts.replace_window(window_read(), later(10))
    store.facts.replace_window(window_read(meeting(1, when=slot(3))), later(15))
    stored = store.facts.occurrences(ANA)[0]
    assert (stored.first_seen, stored.rescheduled_at) == (NOW, later(5))
    assert len(store.facts.versions(ANA, meeting(1).meeting)) == 2


def test_an_occurrence_of_ours_is_no_news_later(store: SqlStore) -> None:
    store.facts.replace_window(window_read(meeting(1)), NOW)
    declined = meeting(1, response=Response.DECLINED, etag='"2"')
    store.facts.put_occurrence(declined, later(1))
    assert store.facts.occurrences(ANA)[0].occurrence == declined
    store.facts.replace_window(window_read(declined), later(5))
    assert [at for at, _ in store.facts.versions(ANA, declined.meeting)] == [NOW, later(1)]


def test_a_cancelled_occurrence_is_removed(store: SqlStore) -> None:
    store.facts.replace_window(window_read(meeting(1), meeting(2)), NOW)
    store.facts.put_occurrence(meeting(1, cancelled=True), later(1))
    assert titles(store) == ["Planning 2"]
    store.facts.replace_window(window_read(meeting(2, cancelled=True)), later(2))
    assert titles(store) == []


def test_the_same_event_twice_in_one_read_counts_once(store: SqlStore) -> None:
    store.facts.replace_window(window_read(meeting(1), meeting(1, title="later page")), NOW)
    assert titles(store) == ["later page"]


def test_one_calendar_never_touches_another(store: SqlStore) -> None:
    store.facts.replace_window(window_read(meeting(1, mailbox=BEN), mailbox=BEN), NOW)
    store.facts.replace_window(window_read(meeting(1)), NOW)
    store.facts.replace_window(window_read(), later(5))
    assert len(store.facts.occurrences(BEN)) == 1


def test_overlap_is_half_open_and_the_order_is_start_then_id(store: SqlStore) -> None:
    same = [meeting(n, when=slot(1), title=f"{n}") for n in (3, 1, 2)]
    store.facts.replace_window(window_read(*same, meeting(5, title="5")), NOW)
    assert titles(store) == ["1", "2", "3", "5"]
    assert titles(store, slot(1, 1)) == ["1", "2", "3"]
    assert titles(store, Interval(slot(1).end, slot(5).start)) == []


def test_find_by_event_id_and_by_meeting_key(store: SqlStore) -> None:
    one = meeting(1, meeting=MeetingKey("series", "2026-11-22T10:00:00Z"))
    store.facts.replace_window(window_read(one, meeting(2)), NOW)
    for name in ("event-1", "series/2026-11-22T10:00:00Z"):
        found = store.facts.find(ANA, name)
        assert found is not None
        assert found.occurrence == one
    assert store.facts.find(ANA, "series") is None
    assert store.facts.find(BEN, "event-1") is None


def test_health_is_kept_apart_from_occurrences(store: SqlStore) -> None:
    store.facts.replace_window(window_read(meeting(1)), NOW)
    state = CalendarState(
        ANA,
        "google",
        cursor="",
        window=WINDOW,
        last_success=NOW,
        last_attempt=later(1),
        last_full=NOW,
        settings_read=NOW,
        timezone="Europe/Madrid",
        error="bad_data",
        detail="one event",
        quarantined=(BadEvent(ANA, "event-9", "ends before it starts"),),
        suspicious=(("2026-11-22T09:00:00Z", 0),),
        retry_at=later(9),
    )
    store.facts.save_state(state)
    assert store.facts.calendar(ANA) == state
    assert store.facts.calendars() == [state]
    assert store.facts.calendar(BEN) is None
    assert titles(store) == ["Planning 1"]


def test_weeks_are_replaced_one_by_one(store: SqlStore) -> None:
    store.rollups.save_weeks(
        [person_week(), person_week(week="2026-W48"), person_week(BEN), person_week(week="2025-W01")], NOW
    )
    fresh = WindowRead(
        CalendarState(ANA, "google", window=WINDOW), (), (person_week(meetings=3, square_minutes=2**40),)
    )
    store.facts.replace_window(fresh, NOW)
    found = store.rollups.weeks("2026-W01", "2026-W47", [ANA])
    assert found == [person_week(meetings=3, square_minutes=2**40)]
    assert [(w.person, w.week) for w in store.rollups.weeks("2026-W47", "2026-W48")] == [
        (ANA, "2026-W47"),
        (ANA, "2026-W48"),
        (BEN, "2026-W47"),
    ]
    assert store.rollups.weeks("2026-W47", "2026-W48", []) == []


def test_reading_the_same_again_writes_one_row(store: SqlStore) -> None:
    read = replace(window_read(*(meeting(n) for n in range(300))), weeks=(person_week(),))
    store.facts.replace_window(read, NOW)
    written = []

    def count(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            written.append((statement.split()[2], cursor.rowcount))

    event.listen(store.facts._database.engine, "after_cursor_execute", count)
    store.facts.replace_window(read, later(5))
    assert [(table, rows) for table, rows in written if rows] == [("calendars", 1)]
    one_changed = replace(read, occurrences=[meeting(0, title="new"), *read.occurrences[1:]])
    written.clear()
    store.facts.replace_window(one_changed, later(10))
    assert [table for table, rows in written if rows] == ["calendars", "occurrences", "versions"]


def hostile() -> list[Occurrence]:
    return [
        meeting(1, title="zero\x00byte \ud800 half"),
        meeting(2, title="x" * 1_000_000, comment="y" * 1_000_000),
        meeting(3, meeting=MeetingKey("u" * 100_000), title="<script>{{7*7}}'; DROP TABLE occurrences;--"),
        meeting(4, organizer="\udfff@acme.example", organizer_name="\x00", zone="\x00", labels=("\ud83d",)),
    ]


def test_hostile_text_is_stored_clean_and_cut(store: SqlStore) -> None:
    store.facts.replace_window(window_read(*hostile()), NOW)
    found = [f.occurrence for f in store.facts.occurrences(ANA)]
    assert found[0].title == "zero\ufffdbyte \ufffd half"
    assert (len(found[1].title), len(found[1].comment)) == (1_000, 8_000)
    assert found[2].title == "<script>{{7*7}}'; DROP TABLE occurrences;--"
    assert found[2].meeting == hostile()[2].meeting
    assert store.facts.find(ANA, "u" * 100_000) is not None
    store.facts.replace_window(window_read(*hostile()), later(5))
    assert len(store.facts.versions(ANA, hostile()[0].meeting)) == 1
