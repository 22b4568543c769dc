"""What we did to an event, written on the person's own copy as words `verb:key` in a private property. Pure."""

from collections.abc import Mapping
from typing import Any

from guardian.providers.google.fields import MARK
from guardian.providers.shared import has_mark, with_mark, without_marks


def marks_of(event: Mapping[str, Any]) -> list[str]:
    text = properties_of(event).get(MARK)
    return text.split() if isinstance(text, str) else []


def properties_of(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return (event.get("extendedProperties") or {}).get("private") or {}


def has(event: Mapping[str, Any], verb: str) -> bool:
    return has_mark(marks_of(event), verb)


def added(event: Mapping[str, Any], verb: str, key: str) -> str:
    """The property's new value with this mark last; the oldest of its kind give way."""
    return with_mark(marks_of(event), verb, key)


def without(event: Mapping[str, Any], verb: str) -> str | None:
    """The property's new value without marks of this verb; None takes the property off."""
    return without_marks(marks_of(event), verb) or None


def private(properties: Mapping[str, str | None]) -> dict[str, Any]:
    """The body of a patch that sets these private properties; None clears one."""
    return {"extendedProperties": {"private": dict(properties)}}
