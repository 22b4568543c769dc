"""The one place that decides who sees what and who may do what.

An installation token sees aggregates, enrolment and health; with `act` also decisions, without titles. A token bound to
a person sees what that person sees: their own, and aggregates of their own teams and of the organisation. `admin`
includes every scope and everybody. What a caller may not see does not exist for them.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request

from guardian.bootstrap import Guardian
from guardian.engine.people import members
from guardian.engine.tokens import digest
from guardian.model.ledger import DecisionRow
from guardian.ports import Token
from guardian.web.problems import ProblemError, not_found


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

    def need(self, scope: str) -> None:
        if not self.has(scope):
            raise ProblemError(HTTPStatus.FORBIDDEN, f"this needs a token with scope '{scope}'")

    def need_installation(self) -> None:
        if self.person is not None:
            raise ProblemError(HTTPStatus.FORBIDDEN, "this needs a token of the installation, not of one person")

    @property
    def titles(self) -> bool:
        """Whether titles and organisers are shown: to the person themselves and to admins."""
        return self.admin or self.person is not None

    def may_see(self, row: DecisionRow) -> bool:
        if self.person is not None:
            return row.decision.member == self.person
        return self.has("act")


def caller_of(request: Request) -> Caller:
    """The living token of the request, else 401."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    token = guardian_of(request).store.registry.token(digest(secret)) if scheme.lower() == "bearer" and secret else None
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


In = Annotated[Guardian, Depends(guardian_of)]
Reader = Annotated[Caller, Depends(reader_of)]
Actor = Annotated[Caller, Depends(actor_of)]


def report_scope(caller: Caller, guardian: Guardian, scope: str) -> str:
    """The scope, when the caller may see it; raises 404 otherwise."""
    kind, _, name = scope.partition(":")
    if caller.admin or scope == "org":
        return scope
    if kind == "team" and (caller.person is None or name in _own_teams(guardian, caller.person)):
        return scope
    if kind == "person" and caller.person is not None and name.lower() == caller.person:
        return scope.lower()
    raise not_found("person or team")


def _own_teams(guardian: Guardian, email: str) -> tuple[str, ...]:
    member = members(guardian.engine).get(email)
    return member.teams if member else ()


def decision_for(caller: Caller, guardian: Guardian, decision_id: str) -> DecisionRow:
    """The decision, when the caller may see it; raises 404 otherwise."""
    row = guardian.store.ledger.decision(decision_id)
    if row is None or not caller.may_see(row):
        raise not_found("decision")
    return row
