"""The time the sandbox believes it is."""

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
