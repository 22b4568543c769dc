"""No other site changes anything here in the name of somebody who is logged in (cross-site request forgery).

Browsers say of every request that changes something where it comes from: `Sec-Fetch-Site`, or at least `Origin`. Programs say
neither, and have no cookie that somebody else could make them send.
"""

from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from guardian.web.problems import answer

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN_PROOF = ("/mail/stop/", "/webhooks/")
"""Under these the address or the body itself proves the right to ask; mail programs and calendar services call them."""

WORDS = "this was sent by another site in your name, and nothing was done; go to the page itself and try again there"


class SameOrigin:
    """Refuses what changes something and comes from another site. A bearer token is proof enough: no site can add one."""

    def __init__(self, app: ASGIApp, public_url: str | None) -> None:
        self._app = app
        self._public = urlsplit(public_url or "").netloc.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._welcome(scope):
            await answer(Request(scope), HTTPStatus.FORBIDDEN, WORDS)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _welcome(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        if scope["method"] in SAFE or "authorization" in headers or scope["path"].startswith(OWN_PROOF):
            return True
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in ("same-origin", "none")
        origin = headers.get("origin")
        return origin is None or self._is_ours(origin, headers.get("host", ""))

    def _is_ours(self, origin: str, host: str) -> bool:
        try:
            netloc = urlsplit(origin).netloc.lower()
        except ValueError:
            return False
        return bool(netloc) and netloc in (host.lower(), self._public)
