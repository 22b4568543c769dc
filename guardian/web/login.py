"""Logging in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from guardian.engine.sessions import log_in, log_out
from guardian.engine.tokens import digest
from guardian.web import cookies
from guardian.web.access import In, known_caller, of_token
from guardian.web.html import own_path, page, to

router = APIRouter(include_in_schema=False)
Next = Annotated[str, Query(alias="next", max_length=4000)]
NextField = Annotated[str, Form(alias="next", max_length=4000)]


@router.get("/login")
def show(request: Request, target: Next = "/") -> Response:
    """How to log in here; leads on when that was done already."""
    where = own_path(target)
    if known_caller(request, None) is not None:
        return to(where)
    return page(request, "login.html", target=where, problem="")


@router.post("/login")
def by_token(
    request: Request, guardian: In, token: Annotated[str, Form(max_length=200)] = "", target: NextField = "/"
) -> Response:
    """With an API token."""
    where = own_path(target)
    found = guardian.store.registry.token(digest(token.strip()))
    if found is None:
        return page(request, "login.html", 401, target=where, problem="This is not the token of anybody.")
    who = of_token(guardian, found)
    secret = log_in(guardian.engine, who.actor, "by token", person=who.person, token=found.id)
    answer = to(where)
    cookies.give(answer, guardian.settings, cookies.SESSION, secret)
    return answer


@router.post("/logout")
def leave(request: Request, guardian: In) -> Response:
    """The session ends on the server too."""
    secret = cookies.session_secret(request, guardian.settings)
    who = known_caller(request, None)
    if secret and who:
        log_out(guardian.engine, secret, who.actor)
    answer = to("/login")
    cookies.take(answer, guardian.settings, cookies.SESSION)
    return answer
