"""The core of a decision: a focus block, guards, bypass entries and modes."""

from guardian.model.actions import Mode, Outcome
from guardian.policy.decide import decide
from guardian.policy.model import Matcher
from tests.policy import worlds as w


def test_a_meeting_in_the_focus_window_is_declined() -> None:
    decision = decide(w.policy(w.focus()), w.view(), w.NOW)
    assert (decision.outcome, decision.rule, decision.mode) == (Outcome.DECLINE, "focus", Mode.ENFORCE)
    assert decision.reason == "overlaps 09:00-13:00 Europe/Berlin on Tue 24 Nov"
    assert decision.window == "09:00-13:00"


def test_a_bypass_entry_lets_it_through() -> None:
    rules = w.policy(w.focus(), bypass=(w.entry("urgent", Matcher(title=("[urgent]",))),))
    decision = decide(rules, w.view(w.meeting(title="[URGENT] database")), w.NOW)
    assert (decision.outcome, decision.bypass) == (Outcome.NONE, "urgent")
    assert decision.reason == "let through by 'urgent': overlaps 09:00-13:00 Europe/Berlin on Tue 24 Nov"


def test_the_ceiling_caps_and_says_so() -> None:
    decision = decide(w.policy(w.focus(), ceiling=Mode.FLAG), w.view(), w.NOW)
    assert (decision.outcome, decision.mode, decision.flagged_by) == (Outcome.FLAG, Mode.FLAG, ("focus",))
    assert "defaults.mode_ceiling is flag" in decision.reason
