"""`guardian serve`: the HTTP interface and, beside it, the worker that makes the passes."""

import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from guardian.bootstrap import Guardian, open_guardian
from guardian.engine.cycle import Request, run_pass
from guardian.errors import NotReady, PolicyProblems, UserError
from guardian.jobs.inline import InlineWorker
from guardian.web.app import create_app
from guardian.web.metrics import Metrics

log = logging.getLogger("guardian")


def run_server(host: str, port: int, *, worker: bool) -> None:
    """Serve until interrupted; raises NotReady when the port is taken."""
    metrics = Metrics()
    with open_guardian(on_request=metrics.request) as guardian:
        serve_with_worker(guardian, metrics, host, port, worker=worker)


def serve_with_worker(guardian: Guardian, metrics: Metrics, host: str, port: int, *, worker: bool) -> None:
    """As `run_server`, on a guardian that is open already."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that a stop from outside ends as tidily as Ctrl-C
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("googleapiclient").setLevel(logging.ERROR)
    with _worker(guardian, metrics, wanted=worker):
        serve_app(guardian, metrics, host, port)


def serve_app(guardian: Guardian, metrics: Metrics, host: str, port: int) -> None:
    """The HTTP part alone, on a socket of its own so that a taken port is a clear message."""
    with listening(host, port) as (bound, address):
        sys.stderr.write(f"guardian: listening on http://{address[0]}:{address[1]}\n")
        config = uvicorn.Config(
            create_app(guardian, metrics), log_level="warning", access_log=False, server_header=False
        )
        uvicorn.Server(config).run(sockets=[bound])


@contextmanager
def listening(host: str, port: int) -> Iterator[tuple[socket.socket, tuple[str, int]]]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, port))
        except OSError as error:
            raise NotReady(f"cannot listen on {host}:{port}: {error.strerror}; choose another --port") from error
        yield bound, bound.getsockname()[:2]


@contextmanager
def _worker(guardian: Guardian, metrics: Metrics, *, wanted: bool) -> Iterator[None]:
    worker = InlineWorker(lambda: one_pass(guardian, metrics), guardian.settings.poll_interval)
    if wanted:
        worker.start()
    try:
        yield
    finally:
        worker.stop()


def one_pass(guardian: Guardian, metrics: Metrics) -> None:
    """One pass of the worker; what stands in its way is said loudly and the next one comes as usual."""
    try:
        report = run_pass(guardian.engine, Request(patient=True))
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
