"""The first read of an organisation on Outlook: `python -m benchmarks.outlook_sync`.

Our provider against a bare program that fetches the same pages with the same HTTP client, as many at a time, and throws
them away; all from a sandbox in a process of its own. Rounds alternate; the medians and their ratio are printed (target:
1.3 at most by the clock on the wall; of this process's CPU it is more, since to understand an event costs about as much
as to decode it), with the requests of each, the most in flight for one mailbox (4 at most), and what an unchanged poll costs
(1 request).
"""

import argparse
import json
import ssl
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

import httpx2
import yaml

from guardian.model.time import Interval, format_instant
from guardian.providers.outlook.config import OutlookConfig
from guardian.providers.outlook.fields import EVENT_FIELDS, EXPAND, IMMUTABLE, PAGE
from guardian.providers.outlook.provider import OutlookProvider
from guardian.providers.outlook.reading import TRIPWIRE_PAGE

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
WINDOW = Interval(NOW - timedelta(days=14), NOW + timedelta(days=61))
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Served:
    """How to reach the sandbox, and who lives in it on Outlook."""

    config: OutlookConfig
    control: str
    people: tuple[str, ...]


@contextmanager
def sandbox(people: int) -> Iterator[Served]:
    """An organisation with that many mailboxes on Outlook in another process, until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "guardian.sandbox", "--out", folder, "--people", str(2 * people)]
        command += ["--now", NOW.isoformat()]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            places = json.loads(process.stdout.readline())
            roster = yaml.safe_load(Path(places["people"]).read_text())["people"]
            mailboxes = [p["email"] for p in roster if p["provider"] == "outlook"]
            config = OutlookConfig(
                places["tenant"],
                places["client_id"],
                Path(places["client_secret_file"]).read_text(),
                authority=places["authority"],
                graph_root=places["graph"],
                ca_file=Path(places["ca_file"]),
            )
            try:
                yield Served(config, places["graph_control"], tuple(mailboxes[:people]))
            finally:
                process.terminate()


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of wall clock and of this process's CPU, items that came, requests that were sent."""

    wall: float
    cpu: float
    items: int
    requests: int


class Counter:
    """Counts from many threads."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def __call__(self, *_: object) -> None:
        with self._lock:
            self.count += 1


def ours(served: Served, threads: int, asked: Counter) -> int:
    """A first read with the provider: tripwire and window of everybody. Gives the number of occurrences."""
    with OutlookProvider(served.config, frozenset(served.people), now=lambda: NOW, on_request=asked) as provider:

        def one(mailbox: str) -> int:
            provider.changed(mailbox, None)
            return sum(1 for _ in provider.read_window(mailbox, WINDOW))

        with ThreadPoolExecutor(threads) as pool:
            return sum(pool.map(one, served.people))


def bare(served: Served, threads: int, asked: Counter) -> int:
    """The same pages and series, as many requests at a time, counted and thrown away."""
    config = served.config
    context = ssl.create_default_context(cafile=config.ca_file)
    gate = threading.BoundedSemaphore(config.in_flight)
    with httpx2.Client(verify=context, trust_env=False, timeout=30) as http:
        headers = {"authorization": f"Bearer {_token(http, config, asked)}"}

        def get(url: str, params: dict[str, str] | None, prefer: str = "") -> Any:
            asked()
            with gate:
                wanted = ", ".join(filter(None, (IMMUTABLE, prefer)))
                answer = http.get(url, params=params, headers=headers | {"prefer": wanted})
            return answer.raise_for_status().json()

        def one(mailbox: str) -> int:
            root = f"{config.api}/users/{mailbox}"
            span = {
                "startDateTime": format_instant(WINDOW.start - DAY),
                "endDateTime": format_instant(WINDOW.end + DAY),
            }
            sum(
                1
                for _ in _pages(lambda url, params: get(url, params, TRIPWIRE_PAGE), f"{root}/calendarView/delta", span)
            )
            query = span | {"$top": str(PAGE), "$select": EVENT_FIELDS, "$expand": EXPAND}
            events = list(_pages(get, f"{root}/calendarView", query))
            for series in {event["seriesMasterId"] for event in events if event["seriesMasterId"]}:
                get(f"{root}/events/{series}", {"$select": "id,iCalUId,type"})
            return len(events)

        with ThreadPoolExecutor(threads) as pool:
            return sum(pool.map(one, served.people))


def _token(http: httpx2.Client, config: OutlookConfig, asked: Counter) -> str:
    asked()
    form = {"grant_type": "client_credentials", "client_id": config.client_id, "scope": config.scope}
    form["client_secret"] = config.client_secret or ""
    answer = http.post(f"{config.authority}/{config.tenant_id}/oauth2/v2.0/token", data=form)
    return str(answer.raise_for_status().json()["access_token"])


def _pages(get: Callable[[str, dict[str, str] | None], Any], url: str, params: dict[str, str]) -> Iterator[Any]:
    page = get(url, params)
    yield from page["value"]
    while link := page.get("@odata.nextLink"):
        page = get(link, None)
        yield from page["value"]


Program = Callable[[Served, int, Counter], int]


def timed(program: Program, served: Served, threads: int) -> Spent:
    asked = Counter()
    wall, cpu = time.perf_counter(), time.process_time()
    items = program(served, threads, asked)
    return Spent(time.perf_counter() - wall, time.process_time() - cpu, items, asked.count)


def report(name: str, rounds: Sequence[Spent]) -> tuple[float, float]:
    wall, cpu = statistics.median(r.wall for r in rounds), statistics.median(r.cpu for r in rounds)
    last = rounds[-1]
    print(f"{name:<6} {wall:7.2f} s wall {cpu:7.2f} s cpu {last.items:>8} items {last.requests:>7} requests")
    return wall, cpu


def unchanged(served: Served) -> int:
    """The most requests that polling a mailbox takes where nothing came, once it was read."""
    asked = Counter()
    with OutlookProvider(served.config, frozenset(served.people), now=lambda: NOW, on_request=asked) as provider:
        cursors = {mailbox: provider.changed(mailbox, None).cursor for mailbox in served.people[:20]}
        costs = []
        for mailbox, cursor in cursors.items():
            before = asked.count
            provider.changed(mailbox, cursor)
            costs.append(asked.count - before)
    return max(costs)


def most_in_flight(served: Served) -> int:
    """For one mailbox, as the sandbox saw it."""
    context = ssl.create_default_context(cafile=served.config.ca_file)
    with httpx2.Client(verify=context, trust_env=False) as http:
        found = http.get(f"{served.control}requests").raise_for_status().json()["most_in_flight"]
    return max(int(count) for count in found.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    programs: tuple[Program, ...] = (bare, ours)
    with sandbox(options.people) as served:
        timed(bare, served, options.threads)
        rounds = [[timed(program, served, options.threads) for program in programs] for _ in range(options.rounds)]
        spent = {
            program.__name__: report(program.__name__, column)
            for program, column in zip(programs, zip(*rounds, strict=True), strict=True)
        }
        wall, cpu = (mine / theirs for mine, theirs in zip(spent["ours"], spent["bare"], strict=True))
        print(f"ours / bare {wall:5.2f} wall {cpu:5.2f} cpu")
        print(f"most in flight for one mailbox: {most_in_flight(served)}")
        print(f"requests of an unchanged poll: {unchanged(served)}")


if __name__ == "__main__":
    main()
