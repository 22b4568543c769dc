"""Laws of the numbers, over random weeks."""

from dataclasses import asdict, replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.model.events import Agenda, Attendee, EventKind, Occurrence, Response
from guardian.model.time import DayRange, Interval, WallWindow, Week
from guardian.reports.load import person_week
from guardian.reports.weeks import PersonWeek
from tests.reports.calendar_of import ANA, BEN, GAUGE, MONDAY, at, meeting, solo

WEEK = Week(2026, 47)

intervals = st.builds(
    lambda start, length: Interval(
        at(0, "00:00") + timedelta(minutes=start), at(0, "00:00") + timedelta(minutes=start + length)
    ),
    st.integers(-600, 7 * 1440),
    st.sampled_from([0, 15, 25, 30, 45, 50, 60, 90, 120, 240, 600, 601]),
)
day_ranges = st.builds(
    lambda first, more: DayRange(MONDAY + timedelta(days=first), MONDAY + timedelta(days=first + more)),
    st.integers(-2, 8),
    st.integers(0, 2),
)
attendees = st.lists(
    st.builds(
        Attendee,
        st.sampled_from([ANA, BEN, "cy@acme.example", "lee@client.example", "all@acme.example", "room@acme.example"]),
        response=st.sampled_from(Response),
        optional=st.booleans(),
        resource=st.booleans(),
        group=st.booleans(),
        extra_guests=st.integers(0, 60),
    ),
    max_size=6,
).map(tuple)
meetings = st.builds(
    lambda when, response, optional: meeting("m", when, response, optional=optional),
    intervals,
    st.sampled_from(Response),
    st.booleans(),
)
crowds = st.builds(
    lambda plain, people, **changes: replace(plain, attendees=(*plain.attendees, *people), **changes),
    meetings,
    attendees,
    guests=st.sampled_from([0, 1, 8, 70]),
    guests_known=st.booleans(),
    is_organizer=st.booleans(),
    organizer=st.sampled_from([ANA, BEN, "", "lee@client.example", "c_1@group.calendar.google.com"]),
    agenda=st.sampled_from([None, Agenda(), Agenda(9, 90), Agenda(has_document=True)]),
    series_id=st.sampled_from([None, "s"]),
    created_at=st.sampled_from([None, at(-9, "09:00"), at(2, "09:00")]),
)
others = st.builds(
    lambda when, kind, busy: solo("o", when, kind=kind, busy=busy),
    st.one_of(intervals, day_ranges),
    st.sampled_from(EventKind),
    st.booleans(),
)
calendars = st.lists(st.one_of(meetings, crowds, others), max_size=25).map(
    lambda items: [_named(item, str(n)) for n, item in enumerate(items)]
)


def _named(occurrence: Occurrence, uid: str) -> Occurrence:
    return replace(
        occurrence, meeting=replace(occurrence.meeting, series_uid=uid), ref=replace(occurrence.ref, event_id=uid)
    )


POLICY = replace(
    GAUGE,
    focus_bands=(WallWindow(frozenset({0, 2, 5}), 8 * 60, 12 * 60), WallWindow(frozenset({0}), 11 * 60, 14 * 60)),
    free_weekdays=frozenset({1, 4, 6}),
    organisation=60,
)


def measured(calendar: list[Occurrence]) -> PersonWeek:
    return person_week(calendar, POLICY, WEEK)


@settings(max_examples=200)
@given(calendars)
def test_the_parts_make_the_whole(calendar: list[Occurrence]) -> None:
    w = measured(calendar)
    assert w.available_minutes == w.inside_minutes + w.blocked_minutes + w.focus_minutes + w.fragmented_minutes
    assert w.meeting_minutes == w.inside_minutes + w.after_hours_minutes
    assert w.double_booked_minutes <= w.meeting_minutes
    assert w.confirmed_meeting_minutes <= w.meeting_minutes <= w.invited_meeting_minutes
    assert w.focus_minutes <= w.focus_60_minutes <= w.focus_minutes + w.fragmented_minutes
    assert w.back_to_back <= max(0, w.meetings - 1)
    assert all(value >= 0 for value in asdict(w).values() if isinstance(value, int))
    assert w.available_minutes <= w.contract_minutes == 2400
    outside = w.evening_minutes + w.weekend_minutes + w.holiday_minutes + w.away_minutes
    assert w.after_hours_minutes == outside
    sizes = w.one_on_one_minutes + w.small_minutes + w.large_minutes + w.all_hands_minutes + w.unknown_size_minutes
    assert sizes == w.meeting_minutes + w.overbooked_minutes
    assert w.double_booked_minutes <= w.overbooked_minutes
    assert w.packing_loss_minutes <= w.fragmented_minutes
    assert w.focus_band_kept_minutes <= w.focus_band_minutes
    assert w.free_days_kept <= w.free_days <= 2
    assert w.resume_10_minutes <= w.resume_minutes <= w.resume_23_minutes <= 23 * w.gaps_after_meetings
    assert w.resume_23_minutes <= w.focus_minutes + w.fragmented_minutes
    assert w.long_run_minutes <= w.meeting_minutes
    assert (w.longest_run_minutes >= 120) == (w.long_run_minutes > 0)
    assert max(w.recurring_minutes, w.late_notice_minutes, w.external_minutes, w.agenda_minutes) <= sizes
    assert w.no_agenda_minutes <= w.agenda_minutes
    assert w.accepted <= w.invitations


@settings(max_examples=200)
@given(calendars, st.data())
def test_a_meeting_less_never_costs_focus_nor_adds_meeting_time(
    calendar: list[Occurrence], data: st.DataObject
) -> None:
    held = [o for o in calendar if o.attendees]
    if not held:
        return
    gone = data.draw(st.sampled_from(held))
    before, after = measured(calendar), measured([o for o in calendar if o is not gone])
    assert after.focus_minutes >= before.focus_minutes
    assert after.meeting_minutes <= before.meeting_minutes
    assert after.invited_meeting_minutes <= before.invited_meeting_minutes
    assert after.available_minutes == before.available_minutes


@given(calendars)
def test_sums_over_the_focus_time_of_windows_are_what_packing_could_reach(calendar: list[Occurrence]) -> None:
    """Focus and packing loss together are the free time of every window that has two hours of it."""
    w = measured(calendar)
    free = w.focus_minutes + w.fragmented_minutes
    assert w.focus_minutes + w.packing_loss_minutes <= free
    assert free - (w.focus_minutes + w.packing_loss_minutes) < 5 * 120


@given(calendars, st.integers(1, 18))
def test_whole_weeks_later_everything_is_the_same(calendar: list[Occurrence], weeks: int) -> None:
    """Berlin changes its clocks on 28 March 2027, nineteen weeks later."""
    by = timedelta(weeks=weeks)
    later = Week.of(WEEK.monday + by)
    found = person_week([_moved(o, by) for o in calendar], POLICY, later)
    assert replace(found, week=str(WEEK)) == measured(calendar)


@given(calendars)
def test_order_and_copies_change_nothing(calendar: list[Occurrence]) -> None:
    assert measured([*reversed(calendar), *calendar]) == measured(calendar)


@given(calendars)
def test_declining_is_the_same_as_not_being_invited(calendar: list[Occurrence]) -> None:
    """But for the number of invitations."""
    declined = [replace(o, response=Response.DECLINED) for o in calendar if o.kind is EventKind.MEETING]
    rest = [o for o in calendar if o.kind is not EventKind.MEETING]
    assert replace(measured([*declined, *rest]), invitations=0) == measured(rest)


def _moved(occurrence: Occurrence, by: timedelta) -> Occurrence:
    when = occurrence.when
    if isinstance(when, DayRange):
        return replace(occurrence, when=DayRange(when.first + by, when.last + by))
    made = occurrence.created_at and occurrence.created_at + by
    return replace(occurrence, when=Interval(when.start + by, when.end + by), created_at=made)
