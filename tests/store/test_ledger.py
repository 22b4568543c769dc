"""From lease to settlement; vetoes, undo, budgets, runs, journal."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from sqlalchemy import Executable, delete, update

from guardian.model.actions import Answer, Flag, Shorten, State
from guardian.model.events import MeetingKey, Response
from guardian.model.ledger import Owner, Run, Veto
from guardian.store.connection import Database, parse_url
from guardian.store.database import SqlStore
from guardian.store.schema import audit
from tests.store_world import ANA, BEN, ELSEWHERE, ME, NOW, act, decision, go, hold, later, meeting, plan, slot, undo

ONE = meeting(1)
KEY = act(ONE).key


@pytest.fixture
def ready(store: SqlStore) -> SqlStore:
    """A store with one act to be written."""
    store.ledger.record("run-1", plan(go(ONE)), NOW, mailboxes=[ANA])
    return store


def dead_process() -> Owner:
    """A process of this host that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return Owner(ME.host, process.pid)


# --- leases ----------------------------------------------------------------------------------------------------------


def test_a_row_is_leased_to_one(ready: SqlStore) -> None:
    leased = ready.ledger.lease(KEY, ME, NOW)
    assert leased is not None
    assert leased.fence == 1
    assert ready.ledger.lease(KEY, ME, NOW) is None
    assert ready.ledger.lease(KEY, ELSEWHERE, later(0.9)) is None
    assert ready.ledger.lease("unknown", ME, NOW) is None


def test_a_lease_runs_out_after_sixty_seconds(ready: SqlStore) -> None:
    assert ready.ledger.lease(KEY, ELSEWHERE, NOW)
    taken = ready.ledger.lease(KEY, ME, later(1))
    assert taken is not None
    assert taken.fence == 2


@pytest.mark.parametrize("sent", [False, True])
def test_the_lease_of_a_dead_process_of_this_host_is_taken_over_at_once(ready: SqlStore, sent: bool) -> None:
    gone = dead_process()
    first = ready.ledger.lease(KEY, gone, NOW)
    assert first is not None
    if sent:
        assert ready.ledger.sending(first, ONE, NOW)
    assert ready.ledger.lease(KEY, Owner("another-host", ME.pid), NOW) is None
    taken = ready.ledger.lease(KEY, ME, NOW)
    assert taken is not None
    assert (taken.state, taken.attempts) == (("sending", 1) if sent else ("ready", 0))
    assert taken.before == (ONE if sent else None)


def test_a_stale_fence_is_refused_everywhere(ready: SqlStore) -> None:
    stale = ready.ledger.lease(KEY, ELSEWHERE, NOW)
    fresh = ready.ledger.lease(KEY, ME, later(2))
    assert stale is not None
    assert fresh is not None
    before = ready.ledger.row(KEY)
    assert not ready.ledger.sending(stale, ONE, later(2))
    assert not ready.ledger.settle(stale, "done", "", later(2))
    assert not ready.ledger.put_back(stale, "", later(2))
    assert ready.ledger.row(KEY) == before
    assert ready.ledger.sending(fresh, ONE, later(2))
    assert ready.ledger.settle(fresh, "done", "", later(2))


def test_a_row_put_back_waits_and_counts_the_tries_it_is_told(ready: SqlStore) -> None:
    leased = ready.ledger.lease(KEY, ME, NOW)
    assert leased is not None
    assert ready.ledger.sending(leased, ONE, NOW)
    assert ready.ledger.put_back(replace(leased, attempts=0), "slow down", later(5))
    found = ready.ledger.row(KEY)
    assert found is not None
    assert (found.state, found.reason, found.attempts, found.not_before) == ("ready", "slow down", 0, later(5))
    assert ready.ledger.lease(KEY, ME, later(4)) is None
    assert ready.ledger.lease(KEY, ME, later(5)) is not None


def test_a_row_put_back_after_a_try_that_may_have_been_applied_cannot_be_dropped(ready: SqlStore) -> None:
    leased = ready.ledger.lease(KEY, ME, NOW)
    assert leased is not None
    assert ready.ledger.sending(leased, ONE, NOW)
    assert ready.ledger.put_back(replace(leased, attempts=1), "no answer", later(5))
    ready.ledger.record("run-2", plan(), later(5), mailboxes=[ANA])
    found = ready.ledger.row(KEY)
    assert found is not None
    assert (found.state, found.attempts) == ("sending", 1)
    assert ready.ledger.lease(KEY, ME, later(4)) is None
    assert ready.ledger.lease(KEY, ME, later(5)) is not None


def test_a_settled_row_says_how_the_event_was_before_and_after(ready: SqlStore) -> None:
    leased = ready.ledger.lease(KEY, ME, NOW)
    assert leased is not None
    declined = meeting(1, response=Response.DECLINED, etag='"2"')
    ready.ledger.sending(leased, ONE, later(1))
    ready.ledger.settle(leased, "done", "declined", later(2), declined)
    found = ready.ledger.row(KEY)
    assert found is not None
    assert (found.before, found.after, found.settled_at, found.attempts) == (ONE, declined, later(2), 1)
    last = ready.ledger.audit()[-1]
    assert (last.what, last.reason, last.at) == ("done", "declined", later(2))
    assert last.before is not None
    assert last.before["response"] == "needs_action"
    assert last.after is not None
    assert last.after["response"] == "declined"
    assert not ready.ledger.settle(leased, "failed", "twice", later(3))


def test_a_second_announcement_without_an_event_keeps_what_stood_before(ready: SqlStore) -> None:
    leased = ready.ledger.lease(KEY, ME, NOW)
    assert leased is not None
    ready.ledger.sending(leased, ONE, NOW)
    ready.ledger.sending(replace(leased, attempts=1), None, NOW)
    found = ready.ledger.row(KEY)
    assert found is not None
    assert (found.before, found.attempts) == (ONE, 2)


def test_rows_by_state_run_and_mailbox_oldest_first(ready: SqlStore) -> None:
    others = [meeting(n, mailbox=BEN) for n in (4, 3, 2)]
    ready.ledger.record("run-2", plan(*map(go, others)), later(5), mailboxes=[BEN])
    assert [r.action.key for r in ready.ledger.rows()] == [KEY, *(act(o).key for o in others)]
    assert [r.action.mailbox for r in ready.ledger.rows(run="run-1")] == [ANA]
    assert len(ready.ledger.rows(mailbox=BEN, states=["ready", "held"])) == 3
    assert ready.ledger.rows(states=["done"]) == []


# --- the pass lock ---------------------------------------------------------------------------------------------------


def test_one_pass_at_a_time(store: SqlStore) -> None:
    with store.ledger.pass_lock(ME, NOW) as mine:
        assert mine
        assert store.ledger.pass_holder() == ME
        for other in (ME, ELSEWHERE):
            with store.ledger.pass_lock(other, later(0.5)) as theirs:
                assert not theirs
        assert store.ledger.pass_holder() == ME
    assert store.ledger.pass_holder() is None
    with store.ledger.pass_lock(ELSEWHERE, NOW) as theirs:
        assert theirs


def test_the_pass_lock_is_renewed_by_its_holder_only(store: SqlStore) -> None:
    with store.ledger.pass_lock(ME, NOW):
        assert store.ledger.renew_pass(ME, later(0.9))
        assert not store.ledger.renew_pass(ELSEWHERE, later(0.9))
        with store.ledger.pass_lock(ELSEWHERE, later(1.5)) as theirs:
            assert not theirs
        with store.ledger.pass_lock(ELSEWHERE, later(1.9)) as theirs:
            assert theirs
            assert not store.ledger.renew_pass(ME, later(1.9))
    assert not store.ledger.renew_pass(ME, later(2))


def test_the_end_of_a_pass_that_was_taken_over_does_not_free_the_new_one(store: SqlStore) -> None:
    slow = store.ledger.pass_lock(ELSEWHERE, NOW)
    assert slow.__enter__()
    with store.ledger.pass_lock(ME, later(2)) as mine:
        assert mine
        slow.__exit__(None, None, None)
        assert store.ledger.pass_holder() == ME


def test_the_pass_of_a_dead_process_is_taken_over_at_once(store: SqlStore) -> None:
    gone = dead_process()
    abandoned = store.ledger.pass_lock(gone, NOW)
    assert abandoned.__enter__()
    assert store.ledger.pass_holder() == gone
    with store.ledger.pass_lock(ME, NOW) as mine:
        assert mine


def test_a_restarted_container_takes_over_from_the_process_it_has_the_id_of(store: SqlStore, url: str) -> None:
    code = (
        "import os, sys; from guardian.store.database import open_store; from guardian.model.ledger import Owner;"
        "from tests.store_world import NOW; store = open_store(sys.argv[1]);"
        "lock = store.ledger.pass_lock(Owner(sys.argv[2], int(sys.argv[3])), NOW);"
        "assert lock.__enter__(); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, url, ME.host, str(os.getpid())], check=True)
    assert store.ledger.pass_holder() == ME
    with store.ledger.pass_lock(ME, NOW) as mine:
        assert mine


# --- people's hands --------------------------------------------------------------------------------------------------


def test_a_veto_stops_what_waits_and_binds_the_rule(store: SqlStore) -> None:
    (made,) = store.ledger.record("run-1", plan(hold(ONE)), NOW, mailboxes=[ANA])
    vetoed = store.ledger.veto(made.id, ANA, later(1))
    assert vetoed is not None
    assert (vetoed.state, vetoed.reason) == (State.SKIPPED, f"vetoed by {ANA}")
    assert store.ledger.vetoes(ANA) == [Veto(ANA, ONE.meeting, ONE.when, "focus-time")]
    (again,) = store.ledger.record("run-2", plan(go(ONE)), later(5), mailboxes=[ANA])
    assert again.state is State.SKIPPED
    assert store.ledger.lease(KEY, ME, later(6)) is None
    assert [e.what for e in store.ledger.audit() if e.actor == ANA] == ["skipped", "veto"]


def test_a_veto_stops_an_act_that_is_leased_and_not_yet_announced(ready: SqlStore) -> None:
    leased = ready.ledger.lease(KEY, ME, NOW)
    (made,) = ready.ledger.decisions()
    assert leased is not None
    assert ready.ledger.veto(made.id, ANA, NOW) is not None
    assert not ready.ledger.sending(leased, ONE, NOW)


def test_what_is_written_cannot_be_vetoed(ready: SqlStore) -> None:
    leased = ready.ledger.lease(KEY, ME, NOW)
    (made,) = ready.ledger.decisions()
    assert leased is not None
    ready.ledger.sending(leased, ONE, NOW)
    ready.ledger.settle(leased, "done", "", NOW)
    assert ready.ledger.veto(made.id, ANA, NOW) is None
    assert ready.ledger.vetoes(ANA) == []


def test_an_answer_that_waits_can_be_vetoed_although_its_label_stands(store: SqlStore) -> None:
    label = replace(go(ONE), action=act(ONE, Flag("focus-time")))
    store.ledger.record("run-1", plan(hold(ONE, "breaker"), label), NOW, mailboxes=[ANA])
    leased = store.ledger.lease(label.action.key, ME, NOW)
    assert leased is not None
    store.ledger.settle(leased, "done", "", NOW)
    (made,) = store.ledger.decisions()
    vetoed = store.ledger.veto(made.id, ANA, later(1))
    assert vetoed is not None
    assert vetoed.state is State.SKIPPED
    assert store.ledger.approve(made.id, BEN, later(2)) is None


def test_a_veto_is_kept_once(store: SqlStore) -> None:
    veto = Veto(ANA, ONE.meeting, ONE.when, "focus-time")
    store.ledger.add_veto(veto, ANA, NOW)
    store.ledger.add_veto(veto, ANA, later(1))
    store.ledger.add_veto(replace(veto, when=slot(5)), ANA, later(1))
    assert len(store.ledger.vetoes(ANA)) == 2
    assert len(store.ledger.audit()) == 2
    assert store.ledger.vetoes(BEN) == []


def finish(store: SqlStore, key: str, state: str, minutes: float = 1) -> None:
    leased = store.ledger.lease(key, ME, later(minutes))
    assert leased is not None
    assert store.ledger.sending(leased, ONE, later(minutes))
    assert store.ledger.settle(leased, state, "", later(minutes))


def test_an_undo_is_an_act_of_its_own(ready: SqlStore) -> None:
    finish(ready, KEY, "done")
    (made,) = ready.ledger.decisions()
    back = ready.ledger.add_undo(undo(act(ONE)), "run-2", KEY, ANA, later(2))
    assert (back.state, back.run, back.decision) == ("ready", "run-2", made.id)
    assert ready.ledger.add_undo(undo(act(ONE)), "run-3", KEY, ANA, later(2)) == back
    finish(ready, back.action.key, "done", 3)
    ready.ledger.mark_undone(KEY, "undone", "taken back", ANA, later(3))
    row = ready.ledger.row(KEY)
    assert row is not None
    assert (row.state, row.reason) == ("undone", "taken back")
    decided = ready.ledger.decision(made.id)
    assert decided is not None
    assert (decided.state, decided.reason) == (State.DONE, "taken back")
    assert [e.what for e in ready.ledger.audit() if e.actor == ANA] == ["undo asked for", "undone"]


def test_an_undo_that_failed_can_be_asked_for_again(ready: SqlStore) -> None:
    finish(ready, KEY, "done")
    back = ready.ledger.add_undo(undo(act(ONE)), "run-2", KEY, ANA, later(2))
    finish(ready, back.action.key, "failed", 3)
    again = ready.ledger.add_undo(undo(act(ONE)), "run-3", KEY, ANA, later(4))
    assert (again.state, again.attempts, again.fence) == ("ready", 0, 1)
    finish(ready, back.action.key, "done", 5)


def test_only_what_was_written_can_be_marked_undone(ready: SqlStore) -> None:
    ready.ledger.mark_undone(KEY, "undone", "", ANA, NOW)
    row = ready.ledger.row(KEY)
    assert row is not None
    assert row.state == "ready"


def test_budgets_count_answers_that_were_written(store: SqlStore) -> None:
    tentative = Answer(Response.TENTATIVE, "")
    acts = [go(ONE), go(meeting(2), tentative), go(meeting(3)), go(meeting(4)), go(meeting(5, mailbox=BEN))]
    store.ledger.record("run-1", plan(*acts), NOW, mailboxes=[ANA, BEN])
    for item, state in zip(acts, ("done", "done", "skipped", "failed", "done"), strict=True):
        finish(store, item.action.key, state)
    back = store.ledger.add_undo(undo(act(ONE)), "run-2", KEY, ANA, later(2))
    finish(store, back.action.key, "done", 3)
    store.ledger.mark_undone(KEY, "undone", "", ANA, later(3))
    assert store.ledger.written(NOW) == {ANA: 2, BEN: 1}
    assert store.ledger.written(later(2)) == {}


def test_flips_are_counted_by_meeting_since_a_moment(store: SqlStore) -> None:
    for minutes in (0, 10, 20):
        store.ledger.note_flip(ANA, ONE.meeting, later(minutes))
    store.ledger.note_flip(ANA, MeetingKey("series", "2026-11-22T10:00:00Z"), later(20))
    assert store.ledger.flips(ANA, later(10)) == {str(ONE.meeting): 2, "series/2026-11-22T10:00:00Z": 1}
    assert store.ledger.flips(BEN, NOW) == {}


def test_the_latest_decision_about_a_meeting_is_the_one_made_last(store: SqlStore) -> None:
    first = store.ledger.record("run-1", plan(decisions=(decision(ONE),)), NOW, mailboxes=[])
    moved = decision(meeting(1, when=slot(9)))
    store.ledger.record("run-2", plan(decisions=(moved,)), later(1), mailboxes=[])
    found = store.ledger.decision_for(ANA, ONE.meeting)
    assert found is not None
    assert found.decision == moved
    store.ledger.record("run-3", plan(decisions=(decision(ONE),)), later(2), mailboxes=[])
    back = store.ledger.decision_for(ANA, ONE.meeting)
    assert back is not None
    assert back.id == first[0].id
    assert store.ledger.decision_for(BEN, ONE.meeting) is None


# --- runs and the journal --------------------------------------------------------------------------------------------


def test_runs_are_listed_newest_first(store: SqlStore) -> None:
    runs = [Run(f"01J{n}", later(n), None, "sha256:1", dry_run=n == 0) for n in range(4)]
    for run in runs:
        store.ledger.start_run(run)
    ended = replace(runs[3], ended_at=later(9), summary={"actions": {"done": 3}, "failed": [], "title": "\ud800"})
    store.ledger.finish_run(ended)
    found = store.ledger.runs(limit=2)
    assert found == [replace(ended, summary={"actions": {"done": 3}, "failed": [], "title": "\ufffd"}), runs[2]]
    assert store.ledger.runs(before="01J1") == runs[:1]


def test_the_journal_is_numbered_chained_and_paged(store: SqlStore) -> None:
    for number in range(5):
        store.ledger.log(ANA, f"key-{number}", "policy accepted", "", later(number))
    entries = store.ledger.audit(after=1, limit=3)
    assert [(e.seq, e.key, e.at) for e in entries] == [(n, f"key-{n - 1}", later(n - 1)) for n in (2, 3, 4)]
    assert len({e.digest for e in store.ledger.audit()}) == 5
    assert store.ledger.verify_audit() is None


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (update(audit).where(audit.c.seq == 2).values(content='{"what":"other"}'), "entry 2 was changed"),
        (update(audit).where(audit.c.seq == 2).values(at=later(99)), "entry 2 does not follow"),
        (delete(audit).where(audit.c.seq == 2), "entry 2 is missing"),
        (delete(audit).where(audit.c.seq == 3), "end is missing"),
    ],
)
def test_a_change_of_the_journal_shows(store: SqlStore, url: str, change: Executable, finding: str) -> None:
    for number in range(3):
        store.ledger.log(ANA, f"key-{number}", "policy accepted", "", later(number))
    forger = Database(parse_url(url))
    with forger.write() as connection:
        connection.execute(change)
    forger.close()
    assert finding in (store.ledger.verify_audit() or "")


def test_rows_can_be_asked_for_by_what_they_do(store: SqlStore) -> None:
    shorter = go(meeting(2), Shorten(slot(10, 25)))
    store.ledger.record("run-1", plan(go(ONE), shorter), NOW, mailboxes=[ANA])
    assert [row.action.verb for row in store.ledger.rows(verb="shorten")] == ["shorten"]
    assert store.ledger.rows(verb="shorten", states=("done",)) == []
    assert len(store.ledger.rows()) == 2
