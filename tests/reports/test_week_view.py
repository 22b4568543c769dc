"""A week as people see it: what each thing in the calendar is called, and that the picture has the minutes of the numbers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from guardian.model.actions import Outcome, State
from guardian.model.events import EventKind, Occurrence, Response
from guardian.model.ledger import DecisionRow
from guardian.model.people import HolidayCalendar
from guardian.model.time import DayRange, Interval, WallWindow, Week, intersect, minutes, union
from guardian.reports.load import person_week
from guardian.reports.week_view import Entry, Kind, WeekView, summary, table, week_view
from tests.reports.calendar_of import NINE_TO_FIVE, away, focus, meeting, solo, stretch
from tests.reports.pictures import GAUGE, calendars, made

WEEK = Week(2026, 47)
TEN = stretch(0, "10:00", "11:00")


def view(*occurrences: Occurrence, decisions: list[DecisionRow] | None = None, titles: bool = True) -> WeekView:
    return week_view(occurrences, decisions or [], GAUGE, WEEK, titles=titles)


def only(found: WeekView) -> Entry:
    (entry,) = [entry for day in found.days for entry in day.entries]
    return entry


KINDS = {
    "accepted": (meeting("m", TEN), Kind.MEETING),
    "not answered": (meeting("m", TEN, Response.NEEDS_ACTION), Kind.MEETING),
    "optional, not answered": (meeting("m", TEN, Response.NEEDS_ACTION, optional=True), Kind.INVITED),
    "declined": (meeting("m", TEN, Response.DECLINED), Kind.DECLINED),
    "alone": (solo("m", TEN), Kind.BLOCKED),
    "private, alone": (solo("m", TEN, private=True), Kind.BLOCKED),
    "private, with others": (solo("m", TEN, private=True, guests=2), Kind.MEETING),
    "focus time": (focus("m", TEN), Kind.FOCUS),
    "out of office": (away("m", TEN), Kind.AWAY),
}


@pytest.mark.parametrize(("occurrence", "kind"), KINDS.values(), ids=KINDS)
def test_what_it_is(occurrence: Occurrence, kind: Kind) -> None:
    entry = only(view(occurrence))
    assert (entry.kind, entry.span.clock) == (kind, "10:00-11:00")


@pytest.mark.parametrize(
    "changes", [{"busy": False}, {"cancelled": True}, {"kind": EventKind.WORKING_LOCATION}, {"kind": EventKind.OTHER}]
)
def test_what_takes_no_time_is_not_shown(changes: dict[str, Any]) -> None:
    assert view(meeting("m", TEN, **changes)).empty


def test_an_unanswered_invitation_while_away_does_not_count() -> None:
    found = view(meeting("m", TEN, Response.NEEDS_ACTION), away("a", DayRange(date(2026, 11, 16), date(2026, 11, 16))))
    assert [(e.kind, e.span.clock) for e in found.days[0].entries] == [
        (Kind.AWAY, "all day"),
        (Kind.INVITED, "10:00-11:00"),
    ]


STANDS, GONE = meeting("m", TEN), meeting("m", TEN, Response.DECLINED)
VERDICTS = {
    "declined by the guardian": (GONE, made(GONE, Outcome.DECLINE), Kind.DECLINED, "inside focus time 09:00-13:00"),
    "declined by hand": (GONE, made(GONE, Outcome.FLAG), Kind.DECLINED, ""),
    "flagged": (STANDS, made(STANDS, Outcome.FLAG), Kind.FLAGGED, "inside focus time 09:00-13:00"),
    "answered tentatively": (STANDS, made(STANDS, Outcome.TENTATIVE), Kind.FLAGGED, "inside focus time 09:00-13:00"),
    "about to be declined": (
        STANDS,
        made(STANDS, Outcome.DECLINE, State.HELD),
        Kind.FLAGGED,
        "waits to be answered (decline): inside focus time 09:00-13:00",
    ),
    "taken back": (STANDS, made(STANDS, Outcome.DECLINE), Kind.MEETING, ""),
    "vetoed": (STANDS, made(STANDS, Outcome.DECLINE, State.SKIPPED), Kind.MEETING, ""),
    "only observed": (STANDS, made(STANDS, Outcome.OBSERVE, State.RECORDED), Kind.MEETING, ""),
    "let through": (STANDS, made(STANDS, Outcome.NONE, bypass="urgent"), Kind.URGENT, "let through by urgent"),
}


@pytest.mark.parametrize(("occurrence", "row", "kind", "note"), VERDICTS.values(), ids=VERDICTS)
def test_what_became_of_it(occurrence: Occurrence, row: DecisionRow, kind: Kind, note: str) -> None:
    entry = only(view(occurrence, decisions=[row]))
    assert (entry.kind, entry.note, entry.decision) == (kind, note, row.id)


def test_a_decision_about_an_earlier_time_or_somebody_else_says_nothing() -> None:
    before = made(meeting("m", stretch(0, "09:00", "10:00")), Outcome.FLAG)
    other = replace(before, decision=replace(before.decision, member="ben@acme.example", occurrence=STANDS))
    entry = only(view(STANDS, decisions=[before, other]))
    assert (entry.kind, entry.decision) == (Kind.MEETING, "")


def test_the_latest_decision_counts() -> None:
    old = made(STANDS, Outcome.FLAG)
    new = replace(made(STANDS, Outcome.NONE, bypass="urgent"), id="02", decided_at=old.decided_at + timedelta(hours=1))
    for order in ([old, new], [new, old]):
        assert only(view(STANDS, decisions=order)).kind is Kind.URGENT


def test_private_titles_are_never_told_and_others_only_to_those_who_may() -> None:
    secret = meeting("m", TEN, title="Oncology", private=True)
    assert only(view(secret)).title == "(private)"
    assert only(view(secret, titles=False)).title == "(private)"
    assert only(view(STANDS, titles=False)).title == "(busy)"
    assert only(view(meeting("m", TEN, title=" "))).title == "(no title)"


def test_clashes_and_late_hours_are_told_in_minutes() -> None:
    found = view(
        meeting("a", stretch(0, "16:00", "17:30")),
        meeting("b", stretch(0, "17:00", "18:00")),
        meeting("c", stretch(0, "17:00", "18:00"), Response.DECLINED),
    )
    told = {row.entry.key: row.remarks for row in table(found)}
    assert told == {
        "a": ("clashes for 30 min", "30 min outside working hours"),
        "b": ("clashes for 30 min", "60 min outside working hours"),
        "c": (),
    }
    monday = found.days[0]
    assert [span.clock for span in monday.clashes] == ["17:00-17:30"]
    assert [span.clock for span in monday.after_hours] == ["17:00-18:00"]
    assert [span.clock for span in monday.open] == ["09:00-16:00"]


def test_focus_windows_are_shown_inside_working_hours_only() -> None:
    schedule = replace(NINE_TO_FIVE, hours=(WallWindow(frozenset({0}), 600, 1020),))
    found = week_view([], [], replace(GAUGE, schedule=schedule), WEEK)
    assert [[span.clock for span in day.bands] for day in found.days[:2]] == [["10:00-13:00"], []]
    assert [day.meeting_free for day in found.days] == [False, False, True, False, False, False, False]


def test_holidays_have_their_name_and_no_hours() -> None:
    schedule = replace(NINE_TO_FIVE, holidays=HolidayCalendar("DE"))
    found = week_view([], [], replace(GAUGE, schedule=schedule, free_weekdays=frozenset({3, 4})), Week(2026, 53))
    friday = found.days[4]
    assert (friday.holiday, friday.work, friday.bands) == ("New Year's Day", (), ())
    assert [day.meeting_free for day in found.days[3:5]] == [True, False]


def test_an_event_over_midnight_is_on_both_days() -> None:
    found = view(meeting("m", stretch(0, "23:00", "25:30")))
    assert [(day.date.day, e.span.clock) for day in found.days for e in day.entries] == [
        (16, "23:00-24:00"),
        (17, "00:00-01:30"),
    ]


CLOCKS = {
    "autumn": (Week(2026, 43), datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 90, "02:30-03:00"),
    "in the hour that comes twice": (Week(2026, 43), datetime(2026, 10, 25, 0, 50, tzinfo=UTC), 30, "02:50-02:51"),
    "spring": (Week(2026, 13), datetime(2026, 3, 29, 0, 30, tzinfo=UTC), 60, "01:30-03:30"),
}


@pytest.mark.parametrize(("week", "start", "length", "clock"), CLOCKS.values(), ids=CLOCKS)
def test_when_clocks_change_the_minutes_are_those_that_pass(
    week: Week, start: datetime, length: int, clock: str
) -> None:
    """Berlin, 25 October 2026: 02:00 to 03:00 comes twice; 29 March 2026: it does not come."""
    held = Interval(start, start + timedelta(minutes=length))
    entry = only(week_view([meeting("m", held)], [], GAUGE, week))
    assert (entry.span.clock, entry.span.interval.minutes) == (clock, length)


@given(calendars())
def test_the_picture_has_the_minutes_of_the_numbers(calendar: tuple[list[Occurrence], list[DecisionRow]]) -> None:
    occurrences, decisions = calendar
    found = week_view(occurrences, decisions, GAUGE, WEEK)
    numbers = person_week(occurrences, GAUGE, WEEK)
    counted = [e.span.interval for day in found.days for e in day.entries if e.counted]
    blocked = [e.span.interval for day in found.days for e in day.entries if e.kind is Kind.BLOCKED]
    work = [span.interval for day in found.days for span in day.work]
    assert minutes(union(counted)) == numbers.meeting_minutes == sum(day.meeting_minutes for day in found.days)
    assert minutes(work) == numbers.available_minutes
    assert sum(day.focus_minutes for day in found.days) == numbers.focus_minutes
    assert sum(minutes(s.interval for s in day.clashes) for day in found.days) == numbers.double_booked_minutes
    assert sum(minutes(s.interval for s in day.after_hours) for day in found.days) == numbers.after_hours_minutes
    free = minutes(work) - minutes(intersect(work, [*counted, *blocked]))
    assert free == numbers.focus_minutes + numbers.fragmented_minutes
    assert sum(minutes(s.interval for s in day.scraps) for day in found.days) == numbers.fragmented_minutes


@given(calendars())
def test_every_entry_is_a_row_and_inside_its_day(calendar: tuple[list[Occurrence], list[DecisionRow]]) -> None:
    found = week_view(*calendar, GAUGE, WEEK)
    assert [row.entry for row in table(found)] == [e for day in found.days for e in day.entries]
    for day in found.days:
        for span in [e.span for e in day.entries] + [*day.work, *day.bands, *day.open, *day.clashes, *day.after_hours]:
            assert 0 <= span.start < span.end <= 1440
    assert str(WEEK) in summary(found)


@given(calendars())
def test_without_titles_none_is_told(calendar: tuple[list[Occurrence], list[DecisionRow]]) -> None:
    found = week_view(*calendar, GAUGE, WEEK, titles=False)
    assert {row.entry.title for row in table(found)} <= {"(busy)", "(private)"}
