"""What happens when policy, people or the pass itself change their mind between two moments."""

from dataclasses import replace
from typing import Any

import pytest

from guardian.engine.cycle import Request, accept_now, run_pass
from guardian.engine.undo import undo_decision, veto
from guardian.model.actions import Action, Outcome, Receipt
from tests.engine.policies import POLICY, policy
from tests.engine.town import ANA, BEN, Given, Town, at, town

BROKEN = "version: 1\nrules: [{id: x, type: focus_blok}]\n"
WATCHING = policy(mode="flag")
TWO_RULES = policy(
    more_rules="  - {id: free-tuesday, type: meeting_free_day, days: [tue], action: decline, mode: enforce}"
)
CLASHES = policy(more_rules="  - {id: clashes, type: double_booking, action: decline, mode: enforce}")


def test_after_a_rollback_the_version_returned_to_is_the_last_good_one() -> None:
    with town(WATCHING) as place:
        place.policy = POLICY
        accept_now(place.engine, actor="test")
        place.later(minutes=5)
        place.policy = WATCHING
        place.run()
        place.policy = BROKEN
        place.later(minutes=5)
        event = place.invite("Status", at(24, 10))
        report = place.run()
        assert report.force.last_good
        assert (place.answer_of(event), place.answers) == ("needsAction", [])


class DiesBeforeTheCall:
    """A provider whose process ends between the committed intent and the call."""

    def __init__(self, provider: object) -> None:
        self._provider = provider

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    def apply(self, _action: Action) -> Receipt:
        raise SystemExit


def test_i4_an_act_left_open_by_a_crash_is_not_written_when_nothing_asks_for_it_any_more(place: Town) -> None:
    event = place.invite("Status", at(24, 10))
    mortal = {name: DiesBeforeTheCall(provider) for name, provider in place.engine.providers.items()}
    with pytest.raises(SystemExit):
        run_pass(replace(place.engine, providers=mortal), Request())
    assert [row.state for row in place.answer_rows()] == ["sending"]
    place.policy = WATCHING
    accept_now(place.engine, actor="test")
    place.later(hours=5)
    place.run()
    assert place.answer_of(event) == "needsAction"
    assert [row.state for row in place.answer_rows()] == ["skipped"]


def test_s12_the_kill_switch_keeps_what_waits(place: Town) -> None:
    place.policy = policy(hold="10m")
    accept_now(place.engine, actor="test")
    event = place.invite("Status", at(24, 10))
    place.run()
    place.killed = lambda: True
    place.later(minutes=5)
    place.run()
    assert [row.state for row in place.answer_rows()] == ["held"]
    place.killed = lambda: False
    place.later(minutes=6)
    place.run()
    assert place.answers == [Given(ANA, event, "declined")]


def test_a_meeting_that_clashes_only_with_one_declined_in_the_same_pass_stays() -> None:
    with town(CLASHES) as place:
        focus = place.invite("In the focus window", at(24, 12, 30), minutes=60)
        place.later(minutes=1)
        after = place.invite("After it", at(24, 13, 15), minutes=45)
        place.run()
        assert (place.answer_of(focus), place.answer_of(after)) == ("declined", "needsAction")


def test_i5_an_undo_is_a_no_to_every_rule_that_would_answer_now() -> None:
    with town(TWO_RULES) as place:
        event = place.invite("Status", at(24, 10))
        place.run()
        undo_decision(place.engine, place.decision(event).id, "test")
        assert place.answer_of(event) == "needsAction"
        place.later(minutes=5)
        place.run()
        assert place.answer_of(event) == "needsAction"


def test_i10_a_pass_that_could_read_nothing_accepts_nothing() -> None:
    with town(accepted=False) as place:
        place.sandbox.faults.add("503", times=None)
        first = place.run()
        place.sandbox.faults.clear()
        assert first.run.summary["policy_accepted"] is False
        event = place.invite("Status", at(24, 10))
        place.later(minutes=5)
        second = place.run()
        assert (second.run.dry_run, place.answer_of(event)) == (True, "needsAction")


def test_i10_a_pass_over_some_people_does_not_accept_for_all() -> None:
    with town(accepted=False) as place:
        first = place.run(people=frozenset({BEN}))
        assert (first.run.dry_run, first.run.summary["policy_accepted"]) == (True, False)


def test_an_urgent_meeting_that_is_over_has_used_up_the_limit_of_its_week(place: Town) -> None:
    place.invite("[urgent] Now", at(24, 10))
    place.run()
    place.later(days=2, hours=6)
    late = place.invite("[urgent] Again", at(27, 10))
    report = place.run()
    assert place.answer_of(late) == "declined"
    assert Outcome.DECLINE in {row.decision.outcome for row in report.decisions}


def test_what_waits_for_somebody_no_longer_enrolled_ends_when_its_meeting_begins(place: Town) -> None:
    place.policy = policy(hold="10m")
    accept_now(place.engine, actor="test")
    place.invite("Status", at(24, 10))
    place.run()
    assert [row.state for row in place.answer_rows()] == ["held"]
    place.enrolled = [person for person in place.enrolled if person.email != ANA]
    place.later(days=3)
    place.run()
    assert [row.state for row in place.answer_rows()] == ["skipped"]


def test_a_veto_after_a_crash_is_settled_by_reading_and_nothing_is_written(place: Town) -> None:
    event = place.invite("Status", at(24, 10))
    mortal = {name: DiesBeforeTheCall(provider) for name, provider in place.engine.providers.items()}
    with pytest.raises(SystemExit):
        run_pass(replace(place.engine, providers=mortal), Request())
    veto(place.engine, place.decision(event).id, "test")
    place.later(minutes=5)
    place.run()
    assert place.answer_of(event) == "needsAction"
    assert [row.state for row in place.answer_rows()] == ["skipped"]
