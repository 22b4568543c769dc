"""The time the sandbox believes it is."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Tells the time: aware, UTC."""


def system_clock() -> datetime:
    """The machine's own time."""
    return datetime.now(UTC)


class SettableClock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def __call__(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        """Jump to an aware instant, forwards or backwards."""
        self._now = now.astimezone(UTC)

    def advance(self, step: timedelta) -> None:
        self._now += step


class RunningClock(SettableClock):
    """A clock that goes on from the instant it is set to."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self._since = time.monotonic()

    def __call__(self) -> datetime:
        return super().__call__() + timedelta(seconds=time.monotonic() - self._since)

    def set(self, now: datetime) -> None:
        super().set(now)
        self._since = time.monotonic()
