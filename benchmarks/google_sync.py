"""The first read of an organisation on Google: `python -m benchmarks.google_sync`.

Our provider against bare programs that fetch the same pages with the same library and throw them away, all from a sandbox
in a process of its own. `as in its guide` calls `service.events()` for every page, as the library's examples do; `tuned`
keeps that object, as we do. Rounds alternate; the medians and their ratios are printed (target: 1.3 at most).
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httplib2
import yaml

from guardian.model.time import Interval, format_instant
from guardian.providers.google.client import build_service
from guardian.providers.google.config import SCOPE_ACT, GoogleConfig
from guardian.providers.google.fields import WINDOW_FIELDS
from guardian.providers.google.library import AuthorizedHttp, Credentials
from guardian.providers.google.provider import GoogleProvider
from guardian.providers.google.reading import LOOK_BACK, TRIPWIRE

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
WINDOW = Interval(NOW - timedelta(days=14), NOW + timedelta(days=61))


@dataclass(frozen=True, slots=True)
class Served:
    """Where the sandbox is and who lives in it."""

    root: str
    key: Path
    people: tuple[str, ...]


@contextmanager
def sandbox(people: int) -> Iterator[Served]:
    """An organisation of that size in another process, until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "guardian.sandbox",
            "--only",
            "google",
            "--out",
            folder,
            "--people",
            str(people),
        ]
        command += ["--now", NOW.isoformat()]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            places = json.loads(process.stdout.readline())
            roster = yaml.safe_load(Path(places["people"]).read_text())["people"]
            try:
                yield Served(places["google"], Path(places["key"]), tuple(p["email"] for p in roster))
            finally:
                process.terminate()


def ours(served: Served, threads: int) -> int:
    """A first read with the provider: tripwire and window of everybody. Gives the number of occurrences."""
    config = GoogleConfig(served.key, served.root)
    with GoogleProvider(config, frozenset(served.people), now=lambda: NOW) as provider:

        def one(mailbox: str) -> int:
            provider.changed(mailbox, None)
            return sum(1 for _ in provider.read_window(mailbox, WINDOW))

        with ThreadPoolExecutor(threads) as pool:
            return sum(pool.map(one, served.people))


def tuned(served: Served, threads: int) -> int:
    """The same pages and nothing else, through one kept resource."""
    events = build_service(served.root).events()
    return bare(served, threads, lambda: events)


def as_in_its_guide(served: Served, threads: int) -> int:
    """The same pages and nothing else, written like the library's examples."""
    return bare(served, threads, build_service(served.root).events)


def bare(served: Served, threads: int, resource: Callable[[], Any]) -> int:
    """Fetch the pages and count their items."""
    info = json.loads(served.key.read_text())
    base = Credentials.from_service_account_info(info, scopes=[SCOPE_ACT])
    here = threading.local()
    window = {"timeMin": format_instant(WINDOW.start), "timeMax": format_instant(WINDOW.end), "fields": WINDOW_FIELDS}
    queries = (
        TRIPWIRE | {"timeMin": format_instant(NOW - LOOK_BACK)},
        {"calendarId": "primary", "singleEvents": True, "maxResults": 2500} | window,
    )

    def one(mailbox: str) -> int:
        if not hasattr(here, "http"):
            here.http = httplib2.Http(timeout=30, proxy_info=None)
        http = AuthorizedHttp(_Plain(base.with_subject(mailbox)), here.http)
        return [sum(1 for _ in _pages(resource, query, http)) for query in queries][1]

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(one, served.people))


class _Plain:
    """Credentials without google-auth's search for regional endpoints, which our provider leaves out too."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials

    def before_request(self, request: Any, _method: str, _url: str, headers: dict[str, str]) -> None:
        if not self._credentials.valid:
            self._credentials.refresh(request)
        headers["authorization"] = f"Bearer {self._credentials.token}"


def _pages(resource: Callable[[], Any], query: dict[str, Any], http: Any) -> Iterator[Any]:
    token = None
    while True:
        page = resource().list(**query, pageToken=token).execute(http=http, num_retries=0)
        yield from page.get("items", [])
        token = page.get("nextPageToken")
        if token is None:
            return


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of wall clock and of this process's CPU, and how many items came."""

    wall: float
    cpu: float
    items: int


def timed(program: Callable[[Served, int], int], served: Served, threads: int) -> Spent:
    wall, cpu = time.perf_counter(), time.process_time()
    items = program(served, threads)
    return Spent(time.perf_counter() - wall, time.process_time() - cpu, items)


def report(name: str, rounds: Sequence[Spent]) -> tuple[float, float]:
    wall, cpu = statistics.median(r.wall for r in rounds), statistics.median(r.cpu for r in rounds)
    print(f"{name:<16} {wall:7.2f} s wall {cpu:7.2f} s cpu {rounds[0].items:>8} items")
    return wall, cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    programs: tuple[Callable[[Served, int], int], ...] = (as_in_its_guide, tuned, ours)
    with sandbox(options.people) as served:
        timed(tuned, served, options.threads)
        rounds = [[timed(program, served, options.threads) for program in programs] for _ in range(options.rounds)]
    spent = {
        program.__name__: report(program.__name__, column)
        for program, column in zip(programs, zip(*rounds, strict=True), strict=True)
    }
    for name in ("as_in_its_guide", "tuned"):
        wall, cpu = (mine / theirs for mine, theirs in zip(spent["ours"], spent[name], strict=True))
        print(f"ours / {name:<16} {wall:7.2f} wall {cpu:7.2f} cpu")


if __name__ == "__main__":
    main()
