"""Global object ids: how Exchange names a meeting across mailboxes (MS-OXOCAL 2.2.1.27), written as hex in `iCalUId`."""

import hashlib
import struct
from datetime import date

_CLASS = bytes.fromhex("040000008200E00074C5B7101A82E008")
_FOREIGN = b"vCal-Uid\x01\0\0\0"
_DATE = slice(16, 20)


def global_object_id(event_id: str) -> str:
    """The id of a meeting made in Outlook."""
    return _packed(bytes(16), hashlib.md5(event_id.encode(), usedforsecurity=False).digest())


def of_occurrence(uid: str, day: date) -> str:
    """The id of one occurrence: the series' with the day written into it; foreign UIDs are wrapped first."""
    raw = bytearray.fromhex(uid) if uid.upper().startswith(_CLASS.hex().upper()) else bytearray.fromhex(_wrapped(uid))
    raw[_DATE] = struct.pack(">HBB", day.year, day.month, day.day)
    return raw.hex().upper()


def _wrapped(uid: str) -> str:
    return _packed(bytes(16), _FOREIGN + uid.encode() + b"\0")


def _packed(middle: bytes, data: bytes) -> str:
    """Class id, instance date, creation time and reserved bytes (20 in all with the date), size, data."""
    return (_CLASS + bytes(4) + middle + struct.pack("<I", len(data)) + data).hex().upper()
