"""Windows names of time zones and their IANA names, as in the Unicode CLDR table `windowsZones`."""

from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).with_name("windows_zones.tsv")
"""One Windows name a line, a tab, the IANA names it stands for, the principal one first."""

CUSTOM = "tzone://Microsoft/Custom"
"""What `originalStartTimeZone` says of a zone that its maker drew by hand."""


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    to_iana: dict[str, str] = {}
    to_windows: dict[str, str] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        windows, _, names = line.partition("\t")
        to_iana[windows] = names.split()[0]
        to_windows |= dict.fromkeys(names.split(), windows)
    return to_iana, to_windows


def windows_name(iana: str) -> str:
    """The Windows name; an IANA name without one is told as it is, as the service does."""
    return _tables()[1].get(iana, iana)


def iana_name(name: str) -> str | None:
    """The IANA name of a Windows or IANA name, None for anything else."""
    to_iana, to_windows = _tables()
    return to_iana.get(name) or (name if name in to_windows else None)
