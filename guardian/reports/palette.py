"""The colours of every chart, for light and dark paper. Pages have them as CSS variables, the mail's picture written out.

Each role is a fill, a line or ink; `PAIRS` says which ink must be readable on which fill.
"""

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "paper": "#ffffff",
    "wash": "#f1f1ee",
    "grid": "#d9d9d3",
    "ink": "#1f2328",
    "soft-ink": "#565b62",
    "meeting": "#d9e6f7",
    "meeting-line": "#2a5b99",
    "invited": "#f7fafd",
    "invited-line": "#4a76ad",
    "flagged": "#fbeecb",
    "flagged-line": "#8a5a00",
    "urgent": "#f9dfd9",
    "urgent-line": "#a8321f",
    "declined": "#f7f7f5",
    "declined-line": "#757a80",
    "hatch": "#dededa",
    "blocked": "#e3e3e6",
    "blocked-line": "#5d616b",
    "focus": "#d5ecdd",
    "focus-line": "#1f6b43",
    "band": "#e9f5ed",
    "away": "#ebe2f4",
    "away-line": "#6b4795",
    "clash-line": "#a8321f",
    "after-line": "#6b4795",
    "fragment": "#e8e4d6",
    "fragment-line": "#736843",
}

DARK: Mapping[str, str] = {
    "paper": "#1b1d21",
    "wash": "#25272c",
    "grid": "#3a3d44",
    "ink": "#e9e9e6",
    "soft-ink": "#b0b4bb",
    "meeting": "#22395a",
    "meeting-line": "#86b3ee",
    "invited": "#1f242c",
    "invited-line": "#7aa0d0",
    "flagged": "#463612",
    "flagged-line": "#e8b84f",
    "urgent": "#4f241d",
    "urgent-line": "#f28d79",
    "declined": "#212328",
    "declined-line": "#8d929a",
    "hatch": "#34373d",
    "blocked": "#383b42",
    "blocked-line": "#a4a9b3",
    "focus": "#1d4531",
    "focus-line": "#72c797",
    "band": "#1c2c24",
    "away": "#392c4b",
    "away-line": "#bb9be0",
    "clash-line": "#f28d79",
    "after-line": "#bb9be0",
    "fragment": "#3a3729",
    "fragment-line": "#c3b98d",
}

INKS: tuple[tuple[str, str], ...] = (
    *(("ink", fill) for fill in ("paper", "wash", "band", "meeting", "invited", "flagged", "urgent", "blocked")),
    *(("ink", fill) for fill in ("focus", "away", "fragment")),
    *(("soft-ink", fill) for fill in ("paper", "wash", "band", "declined", "hatch")),
)
"""Text on fill: contrast of 4.5 at least."""

LINES: tuple[tuple[str, str], ...] = tuple(
    (role, fill)
    for role in LIGHT
    if role.endswith("-line")
    for fill in ("paper", "wash", "band", role.removesuffix("-line"))
    if fill in LIGHT
)
"""Line on what lies beside it: contrast of 3 at least."""


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours `#rrggbb` as WCAG 2 defines it, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.03928 else float(((channel + 0.055) / 1.055) ** 2.4)
