"""Ids of events in one mailbox: another one in each, in two kinds, case-sensitive."""

import base64
import hashlib

from guardian.sandbox import series
from guardian.sandbox.copies import Calendar, Copy
from guardian.sandbox.store import Store

IMMUTABLE, ORDINARY = "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A", "AAMkAGI1AAAoZCfHAAA"


def event_id(store: Store, copy: Copy, *, immutable: bool) -> str:
    """The id of this copy. The ordinary kind changes when the item moves to another folder."""
    return _written(copy.owner, copy.id, _state(store, copy), immutable=immutable)


def master_id(store: Store, calendar: Calendar, copy: Copy, *, immutable: bool) -> str | None:
    """The id of the series an occurrence belongs to."""
    master = calendar.rows.get(copy.master or "")
    return event_id(store, master, immutable=immutable) if master else None


def former_ids(copy: Copy, *, immutable: bool) -> list[str]:
    """Ids the item had in this mailbox before it came back or moved."""
    states = [(n, copy.relocations) for n in range(copy.incarnation)]
    states += [] if immutable else [(copy.incarnation, n) for n in range(copy.relocations)]
    return [_written(copy.owner, copy.id, (*state, ""), immutable=immutable) for state in states]


def find(store: Store, calendar: Calendar, text: str) -> Copy | None:
    """The copy behind an id of either kind; None for ids of other mailboxes, former ids and anything else."""
    name = named(text)
    copy = series.find(calendar, name) if name else None
    if copy is None or copy.removed or (copy.cancelled and copy.organised_here):
        return None
    return copy if text in {event_id(store, copy, immutable=kind) for kind in (True, False)} else None


def calendar_id(owner: str) -> str:
    """The id of the only calendar of a mailbox; container ids are constant."""
    return ORDINARY + base64.urlsafe_b64encode(b"\x01calendar" + _mailbox(owner)).decode()


def _state(store: Store, copy: Copy) -> tuple[int, int, str]:
    rows = store.calendars[copy.owner].rows
    exception = copy.master is not None and copy.id in rows
    variant = "x" if exception and store.microsoft.exception_ids_change else ""
    master = rows.get(copy.master or "")
    if master is None:
        return copy.incarnation, copy.relocations, variant
    return master.incarnation + copy.incarnation, master.relocations, variant


def _written(owner: str, name: str, state: tuple[int, int, str], *, immutable: bool) -> str:
    moves = "" if immutable else str(state[1])
    text = f"|{state[0]}|{moves}|{state[2]}|{name}".encode()
    return (IMMUTABLE if immutable else ORDINARY) + base64.urlsafe_b64encode(_mailbox(owner) + text).decode()


def _mailbox(owner: str) -> bytes:
    return hashlib.sha256(owner.encode()).digest()[:9]


def named(text: str) -> str | None:
    """The world's own id within an id, None when it is none."""
    for prefix in (IMMUTABLE, ORDINARY):
        if text.startswith(prefix):
            try:
                return base64.urlsafe_b64decode(text[len(prefix) :])[9:].decode().rpartition("|")[2] or None
            except ValueError:
                return None
    return None
