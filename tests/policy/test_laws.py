"""Laws that hold for every policy and every meeting."""

from dataclasses import replace
from datetime import datetime
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.model.actions import Mode, Outcome
from guardian.model.events import Response
from guardian.model.time import Interval
from guardian.policy.combine import STRENGTH
from guardian.policy.decide import decide
from guardian.policy.guards import answered_by_hand, is_meeting
from guardian.policy.model import PolicySet
from guardian.policy.moments import enforced_fingerprints
from guardian.policy.view import View
from tests.policy.strategies import nows, policies, views

ANSWERS = (Outcome.DECLINE, Outcome.TENTATIVE)
WRITES = (*ANSWERS, Outcome.SHORTEN, Outcome.NOTIFY)


@given(policies(), views(), nows, st.randoms(use_true_random=False))
def test_the_order_of_the_rules_decides_nothing_but_words(
    policy: PolicySet, view: View, now: datetime, chance: Random
) -> None:
    shuffled = list(policy.rules)
    chance.shuffle(shuffled)
    one, two = decide(policy, view, now), decide(replace(policy, rules=tuple(shuffled)), view, now)
    assert (one.outcome, one.mode, one.uses, one.would) == (two.outcome, two.mode, two.uses, two.would)


@given(policies(), views(), nows)
def test_the_same_question_has_the_same_answer(policy: PolicySet, view: View, now: datetime) -> None:
    """I6: also for an equal policy that was never seen before."""
    assert decide(policy, view, now) == decide(policy, view, now) == decide(replace(policy), view, now)


@given(policies(), views(), nows)
def test_the_trace_changes_nothing_else(policy: PolicySet, view: View, now: datetime) -> None:
    traced, bare = decide(policy, view, now), decide(policy, view, now, trace=False)
    assert bare.trace == ()
    assert replace(traced, trace=()) == bare


@given(policies(), views(), nows)
def test_the_kill_switch_never_lets_anything_through_to_a_calendar(
    policy: PolicySet, view: View, now: datetime
) -> None:
    killed = decide(policy, replace(view, person=replace(view.person, killed=True)), now)
    assert killed.outcome in (Outcome.OBSERVE, Outcome.NONE)
    assert killed.flagged_by == ()


@given(policies(), views(), nows, st.sampled_from(list(Mode)))
def test_a_ceiling_never_raises_anything(policy: PolicySet, view: View, now: datetime, ceiling: Mode) -> None:
    """With one exception below a write: what `existing_meetings: observe` holds back is held back from enforced rules only, so a
    rule that a ceiling keeps at flag may flag it."""
    lowest = min(ceiling, policy.defaults.mode_ceiling, key=lambda m: m.rank)
    lower = replace(policy, defaults=replace(policy.defaults, mode_ceiling=lowest))
    before, after = decide(policy, view, now), decide(lower, view, now)
    assert after.outcome not in WRITES or STRENGTH[after.outcome] >= STRENGTH[before.outcome]
    if policy.safety.existing_meetings is not Mode.OBSERVE:
        assert STRENGTH[after.outcome] >= STRENGTH[before.outcome]
    assert after.mode is None or after.mode.rank <= ceiling.rank
    assert set(enforced_fingerprints(lower, view.person.member)) <= set(
        enforced_fingerprints(policy, view.person.member)
    )


@given(policies(), views(), nows)
def test_what_must_not_be_answered_never_is(policy: PolicySet, view: View, now: datetime) -> None:
    """I2, I5, I11: not a meeting, past or begun, organised or answered by the person, without a row, frozen."""
    decision, occurrence = decide(policy, view, now), view.stored.occurrence
    when = occurrence.when
    if decision.outcome in ANSWERS:
        assert is_meeting(occurrence) and isinstance(when, Interval)
        assert not occurrence.is_organizer and occurrence.response is not None
        assert not answered_by_hand(view) and not view.frozen
        standing = occurrence.response is view.our_answer
        assert now + policy.safety.freeze_before <= when.start or (standing and now < when.end)


@given(policies(), views(), nows)
def test_doubt_never_writes(policy: PolicySet, view: View, now: datetime) -> None:
    """I8: the rule whose words are used could be told, whatever its mode, when anything is written."""
    decision = decide(policy, view, now)
    if decision.outcome in WRITES:
        step = next(s for s in decision.trace if (s.step, s.id) == ("rule", decision.rule))
        assert step.result == "match"


@given(policies(), views(), nows)
def test_only_the_own_meeting_is_ever_shortened(policy: PolicySet, view: View, now: datetime) -> None:
    """I1"""
    decision, occurrence = decide(policy, view, now), view.stored.occurrence
    assert (decision.new_when is not None) is (decision.outcome is Outcome.SHORTEN)
    if decision.new_when is not None:
        assert occurrence.is_organizer and not occurrence.locked and not view.series_kept
        assert isinstance(occurrence.when, Interval)
        assert occurrence.when.clip(decision.new_when) == decision.new_when


@given(policies(), views(), nows)
def test_a_vetoed_rule_has_no_say(policy: PolicySet, view: View, now: datetime) -> None:
    """I5"""
    decision = decide(policy, view, now)
    assert decision.rule not in view.bound_rules
    assert not view.bound_rules & set(decision.flagged_by)


@given(policies(), views(), nows)
def test_a_decision_that_was_carried_out_is_made_again(policy: PolicySet, view: View, now: datetime) -> None:
    """I6: our own answer in the calendar does not change what we want."""
    first = decide(policy, view, now)
    if first.outcome in ANSWERS:
        answer = Response.DECLINED if first.outcome is Outcome.DECLINE else Response.TENTATIVE
        occurrence = replace(view.stored.occurrence, response=answer)
        after = replace(view, stored=replace(view.stored, occurrence=occurrence), our_answer=answer)
        assert decide(policy, after, now).outcome is first.outcome


@given(policies(), views(), nows)
@settings(max_examples=50)
def test_every_rule_and_entry_is_in_the_trace(policy: PolicySet, view: View, now: datetime) -> None:
    decision = decide(policy, view, now)
    ids = {(s.step, s.id) for s in decision.trace}
    if is_meeting(view.stored.occurrence) and ("guard", "over") not in ids and len(decision.trace) > 1:
        assert {("rule", r.id) for r in policy.rules} <= ids
        assert {("bypass", b.id) for b in policy.bypass} <= ids
    assert all(s.reason for s in decision.trace)
