"""One file per mistake, with what is said about it beside it."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from guardian.errors import PolicyProblems
from guardian.policy.codes import CODES, level_of
from guardian.policy.loader import load
from guardian.policy.yamltree import decode
from tests.policy_front.golden import FOLDER, findings

FILES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_findings(path: Path) -> None:
    assert findings(path) == path.with_suffix(".txt").read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_loads_exactly_when_check_finds_no_error(path: Path) -> None:
    said = path.with_suffix(".txt").read_text()
    expectation: AbstractContextManager[object] = (
        pytest.raises(PolicyProblems, match="error G") if ": error G" in said else nullcontext()
    )
    with expectation:
        load({path.name: decode(path.name, path.read_bytes())})


def test_every_code_has_a_file_that_shows_it() -> None:
    shown = {word for path in FILES for word in path.with_suffix(".txt").read_text().split() if word in CODES}
    assert set(CODES) - shown == set()


def test_levels_follow_the_number() -> None:
    assert {level_of(code) for code in CODES} == {"error", "notice", "warning"}
    assert all(level_of(code) == {"1": "error", "2": "notice", "3": "warning"}[code[1]] for code in CODES)
