"""`guardian serve` as a process of its own against the sandbox, on the real clock."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from guardian.bootstrap import Guardian, open_guardian
from guardian.engine.cycle import accept_now
from guardian.engine.tokens import create_token
from guardian.sandbox.clock import RunningClock
from guardian.sandbox.server import Entry, GoogleSandbox
from guardian.sandbox.world import World
from guardian.settings import load_settings
from tests.engine.policies import policy
from tests.engine.town import ANA, RUI, fresh_database, people_of, quick_folder
from tests.web.test_passes import ROSTER

EVERY_DAY = policy().replace("mon-fri", "mon-sun")
COMMAND = str(Path(sys.executable).with_name("guardian"))
TITLE = "Canary title"
"""Must never be in a log."""


@dataclass
class Site:
    """A folder with everything a service needs, and the sandbox beside it."""

    folder: Path
    sandbox: GoogleSandbox
    more: dict[str, str] = field(default_factory=dict)
    """Further variables of the environment."""

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "GUARDIAN_POLICIES": str(self.folder / "policies.yaml"),
            "GUARDIAN_PEOPLE": str(self.folder / "people.yaml"),
            "GUARDIAN_DATABASE_URL": f"sqlite:///{self.folder / 'guardian.db'}",
            "GUARDIAN_GOOGLE__CREDENTIALS_FILE": str(self.folder / "key.json"),
            "GUARDIAN_GOOGLE__API_ROOT": self.sandbox.url,
            "GUARDIAN_POLL_INTERVAL": "10",
            **self.more,
        }

    def invite(self) -> str:
        """To a meeting in two days, in the focus window that every day has."""
        start = (datetime.now(UTC) + timedelta(days=2)).replace(hour=10, minute=0, second=0, microsecond=0)
        return self.sandbox.world.invite(RUI, TITLE, start, start + timedelta(minutes=30), [ANA])

    def answers(self, event: str) -> list[Entry]:
        return [entry for entry in self.sandbox.writes if entry.applied and entry.event == event]

    @contextmanager
    def guardian(self) -> Iterator[Guardian]:
        """The same service in this process, to look and to prepare."""
        before = dict(os.environ)
        os.environ.update(self.environment)
        try:
            chosen = load_settings()
        finally:
            os.environ.clear()
            os.environ.update(before)
        with open_guardian(chosen) as opened:
            yield opened

    def prepare(self) -> str:
        """The policy accepted and an administrator's token made."""
        with self.guardian() as guardian:
            accept_now(guardian.engine, "test")
            return create_token(guardian.engine, "test", ["admin"], None)[0]

    @contextmanager
    def serve(self, *arguments: str) -> Iterator["Served"]:
        """The command, listening; killed at the end of the block if it has not ended by then."""
        command = [COMMAND, "serve", "--port", "0", *arguments]
        process = subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        with process:
            try:
                served = Served(process)
                served.url = served.line("listening on").rsplit(" ", 1)[1].strip()
                yield served
            finally:
                process.kill()


@dataclass
class Served:
    """A running `guardian serve`; `said` is what it wrote to stderr as far as it was read."""

    process: "subprocess.Popen[str]"
    url: str = ""
    said: str = ""

    def line(self, words: str) -> str:
        """Wait for the next line with these words."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said += line
            if words in line:
                return line
        raise AssertionError(f"ended without saying '{words}':\n{self.said}")

    def end(self, signal: int) -> int:
        """Send the signal; gives the exit code, all words read."""
        self.process.send_signal(signal)
        _, rest = self.process.communicate(timeout=60)
        self.said += rest
        return self.process.returncode


@contextmanager
def site(text: str = EVERY_DAY) -> Iterator[Site]:
    world = World(RunningClock(datetime.now(UTC)))
    people_of(world)
    with quick_folder() as folder, GoogleSandbox(world) as sandbox:
        fresh_database(folder)
        sandbox.write_key(folder / "key.json")
        (folder / "people.yaml").write_text(ROSTER)
        (folder / "policies.yaml").write_text(text)
        yield Site(folder, sandbox)
