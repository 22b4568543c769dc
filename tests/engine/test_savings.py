"""What was saved is noted when the week closes, from the calendar as it ended, and stays."""

from collections.abc import Iterator

import pytest

from guardian.reports.weeks import PersonWeek
from tests.engine.policies import policy
from tests.engine.town import ANA, RUI, Town, at, town

WEEK = "2026-W48"


def past(place: Town, count: int, accepted: int) -> None:
    """So many invitations of Rui's in the fortnight before the rule was enforced."""
    for number in range(count):
        event = place.invite(f"Past {number}", at(12 + number % 2, 9 + number // 2), by=RUI)
        place.world.answer(ANA, event, "accepted" if number < accepted else "declined")


def close(place: Town) -> PersonWeek:
    """The week ends, and two days and a bit pass."""
    place.later(days=9)
    place.run()
    return week_of(place)


def week_of(place: Town) -> PersonWeek:
    (week,) = place.store.rollups.weeks(WEEK, WEEK, [ANA])
    return week


def saved(week: PersonWeek) -> tuple[int, int]:
    return week.saved_upper_minutes, week.saved_lower_minutes


@pytest.fixture
def place() -> Iterator[Town]:
    with town(policy()) as found:
        past(found, 6, accepted=3)
        yield found


def test_a_declined_meeting_saves_its_time_as_likely_as_it_would_have_been_attended(place: Town) -> None:
    event = place.invite("Sync", at(25, 10), 60)
    place.run()
    assert place.answer_of(event) == "declined"
    assert saved(week_of(place)) == (0, 0)  # still open
    assert saved(close(place)) == (60, 60 // 2 - 7)  # half of Rui's were accepted; two minutes to write, five to read


def test_what_was_taken_back_saves_nothing(place: Town) -> None:
    event = place.invite("Sync", at(25, 10), 60)
    place.run()
    place.world.answer(ANA, event, "accepted")
    assert saved(close(place)) == (0, 0)


def test_a_week_without_acts_saved_nothing_and_one_with_others_acts_neither(place: Town) -> None:
    event = place.invite("Sync", at(25, 14), 60)
    place.world.answer(ANA, event, "declined")
    assert saved(close(place)) == (0, 0)


def test_once_closed_it_stays_whatever_happens_later(place: Town) -> None:
    event = place.invite("Sync", at(25, 10), 60)
    place.run()
    final = close(place)
    place.world.answer(ANA, event, "accepted")
    place.later(days=1)
    place.run()
    assert week_of(place) == final


def test_observed_rules_save_nothing_and_say_what_they_would_have() -> None:
    with town(policy(mode="observe")) as place:
        place.invite("Sync", at(25, 10), 60)
        place.run()
        week = close(place)
        assert (saved(week), week.would_save_minutes) == ((0, 0), 60)
