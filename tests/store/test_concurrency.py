"""Several processes and threads on one database."""

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from guardian.store.database import SqlStore
from tests.store_world import ANA, BEN, ME, NOW, go, later, meeting, plan, window_read

ROWS = 200

WORKER = """
import json, os, sys
from guardian.model.ledger import Owner
from guardian.store.database import open_store
from tests.store_world import NOW, meeting
store = open_store(sys.argv[1])
me, mine = Owner("host", os.getpid()), []
sys.stdin.readline()
for row in store.ledger.rows(states=["ready"]):
    leased = store.ledger.lease(row.action.key, me, NOW)
    if leased and store.ledger.sending(leased, None, NOW) and store.ledger.settle(leased, "done", "", NOW):
        mine.append(row.action.key)
print(json.dumps(mine))
store.close()
"""


def test_two_processes_settle_each_row_once(store: SqlStore, url: str) -> None:
    store.ledger.record("run-1", plan(*(go(meeting(n)) for n in range(ROWS))), NOW, mailboxes=[ANA])
    command = [sys.executable, "-c", WORKER, url]
    workers = [subprocess.Popen(command, stdin=-1, stdout=-1, text=True) for _ in range(2)]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    taken = [json.loads(worker.communicate(timeout=60)[0]) for worker in workers]
    assert len(taken[0]) + len(taken[1]) == ROWS
    assert set(taken[0]).isdisjoint(taken[1])
    assert [row.attempts for row in store.ledger.rows(states=["done"])] == [1] * ROWS
    assert store.ledger.verify_audit() is None


def test_threads_write_side_by_side(store: SqlStore) -> None:
    def work(number: int) -> None:
        mailbox = f"person-{number}@acme.example"
        for turn in range(4):
            found = meeting(1, mailbox=mailbox, title=f"{turn}")
            store.facts.replace_window(window_read(found, mailbox=mailbox), later(turn))
            store.ledger.log(mailbox, mailbox, "noted", "", NOW)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))
    assert len(store.facts.calendars()) == 16
    assert {store.facts.occurrences(s.mailbox)[0].occurrence.title for s in store.facts.calendars()} == {"3"}
    assert [entry.seq for entry in store.ledger.audit()] == list(range(1, 65))
    assert store.ledger.verify_audit() is None


@pytest.mark.parametrize("people", [[ANA], [ANA, BEN]])
def test_of_many_takers_of_one_row_one_succeeds(store: SqlStore, people: list[str]) -> None:
    store.ledger.record("run-1", plan(*(go(meeting(1, mailbox=p)) for p in people)), NOW, mailboxes=people)
    keys = [row.action.key for row in store.ledger.rows()]
    with ThreadPoolExecutor(8) as pool:
        leases = list(pool.map(lambda key: store.ledger.lease(key, ME, NOW), keys * 8))
    assert sum(lease is not None for lease in leases) == len(people)


SLEEPER = """
import sys
from guardian.model.ledger import Owner
from guardian.store.database import open_store
from tests.store_world import NOW, act, later, meeting
store = open_store(sys.argv[1])
leased = store.ledger.lease(act(meeting(1)).key, Owner("elsewhere", 1), NOW)
print("leased", flush=True)
sys.stdin.readline()
print(store.ledger.sending(leased, meeting(1), later(2)), store.ledger.settle(leased, "done", "", later(2)))
store.close()
"""


def test_a_process_that_sleeps_past_its_lease_can_do_nothing_any_more(store: SqlStore, url: str) -> None:
    store.ledger.record("run-1", plan(go(meeting(1))), NOW, mailboxes=[ANA])
    (row,) = store.ledger.rows()
    with subprocess.Popen([sys.executable, "-c", SLEEPER, url], stdin=-1, stdout=-1, text=True) as sleeper:
        assert sleeper.stdout is not None
        assert sleeper.stdout.readline() == "leased\n"
        sleeper.send_signal(signal.SIGSTOP)
        taken = store.ledger.lease(row.action.key, ME, later(1))
        assert taken is not None
        assert store.ledger.sending(taken, meeting(1), later(1))
        assert store.ledger.settle(taken, "done", "by us", later(1))
        sleeper.send_signal(signal.SIGCONT)
        assert sleeper.communicate("go on\n", timeout=60)[0] == "False False\n"
    settled = store.ledger.row(row.action.key)
    assert settled is not None
    assert (settled.reason, settled.attempts) == ("by us", 1)
