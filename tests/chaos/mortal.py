"""A store and a provider that die at a chosen call: what a process does last before it is killed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, cast

from guardian.engine.house import Engine
from guardian.ports import CalendarProvider, Store


class Crash(BaseException):
    """The process ends here. Not an Exception: nothing may catch it."""


def crash() -> None:
    raise Crash


@dataclass(slots=True)
class Fate:
    """Dies at call number `at` (counted from 1) of those named, before it is made or after it returned; `die` does it.

    Once dead nothing works any more, unless death is not `lasting`: a process that was only stopped goes on.
    """

    at: int
    after: bool
    die: Callable[[], None] = crash
    dead: bool = False
    lasting: bool = True

    def call(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self.dead:
            raise Crash
        self.at -= 1
        if self.at == 0 and not self.after:
            self._end()
        result = method(*args, **kwargs)
        if self.at == 0:
            self._end()
        return result

    def _end(self) -> None:
        self.dead = self.lasting
        self.die()


class Mortal:
    """Passes every call on, and counts it."""

    def __init__(self, real: object, fate: Fate, only: frozenset[str] | None = None) -> None:
        self._real, self._fate, self._only = real, fate, only

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if not callable(found) or (self._only is not None and name not in self._only):
            return found
        return lambda *args, **kwargs: self._fate.call(found, *args, **kwargs)


class MortalLedger(Mortal):
    @contextmanager
    def pass_lock(self, *args: Any) -> Iterator[bool]:
        """A dead process gives no lock back."""
        lock = cast("Any", self._real).pass_lock(*args)
        mine = lock.__enter__()
        yield mine
        if not self._fate.dead:
            lock.__exit__(None, None, None)


class MortalStore:
    """A store whose calendars and ledger are mortal; everything else of it is as it is."""

    def __init__(self, real: Store, fate: Fate, only: frozenset[str] | None = None) -> None:
        self._real = real
        self.facts, self.ledger = Mortal(real.facts, fate, only), MortalLedger(real.ledger, fate, only)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


STEPS = ("record", "lease", "sending", "apply", "settle", "put_occurrence", "note_flip", "finish_run")
"""The calls of the act path in their order: from the plan that is written down to the end of the run."""


def mortal(engine: Engine, fate: Fate, only: frozenset[str] | None = None) -> Engine:
    """The same engine in a process of that fate; `only` names the calls that count."""
    store = cast("Store", MortalStore(engine.store, fate, only))
    providers = {
        name: cast("CalendarProvider", Mortal(provider, fate, only)) for name, provider in engine.providers.items()
    }
    return replace(engine, store=store, providers=providers)
