"""Tokens: one per person and purpose, fetched once however many threads ask, and carried by google-auth."""

import http.client
from collections.abc import MutableMapping
from threading import Lock
from typing import Any

import httplib2
from google.auth import exceptions

from guardian.providers.google.library import AuthRequest, TransportError
from guardian.providers.hosted import OnRequest


class TokenRequest:
    """How google-auth reaches the token service.

    Left to itself google-auth repeats a call on 429 and 5xx and sleeps in between; here one refusal ends the call as a
    TransportError, so that the one back-off of the client decides.
    """

    def __init__(self, transport: httplib2.Http, on_request: OnRequest) -> None:
        self._ask = AuthRequest(transport)
        self._on_request = on_request

    def __call__(self, url: str, *args: Any, **kwargs: Any) -> Any:
        try:
            response = self._ask(url, *args, **kwargs)
        except (OSError, exceptions.TransportError) as error:
            self._on_request("token", 0)
            raise TransportError(f"{type(error).__name__}: {error}") from error
        self._on_request("token", response.status)
        if response.status >= http.client.INTERNAL_SERVER_ERROR or response.status == http.client.TOO_MANY_REQUESTS:
            raise TransportError(f"status {response.status}")
        return response


class SharedToken:
    """The token of one person for one purpose, behind a lock: google-auth itself has none, and eight threads with one
    cold credential made seven token calls."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials
        self._lock = Lock()

    def current(self, request: TokenRequest) -> str:
        """A token that is good for a while yet."""
        with self._lock:
            if not self._credentials.valid:
                self._credentials.refresh(request)
            return str(self._credentials.token)

    def instead_of(self, refused: str | None, request: TokenRequest) -> None:
        """Make sure the current token is not `refused`; another thread may have seen to it already."""
        with self._lock:
            if self._credentials.token == refused:
                self._credentials.refresh(request)


class Bearer:
    """What `AuthorizedHttp` sees as credentials: the shared token, and which one this request went out with.

    The library's own `before_request` is left out: it would start a background thread per person that looks for a
    regional endpoint, which delegated tokens never have.
    """

    def __init__(self, token: SharedToken, request: TokenRequest) -> None:
        self._token = token
        self._request = request
        self._used: str | None = None

    def before_request(self, _request: Any, _method: str, _url: str, headers: MutableMapping[str, str]) -> None:
        self._used = self._token.current(self._request)
        headers["authorization"] = f"Bearer {self._used}"

    def refresh(self, _request: Any) -> None:
        self._token.instead_of(self._used, self._request)


class Tokens:
    """All shared tokens of the provider."""

    def __init__(self, base: Any) -> None:
        self._base = base
        self._lock = Lock()
        self._known: dict[tuple[str, str], SharedToken] = {}

    def of(self, mailbox: str, scope: str) -> SharedToken:
        with self._lock:
            found = self._known.get((mailbox, scope))
            if found is None:
                credentials = self._base.with_scopes([scope]).with_subject(mailbox)
                found = self._known[mailbox, scope] = SharedToken(credentials)
            return found
