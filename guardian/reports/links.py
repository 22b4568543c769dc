"""Where the dashboard shows a thing: the same address from pages and mails."""

import binascii
from base64 import b64decode, urlsafe_b64encode
from urllib.parse import quote
from zlib import crc32

from guardian.errors import InputError
from guardian.model.time import Week


def meeting_path(key: str) -> str:
    """The page of a meeting, by the text of its key. Keys may hold slashes, dots and anything else that an address would
    bend, so they travel in letters, digits, `-` and `_`."""
    return f"/meetings/{urlsafe_b64encode(key.encode('utf-8', 'surrogatepass')).decode().rstrip('=')}"


def meeting_key(text: str) -> str:
    """What `meeting_path` made the text of; raises InputError for anything else."""
    try:
        return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("utf-8", "surrogatepass")
    except (ValueError, binascii.Error) as error:
        raise InputError("this is not the address of a meeting") from error


def decision_path(decision_id: str) -> str:
    return f"/decisions/{quote(decision_id, safe='')}"


def team_path(name: str) -> str:
    """Team names are words of the policy; a dot alone would be taken for a place in the address."""
    return f"/teams/{quote(name, safe='').replace('.', '%2E')}"


def week_path(email: str | None, week: Week | str) -> str:
    """One's own week, or that of somebody else."""
    page = f"/people/{quote(email, safe='@')}" if email else "/me"
    return f"{page}?week={week}"


def place_path(where: str, version: str = "") -> str:
    """The line of the policy file that `file:line` names, as it was in that version."""
    asked = f"?version={quote(version, safe='')}" if version else ""
    return f"/policy{asked}#{anchor(where)}"


def anchor(where: str) -> str:
    """The id of the line that `file:line` names."""
    file, _, line = where.rpartition(":")
    return f"l{crc32(file.encode('utf-8', 'surrogatepass')):08x}-{line}"
