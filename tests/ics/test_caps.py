"""Size and hostility: bounded work whatever the file says."""

import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guardian.errors import InputError
from guardian.model.events import BadEvent, EventKind, Occurrence
from guardian.model.time import Interval
from guardian.providers.ics.calendar import Calendar, Part
from guardian.providers.ics.folder import read_file
from guardian.providers.ics.mapping import Owner
from guardian.providers.ics.rules import Unusable
from guardian.providers.ics.source import LARGEST_EVENT, cut
from guardian.providers.ics.zones import DefinedZone, Zones, defined_zone, iana_name, zone_of
from tests.ics.folder_world import HEAD, TAIL, event

WINDOW = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC))


def items(text: str | bytes, most: int = 100_000) -> list[Occurrence | BadEvent]:
    source = cut(text if isinstance(text, bytes) else text.encode(), "x.ics")
    zones = Zones(source, "Europe/Berlin")
    return list(
        Calendar(Owner("ana@acme.example"), (Part(source, zones),), zone_of("Europe/Berlin"), most).occurrences(WINDOW)
    )


def test_many_events_are_read_in_bounded_memory() -> None:
    text = HEAD + "".join(event(f"e{n}", f"SUMMARY:Meeting {n}") for n in range(1500)) + TAIL
    tracemalloc.start()
    assert len(items(text)) == 1500
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1500 * 8000


def test_too_many_occurrences_end_with_a_reason() -> None:
    text = HEAD + "".join(event(f"e{n}", "RRULE:FREQ=DAILY") for n in range(9)) + TAIL
    found = items(text, most=200)
    assert isinstance(found[-1], BadEvent)
    assert "more than 200 occurrences" in found[-1].reason


@pytest.mark.parametrize(
    "text",
    [
        event("x", "BEGIN:X\r\n" * 20_000),
        event("x", *(f"EXDATE:{n:08}" for n in range(20260101, 20260131))),
        event("x", "DESCRIPTION:" + "\\" * 200_000),
        event("x", "ATTENDEE;" + ";" * 50_000 + ":mailto:a"),
        event("x", 'ATTENDEE;CN="' * 20_000),
        event("x", "SUMMARY:" + "a" * 1_000_000),
        event("x", *(f"ATTENDEE:mailto:p{n}@acme.example" for n in range(5000))),
        event(
            "x", "RDATE:" + ",".join(f"20260101T{n // 3600 % 24:02}{n // 60 % 60:02}{n % 60:02}Z" for n in range(6000))
        ),
        event("x", "\r\n" * 100_000),
        "END:VEVENT\r\n" * 20_000,
        "BEGIN:VEVENT\r\n" * 5_000,
    ],
)
def test_whatever_one_event_holds_the_others_are_read(text: str) -> None:
    found = items(HEAD + event("a") + text + event("z") + TAIL)
    assert {"a", "z"} <= {o.ref.event_id for o in found if isinstance(o, Occurrence)}
    for item in found:
        if isinstance(item, Occurrence):
            assert len(item.title) <= 1000


def test_an_event_that_is_too_large_is_named() -> None:
    [bad] = items(HEAD + event("x", "ATTACH:" + "A" * LARGEST_EVENT) + TAIL)
    assert isinstance(bad, BadEvent)
    assert "larger" in bad.reason


@pytest.mark.parametrize(
    ("tzid", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/America/New_York", "America/New_York"),
        ("/mozilla.org/20050126_1/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Mars/Olympus", None),
        ("../../etc/passwd", None),
        ("/etc/localtime", None),
        ("/../../Europe/Berlin\x00", None),
        ("", None),
        ("x" * 100_000, None),
    ],
)
def test_zone_names(tzid: str, name: str | None) -> None:
    assert iana_name(tzid) == name


def zone(rule: str) -> bytes:
    lines = ["BEGIN:VTIMEZONE", "TZID:Z", "BEGIN:STANDARD", "DTSTART:19701025T030000", rule]
    lines += ["TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "END:STANDARD", "BEGIN:DAYLIGHT", "DTSTART:19700329T020000"]
    lines += ["RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "END:DAYLIGHT"]
    return "\r\n".join([*lines, "END:VTIMEZONE", ""]).encode()


def test_a_defined_zone_keeps_the_same_time_as_the_real_one() -> None:
    ours, real = defined_zone(zone("RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10")), zone_of("Europe/Berlin")
    assert isinstance(ours, DefinedZone)
    at = datetime(1997, 1, 1, 0, 10)  # noqa: DTZ001 - a wall clock
    while at.year < 2037:
        assert ours.to_utc(at) == real.to_utc(at), at
        assert ours.to_local(real.to_utc(at)) == real.to_local(real.to_utc(at)), at
        at += timedelta(hours=7, minutes=40)


@pytest.mark.parametrize("hour", range(24))
def test_a_defined_zone_agrees_on_the_days_of_change(hour: int) -> None:
    ours, real = defined_zone(zone("RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10")), zone_of("Europe/Berlin")
    for month, day in ((3, 29), (10, 25)):
        at = datetime(2026, month, day, hour, 30)  # noqa: DTZ001
        assert ours.to_utc(at) == real.to_utc(at)


@pytest.mark.parametrize("rule", ["RRULE:FREQ=SECONDLY", "RRULE:FREQ=DAILY", "RDATE:SOON", "TZOFFSETTO:+9999"])
def test_a_zone_that_cannot_be_followed_spoils_its_events_only(rule: str) -> None:
    with pytest.raises((Unusable, ValueError)):
        defined_zone(zone(rule))
    bad = "BEGIN:VEVENT\r\nUID:b\r\nDTSTART;TZID=Z:20260101T090000\r\nEND:VEVENT\r\n"
    found = items(HEAD + zone(rule).decode() + bad + event("a") + TAIL)
    assert [i.event_id for i in found if isinstance(i, BadEvent)] == ["b"]
    assert len(found) == 2


def test_zero_and_implied_lengths() -> None:
    start = "DTSTART:20260105T090000Z"
    cases = {
        "": 0,
        "DURATION:PT0S": 0,
        "DTEND:20260105T090000Z": 0,
        "DURATION:P1DT1H": 25 * 60,
        "DURATION:P1W": 7 * 24 * 60,
    }
    for line, minutes in cases.items():
        [found] = items(HEAD + "\r\n".join(["BEGIN:VEVENT", "UID:x", start, line, "END:VEVENT", ""]) + TAIL)
        assert isinstance(found, Occurrence)
        assert isinstance(found.when, Interval)
        assert found.when.minutes == minutes
        assert found.kind is EventKind.MEETING


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.ics"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    with pytest.raises(InputError, match="larger"):
        read_file(path)
