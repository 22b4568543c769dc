"""Money is never counted twice: what meetings cost is what people cost."""

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from guardian.model.events import Attendee, EventRef, Occurrence
from guardian.model.time import Interval, Week
from guardian.reports.cost import Rates, cost_of, price, shares
from guardian.reports.gauge import Gauge
from guardian.reports.load import person_week
from tests.reports.calendar_of import MONDAY, NINE_TO_FIVE, meeting, stretch
from tests.reports.test_load_laws import intervals

WEEK = Week.of(MONDAY)
WHOLE = WEEK.interval(NINE_TO_FIVE.zone)
PEOPLE = [f"p{n}@acme.example" for n in range(4)]
RATES = Rates("EUR", 61.37)

in_the_week = intervals.filter(
    lambda when: WHOLE.start <= when.start and when.end <= WHOLE.end and when.length.seconds <= 36_000
)
invitations = st.lists(st.tuples(in_the_week, st.sets(st.sampled_from(PEOPLE), min_size=2)), max_size=8)


def calendars(invited: list[tuple[Interval, set[str]]]) -> dict[str, list[Occurrence]]:
    """Everybody's copies; everybody accepts."""
    found: dict[str, list[Occurrence]] = {person: [] for person in PEOPLE}
    for n, (when, people) in enumerate(invited):
        for person in people:
            guests = tuple(Attendee(p, is_self=p == person) for p in sorted(people))
            copy = meeting(f"m{n}", when, attendees=guests, organizer="")
            found[person].append(replace(copy, ref=EventRef(person, "primary", f"m{n}")))
    return found


@given(invitations)
def test_costs_of_events_sum_to_costs_of_people(invited: list[tuple[Interval, set[str]]]) -> None:
    by_person, by_event = Fraction(), defaultdict[str, Fraction](Fraction)
    for person, occurrences in calendars(invited).items():
        week = person_week(occurrences, Gauge(person, NINE_TO_FIVE), WEEK)
        money = cost_of(week, RATES, 5)
        assert money is not None
        by_person += money.amount
        timed = [(o.meeting.series_uid, o.when) for o in occurrences if isinstance(o.when, Interval)]
        for uid, minutes in shares(timed).items():
            by_event[uid] += price(minutes, RATES).amount
    assert sum(by_event.values()) == by_person


@given(invitations)
def test_nothing_costs_more_than_its_list_price(invited: list[tuple[Interval, set[str]]]) -> None:
    for occurrences in calendars(invited).values():
        timed = {o.meeting.series_uid: o.when for o in occurrences if isinstance(o.when, Interval)}
        for uid, minutes in shares(timed.items()).items():
            assert 0 <= minutes <= timed[uid].minutes


def test_where_three_overlap_each_has_a_third() -> None:
    """a 9:00-10:00, b 9:30-10:00, c 9:45-10:15: a 30 + 7.5 + 5, b 7.5 + 5, c 5 + 15."""
    found = shares(
        [
            ("a", stretch(0, "09:00", "10:00")),
            ("b", stretch(0, "09:30", "10:00")),
            ("c", stretch(0, "09:45", "10:15")),
        ]
    )
    assert found == {"a": Fraction(85, 2), "b": Fraction(25, 2), "c": Fraction(20)}
    assert sum(found.values()) == 75


def test_one_meeting_may_come_in_two_parts_and_nothing_costs_nothing() -> None:
    parts = [
        ("a", stretch(0, "09:00", "09:30")),
        ("a", stretch(0, "11:00", "11:30")),
        ("b", stretch(0, "09:00", "09:00")),
    ]
    assert shares(parts) == {"a": 60, "b": 0}
    assert shares([]) == {}
