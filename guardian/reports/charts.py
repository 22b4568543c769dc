"""Charts as SVG text, from values alone: bars by day, trend lines, stacked bars, a spark; the week's picture lies beside.

Every chart has a name, a description and a look: classes for pages, colours written out for pictures that stand alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

from guardian.reports.svg import (
    PAGE,
    STANDALONE,
    Look,
    clean,
    clipped,
    frame,
    group,
    hatched,
    hatching,
    line,
    rect,
    text,
    units,
)
from guardian.reports.week_picture import week_picture

__all__ = ["PAGE", "STANDALONE", "Bar", "Line", "Look", "Part", "bars", "sparkline", "trend", "week_picture"]

WIDTH = 640.0
LEFT, RIGHT = 40.0, 12.0
SHAPES = ("circle", "square", "diamond", "triangle")
DASHES = ("", "7 4", "2 3", "9 3 2 3")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar. `role` is a fill of the palette; `value` is in the unit of the chart, not negative."""

    name: str
    role: str
    value: float


@dataclass(frozen=True, slots=True)
class Bar:
    """`label` stands under it, `note` says why there is nothing (a holiday, hidden), empty otherwise."""

    label: str
    parts: tuple[Part, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a trend. A None is a gap: nothing is known there. `role` is a line of the palette without `-line`."""

    name: str
    role: str
    values: tuple[float | None, ...]


HATCHED = ("meeting", "declined")
"""Fills that are drawn hatched in bars, so that neighbours differ without colour."""


def bars(
    title: str, desc: str, columns: Sequence[Bar], *, unit: str = "h", look: Look = PAGE, height: float = 190
) -> str:
    """Stacked bars from the bottom up, first part lowest, with the values that have room."""
    top, bottom = 26.0, height - 24
    scale = _scale([sum(part.value for part in bar.parts) for bar in columns])
    step = (WIDTH - LEFT - RIGHT) / max(len(columns), 1)
    parts = [*_rules(scale, top, bottom, unit, look)]
    for n, bar in enumerate(columns):
        parts.append(_bar(bar, LEFT + n * step, step, bottom, (bottom - top) / scale[-1], unit, look))
    defs = hatching(look, "meeting", "meeting", "meeting-line", step=8) + hatching(
        look, "declined", "declined", "hatch"
    )
    named = {part.name: part.role for bar in columns for part in bar.parts}
    parts.append(_keys([(name, _swatch(role, look)) for name, role in named.items()], look))
    return frame(look, WIDTH, height, title, desc, parts, defs)


def _bar(bar: Bar, x: float, step: float, bottom: float, per_unit: float, unit: str, look: Look) -> str:
    wide, found, y = min(step * 0.62, 64), [], bottom
    left = x + (step - wide) / 2
    for part in bar.parts:
        high = part.value * per_unit
        if high <= 0:
            continue
        y -= high
        box = rect(left, y, wide, high, f'{look.paint(_fill(part.role, look), f"{part.role}-line")} stroke-width="1"')
        label = f"{part.value:.1f}"
        plate = _plate(label, left + wide / 2, y + high / 2, look) if high >= 16 and wide >= 26 else ""
        found.append(group([box, plate], f"{bar.label}: {part.name} {label} {unit}"))
    if bar.note:
        found.append(
            text(x + step / 2, bottom - 6, clipped(bar.note, step - 4, 10), look.ink("soft-ink", 10), "middle")
        )
    found.append(
        text(x + step / 2, bottom + 15, clipped(bar.label, step - 2, 10.5), look.ink("soft-ink", 10.5), "middle")
    )
    return "".join(found)


def _fill(role: str, look: Look) -> str:
    return hatched(look, role) if role in HATCHED else role


def _plate(label: str, x: float, y: float, look: Look) -> str:
    """A value on a small plate of paper, readable on any pattern."""
    wide = units(label) * 10 + 6
    return rect(x - wide / 2, y - 6.5, wide, 13, look.paint("paper"), round_=2) + text(
        x, y + 3.5, label, look.ink("ink", 10), "middle"
    )


def _swatch(role: str, look: Look) -> str:
    return rect(0.5, 0.5, 13, 10, f'{look.paint(_fill(role, look), f"{role}-line")} stroke-width="1"')


def trend(
    title: str,
    desc: str,
    labels: Sequence[str],
    lines: Sequence[Line],
    *,
    unit: str = "h",
    look: Look = PAGE,
    height: float = 220,
) -> str:
    """Lines over weeks. Each has a dash and a marker of its own; a gap in the data is a gap in the line."""
    top, bottom = 30.0, height - 26
    scale = _scale([value for one in lines for value in one.values if value is not None])
    step = (WIDTH - LEFT - RIGHT - 24) / max(len(labels) - 1, 1)
    xs = [LEFT + 12 + n * step for n in range(len(labels))]
    per_unit = (bottom - top) / scale[-1]
    parts = [*_rules(scale, top, bottom, unit, look), *_under(labels, xs, bottom, look)]
    for n, one in enumerate(lines):
        points = [
            (x, bottom - value * per_unit, f"{label}: {one.name} {value:.1f} {unit}")
            for x, value, label in zip(xs, one.values, labels, strict=True)
            if value is not None
        ]
        parts += _stroke(one, xs, bottom, per_unit, n, look)
        parts += [group([_marker(n, x, y, one.role, look)], tip) for x, y, tip in points]
    parts.append(_keys([(one.name, _key(n, one.role, look)) for n, one in enumerate(lines)], look, wide=26))
    return frame(look, WIDTH, height, title, desc, parts)


def _under(labels: Sequence[str], xs: Sequence[float], bottom: float, look: Look) -> Iterator[str]:
    """As many labels as have room, the last one always."""
    widest = max((units(label) for label in labels), default=1) * 10 + 8
    every = max(1, ceil(widest * len(labels) / (WIDTH - LEFT - RIGHT)))
    for n, (x, label) in enumerate(zip(xs, labels, strict=True)):
        if (len(labels) - 1 - n) % every == 0:
            yield text(x, bottom + 16, label, look.ink("soft-ink", 10), "middle")


def _stroke(one: Line, xs: Sequence[float], bottom: float, per_unit: float, n: int, look: Look) -> Iterator[str]:
    for run in _runs(one.values):
        points = " ".join(f"{xs[i]:.6g},{bottom - (one.values[i] or 0) * per_unit:.6g}" for i in run)
        dash = f' stroke-dasharray="{DASHES[n % 4]}"' if DASHES[n % 4] else ""
        yield f'<polyline points="{points}" {look.paint(line=f"{one.role}-line")} stroke-width="2"{dash}/>'


def _runs(values: Sequence[float | None]) -> Iterator[list[int]]:
    """Stretches of neighbours that are known, two at least."""
    run: list[int] = []
    for n, value in enumerate([*values, None]):
        if value is not None:
            run.append(n)
            continue
        if len(run) > 1:
            yield run
        run = []


def _marker(n: int, x: float, y: float, role: str, look: Look) -> str:
    paint = f'{look.paint("paper", f"{role}-line")} stroke-width="2"'
    shape = SHAPES[n % 4]
    if shape == "circle":
        return f'<circle cx="{x:.6g}" cy="{y:.6g}" r="3.5" {paint}/>'
    if shape == "square":
        return rect(x - 3.2, y - 3.2, 6.4, 6.4, paint)
    if shape == "diamond":
        return f'<path d="M{x:.6g} {y - 4.5:.6g}l4.5 4.5-4.5 4.5-4.5-4.5z" {paint}/>'
    return f'<path d="M{x:.6g} {y - 4.5:.6g}l4.5 8h-9z" {paint}/>'


def _key(n: int, role: str, look: Look) -> str:
    dash = f' stroke-dasharray="{DASHES[n % 4]}"' if DASHES[n % 4] else ""
    stroke = f'{look.paint(line=f"{role}-line")} stroke-width="2"{dash}'
    return line(0, 5.5, 22, 5.5, stroke) + _marker(n, 11, 5.5, role, look)


def _keys(samples: Sequence[tuple[str, str]], look: Look, wide: float = 18) -> str:
    """The legend, above the picture."""
    x, found = LEFT, []
    for name, sample in samples:
        words = clipped(name, 150, 11)
        found.append(
            f'<g transform="translate({x:.6g} 4)">{sample}{text(wide, 9.5, words, look.ink("soft-ink", 11))}</g>'
        )
        x += wide + units(words) * 11 + 18
    return "".join(found)


def _rules(scale: Sequence[float], top: float, bottom: float, unit: str, look: Look) -> Iterator[str]:
    for value in scale:
        y = bottom - (bottom - top) * value / scale[-1]
        yield line(LEFT, y, WIDTH - RIGHT, y, f'{look.paint(line="grid")} stroke-width="1"')
        yield text(LEFT - 5, y + 3.5, f"{value:g} {unit}", look.ink("soft-ink", 10), "end")


def _scale(values: Sequence[float]) -> list[float]:
    """Round steps from nothing to the greatest value, at least to one."""
    most = max([1.0, *values])
    size = 10.0 ** floor(len(str(int(most))) - 1)
    step = next(s for s in (size / 4, size / 2, size, size * 2, size * 2.5) if most / s <= 4.001)
    return [n * step for n in range(ceil(most / step - 1e-9) + 1)]


def sparkline(title: str, desc: str, values: Sequence[float | None], role: str, *, look: Look = PAGE) -> str:
    """A small line without axes; the last known point is marked."""
    width, height = 120.0, 30.0
    most = max([1.0, *(value for value in values if value is not None)])
    step = (width - 12) / max(len(values) - 1, 1)
    xs = [6 + n * step for n in range(len(values))]
    line_ = Line(clean(title), role, tuple(values))
    known = [(x, value) for x, value in zip(xs, values, strict=True) if value is not None]
    last = [_marker(0, known[-1][0], height - 6 - known[-1][1] * (height - 12) / most, role, look)] if known else []
    return frame(
        look, width, height, title, desc, [*_stroke(line_, xs, height - 6, (height - 12) / most, 0, look), *last]
    )
