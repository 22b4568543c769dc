"""Names in the policy file: used once where they must be unique, and known where they are used."""

from collections.abc import Iterable, Iterator, Sequence

from guardian.errors import Problem
from guardian.policy.draft import Draft
from guardian.policy.scalars import did_you_mean
from guardian.policy.schema_match import MatcherSpec
from guardian.policy.yamltree import Path, Tree


def double_ids(draft: Draft) -> Iterator[Problem]:
    """Ids are unique among rules and among bypass entries."""
    for key in ("bypass", "rules"):
        first: dict[str, Path] = {}
        for index, name in _ids(draft.tree, key):
            path: Path = (key, index, "id")
            if name in first:
                line = draft.tree.mark(first[name]).line
                yield draft.tree.problem("G118", path, f"'{name}' is used twice, first on line {line}")
            first.setdefault(name, path)


def _ids(tree: Tree, key: str) -> Iterator[tuple[int, str]]:
    """The ids as written, also those of entries that are wrong elsewhere."""
    items = tree.data.get(key) if isinstance(tree.data, dict) else None
    for index, item in enumerate(items if isinstance(items, list) else ()):
        name = item.get("id") if isinstance(item, dict) else None
        if isinstance(name, str):
            yield index, name


def _names(tree: Tree, key: str) -> set[str]:
    items = tree.data.get(key) if isinstance(tree.data, dict) else None
    return set(items) if isinstance(items, dict) else set()


def references(draft: Draft) -> Iterator[Problem]:
    """Bypass entries, messages and teams that are named exist."""
    entries = {name for _, name in _ids(draft.tree, "bypass")}
    texts = _names(draft.tree, "messages")
    for at, rule in zip(draft.rule_at, draft.spec.rules, strict=True):
        yield from _unknown(draft.tree, ("rules", at, "bypass"), rule.bypass or (), entries, "bypass entry")
        if rule.message is not None and rule.message not in texts:
            yield _missing(draft.tree, ("rules", at, "message"), rule.message, texts, "message")
    yield from _team_references(draft)


def _unknown(tree: Tree, path: Path, used: Iterable[str], known: set[str], what: str) -> Iterator[Problem]:
    for index, name in enumerate(used):
        if name not in known:
            yield _missing(tree, (*path, index), name, known, what)


def _missing(tree: Tree, path: Path, name: str, known: set[str], what: str) -> Problem:
    return tree.problem("G105", path, f"no {what} '{name}'{did_you_mean(name, sorted(known))}")


def _team_references(draft: Draft) -> Iterator[Problem]:
    teams = _names(draft.tree, "teams")
    for path, name in team_mentions(draft):
        if name not in teams:
            yield _missing(draft.tree, path, name, teams, "team")


def team_mentions(draft: Draft) -> Iterator[tuple[Path, str]]:
    """Every `team:NAME` in scopes and organisers, with its path."""
    for path, text in scope_texts(draft):
        if text.startswith("team:"):
            yield path, text.removeprefix("team:")


def scope_texts(draft: Draft) -> Iterator[tuple[Path, str]]:
    """Every scope and organiser that is written, with its path."""
    for at, entry in zip(draft.bypass_at, draft.spec.bypass, strict=True):
        path: Path = ("bypass", at)
        yield from _listed((*path, "for"), entry.for_)
        yield from _organizers((*path, "when"), entry.when)
    for at, rule in zip(draft.rule_at, draft.spec.rules, strict=True):
        path = ("rules", at)
        yield from _listed((*path, "for"), rule.for_)
        yield from _listed((*path, "not_for"), rule.not_for)
        yield from _organizers((*path, "when"), rule.when)
        yield from _organizers((*path, "unless"), rule.unless)


def _listed(path: Path, texts: Sequence[str]) -> Iterator[tuple[Path, str]]:
    for index, text in enumerate(texts):
        yield (*path, index), text


def _organizers(path: Path, matcher: MatcherSpec | None) -> Iterator[tuple[Path, str]]:
    for place, part in matchers_in(path, matcher):
        yield from _listed((*place, "organizer"), part.organizer or ())


def matchers_in(path: Path, matcher: MatcherSpec | None) -> Iterator[tuple[Path, MatcherSpec]]:
    """The matcher and all matchers nested in it."""
    if matcher is None:
        return
    yield path, matcher
    for key, parts in (("any", matcher.any), ("all", matcher.all)):
        for index, part in enumerate(parts or ()):
            yield from matchers_in((*path, key, index), part)


def unused_messages(draft: Draft) -> Iterator[Problem]:
    """Texts that no rule names, usually a slip of the pen."""
    data = draft.tree.data
    rules = data.get("rules") if isinstance(data, dict) else None
    used = {str(rule.get("message")) for rule in rules if isinstance(rule, dict)} if isinstance(rules, list) else set()
    for name in draft.spec.messages:
        if name not in used:
            yield draft.tree.problem("G203", ("messages", name), f"no rule uses the message '{name}'", key=True)
