"""`guardian demo`: the whole main job against a sandbox organisation, no accounts needed."""

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guardian.cli.output import data, words
from guardian.errors import InputError, NotReady

if TYPE_CHECKING:
    from guardian.bootstrap import Guardian
    from guardian.settings import Settings

POLL_INTERVAL = 30
"""Seconds between passes while the demo goes on serving."""


def add_to(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    once: Annotated[bool, typer.Option("--once", help="Two passes, then leave; do not serve.")] = False,
    port: Annotated[int, typer.Option("--port", help="Port of dashboard and API.", min=0, max=65535)] = 8000,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Keep key, policy, roster and database here.")
    ] = None,
    people: Annotated[int, typer.Option("--people", help="Size of the organisation.", min=8, max=200)] = 30,
) -> None:
    """See it work on a sandbox organisation; no account needed.

    Calendars of thirty people, served on loopback and read by the real Google client. The policy is applied and explained,
    new invitations come in and are answered. Then dashboard and API are served until Ctrl-C.
    """
    port = 0 if once else free_port(port)
    with _folder(out) as folder, sandbox(folder, people) as places:
        from guardian.bootstrap import open_guardian
        from guardian.web.metrics import Metrics

        metrics = Metrics()
        with open_guardian(sandbox_settings(folder, places), on_request=metrics.request) as guardian:
            two_passes(guardian, places)
            if not once:
                _serve(guardian, metrics, port)
    if out is not None:
        words(f"Policy, roster, key and database are in {out}.")


def free_port(port: int) -> int:
    """The port itself, or one that is free for 0; raises NotReady before anything is begun when it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise NotReady(f"cannot listen on port {port}: {error.strerror}; choose another with --port") from error
        free: int = probe.getsockname()[1]
        return free


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    """The folder asked for, its database from an earlier demo removed; else one that is gone afterwards."""
    if out is None:
        folder = Path(tempfile.mkdtemp(prefix="guardian-demo-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
        for old in out.glob("demo.db*"):
            old.unlink()
    except OSError as error:
        raise InputError(f"{out}: cannot be used ({error.strerror}); name another folder") from error
    yield out


@contextmanager
def sandbox(folder: Path, people: int) -> Iterator[Mapping[str, str]]:
    """The sandbox service as a process of its own; it ends with us, whatever happens."""
    command = [sys.executable, "-m", "guardian.sandbox", "--port", "0", "--out", str(folder)]
    command += ["--people", str(people)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own module
        assert process.stdout is not None
        assert process.stdin is not None
        line = process.stdout.readline()
        try:
            yield json.loads(line)
        finally:
            process.stdin.close()
            process.wait(timeout=10)


def sandbox_settings(folder: Path, places: Mapping[str, str]) -> "Settings":
    """The settings of a guardian on this sandbox, whatever the environment says."""
    from guardian.settings import (
        CostSettings,
        GoogleSettings,
        IcsSettings,
        OidcSettings,
        OutlookSettings,
        PrivacySettings,
        RoleSettings,
        Settings,
    )

    return Settings(
        _env_file=None,
        policies=Path(places["policies"]),
        people=Path(places["people"]),
        database_url=f"sqlite:///{folder / 'demo.db'}",
        google=GoogleSettings(credentials_file=Path(places["key"]), api_root=places["google"]),
        outlook=OutlookSettings(
            tenant_id=places["tenant"],
            client_id=places["client_id"],
            client_secret_file=Path(places["client_secret_file"]),
            authority=places["authority"],
            graph_root=places["graph"],
            ca_file=Path(places["ca_file"]),
        ),
        ics=IcsSettings(root=None),
        privacy=PrivacySettings(min_group=5),
        public_url=None,
        oidc=OidcSettings(issuer=None),
        roles=RoleSettings(
            policy_admins="policy@acme.example",
            operators="operations@acme.example",
            auditors="works-council@acme.example",
        ),
        cost=CostSettings(currency="EUR", hourly_rate=80),
        kill_switch=False,
        kill_switch_file=None,
        poll_interval=POLL_INTERVAL,
        timezone="UTC",
        window_past_days=35,
        window_future_days=30,
    )


def two_passes(guardian: "Guardian", places: Mapping[str, str]) -> None:
    """The organisation as it is found, then what a day of new invitations makes of it."""
    from guardian.engine.cycle import accept_now

    words("A sandbox organisation is running on loopback; nothing leaves this machine.")
    accept_now(guardian.engine, actor="demo")
    data("\n1. What was already in the calendars is shown, never answered; focus time is booked.\n")
    _pass(guardian)
    ask(places["control"] + "act", {"act": "second-wave"})
    data("\n\n2. New invitations came in: the policy answers them.\n")
    _pass(guardian)
    data(_week(guardian))


def ask(url: str, body: Mapping[str, Any]) -> Any:
    """Tell the sandbox something."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.load(answer)


def _pass(guardian: "Guardian") -> None:
    from guardian.cli.story import story
    from guardian.engine.cycle import Request, run_pass
    from guardian.reports.run import run_report

    report = run_pass(guardian.engine, Request())
    data(story(run_report(report.run, report.decisions), report.zones, report.news, most=6))


def _week(guardian: "Guardian") -> str:
    """What the weeks behind us looked like for everybody together."""
    from guardian.engine.reporting import load_report
    from guardian.reports.render import text

    body = load_report(guardian.engine, "org", None, None)
    return "\n\n3. The last four weeks of everybody together:\n\n" + text(body)


def _serve(guardian: "Guardian", metrics: Any, port: int) -> None:
    from guardian.engine.tokens import create_token
    from guardian.web.server import serve_with_worker

    secret, _ = create_token(guardian.engine, "demo", ["admin"], None)
    base = f"http://127.0.0.1:{port}"
    words(f"Serving {base} until Ctrl-C: log in there as anybody. The interface is described at {base}/docs")
    words(f'Try: curl -H "Authorization: Bearer {secret}" {base}/api/v1/decisions')
    serve_with_worker(guardian, metrics, "127.0.0.1", port, worker=True, demo=True)
