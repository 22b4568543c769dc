"""Calls to the Calendar API: the service built once, reads repeated with patience, writes sent once."""

import json
from collections.abc import Callable
from typing import Any

import httplib2
from google.auth.exceptions import GoogleAuthError
from googleapiclient.errors import HttpError

from guardian.errors import AccessLost
from guardian.ports import Clock
from guardian.providers.google.auth import Tokens
from guardian.providers.google.config import GoogleConfig
from guardian.providers.google.errors import BROKEN, FAULTS, translate
from guardian.providers.google.keys import Key
from guardian.providers.google.library import build_from_document, get_static_doc
from guardian.providers.google.transport import Transport
from guardian.providers.hosted import OnRequest
from guardian.providers.refusals import Call
from guardian.providers.shared import Patience

Json = dict[str, Any]


class Client:
    """Thread-safe. `events` and `settings` make requests; `read` and `write` send them."""

    def __init__(
        self,
        config: GoogleConfig,
        key: Key,
        sleep: Callable[[float], None],
        now: Clock,
        on_request: OnRequest,
        patience: Patience,
    ) -> None:
        self.key = key
        self.config = config
        self._sleep = sleep
        self._now = now
        self._on_request = on_request
        self._patience = patience
        self._tokens = Tokens(key.credentials)
        self._transport = Transport(config.api_root, config.timeout, on_request)
        service = build_service(config.api_root)
        # Each call of these builds a new object of half a megabyte, so they are called once.
        self.events: Any = service.events()
        self.settings: Any = service.settings()

    def read(self, mailbox: str, name: str, request: Any, call: Call, scope: str | None = None) -> Json:
        """The answer to a request that changes nothing. Raises what `translate` says once patience has run out."""
        return self._patience.repeat(lambda: self._send(mailbox, name, request, call, scope), self._sleep)

    def write(self, mailbox: str, name: str, request: Any, *, event: bool, etag: str | None = None) -> Json:
        """The answer to a request that changes something, sent once by us (the HTTP library may send it a second time
        where the peer closed without an answer, which `If-Match` and chosen ids make harmless)."""
        if etag is not None:
            request.headers["If-Match"] = etag
        return self._send(mailbox, name, request, Call(write=True, event=event), None)

    def date(self) -> str:
        """The service's own time (the Date header), asked for without a token; empty where it does not answer."""
        try:
            return self._transport.date(self.config.api_root)
        except BROKEN:
            self._transport.drop()
            return ""

    def close(self) -> None:
        self._transport.close()

    def _send(self, mailbox: str, name: str, request: Any, call: Call, scope: str | None) -> Json:
        token = self._tokens.of(mailbox, scope or self.config.scope)
        try:
            answer = _an_object(request.execute(http=self._transport.authorized(token), num_retries=0))
        except FAULTS as error:
            if not isinstance(error, GoogleAuthError):
                self._on_request(name, error.status_code if isinstance(error, HttpError) else 0)
            if isinstance(error, BROKEN):
                self._transport.drop()
            found = translate(error, call, self._now())
            raise self._named(found, scope or self.config.scope) from error
        self._on_request(name, 200)
        return answer

    def _named(self, error: Exception, scope: str) -> Exception:
        """Say which scope and client an administrator has to look at, where the delegation is to blame."""
        if not isinstance(error, AccessLost) or "unauthorized_client" not in str(error):
            return error
        return AccessLost(
            f"{error}; in the admin console, under domain-wide delegation, client {self.key.client_id} needs exactly the "
            f"scope {scope} (a change takes up to 24 hours)"
        )


def _an_object(answer: Any) -> Json:
    """The decoded answer; nothing for an empty one. Raises ValueError for any other JSON."""
    if answer and not isinstance(answer, dict):
        raise ValueError("the answer is no object")
    return answer or {}


def build_service(api_root: str, name: str = "calendar", version: str = "v3") -> Any:
    """The API from the description that the library brings along, at `api_root`; no network."""
    text = get_static_doc(name, version)
    if text is None:
        raise AssertionError(f"the client library carries no description of the {name} API")
    document = json.loads(text)
    document["rootUrl"] = document["mtlsRootUrl"] = api_root
    return build_from_document(document, http=httplib2.Http())
