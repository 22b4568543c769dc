"""Reading charts back, and calendars full of what a hostile guest may write."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

from hypothesis import strategies as st

from guardian.model.actions import Decision, Mode, Outcome, State
from guardian.model.events import EventKind, Occurrence, Response
from guardian.model.ledger import DecisionRow
from guardian.model.time import DayRange, Interval, WallWindow
from guardian.reports.gauge import Gauge
from tests.reports.calendar_of import ANA, MONDAY, NINE_TO_FIVE, at, meeting, solo

SVG = "{http://www.w3.org/2000/svg}"

HOSTILE = (
    "<script>alert(1)</script>",
    "]]></title></svg><img src=x onerror=alert(1)>",
    "\"'><b onload=x>&amp;&#0;",
    "a\x00\x08\x0b\x1b[2J\r\nb",
    "\ud800 half, \ufffe and \U0010ffff",
    "\u202eevil\u202c \u2066x\u2069",
    "=cmd|' /C calc'!A0",
    "\u65e5\u672c\u8a9e" * 40,
    "{{ 7*7 }} {% raw %}",
    "",
    "   ",
)
MONSTROUS = ("e" + "\u0301" * 5000, "x" * 1_000_000)
titles = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40))

BANDS = (WallWindow(frozenset(range(5)), 9 * 60, 13 * 60),)
GAUGE = Gauge(ANA, NINE_TO_FIVE, focus_bands=BANDS, free_weekdays=frozenset({2}))

intervals = st.builds(
    lambda start, length: Interval(
        at(0, "00:00") + timedelta(minutes=start), at(0, "00:00") + timedelta(minutes=start + length)
    ),
    st.integers(-600, 7 * 1440),
    st.sampled_from([0, 1, 15, 30, 50, 60, 90, 240, 600, 601, 3000]),
)
day_ranges = st.builds(
    lambda first, more: DayRange(MONDAY + timedelta(days=first), MONDAY + timedelta(days=first + more)),
    st.integers(-2, 8),
    st.integers(0, 2),
)
meetings = st.builds(
    lambda when, title, response, optional, private: meeting(
        "m", when, response, title=title, optional=optional, private=private
    ),
    intervals,
    titles,
    st.sampled_from(Response),
    st.booleans(),
    st.booleans(),
)
others = st.builds(
    lambda when, title, kind, busy: solo("o", when, title=title, kind=kind, busy=busy),
    st.one_of(intervals, day_ranges),
    titles,
    st.sampled_from(EventKind),
    st.booleans(),
)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[list[Occurrence], list[DecisionRow]]:
    drawn = draw(st.lists(st.one_of(meetings, meetings, others), max_size=20))
    named = [
        replace(o, meeting=replace(o.meeting, series_uid=str(n)), ref=replace(o.ref, event_id=str(n)))
        for n, o in enumerate(drawn)
    ]
    judged = [made(o, *draw(verdicts)) for o in named if draw(st.booleans())]
    return named, judged


verdicts = st.tuples(st.sampled_from(Outcome), st.sampled_from(State), st.sampled_from([None, "urgent"]))


def made(
    occurrence: Occurrence,
    outcome: Outcome,
    state: State = State.DONE,
    bypass: str | None = None,
    reason: str = "inside focus time 09:00-13:00",
    **changes: Any,
) -> DecisionRow:
    """A decision of the rule `focus-time` about that occurrence."""
    decision = Decision(
        ANA, occurrence, outcome, None if bypass else "focus-time", Mode.ENFORCE, reason, "sha256:1", bypass, **changes
    )
    ident = f"01J{occurrence.meeting.series_uid}"
    return DecisionRow(ident, "run", datetime(2026, 11, 15, tzinfo=UTC), decision, state, reason)


def parsed(svg: str) -> ElementTree.Element:
    """The picture as a browser's strict parser sees it; raises when it is not well formed."""
    svg.encode("utf-8")
    return ElementTree.fromstring(svg)


def words_of(root: ElementTree.Element) -> list[str]:
    return [node.text or "" for node in root.iter(f"{SVG}text")]


def boxes(root: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of every rectangle that is drawn outside patterns and legends."""
    skipped = {id(n) for pattern in root.iter(f"{SVG}pattern") for n in pattern.iter()}
    skipped |= {id(n) for moved in root.iter(f"{SVG}g") if moved.get("transform") for n in moved.iter()}
    found = []
    for node in root.iter(f"{SVG}rect"):
        if id(node) in skipped:
            continue
        x, y, w, h = (float(node.get(name, "0")) for name in ("x", "y", "width", "height"))
        found.append((x, y, x + w, y + h))
    return found
