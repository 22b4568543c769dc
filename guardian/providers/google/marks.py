"""What we did to an event, written on the person's own copy as words `verb:key` in a private property. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from guardian.model.events import FOCUS_MARK
from guardian.providers.google.fields import MARK

ANSWER, FLAG, SHORTEN, FOCUS = "answer:", "flag:", "shorten:", FOCUS_MARK
MOST = 6
"""Marks of one kind kept on an event; a property holds 1,024 characters, a mark takes at most 72."""


def marks_of(event: Mapping[str, Any]) -> list[str]:
    text = properties_of(event).get(MARK)
    return text.split() if isinstance(text, str) else []


def properties_of(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return (event.get("extendedProperties") or {}).get("private") or {}


def has(event: Mapping[str, Any], verb: str) -> bool:
    return any(mark.startswith(verb) for mark in marks_of(event))


def added(event: Mapping[str, Any], verb: str, key: str) -> str:
    """The property's new value with this mark last; the oldest of its kind give way."""
    marks, mark = marks_of(event), f"{verb}{key}"
    same = [m for m in marks if m.startswith(verb) and m != mark]
    return " ".join([*_others(marks, verb), *same[-MOST + 1 :], mark])


def without(event: Mapping[str, Any], verb: str) -> str | None:
    """The property's new value without marks of this verb; None takes the property off."""
    return " ".join(_others(marks_of(event), verb)) or None


def private(properties: Mapping[str, str | None]) -> dict[str, Any]:
    """The body of a patch that sets these private properties; None clears one."""
    return {"extendedProperties": {"private": dict(properties)}}


def _others(marks: Iterable[str], verb: str) -> list[str]:
    return [mark for mark in marks if not mark.startswith(verb)]
