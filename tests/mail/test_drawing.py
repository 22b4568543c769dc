"""The quick way to a picture draws what the renderer draws, and leaves to it what it does not understand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from PIL import Image, ImageChops, ImageStat

from guardian.mail.drawing import Fonts, drawn
from guardian.mail.picture import PAPER, WIDTH, font_files, png_of, rendered
from guardian.model.events import Occurrence
from guardian.model.ledger import DecisionRow
from guardian.model.time import Interval, Week
from guardian.reports.charts import STANDALONE, week_picture
from guardian.reports.week_view import Day, Entry, Kind, Span, WeekView, week_view
from tests.reports.pictures import GAUGE, calendars

WEEK = Week(2026, 47)


def on_clock(start: int, end: int) -> Span:
    """Of Monday, in minutes after midnight."""
    midnight = datetime(2026, 11, 16, tzinfo=UTC)
    return Span(Interval(midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)), start, end)


def view(title: str = "Planning of Größe 7 — “Ω, Ж”") -> WeekView:
    """Everything that a week can hold."""
    day = Day(
        date=date(2026, 11, 16),
        holiday="Founders' day",
        meeting_free=True,
        work=(on_clock(540, 1020),),
        bands=(on_clock(540, 660),),
        open=(),
        scraps=(),
        entries=tuple(Entry(on_clock(480 + 70 * n, 545 + 70 * n), kind, title) for n, kind in enumerate(Kind)),
        clashes=(on_clock(600, 645),),
        after_hours=(on_clock(1020, 1065),),
    )
    return WeekView(str(WEEK), "Europe/Berlin", (day,) * 7)


def quick(svg: str) -> Image.Image | None:
    return drawn(svg, WIDTH, PAPER, Fonts(*font_files()))


def test_both_ways_give_the_same_picture() -> None:
    """Seen from a little away: edges and letters are smoothed differently."""
    svg = week_picture(view(), STANDALONE)
    found, wanted = quick(svg), rendered(svg)
    assert found is not None
    assert found.size == wanted.size
    apart = ImageStat.Stat(ImageChops.difference(found.reduce(16), wanted.reduce(16)))
    assert max(apart.mean) < 3
    assert max(high for _, high in apart.extrema) < 30


@pytest.mark.parametrize("title", ["اجتماع التخطيط", "פגישה", "e\u0301clair", "計画会議", "\U0001f680 launch"])
def test_words_that_need_shaping_are_left_to_the_renderer(title: str) -> None:
    svg = week_picture(view(title), STANDALONE)
    assert quick(svg) is None
    assert png_of(svg).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "inside",
    [
        '<circle cx="4" cy="4" r="3" fill="#000000"/>',
        '<path d="M0 0c1 1 2 2 3 3z" fill="#000000"/>',
        "<script/>",
        "<rect/>",
        "<rect",
    ],
)
def test_what_is_not_understood_is_left_to_the_renderer(inside: str) -> None:
    whole = week_picture(view(), STANDALONE)
    assert quick(whole) is not None
    assert quick(whole.replace("</svg>", f"{inside}</svg>")) is None


def test_a_picture_of_another_width_is_left_to_the_renderer() -> None:
    assert quick(week_picture(view(), STANDALONE).replace('viewBox="0 0 760', 'viewBox="0 0 761')) is None


@settings(max_examples=40, deadline=None)
@given(calendars())
def test_whatever_a_calendar_holds_is_drawn_or_left(found: tuple[list[Occurrence], list[DecisionRow]]) -> None:
    image = quick(week_picture(week_view(*found, GAUGE, WEEK), STANDALONE))
    assert image is None or image.width == WIDTH
