"""Which recurring meetings take most time, and all their copies, without reading every calendar."""

from datetime import date, timedelta
from typing import Any

from guardian.model.events import EventRef, MeetingKey, Occurrence
from guardian.model.time import DayRange, Interval
from guardian.store.database import SqlStore
from tests.store_world import ANA, BEN, NOW, meeting, window_read

SPAN = Interval(NOW, NOW + timedelta(days=40))


def weekly(uid: str, minutes: int, times: int = 3, mailbox: str = ANA, **changes: Any) -> list[Occurrence]:
    """Occurrences of one series, a week apart."""
    return [
        meeting(
            mailbox=mailbox,
            ref=EventRef(mailbox, "primary", f"{uid}-{number}"),
            meeting=MeetingKey(uid, f"2026-{number}"),
            when=Interval(NOW + timedelta(weeks=number), NOW + timedelta(weeks=number, minutes=minutes)),
            series_id=uid,
            **changes,
        )
        for number in range(times)
    ]


def fill(store: SqlStore) -> None:
    ana = [
        *weekly("short", 15),
        *weekly("long", 60, times=2),
        *weekly("once", 60, times=1),
        *weekly("alone", 120, attendees=(), title='"attendees":['),
        meeting(90, when=DayRange(date(2026, 11, 23), date(2026, 11, 24)), meeting=MeetingKey("days", "a")),
        meeting(91, when=DayRange(date(2026, 11, 25), date(2026, 11, 26)), meeting=MeetingKey("days", "b")),
    ]
    ben = [*weekly("short", 15, mailbox=BEN), *weekly("bens", 70, mailbox=BEN, times=2)]
    store.facts.replace_window(window_read(*ana), NOW)
    store.facts.replace_window(window_read(*ben, mailbox=BEN), NOW)


def test_what_comes_twice_with_guests_is_ranked_by_the_time_it_takes(store: SqlStore) -> None:
    fill(store)
    ranking = store.facts.series_ranking
    assert ranking(SPAN, None, 10) == ["bens", "long", "short"]
    assert ranking(SPAN, None, 1) == ["bens"]
    assert ranking(SPAN, [ANA], 10) == ["long", "short"]
    assert ranking(SPAN, [ANA, BEN], 10) == ["bens", "long", "short"]
    assert ranking(SPAN, [], 10) == []
    assert ranking(Interval(NOW, NOW + timedelta(days=1)), None, 10) == []


def test_all_copies_of_a_series_are_had_at_once(store: SqlStore) -> None:
    fill(store)
    found = store.facts.copies("short", SPAN)
    assert [
        (f.occurrence.when.start, f.occurrence.ref.mailbox) for f in found if isinstance(f.occurrence.when, Interval)
    ] == [(NOW + timedelta(weeks=week), mailbox) for week in range(3) for mailbox in (ANA, BEN)]
    assert store.facts.copies("short", Interval(NOW + timedelta(days=1), NOW + timedelta(days=2))) == []


def test_a_long_uid_is_found_by_itself_and_by_what_the_ranking_calls_it(store: SqlStore) -> None:
    uid = "u" * 1_000
    store.facts.replace_window(window_read(*weekly(uid, 30, times=2)), NOW)
    (name,) = store.facts.series_ranking(SPAN, None, 5)
    assert store.facts.copies(name, SPAN) == store.facts.copies(uid, SPAN) != []
