"""The town with its HTTP interface: tokens of every kind, and somebody else's things nobody may learn of.

Ana and Ben have meetings whose titles, organisers and guests carry the word CANARY. Six people are in team `core`, two in team
`edge`; everybody has a week of numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from guardian.bootstrap import Guardian
from guardian.engine.people import members
from guardian.engine.rollup import refresh_groups
from guardian.engine.sessions import log_in
from guardian.engine.tokens import create_token
from guardian.model.people import Person
from guardian.settings import RoleSettings, Settings
from guardian.web.app import create_app
from guardian.web.cookies import SESSION, cookie_name
from guardian.web.metrics import Metrics
from tests.engine.policies import policy
from tests.engine.town import ANA, BEN, Town, at, town
from tests.store_world import person_week

CANARY = "canary"
STRANGER = f"{CANARY}@client.example"
CROWD = tuple(f"p{number}@acme.example" for number in range(8))
CORE, EDGE = (ANA, *CROWD[:5]), (BEN, CROWD[5])
WEEK = "2026-W46"
SPAN = "from=2026-11-09&to=2026-11-16"

TEAMS = f"teams:\n  core: {{members: [{', '.join(CORE)}]}}\n  edge: {{members: [{', '.join(EDGE)}]}}\n"
RULES = policy(hold="10m")
LEAD, POLICY_ADMIN, OPERATOR, AUDITOR = (f"{name}@acme.example" for name in ("lea", "pia", "olga", "aud"))
LED = TEAMS.replace("]}\n  edge", f"], owners: [{LEAD}]}}\n  edge")
"""The teams with a lead of core, who is not enrolled."""
ROLES = RoleSettings(policy_admins=POLICY_ADMIN, operators=f"{OPERATOR}, other@acme.example", auditors=AUDITOR)

TOKENS: Mapping[str, tuple[Sequence[str], str | None]] = {
    "read": (["read"], None),
    "act": (["act"], None),
    "policy": (["policy"], None),
    "admin": (["admin"], None),
    "person": (["read", "act"], ANA),
    "person reading": (["read"], ANA),
}


@dataclass
class Web:
    """The running interface. `secrets` are the tokens by the name of `TOKENS`, and one that is revoked."""

    town: Town
    guardian: Guardian
    metrics: Metrics
    app: FastAPI
    client: TestClient
    secrets: dict[str, str] = field(default_factory=dict)

    def token(self, name: str, scopes: Sequence[str], person: str | None = None) -> str:
        """A new token; gives its id."""
        self.secrets[name], token = create_token(self.guardian.engine, name, scopes, person)
        return token.id

    def headers(self, name: str | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secrets[name]}"} if name else {}

    def cookie(self, email: str) -> dict[str, str]:
        """As the browser of somebody who is logged in sends it."""
        secret = log_in(self.guardian.engine, email, "test", person=email)
        return {"Cookie": f"{cookie_name(self.guardian.settings, SESSION)}={secret}"}

    def decision_of(self, person: str) -> str:
        """The id of the latest decision about this person's calendar."""
        return self.guardian.store.ledger.decisions(mailbox=person)[0].id


def settings(folder: Path, **changes: Any) -> Settings:
    chosen = {"roles": ROLES, **changes}
    return Settings(policies=folder / "policies.yaml", people=folder / "people.yaml", **chosen)


@contextmanager
def opened(place: Town, *, demo: bool = False, **changes: Any) -> Iterator[Web]:
    """The interface of a town; `changes` are settings."""
    guardian, metrics = Guardian(settings(place.folder, **changes), place.store, place.engine), Metrics()
    app = create_app(guardian, metrics, demo=demo)
    with TestClient(app, base_url=guardian.settings.public_url or "http://127.0.0.1", follow_redirects=False) as client:
        yield Web(place, guardian, metrics, app, client)


@contextmanager
def house(url: str | None = None, teams: str = LED, **changes: Any) -> Iterator[Web]:
    """After two passes: one meeting each of Ana and Ben was declined, one each is held; all tokens are made."""
    with town(policy(hold="0m") + teams, url=url) as place, opened(place, **changes) as web:
        invite(place, 10)
        place.run()
        place.later(minutes=1)
        place.policy = RULES + teams
        place.accept()
        invite(place, 11)
        place.run()
        place.enrolled += [Person(email, "google") for email in CROWD]
        weigh(place, WEEK, {p.email: 60 for p in place.enrolled})
        make_tokens(web)
        yield web


def weigh(place: Town, week: str, minutes: Mapping[str, int]) -> None:
    """These people had so many minutes of meetings in that week, each in the teams that the policy gives them now."""
    teams = {email: member.teams for email, member in members(place.engine).items()}
    rows = [person_week(email, week, meeting_minutes=number, teams=teams[email]) for email, number in minutes.items()]
    place.store.rollups.save_weeks(rows, place.clock())
    refresh_groups(place.engine)


def invite(place: Town, hour: int) -> None:
    """Somebody outside invites Ana and Ben, each to a meeting of their own."""
    for person in (ANA, BEN):
        title = f"{CANARY} {person}"
        place.invite(title, at(24, hour), by=STRANGER, guests=(person, f"{CANARY}.guest@client.example"))


def make_tokens(web: Web) -> None:
    for name, (scopes, person) in TOKENS.items():
        web.token(name, scopes, person)
    revoked = web.token("revoked", ["admin"])
    web.guardian.store.registry.revoke_token(revoked, web.town.clock())
    web.secrets["unknown"] = "grd_" + "A" * 43
