"""What counts as what in a person's week."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from guardian.model.events import Attendee, EventKind, EventRef, MeetingKey, Occurrence, Response
from guardian.model.people import HolidayCalendar, Schedule
from guardian.model.time import DayRange, Interval, WallWindow, Week
from guardian.reports.gauge import Gauge
from guardian.reports.load import person_week, person_weeks, weeks_in
from guardian.reports.weeks import PersonWeek
from tests.reports.calendar_of import ANA, BEN, BERLIN, GAUGE, NINE_TO_FIVE, at, away, focus, meeting, solo, stretch

NINE_TO_TEN = stretch(0, "09:00", "10:00")


def count(*occurrences: Occurrence, schedule: Schedule = NINE_TO_FIVE, week: str = "2026-W47") -> PersonWeek:
    found = person_week(occurrences, Gauge(ANA, schedule), Week.parse(week))
    assert found.available_minutes == (
        found.inside_minutes + found.blocked_minutes + found.focus_minutes + found.fragmented_minutes
    )
    assert found.meeting_minutes == found.inside_minutes + found.after_hours_minutes
    return found


def test_an_empty_week_is_all_focus() -> None:
    found = count()
    assert (found.available_minutes, found.focus_minutes, found.meeting_minutes) == (2400, 2400, 0)
    assert found.square_minutes == 5 * 480 * 480


MEETINGS = {
    "accepted": meeting("m", NINE_TO_TEN),
    "tentative": meeting("m", NINE_TO_TEN, Response.TENTATIVE),
    "tentative and optional": meeting("m", NINE_TO_TEN, Response.TENTATIVE, optional=True),
    "not answered": meeting("m", NINE_TO_TEN, Response.NEEDS_ACTION),
    "organised": meeting("m", NINE_TO_TEN, Response.NEEDS_ACTION, is_organizer=True, organizer=ANA),
    "no row of one's own": meeting("m", NINE_TO_TEN, attendees=(Attendee(BEN),), response=None),
    "private with guests": solo("m", NINE_TO_TEN, private=True, guests=2),
    "guest list hidden": solo("m", NINE_TO_TEN, guests=30, guests_known=False),
    "organiser not listed": solo("m", NINE_TO_TEN, organizer=BEN, attendees=(Attendee(ANA, is_self=True),)),
    "a list of people": solo("m", NINE_TO_TEN, attendees=(Attendee("all@acme.example", group=True),)),
    "guests brought along": solo("m", NINE_TO_TEN, attendees=(Attendee(ANA, is_self=True, extra_guests=2),)),
    "focus time with others": meeting("m", NINE_TO_TEN, title="Focus time on the launch"),
    "ten hours": meeting("m", stretch(0, "08:00", "18:00")),
}


@pytest.mark.parametrize("occurrence", MEETINGS.values(), ids=MEETINGS)
def test_these_are_meetings(occurrence: Occurrence) -> None:
    found = count(occurrence)
    assert found.meetings == 1
    assert found.meeting_minutes == found.invited_meeting_minutes > 0
    assert found.blocked_minutes == 0


BLOCKED = {
    "alone": solo("m", NINE_TO_TEN),
    "private, alone": solo("m", NINE_TO_TEN, private=True, title=""),
    "with a room only": solo("m", NINE_TO_TEN, attendees=(Attendee("room@acme.example", resource=True),)),
    "everybody else declined": meeting(
        "m", NINE_TO_TEN, attendees=(Attendee(ANA, is_self=True), Attendee(BEN, response=Response.DECLINED))
    ),
    "organised by a calendar": solo(
        "m", NINE_TO_TEN, organizer="c_1@group.calendar.google.com", attendees=(Attendee(ANA, is_self=True),)
    ),
}


@pytest.mark.parametrize("occurrence", BLOCKED.values(), ids=BLOCKED)
def test_these_block_time_without_being_meetings(occurrence: Occurrence) -> None:
    found = count(occurrence)
    assert (found.meetings, found.meeting_minutes, found.blocked_minutes) == (0, 0, 60)
    assert found.focus_minutes == 2340


FREE = {
    "cancelled": meeting("m", NINE_TO_TEN, cancelled=True),
    "shown as free": meeting("m", NINE_TO_TEN, busy=False),
    "focus time of the service": focus("m", NINE_TO_TEN),
    "focus time with several people": replace(meeting("m", NINE_TO_TEN), kind=EventKind.FOCUS),
    "focus time of ours": solo("m", NINE_TO_TEN, guardian_key="focus:abc"),
    "focus time of another tool": solo("m", NINE_TO_TEN, title="❇️ Focus Time (via Clockwise)"),
    "focus time by label": solo("m", NINE_TO_TEN, title="Write", labels=("Focus time",)),
    "working location": solo("m", DayRange(date(2026, 11, 16), date(2026, 11, 16)), kind=EventKind.WORKING_LOCATION),
    "birthday": solo("m", DayRange(date(2026, 11, 16), date(2026, 11, 16)), kind=EventKind.OTHER),
    "no length": meeting("m", stretch(0, "09:00", "09:00")),
    "another week": meeting("m", stretch(7, "09:00", "10:00")),
}


def test_what_is_declined_leaves_time_free_and_was_an_invitation() -> None:
    found = count(meeting("m", NINE_TO_TEN, Response.DECLINED))
    assert found == replace(count(), invitations=1)


@pytest.mark.parametrize("occurrence", FREE.values(), ids=FREE)
def test_these_leave_time_free(occurrence: Occurrence) -> None:
    assert count(occurrence) == count()


def test_optional_and_unanswered_is_invited_only() -> None:
    found = count(meeting("m", NINE_TO_TEN, Response.NEEDS_ACTION, optional=True))
    assert (found.confirmed_meeting_minutes, found.meeting_minutes, found.invited_meeting_minutes) == (0, 0, 60)
    assert (found.meetings, found.focus_minutes) == (0, 2400)


def test_the_unanswered_is_not_confirmed() -> None:
    found = count(meeting("m", NINE_TO_TEN, Response.NEEDS_ACTION))
    assert (found.confirmed_meeting_minutes, found.meeting_minutes) == (0, 60)


def test_one_meeting_seen_in_two_calendars_counts_once_as_in_the_own_mailbox() -> None:
    own = meeting("m", NINE_TO_TEN)
    copy = replace(own, ref=EventRef("team@acme.example", "team", "m"), response=Response.TENTATIVE)
    for order in ((own, copy), (copy, own)):
        found = count(*order)
        assert (found.meetings, found.confirmed_meeting_minutes, found.double_booked_minutes) == (1, 60, 0)
    declined = replace(own, response=Response.DECLINED)
    assert count(declined, copy).meetings == 0


def test_occurrences_of_a_series_are_meetings_of_their_own() -> None:
    series = [
        replace(
            meeting(f"s_{day}", stretch(day, "09:00", "10:00")),
            meeting=MeetingKey("s", f"2026-11-{16 + day}T08:00:00Z"),
        )
        for day in range(3)
    ]
    assert count(*series).meetings == 3


def test_a_placeholder_and_a_busy_day_block_time_and_are_no_meetings() -> None:
    long = count(meeting("visit", stretch(0, "08:00", "18:01")))
    assert (long.meetings, long.blocked_minutes, long.available_minutes) == (0, 480, 2400)
    day = count(meeting("fair", DayRange(date(2026, 11, 17), date(2026, 11, 18))))
    assert (day.meetings, day.blocked_minutes, day.available_minutes) == (0, 960, 2400)


def test_time_away_is_no_working_time() -> None:
    hours = count(away("dentist", stretch(0, "13:00", "17:00")))
    assert (hours.available_minutes, hours.focus_minutes, hours.blocked_minutes) == (2160, 2160, 0)
    days = count(away("leave", DayRange(date(2026, 11, 14), date(2026, 11, 17))))
    assert days.available_minutes == 3 * 480
    assert count(away("leave", DayRange(date(2026, 11, 1), date(2026, 11, 30)))).available_minutes == 0


def test_while_away_no_answer_is_a_no_and_an_accepted_meeting_is_after_hours() -> None:
    leave = away("leave", DayRange(date(2026, 11, 16), date(2026, 11, 16)))
    unanswered = count(leave, meeting("m", NINE_TO_TEN, Response.NEEDS_ACTION))
    assert (unanswered.meetings, unanswered.invited_meeting_minutes) == (0, 0)
    accepted = count(leave, meeting("m", NINE_TO_TEN))
    assert (accepted.meeting_minutes, accepted.after_hours_minutes, accepted.inside_minutes) == (60, 60, 0)


def test_public_holidays_are_no_working_time() -> None:
    """26 November 2026 is Thanksgiving in the United States and an ordinary Thursday in Germany."""
    for country, available in (("US", 4 * 480), ("DE", 5 * 480)):
        schedule = replace(NINE_TO_FIVE, holidays=HolidayCalendar(country))
        assert count(schedule=schedule, week="2026-W48").available_minutes == available


def test_part_time_and_a_lunch_break() -> None:
    mornings = WallWindow(frozenset({0, 1, 2}), 9 * 60, 12 * 60)
    afternoon = WallWindow(frozenset({0}), 13 * 60, 15 * 60)
    found = count(meeting("m", stretch(0, "12:00", "13:30")), schedule=Schedule(BERLIN, (mornings, afternoon)))
    assert found.available_minutes == 9 * 60 + 120
    assert (found.inside_minutes, found.after_hours_minutes) == (30, 60)
    assert found.fragmented_minutes == 90


def test_without_working_hours_everything_is_after_hours() -> None:
    found = count(meeting("m", NINE_TO_TEN), schedule=Schedule(BERLIN, ()))
    assert (found.available_minutes, found.after_hours_minutes, found.focus_minutes) == (0, 60, 0)


def test_a_meeting_over_the_end_of_the_week_is_cut_there() -> None:
    night = meeting("m", stretch(6, "23:00", "25:00"))
    assert count(night).meeting_minutes == 60
    assert count(night, week="2026-W48").meeting_minutes == 60


@pytest.mark.parametrize(("week", "length"), [("2026-W13", 60), ("2026-W43", 180)])
def test_minutes_are_elapsed_where_clocks_change(week: str, length: int) -> None:
    """01:00 to 03:00 on the wall of Berlin: one hour in spring, three in autumn."""
    sunday = Week.parse(week).monday + timedelta(days=6)
    hours = Schedule(BERLIN, (WallWindow(frozenset({6}), 60, 180),))
    assert count(schedule=hours, week=week).available_minutes == length
    assert sunday.month in {3, 10}


def test_seconds_are_cut_off() -> None:
    odd = Interval(at(0, "09:00") + timedelta(seconds=40), at(0, "09:30") + timedelta(seconds=20, microseconds=5))
    assert count(meeting("m", odd)).meeting_minutes == 30


def test_overlaps_count_once_and_show_as_double_booked() -> None:
    found = count(
        meeting("a", stretch(0, "09:00", "10:00")),
        meeting("b", stretch(0, "09:30", "10:30")),
        meeting("c", stretch(0, "09:45", "10:00")),
    )
    assert (found.meeting_minutes, found.double_booked_minutes, found.meetings) == (90, 30, 3)


@pytest.mark.parametrize(
    ("times", "pairs"),
    [
        ([], 0),
        (["09:00-10:00"], 0),
        (["09:00-10:00", "10:00-11:00"], 1),
        (["09:00-10:00", "10:04-11:00", "11:00-11:30"], 2),
        (["09:00-10:00", "10:05-11:00"], 0),
        (["09:00-10:00", "09:30-11:00"], 0),
        (["09:00-12:00", "10:00-10:30", "10:30-11:00", "12:00-12:30"], 1),
        (["09:00-10:00", "10:00-10:30", "10:00-11:00"], 1),
    ],
)
def test_back_to_back(times: list[str], pairs: int) -> None:
    assert count(*(meeting(text, stretch(0, *text.split("-"))) for text in times)).back_to_back == pairs


def test_blocked_time_under_a_meeting_is_the_meeting_s() -> None:
    found = count(meeting("m", NINE_TO_TEN), solo("errand", stretch(0, "09:30", "10:30")))
    assert (found.inside_minutes, found.blocked_minutes) == (60, 30)


def test_only_whole_weeks_of_a_window_are_counted() -> None:
    window = Interval(at(0, "00:00"), at(20, "23:59"))
    assert [str(w) for w in weeks_in(window, BERLIN)] == ["2026-W47", "2026-W48"]
    assert [str(w) for w in weeks_in(window, ZoneInfo("America/New_York"))] == ["2026-W47", "2026-W48"]
    assert weeks_in(Interval(at(0, "00:01"), at(13, "23:00")), BERLIN) == []


def test_weeks_of_a_window_are_those_counted_one_by_one() -> None:
    occurrences = [meeting(f"m{day}", stretch(day, "09:00", "10:00")) for day in range(0, 28, 3)]
    window = Interval(at(0, "00:00"), at(28, "00:00"))
    found = person_weeks(occurrences, GAUGE, window)
    assert found == [person_week(occurrences, GAUGE, Week(2026, n)) for n in (47, 48, 49, 50)]


def test_an_owner_whose_address_is_unknown_is_not_their_own_company() -> None:
    """Exported files are often named after a person; the only one listed is then the owner."""
    alone = solo("m", NINE_TO_TEN, attendees=(Attendee("a.ruiz@acme.example"),), organizer="a.ruiz@acme.example")
    both = replace(alone, attendees=(*alone.attendees, Attendee(BEN)))
    week = Week(2026, 47)
    assert person_week([alone], Gauge("Ana", NINE_TO_FIVE), week).blocked_minutes == 60
    assert person_week([both], Gauge("Ana", NINE_TO_FIVE), week).meeting_minutes == 60
