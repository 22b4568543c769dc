"""A chart's SVG as a small PNG: drawn with the vendored font and nothing of the machine's, on opaque paper."""

import io
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from guardian.mail.drawing import Fonts, drawn

if TYPE_CHECKING:
    from PIL import Image

WIDTH = 760
"""Pixels: sharp enough at the 544 it is shown in."""

COLOURS = 48
PAPER = "#ffffff"
FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")


@lru_cache(maxsize=32)
def png_of(svg: str) -> bytes:
    """A palette PNG, `WIDTH` wide; the latest are kept, as all leads of a team get the same."""
    return _small(drawn(svg, WIDTH, PAPER, Fonts(*font_files())) or rendered(svg))


def rendered(svg: str) -> "Image.Image":
    """Any picture, by a renderer of all of SVG: also what is round, and words of every script."""
    import resvg_py
    from PIL import Image

    png = resvg_py.svg_to_bytes(
        svg_string=svg,
        width=WIDTH,
        background=PAPER,
        skip_system_fonts=True,
        font_files=list(font_files()),
        font_family="DejaVu Sans",
        sans_serif_family="DejaVu Sans",
        shape_rendering="geometric_precision",
    )
    with Image.open(io.BytesIO(png)) as image:
        return image.convert("RGB")


def _small(image: "Image.Image") -> bytes:
    from PIL import Image

    few = image.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    few.save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


@lru_cache(maxsize=1)
def font_files() -> tuple[str, ...]:
    folder = Path(str(resources.files("guardian.mail") / "fonts"))
    return tuple(str(folder / name) for name in FONTS)
