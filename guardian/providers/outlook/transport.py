"""One pool of connections for Graph and sign-in, and the limits on how many requests are in flight."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from guardian.errors import SettingsError
from guardian.providers.outlook.config import MOST_PER_MAILBOX, OutlookConfig
from guardian.providers.shared import is_loopback


def open_http(config: OutlookConfig) -> httpx2.Client:
    """Proxies come from the environment, but for loopback. Redirects are not followed: a token must not travel."""
    return httpx2.Client(
        verify=trust(config.ca_file),
        trust_env=not is_loopback(config.graph_root),
        follow_redirects=False,
        timeout=httpx2.Timeout(config.timeout, pool=None),
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=config.in_flight),
    )


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """The usual authorities and, where given, one more; then the environment's CA variables have no say: they would put
    their own file in place of the configured one. Raises SettingsError."""
    context = httpx2.create_ssl_context(trust_env=ca_file is None)
    if ca_file is None:
        return context
    try:
        context.load_verify_locations(ca_file)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"GUARDIAN_OUTLOOK__CA_FILE: cannot use {ca_file} ({error.strerror or error}); name a PEM file"
        ) from error
    return context


class Gate:
    """At most two requests in flight per mailbox, and so many over all."""

    def __init__(self, in_flight: int) -> None:
        self._all = threading.BoundedSemaphore(in_flight)
        self._lock = threading.Lock()
        self._boxes: dict[str, threading.BoundedSemaphore] = {}

    @contextmanager
    def through(self, mailbox: str) -> Iterator[None]:
        with self._box(mailbox), self._all:
            yield

    def _box(self, mailbox: str) -> threading.BoundedSemaphore:
        with self._lock:
            found = self._boxes.get(mailbox)
            if found is None:
                found = self._boxes[mailbox] = threading.BoundedSemaphore(MOST_PER_MAILBOX)
            return found
