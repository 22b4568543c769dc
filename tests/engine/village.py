"""A village on Outlook: the sandbox's Microsoft Graph, the real client, a real database and the whole engine.

Ana and Ben are enrolled, Rui is a colleague who is not; the day is the town's (`tests/engine/town.py`).
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from guardian.engine.account import PassReport
from guardian.engine.cycle import Request, accept_now, run_pass
from guardian.engine.house import Engine
from guardian.model.events import Occurrence
from guardian.model.ids import ulid
from guardian.model.ledger import OutboxRow, Owner
from guardian.model.people import Person
from guardian.providers.outlook.config import OutlookConfig
from guardian.providers.outlook.provider import OutlookProvider
from guardian.sandbox.clock import SettableClock
from guardian.sandbox.graph_server import GraphSandbox
from guardian.sandbox.world import World
from guardian.store.database import SqlStore, open_store
from tests.engine.policies import POLICY
from tests.engine.town import ANA, BEN, NOW, RUI, fresh_database, quick_folder

ANSWERS = ("decline", "tentativelyAccept", "accept")
Told = tuple[str, str, str]
"""Whose calendar, which event, which answer."""


def config_of(sandbox: GraphSandbox, timeout: float = 10.0) -> OutlookConfig:
    """The settings that lead to this sandbox."""
    return OutlookConfig(
        sandbox.tenant_id,
        sandbox.client_id,
        sandbox.client_secret,
        authority=sandbox.authority,
        graph_root=sandbox.url,
        ca_file=sandbox.ca_file,
        timeout=timeout,
    )


class Village:
    """`policy` may be changed between passes; `heard` is told of each answer of the service before our provider goes on:
    somebody may meddle there. `slept` are the waits asked for."""

    def __init__(self, url: str, sandbox: GraphSandbox, store: SqlStore, timeout: float) -> None:
        self.url, self.sandbox, self.store, self.world = url, sandbox, store, sandbox.world
        assert isinstance(self.world.clock, SettableClock)
        self.clock = self.world.clock
        self.policy = POLICY
        self.heard: Callable[[str, int], object] = lambda _method, _status: None
        self.slept: list[float] = []
        self._ids = count()
        self.people = [Person(email, "outlook") for email in (ANA, BEN)]
        self.provider = OutlookProvider(
            config_of(sandbox, timeout),
            {ANA, BEN},
            sleep=self.slept.append,
            now=self.clock,
            on_request=self._heard,
        )
        self.engine = self.engine_on(store, os.getpid())

    def _heard(self, method: str, status: int) -> None:
        self.heard(method, status)

    def engine_on(self, store: SqlStore, pid: int) -> Engine:
        """The program as the process of this number, on a connection of its own to the database."""
        return Engine(
            store=store,
            providers={"outlook": self.provider},
            roster=lambda: self.people,
            policy_files=lambda: {"policies.yaml": self.policy},
            clock=self.clock,
            killed=lambda: False,
            owner=Owner("village", pid),
            new_id=lambda now: ulid(now, next(self._ids).to_bytes(10, "big")),
            sleep=self.slept.append,
        )

    # --- what happens

    def run(self, **request: Any) -> PassReport:
        """A pass; five minutes later."""
        report = run_pass(self.engine, Request(**request))
        self.later(minutes=5)
        return report

    def later(self, **span: float) -> None:
        self.clock.advance(timedelta(**span))

    def accept(self, policy: str) -> None:
        """This policy is in force, without a pass."""
        self.policy = policy
        accept_now(self.engine, "test")

    def invite(
        self, title: str, start: datetime, minutes: int = 30, *, guests: Sequence[str] = (ANA,), **fields: Any
    ) -> str:
        return self.world.invite(RUI, title, start, start + timedelta(minutes=minutes), list(guests), **fields)

    def keep_declined(self) -> None:
        """Both have the option "save declined events"."""
        self.sandbox.switches.preserve_declined = frozenset({ANA, BEN})

    def recover(self) -> PassReport:
        """The fault is over; the guardian comes round again, when every pause that was asked for has passed."""
        self.sandbox.faults.clear()
        self.later(hours=1)
        return self.run()

    # --- what came of it

    def answers(self) -> list[OutboxRow]:
        return [row for row in self.store.ledger.rows() if row.action.verb in ("decline", "tentative")]

    def states(self) -> list[tuple[str, int]]:
        """State and fence of each answer."""
        return [(row.state, row.fence) for row in self.answers()]

    def told(self) -> list[Told]:
        """Every answer that the service carried out for us, in order."""
        made = [(entry, entry.path.rpartition("/")[2]) for entry in self.sandbox.writes if entry.applied]
        return [(entry.person or "", entry.event or "", verb) for entry, verb in made if verb in ANSWERS]

    def replies(self) -> list[tuple[str, str, str]]:
        """Who was told of whose answer: (from, to, event)."""
        return [(m["from"], m["to"], m["event"]) for m in self.world.mails if m["kind"] == "reply"]

    def failed(self, report: PassReport) -> dict[str, str]:
        """Person -> what went wrong with the calendar."""
        return {row["person"]: row["error"] for row in report.run.summary["calendars"]["failed"]}

    def requests(self, who: str) -> int:
        """Calls to this person's mailbox so far."""
        return self.sandbox.requests[who]

    def assert_nothing_twice(self) -> None:
        """At most one answer and one mail for each person and meeting, and only of people enrolled (I1, I3)."""
        assert max(Counter(self.told()).values(), default=0) <= 1
        assert max(Counter(self.replies()).values(), default=0) <= 1
        assert {entry.person for entry in self.sandbox.writes} <= {ANA, BEN}

    def assert_all_done(self, events: Sequence[str], who: str = ANA) -> None:
        """Each was declined once with one mail (I3), nothing is open, the store is as a fresh read (I7), and the next pass has
        nothing to do (I6)."""
        assert sorted(self.told()) == sorted((who, event, "decline") for event in events)
        assert sorted(self.replies()) == sorted((who, RUI, event) for event in events)
        assert {row.state for row in self.answers()} <= {"done", "skipped"}
        self.assert_converged()
        assert self.run().plan.items == ()
        assert self.store.ledger.verify_audit() is None

    def assert_converged(self) -> None:
        """The store holds what a fresh full read gives (I7)."""
        for person in self.people:
            state = self.store.facts.calendar(person.email)
            assert state is not None and state.window is not None
            read = self.provider.read_window(person.email, state.window)
            fresh = {o.ref.event_id: o for o in read if isinstance(o, Occurrence)}
            stored = self.store.facts.occurrences(person.email, state.window)
            assert {s.occurrence.ref.event_id: s.occurrence for s in stored} == fresh


@contextmanager
def another(village: Village, pid: int) -> Iterator[Engine]:
    """A second process of the same host, until the block ends."""
    store = open_store(village.url)
    try:
        yield village.engine_on(store, pid)
    finally:
        store.close()


@contextmanager
def village_at(now: datetime = NOW, *, zone: str = "Etc/UTC", timeout: float = 10.0) -> Iterator[Village]:
    """The policy is in force and the calendars were read once."""
    world = World(SettableClock(now))
    for email, name in ((ANA, "Ana Ruiz"), (BEN, "Ben Oto"), (RUI, "Rui Alves")):
        world.add_person(email, name, zone, service="outlook")
    with quick_folder() as folder, GraphSandbox(world) as sandbox:
        url = fresh_database(Path(folder))
        store = open_store(url)
        try:
            found = Village(url, sandbox, store, timeout)
            with found.provider:
                accept_now(found.engine, "test")
                found.run()
                yield found
        finally:
            store.close()
