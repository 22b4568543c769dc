"""How often somebody may try to log in."""

from collections import OrderedDict
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock

from starlette.requests import Request

WITHIN = timedelta(minutes=1)
MOST_SOURCES = 10_000
"""Remembered at once; the oldest are forgotten first."""


class Attempts:
    """Counts in memory, per source and minute. Thread-safe."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: OrderedDict[str, tuple[datetime, int]] = OrderedDict()
        self._lock = Lock()

    def exhausted(self, source: str, now: datetime) -> bool:
        """Whether this source has used up what it may try in a minute."""
        with self._lock:
            return self._count(source, now) >= self._most

    def note(self, source: str, now: datetime) -> None:
        """One more."""
        with self._lock:
            count = self._count(source, now)
            began = self._seen[source][0] if count else now
            self._seen[source] = (began, count + 1)
            if len(self._seen) > MOST_SOURCES:
                self._seen.popitem(last=False)

    def _count(self, source: str, now: datetime) -> int:
        began, count = self._seen.get(source, (now, 0))
        if not timedelta() <= now - began < WITHIN:
            del self._seen[source]
            return 0
        return count


def source_of(request: Request) -> str:
    """Where a request comes from: an address, or with IPv6 the network of it, which one household has to itself."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network(f"{host.partition('%')[0]}/64", strict=False)) if isinstance(address, IPv6Address) else host
