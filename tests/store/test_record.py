"""What a pass writes down: identities, holds, approvals, expiry."""

from collections.abc import Collection
from dataclasses import replace

import pytest

from guardian.model.actions import Flag, Mode, Outcome, Plan, State, Verdict
from guardian.model.events import Response
from guardian.model.ledger import DecisionRow, OutboxRow
from guardian.store.database import SqlStore
from tests.store_world import ANA, BEN, ME, NOW, act, decision, go, hold, later, meeting, plan, slot, undo

ONE = meeting(1)
KEY = act(ONE).key


def record(
    store: SqlStore, wanted: Plan, minutes: float = 0, run: str = "run-1", mailboxes: Collection[str] = (ANA,)
) -> list[DecisionRow]:
    return store.ledger.record(run, wanted, later(minutes), mailboxes=mailboxes)


def row(store: SqlStore, key: str = KEY) -> OutboxRow:
    found = store.ledger.row(key)
    assert found is not None
    return found


def settle(store: SqlStore, state: str, key: str = KEY, minutes: float = 1) -> None:
    leased = store.ledger.lease(key, ME, later(minutes))
    assert leased is not None
    assert store.ledger.sending(leased, ONE, later(minutes))
    assert store.ledger.settle(leased, state, f"it is {state}", later(minutes), meeting(1, response=Response.DECLINED))


def told(store: SqlStore) -> list[tuple[str, str]]:
    return [(entry.key, entry.what) for entry in store.ledger.audit()]


def test_decision_act_and_journal_are_written_together(store: SqlStore) -> None:
    (made,) = record(store, plan(go(ONE)))
    assert made.state is State.RECORDED
    assert (made.run, made.decided_at, made.action_key, made.reason) == ("run-1", NOW, KEY, "in the focus window")
    assert made.decision == decision(ONE)
    found = row(store)
    assert (found.state, found.decision, found.run, found.created_at) == ("ready", made.id, "run-1", NOW)
    assert found.action == act(ONE)
    assert told(store) == [(KEY, "ready")]


def test_a_decision_without_an_act_is_recorded(store: SqlStore) -> None:
    observed = decision(ONE, Outcome.OBSERVE, mode=Mode.OBSERVE, would=Outcome.DECLINE)
    (made,) = record(store, plan(decisions=(observed,)))
    assert (made.state, made.action_key, made.decision) == (State.RECORDED, None, observed)
    assert store.ledger.rows() == []


def test_the_same_decision_keeps_its_id_and_an_other_gets_its_own(store: SqlStore) -> None:
    (first,) = record(store, plan(go(ONE)))
    again = replace(decision(ONE), reason="said otherwise", occurrence=meeting(1, title="renamed"))
    (second,) = record(store, plan(decisions=(again,)), 5, "run-2", ())
    assert (second.id, second.decided_at, second.run) == (first.id, NOW, "run-2")
    assert second.decision == again
    for other in (
        replace(again, outcome=Outcome.TENTATIVE),
        replace(again, rule="no-meeting-day"),
        replace(again, mode=Mode.FLAG),
        replace(again, occurrence=meeting(1, when=slot(7))),
        replace(again, member=BEN),
    ):
        (made,) = record(store, plan(decisions=(other,)), 6, "run-3", ())
        assert made.id != first.id


def test_decisions_come_in_the_order_of_the_plan_and_newest_first_when_listed(store: SqlStore) -> None:
    made = record(store, plan(*(go(meeting(n)) for n in range(1, 8))))
    assert [r.decision.occurrence for r in made] == [meeting(n) for n in range(1, 8)]
    ids = [r.id for r in store.ledger.decisions(limit=3)]
    assert ids == [r.id for r in reversed(made)][:3]
    assert [r.id for r in store.ledger.decisions(before=ids[-1])] == [r.id for r in reversed(made)][3:]
    assert store.ledger.decisions(mailbox=BEN) == []
    assert len(store.ledger.decisions(run="run-1")) == 7


def test_the_same_act_is_never_written_down_twice(store: SqlStore) -> None:
    record(store, plan(go(ONE)))
    settle(store, "done")
    (again,) = record(store, plan(go(ONE)), 5, "run-2")
    assert (again.state, again.reason) == (State.DONE, "it is done")
    assert row(store).state == "done"
    assert store.ledger.lease(KEY, ME, later(9)) is None
    assert told(store) == [(KEY, "ready"), (KEY, "sending"), (KEY, "done")]


@pytest.mark.parametrize("state", ["done", "failed", "skipped"])
def test_a_settled_act_settles_its_decision(store: SqlStore, state: str) -> None:
    (made,) = record(store, plan(go(ONE)))
    settle(store, state)
    found = store.ledger.decision(made.id)
    assert found is not None
    assert (found.state, found.reason) == (State(state), f"it is {state}")
    record(store, plan(decisions=(decision(ONE),)), 5, "run-2")
    kept = store.ledger.decision(made.id)
    assert kept is not None
    assert (kept.state, kept.reason) == (State(state), f"it is {state}")


def test_a_skipped_act_starts_anew_when_it_is_asked_for_again(store: SqlStore) -> None:
    record(store, plan(go(ONE)))
    settle(store, "skipped")
    record(store, plan(go(ONE)), 5, "run-2")
    found = row(store)
    assert (found.state, found.attempts, found.before, found.after, found.settled_at) == ("ready", 0, None, None, None)
    settle(store, "done", minutes=6)
    assert row(store).fence == 2


def test_of_two_acts_the_one_that_does_what_was_decided_settles_the_decision(store: SqlStore) -> None:
    label = replace(go(ONE, Flag("focus-time")))
    (made,) = record(store, plan(label, go(ONE)))
    assert made.action_key == KEY
    settle(store, "done", label.action.key)
    found = store.ledger.decision(made.id)
    assert found is not None
    assert found.state is State.RECORDED


# --- holds -----------------------------------------------------------------------------------------------------------


def test_a_hold_becomes_ready_when_the_plan_says_go(store: SqlStore) -> None:
    (made,) = record(store, plan(hold(ONE, until=later(10))))
    assert (made.state, made.held_by, made.hold_until) == (State.HELD, "hold", later(10))
    assert row(store).state == "held"
    assert store.ledger.lease(KEY, ME, later(11)) is None
    (again,) = record(store, plan(hold(ONE, until=later(15))), 5, "run-2")
    assert again.hold_until == later(10)
    (ready,) = record(store, plan(go(ONE)), 11, "run-3")
    assert (ready.id, ready.state, ready.held_by) == (made.id, State.RECORDED, None)
    assert (row(store).state, row(store).run, row(store).created_at) == ("ready", "run-3", NOW)
    assert store.ledger.lease(KEY, ME, later(11)) is not None


def test_what_the_breaker_held_waits_for_a_person(store: SqlStore) -> None:
    (made,) = record(store, plan(hold(ONE, "breaker")))
    record(store, plan(go(ONE)), 5, "run-2")
    assert (row(store).state, row(store).held_by) == ("held", "breaker")
    approved = store.ledger.approve(made.id, "olga@acme.example", later(6))
    assert approved is not None
    assert approved.state is State.HELD
    assert row(store).released
    record(store, plan(go(ONE)), 7, "run-3")
    assert row(store).state == "ready"
    assert (KEY, "approved") in told(store)


def test_an_approval_overrules_a_hold(store: SqlStore) -> None:
    (made,) = record(store, plan(hold(ONE, until=later(600))))
    store.ledger.approve(made.id, "olga", later(1))
    record(store, plan(hold(ONE, until=later(600))), 5, "run-2")
    assert store.ledger.lease(KEY, ME, later(5)) is not None


def test_the_breaker_holds_what_was_ready_or_on_hold(store: SqlStore) -> None:
    record(store, plan(go(ONE)))
    record(store, plan(hold(ONE, "breaker")), 5, "run-2")
    assert (row(store).state, row(store).held_by) == ("held", "breaker")


def test_nothing_held_is_nothing_to_approve(store: SqlStore) -> None:
    (made,) = record(store, plan(go(ONE)))
    assert store.ledger.approve(made.id, "olga", NOW) is None
    assert store.ledger.approve("01J00000000000000000000000", "olga", NOW) is None


# --- expiry ----------------------------------------------------------------------------------------------------------


def test_what_nobody_asks_for_any_more_expires(store: SqlStore) -> None:
    (made,) = record(store, plan(hold(ONE), go(meeting(2))))[:1]
    record(store, plan(), 5, "run-2")
    assert {r.state for r in store.ledger.rows()} == {"skipped"}
    expired = store.ledger.decision(made.id)
    assert expired is not None
    assert (expired.state, expired.reason, expired.held_by) == (State.SKIPPED, "no longer asked for", None)
    (back,) = record(store, plan(hold(ONE)), 10, "run-3")
    assert (back.id, back.state) == (made.id, State.HELD)


def test_people_who_were_not_looked_at_keep_what_waits(store: SqlStore) -> None:
    record(store, plan(hold(ONE)))
    record(store, plan(), 5, "run-2", mailboxes=[BEN])
    assert row(store).state == "held"


def test_an_act_under_way_and_an_undo_never_expire(store: SqlStore) -> None:
    record(store, plan(go(ONE), go(meeting(2))))
    leased = store.ledger.lease(KEY, ME, NOW)
    assert leased is not None
    assert store.ledger.sending(leased, ONE, NOW)
    back = store.ledger.add_undo(undo(act(meeting(3))), "run-1", act(meeting(3)).key, "ana", NOW)
    record(store, plan(), 5, "run-2")
    assert row(store).state == "sending"
    assert row(store, back.action.key).state == "ready"
    assert row(store, act(meeting(2)).key).state == "skipped"


def test_an_act_the_limits_refuse_has_no_row(store: SqlStore) -> None:
    refused = replace(go(ONE), verdict=Verdict.SKIP, reason="it starts in an hour")
    (made,) = record(store, plan(refused))
    assert (made.state, made.reason) == (State.SKIPPED, "it starts in an hour")
    assert store.ledger.rows() == []
    record(store, plan(go(meeting(2))), 1)
    late = replace(go(meeting(2)), verdict=Verdict.SKIP, reason="it starts in an hour")
    record(store, plan(late), 5, "run-2")
    assert (row(store, act(meeting(2)).key).state, row(store, act(meeting(2)).key).reason) == (
        "skipped",
        "it starts in an hour",
    )


def test_what_waits_follows_the_words_of_the_latest_plan(store: SqlStore) -> None:
    record(store, plan(hold(ONE)))
    newer = replace(hold(ONE), action=replace(act(ONE), expects=replace(act(ONE).expects, etag='"7"')))
    record(store, plan(newer), 5, "run-2")
    assert row(store).action.expects.etag == '"7"'
