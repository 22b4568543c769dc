"""Recurrence: tables for what implementations dispute, and two independent engines as oracles for the rest."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from pathlib import Path

import pytest
import recurring_ical_events
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from guardian.model.time import Interval
from guardian.providers.ics.folder import read_file
from guardian.providers.ics.rules import Unusable, expand, parse_rule

FIRST, LAST = datetime(2026, 1, 1), datetime(2027, 1, 1)  # noqa: DTZ001 - wall-clock times, as in the rules
START = datetime(2026, 1, 5, 9, 30)  # noqa: DTZ001


def days(text: str, start: datetime = START, last: datetime = LAST) -> list[str]:
    found = expand(parse_rule(text), start, FIRST, last, lambda _: True)
    return [f"{at:%m-%d}" for at in found]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=1MO,FR;COUNT=7", ["01-05", "01-09", "01-16", "01-23", "01-30", "02-02", "02-06"]),
        ("FREQ=MONTHLY;BYDAY=3MO,WE;COUNT=5", ["01-05", "01-07", "01-14", "01-19", "01-21"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", ["01-05", "01-30", "02-27"]),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", ["01-05", "01-09", "01-16"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU;COUNT=3", ["01-05", "01-18", "02-01"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=MO;COUNT=3", ["01-05", "01-11", "01-25"]),
        ("FREQ=YEARLY;BYWEEKNO=20", ["01-05", "05-11"]),
        ("FREQ=YEARLY;BYWEEKNO=-1", ["01-05", "12-28"]),
        ("FREQ=YEARLY;BYYEARDAY=-365", ["01-05"]),
        ("FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR", ["01-05", "02-13", "03-13", "11-13"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=4", ["01-05", "01-31", "03-31", "05-31"]),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", ["01-05"]),
        ("freq=daily;count=2", ["01-05", "01-06"]),
    ],
)
def test_counts_the_days_people_expect(rule: str, expected: list[str]) -> None:
    assert days(rule) == expected


def test_a_rule_that_never_matches_ends_with_the_window() -> None:
    old = datetime(1900, 1, 1)  # noqa: DTZ001
    for freq in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        assert days(f"FREQ={freq};BYMONTH=2;BYMONTHDAY=30", old) == []


def test_a_counted_rule_over_many_centuries_is_refused() -> None:
    with pytest.raises(Unusable, match="too many steps"):
        days("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=9", datetime(1700, 1, 1))  # noqa: DTZ001


PARTS = st.fixed_dictionaries(
    {},
    optional={
        "INTERVAL": st.integers(1, 5).map(str),
        "COUNT": st.integers(1, 40).map(str),
        "BYMONTH": st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True).map(
            lambda v: ",".join(map(str, v))
        ),
        "BYMONTHDAY": st.lists(st.integers(-28, 28).filter(bool), min_size=1, max_size=4, unique=True).map(
            lambda v: ",".join(map(str, v))
        ),
        "WKST": st.sampled_from(["MO", "SU"]),
        "BYHOUR": st.sampled_from(["8", "8,17"]),
    },
)
PLAIN_DAYS = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), max_size=4, unique=True)


@given(
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    PARTS,
    PLAIN_DAYS,
    st.booleans(),
    st.dates(date(2024, 1, 1), date(2026, 6, 1)),
)
@settings(max_examples=100, deadline=None)
def test_agrees_with_dateutil_on_plain_rules(
    freq: str, parts: dict[str, str], weekdays: list[str], numbered: bool, day: date
) -> None:
    if weekdays:
        number = "2" if numbered and freq in ("MONTHLY", "YEARLY") else ""
        parts = {**parts, "BYDAY": ",".join(number + w for w in weekdays)}
    text = ";".join([f"FREQ={freq}", *(f"{k}={v}" for k, v in parts.items())])
    start = datetime(day.year, day.month, day.day, 8)  # noqa: DTZ001
    theirs = list(takewhile(lambda at: at < LAST, rrulestr(text, dtstart=start)))
    ours = list(expand(parse_rule(text), start, start, LAST, lambda _: True))
    if theirs[:1] != [start]:
        assume("COUNT" not in parts)
        assert ours.pop(0) == start
    assert ours == theirs
    later = expand(parse_rule(text), start, FIRST, LAST, lambda _: True)
    assert [at for at in later if at != start] == [at for at in ours if at >= FIRST and at != start]


def _series(rule: str, exdates: list[int], moved: dict[int, int]) -> str:
    """A weekly-or-so series in Berlin with exceptions, counted in weeks after the start."""

    def at(week: int, hour: int = 9) -> str:
        return f"{datetime(2026, 3, 2, hour) + timedelta(weeks=week):%Y%m%dT%H%M%S}"  # noqa: DTZ001

    zone = ";TZID=Europe/Berlin:"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:x",
        "X-WR-TIMEZONE:Europe/Berlin",
        "BEGIN:VEVENT",
        "UID:u",
        "DTSTAMP:20260101T000000Z",
    ]
    lines += [f"DTSTART{zone}{at(0)}", f"DTEND{zone}{at(0, 10)}", f"RRULE:{rule}"]
    lines += [f"EXDATE{zone}{at(week)}" for week in exdates]
    lines.append("END:VEVENT")
    for week, hour in moved.items():
        lines += ["BEGIN:VEVENT", "UID:u", "DTSTAMP:20260101T000000Z", f"RECURRENCE-ID{zone}{at(week)}"]
        lines += [f"DTSTART{zone}{at(week, hour)}", f"DTEND{zone}{at(week, hour + 1)}", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _theirs(text: str, window: Interval) -> Iterator[tuple[datetime, datetime]]:
    for event in recurring_ical_events.of(Calendar.from_ical(text)).between(window.start, window.end):
        yield event.start.astimezone(UTC), event.end.astimezone(UTC)


@given(
    st.sampled_from(
        [
            "FREQ=WEEKLY",
            "FREQ=WEEKLY;COUNT=9",
            "FREQ=WEEKLY;INTERVAL=2",
            "FREQ=DAILY;BYDAY=MO,TH;UNTIL=20260601T070000Z",
        ]
    ),
    st.lists(st.integers(0, 12), max_size=3, unique=True),
    st.dictionaries(st.integers(0, 12), st.integers(6, 20), max_size=3),
)
@settings(max_examples=60, deadline=None)
def test_agrees_with_another_engine_on_series_with_exceptions(
    tmp_path_factory: pytest.TempPathFactory, rule: str, exdates: list[int], moved: dict[int, int]
) -> None:
    step = 2 if "INTERVAL=2" in rule else 1
    moved = {w: h for w, h in moved.items() if w % step == 0 and w not in exdates and w < 9}
    text = _series(rule, exdates, moved)
    window = Interval(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
    path = tmp_path_factory.mktemp("series") / "u.ics"
    path.write_text(text, newline="")
    ours = [
        (o.when.start, o.when.end) for o in read_file(path, window=window).occurrences if isinstance(o.when, Interval)
    ]
    assert sorted(ours) == sorted(_theirs(text, window))


def test_a_window_beyond_400_days_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "u.ics"
    path.write_text(_series("FREQ=DAILY", [], {}), newline="")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(Exception, match="400 days"):
        read_file(path, window=Interval(start, start + timedelta(days=401)))


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20260316", "2026-03-16T08:00:00"),
        ("20260316T080000Z", "2026-03-16T08:00:00"),
        ("20260316T075959Z", "2026-03-09T08:00:00"),
        ("20260316T090000", "2026-03-16T08:00:00"),
        ("20260316T085959", "2026-03-09T08:00:00"),
        ("99991231T235959Z", "2026-06-29T07:00:00"),
    ],
)
def test_until_is_read_in_the_kind_of_the_start(tmp_path: Path, until: str, last: str) -> None:
    path = tmp_path / "u.ics"
    path.write_text(_series(f"FREQ=WEEKLY;UNTIL={until}", [], {}), newline="")
    window = Interval(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
    found = read_file(path, window=window)
    assert found.bad == ()
    when = found.occurrences[-1].when
    assert isinstance(when, Interval)
    assert when.start.isoformat()[:19] == last
