"""The HTTP interface put together."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response

from guardian import __version__
from guardian.bootstrap import Guardian
from guardian.web import health
from guardian.web.api import decisions, people, policy, reports
from guardian.web.metrics import Metrics
from guardian.web.problems import Problem, add_handlers

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
ERRORS: dict[int | str, dict[str, object]] = {
    code: {"model": Problem, "content": {"application/problem+json": {}}} for code in (400, 401, 403, 404, 422)
}


def create_app(guardian: Guardian | None, metrics: Metrics | None = None) -> FastAPI:
    """The application; without a guardian it can only describe itself (for OpenAPI)."""
    app = FastAPI(
        title="Calendar guardian",
        version=__version__,
        description="Reports, decisions and health of a calendar guardian. Times are RFC 3339 in UTC.",
    )
    app.state.guardian, app.state.metrics = guardian, metrics or Metrics()
    add_handlers(app)
    app.include_router(health.router)
    for room in (reports, decisions, people, policy):
        app.include_router(room.router, responses=ERRORS)
    app.middleware("http")(_careful_headers)
    return app


async def _careful_headers(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await answer(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
