"""Who holds what: an owner is a process on a host, and a dead one holds nothing."""

import os
import secrets
from datetime import datetime, timedelta

from guardian.model.ledger import Owner

LEASE = timedelta(seconds=60)
SKEW = timedelta(seconds=60)
"""So far the clocks of two hosts may lie apart."""
LIFE = secrets.token_hex(8)
"""This process. A container starts again with the host name and process id of its predecessor; this tells them apart."""


def living(holder: Owner, life: str | None, asking: Owner) -> bool:
    """False only when the holder is known to be dead: only a process on the asker's own host can be looked at."""
    if holder.host != asking.host:
        return True
    if holder.pid == os.getpid():
        return life == LIFE
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def free(
    host: str | None, pid: int | None, life: str | None, until: datetime | None, asking: Owner, now: datetime
) -> bool:
    """Nobody holds it, the lease ran out, or its holder is dead.

    A lease that ends later than any clock can have promised is one of a clock that was ahead and has been set back.
    """
    if host is None or pid is None or until is None or until <= now or until > now + LEASE + SKEW:
        return True
    return not living(Owner(host, pid), life, asking)
