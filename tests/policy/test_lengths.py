"""`meeting_length`: which meetings get shorter, who may change them, and that it never happens twice."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.model.actions import Decision, Outcome
from guardian.model.events import Occurrence
from guardian.model.time import Interval
from guardian.policy.decide import decide
from guardian.policy.model import MeetingLength
from guardian.policy.rules.meeting_length import trimmed
from tests.policy import worlds as w

OWN: dict[str, Any] = {"organizer": w.ANA, "is_organizer": True}


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def say(occurrence: Occurrence, **changes: Any) -> Decision:
    rule = changes.pop("rule", w.lengths())
    return decide(w.policy(rule), w.view(occurrence, **changes), w.NOW)


@pytest.mark.parametrize(
    ("length", "expected"),
    [(30, 25), (45, 40), (60, 50), (90, 80), (15, None), (20, None), (25, None), (40, None), (50, None), (55, None)],
)
def test_which_lengths_change(length: int, expected: int | None) -> None:
    assert trimmed(MeetingLength(), minutes(length)) == (minutes(expected) if expected else None)


@pytest.mark.parametrize("length", range(5, 481))
def test_trimming_a_trimmed_meeting_does_nothing(length: int) -> None:
    shorter = trimmed(MeetingLength(), minutes(length))
    assert shorter is None or trimmed(MeetingLength(), shorter) is None


@given(
    length=st.integers(0, 600),
    short=st.integers(0, 90),
    long=st.integers(0, 90),
    leave_under=st.integers(0, 120),
)
def test_trimming_is_idempotent_whatever_the_numbers(length: int, short: int, long: int, leave_under: int) -> None:
    condition = MeetingLength(minutes(short), minutes(long), leave_under=minutes(leave_under))
    shorter = trimmed(condition, minutes(length))
    assert shorter is None or (minutes(0) < shorter < minutes(length) and trimmed(condition, shorter) is None)


def test_seconds_are_no_grid() -> None:
    assert trimmed(MeetingLength(), timedelta(minutes=30, seconds=1)) is None


def test_own_meetings_get_shorter_at_the_chosen_edge() -> None:
    decision = say(w.meeting(**OWN))
    assert (decision.outcome, decision.reason) == (Outcome.SHORTEN, "1 h would be 50 min")
    assert decision.new_when == Interval(w.utc(24, 9), w.utc(24, 9, 50))
    early = w.rule(MeetingLength(edge="start"), "lengths", "shorten")
    assert say(w.meeting(**OWN), rule=early).new_when == Interval(w.utc(24, 9, 10), w.utc(24, 10))


@pytest.mark.parametrize(
    ("occurrence", "reason"),
    [
        (w.meeting(locked=True, **OWN), "the calendar does not let us change it"),
        (w.meeting(attendees=(w.guest(w.BOB), w.guest("r@acme.example", resource=True)), **OWN), "a room is booked"),
        (w.meeting(people=(w.ANA, w.CLIENT), **OWN), "somebody from outside is invited"),
        (w.meeting(guests_known=False, **OWN), "the guest list is hidden"),
    ],
)
def test_what_may_not_be_changed_is_only_flagged(occurrence: Occurrence, reason: str) -> None:
    decision = say(occurrence)
    assert (decision.outcome, decision.new_when) == (Outcome.FLAG, None)
    assert decision.reason == f"1 h would be 50 min; flagged only: {reason}"


@pytest.mark.parametrize("own", [OWN, {}])
def test_a_length_that_somebody_set_back_stays(own: dict[str, Any]) -> None:
    """I5"""
    decision = say(w.meeting(**own), series_kept=True)
    assert decision.outcome is Outcome.NONE
    assert decision.trace[-1].reason == "somebody set the length of this series back; it stays"


@pytest.mark.parametrize("others", ["flag", "notify_organizer"])
@pytest.mark.parametrize("organizer", [w.BOB, w.CLIENT, ""])
def test_other_peoples_meetings_are_never_changed(others: str, organizer: str) -> None:
    """I1: enrolled or not, only the organiser's own copy could be shortened."""
    occurrence = w.meeting(organizer=organizer)
    decision = say(occurrence, rule=w.lengths(others=others), organizer_member=w.member(w.BOB))
    assert decision.outcome is (Outcome.NOTIFY if others != "flag" and organizer == w.BOB else Outcome.FLAG)
    assert decision.new_when is None


def test_mine_may_be_a_word_to_the_person() -> None:
    decision = say(w.meeting(**OWN), rule=w.lengths(mine="notify_person"))
    assert (decision.outcome, decision.new_when) == (Outcome.NOTIFY, None)


def test_own_meetings_are_not_shortened_inside_freeze_before() -> None:
    decision = decide(w.policy(w.lengths()), w.view(w.meeting(**OWN)), w.utc(24, 8))
    assert (decision.outcome, decision.new_when) == (Outcome.FLAG, None)
