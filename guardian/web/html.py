"""HTML answers: templates that escape everything, and headers that let a page do nothing but show itself."""

from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Scope

from guardian.web.sheet import sheet_path
from guardian.web.words import FILTERS, GLOBALS

PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",  # with `no-referrer` browsers would hide the origin of our own forms
}
FOR_PROGRAMS = ("/api/", "/webhooks/", "/healthz", "/readyz", "/metrics", "/openapi.json")
"""Never answered with a page."""

LONGEST_PATH = 2000
TEMPLATES = Path(__file__).with_name("templates")


@lru_cache(maxsize=1)
def templates() -> Environment:
    """Everything is escaped and nothing may be left out; nothing from outside ever becomes a template."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    made.globals.update(GLOBALS)
    return made


def page(
    request: Request,
    template: str,
    status: int = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """A template as an answer; it also knows `visitor` (the Caller, None for nobody), the `path` that was asked for, and
    where the style `sheet` is."""
    known = {"visitor": getattr(request.state, "visitor", None), "path": request.url.path, "sheet": sheet_path()}
    text = templates().get_template(template).render(known | values)
    return HTMLResponse(text, status, {**PAGE_HEADERS, **(headers or {})})


def wants_page(scope: Scope) -> bool:
    """Whether whoever asks is a person with a browser."""
    return not scope["path"].startswith(FOR_PROGRAMS) and "text/html" in Headers(scope=scope).get("accept", "")


def error_page(request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """A page that says what went wrong and what to do about it."""
    return page(request, "error.html", status, headers, title=HTTPStatus(status).phrase, detail=detail)


def to(path: str) -> RedirectResponse:
    """Go on to another page of ours."""
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


def to_login(request: Request) -> Response:
    """To the login page, and back to this one afterwards."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = own_path(wanted) if request.method in ("GET", "HEAD") else "/"
    return to("/login" if back == "/" else f"/login?next={quote(back, safe='')}")


def own_path(text: str) -> str:
    """The text, where it leads to a page of this very service, else the first page.

    Browsers take `//host`, `/\\host` and what tabs and line breaks make of these for other places.
    """
    plain = len(text) <= LONGEST_PATH and text.isascii() and text.isprintable() and "\\" not in text
    if not plain or not text.startswith("/") or text.startswith("//"):
        return "/"
    parts = urlsplit(text)
    leads_out = parts.scheme or parts.netloc or parts.path.startswith(("/login", "/logout"))
    return "/" if leads_out else text
