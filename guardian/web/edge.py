"""The edge: what holds for every request and every answer, whatever the route."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from guardian.web.problems import answer

log = logging.getLogger(__name__)

MOST_BODY = 64 * 1024
"""Bytes a request may bring; forms need a few hundred."""
TOO_LARGE = f"a request may bring {MOST_BODY} bytes at most"

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Edge:
    """Refuses large bodies before anything is done, hides what failed inside, and adds careful headers.

    Nothing here or behind looks at the Host header, and there is no leave for other origins (no CORS).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reply = _Reply(send)
        try:
            await self._answer(scope, receive, reply)
        except Exception:
            log.exception("%s %r failed unexpectedly", scope["method"], scope["path"])
            if reply.started:
                raise
            words = "an unexpected fault; the log of the service has the details"
            await answer(Request(scope), HTTPStatus.INTERNAL_SERVER_ERROR, words)(scope, receive, reply)

    async def _answer(self, scope: Scope, receive: Receive, reply: Send) -> None:
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or int(length.lstrip("0")[:20] or 0) > MOST_BODY:
            refused = answer(Request(scope), HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE, {"Connection": "close"})
            await refused(scope, receive, reply)
            return
        await self._app(scope, _Body(receive), reply)


class _Body:
    """Counts what comes in, for requests that do not say beforehand how much it will be."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._size = receive, 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._size > MOST_BODY:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE, {"Connection": "close"})
        return message


class _Reply:
    """Sends on, with the headers that every answer has."""

    def __init__(self, send: Send) -> None:
        self._send, self.started = send, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)
