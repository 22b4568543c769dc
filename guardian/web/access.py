"""The one place that decides who sees what and who may do what.

An installation token sees aggregates, enrolment and health with `read`, decisions without titles with `act`. A token bound
to a person sees what that person sees: their own, and aggregates of their own teams and of the organisation. `admin`
includes every scope and everybody. A missing scope is 403; what a caller may not see does not exist for them: 404.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from guardian.bootstrap import Guardian
from guardian.engine.people import members
from guardian.engine.tokens import digest
from guardian.model.ledger import DecisionRow
from guardian.ports import Token
from guardian.web.problems import ProblemError, not_found

GROUP = "person or team"
"""What a report is about, as a 404 names it."""


def guardian_of(request: Request) -> Guardian:
    guardian: Guardian = request.app.state.guardian
    return guardian


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks."""

    token: Token

    @property
    def admin(self) -> bool:
        return "admin" in self.token.scopes

    @property
    def person(self) -> str | None:
        """Whose eyes the caller has; None for installation tokens and admins."""
        return None if self.admin else self.token.person

    @property
    def actor(self) -> str:
        """How the audit names the caller."""
        return f"token {self.token.name} ({self.token.id})"

    def has(self, scope: str) -> bool:
        return self.admin or scope in self.token.scopes

    def need(self, *scopes: str) -> None:
        """One of these; raises 403."""
        if not any(map(self.has, scopes)):
            wanted = " or ".join(f"'{scope}'" for scope in scopes)
            raise ProblemError(HTTPStatus.FORBIDDEN, f"this needs a token with scope {wanted}")

    def need_installation(self) -> None:
        if self.person is not None:
            raise ProblemError(HTTPStatus.FORBIDDEN, "this needs a token of the installation, not of one person")

    @property
    def titles(self) -> bool:
        """Whether titles and organisers are shown: to the person themselves and to admins."""
        return self.admin or self.person is not None

    def may_see(self, row: DecisionRow) -> bool:
        return self.person in (None, row.decision.member)


bearer = HTTPBearer(scheme_name="token", description="made by `guardian token create`", auto_error=False)
Given = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def caller_of(request: Request, given: Given) -> Caller:
    """The living token of the request, else 401; unknown, revoked and missing ones are told alike."""
    token = guardian_of(request).store.registry.token(digest(given.credentials)) if given else None
    if token is None:
        raise ProblemError(
            HTTPStatus.UNAUTHORIZED,
            "give a token made by `guardian token create` as `Authorization: Bearer TOKEN`",
            {"WWW-Authenticate": "Bearer"},
        )
    return Caller(token)


def reader_of(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    caller.need("read")
    return caller


def actor_of(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    caller.need("act")
    return caller


def witness_of(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    """Who may look at decisions: people at their own, an installation only where it may act on them."""
    caller.need(*(("act",) if caller.person is None else ("read", "act")))
    return caller


def operator_of(caller: Annotated[Caller, Depends(reader_of)]) -> Caller:
    """Who may look at runs, which are about everybody."""
    caller.need_installation()
    return caller


def policy_reader_of(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    caller.need("read", "policy")
    return caller


In = Annotated[Guardian, Depends(guardian_of)]
Reader = Annotated[Caller, Depends(reader_of)]
Actor = Annotated[Caller, Depends(actor_of)]
Witness = Annotated[Caller, Depends(witness_of)]
Operator = Annotated[Caller, Depends(operator_of)]
PolicyReader = Annotated[Caller, Depends(policy_reader_of)]


def check_scope(caller: Caller, guardian: Guardian, scope: str) -> None:
    """Raises 404 for a report that this caller may not see; whether it can exist at all is found out later."""
    kind, _, name = scope.partition(":")
    if caller.admin or scope == "org":
        return
    if kind == "team" and (caller.person is None or name in _own_teams(guardian, caller.person)):
        return
    if kind == "person" and name == caller.person:
        return
    raise not_found(GROUP)


def _own_teams(guardian: Guardian, email: str) -> tuple[str, ...]:
    member = members(guardian.engine).get(email)
    return member.teams if member else ()


def decision_for(caller: Caller, guardian: Guardian, decision_id: str) -> DecisionRow:
    """The decision, when the caller may see it; raises 404 otherwise."""
    row = guardian.store.ledger.decision(decision_id)
    if row is None or not caller.may_see(row):
        raise not_found("decision")
    return row
