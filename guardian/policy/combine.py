"""From all rules that match to one decision: the strongest response, notices that add up, whose words are used."""

from collections.abc import Iterable
from dataclasses import dataclass

from guardian.model.actions import Mode, Outcome
from guardian.policy.judge import Judged
from guardian.policy.model import STRONGEST_FIRST
from guardian.policy.moments import RANK

STRENGTH = {outcome: rank for rank, outcome in enumerate(STRONGEST_FIRST)}
"""0 is the strongest."""

EFFECTS = {
    "decline": Outcome.DECLINE,
    "tentative": Outcome.TENTATIVE,
    "shorten": Outcome.SHORTEN,
    "notify_person": Outcome.NOTIFY,
    "notify_organizer": Outcome.NOTIFY,
    "notify_owner": Outcome.NOTIFY,
    "flag": Outcome.FLAG,
}


@dataclass(frozen=True, slots=True)
class Combined:
    """`words` is the rule whose words are used, None when no rule acts."""

    outcome: Outcome
    words: Judged | None
    flagged_by: tuple[str, ...]
    would: Outcome | None
    bypass: str | None


def effect(action: str, mode: Mode) -> Outcome:
    """What an action comes to in a mode: only `enforce` does more than label or record."""
    if mode is Mode.ENFORCE:
        return EFFECTS[action]
    return {Mode.FLAG: Outcome.FLAG, Mode.OBSERVE: Outcome.OBSERVE}.get(mode, Outcome.NONE)


def combine(judged: Iterable[Judged]) -> Combined:
    """Order of the rules decides nothing but whose words are used among equals: narrowest scope, then earliest in the file.

    Among labels the one of the highest mode speaks, so that the mode told does not hang on the order either.
    """
    ranked = sorted(judged, key=_rank)
    acting = [j for j in ranked if j.acts]
    words = acting[0] if acting else None
    outcome = _outcome(words) if words else Outcome.NONE
    return Combined(
        outcome=outcome,
        words=words,
        flagged_by=tuple(j.id for j in acting if _labels(j, outcome, words)),
        would=_would(acting),
        bypass=_let_through(ranked, outcome),
    )


def _rank(judged: Judged) -> tuple[int, int, int, int]:
    rule = judged.rule
    return STRENGTH[_outcome(judged)], -rule.narrowness, -RANK[judged.mode], rule.ready.position


def _outcome(judged: Judged) -> Outcome:
    return effect(judged.action, judged.mode)


def _labels(judged: Judged, outcome: Outcome, words: Judged | None) -> bool:
    """Does the rule ask for a label? So does a notice beside a stronger outcome; but nobody is nudged about a meeting that is
    declined."""
    if outcome is Outcome.DECLINE and judged.action == "notify_organizer":
        return False
    own = _outcome(judged)
    return own is Outcome.FLAG or (own is Outcome.NOTIFY and judged is not words)


def _would(acting: list[Judged]) -> Outcome | None:
    """The strongest thing the observed rules would have done if enforced, as far as the guards allow."""
    observed = [effect(j.action, _at_least_flag(j.reach)) for j in acting if j.mode is Mode.OBSERVE]
    return min(observed, key=STRENGTH.__getitem__, default=None)


def _at_least_flag(mode: Mode) -> Mode:
    return mode if RANK[mode] > RANK[Mode.FLAG] else Mode.FLAG


def _let_through(ranked: list[Judged], outcome: Outcome) -> str | None:
    """The entry without which the outcome would have been stronger."""
    for judged in ranked:
        stronger = STRENGTH[_outcome(judged)] < STRENGTH[outcome]
        if judged.opened_by is not None and not judged.vetoed and stronger:
            return judged.opened_by
    return None
