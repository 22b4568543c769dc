"""What a service with many mailboxes needs: `python -m benchmarks.serve [--people N] [--polls N] [--act]`.

Resident memory after the first pass and after many polls, requests per unchanged poll, and how long `guardian --help` takes beside
an interpreter that does nothing.
"""

import argparse
import json
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from guardian.bootstrap import Guardian, open_guardian
from guardian.cli.demo import sandbox, sandbox_settings
from guardian.engine.cycle import Request, accept_now, run_pass
from guardian.web.app import create_app
from guardian.web.metrics import Metrics

MEMORY_LIMIT_MIB = 300


@contextmanager
def town(people: int, *, watch: bool = False) -> Iterator[tuple[Guardian, Mapping[str, str]]]:
    """A guardian with that many mailboxes on a sandbox in a process of its own; with `watch` it reads and decides only."""
    with tempfile.TemporaryDirectory() as name, sandbox(Path(name), people) as places:
        metrics = Metrics()
        settings = sandbox_settings(Path(name), places).model_copy(update={"kill_switch": watch})
        with open_guardian(settings, on_request=metrics.request) as guardian:
            create_app(guardian, metrics)
            yield guardian, places


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def requests(places: Mapping[str, str]) -> int:
    trust = ssl.create_default_context(cafile=places["ca_file"])
    total = 0
    for control in (places["control"], places["graph_control"]):
        with urllib.request.urlopen(control + "requests", timeout=60, context=trust) as answer:
            total += int(json.load(answer)["total"])
    return total


def polls(people: int, rounds: int, *, watch: bool) -> None:
    with town(people, watch=watch) as (guardian, places):
        accept_now(guardian.engine, actor="benchmark")
        print(f"{people} mailboxes; resident memory before the first pass: {resident_mib():.0f} MiB")
        _pass(guardian, "first pass")
        _pass(guardian, "second pass")
        before, begun, memory = requests(places), time.perf_counter(), resident_mib()
        for _ in range(rounds):
            run_pass(guardian.engine, Request(tell=False))
        asked, took = requests(places) - before, time.perf_counter() - begun
        print(
            f"{rounds} unchanged polls: {asked / rounds / people:.3f} requests per calendar, {took / rounds:.1f} s each"
        )
        now = resident_mib()
        print(
            f"resident memory: {memory:.0f} MiB -> {now:.0f} MiB, ratio {now / memory:.2f} (limit {MEMORY_LIMIT_MIB} MiB)"
        )


def _pass(guardian: Guardian, name: str) -> None:
    begun = time.perf_counter()
    report = run_pass(guardian.engine, Request(tell=False))
    summary = report.run.summary
    took = time.perf_counter() - begun
    print(f"{name}: {took:.1f} s, {resident_mib():.0f} MiB; {summary['actions']}, {summary['focus_blocks']}")


def help_text() -> None:
    """Best of five, both."""
    floor = min(_timed([sys.executable, "-c", "pass"]) for _ in range(5))
    ours = min(_timed([str(Path(sys.executable).with_name("guardian")), "--help"]) for _ in range(5))
    print(f"guardian --help: {ours:.2f} s, an empty interpreter {floor:.2f} s, ratio {ours / floor:.1f}")


def _timed(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--polls", type=int, default=5)
    parser.add_argument(
        "--act", action="store_true", help="write labels and focus blocks too: many minutes for many people"
    )
    options = parser.parse_args()
    help_text()
    polls(options.people, options.polls, watch=not options.act)


if __name__ == "__main__":
    main()
