"""Decisions minus what the ledger says is done, undone or refused: the acts of one pass. A plan is data."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

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
    Unflag,
    Verdict,
)
from guardian.model.events import EventKind, Occurrence, Response
from guardian.model.ledger import OutboxRow
from guardian.model.time import Interval, starts_at
from guardian.planning.flags import FLAGGING, asks_for, flag, label_of
from guardian.planning.history import (
    CLOSED,
    Memory,
    Rows,
    act,
    by_key,
    by_meeting,
    done,
    first_answer,
    own_answer,
    standing_flag,
    taking_back,
)
from guardian.policy.view import PersonFacts

__all__ = ["ANSWERS", "Comment", "PlanFacts", "plan"]

Comment = Callable[[Decision], str]
"""The words that go with a decline or a tentative answer; called only for answers that are about to be planned."""

Proposal = Callable[[Decision], Interval | None]
"""The free time that a decline or a tentative answer proposes instead, None for none."""


def _nothing(_: Decision) -> Interval | None:
    """No other time is proposed."""
    return None


@dataclass(frozen=True, slots=True)
class Words:
    """What goes with an answer."""

    comment: Comment
    proposed: Proposal


ANSWERS = {Outcome.DECLINE: Response.DECLINED, Outcome.TENTATIVE: Response.TENTATIVE}

MAILED = "everybody invited is told by mail (on Outlook they are asked to answer again)"
"""What shortening costs other people, said before it is done."""

UNSURE = frozenset({"cannot_tell", "capped"})


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What the planner needs of one person besides the decisions."""

    person: PersonFacts
    memory: Memory


def plan(
    decisions: Sequence[Decision],
    people: Mapping[str, PlanFacts],
    now: datetime,
    *,
    comment: Comment,
    proposed: Proposal = _nothing,
) -> tuple[Planned, ...]:
    """The acts that these decisions ask for, by start, mailbox and key; every verdict is still `go`.

    `decisions` holds one decision for every view of the pass, those that come to nothing included: what is not asked for
    any more can only be seen from them. Somebody missing in `people`, or under the kill switch, gets no act at all.
    Answers that stand are never taken back because the policy changed, only because the meeting moved out of conflict or
    got a title that lets it through.
    """
    planned: list[Planned] = []
    for email, theirs in _by_person(decisions).items():
        facts = people.get(email)
        if facts is not None and not facts.person.killed:
            planned += _person(theirs, facts, now, Words(comment, proposed))
    return tuple(sorted(planned, key=in_order))


def in_order(item: Planned) -> tuple[str, str, str]:
    """Stable whatever the order in which people and meetings came."""
    when = item.action.expects.when
    start = when.start.isoformat() if isinstance(when, Interval) else str(when.first) if when else ""
    return (start, item.action.mailbox, item.action.key)


def _by_person(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    found: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        found[decision.member].append(decision)
    return found


def _person(decisions: Iterable[Decision], facts: PlanFacts, now: datetime, words: Words) -> Iterator[Planned]:
    keys, rows = by_key(facts.memory.rows), by_meeting(facts.memory.rows)
    for decision in decisions:
        if not _may_touch(decision, facts, now):
            continue
        for action in _acts(decision, rows.get(decision.occurrence.meeting, ()), words):
            row = keys.get(action.key)
            if row is None or row.state not in CLOSED:
                yield Planned(action, Verdict.GO, _reason(decision, action), decision)


def _may_touch(decision: Decision, facts: PlanFacts, now: datetime) -> bool:
    """The last look before an act is made: the person's own copy of a meeting that has not begun."""
    occurrence, member = decision.occurrence, facts.person.member
    own_copy = occurrence.ref.mailbox == member.email == decision.member
    meeting = occurrence.kind is EventKind.MEETING and not occurrence.cancelled and not occurrence.own_block
    return own_copy and meeting and starts_at(occurrence.when, member.zone) > now


def _acts(decision: Decision, rows: Rows, words: Words) -> list[Action]:
    wanted = _wanted(decision, rows, words)
    back = None if wanted and isinstance(wanted.effect, Answer) else _restore(decision, rows)
    return [action for action in (_unflag(decision, rows), back, wanted) if action is not None]


def _wanted(decision: Decision, rows: Rows, words: Words) -> Action | None:
    if decision.outcome in ANSWERS:
        return _answer(decision, rows, words)
    if decision.outcome is Outcome.SHORTEN:
        return _shorten(decision)
    if decision.outcome in FLAGGING:
        return flag(decision, rows)
    return None


# --- answers ---------------------------------------------------------------------------------------------------------


def _answer(decision: Decision, rows: Rows, words: Words) -> Action | None:
    """The answer; where the service refused it, a label instead, so that the meeting does not go unseen."""
    occurrence, response = decision.occurrence, ANSWERS[decision.outcome]
    enforced = decision.rule is not None and decision.mode is Mode.ENFORCE
    if not enforced or occurrence.is_organizer or not _answerable(occurrence, response, rows):
        return None
    again = len(done(rows, Restore))
    draft = act(decision.rule or "", occurrence, Answer(response, ""), again)
    closed = next((row for row in rows if row.action.key == draft.key and row.state in CLOSED), None)
    if closed is not None:
        return flag(decision, rows) if closed.state == "failed" else None
    effect = Answer(response, words.comment(decision), words.proposed(decision))
    return act(decision.rule or "", occurrence, effect, again)


def _answerable(occurrence: Occurrence, response: Response, rows: Rows) -> bool:
    """Nobody answered yet, or we did and now mean it more; a tentative of ours never weakens a decline."""
    if occurrence.response is Response.NEEDS_ACTION:
        return True
    ours = own_answer(rows, occurrence) is not None
    return ours and occurrence.response is Response.TENTATIVE and response is Response.DECLINED


def _shorten(decision: Decision) -> Action | None:
    """Only where the enrolled person is the organiser: this one act touches an event that others see."""
    occurrence = decision.occurrence
    enforced = decision.rule is not None and decision.mode is Mode.ENFORCE
    if not enforced or decision.new_when is None or not occurrence.is_organizer or occurrence.locked:
        return None
    return act(decision.rule or "", occurrence, Shorten(decision.new_when))


def _restore(decision: Decision, rows: Rows) -> Action | None:
    """The earlier answer, when ours still stands and the organiser did something about it: the meeting moved to where no rule
    asks for an answer, or its new title lets it through."""
    occurrence = decision.occurrence
    row, first = own_answer(rows, occurrence), first_answer(rows)
    if row is None or first is None or first.before is None or not _released(decision, row):
        return None
    earlier = first.before
    if earlier.response is None or earlier.response is occurrence.response:
        return None
    return taking_back(row.action.rule, occurrence, Restore(earlier.response, earlier.comment), rows)


def _released(decision: Decision, row: OutboxRow) -> bool:
    """The meeting moved since our answer, or its title calls for a bypass entry that our answer named, and nothing asks for an
    answer now; a decision made in doubt releases nothing, and neither does a changed policy."""
    moved = row.action.expects.when != decision.occurrence.when
    doubtful = decision.outcome in FLAGGING and any(step.result in UNSURE for step in decision.trace)
    return (moved or _called_for(decision, row)) and decision.outcome not in ANSWERS and not doubtful


def _called_for(decision: Decision, row: OutboxRow) -> bool:
    retitled = row.before is not None and row.before.title != decision.occurrence.title
    return retitled and decision.bypass is not None and not asks_for(decision, row.action.rule)


# --- labels and reasons ----------------------------------------------------------------------------------------------


def _unflag(decision: Decision, rows: Rows) -> Action | None:
    """Take our label off when its rule asks for nothing here any more."""
    row = standing_flag(rows, decision.occurrence)
    if row is None or asks_for(decision, label_of(row)):
        return None
    labels = row.before.labels if row.before else ()
    return taking_back(label_of(row), decision.occurrence, Unflag(labels), rows)


def _reason(decision: Decision, action: Action) -> str:
    if isinstance(action.effect, Unflag):
        return f"rule {action.rule} no longer asks for a label here"
    if isinstance(action.effect, Flag) and decision.outcome in ANSWERS:
        return f"the calendar service did not take the answer: {decision.reason}"
    if isinstance(action.effect, Shorten):
        return f"{decision.reason}; {MAILED}"
    if isinstance(action.effect, Restore) and decision.bypass is not None:
        return f"'{decision.bypass}' lets the meeting through now: the earlier answer is given back"
    if isinstance(action.effect, Restore):
        return f"the meeting moved and no longer breaks rule {action.rule}: the earlier answer is given back"
    return decision.reason
