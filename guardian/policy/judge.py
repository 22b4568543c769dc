"""What one rule comes to for one case: does it match, is it opened, what may it do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from guardian.model.actions import Mode
from guardian.model.events import Response
from guardian.policy.bind import Bound, BoundRule
from guardian.policy.case import Case, Found, Truth
from guardian.policy.conditions import TIME_BASED
from guardian.policy.guards import Cap, standing
from guardian.policy.guests import domain
from guardian.policy.matchers import organizer_address
from guardian.policy.moments import RANK, existed_before, lower
from guardian.policy.wording import day_text

RESPONSES = {"decline": Response.DECLINED, "tentative": Response.TENTATIVE}
HIDDEN = "something it asks for is hidden"


class Setting:
    """A case, the policy bound to its person, and what all rules share: `truths` says of every bypass entry whether it matches,
    `caps` what the guards allow."""

    __slots__ = ("bound", "caps", "case", "truths")

    def __init__(self, case: Case, bound: Bound) -> None:
        self.case = case
        self.bound = bound
        self.truths: tuple[Truth, ...] = tuple([e.matches(case) for e in bound.entries])
        self.caps: tuple[Cap, ...] = standing(case)

    def over(self, position: int) -> bool:
        """Does the entry no longer count here, because its limit is used up?"""
        return self.bound.entries[position].entry.id in self.case.view.over_limit


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule that matches, or may match.

    `reach` is what the guards alone allow, `mode` what it comes to after ceilings and the kill switch as well; `why` says
    what lowered it. `matching` are the entries that match among those that can open it, limits aside; `opened_by` is the first
    that counts. `vetoed`: a person said no to this rule for this meeting.
    """

    rule: BoundRule
    found: Found
    action: str
    doubt: str
    reach: Mode
    mode: Mode
    why: tuple[str, ...]
    matching: tuple[int, ...]
    opened_by: str | None
    vetoed: bool

    @property
    def id(self) -> str:
        return self.rule.ready.rule.id

    @property
    def acts(self) -> bool:
        return self.opened_by is None and not self.vetoed and self.mode is not Mode.OFF


def outside_dates(bound: BoundRule, day: date) -> str:
    """Why the rule does not hold on that date; empty when it does."""
    rule = bound.ready.rule
    if rule.starts_on is not None and day < rule.starts_on:
        return f"holds from {day_text(rule.starts_on)} {rule.starts_on.year} on"
    if rule.ends_on is not None and day >= rule.ends_on:
        return f"held until {day_text(rule.ends_on)} {rule.ends_on.year}"
    return ""


def excluded(bound: BoundRule, case: Case) -> str:
    """Why the rule does not match although its condition holds; empty when nothing speaks against it."""
    ready = bound.ready
    if ready.dated and (outside := outside_dates(bound, case.day)):
        return outside
    if ready.when is not None and ready.when(case) is False:
        return "its 'when' does not match"
    if ready.unless is not None and ready.unless(case) is True:
        return "its 'unless' matches"
    return ""


def judge(setting: Setting, bound: BoundRule, found: Found) -> Judged:
    """What the rule comes to, given that nothing excludes it."""
    rule, view = bound.ready.rule, setting.case.view
    matching = tuple(n for n in bound.openers if setting.truths[n] is True)
    opened_by = next((setting.bound.entries[n].entry.id for n in matching if not setting.over(n)), None)
    action = found.action or rule.action
    doubt = _doubt(setting, bound, found)
    lowered = tuple(_lowered(setting, bound, found, action, doubt))
    reach = Mode.ENFORCE
    for mode, _ in lowered:
        reach = lower(reach, mode)
    mode = lower(bound.mode, reach)
    why = [reason for cap, reason in lowered if RANK[cap] < RANK[rule.mode] or reason == doubt]
    if bound.capped_by:
        why.insert(0, f"{bound.capped_by} is {bound.mode}")
    if view.person.killed and RANK[mode] > RANK[Mode.OBSERVE]:
        mode, why = Mode.OBSERVE, ["the kill switch is on", *why]
    return Judged(
        rule=bound,
        found=found,
        action=action,
        doubt=doubt,
        reach=reach,
        mode=mode,
        why=tuple(why),
        matching=matching,
        opened_by=opened_by,
        vetoed=rule.id in view.bound_rules,
    )


def _doubt(setting: Setting, bound: BoundRule, found: Found) -> str:
    """Why it cannot be told whether the rule holds here; empty when it can."""
    case, ready = setting.case, bound.ready
    if not found.certain:
        return "it cannot be told"
    if ready.when is not None and ready.when(case) is None:
        return f"its 'when' cannot be told: {HIDDEN}"
    if ready.unless is not None and ready.unless(case) is None:
        return f"its 'unless' cannot be told: {HIDDEN}"
    unclear = (n for n in bound.openers if setting.truths[n] is None and not setting.over(n))
    entry = next((setting.bound.entries[n].entry.id for n in unclear), None)
    return f"'{entry}' may let it through: {HIDDEN}" if entry is not None else ""


def _lowered(setting: Setting, bound: BoundRule, found: Found, action: str, doubt: str) -> Iterator[tuple[Mode, str]]:
    """What the guards and doubts allow, each with its reason."""
    case = setting.case
    if doubt:
        yield Mode.FLAG, doubt
    if found.only_flag:
        yield Mode.FLAG, found.only_flag
    if action == "notify_organizer" and (stranger := _stranger(case)):
        yield Mode.FLAG, stranger
    stands = _stands_already(case, action)
    for cap in setting.caps:
        if _concerns(cap, bound, action) and not (cap.keeps_ours and stands):
            yield cap.mode, cap.reason
    facts, rule = case.view.person, bound.ready.rule
    if bound.mode is Mode.ENFORCE and not stands:
        ceiling = case.policy.safety.existing_meetings
        if existed_before(rule, case.stored.created_at, facts.enforced_since, case.now):
            yield ceiling, "the meeting was there before the rule was enforced"


def _stranger(case: Case) -> str:
    """Why the organiser gets no message from us; empty when they may: only people inside are written to."""
    organizer = organizer_address(case)
    if not organizer:
        return "the organiser is hidden"
    return "" if domain(organizer) in case.internal else "the organiser is from outside"


def _stands_already(case: Case, action: str) -> bool:
    """Our answer stands and is the one the rule wants: keeping it writes nothing."""
    wanted = RESPONSES.get(action)
    return wanted is not None and wanted is case.view.our_answer and wanted is case.occurrence.response


def _concerns(cap: Cap, bound: BoundRule, action: str) -> bool:
    if cap.answers and action not in RESPONSES:
        return False
    return not (cap.time_based and isinstance(bound.ready.rule.condition, TIME_BASED))
