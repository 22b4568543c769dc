"""The pictures of `guardian.reports.svg` drawn straight onto pixels, several times as fast as a renderer of all of SVG.

Boxes, lines, hatching, small marks and words in letters that stand one after another: a week has nothing else. For anything
more `drawn` gives None, and `guardian.mail.picture` takes the renderer.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError, ParserCreate

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

LAST_PLAIN = "\u052f"
"""Latin, Greek and Cyrillic letters up to here need no shaping; of the signs after them only `SIGNS` are taken."""

SIGNS = frozenset("‐‑‒–—‘’‚“”„•…€−×→")
COMBINING = range(0x300, 0x370)
TALLEST = 1100
"""Pixels of a whole day with head and legend."""

FINE = 4
"""Hatching is drawn so many times larger and made small again, so that slanted lines are smooth."""

Numbers = Mapping[str, str]


class _TooMuch(Exception):
    """More than boxes, lines and plain words."""


@dataclass(frozen=True, slots=True)
class Fonts:
    """Paths of the plain and of the bold font."""

    plain: str
    bold: str


@dataclass(slots=True)
class _Hatching:
    """What a pattern is made of: lines of that colour, so far apart, turned by so many degrees, on paper of that colour."""

    step: int
    turn: int
    paper: str = ""
    ink: str = ""


def drawn(svg: str, width: int, paper: str, fonts: Fonts) -> "Image.Image | None":
    """The picture in RGB at its own size; None where it is not `width` wide or holds what is not understood here."""
    sheet = _Sheet(width, paper, fonts)
    parser = ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = sheet.begin, sheet.end
    parser.CharacterDataHandler = sheet.words
    try:
        parser.Parse(svg, True)
    except (_TooMuch, ExpatError, KeyError, ValueError):  # of whatever is not what we write
        return None
    return sheet.image


@dataclass(slots=True)
class _Sheet:
    """Takes the elements one after another."""

    width: int
    paper: str
    fonts: Fonts
    image: "Image.Image | None" = None
    pen: "ImageDraw.ImageDraw | None" = None
    patterns: dict[str, _Hatching] = field(default_factory=dict)
    shifts: list[tuple[float, float]] = field(default_factory=lambda: [(0.0, 0.0)])
    pattern: _Hatching | None = None
    said: list[str] | None = None
    row: Numbers = field(default_factory=dict)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("title", "desc", "defs"):
            return
        handler = _HANDLERS.get(name)
        if handler is None:
            raise _TooMuch
        handler(self, attributes)

    def end(self, name: str) -> None:
        if name == "g":
            self.shifts.pop()
        elif name == "pattern":
            self.pattern = None
        elif name == "text" and self.said is not None:
            self._write("".join(self.said))
            self.said = None

    def words(self, text: str) -> None:
        if self.said is not None:
            self.said.append(text)

    def svg(self, a: Numbers) -> None:
        from PIL import Image, ImageDraw

        _, _, width, height = (float(number) for number in a["viewBox"].split())
        if width != self.width or height > TALLEST:
            raise _TooMuch
        self.image = Image.new("RGB", (self.width, math.ceil(height)), self.paper)
        self.pen = ImageDraw.Draw(self.image)

    def group(self, a: Numbers) -> None:
        x, y = self.shifts[-1]
        moved = re.fullmatch(r"translate\((\S+) (\S+)\)", a["transform"]) if "transform" in a else None
        self.shifts.append((x + float(moved[1]), y + float(moved[2])) if moved else (x, y))

    def hatching(self, a: Numbers) -> None:
        turn = re.fullmatch(r"rotate\((-?\d+)\)", a["patternTransform"])
        self.pattern = self.patterns[a["id"]] = _Hatching(int(a["width"]), int(turn[1]) if turn else 0)

    def rect(self, a: Numbers) -> None:
        if self.pattern is not None:
            self.pattern.paper = a["fill"]
            return
        x, y = self._at(a["x"], a["y"])
        left, top = _edge(x), _edge(y)
        right, bottom = _edge(x + float(a["width"])), _edge(y + float(a["height"]))
        line, dash = a.get("stroke"), a.get("stroke-dasharray")
        if not line:  # an outline stands on its last pixels, an area ends before them
            right, bottom = right - 1, bottom - 1
        if right < left or bottom < top:
            return
        box = (left, top, right, bottom)
        self._fill(box, a["fill"], float(a.get("rx", 0)), None if dash else line)
        if line and dash:
            sides = ((left, top, right, top), (left, bottom, right, bottom), (left, top, left, bottom))
            for side in (*sides, (right, top, right, bottom)):
                self._dashed(side, line, dash)

    def line(self, a: Numbers) -> None:
        if self.pattern is not None:
            self.pattern.ink = a["stroke"]
            return
        (x1, y1), (x2, y2) = self._at(a["x1"], a["y1"]), self._at(a["x2"], a["y2"])
        self._dashed((_edge(x1), _edge(y1), _edge(x2), _edge(y2)), a["stroke"], a.get("stroke-dasharray"))

    def path(self, a: Numbers) -> None:
        assert self.pen is not None
        self.pen.polygon([self._at(x, y) for x, y in _corners(a["d"])], fill=a["fill"])

    def text(self, a: Numbers) -> None:
        self.row, self.said = a, []

    def _write(self, words: str) -> None:
        if not all(c <= LAST_PLAIN or c in SIGNS for c in words) or any(ord(c) in COMBINING for c in words):
            raise _TooMuch
        assert self.pen is not None
        font = _font(self.fonts.bold if "font-weight" in self.row else self.fonts.plain, float(self.row["font-size"]))
        anchor = {"end": "rs", "middle": "ms"}.get(self.row.get("text-anchor", ""), "ls")
        self.pen.text(self._at(self.row["x"], self.row["y"]), words, fill=self.row["fill"], font=font, anchor=anchor)

    def _at(self, x: str | float, y: str | float) -> tuple[float, float]:
        right, down = self.shifts[-1]
        return float(x) + right, float(y) + down

    def _fill(self, box: tuple[int, int, int, int], fill: str, radius: float, line: str | None) -> None:
        assert self.pen is not None
        assert self.image is not None
        name = fill[5:-1] if fill.startswith("url(#") else ""
        if name:
            found = self.patterns[name]
            area = (box[0], box[1], box[2] + 1, box[3] + 1)
            self.image.paste(found.paper, area)
            self.image.paste(found.ink, area, _mask(found.step, found.turn, self.width).crop(area))
        plain = None if name or fill == "none" else fill
        if plain or line:
            self.pen.rounded_rectangle(box, radius, fill=plain, outline=line)

    def _dashed(self, ends: tuple[int, int, int, int], colour: str, dash: str | None) -> None:
        assert self.pen is not None
        x1, y1, x2, y2 = ends
        length = max(abs(x2 - x1), abs(y2 - y1))
        for begin, end in _dashes(length, dash):
            across = (x2 > x1, y2 > y1)
            piece = [(x1 + across[0] * n, y1 + across[1] * n) for n in (begin, end)]
            self.pen.line(piece, fill=colour)


_HANDLERS = {
    "svg": _Sheet.svg,
    "g": _Sheet.group,
    "pattern": _Sheet.hatching,
    "rect": _Sheet.rect,
    "line": _Sheet.line,
    "path": _Sheet.path,
    "text": _Sheet.text,
}


def _edge(value: float) -> int:
    return math.floor(value + 0.25)


def _dashes(length: int, dash: str | None) -> Iterator[tuple[int, int]]:
    """The drawn parts of a line, from 0 to its length."""
    if not dash:
        yield 0, length
        return
    on, off = (int(number) for number in dash.split())
    for begin in range(0, length + 1, on + off):
        yield begin, min(begin + on - 1, length)


PLAIN_PATH = frozenset("Mhlz0123456789.- ")
_STEP = re.compile(r"([Mhlz])([^Mhlz]*)")


def _corners(path: str) -> list[tuple[float, float]]:
    """Of a closed shape that begins with M and goes on with h and l; raises _TooMuch for any other."""
    if not PLAIN_PATH.issuperset(path):
        raise _TooMuch
    found: list[tuple[float, float]] = []
    for letter, text in _STEP.findall(path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", text)]
        if letter == "h":
            numbers = [numbers[0], 0]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = found[-1] if found else (0.0, 0.0)
            found.append((x + dx, y + dy))
    return found


@lru_cache(maxsize=32)
def _font(path: str, size: float) -> "ImageFont.FreeTypeFont":
    from PIL import ImageFont

    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8)
def _mask(step: int, turn: int, width: int) -> "Image.Image":
    """Where the lines of a hatching lie, as large as any picture."""
    from PIL import Image, ImageDraw

    mask = Image.new("L", (width, TALLEST))
    slope = math.tan(math.radians(turn))
    if abs(turn) == 90:
        for y in range(0, TALLEST, step):
            ImageDraw.Draw(mask).line(((0, y), (width, y)), fill=255)
        return mask
    apart, reach = step / abs(math.cos(math.radians(turn))), TALLEST * abs(slope)
    tall = Image.new("L", (width * FINE, TALLEST * FINE))
    pen = ImageDraw.Draw(tall)
    for number in range(int(-reach / apart) - 1, int((width + reach) / apart) + 1):
        x = number * apart
        pen.line(((x * FINE, 0), ((x - slope * TALLEST) * FINE, TALLEST * FINE)), fill=255, width=FINE)
    return tall.reduce(FINE)
