"""Events as Microsoft Graph sends them, one file each, and what becomes of them."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from guardian.model.events import Attendee, BadEvent, Occurrence
from guardian.model.time import DayRange, When, format_instant
from guardian.providers.outlook.config import OutlookConfig
from guardian.providers.outlook.mapping import Seen, mapped
from guardian.providers.outlook.zones import instant, nearest_day, node_of, zone_of
from guardian.providers.shared import LONGEST_LINE

GOLDEN = Path(__file__).parents[1] / "golden" / "outlook"
CASES = sorted(GOLDEN.glob("*.json"))
FOCUS_NAMES = OutlookConfig("tenant", "client", "word").focus_names


def case(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    given_case = case(path)
    found = mapped(Seen(given_case["mailbox"], FOCUS_NAMES), given_case["event"], given_case.get("series_uid"))
    expect = given_case["expect"]
    if "bad" in expect:
        assert isinstance(found, BadEvent)
        assert expect["bad"] in found.reason
        return
    assert isinstance(found, Occurrence), found
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
    if name in {"created_at", "updated_at", "answered_at"}:
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
    marks = {"self": attendee.is_self, "resource": attendee.resource, "optional": attendee.optional}
    return " ".join(words + [word for word, is_set in marks.items() if is_set])


PLAIN = case(GOLDEN / "plain.json")["event"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(PLAIN)), inner, max_size=3),
    max_leaves=8,
)
NAMES = [*sorted(PLAIN), "originalStart", "singleValueExtendedProperties"]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4), st.none() | st.text(max_size=10))
def test_no_event_whatsoever_breaks_the_reader(spoilt: Mapping[str, Any], uid: str | None) -> None:
    """Every event is an occurrence or is quarantined with a reason; what is kept can be stored as text."""
    found = mapped(Seen("ana@acme.example", FOCUS_NAMES), {**PLAIN, **spoilt}, uid)
    if isinstance(found, Occurrence):
        for text in (found.title, found.organizer, found.organizer_name, *found.labels):
            text.encode()
        assert len(found.title) <= LONGEST_LINE
    else:
        assert found.reason


@settings(deadline=None)
@given(JSON)
def test_what_is_no_event_at_all_is_quarantined(anything: Any) -> None:
    assert isinstance(mapped(Seen("ana@acme.example"), anything), BadEvent)


INSTANTS = st.integers(0, 36525 * 24 * 60).map(lambda n: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


def test_the_seventh_digit_of_a_second_is_cut() -> None:
    node = {"dateTime": "2026-11-24T10:00:00.9999999", "timeZone": "UTC"}
    assert instant(node) == datetime(2026, 11, 24, 10, 0, 0, 999999, tzinfo=UTC)


@settings(deadline=None)
@given(INSTANTS, st.sampled_from([*sorted(WINDOWS_TO_OLSON), "UTC", "Europe/Madrid", "tzone://Microsoft/Custom"]))
def test_a_time_that_is_written_reads_back_as_the_same_instant(at: datetime, name: str) -> None:
    """Also in the hour that comes twice in autumn."""
    assert instant(node_of(at, name)) == at


@settings(deadline=None)
@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(sorted(WINDOWS_TO_OLSON)))
def test_an_all_day_series_has_the_same_key_from_every_zone(day: date, name: str) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone_of(name)).astimezone(UTC)
    offset = datetime(day.year, day.month, day.day, tzinfo=zone_of(name)).utcoffset()
    if offset is not None and timedelta(hours=-11) < offset <= timedelta(hours=13):
        assert nearest_day(format_instant(midnight)) == day
