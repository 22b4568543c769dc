"""The table of promises names tests that exist."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
LINE = re.compile(r"^\| ([IFS]\d+) \| [^|]+ \| (.+) \|$", re.MULTILINE)
ROWS = {f"I{n}" for n in range(1, 16)} | {f"F{n}" for n in (*range(1, 31), *range(36, 41))}
OUTLOOK = {f"F{n}" for n in (*range(1, 15), *range(17, 24), 32)}
"""Rows that touch a service."""


def promises(*, outlook: bool = False) -> dict[str, list[str]]:
    """The tests of each row, of those for Outlook where asked."""
    general, _, special = (TESTS / "README.md").read_text().partition("## Faults on Outlook")
    return {row: re.findall(r"`(\w+)`", names) for row, names in LINE.findall(special if outlook else general)}


def test_every_promise_and_every_fault_has_a_test() -> None:
    assert set(promises()) >= ROWS
    assert set(promises(outlook=True)) >= OUTLOOK
    assert all(promises().values()) and all(promises(outlook=True).values())


def test_every_test_named_exists() -> None:
    sources = [path.read_text() for path in TESTS.rglob("test_*.py")]
    found = (
        match for text in sources for match in re.findall(r"^(?:def (test_\w+)\(|(Test\w+) =)", text, re.MULTILINE)
    )
    known = {name for match in found for name in match}
    named = {name for names in (*promises().values(), *promises(outlook=True).values()) for name in names}
    assert named <= known
