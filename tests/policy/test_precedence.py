"""Who wins: guards, bypass entries, ceilings, the strongest response, and whose words are used."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from guardian.model.actions import Decision, Mode, Outcome
from guardian.model.events import Attendee
from guardian.policy.decide import decide
from guardian.policy.model import Bypass, Matcher, MaxAttendees, NoticePeriod, PolicySet, Safety, Scope, ScopeKind
from guardian.policy.moments import enforced_fingerprints
from tests.policy import worlds as w

SYNC = w.entry("sync", Matcher(title=("sync",)))
CLIENTS = w.entry("clients", Matcher(external=True))
DESIGN, PERSON = Scope(ScopeKind.TEAM, "design"), Scope(ScopeKind.PERSON, w.ANA)
DESIGNER = w.member(teams=("design",))
SMALL = w.rule(MaxAttendees(1), "small", "notify_organizer")


def say(policy: PolicySet, **changes: Any) -> Decision:
    return decide(policy, w.view(changes.pop("occurrence", None), **changes), w.NOW)


def step(decision: Decision, kind: str, name: str) -> tuple[str, str]:
    return next((s.result, s.reason) for s in decision.trace if (s.step, s.id) == (kind, name))


# --- modes and ceilings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", list(Mode))
@pytest.mark.parametrize("ceiling", list(Mode))
@pytest.mark.parametrize("team", list(Mode))
def test_the_lowest_mode_wins(own: Mode, ceiling: Mode, team: Mode) -> None:
    policy = w.policy(w.focus(mode=own), ceiling=ceiling, teams=(w.team("design", mode_ceiling=team),))
    lowest = min(own, ceiling, team, key=lambda m: m.rank)
    outcomes = {
        Mode.OFF: Outcome.NONE,
        Mode.OBSERVE: Outcome.OBSERVE,
        Mode.FLAG: Outcome.FLAG,
        Mode.ENFORCE: Outcome.DECLINE,
    }
    decision = say(policy, who=DESIGNER)
    assert decision.outcome is outcomes[lowest]
    assert decision.mode is (None if lowest is Mode.OFF else lowest)
    expected = {"focus": "print-of-focus"} if lowest is Mode.ENFORCE else {}
    assert enforced_fingerprints(policy, DESIGNER) == expected


def test_a_team_ceiling_caps_its_members_only() -> None:
    policy = w.policy(w.focus(), teams=(w.team("design", mode_ceiling=Mode.OBSERVE),))
    assert say(policy, who=DESIGNER).reason.endswith("observed only: teams.design.mode_ceiling is observe")
    assert say(policy).outcome is Outcome.DECLINE


def test_the_kill_switch_caps_at_observe_and_leaves_the_moments_alone() -> None:
    policy = w.policy(w.focus(), SMALL)
    decision = say(policy, killed=True)
    assert (decision.outcome, decision.mode, decision.would) == (Outcome.OBSERVE, Mode.OBSERVE, Outcome.DECLINE)
    assert decision.reason.endswith("observed only: the kill switch is on")
    assert set(enforced_fingerprints(policy, w.member())) == {"focus", "small"}


def test_observe_says_what_it_would_have_done() -> None:
    decision = say(w.policy(w.focus(mode=Mode.OBSERVE)))
    assert (decision.outcome, decision.would, decision.rule) == (Outcome.OBSERVE, Outcome.DECLINE, "focus")


def test_what_observe_would_have_done_respects_the_guards() -> None:
    decision = say(w.policy(w.focus(mode=Mode.OBSERVE)), occurrence=w.meeting(is_organizer=True))
    assert (decision.outcome, decision.would) == (Outcome.OBSERVE, Outcome.FLAG)


def test_an_observed_rule_beside_an_enforced_one() -> None:
    decision = say(w.policy(w.focus(mode=Mode.OBSERVE), w.free_day(action="tentative")))
    assert (decision.outcome, decision.rule, decision.would) == (Outcome.TENTATIVE, "free", Outcome.DECLINE)


@pytest.mark.parametrize(
    "action", ["decline", "tentative", "notify_person", "notify_organizer", "notify_owner", "flag"]
)
def test_no_action_escapes_the_mode(action: str) -> None:
    assert say(w.policy(w.focus(action=action, mode=Mode.FLAG))).outcome is Outcome.FLAG
    assert say(w.policy(w.focus(action=action, mode=Mode.OBSERVE))).outcome is Outcome.OBSERVE


# --- combining -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flipped", [False, True])
def test_decline_beats_tentative_in_any_order(flipped: bool) -> None:
    rules = [w.focus(action="tentative"), w.free_day()]
    decision = say(w.policy(*(reversed(rules) if flipped else rules)))
    assert (decision.outcome, decision.rule, decision.window) == (Outcome.DECLINE, "free", "Tuesday")


def test_flags_add_up_beside_an_answer() -> None:
    decision = say(w.policy(w.focus(mode=Mode.FLAG), w.free_day(), w.lengths()))
    assert (decision.outcome, decision.rule) == (Outcome.DECLINE, "free")
    assert set(decision.flagged_by) == {"focus", "lengths"}


def test_a_decline_drops_the_nudges_of_the_organiser() -> None:
    for mode in (Mode.FLAG, Mode.ENFORCE):
        decision = say(w.policy(w.focus(), replace(SMALL, mode=mode)))
        assert (decision.outcome, decision.flagged_by) == (Outcome.DECLINE, ())


def test_a_notice_beside_a_tentative_answer_becomes_a_flag() -> None:
    decision = say(w.policy(w.focus(action="tentative"), SMALL))
    assert (decision.outcome, decision.flagged_by) == (Outcome.TENTATIVE, ("small",))


@pytest.mark.parametrize(
    ("organizer", "outcome"), [(w.BOB, Outcome.NOTIFY), (w.CLIENT, Outcome.FLAG), ("", Outcome.FLAG)]
)
def test_only_people_inside_get_a_message(organizer: str, outcome: Outcome) -> None:
    assert say(w.policy(SMALL), occurrence=w.meeting(organizer=organizer)).outcome is outcome


def test_shortening_beats_a_notice() -> None:
    own = w.meeting(is_organizer=True, organizer=w.ANA)
    decision = say(w.policy(SMALL, w.lengths(), w.focus()), occurrence=own)
    assert (decision.outcome, decision.rule) == (Outcome.SHORTEN, "lengths")
    assert set(decision.flagged_by) == {"small", "focus"}


def test_the_narrowest_scope_has_the_words() -> None:
    rules = (w.focus("wide"), w.free_day("team", for_=(DESIGN,)), w.focus("person", for_=(PERSON,)))
    assert say(w.policy(*rules), who=DESIGNER).rule == "person"
    assert say(w.policy(*rules[:2]), who=DESIGNER).rule == "team"


def test_then_the_earliest_in_the_file_has_them() -> None:
    first, second = w.focus("first"), w.focus("second")
    assert say(w.policy(first, second)).rule == "first"
    assert say(w.policy(second, first)).rule == "second"
    assert say(w.policy(second, first)).where == str(second.place)


def test_strength_comes_before_narrowness() -> None:
    assert say(w.policy(w.focus("mine", action="tentative", for_=(PERSON,)), w.free_day())).rule == "free"


# --- whom and when ---------------------------------------------------------------------------------------------------


def test_scopes_choose_the_people() -> None:
    policy = w.policy(w.focus(for_=(DESIGN,)), w.free_day(not_for=(DESIGN,)))
    assert say(policy).rule == "free"
    assert say(policy, who=DESIGNER).rule == "focus"
    assert step(say(policy), "rule", "focus") == ("no", "not for this person")


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "outcome"),
    [
        (date(2026, 11, 24), None, Outcome.DECLINE),
        (date(2026, 11, 25), None, Outcome.NONE),
        (None, date(2026, 11, 25), Outcome.DECLINE),
        (None, date(2026, 11, 24), Outcome.NONE),
    ],
)
def test_dates_are_those_of_the_meeting(starts_on: date | None, ends_on: date | None, outcome: Outcome) -> None:
    """Also of meetings ahead of today: what starts later is simulated for later meetings."""
    assert say(w.policy(w.focus(starts_on=starts_on, ends_on=ends_on))).outcome is outcome


def test_when_and_unless() -> None:
    sync = Matcher(title=("sync",))
    assert say(w.policy(w.focus(when=sync))).outcome is Outcome.DECLINE
    excluded = say(w.policy(w.focus(unless=sync)))
    assert excluded.outcome is Outcome.NONE
    assert step(excluded, "rule", "focus")[1].endswith("but its 'unless' matches")
    assert say(w.policy(w.focus(when=Matcher(recurring=True)))).outcome is Outcome.NONE


# --- bypass ----------------------------------------------------------------------------------------------------------


def test_a_rule_without_a_list_accepts_every_entry() -> None:
    decision = say(w.policy(w.focus(), w.free_day(), bypass=(CLIENTS, SYNC)))
    assert (decision.outcome, decision.rule, decision.bypass) == (Outcome.NONE, None, "sync")


def test_a_list_names_the_entries_that_count() -> None:
    policy = w.policy(w.focus(), w.free_day(bypass=("clients",)), bypass=(CLIENTS, SYNC))
    decision = say(policy)
    assert (decision.outcome, decision.rule, decision.bypass) == (Outcome.DECLINE, "free", None)
    assert step(decision, "rule", "focus") == (
        "bypassed",
        "overlaps 09:00-13:00 Europe/Berlin on Tue 24 Nov -> let through by 'sync'",
    )


def test_an_entry_that_saved_from_worse_is_named() -> None:
    policy = w.policy(w.focus(), w.free_day(mode=Mode.FLAG, bypass=()), bypass=(SYNC,))
    decision = say(policy)
    assert (decision.outcome, decision.rule, decision.bypass) == (Outcome.FLAG, "free", "sync")


def test_an_entry_for_others_does_not_count() -> None:
    policy = w.policy(w.focus(), bypass=(replace(SYNC, for_=(DESIGN,)),))
    assert say(policy).outcome is Outcome.DECLINE
    assert say(policy, who=DESIGNER).outcome is Outcome.NONE


@pytest.mark.parametrize("over", [True, False])
def test_an_entry_over_its_limit_does_not_count(over: bool) -> None:
    policy = w.policy(w.focus(), bypass=(replace(SYNC, per_organizer_week=2),))
    decision = say(policy, over_limit=frozenset({"sync"}) if over else frozenset())
    assert decision.outcome is (Outcome.DECLINE if over else Outcome.NONE)
    assert decision.uses == ("sync",)
    assert any(s.step == "limit" for s in decision.trace) is over


def limited(name: str, **when: Any) -> Bypass:
    return w.entry(name, Matcher(**when), limit=1)


@pytest.mark.parametrize(
    ("policy", "uses"),
    [
        (w.policy(w.focus(), bypass=(limited("a", title=("sync",)),)), ("a",)),
        (w.policy(w.focus(mode=Mode.FLAG), bypass=(limited("a", title=("sync",)),)), ("a",)),
        (w.policy(w.focus(mode=Mode.OBSERVE), bypass=(limited("a", title=("sync",)),)), ()),
        (w.policy(w.focus("late", "15:00", "16:00"), bypass=(limited("a", title=("sync",)),)), ()),
        (w.policy(w.focus(), bypass=(limited("a", title=("pitch",)),)), ()),
        (w.policy(w.focus(bypass=()), bypass=(limited("a", title=("sync",)),)), ()),
        (w.policy(w.focus(), bypass=(limited("a", title=("sync",)), w.entry("b", Matcher(one_on_one=True)))), ()),
        (w.policy(w.focus(), bypass=(limited("a", title=("sync",)), limited("b", one_on_one=True))), ("a", "b")),
        (w.policy(w.focus(), bypass=(SYNC,)), ()),
    ],
)
def test_what_uses_up_a_limited_entry(policy: PolicySet, uses: tuple[str, ...]) -> None:
    """Only where a rule would have acted without it."""
    assert say(policy).uses == uses


# --- doubt -----------------------------------------------------------------------------------------------------------

HIDDEN: tuple[Attendee, ...] = (w.guest(w.ANA),)


@pytest.mark.parametrize(
    "policy",
    [
        w.policy(w.focus(), bypass=(CLIENTS,)),
        w.policy(w.focus(when=Matcher(external=False))),
        w.policy(w.focus(unless=Matcher(one_on_one=True))),
        w.policy(w.rule(MaxAttendees(), "focus", "decline")),
    ],
)
def test_what_cannot_be_told_flags_at_most(policy: PolicySet) -> None:
    """I8: whatever the mode."""
    decision = say(policy, occurrence=w.meeting(attendees=HIDDEN, guests_known=False))
    assert (decision.outcome, decision.flagged_by) == (Outcome.FLAG, ("focus",))
    assert step(decision, "rule", "focus")[0] == "cannot_tell"


def test_doubt_about_an_entry_touches_only_the_rules_it_can_open() -> None:
    policy = w.policy(w.focus(bypass=()), bypass=(CLIENTS,))
    assert say(policy, occurrence=w.meeting(attendees=HIDDEN, guests_known=False)).outcome is Outcome.DECLINE


def test_an_entry_over_its_limit_leaves_no_doubt() -> None:
    policy = w.policy(w.focus(), bypass=(replace(CLIENTS, per_organizer_week=1),))
    hidden = w.meeting(attendees=HIDDEN, guests_known=False)
    assert say(policy, occurrence=hidden, over_limit=frozenset({"clients"})).outcome is Outcome.DECLINE


def test_a_private_title_is_doubt_and_is_never_told() -> None:
    policy = w.policy(w.focus(), bypass=(SYNC,), safety=Safety(private_meetings=Mode.ENFORCE))
    decision = say(policy, occurrence=w.private(title="Secret diagnosis"))
    assert decision.outcome is Outcome.FLAG
    assert "Secret" not in decision.reason + " ".join(s.reason for s in decision.trace)


# --- the trace -------------------------------------------------------------------------------------------------------


def test_the_trace_lists_everything_in_order_with_its_place() -> None:
    rules = (w.focus(), w.rule(NoticePeriod(), "notice", "flag"), w.free_day(days=(3,)), w.lengths(mode=Mode.OFF))
    policy = w.policy(*rules, bypass=(CLIENTS,))
    decision = say(policy, killed=True)
    assert [(s.step, s.id, s.result) for s in decision.trace] == [
        ("guard", "kill-switch", "capped"),
        ("bypass", "clients", "no"),
        ("rule", "focus", "match"),
        ("rule", "notice", "no"),
        ("rule", "free", "no"),
        ("rule", "lengths", "off"),
    ]
    assert [s.where for s in decision.trace[2:]] == [str(r.place) for r in rules]


def test_the_step_of_a_rule_says_what_capped_it() -> None:
    decision = say(w.policy(w.focus(), ceiling=Mode.FLAG), occurrence=w.meeting(is_organizer=True))
    reason = step(decision, "rule", "focus")[1]
    assert reason.endswith("-> decline in flag (defaults.mode_ceiling is flag; your own meetings are never declined)")


def test_nothing_matches() -> None:
    decision = say(w.policy(w.focus("late", "15:00", "16:00")))
    assert (decision.outcome, decision.reason, decision.mode) == (Outcome.NONE, "no rule matches", None)
    assert step(decision, "rule", "late") == ("no", "no overlap with 15:00-16:00 Europe/Berlin on Tue 24 Nov")
