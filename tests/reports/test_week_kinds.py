"""What kind of meetings a week holds, and what the policy protects in it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from guardian.model.events import Agenda, Attendee, Occurrence, Response
from guardian.model.people import HolidayCalendar, Schedule
from guardian.model.time import DayRange, Interval, WallWindow, Week, window_on
from guardian.reports.gauge import Gauge
from guardian.reports.load import person_week
from guardian.reports.weeks import PersonWeek
from tests.reports.calendar_of import (
    ANA,
    BEN,
    BERLIN,
    GAUGE,
    NINE_TO_FIVE,
    at,
    away,
    crowd,
    meeting,
    solo,
    stretch,
)

HOUR = stretch(0, "09:00", "10:00")
AFTER_HOURS = ("evening", "weekend", "holiday", "away")
SIZES = ("one_on_one", "small", "large", "all_hands", "unknown_size")


def count(*occurrences: Occurrence, gauge: Gauge = GAUGE, week: str = "2026-W47") -> PersonWeek:
    return person_week(occurrences, gauge, Week.parse(week))


def told(found: PersonWeek, names: tuple[str, ...]) -> dict[str, int]:
    """Which of these are not nothing."""
    return {name: n for name in names if (n := getattr(found, f"{name}_minutes"))}


LATE = meeting("m", stretch(0, "19:00", "20:00"))
LEAVE = away("leave", DayRange(date(2026, 11, 16), date(2026, 11, 16)))


@pytest.mark.parametrize(
    ("occurrences", "parts"),
    [
        ((LATE,), {"evening": 60}),
        ((meeting("m", stretch(0, "07:30", "09:30")),), {"evening": 90}),
        ((meeting("m", stretch(5, "10:00", "11:00")),), {"weekend": 60}),
        ((meeting("m", stretch(4, "23:00", "25:00")),), {"evening": 60, "weekend": 60}),
        ((LEAVE, meeting("m", stretch(0, "16:00", "18:00"))), {"away": 120}),
        ((away("gone", stretch(0, "15:00", "18:00")), meeting("m", stretch(0, "14:30", "18:30"))), {"away": 180, "evening": 30}),
    ],
)  # fmt: skip
def test_after_hours_are_told_by_what_kind_of_time_they_took(
    occurrences: tuple[Occurrence, ...], parts: dict[str, int]
) -> None:
    found = count(*occurrences)
    assert told(found, AFTER_HOURS) == parts
    assert found.after_hours_minutes == sum(parts.values())


def test_on_a_public_holiday_everything_is_the_holiday_s_but_leave_is_leave() -> None:
    """Thursday 26 November 2026 is Thanksgiving in the United States."""
    gauge = replace(GAUGE, schedule=replace(NINE_TO_FIVE, holidays=HolidayCalendar("US")))
    held = meeting("m", stretch(10, "10:00", "11:00")), meeting("n", stretch(10, "20:00", "21:00"))
    assert told(count(*held, gauge=gauge, week="2026-W48"), AFTER_HOURS) == {"holiday": 120}
    gone = away("leave", DayRange(date(2026, 11, 26), date(2026, 11, 27)))
    assert told(count(gone, *held, gauge=gauge, week="2026-W48"), AFTER_HOURS) == {"away": 120}


def test_a_day_on_which_a_part_timer_does_not_work_is_their_weekend() -> None:
    mondays = replace(GAUGE, schedule=Schedule(BERLIN, (WallWindow(frozenset({0}), 9 * 60, 13 * 60),)))
    found = count(meeting("m", stretch(0, "14:00", "15:00")), meeting("n", stretch(1, "10:00", "11:00")), gauge=mondays)
    assert told(found, AFTER_HOURS) == {"evening": 60, "weekend": 60}
    assert (found.contract_minutes, found.available_minutes) == (240, 240)


def test_the_contract_asks_for_holidays_and_leave_too() -> None:
    gauge = replace(GAUGE, schedule=replace(NINE_TO_FIVE, holidays=HolidayCalendar("US")))
    gone = away("leave", DayRange(date(2026, 11, 27), date(2026, 11, 27)))
    found = count(gone, gauge=gauge, week="2026-W48")
    assert (found.contract_minutes, found.available_minutes) == (2400, 3 * 480)


@pytest.mark.parametrize(
    ("changes", "size"),
    [
        ({}, "one_on_one"),
        ({"attendees": crowd(2, Attendee("room@acme.example", resource=True))}, "one_on_one"),
        ({"attendees": crowd(3)}, "small"),
        ({"attendees": crowd(2, Attendee("no@acme.example", response=Response.DECLINED))}, "small"),
        ({"attendees": crowd(8)}, "small"),
        ({"attendees": crowd(9)}, "large"),
        ({"attendees": crowd(49)}, "large"),
        ({"attendees": crowd(50)}, "all_hands"),
        ({"attendees": crowd(5000)}, "all_hands"),
        ({"attendees": (Attendee(ANA, is_self=True, extra_guests=7), Attendee(BEN))}, "large"),
        ({"attendees": crowd(3), "organizer": "boss@acme.example"}, "small"),
        ({"attendees": crowd(8), "organizer": "boss@acme.example"}, "large"),
        ({"attendees": crowd(8), "organizer": "c_1@group.calendar.google.com"}, "small"),
        ({"attendees": crowd(2, Attendee("all@acme.example", group=True))}, "unknown_size"),
        ({"attendees": crowd(2), "guests": 20, "guests_known": False}, "unknown_size"),
        ({"attendees": crowd(2), "guests": 49, "guests_known": False}, "all_hands"),
        ({"attendees": (), "private": True, "guests": 1}, "one_on_one"),
        ({"attendees": (), "private": True, "guests": 8}, "large"),
        ({"attendees": (Attendee(BEN),), "response": None}, "one_on_one"),
    ],
)
def test_sizes(changes: dict[str, Any], size: str) -> None:
    assert told(count(meeting("m", HOUR, **changes)), SIZES) == {size: 60}


@pytest.mark.parametrize(("people", "organisation", "size"), [
    (9, 30, "all_hands"), (9, 31, "large"), (8, 9, "small"), (2, 2, "one_on_one"), (15, 50, "all_hands"), (14, 50, "large"),
])  # fmt: skip
def test_a_large_part_of_the_organisation_is_everybody(people: int, organisation: int, size: str) -> None:
    found = count(meeting("m", HOUR, attendees=crowd(people)), gauge=replace(GAUGE, organisation=organisation))
    assert told(found, SIZES) == {size: 60}


def test_sizes_of_clashing_meetings_count_each() -> None:
    found = count(meeting("a", HOUR), meeting("b", HOUR, attendees=crowd(9)))
    assert told(found, SIZES) == {"one_on_one": 60, "large": 60}
    assert (found.meeting_minutes, found.overbooked_minutes) == (60, 60)


@pytest.mark.parametrize(
    ("made", "late"),
    [(None, 0), (at(-1, "09:00"), 0), (at(-1, "09:01"), 60), (at(0, "08:59"), 60), (at(0, "11:00"), 60)],
)
def test_less_than_a_day_is_short_notice(made: Any, late: int) -> None:
    assert count(meeting("m", HOUR, created_at=made)).late_notice_minutes == late


@pytest.mark.parametrize(
    ("domains", "attendees", "organizer", "outside"),
    [
        (("acme.example",), crowd(3), BEN, 0),
        (("acme.example",), crowd(2, Attendee("lee@client.example")), BEN, 60),
        (("acme.example",), crowd(2, Attendee("x@sub.acme.example")), BEN, 60),
        (("acme.example", "client.example"), crowd(2, Attendee("lee@client.example")), BEN, 0),
        (("acme.example",), crowd(2), "lee@client.example", 60),
        (("acme.example",), crowd(2), "c_1@group.calendar.google.com", 0),
        (("acme.example",), crowd(2, Attendee("r@resource.calendar.google.com", resource=True)), BEN, 0),
        ((), crowd(2, Attendee("lee@client.example")), BEN, 60),
    ],
)
def test_somebody_from_outside(
    domains: tuple[str, ...], attendees: tuple[Attendee, ...], organizer: str, outside: int
) -> None:
    found = count(
        meeting("m", HOUR, attendees=attendees, organizer=organizer), gauge=replace(GAUGE, internal_domains=domains)
    )
    assert found.external_minutes == outside


def test_where_no_domain_is_known_nobody_is_outside() -> None:
    assert count(meeting("m", HOUR), gauge=Gauge("Ana", NINE_TO_FIVE)).external_minutes == 0


TALK = meeting("m", HOUR, attendees=crowd(4), agenda=Agenda())


@pytest.mark.parametrize(
    ("occurrence", "eligible", "lacking"),
    [
        (TALK, 60, 60),
        (replace(TALK, agenda=Agenda(words=9, characters=39)), 60, 60),
        (replace(TALK, agenda=Agenda(words=1, characters=40)), 60, 0),
        (replace(TALK, agenda=Agenda(has_document=True)), 60, 0),
        (replace(TALK, agenda=None), 0, 0),
        (replace(TALK, private=True), 0, 0),
        (replace(TALK, attendees=crowd(2)), 0, 0),
        (replace(TALK, organizer="lee@client.example"), 0, 0),
        (replace(TALK, organizer="c_1@group.calendar.google.com"), 0, 0),
        (replace(TALK, organizer=ANA, is_organizer=True), 60, 60),
        (replace(TALK, when=stretch(0, "09:00", "09:25")), 25, 25),
        (replace(TALK, when=stretch(0, "09:00", "09:24")), 0, 0),
    ],
)
def test_who_should_have_an_agenda_and_has_none(occurrence: Occurrence, eligible: int, lacking: int) -> None:
    found = count(occurrence)
    assert (found.agenda_minutes, found.no_agenda_minutes) == (eligible, lacking)


@pytest.mark.parametrize(
    ("others", "people"),
    [
        ((), 1),
        ((Attendee(BEN, response=Response.ACCEPTED),), 2),
        ((Attendee(BEN),), 2),
        ((Attendee(BEN, optional=True),), 1),
        ((Attendee(BEN, optional=True, response=Response.TENTATIVE),), 2),
        ((Attendee(BEN, response=Response.DECLINED),), 1),
        ((Attendee("lee@client.example"),), 1),
        ((Attendee("all@acme.example", group=True),), 1),
        ((Attendee("room@acme.example", resource=True),), 1),
    ],
)
def test_the_load_somebody_makes_is_everybody_s_time(others: tuple[Attendee, ...], people: int) -> None:
    """Beside Ana, who organises, and the candidate, without whom it would be no meeting."""
    candidate = Attendee("candidate@mail.example", response=Response.ACCEPTED)
    held = meeting(
        "m", HOUR, attendees=(Attendee(ANA, is_self=True), candidate, *others), organizer=ANA, is_organizer=True
    )
    assert count(held).load_made_minutes == 60 * people


def test_what_others_organise_is_not_one_s_own_load() -> None:
    assert count(meeting("m", HOUR, attendees=crowd(9))).load_made_minutes == 0


def test_invitations_are_what_others_ask_for_and_accepted_is_a_yes() -> None:
    found = count(
        meeting("yes", HOUR),
        meeting("perhaps", HOUR, Response.TENTATIVE),
        meeting("no", HOUR, Response.DECLINED),
        meeting("silent", HOUR, Response.NEEDS_ACTION, optional=True),
        meeting("private", HOUR, private=True, attendees=()),
        meeting("own", HOUR, organizer=ANA, is_organizer=True),
        meeting("for information", HOUR, busy=False),
        meeting("long", stretch(1, "08:00", "20:00")),
        solo("alone", HOUR),
    )
    assert (found.invitations, found.accepted) == (5, 2)


def test_placeholders_are_counted_apart() -> None:
    found = count(meeting("rota", stretch(0, "08:00", "18:01")), solo("trip", stretch(1, "08:00", "20:00")))
    assert (found.placeholders, found.meetings) == (1, 0)


BANDS = replace(GAUGE, focus_bands=(WallWindow(frozenset(range(7)), 8 * 60, 12 * 60), WallWindow(frozenset({0}), 11 * 60, 13 * 60)))  # fmt: skip


def test_focus_windows_count_inside_working_time_once() -> None:
    """Monday to 13:00, Tuesday to Friday to 12:00, from nine: 4 + 4 x 3 hours."""
    found = count(meeting("m", stretch(0, "11:30", "12:30")), solo("errand", stretch(1, "09:00", "09:30")), gauge=BANDS)
    assert (found.focus_band_minutes, found.focus_band_kept_minutes) == (960, 960 - 60 - 30)


FREE_TUESDAY_FRIDAY = replace(GAUGE, free_weekdays=frozenset({1, 4}))


@pytest.mark.parametrize(
    ("occurrences", "kept"),
    [
        ((), 2),
        ((meeting("m", stretch(1, "10:00", "11:00")),), 1),
        ((meeting("m", stretch(1, "18:00", "19:00")),), 2),
        ((meeting("m", stretch(1, "10:00", "11:00"), Response.NEEDS_ACTION, optional=True),), 2),
        ((solo("errand", stretch(1, "10:00", "11:00")),), 2),
    ],
)
def test_a_meeting_free_day_is_kept_when_no_meeting_is_in_its_working_time(
    occurrences: tuple[Occurrence, ...], kept: int
) -> None:
    found = count(*occurrences, gauge=FREE_TUESDAY_FRIDAY)
    assert (found.free_days, found.free_days_kept) == (2, kept)


def test_days_without_working_time_are_no_meeting_free_days() -> None:
    """Thursday 26 November 2026 is a holiday in the United States; on Monday there is leave."""
    off = away("leave", DayRange(date(2026, 11, 23), date(2026, 11, 23)))
    schedule = replace(NINE_TO_FIVE, holidays=HolidayCalendar("US"))
    gauge = replace(GAUGE, schedule=schedule, free_weekdays=frozenset({0, 1, 3, 6}))
    found = count(off, gauge=gauge, week="2026-W48")
    assert (found.free_days, found.free_days_kept) == (1, 1)


def test_exceptions_and_holidays_elsewhere_take_free_days_away() -> None:
    listed = replace(FREE_TUESDAY_FRIDAY, free_day_exceptions=frozenset({date(2026, 11, 20)}))
    assert count(gauge=listed).free_days == 1
    schedule = replace(NINE_TO_FIVE, holidays=HolidayCalendar("US"))
    shifted = replace(FREE_TUESDAY_FRIDAY, schedule=schedule, free_days_shift=True)
    tuesday = meeting("m", stretch(8, "10:00", "11:00"))
    found = count(tuesday, gauge=shifted, week="2026-W48")
    assert (found.free_days, found.free_days_kept) == (1, 1)
    assert count(tuesday, gauge=replace(shifted, free_days_shift=False), week="2026-W48").free_days == 2


@pytest.mark.parametrize(
    ("held", "pairs", "longest", "long"),
    [
        ((), 0, 0, 0),
        (("09:00-11:00",), 0, 120, 120),
        (("09:00-10:59",), 0, 119, 0),
        (("09:00-10:00", "10:04-11:00"), 1, 120, 116),
        (("09:00-10:00", "10:05-11:05"), 0, 60, 0),
        (("09:00-10:00", "09:30-11:30"), 0, 150, 150),
        (("09:00-12:00", "10:00-10:30", "12:03-12:30", "14:00-15:00"), 1, 210, 207),
    ],
)
def test_runs_without_a_pause(held: tuple[str, ...], pairs: int, longest: int, long: int) -> None:
    found = count(*(meeting(text, stretch(0, *text.split("-"))) for text in held))
    assert (found.back_to_back, found.longest_run_minutes, found.long_run_minutes) == (pairs, longest, long)


def test_a_gap_that_blocked_time_begins_follows_no_meeting() -> None:
    found = count(
        meeting("m", stretch(0, "09:00", "10:00")),
        solo("errand", stretch(0, "10:12", "11:00")),
        meeting("n", stretch(0, "12:00", "13:00")),
    )
    assert found.gaps_after_meetings == 2
    assert (found.resume_10_minutes, found.resume_minutes, found.resume_23_minutes) == (20, 12 + 15, 12 + 23)


def test_a_meeting_before_work_is_resumed_from_when_work_begins() -> None:
    assert count(meeting("m", stretch(0, "08:00", "09:00"))).gaps_after_meetings == 1
    assert count(meeting("m", stretch(0, "07:00", "08:59"))).gaps_after_meetings == 0


@pytest.mark.parametrize("clash", ["2026-03-29", "2026-10-25"])
def test_in_weeks_with_a_clock_change_everything_is_elapsed_time(clash: str) -> None:
    """Berlin, Sunday 01:00 to 05:00 on the wall: three hours in spring, five in autumn, all of them worked and met in."""
    sunday = date.fromisoformat(clash)
    night = WallWindow(frozenset({6}), 60, 300)
    lies = window_on(night, sunday, BERLIN)
    assert lies is not None
    gauge = Gauge(ANA, Schedule(BERLIN, (night,)), focus_bands=(night,), free_weekdays=frozenset({6}))
    hours = 3 if sunday.month == 3 else 5
    first = Interval(lies.start, lies.start + timedelta(hours=1))
    found = person_week([meeting("m", first)], gauge, Week.of(sunday))
    assert found.contract_minutes == found.available_minutes == found.focus_band_minutes == 60 * hours
    assert (found.inside_minutes, found.after_hours_minutes) == (60, 0)
    assert found.focus_minutes == found.focus_band_kept_minutes == 60 * (hours - 1)
    assert (found.free_days, found.free_days_kept) == (1, 0)
    late = person_week([meeting("m", Interval(lies.end, lies.end + timedelta(hours=1)))], gauge, Week.of(sunday))
    assert (late.evening_minutes, late.free_days_kept) == (60, 1)
