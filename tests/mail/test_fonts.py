"""The font of the picture is the one that its page says it is."""

import hashlib
import re
from pathlib import Path

import pytest

FONTS = Path(__file__).parents[2] / "guardian" / "mail" / "fonts"
LISTED = dict(re.findall(r"\| `(\S+\.ttf)` \| `([0-9a-f]{64})` \|", (FONTS / "README.md").read_text()))


def test_every_file_is_listed() -> None:
    assert {path.name for path in FONTS.glob("*.ttf")} == LISTED.keys()
    assert "Bitstream" in (FONTS / "LICENSE.txt").read_text()


@pytest.mark.parametrize("name", sorted(LISTED))
def test_a_font_is_unchanged(name: str) -> None:
    assert hashlib.sha256((FONTS / name).read_bytes()).hexdigest() == LISTED[name]
