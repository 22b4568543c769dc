"""How long things are kept, and everything that is held about somebody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class Upkeep(Protocol):
    """What is done to the store once in a while."""

    def done_at(self, chore: str) -> datetime | None:
        """When it was done last."""
        ...

    def note(self, chore: str, now: datetime) -> None: ...

    def expire(self, before: datetime, now: datetime) -> Mapping[str, int]:
        """What is about meetings that ended before then goes: their occurrences and history, decisions, settled acts and
        "no"s; also runs, mails and changes of hands from before then, and what the journal quotes. How many rows of each.

        What still binds stays, however old it is: acts and "no"s about meetings that are still in some calendar, at
        another time or as part of a series, and everything about meetings to come.
        """
        ...

    def expire_weeks(self, before: str) -> int:
        """Person-weeks before that week (like `2026-W47`) go; the sums of groups stay."""
        ...

    def held(self, mailbox: str) -> Mapping[str, Any]:
        """Everything that is held about the person, by table, as plain data; secrets and digests of secrets are left out."""
        ...
