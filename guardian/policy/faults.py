"""Findings of the models, in words for people."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from guardian.errors import Problem
from guardian.policy.scalars import did_you_mean
from guardian.policy.schema import PolicyFile, rule_types
from guardian.policy.yamltree import Path, Tree, cut

_KINDS = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "less_than_equal": ("le", "at most"),
}


def problem(tree: Tree, error: Any, path: Path) -> Problem:
    """One pydantic error at its path in the file, as a finding."""
    kind: str = error["type"]
    if kind == "extra_forbidden":
        return unknown_key(tree, path)
    if kind == "missing":
        return tree.problem("G107", path[:-1], f"missing key '{path[-1]}'")
    code, words = _words(kind, error)
    return tree.problem(code, path, words, key=_about_key(error))


def unknown_key(tree: Tree, path: Path) -> Problem:
    """A key that is not in the language, with the nearest one of its place."""
    hint = did_you_mean(cut(str(path[-1])), allowed_keys(tree, path[:-1]))
    return tree.problem("G106", path, f"unknown key '{cut(str(path[-1]))}'{hint}", key=True)


def _about_key(error: Any) -> bool:
    return bool(error["loc"]) and error["loc"][-1] == "[key]"


def _words(kind: str, error: Any) -> tuple[str, str]:
    """Code and text of an error that is neither an unknown nor a missing key."""
    value, context = error["input"], error.get("ctx", {})
    if kind.startswith("G"):
        words = str(error["msg"])
        return kind, words if not isinstance(value, str) else words.replace(value, cut(value))
    if kind in _KINDS:
        return "G108", f"expected {_KINDS[kind]}, got {shown(value)}{_kind_hint(kind, value)}"
    if kind == "literal_error":
        return "G109", _choice(value, str(context["expected"]))
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return "G109", f"must be {words} {context[key]}, got {shown(value)}"
    if kind in ("too_short", "string_too_short"):
        return "G109", "must not be empty"
    if kind in ("too_long", "string_too_long"):
        unit = "characters" if isinstance(value, str) else "entries"
        return "G109", f"too long: at most {context['max_length']:,} {unit}"
    return "G109", str(error["msg"])


def _choice(value: object, expected: str) -> str:
    known = [word.strip(" '") for part in expected.split(" or ") for word in part.split(",")]
    if not isinstance(value, str):
        return f"expected {_one_of(known)}, got {shown(value)}"
    return f"'{cut(value)}' is not {_one_of(known)}{did_you_mean(value.lower(), known)}"


def _one_of(known: list[str]) -> str:
    return f"one of {', '.join(known)}" if len(known) > 1 else known[0]


def _kind_hint(kind: str, value: object) -> str:
    if kind == "list_type" and isinstance(value, str):
        return f'; write ["{cut(value)}"]'
    if kind == "string_type" and isinstance(value, (int, float)):
        return f'; write "{shown(value)}"'
    return ""


def shown(value: object) -> str:
    """A value as the file shows it, cut short."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    return f"'{cut(value)}'" if isinstance(value, str) else cut(str(value))


def allowed_keys(tree: Tree, path: Path) -> Iterable[str]:
    """The keys that may stand in the mapping at that path, of that rule type."""
    model: type[BaseModel] | None = PolicyFile
    data = tree.data
    for position, part in enumerate(path):
        data = _child(data, part)
        model = _rule_model(data) if path[0] == "rules" and position == 1 else _field_model(model, part)
    return [] if model is None else [field.alias or name for name, field in model.model_fields.items()]


def _child(data: object, part: str | int) -> object:
    if isinstance(data, dict):
        return data.get(part)
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return data[part]
    return None


def _rule_model(data: object) -> type[BaseModel] | None:
    tag = data.get("type") if isinstance(data, dict) else None
    known = rule_types()
    if not isinstance(tag, str):
        return known["focus_block"]
    return known.get(tag)


def _field_model(model: type[BaseModel] | None, part: str | int) -> type[BaseModel] | None:
    """The model behind a key; list positions and names of teams stay in the model of their key."""
    if model is None or isinstance(part, int):
        return model
    for name, field in model.model_fields.items():
        if part == (field.alias or name):
            return _model_in(field.annotation)
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The first model named anywhere in a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(part) for part in getattr(annotation, "__args__", ()))
    return next((model for model in found if model is not None), None)
