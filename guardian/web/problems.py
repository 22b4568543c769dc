"""Every error has one shape for programs, `application/problem+json` (RFC 9457), and is a page for people."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from guardian.errors import InputError, NotReady, PolicyProblems, SettingsError
from guardian.web.html import error_page, to_login, wants_page

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
MEANINGS = {
    400: "what was asked makes no sense",
    401: "no living token or session",
    403: "the scopes or roles do not allow it",
    404: "not there, or not for this caller",
    409: "cannot be done as things stand",
    422: "a parameter is wrong",
    503: "not now; try again",
}
RETRY_AFTER = "30"
"""Seconds after which trying again may help."""

UNAVAILABLE = (
    "it cannot be done now: the database does not answer, another pass is under way, or a file is missing; try again"
)
"""Words for everybody; those inside may name hosts and paths and are for the log of the service."""


class Problem(BaseModel):
    """What went wrong, and what to do about it."""

    type: str = Field(description="kind of problem; always `about:blank`: the status says it")
    title: str = Field(description="the status in words")
    status: int = Field(description="the HTTP status")
    detail: str = Field(description="what to do about it")


class ProblemError(Exception):
    """Raised by routes; `headers` go out with the answer."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


class LoginNeeded(Exception):
    """Nobody is logged in, and the page is not for everybody."""


def not_found(what: str) -> ProblemError:
    """Also for what is there but not for this caller: nobody learns what exists by asking."""
    return ProblemError(HTTPStatus.NOT_FOUND, f"there is no such {what}")


@contextmanager
def conflicts() -> Iterator[None]:
    """What cannot be done as things stand is a conflict (409)."""
    try:
        yield
    except InputError as error:
        raise ProblemError(HTTPStatus.CONFLICT, str(error)) from error


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    body = Problem(type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(body.model_dump(), status, headers, media_type=MEDIA_TYPE)


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route in OpenAPI: these problems, and any other one."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    words: dict[int | str, str] = {status: MEANINGS[status] for status in statuses}
    words["default"] = "any other problem"
    return {key: {"description": text, "content": content} for key, text in words.items()}


def answer(request: Request, status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """A problem for programs, a page for people; who is not logged in is led to the login page."""
    if not wants_page(request.scope):
        return problem(status, detail, headers)
    if status == HTTPStatus.UNAUTHORIZED:
        return to_login(request)
    return error_page(request, status, detail, headers)


def add_handlers(app: FastAPI) -> None:
    """Turn every exception that is meant for the caller into a problem or a page."""

    @app.exception_handler(ProblemError)
    def raised(request: Request, error: ProblemError) -> Response:
        return answer(request, error.status, error.detail, error.headers)

    @app.exception_handler(LoginNeeded)
    def unknown(request: Request, _error: LoginNeeded) -> Response:
        return to_login(request)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        return answer(request, error.status_code, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        places = "; ".join(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in error.errors())
        return answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, places)

    @app.exception_handler(InputError)
    def asked_wrongly(request: Request, error: InputError) -> Response:
        return answer(request, HTTPStatus.BAD_REQUEST, str(error))

    @app.exception_handler(NotReady)
    @app.exception_handler(SettingsError)
    @app.exception_handler(PolicyProblems)
    def not_ready(request: Request, error: Exception) -> Response:
        log.warning("not ready to answer: %s", error)
        return answer(request, HTTPStatus.SERVICE_UNAVAILABLE, UNAVAILABLE, {"Retry-After": RETRY_AFTER})
