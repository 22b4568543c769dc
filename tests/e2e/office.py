"""The sandbox organisation as a process of its own, and a desk from which it is looked after."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

from tests.e2e.desk import Desk

PEOPLE = "8"
PATIENCE = 150.0


class Office:
    """`desk` runs commands; `control` talks to the sandbox behind its back."""

    def __init__(self, desk: Desk, places: dict[str, str]) -> None:
        self.desk = desk
        self.places = places

    def control(self, path: str, body: dict[str, Any] | None = None, *, verb: str | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.places["control"] + path, data, method=verb)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def writes(self) -> list[dict[str, Any]]:
        """Every applied change of a calendar that came over the API, in order."""
        return [entry for entry in self.control("log?mutating=true")["log"] if entry["applied"]]

    def declines(self) -> list[tuple[str, str]]:
        """Person and event of every decline that was written."""
        return [(e["person"], e["event"]) for e in self.writes() if _declines(e)]

    @property
    def people(self) -> list[str]:
        return [person["email"] for person in self.control("people")["people"]]


def _declines(entry: dict[str, Any]) -> bool:
    rows = (entry.get("body") or {}).get("attendees", [])
    return any(r.get("email") == entry["person"] and r.get("responseStatus") == "declined" for r in rows)


@contextmanager
def office(folder: Path) -> Iterator[Office]:
    """Served until the block ends; the settings of the desk name its key, roster and policy."""
    command = [sys.executable, "-m", "guardian.sandbox", "--only", "google", "--people", PEOPLE]
    command += ["--out", str(folder / "sandbox")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        places = json.loads(process.stdout.readline())
        settings = {
            "GOOGLE__CREDENTIALS_FILE": places["key"],
            "GOOGLE__API_ROOT": places["google"],
            "PEOPLE": places["people"],
            "POLICIES": places["policies"],
            "WINDOW_PAST_DAYS": "1",
            "WINDOW_FUTURE_DAYS": "8",
        }
        try:
            yield Office(Desk(folder, settings), places)
        finally:
            process.stdin.close()
            process.wait(timeout=30)


def until(look: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """What `look` gives as soon as it gives something; for processes, whose clock cannot be moved."""
    end = monotonic() + patience
    while monotonic() < end:
        found = look()
        if found:
            return found
        Event().wait(0.1)
    raise AssertionError("it did not come about in time")
