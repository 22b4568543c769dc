"""Names we give: sortable ids for decisions and runs, and what stays of the address of a person who was forgotten."""

import hashlib
from datetime import UTC, datetime, timedelta

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BYTES = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ulid(now: datetime, randomness: bytes) -> str:
    """26 characters of Crockford base32: 48 bits of milliseconds since 1970, then the 80 random bits given (10 bytes).

    Ids of different milliseconds sort by time. Source: github.com/ulid/spec.
    """
    if len(randomness) != RANDOM_BYTES:
        raise ValueError(f"a ulid takes {RANDOM_BYTES} random bytes")
    milliseconds = max(0, (now - _EPOCH) // timedelta(milliseconds=1)) % (1 << 48)
    value = milliseconds << 80 | int.from_bytes(randomness, "big")
    return "".join(CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))


def tombstone(address: str) -> str:
    """What stands in the audit for a forgotten address: the same for the same person, and not readable."""
    return "forgotten:" + hashlib.sha256(address.strip().lower().encode("utf-8", "replace")).hexdigest()[:24]
