"""How the reading of one calendar is doing."""

from dataclasses import dataclass
from datetime import datetime

from guardian.model.events import BadEvent
from guardian.model.time import Interval


@dataclass(frozen=True, slots=True)
class CalendarState:
    """What is known of one calendar's health. `error` is a short code (`access_lost`, `rate_limited`, `provider_down`,
    `suspicious_read`, `bad_data`), `detail` is for people. `suspicious` holds the counts of consecutive suspicious
    reads (each `[RFC 3339 instant, future occurrences]`)."""

    mailbox: str
    provider: str
    cursor: str | None = None
    window: Interval | None = None
    last_success: datetime | None = None
    last_attempt: datetime | None = None
    last_full: datetime | None = None
    settings_read: datetime | None = None
    timezone: str | None = None
    error: str | None = None
    detail: str = ""
    quarantined: tuple[BadEvent, ...] = ()
    suspicious: tuple[tuple[str, int], ...] = ()
    retry_at: datetime | None = None
