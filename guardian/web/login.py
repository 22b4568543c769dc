"""Logging in and out: by the identity provider, by an API token where there is none, by choice in the demo."""

import logging
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from guardian.bootstrap import Guardian
from guardian.engine.house import enrolled
from guardian.engine.people import leads
from guardian.engine.sessions import come_back, log_in, log_out, set_out
from guardian.engine.tokens import digest
from guardian.settings import words_of
from guardian.web import cookies
from guardian.web.access import In, known_caller, of_token
from guardian.web.attempts import Attempts, source_of
from guardian.web.doors import Doors
from guardian.web.html import own_path, page, to
from guardian.web.login_faults import LoginFault
from guardian.web.problems import RETRY_AFTER, not_found
from guardian.web.standing import standing_of

log = logging.getLogger(__name__)

router = APIRouter(include_in_schema=False)
Target = Annotated[str, Query(alias="next", max_length=4000)]
TargetField = Annotated[str, Form(alias="next", max_length=4000)]

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@router.get("/login")
def show(request: Request, guardian: In, target: Target = "/") -> Response:
    """How to log in here; leads on when that was done already."""
    where = own_path(target)
    return to(where) if known_caller(request, None) is not None else _form(request, guardian, where)


@router.post("/login")
def by_token(
    request: Request, guardian: In, token: Annotated[str, Form(max_length=200)] = "", target: TargetField = "/"
) -> Response:
    """With an API token; where people have an identity provider they use that."""
    doors = _doors(request)
    if doors.provider(guardian) is not None:
        raise not_found("way to log in")
    source, now = source_of(request), guardian.engine.clock()
    if doors.wrong_tokens.exhausted(source, now):
        return _failed(request, LoginFault.too_many())
    where, found = own_path(target), guardian.store.registry.token(digest(token.strip()))
    if found is None:
        doors.wrong_tokens.note(source, now)
        return _form(request, guardian, where, "There is no such token, or it was revoked.")
    who = of_token(guardian, found)
    return _let_in(request, guardian, where, who.actor, "by API token", person=who.person, token=found.id)


@router.get("/login/provider")
def set_off(request: Request, guardian: In, target: Target = "/") -> Response:
    """To the identity provider."""
    try:
        provider = _doors(request).provider(guardian)
        if provider is None:
            raise not_found("way to log in")
        _no_more_than(_doors(request).departures, request, guardian)
        left = provider.depart(own_path(target))
    except LoginFault as fault:
        return _failed(request, fault)
    answer = RedirectResponse(left.url, HTTPStatus.SEE_OTHER)
    cookies.give(answer, guardian.settings, cookies.ON_THE_WAY, set_out(guardian.engine, left.detail))
    return answer


@router.get("/login/callback")
def by_provider(request: Request, guardian: In) -> Response:
    """Back from the identity provider."""
    try:
        provider = _doors(request).provider(guardian)
        if provider is None:
            raise not_found("way to log in")
        secret = cookies.login_secret(request, guardian.settings)
        detail = come_back(guardian.engine, secret) if secret else None
        if detail is None:
            raise LoginFault.stale()
        email = provider.arrive(detail, request.query_params)
        if not standing_of(guardian, email).roles:
            raise LoginFault.nobody()
    except LoginFault as fault:
        return _failed(request, fault)
    answer = _let_in(request, guardian, own_path(detail["target"]), email, "by identity provider", person=email)
    cookies.take(answer, guardian.settings, cookies.ON_THE_WAY)
    return answer


@router.post("/login/demo")
def by_choice(
    request: Request, guardian: In, person: Annotated[str, Form(max_length=400)], target: TargetField = "/"
) -> Response:
    """As anybody, in the demo on this very machine only."""
    if not _doors(request).demo:
        raise not_found("way to log in")
    if not _asked_by_loopback_name(request):
        return _failed(request, LoginFault.not_loopback())
    if not standing_of(guardian, person).roles:
        return _failed(request, LoginFault.nobody())
    return _let_in(request, guardian, own_path(target), person, "demo, without any proof", person=person)


@router.post("/logout")
def leave(request: Request, guardian: In) -> Response:
    """The session ends on the server too."""
    _end(request, guardian)
    answer = to("/login")
    cookies.take(answer, guardian.settings, cookies.SESSION)
    return answer


def _asked_by_loopback_name(request: Request) -> bool:
    """A foreign name that leads here is somebody else's page that wants to be one of us (DNS rebinding)."""
    try:
        return urlsplit(f"//{request.headers.get('host', '')}").hostname in LOOPBACK
    except ValueError:
        return False


def _doors(request: Request) -> Doors:
    doors: Doors = request.app.state.doors
    return doors


def _form(request: Request, guardian: Guardian, target: str, problem: str = "") -> Response:
    doors = _doors(request)
    try:
        by_identity = doors.provider(guardian) is not None
    except LoginFault as fault:
        return _failed(request, fault)
    people = _choice(guardian) if doors.demo else []
    status = HTTPStatus.UNAUTHORIZED if problem else HTTPStatus.OK
    return page(request, "login.html", status, target=target, problem=problem, provider=by_identity, people=people)


def _choice(guardian: Guardian) -> list[tuple[str, str, str]]:
    """Address, name and roles of everybody who can be chosen in the demo; those with more to see first."""
    roles = guardian.settings.roles
    named = [
        *words_of(roles.operators),
        *words_of(roles.policy_admins),
        *words_of(roles.auditors),
        *leads(guardian.engine),
    ]
    names = dict.fromkeys(named, "") | {person.email: person.name for person in enrolled(guardian.engine)}
    found = [(email, name, standing_of(guardian, email).roles) for email, name in names.items()]
    ordered = sorted(found, key=lambda one: (one[2] == {"person"}, one[0]))
    return [(email, name, ", ".join(sorted(role.words for role in held))) for email, name, held in ordered]


def _no_more_than(attempts: Attempts, request: Request, guardian: Guardian) -> None:
    source, now = source_of(request), guardian.engine.clock()
    if attempts.exhausted(source, now):
        raise LoginFault.too_many()
    attempts.note(source, now)


def _let_in(
    request: Request,
    guardian: Guardian,
    target: str,
    who: str,
    how: str,
    *,
    person: str | None,
    token: str | None = None,
) -> Response:
    """A new session, whatever cookie the browser had before: that one ends."""
    _end(request, guardian)
    answer = to(target)
    secret = log_in(guardian.engine, who, how, person=person, token=token)
    cookies.give(answer, guardian.settings, cookies.SESSION, secret)
    return answer


def _end(request: Request, guardian: Guardian) -> None:
    secret = cookies.session_secret(request, guardian.settings)
    who = known_caller(request, None)
    if secret is not None and who is not None:
        log_out(guardian.engine, secret, who.actor)


def _failed(request: Request, fault: LoginFault) -> Response:
    log.warning("a login failed: %s", fault)
    retry = {"Retry-After": RETRY_AFTER} if fault.status in (429, 503) else {}
    return page(request, "login_failed.html", fault.status, retry, fault=fault)
