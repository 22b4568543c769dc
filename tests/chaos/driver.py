"""One pass in a process of its own, which may be killed or stopped at a chosen call."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event

from guardian.engine.cycle import Request, run_pass
from guardian.engine.house import Engine
from guardian.errors import NotReady
from guardian.model.ids import ulid
from guardian.model.ledger import Owner
from guardian.model.people import Person
from guardian.providers.google.config import GoogleConfig
from guardian.providers.google.provider import GoogleProvider
from guardian.store.database import open_store
from tests.chaos.mortal import Fate, mortal
from tests.engine.town import HOST, Town

DONE, NOT_READY, KILLED = 0, 3, -signal.SIGKILL
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.chaos.driver"])


@dataclass(frozen=True, slots=True)
class Orders:
    """What a process needs to make one pass. At its first call of `step`, before it or `after` it returned, it sends itself `sign`."""

    url: str
    key: Path
    api_root: str
    people: tuple[str, ...]
    policy: str
    now: datetime
    step: str = ""
    after: bool = False
    sign: int = int(signal.SIGKILL)
    waits: bool = True


def orders(place: Town, url: str) -> Orders:
    """A whole pass, as things are in the town now."""
    people = tuple(person.email for person in place.enrolled)
    return Orders(url, place.folder / "key.json", place.sandbox.url, people, place.policy, place.clock())


def start(given: Orders) -> BaseProcess:
    process = CONTEXT.Process(target=_one_pass, args=(given,))
    process.start()
    return process


def finish(process: BaseProcess) -> int:
    """Its exit code; a killed process is gone for good after this."""
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


def until(holds: Callable[[], bool]) -> None:
    """Wait for another process; fails after half a minute."""
    last = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < last, "the other process never came so far"
        Event().wait(0.005)


def is_stopped(process: BaseProcess) -> bool:
    """Whether SIGSTOP has taken effect (proc(5), field 3)."""
    text = Path(f"/proc/{process.pid}/stat").read_text()
    return text.rpartition(")")[2].split()[0] == "T"


def _signal_myself(sign: int) -> None:
    """End or stop here. Sent to the process, SIGSTOP would be taken by the main thread, and this one would run on until
    that has been scheduled: on a loaded machine long enough to write and to record it."""
    signal.pthread_kill(threading.get_ident(), sign)


def _one_pass(given: Orders) -> None:
    store = open_store(given.url)
    config = GoogleConfig(given.key, given.api_root, timeout=30.0)
    numbers = iter(range(1 << 20))
    with GoogleProvider(config, given.people, sleep=lambda _: None, now=lambda: given.now) as provider:
        engine = Engine(
            store=store,
            providers={"google": provider},
            roster=lambda: [Person(email, "google") for email in given.people],
            policy_files=lambda: {"policies.yaml": given.policy},
            clock=lambda: given.now,
            killed=lambda: False,
            owner=Owner(HOST, os.getpid()),
            new_id=lambda now: ulid(now, os.getpid().to_bytes(5, "big") + next(numbers).to_bytes(5, "big")),
            sleep=time.sleep if given.waits else lambda _: None,
        )
        fate = Fate(1, given.after, die=lambda: _signal_myself(given.sign), lasting=False)
        try:
            run_pass(mortal(engine, fate, frozenset({given.step})), Request())
        except NotReady:
            os._exit(NOT_READY)
        finally:
            store.close()
