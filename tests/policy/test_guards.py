"""The guards: what no policy can switch off (I2, I5, I8, I11)."""

from datetime import date, timedelta
from typing import Any

import pytest

from guardian.model.actions import Mode, Outcome
from guardian.model.events import FOCUS_MARK, EventKind, Occurrence, Response
from guardian.model.people import HolidayCalendar
from guardian.model.time import DayRange
from guardian.policy.decide import decide
from guardian.policy.guards import is_meeting
from guardian.policy.model import MaxAttendees, PolicySet, Safety
from tests.policy import worlds as w

STRICT = w.policy(w.focus())
ALONE: dict[str, Any] = {"people": (w.ANA,), "organizer": w.ANA, "is_organizer": True}


@pytest.mark.parametrize(
    ("occurrence", "reason"),
    [
        (w.meeting(guardian_key=FOCUS_MARK + "1"), "booked by the guardian"),
        (w.meeting(kind=EventKind.FOCUS), "focus time"),
        (w.meeting(kind=EventKind.OUT_OF_OFFICE), "out of office"),
        (w.meeting(kind=EventKind.WORKING_LOCATION), "working location"),
        (w.meeting(kind=EventKind.OTHER), "not a meeting"),
        (w.meeting(cancelled=True), "cancelled"),
        (w.meeting(busy=False), "free"),
        (w.meeting(when=DayRange(date(2026, 11, 24), date(2026, 11, 24))), "all-day"),
        (w.meeting(**ALONE), "nobody else"),
        (w.meeting(people=(), organizer=""), "nobody else"),
        (w.meeting(attendees=(w.guest("room@r.example", resource=True),), guests=0, is_organizer=True), "nobody else"),
    ],
)
def test_what_is_no_meeting_is_left_alone(occurrence: Occurrence, reason: str) -> None:
    decision = decide(STRICT, w.view(occurrence), w.NOW)
    assert (decision.outcome, decision.rule, decision.flagged_by) == (Outcome.NONE, None, ())
    assert reason in decision.reason
    assert [(s.step, s.result) for s in decision.trace] == [("guard", "match")]
    assert not is_meeting(occurrence)


@pytest.mark.parametrize(
    "occurrence",
    [
        w.meeting(),
        w.meeting(people=(w.ANA,)),
        w.meeting(people=(), organizer="", guests_known=False),
        w.private(),
        w.meeting(people=(w.ANA, w.BOB), organizer=w.ANA, is_organizer=True),
    ],
)
def test_somebody_else_makes_it_a_meeting(occurrence: Occurrence) -> None:
    assert is_meeting(occurrence)


def test_a_past_meeting_is_left_alone() -> None:
    """I2"""
    end = w.utc(24, 10)
    assert decide(STRICT, w.view(), end).reason == "the meeting is over"
    assert decide(STRICT, w.view(), end - timedelta(seconds=1)).outcome is Outcome.FLAG


def capped(occurrence: Occurrence, reason: str, policy: PolicySet = STRICT, **changes: Any) -> None:
    decision = decide(policy, w.view(occurrence, **changes), changes.pop("now", w.NOW))
    assert (decision.outcome, decision.mode, decision.flagged_by) == (Outcome.FLAG, Mode.FLAG, ("focus",))
    assert f"flagged only: {reason}" in decision.reason
    assert any(s.step == "guard" and s.result == "capped" and s.reason == reason for s in decision.trace)


@pytest.mark.parametrize("response", [Response.ACCEPTED, Response.TENTATIVE])
@pytest.mark.parametrize("ours", [None, Response.DECLINED])
def test_an_answer_given_by_hand_wins(response: Response, ours: Response | None) -> None:
    """I5: also when our own answer stood there before."""
    capped(w.meeting(response=response), "you answered it yourself", our_answer=ours)


def test_what_the_person_declined_is_left_alone() -> None:
    decision = decide(STRICT, w.view(w.meeting(response=Response.DECLINED)), w.NOW)
    assert (decision.outcome, decision.flagged_by) == (Outcome.NONE, ())


@pytest.mark.parametrize("response", [Response.DECLINED, Response.NEEDS_ACTION])
def test_our_own_answer_does_not_stop_us(response: Response) -> None:
    """I6: the second pass decides like the first."""
    view = w.view(w.meeting(response=response), our_answer=Response.DECLINED)
    assert decide(STRICT, view, w.NOW).outcome is Outcome.DECLINE


def test_own_meetings_are_never_declined() -> None:
    """I2"""
    capped(w.meeting(is_organizer=True, organizer=w.ANA), "your own meetings are never declined")


def test_without_an_own_row_there_is_nothing_to_answer() -> None:
    capped(w.meeting(response=None), "there is no invitation of yours to answer")


def test_three_flips_freeze_it() -> None:
    """I11"""
    capped(w.meeting(), "the answer changed hands three times in a day; people sort it out", frozen=True)


@pytest.mark.parametrize(
    ("before", "outcome"),
    [
        (timedelta(hours=2), Outcome.DECLINE),
        (timedelta(hours=2, seconds=-1), Outcome.FLAG),
        (timedelta(), Outcome.FLAG),
    ],
)
def test_inside_freeze_before_nothing_is_answered(before: timedelta, outcome: Outcome) -> None:
    decision = decide(STRICT, w.view(), w.utc(24, 9) - before)
    assert decision.outcome is outcome


def test_a_meeting_that_has_begun_is_never_answered() -> None:
    policy = w.policy(w.focus(), safety=Safety(freeze_before=timedelta()))
    assert decide(policy, w.view(), w.utc(24, 9)).outcome is Outcome.FLAG
    assert decide(policy, w.view(), w.utc(24, 8, 59)).outcome is Outcome.DECLINE


def test_our_standing_answer_is_kept_inside_freeze_before() -> None:
    """Keeping it writes nothing; lowering it to a flag would."""
    view = w.view(w.meeting(response=Response.DECLINED), our_answer=Response.DECLINED)
    assert decide(STRICT, view, w.utc(24, 8)).outcome is Outcome.DECLINE
    other = w.view(w.meeting(response=Response.TENTATIVE), our_answer=Response.TENTATIVE)
    assert decide(STRICT, other, w.utc(24, 8)).outcome is Outcome.FLAG


def test_nobody_is_written_to_inside_freeze_before() -> None:
    policy = w.policy(w.rule(MaxAttendees(1), "small", "notify_organizer"))
    assert decide(policy, w.view(), w.NOW).outcome is Outcome.NOTIFY
    assert decide(policy, w.view(), w.utc(24, 8)).outcome is Outcome.FLAG


@pytest.mark.parametrize(
    ("since", "ceiling", "outcome"),
    [
        (w.utc(22, 8), Mode.FLAG, Outcome.FLAG),
        (w.utc(22, 8), Mode.OBSERVE, Outcome.OBSERVE),
        (w.utc(22, 8), Mode.ENFORCE, Outcome.DECLINE),
        (w.utc(21, 9), Mode.FLAG, Outcome.DECLINE),
        (None, Mode.FLAG, Outcome.FLAG),
    ],
)
def test_existing_meetings_are_capped_per_rule(since: Any, ceiling: Mode, outcome: Outcome) -> None:
    """The usual meeting was made on 21 November at 09:00; a rule without a moment became `enforce` just now."""
    policy = w.policy(w.focus(), safety=Safety(existing_meetings=ceiling))
    moments = {"focus": since, "another": w.LONG_AGO} if since else {"another": w.LONG_AGO}
    assert decide(policy, w.view(enforced_since=moments), w.NOW).outcome is outcome


def test_private_meetings_are_flagged_at_most() -> None:
    decision = decide(STRICT, w.view(w.private()), w.NOW)
    assert decision.outcome is Outcome.FLAG
    assert "private" in decision.reason


def test_rules_about_time_may_act_on_private_meetings_where_the_policy_says_so() -> None:
    safety = Safety(private_meetings=Mode.ENFORCE)
    assert decide(w.policy(w.focus(), safety=safety), w.view(w.private()), w.NOW).outcome is Outcome.DECLINE
    small = w.policy(w.rule(MaxAttendees(1), "small", "tentative"), safety=safety)
    assert decide(small, w.view(w.private()), w.NOW).outcome is Outcome.FLAG


def test_a_veto_binds_the_rule_for_this_meeting() -> None:
    """I5: only that rule; others go on."""
    policy = w.policy(w.focus(), w.free_day(action="tentative"))
    decision = decide(policy, w.view(bound_rules=frozenset({"focus"})), w.NOW)
    assert (decision.outcome, decision.rule, decision.flagged_by) == (Outcome.TENTATIVE, "free", ())
    alone = decide(STRICT, w.view(bound_rules=frozenset({"focus"})), w.NOW)
    assert (alone.outcome, alone.reason) == (Outcome.NONE, "you said no to 'focus' for this meeting")


def test_on_a_public_holiday_no_rule_declines() -> None:
    """Portugal's 1 December 2026 is a Tuesday."""
    lisbon = w.member(zone="Europe/Lisbon", holidays=HolidayCalendar("PT"))
    occurrence = w.meeting(w.utc(1, 10, month=12))
    capped(occurrence, "Tue 1 Dec is a public holiday", who=lisbon)
    assert decide(STRICT, w.view(occurrence), w.NOW).outcome is Outcome.DECLINE


def test_hidden_guests_alone_do_not_stop_a_rule_about_time() -> None:
    """What asks for guests cannot tell; a focus block does not ask."""
    decision = decide(STRICT, w.view(w.meeting(guests_known=False)), w.NOW)
    assert decision.outcome is Outcome.DECLINE
    assert ("guard", "guests", "cannot_tell") in {(s.step, s.id, s.result) for s in decision.trace}
