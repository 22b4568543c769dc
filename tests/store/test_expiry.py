"""What ends without having been done, what survives that, and a no to what is under way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from guardian.model.actions import Answer, BookFocus, Flag, MoveFocus, Outcome, Planned, Shorten, State, Verdict
from guardian.model.events import MeetingKey, Response
from guardian.model.ledger import DecisionRow, OutboxRow, Veto
from guardian.model.time import Interval
from guardian.store.database import SqlStore
from tests.store_world import ANA, BEN, ELSEWHERE, ME, NOW, act, decision, go, hold, later, meeting, plan, slot, undo

ONE = meeting(1)
KEY = act(ONE).key


def record(store: SqlStore, *items: Planned, minutes: float = 0) -> list[DecisionRow]:
    return store.ledger.record(f"run-{minutes}", plan(*items), later(minutes), mailboxes=[ANA])


def row(store: SqlStore, key: str = KEY) -> OutboxRow:
    found = store.ledger.row(key)
    assert found is not None
    return found


def sent(store: SqlStore, key: str = KEY, minutes: float = 0) -> OutboxRow:
    leased = store.ledger.lease(key, ME, later(minutes))
    assert leased is not None
    assert store.ledger.sending(leased, ONE, later(minutes))
    return leased


# --- what expires comes back as it was -------------------------------------------------------------------------------


def test_what_the_breaker_held_is_held_by_it_again(store: SqlStore) -> None:
    record(store, hold(ONE, "breaker"))
    record(store, minutes=5)
    assert (row(store).state, row(store).held_by) == ("skipped", "breaker")
    for minutes, item in ((10, go(ONE)), (15, hold(ONE, until=later(20))), (25, go(ONE))):
        (made,) = record(store, item, minutes=minutes)
        assert (row(store).state, row(store).held_by, row(store).not_before) == ("held", "breaker", None)
        assert (made.state, made.held_by) == (State.HELD, "breaker")
    assert "waits for approval" in row(store).reason
    assert store.ledger.lease(KEY, ME, later(30)) is None


def test_an_approval_survives(store: SqlStore) -> None:
    (made,) = record(store, hold(ONE, "breaker"))
    store.ledger.approve(made.id, "olga", later(1))
    record(store, minutes=5)
    assert row(store).state == "skipped"
    record(store, hold(ONE, "breaker"), minutes=10)
    assert (row(store).state, row(store).held_by, row(store).released) == ("ready", None, True)
    record(store, minutes=15)
    record(store, go(ONE), minutes=20)
    assert (row(store).state, row(store).released) == ("ready", True)


def test_an_approval_is_used_up_by_the_last_look(store: SqlStore) -> None:
    (made,) = record(store, hold(ONE, "breaker"))
    store.ledger.approve(made.id, "olga", later(1))
    record(store, go(ONE), minutes=5)
    leased = sent(store, minutes=5)
    assert store.ledger.settle(leased, "skipped", "it moved", later(5))
    assert not row(store).released
    record(store, hold(ONE, until=later(20)), minutes=10)
    assert (row(store).state, row(store).held_by) == ("held", "hold")


# --- meetings that have begun ----------------------------------------------------------------------------------------


def test_what_waits_ends_when_its_meeting_begins_whoever_it_belongs_to(store: SqlStore) -> None:
    soon, late = meeting(1), meeting(3, mailbox=BEN)
    made = store.ledger.record("run", plan(hold(soon, "breaker"), go(late)), NOW, mailboxes=[ANA, BEN])
    assert store.ledger.expire_begun(later(59)) == 0
    assert store.ledger.expire_begun(later(60)) == 1
    ended = store.ledger.decision(made[0].id)
    assert ended is not None
    assert (ended.state, ended.reason) == (State.SKIPPED, "it has begun")
    assert (row(store).state, row(store).held_by) == ("skipped", "breaker")
    assert store.ledger.expire_begun(later(60)) == 0
    assert store.ledger.expire_begun(later(180)) == 1
    assert [e.what for e in store.ledger.audit()][-2:] == ["skipped", "skipped"]
    assert store.ledger.open_mailboxes() == []


def test_what_is_under_way_an_undo_and_a_block_that_lasts_do_not_end(store: SqlStore) -> None:
    cut = act(meeting(2, when=slot(0, 180)), MoveFocus(slot(1), "UTC"))
    block = replace(act(meeting(4), BookFocus(slot(4), "UTC", "Focus time", "")), ref=None, meeting=None)
    items = [replace(go(ONE), action=a, decision=None) for a in (cut, block)]
    record(store, go(ONE), *items)
    sent(store)
    store.ledger.add_undo(undo(act(meeting(3))), "run", act(meeting(3)).key, ANA, NOW)
    assert store.ledger.expire_begun(later(170)) == 0
    assert store.ledger.expire_begun(later(180)) == 1
    assert row(store, cut.key).state == "skipped"
    assert store.ledger.expire_begun(later(240)) == 1
    assert row(store, block.key).state == "skipped"
    assert row(store).state == "sending"


# --- a no to what is under way ---------------------------------------------------------------------------------------


def test_a_no_to_what_is_under_way_binds_and_allows_no_further_try(store: SqlStore) -> None:
    (made,) = record(store, go(ONE))
    leased = sent(store)
    vetoed = store.ledger.veto(made.id, ANA, NOW)
    assert vetoed is not None
    assert (vetoed.state, vetoed.reason.split(";")[0]) == (State.RECORDED, f"vetoed by {ANA}")
    assert store.ledger.vetoes(ANA) == [Veto(ANA, ONE.meeting, ONE.when, "focus-time")]
    assert row(store).refused
    assert not store.ledger.sending(replace(leased, attempts=1), ONE, NOW)
    assert store.ledger.put_back(replace(leased, attempts=1), "no answer", later(1))
    assert store.ledger.lease(KEY, ME, later(5)) is None
    assert row(store).state == "sending"


@pytest.mark.parametrize("state", ["done", "skipped"])
def test_how_the_try_under_way_ended_is_still_recorded(store: SqlStore, state: str) -> None:
    (made,) = record(store, go(ONE))
    leased = sent(store)
    assert store.ledger.veto(made.id, ANA, NOW)
    assert store.ledger.settle(leased, state, "seen", later(1), meeting(1, response=Response.DECLINED))
    record(store, go(ONE), minutes=5)
    assert (row(store).state, row(store).refused) == (state, True)


def test_a_vetoed_act_nobody_looked_after_ends_with_its_meeting(store: SqlStore) -> None:
    (made,) = record(store, go(ONE))
    sent(store)
    store.ledger.veto(made.id, ANA, NOW)
    assert store.ledger.expire_begun(later(59)) == 0
    assert store.ledger.expire_begun(later(60)) == 1
    ended = store.ledger.decision(made.id)
    assert ended is not None
    assert (row(store).state, ended.state) == ("failed", State.FAILED)
    assert ended.reason == "vetoed while it was under way; whether it was written was never seen"


# --- a clock that was ahead ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ahead", "free"), [(timedelta(seconds=50), False), (timedelta(hours=3), True)])
def test_a_lease_of_a_clock_that_was_ahead_is_over(store: SqlStore, ahead: timedelta, free: bool) -> None:
    record(store, go(ONE))
    assert store.ledger.lease(KEY, ELSEWHERE, NOW + ahead)
    assert (store.ledger.lease(KEY, ME, NOW) is not None) is free
    lock = store.ledger.pass_lock(ELSEWHERE, NOW + ahead)
    assert lock.__enter__()
    with store.ledger.pass_lock(ME, NOW) as mine:
        assert mine is free


# --- labels beside answers -------------------------------------------------------------------------------------------


def test_a_label_beside_a_refused_answer_says_nothing_of_the_answer(store: SqlStore) -> None:
    (made,) = record(store, go(ONE))
    leased = sent(store)
    assert store.ledger.settle(leased, "failed", "the guest list is hidden", later(1))
    label = go(ONE, Flag("focus-time"))
    (again,) = record(store, label, minutes=5)
    told = (State.FAILED, "the guest list is hidden", KEY)
    assert (again.id, again.state, again.reason, again.action_key) == (made.id, *told)
    flagging = sent(store, label.action.key, 5)
    assert store.ledger.settle(flagging, "done", "", later(6))
    for minutes in (7, 10):
        found = store.ledger.decision(made.id)
        assert found is not None
        assert (found.state, found.reason, found.action_key) == told
        record(store, minutes=minutes)


def test_a_label_settles_a_decision_that_is_nothing_but_a_label(store: SqlStore) -> None:
    label = replace(go(ONE, Flag("focus-time")), decision=decision(ONE, Outcome.FLAG))
    (made,) = record(store, label)
    assert store.ledger.settle(sent(store, label.action.key), "done", "", later(1))
    found = store.ledger.decision(made.id)
    assert found is not None
    assert found.state is State.DONE


# --- budgets ---------------------------------------------------------------------------------------------------------


def test_a_series_that_was_shortened_counts_once(store: SqlStore) -> None:
    items = [go(ONE, Answer(Response.DECLINED, "")), *(_shorter(n, "a") for n in (2, 3, 4)), _shorter(5, "b")]
    record(store, *items)
    for item in items:
        leased = sent(store, item.action.key)
        assert store.ledger.settle(leased, "done", "", later(1))
    assert store.ledger.written(NOW) == {ANA: 3}
    back = replace(items[4].action, key="back", effect=Shorten(slot(5)))
    store.ledger.add_undo(back, "run", items[4].action.key, ANA, later(2))
    assert store.ledger.settle(sent(store, "back", 2), "done", "", later(3))
    assert store.ledger.written(later(2)) == {}


def _shorter(number: int, series: str) -> Planned:
    when = slot(number)
    one = meeting(number, meeting=MeetingKey.occurrence(series, when.start))
    return replace(go(one, Shorten(Interval(when.start, when.end - timedelta(minutes=5)))), verdict=Verdict.GO)
