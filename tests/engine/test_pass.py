"""One pass after the other, as people see them."""

import pytest

from guardian.model.actions import Outcome, State
from tests.engine.policies import HELD, policy
from tests.engine.town import ANA, BEN, KIM, RUI, Given, Town, at, town


def test_i10_the_first_pass_under_a_new_policy_is_dry_and_the_second_acts() -> None:
    with town(accepted=False) as place:
        first = place.run()
        place.later(minutes=1)
        event = place.invite("Status", at(24, 10))
        assert (first.run.dry_run, first.force.accepted) == (True, False)
        assert first.run.summary["policy_accepted"] is True
        assert place.run().run.dry_run is False
        assert place.answers == [Given(ANA, event, "declined")]


def test_i10_a_dry_first_pass_shows_what_it_would_do_and_writes_nothing() -> None:
    with town(accepted=False) as place:
        event = place.invite("Status", at(24, 10))
        report = place.run()
        assert [d.decision.occurrence.ref.event_id for d in report.decisions] == [event]
        assert place.sandbox.writes == []
        assert place.rows() == []


def test_meetings_that_were_there_before_the_rule_are_flagged_only(place: Town) -> None:
    old = place.invite("Old", at(24, 10), created=at(20, 9))
    place.run()
    assert (place.answer_of(old), place.flagged(old)) == ("needsAction", True)
    assert place.answers == []
    assert place.replies == []


def test_a_meeting_in_focus_time_is_declined_once_with_one_mail(place: Town) -> None:
    event = place.invite("Status", at(24, 10))
    outside = place.invite("Lunch", at(24, 14))
    report = place.run()
    place.run()
    assert place.answers == [Given(ANA, event, "declined")]
    assert place.replies == [(ANA, RUI, event)]
    assert place.answer_of(outside) == "needsAction"
    assert report.run.summary["actions"]["done"] == 1


def test_i6_of_two_passes_in_a_row_the_second_does_nothing(place: Town) -> None:
    for hour in (9, 10, 11, 14):
        place.invite(f"Meeting {hour}", at(24, hour), guests=(ANA, BEN))
    place.run()
    before = len(place.sandbox.writes)
    second = place.run()
    assert second.plan.items == ()
    assert len(place.sandbox.writes) == before
    place.assert_converged()


def test_i1_somebody_not_on_the_roster_is_never_read_or_written(place: Town) -> None:
    place.invite("Status", at(24, 10), by=KIM, guests=(ANA, RUI))
    place.enrolled = place.enrolled[:1]
    place.run()
    assert {entry.person for entry in place.sandbox.log} == {ANA}
    assert place.answer_of(place.answers[0].event, RUI) == "needsAction"


def test_i1_only_the_own_row_of_the_own_copy_is_changed(place: Town) -> None:
    event = place.invite("Status", at(24, 10), by=KIM, guests=(ANA, RUI))
    before = {row["email"]: row["responseStatus"] for row in place.world.copy(RUI, event)["attendees"]}
    place.run()
    after = {row["email"]: row["responseStatus"] for row in place.world.copy(RUI, event)["attendees"]}
    assert after == before | {ANA: "declined"}
    assert place.world.copy(RUI, event)["summary"] == "Status"


@pytest.mark.parametrize("answer", ["accepted", "tentative", "declined"])
def test_i2_i5_an_answer_given_by_hand_is_never_changed(place: Town, answer: str) -> None:
    event = place.invite("Status", at(24, 10))
    place.world.answer(ANA, event, answer)
    place.run()
    place.run()
    assert place.answers == []
    assert place.answer_of(event) == answer


def test_i2_own_meetings_and_meetings_about_to_begin_are_never_declined(place: Town) -> None:
    place.invite("Mine", at(24, 10), by=ANA, guests=(RUI,))
    place.invite("Soon", at(23, 9, 30))
    place.invite("Series of mine", at(25, 9), by=ANA, guests=(BEN,), series=["RRULE:FREQ=DAILY;COUNT=2"])
    place.run()
    assert [given.person for given in place.answers] == [BEN, BEN]


def test_i2_of_a_series_only_the_clashing_occurrence_is_declined(place: Town) -> None:
    series = place.invite("Weekly", at(24, 14), series=["RRULE:FREQ=WEEKLY;COUNT=3"])
    second = place.world.occurrence(series, at(30, 14).replace(month=12, day=1))
    place.world.move(second, at(30, 10).replace(month=12, day=1), at(30, 11).replace(month=12, day=1))
    place.run()
    assert place.answers == [Given(ANA, second, "declined")]
    assert place.answer_of(series) == "needsAction"


def test_a_held_decline_is_written_when_its_time_has_come() -> None:
    with town(HELD) as place:
        event = place.invite("Status", at(24, 10))
        place.run()
        assert place.answers == []
        assert (place.decision(event).state, place.decision(event).held_by) == (State.HELD, "hold")
        place.later(minutes=9)
        place.run()
        assert place.answers == []
        place.later(minutes=1)
        place.run()
        assert place.answers == [Given(ANA, event, "declined")]


def test_a_hold_ends_in_a_look_at_fresh_data() -> None:
    with town(HELD) as place:
        answered = place.invite("Answered", at(24, 9))
        moved = place.invite("Moved", at(24, 10))
        cancelled = place.invite("Cancelled", at(24, 11))
        place.run()
        place.later(minutes=10)
        place.world.answer(ANA, answered, "accepted")
        place.world.move(moved, at(24, 15), at(24, 16))
        place.world.cancel(cancelled)
        place.run()
        assert place.answers == []
        assert {row.state for row in place.answer_rows()} == {"skipped"}


def test_a_meeting_that_moves_is_judged_anew(place: Town) -> None:
    event = place.invite("Status", at(24, 10))
    place.run()
    place.later(minutes=5)
    place.world.move(event, at(25, 10), at(25, 11))
    place.run()
    assert place.answer_of(event) == "declined"
    assert len(place.answers) == len(place.answer_rows()) == 1


def test_a_declined_meeting_that_moves_out_of_conflict_gets_its_earlier_answer_back(place: Town) -> None:
    event = place.invite("Status", at(24, 10))
    place.run()
    place.later(minutes=5)
    place.world.move(event, at(24, 15), at(24, 16))
    place.run()
    assert place.answers == [Given(ANA, event, "declined"), Given(ANA, event, "needsAction")]
    assert place.run().plan.items == ()


def test_i5_a_person_who_takes_the_answer_back_wins_for_good(place: Town) -> None:
    event = place.invite("Status", at(24, 10))
    place.run()
    place.later(minutes=5)
    place.world.answer(ANA, event, "accepted")
    for _ in range(3):
        place.later(days=0.1)
        place.run()
    assert place.answers == [Given(ANA, event, "declined")]
    assert place.answer_of(event) == "accepted"


def test_person_narrows_a_pass_to_some_people(place: Town) -> None:
    event = place.invite("Status", at(24, 10), guests=(ANA, BEN))
    place.run(people=frozenset({BEN}))
    assert place.answers == [Given(BEN, event, "declined")]
    assert {entry.person for entry in place.sandbox.log} == {BEN}
    place.run()
    assert place.answers[1:] == [Given(ANA, event, "declined")]


def test_a_dry_run_shows_everything_and_touches_neither_ledger_nor_calendar(place: Town) -> None:
    event = place.invite("Status", at(24, 10))
    report = place.run(dry_run=True)
    assert [item.action.verb for item in report.plan.items] == ["decline"]
    assert place.sandbox.writes == []
    assert place.rows() == []
    assert place.store.ledger.runs() == []
    assert place.answer_of(event) == "needsAction"


def test_private_meetings_are_flagged_and_their_titles_never_stored(place: Town) -> None:
    event = place.invite("Doctor Hush", at(24, 10), visibility="private")
    place.run()
    assert place.answers == []
    assert place.flagged(event)
    stored = place.store.facts.find(ANA, event)
    assert stored is not None
    assert stored.occurrence.title == stored.occurrence.organizer == ""
    assert b"Hush" not in (place.folder / "guardian.db").read_bytes()


def test_private_meetings_are_declined_where_the_policy_says_so() -> None:
    text = policy(more_safety="  private_meetings: enforce").replace(
        'when: {title: ["[urgent]"]}', "when: {recurring: true}"
    )
    with town(text) as place:
        event = place.invite("Doctor Hush", at(24, 10), visibility="private")
        place.run()
        assert place.answers == [Given(ANA, event, "declined")]


def test_the_bypass_limit_counts_over_the_whole_organisation(place: Town) -> None:
    first = place.invite("[urgent] one", at(24, 9), guests=(BEN,))
    place.later(minutes=1)
    second = place.invite("[urgent] two", at(24, 10), guests=(ANA,))
    place.run()
    assert place.answers == [Given(ANA, second, "declined")]
    assert place.decision(first, BEN).decision.bypass == "urgent"
    assert place.decision(first, BEN).decision.outcome is Outcome.NONE
