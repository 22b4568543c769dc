"""Calls to Microsoft Graph: reads repeated with patience, writes sent once, never to another host than the configured one."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2

from guardian.ports import Clock
from guardian.providers.hosted import OnRequest
from guardian.providers.outlook.auth import Tokens
from guardian.providers.outlook.config import PERMISSION_ACT, PERMISSION_READ, OutlookConfig, origin
from guardian.providers.outlook.credentials import Credential
from guardian.providers.outlook.errors import Answered, OutOfReach, refused, unanswered
from guardian.providers.outlook.fields import IMMUTABLE
from guardian.providers.outlook.roles import roles_in
from guardian.providers.outlook.transport import Gate, open_http
from guardian.providers.refusals import Call
from guardian.providers.shared import Patience

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `name` is what is told of it; `url` is whole; `prefer` comes besides the wish for immutable ids."""

    name: str
    method: str
    url: str
    params: Mapping[str, str] | None = None
    body: Json | None = None
    etag: str | None = None
    prefer: str = ""

    def headers(self, token: str) -> dict[str, str]:
        found = {
            "authorization": f"Bearer {token}",
            "prefer": f"{IMMUTABLE}, {self.prefer}" if self.prefer else IMMUTABLE,
            "client-request-id": str(uuid.uuid4()),
        }
        return found | ({"if-match": self.etag} if self.etag else {})


class Client:
    """Thread-safe. `date` is the `Date` header of Graph's last answer, empty before the first."""

    def __init__(
        self,
        config: OutlookConfig,
        credential: Credential,
        sleep: Callable[[float], None],
        now: Clock,
        on_request: OnRequest,
        patience: Patience,
    ) -> None:
        self.config = config
        self.credential = credential
        self.date = ""
        self.sleep = sleep
        self.patience = patience
        self._now = now
        self._on_request = on_request
        self._http = open_http(config)
        self._gate = Gate(config.in_flight)
        self.tokens = Tokens(config, credential, self._http, now, on_request)

    def url(self, mailbox: str, *path: str) -> str:
        """An address under this mailbox, every part quoted."""
        return "/".join([self.config.api, "users", quote(mailbox, safe="@"), *(quote(part, safe="") for part in path)])

    def is_ours(self, url: str) -> bool:
        """Whether a link of the service's leads where our token may go."""
        return origin(url) == origin(self.config.graph_root)

    def read(self, mailbox: str, ask: Ask, call: Call) -> Json:
        """The answer to a request that changes nothing. Raises what `errors` says once patience has run out."""
        return self.patience.repeat(lambda: self._send(mailbox, ask, call), self.sleep)

    def write(self, mailbox: str, ask: Ask, *, event: bool) -> Json:
        """The answer to a request that changes something, sent once."""
        return self._send(mailbox, ask, Call(write=True, event=event))

    def close(self) -> None:
        self._http.close()

    def _send(self, mailbox: str, ask: Ask, call: Call) -> Json:
        """A 401 fetches a fresh token and sends once more: a refused request was not carried out."""
        token = self.tokens.current()
        response = self._sent(mailbox, ask, call, token)
        if response.status_code == 401:
            token = self.tokens.instead_of(token)
            response = self._sent(mailbox, ask, call, token)
        if not response.is_success:
            raise _reach(refused(Answered.of(response, self._now()), call), call, token)
        return _object(response, call)

    def _sent(self, mailbox: str, ask: Ask, call: Call, token: str) -> httpx2.Response:
        status = 0
        try:
            with self._gate.through(mailbox):
                response = self._http.request(
                    ask.method, ask.url, params=ask.params, json=ask.body, headers=ask.headers(token)
                )
            status, self.date = response.status_code, response.headers.get("date", self.date)
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError) as error:
            raise unanswered(error, call) from error
        finally:
            self._on_request(ask.name, status)
        return response


def _reach(error: Exception, call: Call, token: str) -> Exception:
    """A 403 blames this mailbox alone where the token carries the permission, and everything where it does not. (Where
    Exchange grants the permission, with RBAC for Applications, no token shows it.)"""
    if not isinstance(error, OutOfReach):
        return error
    roles = roles_in(token)
    if PERMISSION_ACT in roles or (PERMISSION_READ in roles and not call.write):
        words = f"the mailbox is outside the scope that Exchange gives the app: add it there ({error})"
        return OutOfReach(words, credentials=False)
    needed = PERMISSION_ACT if call.write else f"{PERMISSION_ACT} (or {PERMISSION_READ}, to read only)"
    return OutOfReach(f"the app lacks {needed}, or Exchange's scope for the app leaves this mailbox out ({error})")


def _object(response: httpx2.Response, call: Call) -> Json:
    """The decoded answer; nothing for an empty one to a write."""
    if call.write and not response.content.strip():
        return {}
    try:
        found = response.json()
        if isinstance(found, dict):
            return found
        raise ValueError("the answer is no object")
    except ValueError as error:
        raise unanswered(error, call) from error
