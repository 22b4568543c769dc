"""The scheduler of a one-machine installation: one thread that makes a pass, waits, and makes the next."""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread

log = logging.getLogger(__name__)

JITTER = 0.1
"""Passes come this share of the interval early or late, so that many installations do not poll in step."""


@dataclass(slots=True)
class InlineWorker:
    """Calls `work` every `interval` seconds until stopped. A pass that fails is logged and the next one comes as usual."""

    work: Callable[[], object]
    interval: float
    random: Callable[[], float] = random.random
    _stop: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def start(self) -> None:
        self._thread = Thread(target=self._loop, name="guardian-worker", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 30.0) -> None:
        """Let the pass under way end; what it leaves undone is settled by the next one."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def _loop(self) -> None:
        while not self._stop.is_set():
            self._once()
            self._stop.wait(self.pause())

    def _once(self) -> None:
        try:
            self.work()
        except Exception:
            log.exception("a pass failed; the next one comes as usual")

    def pause(self) -> float:
        """Seconds to the next pass."""
        return self.interval * (1 + JITTER * (2 * self.random() - 1))
