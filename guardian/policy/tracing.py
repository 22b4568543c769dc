"""The trace: every guard that held, every bypass entry and every rule that was tried, and why it did or did not match."""

from collections.abc import Iterator
from functools import lru_cache

from guardian.model.actions import TraceStep
from guardian.policy.bind import BoundRule
from guardian.policy.case import Found, Truth
from guardian.policy.guards import Stop
from guardian.policy.judge import HIDDEN, Judged, Setting, excluded, outside_dates

SAID: dict[Truth, tuple[str, str]] = {
    True: ("match", "matches"),
    False: ("no", "does not match"),
    None: ("cannot_tell", f"cannot be told: {HIDDEN}"),
}


_remembered = lru_cache(maxsize=8192)(TraceStep)
"""Steps that say the same for meeting after meeting are made once."""


def stop_step(stop: Stop) -> TraceStep:
    return TraceStep("guard", stop.id, "match", f"{stop.reason}: left alone")


def trace_of(setting: Setting, tried: list[Found | None], judged: list[Judged]) -> tuple[TraceStep, ...]:
    """In the order of the decision: guards, bypass entries, rules in the order of the file, rules that are not asked."""
    return (*_guards(setting), *_entries(setting), *_rules(setting, tried, judged), *setting.bound.steps)


def _guards(setting: Setting) -> Iterator[TraceStep]:
    for cap in setting.caps:
        yield TraceStep("guard", cap.id, "capped", cap.reason)
    if not setting.case.occurrence.guests_known:
        yield TraceStep("guard", "guests", "cannot_tell", "the guest list is hidden or incomplete")
    if setting.case.view.person.killed:
        yield TraceStep("guard", "kill-switch", "capped", "the kill switch is on: nothing above observe")


def _entries(setting: Setting) -> Iterator[TraceStep]:
    for position, (bound, truth) in enumerate(zip(setting.bound.entries, setting.truths, strict=True)):
        result, reason = SAID[truth]
        yield _remembered("bypass", bound.entry.id, result, reason, bound.where)
        if setting.over(position):
            most = bound.entry.per_organizer_week
            words = f"over its limit of {most} for this organiser and week: does not count"
            yield TraceStep("limit", bound.entry.id, "capped", words, bound.where)


def _rules(setting: Setting, tried: list[Found | None], judged: list[Judged]) -> Iterator[TraceStep]:
    known = {j.rule.ready.position: j for j in judged}
    for rule, found in zip(setting.bound.rules, tried, strict=True):
        item = known.get(rule.ready.position)
        yield _matched(item) if item else _unmatched(setting, rule, found)


def _unmatched(setting: Setting, bound: BoundRule, found: Found | None) -> TraceStep:
    ready, case = bound.ready, setting.case
    if found is not None:
        reason = f"{found.reason}, but {excluded(bound, case)}"
    else:
        reason = (outside_dates(bound, case.day) if ready.dated else "") or ready.check.why_not(case)
    return _remembered("rule", ready.rule.id, "no", reason, ready.where)


def _matched(item: Judged) -> TraceStep:
    ready = item.rule.ready
    if item.vetoed:
        words = f"{item.found.reason}, but you said no to this rule for this meeting"
        return TraceStep("rule", ready.rule.id, "capped", words, ready.where)
    if item.opened_by is not None:
        words = f"{item.found.reason} -> let through by '{item.opened_by}'"
        return TraceStep("rule", ready.rule.id, "bypassed", words, ready.where)
    because = f" ({'; '.join(item.why)})" if item.why else ""
    words = f"{item.found.reason} -> {item.action} in {item.mode}{because}"
    return TraceStep("rule", ready.rule.id, "cannot_tell" if item.doubt else "match", words, ready.where)
