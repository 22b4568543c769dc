"""What one person's weeks are measured by."""

from dataclasses import dataclass
from datetime import date

from guardian.model.people import Schedule
from guardian.model.time import WallWindow


@dataclass(frozen=True, slots=True)
class Gauge:
    """What one person's weeks are measured by. `teams` and `band` go into the rows as they are.

    `focus_bands`, `free_weekdays` (0 = Monday) and `free_day_exceptions` are what the policy's rules protect for this
    person; with `free_days_shift` a public holiday on a working day takes the place of one of that week's free days.
    Without `internal_domains` the person's own domain is inside. `organisation` is how many people belong to it, 0 where
    nobody knows.
    """

    email: str
    schedule: Schedule
    teams: tuple[str, ...] = ()
    band: str | None = None
    focus_bands: tuple[WallWindow, ...] = ()
    free_weekdays: frozenset[int] = frozenset()
    free_day_exceptions: frozenset[date] = frozenset()
    internal_domains: tuple[str, ...] = ()
    organisation: int = 0
    free_days_shift: bool = False
