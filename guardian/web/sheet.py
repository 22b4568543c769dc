"""The one style sheet of all pages, under a name that changes with its content: browsers may keep it for a year."""

import hashlib
from functools import lru_cache
from pathlib import Path

SHEET = Path(__file__).with_name("static") / "guardian.css"


@lru_cache(maxsize=1)
def sheet() -> bytes:
    """Its text."""
    return SHEET.read_bytes()


@lru_cache(maxsize=1)
def sheet_path() -> str:
    """Where the server has it."""
    return f"/static/guardian-{hashlib.sha256(sheet()).hexdigest()[:16]}.css"
