"""`python -m guardian.sandbox`: the sandbox organisation as a process of its own."""

import argparse
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from guardian.sandbox import seed
from guardian.sandbox.clock import RunningClock
from guardian.sandbox.graph_server import GraphSandbox
from guardian.sandbox.server import GoogleSandbox
from guardian.sandbox.staff import Member
from guardian.sandbox.world import World

POLICIES = Path(__file__).with_name("policies.yaml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Seed, write key, roster and policy, print where everything is as one JSON line, serve until told to stop."""
    options = _options(arguments)
    world = World(RunningClock(options.now))
    members = seed.organisation(world, options.now, options.people, mixed=options.only is None)
    folder: Path = options.out
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as servers:
        google = servers.enter_context(GoogleSandbox(world, port=options.port))
        places = write_files(google, members, folder)
        if options.only is None:
            graph = servers.enter_context(GraphSandbox(world, port=options.graph_port))
            places |= write_graph_files(graph, folder)
        print(json.dumps(places), flush=True)
        wait_for_end()
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m guardian.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="loopback port of Google, 0 picks a free one")
    parser.add_argument("--graph-port", type=int, default=0, help="loopback port of Microsoft Graph")
    parser.add_argument("--only", choices=("google",), help="everybody on Google, and no Microsoft Graph")
    parser.add_argument("--out", type=Path, required=True, help="folder for keys, people.yaml and policies.yaml")
    parser.add_argument(
        "--now", type=_instant, default=datetime.now(UTC), help="RFC 3339; the sandbox clock starts here"
    )
    parser.add_argument("--people", type=int, default=30, help="size of the organisation")
    return parser.parse_args(arguments)


def _instant(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text}: an offset is needed, for example {text}Z")
    return value


def write_files(server: GoogleSandbox, members: Sequence[Member], folder: Path) -> dict[str, str]:
    """Key, roster and policy in the folder; gives the addresses of everything."""
    people, policies = folder / "people.yaml", folder / "policies.yaml"
    people.write_text(roster(members), encoding="utf-8")
    shutil.copyfile(POLICIES, policies)
    return {
        "google": server.url,
        "control": f"{server.url}_sandbox/",
        "key": str(server.write_key(folder / "key.json")),
        "people": str(people),
        "policies": str(policies),
    }


def write_graph_files(server: GraphSandbox, folder: Path) -> dict[str, str]:
    """Client secret and the authority's certificate in the folder; gives the addresses of the Microsoft side."""
    secret, authority = folder / "client-secret", folder / "ca.pem"
    secret.touch(mode=0o600)
    secret.chmod(0o600)
    secret.write_text(server.client_secret)
    shutil.copyfile(server.ca_file, authority)
    return {
        "graph": server.url,
        "graph_control": f"{server.url}/_sandbox/",
        "authority": server.authority,
        "tenant": server.tenant_id,
        "client_id": server.client_id,
        "client_secret_file": str(secret),
        "ca_file": str(authority),
    }


def roster(members: Sequence[Member]) -> str:
    """The roster as YAML. JSON strings are YAML strings."""
    lines = [
        f"  - {{email: {json.dumps(m.email)}, name: {json.dumps(m.name)}, provider: {m.service}, timezone: {m.zone}, "
        f"manager: {str(m.lead).lower()}}}"
        for m in members
    ]
    return "\n".join(["version: 1", "people:", *lines, ""])


def wait_for_end() -> None:
    """Until SIGTERM, SIGINT or the end of stdin, so that the process never outlives whoever started it."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    threading.Thread(target=_watch_stdin, args=(ended,), daemon=True).start()
    ended.wait()


def _watch_stdin(ended: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    ended.set()


if __name__ == "__main__":
    sys.exit(main())
