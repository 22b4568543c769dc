"""What we did to an event, written on the person's own copy as words `verb:key` in an extended property. Pure."""

from collections.abc import Mapping
from typing import Any

from guardian.providers.outlook.fields import MARK_ID, PROPERTIES

Event = Mapping[str, Any]


def mark_text(event: Event) -> str | None:
    """The property's text, None where it is not set or was not sent along."""
    for row in event.get(PROPERTIES) or []:
        # The service may write the set's id in another case than we did.
        if str(row.get("id", "")).lower() == MARK_ID.lower() and isinstance(row.get("value"), str):
            return row["value"] or None
    return None


def marks_of(event: Event) -> list[str]:
    return (mark_text(event) or "").split()


def marking(text: str) -> dict[str, Any]:
    """The part of a body that sets our property; empty text clears it."""
    return {PROPERTIES: [{"id": MARK_ID, "value": text}]}
