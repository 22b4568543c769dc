"""From the tree to checked models, with every problem of the file found in one run.

What is wrong is reported and left out; what remains is validated again, so that the semantic checks can look at it.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from guardian.errors import Problem
from guardian.policy import faults
from guardian.policy.scalars import did_you_mean
from guardian.policy.schema import LATER_KEYS, BypassSpec, PolicyFile, rule_types
from guardian.policy.schema_rules import LATER_RULE_KEYS, LATER_TYPES
from guardian.policy.yamltree import Path, Tree, cut

LATER = "is not available in this version; remove it"
MAX_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Draft:
    """The valid part of a file. `rule_at` and `bypass_at` give each entry's position in the file."""

    tree: Tree
    spec: PolicyFile
    rule_at: tuple[int, ...]
    bypass_at: tuple[int, ...]


@dataclass(slots=True)
class _Work:
    """A copy of the data to take things out of; positions in the file stay known."""

    tree: Tree
    data: dict[str, Any]
    at: dict[str, list[int]]
    problems: list[Problem]
    quiet: set[Path]

    def origin(self, loc: tuple[str | int, ...], *, missing: bool) -> Path:
        """The path in the file of an error in the copy; parts that name a variant, not a key, are left out.

        `missing` says that the last part is a key the file does not have.
        """
        path: Path = ()
        for position, part in enumerate(loc):
            real = self.at[str(loc[0])][part] if position == 1 and isinstance(part, int) and loc[0] in self.at else part
            absent = missing and position == len(loc) - 1
            tag = position == 2 and loc[0] == "rules"
            if absent or (not tag and (*path, real) in self.tree.values):
                path = (*path, real)
        return path


def draft(tree: Tree) -> tuple[Draft | None, list[Problem]]:
    """The valid part and the problems of the rest; None where nothing can be used."""
    if tree.data is None and not tree.values:
        return None, [] if tree.problems else [tree.problem("G107", (), "the file is empty; begin with 'version: 1'")]
    if not isinstance(tree.data, dict):
        return None, [tree.problem("G108", (), "expected keys and values; begin with 'version: 1'")]
    work = _prepare(tree, tree.data)
    return _settle(work), work.problems


def _prepare(tree: Tree, data: dict[str, Any]) -> _Work:
    work = _Work(tree, {}, {}, [], set(tree.broken))
    for key, value in data.items():
        if key in LATER_KEYS:
            work.problems.append(tree.problem("G116", (key,), f"'{key}' {LATER}", key=True))
        else:
            work.data[key] = _without_nothing(work, (key,), value)
    for key in ("rules", "bypass"):
        items = work.data.get(key)
        if isinstance(items, list):
            work.at[key] = list(range(len(items)))
    if "rules" in work.at:
        work.data["rules"] = [_prepare_rule(work, index, rule) for index, rule in enumerate(work.data["rules"])]
    work.data = {key: value for key, value in work.data.items() if value is not None}
    return work


def _without_nothing(work: _Work, path: Path, value: Any) -> Any:
    """A copy without keys that have no value; each is reported."""
    if value is None and path not in work.tree.broken:
        work.problems.append(work.tree.problem("G108", path, "has no value; give one or remove the key"))
        work.quiet.add(path)
    if isinstance(value, dict):
        pairs = {key: _without_nothing(work, (*path, key), item) for key, item in value.items()}
        return {key: item for key, item in pairs.items() if item is not None}
    if isinstance(value, list):
        return [_without_nothing(work, (*path, index), item) for index, item in enumerate(value)]
    return value


def _prepare_rule(work: _Work, index: int, rule: Any) -> Any:
    """Repair a mistyped type, so that the rest of the rule is looked at too; quiet what cannot be judged."""
    tag = rule.get("type") if isinstance(rule, dict) else None
    if not isinstance(tag, str):
        return rule
    path: Path = ("rules", index)
    if tag in LATER_TYPES:
        work.problems.append(work.tree.problem("G116", (*path, "type"), f"rule type '{tag}' {LATER}"))
        work.quiet.add(path)
        return rule
    return _without_later(work, path, _with_known_type(work, path, rule, tag))


def _with_known_type(work: _Work, path: Path, rule: dict[str, Any], tag: str) -> dict[str, Any]:
    known = rule_types()
    if tag in known:
        return rule
    hint = did_you_mean(cut(tag), known)
    words = f"'{cut(tag)}' is not a rule type: {', '.join(known)}{hint}"
    work.problems.append(work.tree.problem("G109", (*path, "type"), words))
    if not hint:
        work.quiet.add(path)
        return rule
    return {**rule, "type": hint.split("'")[1]}


def _without_later(work: _Work, path: Path, rule: dict[str, Any]) -> dict[str, Any]:
    for key in LATER_RULE_KEYS.get(rule["type"], ()):
        if key in rule:
            work.problems.append(work.tree.problem("G116", (*path, key), f"'{key}' {LATER}", key=True))
            work.quiet.add((*path, "windows"))
            rule = {name: value for name, value in rule.items() if name != key}
    return rule


def _settle(work: _Work) -> Draft | None:
    """Validate; take out what is wrong; again, until what is left is right."""
    for _ in range(MAX_ROUNDS):
        try:
            spec = PolicyFile.model_validate(work.data)
        except ValidationError as error:
            errors = error.errors(include_url=False)
            known = set(work.problems)
            work.problems.extend(item for item in _reported(work, errors) if item not in known)
            _prune(work, errors)
        else:
            return Draft(work.tree, spec, tuple(work.at.get("rules", ())), tuple(work.at.get("bypass", ())))
    return None


def _reported(work: _Work, errors: Any) -> list[Problem]:
    """Each error once, and none about what has been refused already."""
    found = []
    for error in errors:
        path = work.origin(error["loc"], missing=error["type"] == "missing")
        if error["type"].startswith("union_tag"):
            found.append(_tag_problem(work, path, error))
        elif not any(path[:length] in work.quiet for length in range(1, len(path) + 1)):
            found.append(faults.problem(work.tree, error, path))
    return [item for item in found if item is not None]


def _tag_problem(work: _Work, path: Path, error: Any) -> Problem | None:
    if path in work.quiet or (*path, "type") in work.quiet:
        return None
    if error["type"] == "union_tag_not_found" and "type" not in error["input"]:
        return work.tree.problem("G107", path, f"missing key 'type': one of {', '.join(rule_types())}")
    return work.tree.problem("G108", (*path, "type"), f"expected one of {', '.join(rule_types())}")


def _prune(work: _Work, errors: Any) -> None:
    """Take the smallest whole thing around each error out of the copy."""
    drops: dict[str, set[int]] = {}
    for error in errors:
        loc = error["loc"]
        if not (loc and loc[0] in work.at and len(loc) > 1):
            _drop_key(work, loc)
        elif not _drop_option(work, loc):
            drops.setdefault(str(loc[0]), set()).add(loc[1])
    for key, gone in drops.items():
        work.data[key] = [item for index, item in enumerate(work.data[key]) if index not in gone]
        work.at[key] = [place for index, place in enumerate(work.at[key]) if index not in gone]


def _drop_option(work: _Work, loc: tuple[str | int, ...]) -> bool:
    """Take one key out of a rule or bypass entry; False where it cannot do without, or the whole is at fault."""
    head, index = str(loc[0]), int(loc[1])
    item = work.data[head][index]
    depth = 3 if head == "rules" else 2
    if len(loc) <= depth or not isinstance(item, dict):
        return False
    model = rule_types()[item["type"]] if head == "rules" else BypassSpec
    required = {field.alias or name for name, field in model.model_fields.items() if field.is_required()}
    if loc[depth] in required:
        return False
    work.data[head][index] = {key: value for key, value in item.items() if key != loc[depth]}
    return True


def _drop_key(work: _Work, loc: tuple[str | int, ...]) -> None:
    head = str(loc[0]) if loc else ""
    if head == "version":
        work.data["version"] = 1
        return
    inner = work.data.get(head)
    if len(loc) > 1 and isinstance(inner, dict) and loc[1] in inner:
        work.data[head] = {key: value for key, value in inner.items() if key != loc[1]}
    else:
        work.data.pop(head, None)
        work.at.pop(head, None)
