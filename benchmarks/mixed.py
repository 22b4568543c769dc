"""What an organisation on both services costs: `python -m benchmarks.mixed [--people N]`.

The first read of everybody beside the first reads of each service's people alone, from the same sandbox in the same run: the
ratio to their sum should be about one.
"""

import argparse
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.serve import requests, town
from guardian.bootstrap import Guardian, open_guardian
from guardian.cli.demo import sandbox_settings
from guardian.engine.cycle import sync_only
from guardian.engine.house import enrolled


def first_read(places: Mapping[str, str], services: frozenset[str]) -> tuple[float, int]:
    """Seconds and requests of the first read of these services' people, into a new database."""
    with tempfile.TemporaryDirectory() as name, open_guardian(sandbox_settings(Path(name), places)) as guardian:
        before, begun = requests(places), time.perf_counter()
        sync_only(guardian.engine, _people(guardian, services), frozenset())
        return time.perf_counter() - begun, requests(places) - before


def _people(guardian: Guardian, services: frozenset[str]) -> frozenset[str]:
    return frozenset(p.email for p in enrolled(guardian.engine) if p.provider in services)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=400)
    with town(parser.parse_args().people) as (_, places):
        parts = {name: first_read(places, frozenset({name})) for name in ("google", "outlook")}
        took, asked = first_read(places, frozenset(parts))
    for name, (seconds, number) in parts.items():
        print(f"{name} alone: {seconds:.1f} s, {number} requests")
    seconds, number = (sum(column) for column in zip(*parts.values(), strict=True))
    print(
        f"both: {took:.1f} s, {asked} requests; ratio to the sum {took / seconds:.2f} in time, {asked / number:.2f} in requests"
    )


if __name__ == "__main__":
    main()
