"""One thing `guardian doctor` looked at in a folder of calendars."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """`mend` says what to do, empty where all is well."""

    name: str
    ok: bool
    detail: str
    mend: str = ""
