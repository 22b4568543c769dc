"""The golden policies: each file holds one mistake, the text beside it what is said about it."""

from datetime import date
from pathlib import Path

from guardian.errors import PolicyProblems
from guardian.policy.checks import check
from guardian.policy.yamltree import decode

FOLDER = Path(__file__).parent.parent / "golden" / "policies"
TODAY = date(2026, 11, 22)


def findings(path: Path) -> str:
    """What `check` says, a line each."""
    try:
        found = check({path.name: decode(path.name, path.read_bytes())}, as_of=TODAY)
    except PolicyProblems as error:
        found = list(error.problems)
    return "".join(f"{problem}\n" for problem in found)
