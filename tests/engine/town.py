"""A small town: people on Google's sandbox, the real client, a real database and the whole engine, on a clock that tests move.

The usual day is Monday 23 November 2026, 08:00 UTC. Ana and Ben are enrolled, Rui is a colleague who is not, Kim comes from
outside; everybody lives in UTC. The policy is accepted from the start (`accepted`), the focus window is 09:00-13:00.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from guardian.engine.account import PassReport
from guardian.engine.cycle import Request, accept_now, run_pass
from guardian.engine.house import Engine
from guardian.model.events import Occurrence
from guardian.model.ids import ulid
from guardian.model.ledger import DecisionRow, OutboxRow, Owner
from guardian.model.people import Person
from guardian.providers.google.config import GoogleConfig
from guardian.providers.google.provider import GoogleProvider
from guardian.sandbox.clock import SettableClock
from guardian.sandbox.server import Entry, GoogleSandbox
from guardian.sandbox.world import World
from guardian.store.database import SqlStore, open_store, upgrade
from tests.engine.policies import POLICY

ANA, BEN, RUI, KIM = "ana@acme.example", "ben@acme.example", "rui@acme.example", "kim@client.example"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ENROLLED = (ANA, BEN)
HOST = "town"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@lru_cache
def _template() -> bytes:
    """A migrated SQLite database: writing a copy is faster than migrating another one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        upgrade(f"sqlite:///{path}")
        return path.read_bytes()


def fresh_database(folder: Path) -> str:
    """The URL of a migrated SQLite database without data in this folder."""
    path = folder / "guardian.db"
    path.write_bytes(_template())
    path.chmod(0o600)
    return f"sqlite:///{path}"


@dataclass(frozen=True, slots=True)
class Given:
    """One answer that reached the service: whose, to which event, which."""

    person: str
    event: str
    response: str


class Town:
    """Everything at hand. `policy`, `enrolled` and `killed` may be changed between passes; `slept` are the waits asked for.
    `heard` is told of each answer of the service before our provider goes on: somebody may meddle there."""

    def __init__(self, folder: Path, sandbox: GoogleSandbox, store: SqlStore) -> None:
        self.folder, self.sandbox, self.store, self.world = folder, sandbox, store, sandbox.world
        assert isinstance(self.world.clock, SettableClock)
        self.clock = self.world.clock
        self.policy = POLICY
        self.enrolled = [Person(email, "google") for email in ENROLLED]
        self.killed: Callable[[], bool] = lambda: False
        self.heard: Callable[[str, int], object] = lambda _method, _status: None
        self.slept: list[float] = []
        self._ids = count()
        self.provider = self.make_provider()
        self.engine = self.make_engine()

    def make_provider(self) -> GoogleProvider:
        config = GoogleConfig(self.sandbox.write_key(self.folder / "key.json"), self.sandbox.url, timeout=10.0)
        return GoogleProvider(config, self.is_enrolled, sleep=self.slept.append, now=self.clock, on_request=self._heard)

    def _heard(self, method: str, status: int) -> None:
        self.heard(method, status)

    def is_enrolled(self, email: str) -> bool:
        return any(person.email == email for person in self.enrolled)

    def make_engine(self) -> Engine:
        """As after a restart of the program."""
        return Engine(
            store=self.store,
            providers={"google": self.provider},
            roster=lambda: self.enrolled,
            policy_files=lambda: {"policies.yaml": self.policy},
            clock=self.clock,
            killed=lambda: self.killed(),
            owner=Owner(HOST, os.getpid()),
            new_id=lambda now: ulid(now, next(self._ids).to_bytes(10, "big")),
            sleep=self.slept.append,
        )

    # --- what happens

    def invite(
        self,
        title: str,
        start: datetime,
        minutes: int = 30,
        *,
        by: str = RUI,
        guests: Sequence[str] = (ANA,),
        **fields: Any,
    ) -> str:
        """Rui invites Ana; the event's id."""
        return self.world.invite(by, title, start, start + timedelta(minutes=minutes), guests, **fields)

    def run(self, **request: Any) -> PassReport:
        return run_pass(self.engine, Request(**request))

    def accept(self) -> None:
        """The policy as it is now is in force, without a pass."""
        accept_now(self.engine, "test")

    def later(self, **span: float) -> None:
        self.clock.advance(timedelta(**span))

    # --- what came of it

    def answer_of(self, event: str, who: str = ANA) -> str | None:
        return self.world.answer_of(who, event)

    def flagged(self, event: str, who: str = ANA) -> bool:
        return "colorId" in self.world.copy(who, event)

    @property
    def writes(self) -> list[Entry]:
        """Every call that changed a calendar, in order."""
        return [entry for entry in self.sandbox.writes if entry.applied]

    @property
    def answers(self) -> list[Given]:
        """Every answer that was written for somebody, in order."""
        return [given for entry in self.writes if (given := given_by(entry)) is not None]

    @property
    def replies(self) -> list[tuple[str, str, str]]:
        """Who was told of whose answer: (from, to, event)."""
        return [(m["from"], m["to"], m["event"]) for m in self.world.mails if m["kind"] == "reply"]

    def rows(self, *states: str) -> list[OutboxRow]:
        return self.store.ledger.rows(states=states)

    def answer_rows(self) -> list[OutboxRow]:
        return [row for row in self.rows() if row.action.verb in ("decline", "tentative")]

    def decision(self, event: str, who: str = ANA) -> DecisionRow:
        """What was decided last about this event."""
        found = [d for d in self.store.ledger.decisions(mailbox=who) if d.decision.occurrence.ref.event_id == event]
        return max(found, key=lambda row: (row.run, row.id))

    def requests(self) -> int:
        """Calls of the calendar service so far, token calls aside."""
        return sum(entry.path != "/token" for entry in self.sandbox.log)

    def assert_converged(self, *people: str) -> None:
        """The store holds what a fresh full read gives (I7)."""
        for email in people or tuple(p.email for p in self.enrolled):
            state = self.store.facts.calendar(email)
            assert state is not None
            assert state.window is not None
            read = self.provider.read_window(email, state.window)
            fresh = {o.ref.event_id: o for o in read if isinstance(o, Occurrence)}
            stored = {
                s.occurrence.ref.event_id: s.occurrence for s in self.store.facts.occurrences(email, state.window)
            }
            assert stored == fresh


def given_by(entry: Entry) -> Given | None:
    """The answer that a call gave for its person; None for other calls."""
    rows = entry.body.get("attendees", []) if isinstance(entry.body, dict) else []
    if entry.verb != "PATCH" or entry.person is None or entry.event is None:
        return None
    own = next((row["responseStatus"] for row in rows if row["email"] == entry.person), None)
    return Given(entry.person, entry.event, own) if own else None


def people_of(world: World) -> None:
    """The usual people, without calendars' contents."""
    for email, name in ((ANA, "Ana Ruiz"), (BEN, "Ben Oto"), (RUI, "Rui Alves")):
        world.add_person(email, name, "Etc/UTC")


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder of its own, in memory where the machine has such a place: the database waits for the disk at every commit."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None) as name:
        yield Path(name)


@contextmanager
def town(policy: str = POLICY, *, url: str | None = None, accepted: bool = True) -> Iterator[Town]:
    """Open until the block ends. `url` is a migrated database, by default an SQLite file in the town's own folder."""
    world = World(SettableClock(NOW))
    people_of(world)
    with quick_folder() as folder, GoogleSandbox(world) as sandbox:
        store = open_store(url or fresh_database(folder))
        try:
            found = Town(folder, sandbox, store)
            found.policy = policy
            with found.provider:
                if accepted:
                    found.accept()
                yield found
        finally:
            store.close()
