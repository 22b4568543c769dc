"""What `guardian doctor` looks at, whatever the service."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

TOLERANCE = 60.0
"""Seconds this machine's clock may be off; a signed request for a token is refused from about five minutes on."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `mend` says what to do, empty where all is well."""

    name: str
    ok: bool
    detail: str
    mend: str = ""


def clock_check(date: str, now: datetime, company: str) -> Check:
    """This machine's clock beside the `Date` header of an answer, empty where none came."""
    try:
        off = (now - parsedate_to_datetime(date)).total_seconds()
    except (TypeError, ValueError):
        return Check("clock", True, "not compared: the service did not answer")
    detail = f"{abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} {company}'s"
    if abs(off) <= TOLERANCE:
        return Check("clock", True, detail)
    return Check("clock", False, detail, "set this machine's clock, for instance with an NTP service")
