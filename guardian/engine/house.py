"""What every part of the engine works with, and the lock that lets one pass run at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from guardian.engine.execute import Writer
from guardian.engine.sync import Reach
from guardian.errors import AccessLost, NotReady
from guardian.model.ids import tombstone
from guardian.model.ledger import Owner
from guardian.model.people import Person
from guardian.policy.model import Safety
from guardian.ports import CalendarProvider, Clock, Store
from guardian.reports.cost import Rates
from guardian.reports.written import READ, WRITE

PATIENCE = 90.0
"""Seconds a pass waits for another one on the same database."""

LOOK_EVERY = 0.5


@dataclass(frozen=True, slots=True)
class Keep:
    """How long: `raw_days` from their end for meetings with their history, decisions and acts, `months` for person-weeks."""

    raw_days: int = 90
    months: int = 13


@dataclass(frozen=True, slots=True)
class Engine:
    """What a pass works with; `bootstrap` puts it together. `new_id` makes ULIDs, `sleep` waits that many seconds.
    `by_directory`: the roster is what the directories list, not a file. `min_group`: the sums of fewer people are hidden.
    `rates`: what an hour is taken to cost, None where nobody says; without a currency of its own it is the policy's.
    `write_minutes` and `read_minutes` are what a written update takes."""

    store: Store
    providers: Mapping[str, CalendarProvider]
    roster: Callable[[], Sequence[Person]]
    policy_files: Callable[[], Mapping[str, str]]
    clock: Clock
    killed: Callable[[], bool]
    owner: Owner
    new_id: Callable[[datetime], str]
    sleep: Callable[[float], None]
    reach: Reach = field(default_factory=Reach)
    fallback_zone: str = "UTC"
    by_directory: bool = False
    min_group: int = 5
    rates: Rates | None = None
    keep: Keep = field(default_factory=Keep)
    write_minutes: float = WRITE
    read_minutes: float = READ


@contextmanager
def holding(engine: Engine) -> Iterator[None]:
    """The one pass at a time on this database; raises NotReady naming the other one after 90 seconds of waiting."""
    waited = 0.0
    while True:
        with engine.store.ledger.pass_lock(engine.owner, engine.clock()) as mine:
            if mine:
                yield
                return
        if waited >= PATIENCE:
            raise NotReady(f"another pass is under way ({_holder(engine)}); try again when it has ended")
        engine.sleep(LOOK_EVERY)
        waited += LOOK_EVERY


def renew(engine: Engine) -> None:
    """Keep the lock of this pass; raises NotReady when another pass has taken it meanwhile."""
    if not engine.store.ledger.renew_pass(engine.owner, engine.clock()):
        raise NotReady(f"this pass took too long and lost its place ({_holder(engine)}); the next one goes on")


def _holder(engine: Engine) -> str:
    holder = engine.store.ledger.pass_holder()
    return f"process {holder.pid} on {holder.host}" if holder else "another process"


def writer(engine: Engine, safety: Safety) -> Writer:
    """The one writer, under these safety settings, for everybody enrolled now."""
    services = {p.email: engine.providers[p.provider] for p in enrolled(engine) if p.provider in engine.providers}

    def provider_of(mailbox: str) -> CalendarProvider:
        """Raises AccessLost for everybody else: nobody else is acted for."""
        if mailbox not in services:
            raise AccessLost(f"{mailbox} is not on the roster, or its provider is not set up", credentials=False)
        return services[mailbox]

    return Writer(
        engine.store.facts,
        engine.store.ledger,
        provider_of,
        engine.owner,
        engine.clock,
        engine.killed,
        safety.freeze_before,
    )


def enrolled(engine: Engine) -> list[Person]:
    """Who is read and acted for: everybody on the roster but those who left, in the order of the file."""
    left = engine.store.registry.departed()
    return [person for person in engine.roster() if tombstone(person.email) not in left]


def passed_over(engine: Engine) -> list[Person]:
    """Those on the roster who left: nothing is read or done for them until their line was taken out and added again."""
    left = engine.store.registry.departed()
    return [person for person in engine.roster() if tombstone(person.email) in left]
