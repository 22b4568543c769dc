"""A folder in which somebody runs `guardian`, as processes of their own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GUARDIAN = str(Path(sys.executable).with_name("guardian"))


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left: exit code, data, words."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(slots=True)
class Desk:
    """`settings` are `GUARDIAN_...` variables without the prefix; nothing else of the test's own environment gets through."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    def guardian(self, *arguments: str, expect: int | Sequence[int] = 0, **settings: str) -> Said:
        """Run a command to its end; it must leave with (one of) the expected exit codes and never with a traceback."""
        done = subprocess.run(
            [GUARDIAN, *arguments],
            cwd=self.folder,
            env=self.environment(settings),
            capture_output=True,
            text=True,
            timeout=300,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        said = Said(done.returncode, done.stdout, done.stderr)
        wanted = [expect] if isinstance(expect, int) else expect
        assert said.code in wanted, f"{arguments}: {said}"
        assert "Traceback" not in said.err, said.err
        return said

    @contextmanager
    def started(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """A command that goes on; killed at the end if it still runs."""
        with subprocess.Popen(
            [GUARDIAN, *arguments],
            cwd=self.folder,
            env=self.environment({}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        own = {f"GUARDIAN_{name}": value for name, value in {**self.settings, **more}.items()}
        return {"PATH": os.environ.get("PATH", ""), "HOME": str(self.folder), "LC_ALL": "C.UTF-8", **own}

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


def stop(process: "subprocess.Popen[str]", number: signal.Signals) -> Said:
    """Send a signal and wait for the end."""
    process.send_signal(number)
    out, err = process.communicate(timeout=150)
    return Said(process.returncode, out, err)
