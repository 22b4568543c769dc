"""The mode a rule has for a person, and which rules count as enforced from when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from guardian.model.actions import Mode
from guardian.model.people import Member
from guardian.policy.model import PolicySet, Rule
from guardian.policy.scopes import applies

RANK = {mode: rank for rank, mode in enumerate(Mode)}


def lower(left: Mode, right: Mode) -> Mode:
    """The more careful of the two."""
    return left if RANK[left] <= RANK[right] else right


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The highest mode something allows, and its name for people."""

    mode: Mode
    name: str


def ceilings(policy: PolicySet, member: Member) -> list[Ceiling]:
    """The file's and those of the member's teams."""
    teams = (t for t in policy.teams if t.name in member.teams)
    return [
        Ceiling(policy.defaults.mode_ceiling, "defaults.mode_ceiling"),
        *(Ceiling(t.mode_ceiling, f"teams.{t.name}.mode_ceiling") for t in teams),
    ]


def mode_for(rule: Rule, limits: list[Ceiling]) -> tuple[Mode, str]:
    """The rule's mode under the ceilings, and the name of the one that lowered it (empty when none did)."""
    lowest = min(limits, key=lambda c: RANK[c.mode])
    if RANK[lowest.mode] < RANK[rule.mode]:
        return lowest.mode, lowest.name
    return rule.mode, ""


def enforced_fingerprints(policy: PolicySet, member: Member) -> Mapping[str, str]:
    """The fingerprints, by rule id, of the rules that are `enforce` for this member: ceilings counted, the kill switch not."""
    limits = ceilings(policy, member)
    return {
        rule.id: rule.fingerprint
        for rule in policy.rules
        if applies(rule.for_, rule.not_for, member) and mode_for(rule, limits)[0] is Mode.ENFORCE
    }


def existed_before(rule: Rule, created_at: datetime, enforced_since: Mapping[str, datetime], now: datetime) -> bool:
    """Was the meeting there before the rule became `enforce` for this person? A rule without a moment became so just now."""
    return created_at < enforced_since.get(rule.id, now)
