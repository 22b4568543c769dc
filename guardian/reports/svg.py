"""Writing SVG: text that cannot break out, colours by class or written out, one frame for every chart."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from guardian.reports.palette import LIGHT

FONT = "DejaVu Sans"
"""The font that is there when a picture is drawn without a browser."""

WIDE = frozenset("WF")
ELLIPSIS = "…"
LONGEST = 300
"""Characters of a title that can ever be seen; a longer one is cut before anything is done with it."""

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Look:
    """How colours get into a picture. Without `colours` by CSS class, for pages; with them (by role) written out, for
    pictures that stand alone. `name` makes the ids of one picture differ from those of all others on the page."""

    name: str = "chart"
    colours: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,60}", self.name):
            raise ValueError("a picture's name is lower case letters, digits and dashes")

    def paint(self, fill: str | None = None, line: str | None = None) -> str:
        """The attributes for these roles of the palette; `fill` may be a pattern (`url(#...)`), None is not painted."""
        pattern = fill if fill and fill.startswith("url(") else None
        if self.colours is not None:
            shade = pattern or (self.colours[fill] if fill else "none")
            return f'fill="{shade}"' + (f' stroke="{self.colours[line]}"' if line else "")
        classes = " ".join([*([f"f-{fill}"] if fill and not pattern else []), *([f"s-{line}"] if line else [])])
        shade = f'fill="{pattern or "none"}" ' if pattern or not fill else ""
        return f'{shade}class="{classes}"' if classes else shade.strip()

    def ink(self, role: str = "ink", size: float = 11, *, bold: bool = False) -> str:
        """The attributes of a text."""
        weight = ' font-weight="600"' if bold else ""
        return f'{self.paint(role)} font-size="{size:g}"{weight}'

    def ref(self, what: str) -> str:
        """The id of something inside this picture."""
        return f"{self.name}-{what}"


PAGE = Look()
STANDALONE = Look(colours=LIGHT)


def clean(text: str) -> str:
    """One line of what may stand in XML: no control characters, no turning of the writing direction, no half characters."""
    kept = "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Cn", "Co") else " " for c in text[:LONGEST])
    return _SPACES.sub(" ", kept).strip()


def units(text: str) -> float:
    """About how wide the text is, in font sizes."""
    return sum(_units(c) for c in text)


def _units(c: str) -> float:
    if unicodedata.combining(c):
        return 0
    if unicodedata.east_asian_width(c) in WIDE or ord(c) > 0x2FFF:
        return 1.1
    if c in "iljtfrI.,:;'|!()[] -":
        return 0.4
    return 0.84 if c in "mwMWQGO@%&" or unicodedata.category(c) == "Lu" else 0.62


def clipped(text: str, width: float, size: float) -> str:
    """As much of the cleaned text as fits into `width` at that font size, with an ellipsis where something is cut off."""
    whole, room = clean(text), width / size
    if units(whole) <= room:
        return whole
    kept, used = "", units(ELLIPSIS)
    for c in whole:
        used += _units(c)
        if used > room:
            break
        kept += c
    return kept.rstrip() + ELLIPSIS if kept.strip() else ""


def text(x: float, y: float, words: str, attributes: str, anchor: str = "start") -> str:
    """A line of text, escaped; nothing for no words."""
    if not words:
        return ""
    side = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x:g}" y="{y:g}" {attributes}{side}>{escape(clean(words))}</text>'


def rect(x: float, y: float, width: float, height: float, attributes: str, *, round_: float = 0) -> str:
    corner = f' rx="{round_:g}"' if round_ else ""
    return f'<rect x="{x:.6g}" y="{y:.6g}" width="{max(width, 0):.6g}" height="{max(height, 0):.6g}"{corner} {attributes}/>'


def line(x1: float, y1: float, x2: float, y2: float, attributes: str) -> str:
    return f'<line x1="{x1:.6g}" y1="{y1:.6g}" x2="{x2:.6g}" y2="{y2:.6g}" {attributes}/>'


def group(parts: Iterable[str], tip: str = "") -> str:
    """Parts that belong together, with words that a pointer shows."""
    told = f"<title>{escape(clean(tip))}</title>" if tip else ""
    return f"<g>{told}{''.join(parts)}</g>"


def hatching(look: Look, what: str, fill: str, line_role: str, step: int = 7, turn: int = 45) -> str:
    """A pattern of slanted lines; painted with `hatched(look, what)`."""
    stroke = f'<line x1="0" y1="0" x2="0" y2="{step}" {look.paint(line=line_role)} stroke-width="2"/>'
    return (
        f'<pattern id="{look.ref(what)}" width="{step}" height="{step}" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate({turn})">{rect(0, 0, step, step, look.paint(fill))}{stroke}</pattern>'
    )


def hatched(look: Look, what: str) -> str:
    return f"url(#{look.ref(what)})"


def frame(look: Look, width: float, height: float, title: str, desc: str, parts: Iterable[str], defs: str = "") -> str:
    """The whole picture, with a name and a description for those who do not see it, and words in a font that is there."""
    font = "inherit" if look.colours is None else f"{FONT}, sans-serif"
    ids = f"{look.ref('title')} {look.ref('desc')}"
    size = f'width="{width:g}" height="{height:g}" ' if look.colours is not None else 'class="chart" '
    paper = rect(0, 0, width, height, look.paint("paper")) if look.colours is not None else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" {size}role="img"'
        f" aria-labelledby={quoteattr(ids)} font-family={quoteattr(font)}>"
        f'<title id="{look.ref("title")}">{escape(clean(title))}</title>'
        f'<desc id="{look.ref("desc")}">{escape(clean(desc))}</desc>'
        f"{f'<defs>{defs}</defs>' if defs else ''}{paper}{''.join(parts)}</svg>"
    )
