"""The one place that decides who sees what and who may do what.

An installation token sees aggregates, enrolment and health with `read`, decisions without titles with `act`. A token bound
to a person sees what that person sees: their own, and aggregates of their own teams and of the organisation. `admin`
includes every scope and everybody.

Somebody who is logged in sees their own, the pages of people who named them a delegate, and the sums of the teams they are
in or lead. Operators see the health of all calendars and act on everybody's decisions, with a reason; auditors see
everybody's decisions and the journal and change nothing; neither sees a title that is not their own. Policy admins see what
is wrong with the policy. A missing right is 403; what a caller may not see does not exist for them: 404.
"""

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from guardian.bootstrap import Guardian
from guardian.engine.sessions import living_session
from guardian.engine.tokens import digest
from guardian.model.ledger import DecisionRow
from guardian.model.sessions import Session
from guardian.ports import Token
from guardian.web.cookies import session_secret
from guardian.web.problems import LoginNeeded, ProblemError, not_found
from guardian.web.standing import Role as Role
from guardian.web.standing import Standing, standing_of

GROUP = "person or team"
"""What a report is about, as a 404 names it."""


def guardian_of(request: Request) -> Guardian:
    guardian: Guardian = request.app.state.guardian
    return guardian


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `actor` is how the journal names them; `person` is None for installation tokens and admins. `browser`: they
    are logged in; somebody with a role need not be enrolled."""

    actor: str
    scopes: frozenset[str]
    person: str | None = None
    standing: Standing = field(default_factory=Standing)
    browser: bool = False

    # --- who it is

    @property
    def roles(self) -> frozenset[Role]:
        """None for API tokens."""
        return self.standing.roles

    @property
    def teams(self) -> frozenset[str]:
        """The teams the person is in."""
        return self.standing.teams

    @property
    def leads(self) -> frozenset[str]:
        """The teams the person owns."""
        return self.standing.leads

    @property
    def admin(self) -> bool:
        return "admin" in self.scopes

    @property
    def installation(self) -> bool:
        """A token that belongs to nobody."""
        return self.person is None

    # --- rights

    def has(self, scope: str) -> bool:
        return self.admin or scope in self.scopes

    def need(self, *scopes: str) -> None:
        """One of these; raises 403."""
        if not any(map(self.has, scopes)):
            wanted = " or ".join(f"'{scope}'" for scope in scopes)
            raise ProblemError(HTTPStatus.FORBIDDEN, f"this needs a token with scope {wanted}{_or_role(self)}")

    def need_right(self, given: bool, words: str) -> None:
        """Raises 403 with these words."""
        if not given:
            raise ProblemError(HTTPStatus.FORBIDDEN, words)

    @property
    def sees_decisions(self) -> bool:
        """People their own; an installation only where it may act on them."""
        return self.has("act") or (not self.installation and self.has("read"))

    @property
    def sees_decisions_of_all(self) -> bool:
        """Rules and times of everybody; titles are another question."""
        return (self.installation and self.has("act")) or bool(self.roles & {Role.OPERATOR, Role.AUDITOR})

    @property
    def acts_for_all(self) -> bool:
        """May veto, approve and take back what was decided about anybody, and whole passes."""
        return (self.installation and self.has("act")) or Role.OPERATOR in self.roles

    @property
    def sees_health_of_all(self) -> bool:
        """Enrolment and the state of every calendar."""
        return (self.installation and self.has("read")) or Role.OPERATOR in self.roles

    @property
    def sees_runs(self) -> bool:
        """What passes did, which is about everybody."""
        return (self.installation and self.has("read")) or bool(self.roles & {Role.OPERATOR, Role.AUDITOR})

    @property
    def sees_policy_faults(self) -> bool:
        """What is wrong with the policy on disk, and what its rules did to everybody together."""
        return self.installation or Role.POLICY_ADMIN in self.roles

    @property
    def sees_journal(self) -> bool:
        return self.admin or Role.AUDITOR in self.roles

    # --- what exists for the caller

    def sees_person(self, email: str) -> bool:
        """Everything about this person: their own, that of people who named them a delegate, for admins everybody's."""
        return self.admin or email == self.person or email in self.standing.principals

    def titles_of(self, email: str) -> bool:
        """Whether titles and organisers in this person's calendar are shown."""
        return self.sees_person(email)

    def sees_team(self, name: str) -> bool:
        """The sums of this team."""
        return self.admin or (self.installation and self.has("read")) or name in self.teams | self.leads

    def may_see(self, row: DecisionRow) -> bool:
        return self.sees_decisions_of_all or self.sees_person(row.decision.member)

    def may_act_on(self, row: DecisionRow) -> bool:
        return self.has("act") and (self.acts_for_all or row.decision.member == self.person)

    def must_explain(self, row: DecisionRow) -> bool:
        """Whoever is logged in and acts on somebody else's decision says why."""
        return self.browser and row.decision.member != self.person


def _or_role(caller: Caller) -> str:
    return ", or a role that includes it" if caller.browser else ""


# --- who asks ---------------------------------------------------------------------------------------------------------


def of_token(guardian: Guardian, token: Token, *, browser: bool = False) -> Caller:
    """The caller a token stands for."""
    person = None if "admin" in token.scopes else token.person
    known = standing_of(guardian, person) if person else Standing()
    standing = replace(known, roles=frozenset())  # a token has scopes, and sees no more than they say
    return Caller(f"token {token.name} ({token.id})", frozenset(token.scopes), person, standing, browser)


def of_session(guardian: Guardian, session: Session) -> Caller | None:
    """The caller a session stands for; None when its token was revoked or its person has no role any more."""
    if session.token is not None:
        token = guardian.store.registry.token_with_id(session.token)
        return of_token(guardian, token, browser=True) if token else None
    assert session.person is not None
    standing = standing_of(guardian, session.person)
    if not standing.roles:
        return None
    return Caller(session.person, standing.scopes, session.person, standing, browser=True)


def known_caller(request: Request, given: HTTPAuthorizationCredentials | None) -> Caller | None:
    """Whoever the request proves to come from. A token that is given decides, whatever cookie comes beside it."""
    guardian = guardian_of(request)
    if "authorization" in request.headers:
        token = guardian.store.registry.token(digest(given.credentials)) if given else None
        return of_token(guardian, token) if token else None
    secret = session_secret(request, guardian.settings)
    session = living_session(guardian.engine, secret) if secret else None
    return of_session(guardian, session) if session else None


bearer = HTTPBearer(scheme_name="token", description="made by `guardian token create`", auto_error=False)
cookie = APIKeyCookie(
    name="guardian",
    scheme_name="session",
    description="the dashboard's own; `__Host-guardian` behind https",
    auto_error=False,
)
Given = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def caller_of(request: Request, given: Given, _cookie: Annotated[str | None, Depends(cookie)]) -> Caller:
    """The living token or session of the request, else 401; unknown, revoked and missing ones are told alike."""
    caller = known_caller(request, given)
    if caller is None:
        raise ProblemError(
            HTTPStatus.UNAUTHORIZED,
            "give a token made by `guardian token create` as `Authorization: Bearer TOKEN`",
            {"WWW-Authenticate": "Bearer"},
        )
    return caller


def visitor_of(request: Request, given: Given) -> Caller:
    """Whoever looks at a page; leads to the login page without a living session."""
    caller = known_caller(request, given)
    if caller is None:
        raise LoginNeeded
    request.state.visitor = caller
    return caller


def reader_of(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    caller.need("read")
    return caller


def actor_of(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    caller.need("act")
    return caller


def witness_of(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    """Who may look at decisions: people at their own, an installation only where it may act on them."""
    caller.need(*(("act",) if caller.installation else ("read", "act")))
    return caller


def operator_of(caller: Annotated[Caller, Depends(reader_of)]) -> Caller:
    """Who may look at runs, which are about everybody."""
    caller.need_right(caller.sees_runs, NOT_OF_ONE_PERSON)
    return caller


def policy_reader_of(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    caller.need("read", "policy")
    return caller


def auditor_of(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    """Who may read the journal."""
    caller.need_right(caller.sees_journal, NOT_AN_AUDITOR)
    return caller


NOT_AN_AUDITOR = "the journal is for auditors, and for tokens with scope 'admin'"
NOT_OF_ONE_PERSON = "this needs a token of the installation, not of one person, or the role of an operator"

In = Annotated[Guardian, Depends(guardian_of)]
Visitor = Annotated[Caller, Depends(visitor_of)]
Reader = Annotated[Caller, Depends(reader_of)]
Actor = Annotated[Caller, Depends(actor_of)]
Witness = Annotated[Caller, Depends(witness_of)]
Operator = Annotated[Caller, Depends(operator_of)]
Auditor = Annotated[Caller, Depends(auditor_of)]
PolicyReader = Annotated[Caller, Depends(policy_reader_of)]


# --- things by their names --------------------------------------------------------------------------------------------


def check_scope(caller: Caller, scope: str) -> None:
    """Raises 404 for a report that this caller may not see; whether it can exist at all is found out later."""
    kind, _, name = scope.partition(":")
    seen = scope == "org" or (caller.sees_team(name) if kind == "team" else caller.sees_person(name))
    if not seen:
        raise not_found(GROUP)


def decision_for(caller: Caller, guardian: Guardian, decision_id: str) -> DecisionRow:
    """The decision, when the caller may see it; raises 404 otherwise."""
    row = guardian.store.ledger.decision(decision_id)
    if row is None or not caller.may_see(row):
        raise not_found("decision")
    return row


Reason = Annotated[
    str, Query(max_length=500, description="why; needed from somebody who is logged in and acts for somebody else")
]


def to_act_on(caller: Caller, guardian: Guardian, decision_id: str, reason: str) -> DecisionRow:
    """The decision, when the caller may act on it; the reason is journalled.

    Raises 404 where it does not exist for the caller, 403 where they may only look, 422 without a reason that is needed.
    """
    row = decision_for(caller, guardian, decision_id)
    caller.need_right(caller.may_act_on(row), "this is somebody else's decision: you may look at it, not change it")
    explained(caller, guardian, row.id, reason, needed=caller.must_explain(row))
    return row


def explained(caller: Caller, guardian: Guardian, key: str, reason: str, *, needed: bool) -> None:
    """Write down why somebody acts for somebody else; raises 422 without a reason that is needed."""
    words = " ".join(reason.split())
    if needed and not words:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "reason: say why you act for somebody else")
    if words:
        guardian.store.ledger.log(caller.actor, key, "reason given", words, guardian.engine.clock())
