"""Which groups of a directory a policy names."""

from collections.abc import Iterator

from guardian.policy.model import Matcher, PolicySet, Scope, ScopeKind

PREFIX = "group:"


def groups_of(policy: PolicySet) -> frozenset[str]:
    """The addresses, in lower case, of every group in teams, scopes and conditions."""
    return frozenset(name.lower() for name in _named(policy))


def _named(policy: PolicySet) -> Iterator[str]:
    for team in policy.teams:
        yield from _written(team.members)
    for rule in policy.rules:
        yield from _scopes((*rule.for_, *rule.not_for))
        yield from _conditions(rule.when)
        yield from _conditions(rule.unless)
    for entry in policy.bypass:
        yield from _scopes(entry.for_)
        yield from _conditions(entry.when)


def _written(texts: tuple[str, ...]) -> Iterator[str]:
    return (text.removeprefix(PREFIX) for text in texts if text.startswith(PREFIX))


def _scopes(scopes: tuple[Scope, ...]) -> Iterator[str]:
    return (scope.name for scope in scopes if scope.kind is ScopeKind.GROUP)


def _conditions(matcher: Matcher | None) -> Iterator[str]:
    if matcher is None:
        return
    yield from _written(matcher.organizer or ())
    for inner in (*(matcher.any or ()), *(matcher.all or ())):
        yield from _conditions(inner)
