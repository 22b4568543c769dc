"""The HTTP interface put together."""

from typing import Any

from fastapi import FastAPI

from guardian import __version__
from guardian.bootstrap import Guardian
from guardian.web import assets, docs, health, login, mail
from guardian.web.api import decisions, journal, people, policy, reports
from guardian.web.doors import Doors
from guardian.web.edge import Edge
from guardian.web.metrics import Metrics
from guardian.web.origin import SameOrigin
from guardian.web.pages import rooms
from guardian.web.problems import Problem, add_handlers

DESCRIPTION = """\
Reports, decisions and health of a calendar guardian. Times are RFC 3339 in UTC. Every error is application/problem+json. \
Lists come in pages: give `next` as `cursor` for the following one."""


class Interface(FastAPI):
    """The application; its description knows the shape of every error."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            schemas = super().openapi().setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = Problem.model_json_schema()
        assert self.openapi_schema is not None
        return self.openapi_schema


def create_app(guardian: Guardian | None, metrics: Metrics | None = None, *, demo: bool = False) -> FastAPI:
    """The application; without a guardian it can only describe itself (for OpenAPI). `demo`: everybody may log in as anybody."""
    app = Interface(
        title="Calendar guardian",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.guardian, app.state.metrics, app.state.doors = guardian, metrics or Metrics(), Doors(demo=demo)
    add_handlers(app)
    for room in (health, docs, login, mail, assets, reports, decisions, people, policy, journal, *rooms()):
        app.include_router(room.router)
    app.add_middleware(SameOrigin, public_url=guardian.settings.public_url if guardian else None)
    app.add_middleware(Edge)
    return app
