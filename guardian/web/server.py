"""`guardian serve`: the HTTP interface and, beside it, the worker that makes the passes."""

import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from guardian.bootstrap import Guardian, make_post, open_guardian
from guardian.engine.cycle import Request, run_pass
from guardian.engine.weekly import send_due
from guardian.errors import NotReady, PolicyProblems, SettingsError, UserError
from guardian.jobs.inline import InlineWorker
from guardian.providers.shared import is_loopback
from guardian.settings import Settings, load_settings
from guardian.web.app import create_app
from guardian.web.metrics import Metrics

log = logging.getLogger("guardian")

BACKLOG = 128
"""Connections that may wait to be taken."""
GRACE = 20
"""Seconds that answers under way have when the server is told to stop."""


def run_server(host: str, port: int, *, worker: bool, demo: bool = False) -> None:
    """Serve until interrupted; raises NotReady when the port is taken, SettingsError for a demo that others could reach."""
    settings, metrics = load_settings(), Metrics()
    if demo:
        check_demo(host, settings)
    with open_guardian(settings, on_request=metrics.request) as guardian:
        serve_with_worker(guardian, metrics, host, port, worker=worker, demo=demo)


def check_demo(host: str, settings: Settings) -> None:
    """Raises SettingsError where anybody but the people at this machine could log in as anybody."""
    if not is_loopback(f"http://{f'[{host}]' if ':' in host else host}"):
        raise SettingsError(f"--demo lets everybody in as anybody: it listens on loopback only, not on {host}")
    if settings.public_url and not is_loopback(settings.public_url):
        raise SettingsError("--demo lets everybody in as anybody: not together with GUARDIAN_PUBLIC_URL")
    if settings.oidc.issuer:
        raise SettingsError("--demo lets everybody in as anybody: not together with GUARDIAN_OIDC__ISSUER")


def serve_with_worker(
    guardian: Guardian, metrics: Metrics, host: str, port: int, *, worker: bool, demo: bool = False
) -> None:
    """As `run_server`, on a guardian that is open already."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that a stop from outside ends as tidily as Ctrl-C
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("googleapiclient").setLevel(logging.ERROR)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it would write down whose calendar is read
    with listening(host, port) as (bound, (name, number)), _worker(guardian, metrics, wanted=worker):
        sys.stderr.write(f"guardian: listening on http://{f'[{name}]' if ':' in name else name}:{number}\n")
        if demo:
            sys.stderr.write(
                "guardian: DEMO LOGIN: whoever uses this machine may log in as anybody, without any proof\n"
            )
        make_server(guardian, metrics, demo=demo).run(sockets=[bound])


def make_server(guardian: Guardian, metrics: Metrics, *, demo: bool = False) -> uvicorn.Server:
    """The server of the interface, not running yet."""
    config = uvicorn.Config(
        create_app(guardian, metrics, demo=demo),
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=GRACE,
    )
    return uvicorn.Server(config)


@contextmanager
def listening(host: str, port: int) -> Iterator[tuple[socket.socket, tuple[str, int]]]:
    """A socket and its address; it takes connections from now on, before any pass is made; raises NotReady when it is not to be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, because asyncio sends at once (TCP_NODELAY) only where it is: else each answer waits 40 ms.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, port))
            bound.listen(BACKLOG)
        except OSError as error:
            raise NotReady(f"cannot listen on {host}:{port}: {error.strerror}; choose another --port") from error
        yield bound, bound.getsockname()[:2]


@contextmanager
def _worker(guardian: Guardian, metrics: Metrics, *, wanted: bool) -> Iterator[None]:
    """The passes beside the server; at the end the one under way is waited for."""
    if not wanted:
        yield
        return
    worker = InlineWorker(lambda: one_round(guardian, metrics), guardian.settings.poll_interval)
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def one_round(guardian: Guardian, metrics: Metrics) -> None:
    """A pass, and a portion of the mails that are due."""
    one_pass(guardian, metrics)
    if guardian.settings.smtp.host:
        weekly_mails(guardian, metrics)


def weekly_mails(guardian: Guardian, metrics: Metrics) -> None:
    """What stands in the way is said, and the next round tries again."""
    try:
        metrics.mailed(send_due(guardian.engine, make_post(guardian)))
    except UserError as error:
        log.error("no mails: %s", error)


def one_pass(guardian: Guardian, metrics: Metrics) -> None:
    """One pass of the worker; what stands in its way is said loudly and the next one comes as usual."""
    try:
        report = run_pass(guardian.engine, Request(patient=True, tell=False))
    except PolicyProblems as error:
        log.error("no pass: the policy file is broken and no version was ever accepted: %s", error.problems[0])
        return
    except UserError as error:
        log.error("no pass: %s", error)
        return
    metrics.passed(report, guardian)
    if report.force.last_good:
        log.error("the policy file is broken; the last good version goes on: %s", report.force.problems[0])
    calendars, actions = report.run.summary["calendars"], report.run.summary["actions"]
    log.info(
        "pass %s: %d calendars, %d failed; %s", report.run.id, calendars["total"], len(calendars["failed"]), actions
    )
