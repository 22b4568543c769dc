"""`guardian policy show`: every value in force, and where it comes from."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from guardian.errors import PolicyProblems
from guardian.policy.compile import compiled
from guardian.policy.draft import Draft
from guardian.policy.loader import examine
from guardian.policy.yamltree import Path

DEFAULT = "default"
_COLUMN = 60
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_@.")


def resolved(files: Mapping[str, str], *, why: bool) -> str:
    """The policy with every default written out, as YAML that loads again; with `why`, each value names its origin.

    Raises PolicyProblems and InputError like `load`.
    """
    examined = examine(files)
    if examined.draft is None or not examined.usable:
        raise PolicyProblems(examined.problems)
    head = f"# {compiled(examined.draft).version}"
    return "\n".join((head, *_model(examined.draft, examined.draft.spec, (), "", why=why))) + "\n"


def _model(draft: Draft, model: BaseModel, path: Path, indent: str, *, why: bool) -> Iterator[str]:
    for name, field in _ordered(model):
        key, value = field.alias or name, getattr(model, name)
        if value is not None:
            yield from _entry(draft, (*path, key), f"{indent}{key}:", value, why=why)


def _ordered(model: BaseModel) -> list[tuple[str, Any]]:
    """Fields as people write them: the id and the type first."""
    first = ("version", "id", "type")
    return sorted(type(model).model_fields.items(), key=lambda item: item[0] not in first)


def _entry(draft: Draft, path: Path, head: str, value: object, *, why: bool) -> Iterator[str]:
    indent = " " * (len(head) - len(head.lstrip()))
    if isinstance(value, BaseModel):
        yield head
        yield from _model(draft, value, path, f"{indent}  ", why=why)
    elif isinstance(value, dict) and value:
        yield head
        for key, item in value.items():
            yield from _entry(draft, (*path, key), f"{indent}  {_scalar(key)}:", item, why=why)
    elif isinstance(value, list) and any(isinstance(item, BaseModel) for item in value):
        yield head
        yield from _items(draft, path, indent, value, why=why)
    else:
        yield _line(draft, path, f"{head} {_flat(value)}", why=why)


def _items(draft: Draft, path: Path, indent: str, items: list[BaseModel], *, why: bool) -> Iterator[str]:
    for index, item in enumerate(items):
        lines = list(_model(draft, item, (*path, index), f"{indent}    ", why=why))
        yield f"{indent}  - {lines[0].lstrip()}"
        yield from lines[1:]


def _line(draft: Draft, path: Path, text: str, *, why: bool) -> str:
    if not why:
        return text
    written = path in draft.tree.values
    origin = f"{draft.tree.file}:{draft.tree.mark(path).line}" if written else DEFAULT
    return f"{text:<{_COLUMN}}  # {origin}"


def _flat(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_scalar(item) for item in value)}]"
    return "{}" if value == {} else _scalar(value)


def _scalar(value: object) -> str:
    """A scalar that every YAML reader, old or new, reads back as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    plain = value and value[0].isalpha() and set(value) <= _BARE and value.lower() not in _AMBIGUOUS
    return value if plain else _quoted(value)


_AMBIGUOUS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))


def _quoted(text: str) -> str:
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    )
    return f'"{escaped}"'
