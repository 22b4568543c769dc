"""Events as the service sends them, one file each, and what becomes of them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.model.events import Attendee, BadEvent, Occurrence
from guardian.model.time import DayRange, When, format_instant
from guardian.providers.google.mapping import Seen, mapped
from guardian.providers.shared import LONGEST_LINE, comment_text, line

GOLDEN = Path(__file__).parents[1] / "golden" / "google"
CASES = sorted(GOLDEN.glob("*.json"))


def case(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    given_case = case(path)
    found = mapped(Seen(given_case["mailbox"]), given_case["event"])
    expect = given_case["expect"]
    if "bad" in expect:
        assert isinstance(found, BadEvent)
        assert expect["bad"] in found.reason
        return
    assert isinstance(found, Occurrence)
    assert {name: told(found, name) for name in expect} == expect


def told(occurrence: Occurrence, name: str) -> Any:
    """A field as the golden files write it."""
    value = getattr(occurrence, name)
    if name == "when":
        return when(value)
    if name == "attendees":
        return [person(a) for a in value]
    if name == "agenda":
        return [value.words, value.has_document] if value else None
    if name in {"created_at", "updated_at"}:
        return format_instant(value) if value else None
    if name in {"meeting", "response", "kind"}:
        return str(value) if value is not None else None
    return list(value) if isinstance(value, tuple) else value


def when(value: When) -> str:
    if isinstance(value, DayRange):
        return f"{value.first}..{value.last}"
    return f"{format_instant(value.start)}/{format_instant(value.end)}"


def person(attendee: Attendee) -> str:
    words = [attendee.email, str(attendee.response)]
    marks = {
        "self": attendee.is_self,
        "resource": attendee.resource,
        "group": attendee.group,
        "optional": attendee.optional,
    }
    extra = [f"+{attendee.extra_guests}"] if attendee.extra_guests else []
    return " ".join(words + [word for word, set_ in marks.items() if set_] + extra)


PLAIN = case(GOLDEN / "plain.json")["event"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(PLAIN)), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from([*sorted(PLAIN), "extendedProperties", "visibility", "colorId"]), JSON, max_size=4)
)
def test_no_event_whatsoever_breaks_the_reader(spoilt: Mapping[str, Any]) -> None:
    """Every event is an occurrence or is quarantined with a reason; what is kept can be stored as text."""
    found = mapped(Seen("ana@acme.example"), {**PLAIN, **spoilt})
    if isinstance(found, Occurrence):
        for text in (found.title, found.organizer, found.organizer_name, found.comment):
            text.encode()
        assert len(found.title) <= LONGEST_LINE
    else:
        assert found.reason


@settings(deadline=None)
@given(JSON)
def test_what_is_no_event_at_all_is_quarantined(anything: Any) -> None:
    assert isinstance(mapped(Seen("ana@acme.example"), anything), BadEvent)


@settings(deadline=None)
@given(st.text())
def test_a_line_is_one_line_and_reading_it_again_changes_nothing(text: str) -> None:
    once = line(text)
    assert len(once) <= LONGEST_LINE
    assert not set(once) & {"\n", "\r", "\x00", "\u202e"}
    assert line(once) == once


def test_a_million_characters_are_cut() -> None:
    assert line("x" * 1_000_000) == "x" * LONGEST_LINE
    assert len(comment_text("y\n" * 1_000_000)) == 4000
