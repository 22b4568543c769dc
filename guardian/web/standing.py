"""Who somebody is here: the roles that roster, policy and settings give to an address, now."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from guardian.bootstrap import Guardian
from guardian.engine.people import teams_of
from guardian.settings import RoleSettings, words_of


class Role(StrEnum):
    """`person`: enrolled; `lead`: an owner of a team of the policy; the others stand in GUARDIAN_ROLES__*."""

    PERSON = "person"
    LEAD = "lead"
    POLICY_ADMIN = "policy_admin"
    OPERATOR = "operator"
    AUDITOR = "auditor"

    @property
    def words(self) -> str:
        """As people read it."""
        return {Role.LEAD: "team lead", Role.POLICY_ADMIN: "policy admin"}.get(self, self.value)


SCOPES: Mapping[Role, frozenset[str]] = {
    Role.PERSON: frozenset({"read", "act"}),
    Role.LEAD: frozenset({"read"}),
    Role.POLICY_ADMIN: frozenset({"read", "policy"}),
    Role.OPERATOR: frozenset({"read", "act"}),
    Role.AUDITOR: frozenset({"read"}),
}
"""What each role amounts to in the scopes of API tokens."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Nobody without a role gets in. `teams` are those the person is in, `leads` those the person owns, `principals` the
    people who named this one a delegate."""

    roles: frozenset[Role] = frozenset()
    teams: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    principals: frozenset[str] = frozenset()

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset[str]().union(*(SCOPES[role] for role in self.roles))


def standing_of(guardian: Guardian, email: str) -> Standing:
    """By the roster, the policy in force and the settings as they are now: whoever loses a role loses it at once."""
    found = teams_of(guardian.engine, email)
    enrolled = found.inside is not None
    roles = set(_by_setting(guardian.settings.roles, email))
    roles |= {Role.PERSON} if enrolled else set()
    roles |= {Role.LEAD} if found.owned else set()
    principals = guardian.store.sessions.principals(email) if enrolled else []
    return Standing(frozenset(roles), frozenset(found.inside or ()), frozenset(found.owned), frozenset(principals))


def _by_setting(settings: RoleSettings, email: str) -> list[Role]:
    named = {
        Role.POLICY_ADMIN: settings.policy_admins,
        Role.OPERATOR: settings.operators,
        Role.AUDITOR: settings.auditors,
    }
    return [role for role, addresses in named.items() if email in words_of(addresses)]
