"""Charts: well-formed whatever is in them, nothing outside, nothing told by colour alone, readable in light and dark."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.model.actions import Outcome
from guardian.model.events import Occurrence, Response
from guardian.model.ledger import DecisionRow
from guardian.model.time import Week
from guardian.reports.charts import PAGE, STANDALONE, Bar, Line, Look, Part, bars, sparkline, trend, week_picture
from guardian.reports.palette import DARK, INKS, LIGHT, LINES, contrast
from guardian.reports.svg import clean, clipped, units
from guardian.reports.week_picture import MOST_LANES, places
from guardian.reports.week_view import Span, week_view
from tests.reports.calendar_of import meeting, stretch
from tests.reports.pictures import GAUGE, HOSTILE, MONSTROUS, SVG, boxes, calendars, made, parsed, titles, words_of

WEEK = Week(2026, 47)
LOOKS = (PAGE, STANDALONE, Look("dark", DARK))


@given(calendars(), st.sampled_from(LOOKS))
def test_the_week_is_well_formed_and_holds_everything(
    calendar: tuple[list[Occurrence], list[DecisionRow]], look: Look
) -> None:
    root = parsed(week_picture(week_view(*calendar, GAUGE, WEEK), look))
    _, _, width, height = (float(part) for part in root.get("viewBox", "").split())
    for left, top, right, bottom in boxes(root):
        assert -0.01 <= left <= right <= width + 0.01
        assert -0.01 <= top <= bottom <= height + 0.01
    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= {
        *("svg", "title", "desc", "defs", "pattern", "g", "rect", "line", "text", "path"),
    }


@given(calendars())
def test_entries_side_by_side_never_cover_each_other(calendar: tuple[list[Occurrence], list[DecisionRow]]) -> None:
    for day in week_view(*calendar, GAUGE, WEEK).days:
        placed, left_over = places(day)
        assert len(placed) + len(left_over) == len(day.entries)
        for n, one in enumerate(placed):
            assert 0 <= one.lane < one.lanes <= MOST_LANES
            for other in placed[n + 1 :]:
                apart = one.lane != other.lane or not _overlap(one.entry.span, other.entry.span)
                assert apart, (one, other)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def test_a_crowd_is_counted_not_drawn() -> None:
    crowd = [meeting(f"m{n}", stretch(0, "10:00", "11:00")) for n in range(500)]
    root = parsed(week_picture(week_view(crowd, [], GAUGE, WEEK)))
    assert "+495 more" in words_of(root)
    assert len(boxes(root)) < 100


@pytest.mark.parametrize("title", [*HOSTILE, *MONSTROUS], ids=range(len(HOSTILE) + len(MONSTROUS)))
def test_a_hostile_title_is_words_only(title: str) -> None:
    flagged = meeting("m", stretch(0, "10:00", "12:00"), title=title)
    decisions = [made(flagged, Outcome.FLAG)]
    svg = week_picture(week_view([flagged], decisions, GAUGE, WEEK))
    root = parsed(svg)
    assert {node.tag for node in root.iter()} <= {SVG + t for t in ("svg", "title", "desc", "defs", "pattern")} | {
        SVG + t for t in ("g", "rect", "line", "text", "path")
    }
    assert not any(name.startswith("on") for node in root.iter() for name in node.attrib)
    assert not {c for c in svg if ord(c) < 32 or c in "\u202e\u202c\u2066\u2069"}
    assert len(svg) < 30_000


def test_what_it_is_called_and_shows_is_said_too() -> None:
    declined = meeting("m", stretch(0, "10:00", "11:00"), Response.DECLINED, title="Pitch")
    root = parsed(week_picture(week_view([declined], [], GAUGE, WEEK), Look("mine")))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "mine-title mine-desc"
    name, told = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert name is not None
    assert name.text == "Calendar of week 2026-W47"
    assert told is not None
    assert told.text == "Week 2026-W47: 0.0 h in meetings, 40.0 h left in stretches of two hours and more; 1 declined."
    tips = [node.text for node in root.iter(f"{SVG}title")]
    assert "10:00-11:00 Pitch (declined)" in tips
    assert {"Pitch", "10:00-11:00", "declined", "focus window"} <= set(words_of(root))


CHARTS: dict[str, Any] = {
    "bars": lambda words, look: bars(
        words, words, [Bar(words, (Part(words, "meeting", 2), Part("f", "focus", 3))), Bar("", (), words)], look=look
    ),
    "trend": lambda words, look: trend(
        words,
        words,
        [words, "b", "c"],
        [Line(words, "meeting", (1, None, 2)), Line("f", "focus", (1, 2, 3))],
        look=look,
    ),
    "spark": lambda words, look: sparkline(words, words, [1, None, 3, 4], "meeting", look=look),
}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
@given(titles, st.sampled_from(LOOKS))
def test_every_chart_is_well_formed_whatever_it_says(chart: Any, words: str, look: Look) -> None:
    root = parsed(chart(words, look))
    assert root.get("role") == "img"
    assert (root.find(f"{SVG}title") is not None, root.find(f"{SVG}desc") is not None) == (True, True)


values = st.one_of(st.none(), st.floats(0, 1e6, allow_nan=False))


@given(st.lists(values, max_size=60))
def test_points_and_bars_lie_inside(numbers: list[float | None]) -> None:
    labels = [f"W{n}" for n in range(len(numbers))]
    lines = parsed(trend("t", "d", labels, [Line("a", "meeting", tuple(numbers))]))
    known = [Bar("x", (Part("a", "meeting", value), Part("b", "focus", value))) for value in numbers if value]
    for root in (lines, parsed(bars("t", "d", known)), parsed(sparkline("t", "d", numbers, "focus"))):
        _, _, width, height = (float(part) for part in root.get("viewBox", "").split())
        for left, top, right, bottom in boxes(root):
            assert -0.01 <= left <= right <= width + 0.01
            assert -0.01 <= top <= bottom <= height + 0.01
        for node in root.iter(f"{SVG}circle"):
            assert 0 <= float(node.get("cx", "")) <= width
            assert 0 <= float(node.get("cy", "")) <= height


def test_a_gap_in_the_data_is_a_gap_in_the_line() -> None:
    root = parsed(trend("t", "d", list("abcde"), [Line("a", "meeting", (1, 2, None, 3, 4))]))
    assert [len((node.get("points") or "").split()) for node in root.iter(f"{SVG}polyline")] == [2, 2]
    assert len(list(root.iter(f"{SVG}circle"))) == 4 + 1  # and the one of the legend


def test_lines_differ_without_colour() -> None:
    four = [Line(name, "meeting", (1, 2)) for name in "abcd"]
    root = parsed(trend("t", "d", ["x", "y"], four))
    assert len({node.get("stroke-dasharray") for node in root.iter(f"{SVG}polyline")}) == 4


@pytest.mark.parametrize("look", [STANDALONE, Look("dark", DARK)])
def test_a_picture_that_stands_alone_needs_no_style_sheet(look: Look) -> None:
    svg = week_picture(week_view([meeting("m", stretch(0, "10:00", "11:00"))], [], GAUGE, WEEK), look)
    assert "class=" not in svg
    assert "style=" not in svg
    assert 'font-family="DejaVu Sans, sans-serif"' in svg


def test_a_picture_on_a_page_has_classes_and_no_colours() -> None:
    svg = week_picture(week_view([meeting("m", stretch(0, "10:00", "11:00"))], [], GAUGE, WEEK))
    assert "#" not in svg.replace("url(#chart-", "")
    assert "style=" not in svg


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_lines_can_be_seen(palette: dict[str, str]) -> None:
    assert set(palette) == set(LIGHT)
    assert [(ink, on) for ink, on in INKS if contrast(palette[ink], palette[on]) < 4.5] == []
    assert [(one, on) for one, on in LINES if contrast(palette[one], palette[on]) < 3] == []


def test_contrast_is_the_one_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#ffffff", "#ffffff") == 1


@given(titles, st.floats(10, 400))
def test_text_is_clipped_to_its_room(words: str, width: float) -> None:
    kept = clipped(words, width, 10)
    assert units(kept) * 10 <= width + 0.01 or kept == ""
    assert clean(kept) == kept


def test_ids_of_two_pictures_on_one_page_differ() -> None:
    found = week_view([], [], GAUGE, WEEK)
    one, other = (parsed(week_picture(found, Look(name))) for name in ("a", "b"))
    ids = [{node.get("id") for node in root.iter() if node.get("id")} for root in (one, other)]
    assert not ids[0] & ids[1]
    with pytest.raises(ValueError, match="name"):
        Look('x" onload="y')
