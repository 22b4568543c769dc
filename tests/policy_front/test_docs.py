"""Every policy the documentation shows is one that loads."""

import re
from pathlib import Path

import pytest

from guardian.policy.loader import load

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```ya?ml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[str, str]]:
    pages = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
    blocks = [(page.name, block) for page in pages for block in BLOCK.findall(page.read_text())]
    return [
        (name, block)
        for name, block in blocks
        if re.search(r"^version: 1$", block, re.MULTILINE) and not re.search(r"^(people|bands):", block, re.MULTILINE)
    ]


def test_the_documentation_shows_policies() -> None:
    assert any(name == "policy-reference.md" for name, _ in examples())


@pytest.mark.parametrize(("name", "block"), examples())
def test_example_loads(name: str, block: str) -> None:
    assert load({name: block}).policy.rules
