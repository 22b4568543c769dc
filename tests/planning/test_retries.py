"""Taking our own traces away is tried again after the service failed, and not for ever."""

from dataclasses import replace
from datetime import timedelta

import pytest

from guardian.model.actions import (
    Action,
    Answer,
    Effect,
    Flag,
    MoveFocus,
    Outcome,
    Planned,
    RemoveFocus,
    Restore,
    Unflag,
)
from guardian.model.events import Occurrence, Response
from guardian.model.ledger import OutboxRow
from guardian.planning.focus import blocks
from guardian.planning.history import RETRIES, act
from guardian.planning.planner import PlanFacts, plan
from guardian.planning.view import Memory
from tests.planning.worlds import ANA, NOW, Desk, decision, facts, focus_rule, invitation, policy, row, span, stored

HOUR = timedelta(hours=1)


def trace_of_ours(effect: Effect) -> tuple[Occurrence, OutboxRow]:
    """An invitation as we left it, moved since, and the row of what we did."""
    before = invitation()
    marked = replace(before, labels=("Guardian: focus-time",))
    after = replace(before, response=Response.DECLINED, comment="no") if isinstance(effect, Answer) else marked
    return replace(after, when=span(14, 15, 1)), row(act("focus-time", before, effect), before=before, after=after)


def asked(occurrence: Occurrence, *rows: OutboxRow) -> list[Action]:
    people = {ANA: PlanFacts(facts(), Memory(rows))}
    found = plan([decision(occurrence, Outcome.NONE)], people, NOW, comment=lambda d: "no")
    return [item.action for item in found]


TRACES = [(Answer(Response.DECLINED, "no"), Restore), (Flag("focus-time"), Unflag)]


@pytest.mark.parametrize(("effect", "back"), TRACES, ids=["answer", "label"])
def test_what_failed_is_asked_for_again_with_a_new_key_and_not_for_ever(effect: Effect, back: type[Effect]) -> None:
    occurrence, first = trace_of_ours(effect)
    rows, keys = [first], set()
    for number in range(RETRIES + 1):
        (action,) = asked(occurrence, *rows)
        assert isinstance(action.effect, back)
        assert asked(occurrence, *rows, row(action, "ready")) == [action], "what waits stays the same act"
        keys.add(action.key)
        rows.append(row(action, "failed", at_time=NOW + number * HOUR))
    assert len(keys) == RETRIES + 1
    assert asked(occurrence, *rows) == []
    (elsewhere,) = asked(replace(occurrence, when=span(16, 17, 1)), *rows)
    assert elsewhere.key not in keys


@pytest.mark.parametrize(("effect", "back"), TRACES, ids=["answer", "label"])
def test_what_worked_at_last_is_over(effect: Effect, back: type[Effect]) -> None:
    occurrence, first = trace_of_ours(effect)
    (lost,) = asked(occurrence, first)
    failed = row(lost, "failed")
    (again,) = asked(occurrence, first, failed)
    assert isinstance(again.effect, back)
    gone = replace(occurrence, response=Response.NEEDS_ACTION, comment="", labels=())
    assert asked(gone, first, failed, row(again, at_time=NOW + HOUR)) == []


def removals(desk: Desk, *failed: OutboxRow) -> list[Planned]:
    memory = Memory((*desk.rows.values(), *failed))
    events = stored(*desk.events.values())
    found = blocks(policy(), desk.person, events, memory, (), NOW)
    return [item for item in found if isinstance(item.action.effect, RemoveFocus)]


def test_a_block_that_could_not_be_removed_is_removed_later() -> None:
    rule = focus_rule(book=True)
    desk = Desk(policy(rule), facts(rules=(rule,)))
    desk.work()
    first = removals(desk)
    assert first and all(item.action.expects.when for item in first)
    failed = [row(item.action, "failed") for item in first]
    second = removals(desk, *failed)
    assert len(second) == len(first)
    assert not {i.action.key for i in first} & {i.action.key for i in second}
    tired = [replace(failed[0], action=replace(failed[0].action, key=f"try-{n}")) for n in range(RETRIES + 1)]
    assert len(removals(desk, *tired)) == len(first) - 1


def test_a_block_that_could_not_be_booked_or_moved_is_not_asked_for_again() -> None:
    rule = focus_rule(book=True)
    desk = Desk(policy(rule), facts(rules=(rule,)))
    desk.work()
    refused = {key: replace(r, state="failed") for key, r in desk.rows.items()}
    assert blocks(policy(rule), desk.person, (), Memory(tuple(refused.values())), (), NOW) == []
    desk.put(invitation("lunch", span(9, 10, 1), response=Response.ACCEPTED))
    (move,) = [item.action for item in desk.wanted(NOW) if item.action.verb == "move"]
    assert move.effect == MoveFocus(span(10, 13, 1), "Europe/Madrid")
    desk.rows[move.key] = row(move, "failed")
    assert [item for item in desk.wanted(NOW) if item.action.verb == "move" and item.action.key != move.key] == []
