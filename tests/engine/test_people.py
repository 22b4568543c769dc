"""People say no: before the act, after it, or by simply answering themselves."""

import pytest

from guardian.engine.undo import approve, leave, undo_decision, undo_run, veto
from guardian.errors import InputError
from guardian.model.actions import State
from tests.engine.policies import HELD, policy
from tests.engine.town import ANA, BEN, Given, Town, at, town


def test_a_veto_stops_a_held_act_until_the_meeting_moves() -> None:
    with town(HELD) as place:
        event = place.invite("Status", at(24, 10))
        place.run()
        veto(place.engine, place.decision(event).id, ANA)
        for _ in range(3):
            place.later(minutes=30)
            place.run()
        assert place.answers == []
        assert place.answer_rows()[0].reason == f"vetoed by {ANA}"
        place.world.move(event, at(25, 10), at(25, 11))
        place.run()
        place.later(minutes=10)
        place.run()
        assert place.answers == [Given(ANA, event, "declined")]


def test_a_veto_binds_across_policy_versions() -> None:
    with town(HELD) as place:
        event = place.invite("Status", at(24, 10))
        place.run()
        veto(place.engine, place.decision(event).id, ANA)
        place.policy = policy()
        place.accept()
        place.run()
        assert place.answers == []


def test_an_approval_ends_the_hold_at_once() -> None:
    with town(HELD) as place:
        event = place.invite("Status", at(24, 10))
        place.run()
        approve(place.engine, place.decision(event).id, ANA)
        place.run()
        assert place.answers == [Given(ANA, event, "declined")]


def test_what_is_done_cannot_be_vetoed_and_what_is_not_held_not_approved(place: Town) -> None:
    event = place.invite("Status", at(24, 10))
    place.run()
    decision = place.decision(event).id
    with pytest.raises(InputError):
        veto(place.engine, decision, ANA)
    with pytest.raises(InputError):
        approve(place.engine, decision, ANA)


def test_i15_undo_gives_back_the_answer_that_stood_before_and_binds(place: Town) -> None:
    event = place.invite("Status", at(24, 10))
    place.run()
    undone = undo_decision(place.engine, place.decision(event).id, ANA)
    assert undone.result == "undone"
    assert place.answer_of(event) == "needsAction"
    for _ in range(2):
        place.later(minutes=10)
        assert place.run().plan.items == ()
    assert place.answers == [Given(ANA, event, "declined"), Given(ANA, event, "needsAction")]


def test_after_an_undo_a_meeting_that_moves_is_judged_anew(place: Town) -> None:
    event = place.invite("Status", at(24, 10))
    place.run()
    undo_decision(place.engine, place.decision(event).id, ANA)
    place.later(minutes=10)
    place.world.move(event, at(25, 10), at(25, 11))
    place.run()
    assert [given.response for given in place.answers] == ["declined", "needsAction", "declined"]


def test_i15_every_act_says_who_what_why_and_what_stood_before(place: Town) -> None:
    event = place.invite("Status", at(24, 10))
    report = place.run()
    done = next(entry for entry in place.store.ledger.audit() if entry.what == "done")
    assert done.actor == "guardian"
    assert done.before is not None
    assert done.after is not None
    assert (done.before["response"], done.after["response"]) == ("needs_action", "declined")
    decision = place.decision(event).decision
    assert (decision.rule, decision.policy_version) == ("focus-time", report.run.policy_version)
    assert place.store.ledger.verify_audit() is None


def test_i15_a_whole_run_is_taken_back(place: Town) -> None:
    events = [place.invite(f"Meeting {hour}", at(24, hour), guests=(ANA, BEN)) for hour in (9, 10, 11)]
    run = place.run().run.id
    undone = undo_run(place.engine, run, "operator")
    assert [item.result for item in undone] == ["undone"] * 6
    assert {place.answer_of(event, who) for event in events for who in (ANA, BEN)} == {"needsAction"}
    assert place.run().plan.items == ()


def test_i13_one_act_that_cannot_be_taken_back_does_not_stop_the_others(place: Town) -> None:
    for who in (ANA, BEN):
        place.invite("Status", at(24, 10), guests=(who,))
    run = place.run().run.id
    place.sandbox.faults.add("503", person=BEN, times=None)
    undone = {item.person: item.result for item in undo_run(place.engine, run, "operator")}
    assert undone == {ANA: "undone", BEN: "failed"}
    assert place.store.ledger.runs()[0].ended_at is not None


def test_undo_works_while_the_kill_switch_is_on(place: Town) -> None:
    event = place.invite("Status", at(24, 10))
    run = place.run().run.id
    place.killed = lambda: True
    assert [item.result for item in undo_run(place.engine, run, "operator")] == ["undone"]
    assert place.answer_of(event) == "needsAction"


def test_i5_undo_leaves_an_answer_alone_that_the_person_changed_since(place: Town) -> None:
    event = place.invite("Status", at(24, 10))
    place.run()
    place.world.answer(ANA, event, "tentative")
    assert undo_decision(place.engine, place.decision(event).id, ANA).result == "cannot_restore"
    assert place.answer_of(event) == "tentative"


def test_undoing_a_held_act_is_a_veto() -> None:
    with town(HELD) as place:
        event = place.invite("Status", at(24, 10))
        place.run()
        assert undo_decision(place.engine, place.decision(event).id, ANA).result == "vetoed"
        place.later(minutes=30)
        place.run()
        assert place.answers == []


def test_undo_takes_a_flag_off(place: Town) -> None:
    event = place.invite("Old", at(24, 10), created=at(20, 9))
    place.run()
    assert undo_decision(place.engine, place.decision(event).id, ANA).result == "undone"
    assert not place.flagged(event)
    place.run()
    assert not place.flagged(event)


def test_leaving_takes_blocks_and_flags_along_and_leaves_answers() -> None:
    with town(policy(book=True)) as place:
        old = place.invite("Old", at(24, 10), created=at(20, 9))
        new = place.invite("New", at(25, 10))
        place.run()
        assert any(e.get("eventType") == "focusTime" for e in place.world.events(ANA))
        leave(place.engine, ANA, ANA)
        assert not any(e.get("eventType") == "focusTime" for e in place.world.events(ANA))
        assert (place.flagged(old), place.answer_of(new)) == (False, "declined")
        assert place.store.facts.occurrences(ANA) == []


def test_i11_three_changes_of_hands_in_a_day_freeze_the_meeting(place: Town) -> None:
    """Another program takes every answer of ours back and moves the meeting, so that it is judged anew each time."""
    event = place.invite("Status", at(24, 10))
    for hour in range(8):
        place.run()
        place.later(minutes=10)
        place.world.answer(ANA, event, "needsAction")
        place.world.move(event, at(24, 9, 5 * hour), at(24, 10, 5 * hour))
        place.later(minutes=10)
    assert 1 <= len(place.answers) <= 2
    assert place.decision(event).decision.outcome.value == "flag"
    assert place.decision(event).state in (State.DONE, State.RECORDED)


def test_i11_our_own_changes_come_back_a_hundred_times_and_move_nothing(place: Town) -> None:
    """The service tells us of our own writes, as news, again and again."""
    for hour in (9, 10, 11):
        place.invite(f"Meeting {hour}", at(24, hour))
    place.run()
    written = len(place.sandbox.writes)
    for _ in range(100):
        place.world.store.touch(place.world.store.calendars[ANA].rows[place.answers[0].event])
        assert place.run(people=frozenset({ANA})).plan.items == ()
    assert len(place.sandbox.writes) == written
