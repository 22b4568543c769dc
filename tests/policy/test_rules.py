"""Every rule type against its boundaries, with the reasons people read."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from guardian.model.actions import Decision, Outcome
from guardian.model.events import Agenda, Attendee, MeetingKey, Occurrence
from guardian.model.people import HolidayCalendar
from guardian.model.time import Interval
from guardian.policy.decide import decide
from guardian.policy.model import (
    AgendaRequired,
    DoubleBooking,
    FocusBlock,
    MaxAttendees,
    MeetingFreeDay,
    NoticePeriod,
    Rule,
)
from tests.policy import worlds as w


def say(rule: Rule, occurrence: Occurrence, now: datetime = w.NOW, **changes: Any) -> Decision:
    return decide(w.policy(rule), w.view(occurrence, **changes), now)


def why_not(decision: Decision) -> str:
    assert decision.outcome is Outcome.NONE
    return next(s.reason for s in decision.trace if s.step == "rule")


@pytest.mark.parametrize(
    ("start", "minutes", "hit"),
    [
        (w.utc(24, 7), 60, False),
        (w.utc(24, 7), 61, True),
        (w.utc(24, 12), 60, False),
        (w.utc(24, 11, 59), 60, True),
        (w.utc(24, 6), 600, True),
        (w.utc(28, 9), 60, False),
        (w.utc(23, 22), 660, True),
    ],
)
def test_focus_block_overlap(start: datetime, minutes: int, hit: bool) -> None:
    """The window is 08:00-12:00 UTC in Berlin; touching ends do not overlap; a meeting over midnight meets the next day's."""
    decision = say(w.focus(), w.meeting(start, minutes))
    assert (decision.outcome is Outcome.DECLINE) is hit


@pytest.mark.parametrize(("day", "month", "hour"), [(23, 10, 7), (26, 10, 8), (27, 3, 8), (30, 3, 7)])
def test_focus_block_follows_the_persons_clock(day: int, month: int, hour: int) -> None:
    """09:00 in Berlin before and after the clocks change."""
    assert say(w.focus(), w.meeting(w.utc(day, hour, month=month), 5), w.utc(1, 1, month=1)).outcome is Outcome.DECLINE
    assert (
        say(w.focus(), w.meeting(w.utc(day, hour - 1, month=month), 60), w.utc(1, 1, month=1)).outcome is Outcome.NONE
    )


def test_focus_block_names_window_zone_and_day() -> None:
    both = w.rule(FocusBlock((w.window("15:00", "17:00"), w.window("09:00", "13:00"))), "focus")
    assert say(both, w.meeting(w.utc(24, 14))).window == "15:00-17:00"
    assert (
        why_not(say(both, w.meeting(w.utc(24, 12, 30))))
        == "no overlap with 09:00-13:00 or 15:00-17:00 Europe/Berlin on Tue 24 Nov"
    )
    assert why_not(say(both, w.meeting(w.utc(28, 12)))) == "no focus time on Sat 28 Nov"


@pytest.mark.parametrize(
    ("start", "minutes", "hit"),
    [
        (w.utc(24, 9), 60, True),
        (w.utc(23, 22, 30), 30, False),
        (w.utc(23, 22, 30), 31, True),
        (w.utc(24, 22, 59), 5, True),
        (w.utc(24, 23), 30, False),
        (w.utc(24, 9), 0, False),
    ],
)
def test_meeting_free_day_by_local_day(start: datetime, minutes: int, hit: bool) -> None:
    """Tuesday 24 November in Berlin runs from Monday 23:00 UTC to Tuesday 23:00 UTC."""
    assert (say(w.free_day(), w.meeting(start, minutes)).outcome is Outcome.DECLINE) is hit


def test_meeting_free_day_reasons() -> None:
    assert say(w.free_day(), w.meeting()).reason == "Tue 24 Nov is a meeting-free day"
    assert say(w.free_day(), w.meeting()).window == "Tuesday"
    assert (
        why_not(say(w.free_day(days=(2, 4)), w.meeting()))
        == "Tue is no meeting-free day (those are Wednesday or Friday)"
    )
    excepted = w.rule(MeetingFreeDay(frozenset({1}), frozenset({date(2026, 11, 24)})), "free")
    assert why_not(say(excepted, w.meeting())) == "Tue 24 Nov is an exception"


@pytest.mark.parametrize(
    ("day", "listed", "outcome"),
    [
        (2, {2}, Outcome.NONE),
        (1, {2}, Outcome.FLAG),
        (16, {2}, Outcome.DECLINE),
        (1, {1}, Outcome.FLAG),
        (2, {2, 3}, Outcome.NONE),
        (3, {2, 3}, Outcome.DECLINE),
    ],
)
def test_a_holiday_takes_the_place_of_the_free_day(day: int, listed: set[int], outcome: Outcome) -> None:
    """Tuesday 1 December 2026 is a holiday in Portugal; the week of the 14th has none."""
    lisbon = w.member(zone="Europe/Lisbon", holidays=HolidayCalendar("PT"))
    free = w.rule(MeetingFreeDay(frozenset(listed), shift_on_holiday=True), "free")
    assert say(free, w.meeting(w.utc(day, 10, month=12)), who=lisbon).outcome is outcome


def test_a_holiday_on_a_weekend_shifts_nothing() -> None:
    """Saturday 26 December 2026 is a holiday in Germany, and so is Friday the 25th."""
    ana = w.member(holidays=HolidayCalendar("DE"))
    free = w.rule(MeetingFreeDay(frozenset({1, 2}), shift_on_holiday=True), "free")
    assert say(free, w.meeting(w.utc(22, 10, month=12)), who=ana).outcome is Outcome.NONE
    assert say(free, w.meeting(w.utc(23, 10, month=12)), who=ana).outcome is Outcome.DECLINE


@pytest.mark.parametrize(
    ("ahead", "hit"),
    [(timedelta(hours=24), False), (timedelta(hours=23, minutes=59), True), (timedelta(hours=-1), True)],
)
def test_notice_period_from_creation(ahead: timedelta, hit: bool) -> None:
    short = w.rule(NoticePeriod(), "notice", "tentative")
    decision = say(short, w.meeting(created_at=w.utc(24, 9) - ahead))
    assert (decision.outcome is Outcome.TENTATIVE) is hit


def test_notice_period_counts_a_move_and_falls_back_to_the_first_sight() -> None:
    short = w.rule(NoticePeriod(), "notice", "tentative")
    moved = say(short, w.meeting(), rescheduled_at=w.utc(24, 6))
    assert moved.reason == "moved 3 h before the start, at least 1 day asked"
    assert why_not(say(short, w.meeting(created_at=None))) == "known 2 days 23 h ahead"


@pytest.mark.parametrize(
    ("agenda", "outcome"),
    [
        (Agenda(words=7), Outcome.NOTIFY),
        (Agenda(words=8), Outcome.NONE),
        (Agenda(words=0, has_document=True), Outcome.NONE),
        (None, Outcome.FLAG),
    ],
)
def test_agenda_required_when_due(agenda: Agenda | None, outcome: Outcome) -> None:
    """I8: an unreadable description is no missing agenda."""
    needed = w.rule(AgendaRequired(), "agenda", "notify_organizer")
    occurrence = w.meeting(agenda=agenda)
    assert say(needed, occurrence, w.utc(23, 9)).outcome is outcome
    assert say(needed, occurrence, w.utc(23, 8, 59)).outcome is Outcome.NONE


def test_agenda_reasons() -> None:
    needed = w.rule(AgendaRequired(), "agenda", "notify_organizer")
    late = w.utc(23, 10)
    assert (
        say(needed, w.meeting(agenda=Agenda(words=2)), late).reason == "no agenda 1 day before the start (2 of 8 words)"
    )
    assert say(needed, w.meeting(), late).reason == "the description cannot be read; flagged only: it cannot be told"
    assert why_not(say(needed, w.meeting(agenda=Agenda(has_document=True)), late)) == "a document is linked"
    assert why_not(say(needed, w.meeting())) == "an agenda is asked for from 1 day before the start on"


def crowd(size: int) -> tuple[Attendee, ...]:
    others = (w.guest(f"p{n}@acme.example") for n in range(size - 2))
    return (*others, w.guest(w.ANA), w.guest(w.BOB))


ROOMS = tuple(w.guest(f"room{n}@acme.example", resource=True) for n in range(5))
LIST = w.guest("all@acme.example", group=True)


@pytest.mark.parametrize(
    ("attendees", "known", "result"),
    [
        (crowd(8), True, "no"),
        (crowd(9), True, "match"),
        (crowd(8) + ROOMS, True, "no"),
        (crowd(3), False, "cannot_tell"),
        (crowd(9), False, "match"),
        ((*crowd(3), LIST), True, "cannot_tell"),
        ((*crowd(9), LIST), True, "match"),
        ((*crowd(7), w.guest("x@acme.example", extra_guests=2)), True, "match"),
    ],
)
def test_max_attendees_counts_people(attendees: tuple[Attendee, ...], known: bool, result: str) -> None:
    small = w.rule(MaxAttendees(), "small", "tentative")
    decision = say(small, w.meeting(attendees=attendees, guests=0, guests_known=known))
    assert decision.trace[-1].result == result
    outcome = {"no": Outcome.NONE, "match": Outcome.TENTATIVE, "cannot_tell": Outcome.FLAG}[result]
    assert decision.outcome is outcome


def test_the_later_created_of_two_loses() -> None:
    clash = w.rule(DoubleBooking(), "clash", "tentative")
    first = w.meeting(w.utc(24, 9, 30), meeting=MeetingKey("uid-0"), created_at=w.utc(20, 9))
    second = w.meeting()
    loser = say(clash, second, clashes=(w.stored(first),))
    assert (loser.outcome, loser.reason) == (
        Outcome.TENTATIVE,
        "overlaps a meeting at 10:30-11:30 that was created earlier",
    )
    assert why_not(say(clash, first, clashes=(w.stored(second),))) == "the meetings it overlaps were created later"
    assert why_not(say(clash, second)) == "overlaps no other meeting"


def test_of_two_made_at_once_the_larger_key_loses() -> None:
    clash = w.rule(DoubleBooking(), "clash", "tentative")
    a, b = w.meeting(meeting=MeetingKey("a")), w.meeting(meeting=MeetingKey("b"))
    assert say(clash, b, clashes=(w.stored(a),)).outcome is Outcome.TENTATIVE
    assert say(clash, a, clashes=(w.stored(b),)).outcome is Outcome.NONE


def test_touching_meetings_do_not_clash() -> None:
    clash = w.rule(DoubleBooking(), "clash", "tentative")
    before = w.meeting(w.utc(24, 8), meeting=MeetingKey("a"), created_at=w.LONG_AGO)
    assert isinstance(before.when, Interval) and before.when.end == w.utc(24, 9)
    assert say(clash, w.meeting(), clashes=(w.stored(before),)).outcome is Outcome.NONE
