import os
from pathlib import Path

import pytest

from tests.cli.shell import Shell


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    for name in [name for name in os.environ if name.startswith("GUARDIAN_")]:
        monkeypatch.delenv(name)
    return Shell(tmp_path, monkeypatch, capsys)


@pytest.fixture
def home(shell: Shell) -> Shell:
    """With policy, roster and a folder of calendars."""
    shell.furnish()
    return shell
