"""The one place where a policy meets a meeting. Pure: the same policy, view and moment give the same decision.

Order of things: guards, bypass entries, effective modes, matching, combining (`docs/policy.md`). Everything that writes,
plans, tests or explains asks this function and nothing else.
"""

from collections.abc import Iterator
from datetime import datetime

from guardian.model.actions import Decision, Mode, Outcome, TraceStep
from guardian.model.time import Interval
from guardian.policy.bind import Bound, bind
from guardian.policy.case import Case, Found
from guardian.policy.combine import Combined, combine
from guardian.policy.guards import ALL_DAY, Stop, stopped
from guardian.policy.judge import Judged, Setting, excluded, judge
from guardian.policy.model import PolicySet
from guardian.policy.tracing import stop_step, trace_of
from guardian.policy.view import View

NOTHING = "no rule matches"


def decide(policy: PolicySet, view: View, now: datetime, *, trace: bool = True) -> Decision:
    """What the policy says about this meeting for this person at `now` (UTC).

    Without `trace` the steps are left out and nothing else differs; that is much faster where no rule matches.
    Raises InputError only for a holiday calendar that nobody knows.
    """
    stop = stopped(view, now)
    when = view.stored.occurrence.when
    if stop is not None or not isinstance(when, Interval):
        return _stopped(policy, view, stop or ALL_DAY, trace=trace)
    bound = bind(policy, view.person.member)
    case = Case(policy, view, when, now)
    tried = [check.match(case) for check in bound.checks]
    if not trace and not any(tried):
        return _nothing(case)
    setting = Setting(case, bound)
    judged = list(_judged(setting, tried))
    return _decision(setting, judged, trace_of(setting, tried, judged) if trace else ())


def _judged(setting: Setting, tried: list[Found | None]) -> Iterator[Judged]:
    for rule, found in zip(setting.bound.rules, tried, strict=True):
        if found is not None and not excluded(rule, setting.case):
            yield judge(setting, rule, found)


def _stopped(policy: PolicySet, view: View, stop: Stop, *, trace: bool) -> Decision:
    steps = (stop_step(stop),) if trace else ()
    member, occurrence = view.person.member.email, view.stored.occurrence
    return Decision(member, occurrence, Outcome.NONE, None, None, stop.reason, policy.version, trace=steps)


def _nothing(case: Case) -> Decision:
    return Decision(case.member.email, case.occurrence, Outcome.NONE, None, None, NOTHING, case.policy.version)


def _decision(setting: Setting, judged: list[Judged], trace: tuple[TraceStep, ...]) -> Decision:
    combined = combine(judged)
    words, case = combined.words, setting.case
    return Decision(
        member=case.member.email,
        occurrence=case.occurrence,
        outcome=combined.outcome,
        rule=words.id if words else None,
        mode=words.mode if words else None,
        reason=_reason(combined, judged),
        policy_version=case.policy.version,
        bypass=combined.bypass,
        where=words.rule.ready.where if words else _entry_place(setting.bound, combined.bypass),
        flagged_by=combined.flagged_by,
        uses=_uses(setting.bound, judged),
        would=combined.would,
        new_when=words.found.new_when if words and combined.outcome is Outcome.SHORTEN else None,
        window=words.found.window if words else "",
        trace=trace,
    )


def _reason(combined: Combined, judged: list[Judged]) -> str:
    words = combined.words
    if words is None:
        return _why_nothing(combined, judged)
    only = {Outcome.FLAG: "flagged only", Outcome.OBSERVE: "observed only"}.get(combined.outcome)
    return f"{words.found.reason}; {only}: {words.why[0]}" if only and words.why else words.found.reason


def _why_nothing(combined: Combined, judged: list[Judged]) -> str:
    if combined.bypass is not None:
        matched = next((j.found.reason for j in judged if j.opened_by == combined.bypass), "")
        return f"let through by '{combined.bypass}'" + (f": {matched}" if matched else "")
    vetoed = next((j.id for j in judged if j.vetoed), None)
    return f"you said no to '{vetoed}' for this meeting" if vetoed else NOTHING


def _entry_place(bound: Bound, bypass: str | None) -> str:
    return next((entry.where for entry in bound.entries if entry.entry.id == bypass), "")


def _uses(bound: Bound, judged: list[Judged]) -> tuple[str, ...]:
    """The limited entries without which a rule would have acted. Where an unlimited entry opens the rule as well nothing is
    used up; where several limited ones do, each is."""
    used: set[int] = set()
    for item in judged:
        acts = item.mode in (Mode.FLAG, Mode.ENFORCE) and not item.doubt and not item.vetoed
        limited = all(bound.entries[n].entry.per_organizer_week is not None for n in item.matching)
        if acts and limited:
            used.update(item.matching)
    return tuple(bound.entries[n].entry.id for n in sorted(used))
