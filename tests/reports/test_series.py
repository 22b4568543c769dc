"""Series ranked by what they cost, put together from the copies of all mailboxes."""

import random
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from time import process_time
from typing import Any

import pytest

from guardian.model.events import Agenda, Attendee, EventRef, Response, StoredOccurrence
from guardian.model.time import Interval
from guardian.reports.attending import meetings_of
from guardian.reports.cost import Money, Rates
from guardian.reports.crowd import Size
from guardian.reports.series import SeriesRow, series_rows
from tests.reports.calendar_of import at
from tests.reports.series_of import NOW, ORGANIZER, TEAM, occurrence, seen_by, stored, weekly

INSIDE = ("acme.example",)
EIGHT_WEEKS = Interval(NOW - timedelta(weeks=8), NOW)


def rows(copies: list[StoredOccurrence], **changes: Any) -> list[SeriesRow]:
    return series_rows(copies, changes.pop("span", EIGHT_WEEKS), NOW, inside=INSIDE, **changes)


def row(copies: list[StoredOccurrence], **changes: Any) -> SeriesRow:
    (found,) = rows(copies, **changes)
    return found


def test_a_series_by_hand() -> None:
    """Every Tuesday at ten, 15 minutes, six people; the last eight Tuesdays are 22 September... to 10 November."""
    found = row(weekly())
    assert (found.series, found.title, found.organizer) == ("status", "Status of the launch", ORGANIZER)
    assert (found.occurrences, found.minutes, found.people, found.inside) == (8, 15, 6, 6)
    assert found.person_minutes == 8 * 15 * 6
    assert (found.rhythm_days, found.in_eight_weeks) == (7, 8)
    assert found.age_weeks == 30
    assert found.next == at(1, "10:00")
    assert (found.planned_weeks, found.horizon_weeks) == (8, 8)
    assert (found.readable, found.lacking, found.last_agenda) == (8, 8, None)
    assert (found.accepted, found.declined, found.unanswered, found.asked) == (40, 0, 0, 40)
    assert found.size is Size.SMALL
    assert not (found.at_least or found.external or found.private)


def test_one_meeting_in_many_mailboxes_is_one() -> None:
    copies = weekly()
    everywhere = [*copies, *(seen_by(person, copy) for person in TEAM for copy in copies)]
    random.Random(1).shuffle(everywhere)
    assert row(everywhere) == row(copies)


def test_a_mailbox_knows_its_own_answer_best() -> None:
    copies = weekly([-1])
    away = [*copies, seen_by(TEAM[0], copies[0], Response.DECLINED), seen_by(TEAM[1], copies[0], Response.TENTATIVE)]
    found = row(away)
    assert (found.accepted, found.tentative, found.declined) == (3, 1, 1)
    assert found.person_minutes == 15 * 5


def test_who_is_optional_and_silent_does_not_attend() -> None:
    guests = (
        Attendee(TEAM[0], optional=True),
        Attendee(TEAM[1]),
        Attendee("lee@client.example", response=Response.ACCEPTED),
    )
    found = row(weekly([-1], answers=guests, guests=3))
    assert (found.inside, found.person_minutes, found.people) == (2, 30, 4)
    assert (found.unanswered, found.optional) == (2, 1)
    assert found.external


def test_rooms_and_lists_are_nobody_and_what_is_not_seen_is_at_least() -> None:
    guests = (Attendee("room@acme.example", resource=True), Attendee("all@acme.example", group=True), Attendee(TEAM[0]))
    found = row(weekly([-1], answers=guests))
    assert (found.inside, found.at_least) == (2, True)


def test_a_colleague_who_sees_the_series_and_is_on_no_list_attends() -> None:
    """The guest list is hidden; three mailboxes hold it."""
    hidden = weekly([-1], answers=(), guests=30, guests_known=False)
    others = [seen_by(person, hidden[0]) for person in TEAM[:2]]
    found = row([*hidden, *others])
    assert (found.inside, found.at_least, found.people) == (3, True, 31)


def test_a_private_series_has_no_name() -> None:
    found = row(weekly([-1], private=True))
    assert (found.title, found.organizer, found.private, found.readable) == ("", "", True, 0)


def test_only_what_is_held_counts() -> None:
    dropped = [
        stored(occurrence(at(-6, "10:00"), cancelled=True)),
        stored(occurrence(at(-5, "10:00"), busy=False)),
        stored(occurrence(at(-4, "08:00"), minutes=601)),
        stored(occurrence(at(-3, "10:00"), answers=(), guests=0)),
        stored(occurrence(at(-2, "10:00"), series_id=None)),
    ]
    assert rows(dropped) == []
    assert row([*dropped, *weekly([-1])]).occurrences == 1


def test_the_span_counts_and_the_rest_tells_rhythm_age_and_future() -> None:
    found = row(weekly(), span=Interval(NOW - timedelta(weeks=2), NOW))
    assert (found.occurrences, found.person_minutes, found.in_eight_weeks) == (2, 180, 8)
    assert rows(weekly(range(1, 9))) == []


def test_where_calendars_were_not_read_long_enough_the_next_eight_weeks_tell_the_rhythm() -> None:
    found = row(weekly([-1, *range(1, 9)]), span=Interval(NOW - timedelta(weeks=2), NOW))
    assert found.in_eight_weeks == 7


def test_the_age_counts_from_the_earliest_creation_known() -> None:
    young = [stored(occurrence(at(-6, "10:00"), created_at=None), first_seen=at(-20, "09:00"))]
    assert row(young).age_weeks == 2
    assert row([*young, *weekly([-1])]).age_weeks == 30


def test_the_last_agenda_and_documents() -> None:
    said, bare, kept = Agenda(9, 40), Agenda(9, 39), Agenda(has_document=True)
    mixed = [
        *weekly([-5], agenda=said),
        *weekly([-4], agenda=kept),
        *weekly([-3], agenda=bare),
        *weekly([-2], agenda=None),
    ]
    found = row(mixed)
    assert (found.readable, found.lacking, found.documented) == (3, 1, 1)
    assert found.last_agenda == at(-27, "10:00")


def test_what_is_shorter_than_usual_or_was_moved() -> None:
    mixed = [*weekly([-5, -4, -3]), *weekly([-2], minutes=10), *weekly([-1], minutes=25)]
    moved = [replace(mixed[0], rescheduled_at=NOW), *mixed[1:]]
    found = row(moved)
    assert (found.minutes, found.shorter, found.moved) == (15, 1, 1)


def test_the_costliest_series_comes_first() -> None:
    dear = weekly(uid="board", minutes=60)
    same = weekly(uid="twin")
    assert [r.series for r in rows([*weekly(), *dear, *same])] == ["board", "status", "twin"]


def test_money_is_the_list_price_of_three_colleagues_at_least() -> None:
    rates = Rates("EUR", 60, {"A": 500})
    assert row(weekly()).price(rates) == Money("EUR", Fraction(720))
    two = row(weekly(answers=(Attendee(TEAM[0], response=Response.ACCEPTED),)))
    assert two.inside == 2
    assert two.price(rates) is None


def test_thousands_of_guests_and_copies_are_counted_once() -> None:
    guests = tuple(Attendee(f"q{n}@acme.example", response=Response.ACCEPTED) for n in range(5000))
    copies = weekly([-2, -1], answers=guests, guests=5000)
    for n in range(2000):
        ref = EventRef(f"q{n}@acme.example", "primary", "status")
        copies.append(replace(copies[0], occurrence=replace(copies[0].occurrence, ref=ref, is_organizer=False)))
    began = process_time()
    found = row(copies, organisation=6000)
    assert process_time() - began < 2
    assert (found.inside, found.people, found.size) == (5001, 5001, Size.ALL_HANDS)
    assert found.person_minutes == 2 * 15 * 5001


@pytest.mark.parametrize("inside", [(), INSIDE])
def test_a_single_meeting_is_put_together_alike(inside: tuple[str, ...]) -> None:
    (found,) = meetings_of(weekly([-1], series_id=None), inside)
    assert found.person_minutes == 90
    assert found.attending == {ORGANIZER, *TEAM}
    assert not found.late
