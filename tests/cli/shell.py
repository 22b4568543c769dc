"""A terminal inside the test's own process: the real `main`, without the time a new process takes."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from guardian.cli.main import main

POLICY = """\
version: 1
defaults:
  timezone: UTC
  working_hours: {days: [mon-fri], start: "09:00", end: "17:00"}
teams:
  platform: {members: [ana@acme.example]}
rules:
  - {id: free-wednesday, type: meeting_free_day, days: [wed], action: decline, mode: flag}
"""
ROSTER = """\
version: 1
people:
  - {email: ana@acme.example, name: Ana Ruiz, provider: ics, timezone: Europe/Madrid}
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left: exit code, data, words."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Shell:
    """A folder of its own, and no setting but those given."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._patch = monkeypatch
        self._capture = capsys

    def __call__(self, *arguments: str, **settings: str) -> Said:
        with self._patch.context() as patch:
            for name, value in settings.items():
                patch.setenv(f"GUARDIAN_{name}", value)
            patch.setattr(sys, "argv", ["guardian", *arguments])
            patch.chdir(self.folder)
            self._capture.readouterr()
            with pytest.raises(SystemExit) as end:
                main()
        out, err = self._capture.readouterr()
        return Said(int(end.value.code or 0), out, err)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def furnish(self) -> None:
        """A policy, a roster of one person and her empty folder of calendars."""
        self.write("config/policies.yaml", POLICY)
        self.write("config/people.yaml", ROSTER)
        (self.folder / "calendars" / "ana@acme.example").mkdir(parents=True)
        self.write(".env", "GUARDIAN_ICS__ROOT=calendars\n")
