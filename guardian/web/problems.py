"""Every error of the HTTP interface has one shape: `application/problem+json` (RFC 9457)."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from guardian.errors import InputError, NotReady, PolicyProblems, SettingsError


class Problem(BaseModel):
    """What went wrong, and what to do about it."""

    type: str = Field("about:blank", description="kind of problem")
    title: str = Field(description="the status in words")
    status: int = Field(description="the HTTP status")
    detail: str = Field("", description="what to do about it")


class ProblemError(Exception):
    """Raised by routes; `headers` go out with the answer."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


def not_found(what: str) -> ProblemError:
    """Also for what is there but not for this caller: nobody learns what exists by asking."""
    return ProblemError(HTTPStatus.NOT_FOUND, f"there is no such {what}")


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    body = Problem(type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(body.model_dump(), status, headers, media_type="application/problem+json")


def add_handlers(app: FastAPI) -> None:
    """Turn every exception into a problem."""

    @app.exception_handler(ProblemError)
    def raised(_request: Request, error: ProblemError) -> JSONResponse:
        return problem(error.status, error.detail, error.headers)

    @app.exception_handler(HTTPException)
    def http(_request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        places = "; ".join(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in error.errors())
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, places)

    @app.exception_handler(InputError)
    def asked_wrongly(_request: Request, error: InputError) -> JSONResponse:
        return problem(HTTPStatus.BAD_REQUEST, str(error))

    @app.exception_handler(NotReady)
    @app.exception_handler(SettingsError)
    @app.exception_handler(PolicyProblems)
    def not_ready(_request: Request, error: Exception) -> JSONResponse:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))

    @app.exception_handler(Exception)
    def unexpected(_request: Request, _error: Exception) -> JSONResponse:
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "an unexpected fault; the log of the service has the details")
