"""From decisions to acts: what is done once, what never, what is taken back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.model.actions import (
    Action,
    Answer,
    Decision,
    Flag,
    Mode,
    Outcome,
    Planned,
    Restore,
    Shorten,
    TraceStep,
    Unflag,
    action_key,
)
from guardian.model.events import EventKind, EventRef, Occurrence, Response
from guardian.model.ledger import OutboxRow
from guardian.model.time import Interval
from guardian.planning.history import act
from guardian.planning.planner import PlanFacts, plan
from guardian.planning.view import Memory
from tests.planning.worlds import ANA, BEN, NOW, at, decision, facts, invitation, row, span, verbs


def planned(decisions: Sequence[Decision], *rows: OutboxRow, killed: bool = False) -> tuple[Planned, ...]:
    people = {ANA: PlanFacts(facts(killed=killed), Memory(rows))}
    return plan(decisions, people, NOW, comment=lambda d: f"no, says {d.rule}")


def acts(made: Decision, *rows: OutboxRow) -> list[Action]:
    return [item.action for item in planned([made], *rows)]


def test_a_decline_is_one_answer_with_words_precondition_and_a_lasting_key() -> None:
    occurrence = invitation()
    (action,) = acts(decision(occurrence))
    assert action.effect == Answer(Response.DECLINED, "no, says focus-time")
    assert action.key == action_key("focus-time", "decline", ANA, str(occurrence.meeting), at(10, 1))
    assert (action.expects.when, action.expects.response) == (occurrence.when, Response.NEEDS_ACTION)
    assert (action.expects.organizer, action.expects.etag) == (BEN, None)


@pytest.mark.parametrize("outcome", [Outcome.OBSERVE, Outcome.NONE])
def test_what_is_only_observed_writes_nothing(outcome: Outcome) -> None:
    assert acts(decision(invitation(), outcome)) == []


@pytest.mark.parametrize("outcome", [Outcome.FLAG, Outcome.NOTIFY])
def test_a_label_names_the_rule_whose_words_are_used(outcome: Outcome) -> None:
    made = decision(invitation(), outcome, rule="agenda", mode=Mode.FLAG, flagged_by=("agenda", "big"))
    (action,) = acts(made)
    assert (action.effect, action.rule) == (Flag("agenda"), "agenda")


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.OBSERVE, Mode.FLAG, None])
def test_no_answer_and_no_new_time_without_enforce(mode: Mode | None) -> None:
    mine = invitation(organizer=ANA, response=None)
    assert acts(decision(invitation(), mode=mode)) == []
    assert acts(decision(mine, Outcome.SHORTEN, mode=mode, new_when=span(10, 10.5, 1))) == []


def test_shorten_needs_the_organisers_own_copy() -> None:
    shorter = span(10, 10.75, 1)
    mine = invitation(organizer=ANA, response=Response.ACCEPTED)
    (action,) = acts(decision(mine, Outcome.SHORTEN, new_when=shorter))
    assert action.effect == Shorten(shorter)
    assert acts(decision(invitation(), Outcome.SHORTEN, new_when=shorter)) == []
    assert acts(decision(replace(mine, locked=True), Outcome.SHORTEN, new_when=shorter)) == []


@pytest.mark.parametrize(
    "occurrence",
    [
        replace(invitation(), ref=EventRef(BEN, "primary", "sync")),
        invitation(organizer=ANA, response=Response.NEEDS_ACTION),
        invitation(response=None),
        invitation(response=Response.ACCEPTED),
        invitation(response=Response.DECLINED),
        replace(invitation(), cancelled=True),
        replace(invitation(), kind=EventKind.OUT_OF_OFFICE),
        invitation(when=Interval(NOW - timedelta(minutes=5), NOW + timedelta(hours=1))),
    ],
    ids=["other mailbox", "own meeting", "no row", "accepted", "declined", "cancelled", "not a meeting", "begun"],
)
def test_i1_i2_whatever_is_decided_these_are_never_answered(occurrence: Occurrence) -> None:
    assert acts(replace(decision(occurrence), member=ANA)) == []


def test_nobody_who_is_not_known_and_nobody_under_the_kill_switch_is_acted_for() -> None:
    made = decision(invitation())
    assert plan([made], {}, NOW, comment=lambda d: "") == ()
    assert planned([made], killed=True) == ()


# --- at most once (I3, I6) -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "again"),
    [
        ("done", False),
        ("undone", False),
        ("cannot_restore", False),
        ("failed", False),
        ("held", True),
        ("ready", True),
        ("sending", True),
        ("skipped", True),
    ],
)
def test_i3_a_closed_act_is_never_asked_for_again(state: str, again: bool) -> None:
    for made in (decision(invitation()), decision(invitation(), Outcome.FLAG, mode=Mode.FLAG)):
        (first,) = acts(made)
        asked = [a.key for a in acts(made, row(first, state)) if a.verb == first.verb]
        assert asked == ([first.key] if again else [])


def test_an_answer_the_service_refused_becomes_a_label_once() -> None:
    made = decision(invitation())
    (first,) = acts(made)
    refused = row(first, "failed")
    (item,) = planned([made], refused)
    assert (item.action.effect, item.action.rule) == (Flag("focus-time"), "focus-time")
    assert "did not take the answer" in item.reason
    labelled = replace(invitation(), labels=("Guardian: focus-time",))
    flagged_row = row(item.action, before=invitation(), after=labelled)
    assert acts(decision(labelled), refused, flagged_row) == []
    assert acts(made, refused, row(item.action, "failed")) == []


def test_a_title_edit_acts_no_second_time_and_a_reschedule_is_judged_anew() -> None:
    (first,) = acts(decision(invitation()))
    renamed = decision(replace(invitation(), title="new name"))
    moved = decision(invitation(when=span(11, 12, 1)))
    assert acts(renamed, row(first)) == []
    assert len(acts(moved, row(first))) == 1


def answered(response: Response = Response.DECLINED) -> tuple[Occurrence, OutboxRow]:
    before = invitation(response=Response.NEEDS_ACTION)
    after = replace(before, response=response, comment="no")
    return after, row(act("focus-time", before, Answer(response, "no")), before=before, after=after)


def test_our_tentative_may_become_a_decline_and_never_the_other_way_round() -> None:
    maybe, record = answered(Response.TENTATIVE)
    (stronger,) = acts(decision(maybe), record)
    assert (stronger.verb, stronger.expects.response) == ("decline", Response.TENTATIVE)
    refused, record = answered(Response.DECLINED)
    assert acts(decision(refused, Outcome.TENTATIVE), record) == []


def test_another_rule_does_not_decline_what_is_declined() -> None:
    refused, record = answered()
    assert acts(decision(refused, rule="another"), record) == []


# --- giving back -----------------------------------------------------------------------------------------------------


def test_an_answer_is_given_back_when_the_meeting_moved_out_of_conflict() -> None:
    refused, record = answered()
    moved = replace(refused, when=span(14, 15, 1))
    (action,) = acts(decision(moved, Outcome.NONE), record)
    assert action.effect == Restore(Response.NEEDS_ACTION, "")
    assert (action.expects.when, action.expects.response) == (moved.when, Response.DECLINED)


def test_a_meeting_that_moved_into_another_conflict_stays_declined() -> None:
    refused, record = answered()
    moved = replace(refused, when=span(11, 12, 2))
    assert acts(decision(moved), record) == []


def test_a_changed_policy_takes_no_answer_back() -> None:
    refused, record = answered()
    for outcome in (Outcome.NONE, Outcome.OBSERVE):
        assert acts(decision(refused, outcome), record) == []


def test_i5_what_a_person_answered_after_us_is_never_given_back() -> None:
    refused, record = answered()
    for response, comment in ((Response.ACCEPTED, "no"), (Response.DECLINED, "by hand")):
        moved = replace(refused, when=span(14, 15, 1), response=response, comment=comment)
        assert acts(decision(moved, Outcome.NONE), record) == []


def test_a_new_title_that_lets_the_meeting_through_gives_the_answer_back() -> None:
    refused, record = answered()
    urgent = replace(refused, title="[urgent] sync")
    (item,) = planned([through(urgent)], record)
    assert (item.action.verb, item.action.effect) == ("restore", Restore(Response.NEEDS_ACTION, ""))
    assert item.reason == "'urgent' lets the meeting through now: the earlier answer is given back"


def through(occurrence: Occurrence) -> Decision:
    return replace(decision(occurrence, Outcome.NONE), bypass="urgent")


def test_neither_a_new_entry_nor_another_title_alone_gives_an_answer_back() -> None:
    refused, record = answered()
    renamed = replace(refused, title="[urgent] sync")
    flagged_still = replace(
        decision(renamed, Outcome.FLAG, rule="big", mode=Mode.FLAG, flagged_by=("big", "focus-time")), bypass="urgent"
    )
    assert acts(through(refused), record) == [], "the policy got an entry that fits the old title"
    assert acts(decision(renamed, Outcome.NONE), record) == [], "no entry lets it through"
    assert verbs(acts(flagged_still, record)) == ["flag"], "the rule we answered for still objects"
    by_hand = replace(renamed, comment="by hand")
    assert acts(through(by_hand), record) == [], "the answer is the person's own"


@pytest.mark.parametrize("result", ["cannot_tell", "capped"])
def test_i8_in_doubt_nothing_is_given_back(result: str) -> None:
    refused, record = answered()
    moved = replace(refused, when=span(14, 15, 1))
    doubtful = replace(decision(moved, Outcome.FLAG, mode=Mode.FLAG), trace=(TraceStep("guard", "x", result, "r"),))
    assert verbs(acts(doubtful, record)) == ["flag"]


def test_after_a_decline_that_followed_a_tentative_the_persons_own_answer_comes_back() -> None:
    before = invitation(response=Response.NEEDS_ACTION)
    maybe = replace(before, response=Response.TENTATIVE, comment="maybe")
    refused = replace(before, response=Response.DECLINED, comment="no")
    first = row(act("r", before, Answer(Response.TENTATIVE, "maybe")), before=before, after=maybe)
    second = row(
        act("r", maybe, Answer(Response.DECLINED, "no")), before=maybe, after=refused, at_time=NOW + timedelta(hours=1)
    )
    (action,) = acts(decision(replace(refused, when=span(14, 15, 1)), Outcome.NONE), first, second)
    assert action.effect == Restore(Response.NEEDS_ACTION, "")


def test_a_meeting_that_comes_back_after_a_restore_is_judged_anew() -> None:
    refused, record = answered()
    aside = replace(refused, when=span(14, 15, 1))
    (back,) = acts(decision(aside, Outcome.NONE), record)
    restored = row(back, before=aside, after=invitation(when=span(14, 15, 1)), at_time=NOW + timedelta(hours=1))
    (again,) = acts(decision(invitation()), record, restored)
    assert again.verb == "decline" and again.key != record.action.key


# --- labels ----------------------------------------------------------------------------------------------------------


def flagged(rule: str = "agenda") -> tuple[Occurrence, OutboxRow]:
    before = replace(invitation(), labels=("Customers",))
    after = replace(before, labels=("Customers", f"Guardian: {rule}"))
    return after, row(act(rule, before, Flag(rule)), before=before, after=after)


def test_a_label_goes_when_its_rule_asks_for_nothing_any_more() -> None:
    occurrence, record = flagged()
    (action,) = acts(decision(occurrence, Outcome.NONE), record)
    assert (action.effect, action.rule) == (Unflag(("Customers",)), "agenda")


def test_a_label_stays_while_its_rule_still_objects() -> None:
    occurrence, record = flagged()
    for made in (
        decision(occurrence, Outcome.FLAG, rule="agenda", mode=Mode.FLAG),
        decision(occurrence, Outcome.FLAG, rule="big", mode=Mode.FLAG, flagged_by=("big", "agenda")),
        decision(replace(occurrence, when=span(11, 12, 1)), Outcome.FLAG, rule="agenda", mode=Mode.FLAG),
    ):
        assert acts(made, record) == []


def test_a_label_a_person_took_off_neither_comes_back_nor_is_taken_off() -> None:
    occurrence, record = flagged()
    plain = replace(occurrence, labels=("Customers",))
    assert acts(decision(plain, Outcome.FLAG, rule="agenda", mode=Mode.FLAG), record) == []
    assert acts(decision(plain, Outcome.NONE), record) == []


def test_another_rules_label_waits_until_the_first_is_off() -> None:
    occurrence, record = flagged()
    made = decision(occurrence, Outcome.FLAG, rule="big", mode=Mode.FLAG)
    (off,) = acts(made, record)
    assert off.verb == "unflag"
    gone = replace(made, occurrence=replace(occurrence, labels=("Customers",)))
    taken = row(off, before=occurrence, after=gone.occurrence, at_time=NOW + timedelta(minutes=5))
    assert verbs(acts(gone, record, taken)) == ["flag"]


def test_a_label_that_we_took_off_can_be_put_on_once_more() -> None:
    occurrence, record = flagged()
    (off,) = acts(decision(occurrence, Outcome.NONE), record)
    plain = replace(occurrence, labels=("Customers",))
    taken = row(off, before=occurrence, after=plain, at_time=NOW + timedelta(minutes=5))
    (again,) = acts(decision(plain, Outcome.FLAG, rule="agenda", mode=Mode.FLAG), record, taken)
    assert again.verb == "flag" and again.key != record.action.key


# --- order -----------------------------------------------------------------------------------------------------------


@given(st.permutations(range(8)))
def test_i6_the_order_of_decisions_changes_nothing(order: list[int]) -> None:
    made = [decision(invitation(f"m{n}", span(9 + n / 4, 10 + n / 4, 1))) for n in range(8)]
    assert planned([made[n] for n in order]) == planned(made)
