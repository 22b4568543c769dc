"""Who a rule, an entry or a ceiling is for."""

from collections.abc import Iterable

from guardian.model.people import Member
from guardian.policy.model import Scope, ScopeKind


def covers(scope: Scope, member: Member) -> bool:
    """Is the member inside the scope?"""
    if scope.kind is ScopeKind.TEAM:
        return scope.name in member.teams
    if scope.kind is ScopeKind.GROUP:
        return scope.name.lower() in member.groups
    if scope.kind is ScopeKind.PERSON:
        return scope.name.lower() == member.email
    return True


def applies(to: Iterable[Scope], but_not: Iterable[Scope], member: Member) -> bool:
    """Inside one of the first scopes and none of the second."""
    return any(covers(s, member) for s in to) and not any(covers(s, member) for s in but_not)


def narrowness(scopes: Iterable[Scope], member: Member) -> int:
    """How narrow the narrowest scope is that covers the member: 0 for everyone up to 3 for the person; -1 for none."""
    return max((s.kind.narrowness for s in scopes if covers(s, member)), default=-1)
