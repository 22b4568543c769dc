"""What the service answers by itself: focus time and out-of-office blocks that decline what conflicts with them.

Modes as in the discovery document (`autoDeclineMode`): declineNone, declineAllConflictingInvitations,
declineOnlyNewConflictingInvitations.
"""

from collections.abc import Iterator

from guardian.sandbox.copies import EVENT_TYPE_PROPERTIES, Copy
from guardian.sandbox.moments import instant
from guardian.sandbox.store import Store

ALL = "declineAllConflictingInvitations"
ONLY_NEW = "declineOnlyNewConflictingInvitations"
DECLINING_TYPES = ("focusTime", "outOfOffice")


def on_arrival(store: Store, copy: Copy) -> bool:
    """Decline a new invitation that meets a declining block; says whether it did."""
    if not _is_open_invitation(copy):
        return False
    for block in _blocks(store, copy.owner):
        if _mode(block) in {ALL, ONLY_NEW} and _conflicts(store, block, copy):
            _decline(store, block, copy)
            return True
    return False


def on_block(store: Store, block: Copy) -> list[Copy]:
    """Decline what already conflicts with a new block in mode `all`; gives the copies it answered."""
    if block.body.get("eventType") not in DECLINING_TYPES or _mode(block) != ALL:
        return []
    rows = list(store.calendar(block.owner).rows.values())
    hit = [copy for copy in rows if _is_open_invitation(copy) and _conflicts(store, block, copy)]
    for copy in hit:
        _decline(store, block, copy)
    return hit


def _blocks(store: Store, email: str) -> Iterator[Copy]:
    for row in store.calendar(email).rows.values():
        if row.body.get("eventType") in DECLINING_TYPES and not row.cancelled:
            yield row


def _is_open_invitation(copy: Copy) -> bool:
    row = copy.row(copy.owner)
    ordinary = copy.body.get("eventType", "default") == "default" and not copy.recurring
    return ordinary and not copy.cancelled and not copy.organised_here and bool(row) and _answer(row) != "declined"


def _answer(row: dict[str, str] | None) -> str:
    return row["responseStatus"] if row else ""


def _mode(block: Copy) -> str:
    properties = block.body.get(EVENT_TYPE_PROPERTIES[block.body["eventType"]], {})
    return str(properties.get("autoDeclineMode", "declineNone"))


def _conflicts(store: Store, block: Copy, copy: Copy) -> bool:
    """Overlap; an out-of-office block declines only what starts or ends inside it."""
    zone = store.calendar(block.owner).zone
    low, high = (instant(block.body[key], zone) for key in ("start", "end"))
    start, end = (instant(copy.body[key], zone) for key in ("start", "end"))
    if block.body["eventType"] == "outOfOffice":
        return low <= start < high or low < end <= high
    return start < high and low < end


def _decline(store: Store, block: Copy, copy: Copy) -> None:
    row = copy.row(copy.owner)
    if row is None:
        return
    properties = block.body.get(EVENT_TYPE_PROPERTIES[block.body["eventType"]], {})
    row["responseStatus"] = "declined"
    row["comment"] = properties.get("declineMessage", "Declined automatically")
    store.touch(copy)
