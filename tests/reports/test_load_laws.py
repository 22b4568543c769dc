"""Laws of the numbers, over random weeks."""

from dataclasses import asdict, replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.model.events import EventKind, Occurrence, Response
from guardian.model.time import DayRange, Interval, Week
from guardian.reports.load import person_week
from guardian.reports.weeks import PersonWeek
from tests.reports.calendar_of import GAUGE, MONDAY, at, meeting, solo

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
meetings = st.builds(
    lambda when, response, optional: meeting("m", when, response, optional=optional),
    intervals,
    st.sampled_from(Response),
    st.booleans(),
)
others = st.builds(
    lambda when, kind, busy: solo("o", when, kind=kind, busy=busy),
    st.one_of(intervals, day_ranges),
    st.sampled_from(EventKind),
    st.booleans(),
)
calendars = st.lists(st.one_of(meetings, meetings, others), max_size=25).map(
    lambda items: [_named(item, str(n)) for n, item in enumerate(items)]
)


def _named(occurrence: Occurrence, uid: str) -> Occurrence:
    return replace(
        occurrence, meeting=replace(occurrence.meeting, series_uid=uid), ref=replace(occurrence.ref, event_id=uid)
    )


def measured(calendar: list[Occurrence]) -> PersonWeek:
    return person_week(calendar, GAUGE, WEEK)


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
    assert w.available_minutes <= 2400


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


@given(calendars, st.integers(1, 18))
def test_whole_weeks_later_everything_is_the_same(calendar: list[Occurrence], weeks: int) -> None:
    """Berlin changes its clocks on 28 March 2027, nineteen weeks later."""
    by = timedelta(weeks=weeks)
    later = Week.of(WEEK.monday + by)
    found = person_week([_moved(o, by) for o in calendar], GAUGE, later)
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
    return replace(occurrence, when=Interval(when.start + by, when.end + by))
