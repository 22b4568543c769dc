"""The week as a picture: seven columns of wall clock, drawn from a WeekView.

Nothing is told by colour alone: kinds differ by hatching, dashes and marks, clashes and after-hours parts have rails of
their own pattern, and a legend names what is there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from guardian.model.time import DAY_MINUTES, format_minute
from guardian.reports.svg import PAGE, Look, clipped, frame, group, hatched, hatching, line, rect, text, units
from guardian.reports.week_view import COUNTED, WORDS, Day, Entry, Kind, Span, WeekView, summary

WIDTH = 760.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 4.0, 40.0, 46.0
HOUR = 42.0
GUTTER = 5.0
RAIL = 5.0
"""Width of the rails at both edges of a day: clashes left, after hours right."""

EARLIEST, LATEST = 8 * 60, 18 * 60
"""Shown at least, where people work then."""

MOST_LANES = 5
"""So many stand side by side; of what more there is at once only the first ones are drawn and the rest is counted."""

SIZE = 10.5
LEAST_HEIGHT = 3.0
LONG = 20 * 60
"""An entry of this length says nothing of when in the day it is, so it does not stretch the picture."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: minutes of the wall clock, its lane and how many lanes there are beside it."""

    entry: Entry
    lane: int
    lanes: int


@dataclass(frozen=True, slots=True)
class Axis:
    """The part of the day that is shown, in minutes after midnight, whole hours."""

    first: int
    last: int

    def y(self, minute: float) -> float:
        return TOP + (min(max(minute, self.first), self.last) - self.first) * HOUR / 60

    @property
    def height(self) -> float:
        return TOP + (self.last - self.first) * HOUR / 60 + BOTTOM


def week_picture(view: WeekView, look: Look = PAGE) -> str:
    """The picture as SVG text. It is as wide as `WIDTH`, and as high as the hours that it must show."""
    axis, days = axis_of(view), shown_days(view)
    width = (WIDTH - LEFT - RIGHT) / len(days)
    columns = [_column(day, LEFT + n * width, width, axis, look) for n, day in enumerate(days)]
    defs = "".join(
        (
            hatching(look, "declined", "declined", "hatch"),
            hatching(look, "clash", "paper", "clash-line", step=4, turn=-45),
            hatching(look, "after", "paper", "after-line", step=4, turn=90),
            hatching(look, "blocked", "blocked", "grid", step=9, turn=-45),
        )
    )
    parts = [*_hours(axis, look), *columns, _legend(view, axis, look)]
    return frame(look, WIDTH, axis.height, f"Calendar of week {view.week}", summary(view), parts, defs)


def shown_days(view: WeekView) -> list[Day]:
    """Monday to Friday, and the weekend where something is in it."""
    return [day for n, day in enumerate(view.days) if n < 5 or day.entries or day.work]


def axis_of(view: WeekView) -> Axis:
    """Whole hours around working time and everything that says when it is."""
    spans = [span for day in view.days for span in day.work]
    spans += [entry.span for day in view.days for entry in day.entries if _length(entry.span) < LONG]
    first = min([EARLIEST if not spans else DAY_MINUTES, *(span.start for span in spans)])
    last = max([LATEST if not spans else 0, *(span.end for span in spans)])
    return Axis(min(first // 60 * 60, EARLIEST + 60), max(-(-last // 60) * 60, LATEST - 60))


def _length(span: Span) -> int:
    return span.end - span.start


def places(day: Day) -> tuple[list[Place], list[Entry]]:
    """Each entry in a lane, so that none covers another, and those that found none."""
    found: list[Place] = []
    left_over: list[Entry] = []
    for cluster in _clusters(day.entries):
        lanes: list[int] = []
        taken = [(entry, _lane(lanes, entry.span)) for entry in cluster]
        placed = [(entry, lane) for entry, lane in taken if lane is not None]
        found += [Place(entry, lane, len(lanes)) for entry, lane in placed]
        left_over += [entry for entry, lane in taken if lane is None]
    return found, left_over


def _clusters(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Entries that are joined by overlaps."""
    cluster: list[Entry] = []
    end = 0
    for entry in sorted(entries, key=lambda e: (e.span.start, -e.span.end)):
        if cluster and entry.span.start >= end:
            yield cluster
            cluster = []
        cluster.append(entry)
        end = max(end if len(cluster) > 1 else 0, entry.span.end)
    if cluster:
        yield cluster


def _lane(lanes: list[int], span: Span) -> int | None:
    """The first lane that is free by then; None when all are taken and there may be no more."""
    for n, end in enumerate(lanes):
        if end <= span.start:
            lanes[n] = span.end
            return n
    if len(lanes) >= MOST_LANES:
        return None
    lanes.append(span.end)
    return len(lanes) - 1


def _hours(axis: Axis, look: Look) -> Iterator[str]:
    for minute in range(axis.first, axis.last + 1, 60):
        y = axis.y(minute)
        yield line(LEFT, y, WIDTH - RIGHT, y, f'{look.paint(line="grid")} stroke-width="1"')
        yield text(LEFT - 6, y + 4, format_minute(minute), look.ink("soft-ink", 10), "end")


def _column(day: Day, x: float, width: float, axis: Axis, look: Look) -> str:
    inner, room = x + GUTTER, width - GUTTER
    placed, left_over = places(day)
    parts = [
        *_ground(day, inner, room, axis, look),
        *(_entry(place, inner + RAIL, room - 2 * RAIL - 2, axis, look) for place in placed),
        *_rails(day, inner, room, axis, look),
        *_head(day, inner, room, look, len(left_over)),
    ]
    return group(parts)


def _head(day: Day, x: float, width: float, look: Look, more: int) -> Iterator[str]:
    yield text(x, 15, f"{day.date:%a} {day.date.day} {day.date:%b}", look.ink("ink", 12, bold=True))
    notes = [day.holiday or "", "meeting-free day" if day.meeting_free else "", f"+{more} more" if more else ""]
    yield text(x, 30, clipped(", ".join(n for n in notes if n), width, 10), look.ink("soft-ink", 10))


def _ground(day: Day, x: float, width: float, axis: Axis, look: Look) -> Iterator[str]:
    """Working hours lie on paper, the rest is washed; focus windows are tinted with a dashed edge."""
    yield rect(x, axis.y(axis.first), width, axis.y(axis.last) - axis.y(axis.first), look.paint("wash"))
    for span in day.work:
        yield _box(span, x, width, axis, look.paint("paper"))
    for span in day.bands:
        yield _box(span, x, width, axis, look.paint("band"))
        dashes = f'{look.paint(line="focus-line")} stroke-width="1.5" stroke-dasharray="2 3"'
        yield line(x + 0.75, axis.y(span.start), x + 0.75, axis.y(span.end), dashes)
    for minute in range(axis.first, axis.last + 1, 60):
        y = axis.y(minute)
        yield line(x, y, x + width, y, f'{look.paint(line="grid")} stroke-width="0.6"')


def _rails(day: Day, x: float, width: float, axis: Axis, look: Look) -> Iterator[str]:
    for span in day.clashes:
        yield group(
            [_box(span, x, RAIL, axis, look.paint(hatched(look, "clash")))], f"{span.clock} two meetings at once"
        )
    for span in day.after_hours:
        words = f"{span.clock} outside working hours"
        yield group([_box(span, x + width - RAIL, RAIL, axis, look.paint(hatched(look, "after")))], words)


def _box(span: Span, x: float, width: float, axis: Axis, attributes: str) -> str:
    top = axis.y(span.start)
    return rect(x, top, width, axis.y(span.end) - top, attributes)


def _entry(place: Place, x: float, width: float, axis: Axis, look: Look) -> str:
    entry, lane = place.entry, width / place.lanes
    top, bottom = axis.y(entry.span.start), axis.y(entry.span.end)
    high = min(max(bottom - top - 1, LEAST_HEIGHT), axis.y(axis.last) - top)
    left, wide = x + place.lane * lane, max(lane - 1.5, 1)
    if high <= 0:
        top, high = axis.y(axis.last) - LEAST_HEIGHT, LEAST_HEIGHT
    parts = [_body(entry.kind, left, top, wide, high, look), *_words(entry, left, top, wide, high, look)]
    return group(parts, f"{entry.span.clock} {entry.title} ({WORDS[entry.kind]})")


DASHED = {Kind.INVITED: "4 3", Kind.DECLINED: "2 2", Kind.FOCUS: "6 3"}


def _body(kind: Kind, x: float, y: float, width: float, height: float, look: Look) -> str:
    """The box. Counted meetings have a strong left edge, everything else a dashed or plain outline."""
    fill = hatched(look, kind) if kind in (Kind.DECLINED, Kind.BLOCKED) else str(kind)
    dash = f' stroke-dasharray="{DASHED[kind]}"' if kind in DASHED else ""
    outline = f'{look.paint(fill, f"{kind}-line")} stroke-width="1"{dash}'
    box = rect(x + 0.5, y + 0.5, width - 1, max(height - 1, 1), outline, round_=2)
    if kind not in COUNTED:
        return box
    return box + rect(x, y, 3, height, look.paint(f"{kind}-line")) + _mark(kind, x + width, y, height, look)


def _mark(kind: Kind, right: float, y: float, height: float, look: Look) -> str:
    """A pennant for flagged, a diamond for let through."""
    if height < 9:
        return ""
    if kind is Kind.FLAGGED:
        return f'<path d="M{right - 9:.6g} {y + 2:.6g}h7l-2.5 3 2.5 3h-7z" {look.paint("flagged-line")}/>'
    if kind is Kind.URGENT:
        return f'<path d="M{right - 6:.6g} {y + 1.5:.6g}l4 4-4 4-4-4z" {look.paint("urgent-line")}/>'
    return ""


def _words(entry: Entry, x: float, y: float, width: float, height: float, look: Look) -> Iterator[str]:
    """As many lines of title and time as the box has room for."""
    room, role = width - 8, "soft-ink" if entry.kind is Kind.DECLINED else "ink"
    if height < SIZE + 3 or room < 3 * SIZE:
        return
    first = room - (11 if entry.kind in (Kind.FLAGGED, Kind.URGENT) else 0)
    yield text(x + 6, y + SIZE + 1.5, clipped(entry.title, first, SIZE), look.ink(role, SIZE))
    if height >= 2 * SIZE + 8:
        yield text(x + 6, y + 2 * SIZE + 4.5, clipped(entry.span.clock, room, SIZE - 1), look.ink(role, SIZE - 1))


def _legend(view: WeekView, axis: Axis, look: Look) -> str:
    """Only what is in the picture."""
    days = shown_days(view)
    kinds = [kind for kind in Kind if any(entry.kind is kind for day in days for entry in day.entries)]
    samples: list[tuple[str, str]] = [(WORDS[kind], _body(kind, 0, 0, 14, 11, look)) for kind in kinds]
    rails = (
        ("focus window", any(day.bands for day in days), look.paint("band", "focus-line") + ' stroke-dasharray="2 3"'),
        ("clash", any(day.clashes for day in days), look.paint(hatched(look, "clash"), "clash-line")),
        ("after hours", any(day.after_hours for day in days), look.paint(hatched(look, "after"), "after-line")),
    )
    samples += [(words, rect(0.5, 0.5, 13, 10, paint)) for words, there, paint in rails if there]
    return "".join(_laid_out(samples, axis.height - BOTTOM + 18, look))


def _laid_out(samples: Iterable[tuple[str, str]], y: float, look: Look) -> Iterator[str]:
    x = LEFT + GUTTER
    for words, sample in samples:
        width = 20 + units(words) * 10.5 + 14
        if x + width > WIDTH:
            x, y = LEFT + GUTTER, y + 17
        yield f'<g transform="translate({x:.6g} {y:.6g})">{sample}{text(19, 9.5, words, look.ink("soft-ink", 10.5))}</g>'
        x += width
