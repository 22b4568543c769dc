"""Free alternatives suit everybody or are not offered."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.model.actions import Mode
from guardian.model.events import EventKind, Occurrence, Response
from guardian.model.people import HolidayCalendar, Member, Schedule
from guardian.model.time import DayRange, Interval, WallWindow, local_date, subtract
from guardian.planning.protected import closed, hours_on
from guardian.planning.slots import CALENDAR_DAYS, alternatives, busy_times, next_quarter, span
from guardian.policy.model import MeetingFreeDay, Rule
from tests.planning.worlds import (
    BEN,
    MADRID,
    NOW,
    PLACE,
    WEEKDAYS,
    at,
    facts,
    focus_rule,
    invitation,
    member,
    monday,
    policy,
    stored,
)
from tests.planning.worlds import span as hours

NEW_YORK = ZoneInfo("America/New_York")
ALICE = "alice@acme.example"


def offer(meeting: Occurrence, *people: Member, count: int = 3, **times: list[Interval]) -> list[Interval]:
    busy = {m.email: times.get("busy", []) for m in people}
    shut = {m.email: times.get("closed", []) for m in people}
    return alternatives(meeting, people, busy, shut, NOW + timedelta(hours=2), count)


def test_different_days_come_before_a_second_time_on_one_day() -> None:
    assert offer(invitation(), member()) == [hours(8, 9, 1), hours(8, 9, 2), hours(8, 9, 3)]


def test_second_times_come_when_days_run_out() -> None:
    found = alternatives(invitation(), [member()], {}, {}, NOW, 3, horizon=2)
    assert found == [hours(8, 9, 1), hours(9, 10, 1), hours(8, 9, 2)]


def test_never_the_time_the_meeting_has_now() -> None:
    everything_else = [hours(8, 10, 1), hours(11, 18, 1)]
    assert offer(invitation(), member(), busy=everything_else)[0] == hours(8, 9, 2)


def test_people_in_two_zones_meet_where_their_days_overlap() -> None:
    found = offer(invitation(), member(), member(ALICE, zone=NEW_YORK))
    assert found[0] == hours(14, 15, 1)  # 08:00 in New York


def test_people_whose_days_never_overlap_get_no_offer() -> None:
    assert offer(invitation(), member(), member(ALICE, zone=ZoneInfo("Pacific/Auckland"))) == []


def test_zones_whose_dates_differ_are_compared_by_instant() -> None:
    auckland, early = ZoneInfo("Pacific/Auckland"), WallWindow(frozenset(range(7)), 7 * 60, 20 * 60)
    honolulu = replace(member(), schedule=Schedule(ZoneInfo("Pacific/Honolulu"), (early,)))
    far = replace(member(ALICE), schedule=Schedule(auckland, (early,)))
    found = offer(invitation(), honolulu, far)
    assert found and all(fits(slot, honolulu) and fits(slot, far) for slot in found)


def test_public_holidays_of_anybody_are_left_out() -> None:
    spain = replace(member(), schedule=Schedule(MADRID, member().schedule.hours, HolidayCalendar("ES")))
    meeting = invitation(when=hours(10, 11, 15))  # 8 December
    assert offer(meeting, member(ALICE), spain)[0] == hours(8, 9, 16)


def test_focus_windows_and_free_days_are_closed() -> None:
    free_day = Rule(
        "wednesday", "meeting_free_day", MeetingFreeDay(frozenset({2})), "decline", PLACE, "p", mode=Mode.FLAG
    )
    silent = focus_rule("silent", WallWindow(WEEKDAYS, 15 * 60, 18 * 60), mode=Mode.OBSERVE)
    rules = policy(focus_rule(), free_day, silent)
    meeting = invitation()
    shut = closed(rules, facts(), span(meeting, NOW, MADRID))
    assert offer(meeting, member(), closed=shut) == [hours(8, 9, 1), hours(8, 9, 3), hours(8, 9, 4)]
    assert any(part.overlaps(hours(9, 13, 3)) for part in shut)
    assert any(part.start <= at(0, 2) and part.end >= at(24, 2) for part in shut)
    assert not any(part.overlaps(hours(15, 18, 1)) for part in shut)


@pytest.mark.parametrize(
    "meeting",
    [
        replace(invitation(), when=DayRange(monday(1), monday(1))),
        invitation(when=hours(10, 10, 1)),
        invitation(when=hours(8, 20, 1)),
    ],
    ids=["all-day", "without length", "longer than a day of work"],
)
def test_nothing_is_offered_where_nothing_fits(meeting: Occurrence) -> None:
    assert offer(meeting, member()) == []


def test_nobody_and_no_wish_mean_no_offer() -> None:
    assert offer(invitation()) == [] and offer(invitation(), member(), count=0) == []


def test_what_is_busy_for_somebody() -> None:
    busy = invitation("a", hours(10, 11, 1))
    events = [
        busy,
        invitation("b", hours(11, 12, 1), response=Response.DECLINED),
        replace(invitation("c", hours(13, 14, 1)), busy=False),
        replace(invitation("d", hours(14, 15, 1)), kind=EventKind.WORKING_LOCATION),
        replace(invitation("e"), when=DayRange(monday(2), monday(2))),
    ]
    assert busy_times(stored(*events), MADRID) == [hours(10, 11, 1), hours(0, 24, 2)]


@given(st.integers(0, 2**38).map(lambda ms: NOW + timedelta(milliseconds=ms)))
def test_the_next_quarter_is_the_nearest_one_not_before(instant: datetime) -> None:
    found = next_quarter(instant)
    assert timedelta() <= found - instant < timedelta(minutes=15)
    assert found.minute % 15 == 0 and found.second == found.microsecond == 0


ZONES = st.sampled_from([MADRID, NEW_YORK, ZoneInfo("Asia/Kathmandu"), ZoneInfo("UTC"), ZoneInfo("Asia/Kolkata")])
TIMES = st.lists(
    st.tuples(st.integers(0, 20 * 24 * 4), st.integers(1, 40)).map(
        lambda t: Interval(at(t[0] / 4), at((t[0] + t[1]) / 4))
    ),
    max_size=15,
)
PERSON = st.tuples(ZONES, st.integers(5, 10), st.integers(13, 22), TIMES, TIMES)


def person(n: int, zone: ZoneInfo, start: int, end: int) -> Member:
    window = WallWindow(WEEKDAYS, start * 60, end * 60)
    return replace(member(f"p{n}@acme.example"), schedule=Schedule(zone, (window,)))


def fits(slot: Interval, who: Member) -> bool:
    days = {local_date(slot.start, who.zone), local_date(slot.end - timedelta(microseconds=1), who.zone)}
    return subtract([slot], [hour for day in days for hour in hours_on(who, day)]) == []


@given(st.lists(PERSON, min_size=1, max_size=4), st.integers(1, 12), st.integers(0, 5), st.integers(0, 9))
@settings(max_examples=80, deadline=None)
def test_offers_never_overlap_what_is_taken_and_lie_within_everybodys_hours(
    shapes: list[tuple[ZoneInfo, int, int, list[Interval], list[Interval]]], quarters: int, count: int, day: int
) -> None:
    people = [person(n, zone, start, end) for n, (zone, start, end, _, _) in enumerate(shapes)]
    busy = {who.email: shape[3] for who, shape in zip(people, shapes, strict=True)}
    shut = {who.email: shape[4] for who, shape in zip(people, shapes, strict=True)}
    meeting = invitation(when=Interval(at(9, day), at(9, day) + quarters * timedelta(minutes=15)), organizer=BEN)
    earliest = NOW + timedelta(hours=2, minutes=7)
    found = alternatives(meeting, people, busy, shut, earliest, count)
    taken = [part for who in people for part in (*busy[who.email], *shut[who.email])]
    assert len(found) <= count and found == sorted(found)
    for n, slot in enumerate(found):
        assert slot.length == quarters * timedelta(minutes=15) and slot.start >= earliest
        assert slot.start.minute % 15 == 0
        assert not any(slot.overlaps(other) for other in (*taken, *found[:n]))
        assert all(fits(slot, who) for who in people)
        assert slot.end <= at(24, 10 + CALENDAR_DAYS)
