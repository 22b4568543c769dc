"""Connections: one `httplib2.Http` per thread, since it is not thread-safe, closed when its thread ends.

A connection carries no trace of whom it was used for (no cookies, no cache, the token travels with each request), so the
people a thread serves one after the other share it; 1,000 mailboxes cost as many connections as there are threads.
"""

import threading
import weakref
from typing import Any
from weakref import WeakSet

import httplib2

from guardian.providers.google.auth import Bearer, SharedToken, TokenRequest
from guardian.providers.google.library import AuthorizedHttp
from guardian.providers.hosted import OnRequest
from guardian.providers.shared import is_loopback


class Connection:
    """One thread's `Http`. Redirects are not followed: the API has none, and a token must not travel."""

    def __init__(self, api_root: str, timeout: float) -> None:
        proxy = None if is_loopback(api_root) else httplib2.proxy_info_from_environment
        self.http = httplib2.Http(timeout=timeout, proxy_info=proxy)
        self.http.follow_redirects = False
        self._closer = weakref.finalize(self, httplib2.Http.close, self.http)

    def close(self) -> None:
        self._closer()


class Transport:
    """Hands out authorised connections."""

    def __init__(self, api_root: str, timeout: float, on_request: OnRequest) -> None:
        self._api_root = api_root
        self._timeout = timeout
        self._on_request = on_request
        self._here = threading.local()
        self._all: WeakSet[Connection] = WeakSet()
        self._lock = threading.Lock()

    def authorized(self, token: SharedToken) -> Any:
        """For this thread and this person. A 401 fetches a fresh token and sends once more: a refused request was not
        carried out."""
        transport = self._connection().http
        request = TokenRequest(transport, self._on_request)
        return AuthorizedHttp(Bearer(token, request), transport, max_refresh_attempts=1)

    def date(self, url: str) -> str:
        """The Date header of whatever is answered there."""
        response, _ = self._connection().http.request(url)
        return str(response.get("date", ""))

    def drop(self) -> None:
        """Forget this thread's connection: after half an answer it cannot be trusted."""
        found: Connection | None = getattr(self._here, "connection", None)
        if found is not None:
            del self._here.connection
            found.close()

    def close(self) -> None:
        """Close the connections of all threads; nobody may be using them."""
        with self._lock:
            connections = list(self._all)
        for connection in connections:
            connection.close()

    def _connection(self) -> Connection:
        found: Connection | None = getattr(self._here, "connection", None)
        if found is None:
            found = self._here.connection = Connection(self._api_root, self._timeout)
            with self._lock:
                self._all.add(found)
        return found
