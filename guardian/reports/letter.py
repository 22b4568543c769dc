"""The weekly mail as a value: every number is turned into words here, once, so that text and HTML cannot differ.

A letter to a person holds that person's own titles; one about a team or everybody holds no titles and no names.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from guardian.model.mail import MailKind

TITLE = 70
"""Characters of a title that are shown."""

MOST_ROWS = 5


def one_line(text: str, most: int = TITLE) -> str:
    """Safe in a header, in text and in HTML text: one line, no control characters, nothing that turns the direction."""
    kept = "".join(c if unicodedata.category(c)[0] not in "CZ" else " " for c in text[: 4 * most])
    flat = " ".join(kept.split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the three numbers. `change` compares with the mean of the last four weeks, empty where that says nothing."""

    name: str
    value: str
    unit: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A day, or a week of a group. Minutes; `note` stands in place of an empty bar (a holiday, away)."""

    label: str
    meeting: int
    focus: int
    other: int = 0
    note: str = ""

    @property
    def total(self) -> int:
        return self.meeting + self.focus + self.other


@dataclass(frozen=True, slots=True)
class Deed:
    """Something the guardian did: `what` it did to which meeting, `why`, and where to take it back (empty: nowhere)."""

    what: str
    meeting: str
    why: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Costly:
    """A recurring meeting: who it is, what it takes, and one suggestion."""

    what: str
    takes: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """The one proposal of the week. `key` is the series; `inputs` shows the sum; `template` is ready to be sent."""

    key: str
    what: str
    saves: str
    inputs: str
    reasons: str
    template: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """Absolute addresses, empty where the installation has no public one."""

    method: str = ""
    dashboard: str = ""
    stop: str = ""
    stop_mailto: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything a mail says, in the order in which it says it."""

    kind: MailKind
    week: str
    subject: str
    greeting: str
    headline: str
    span: str
    figures: tuple[Figure, ...]
    compared: str
    money: str
    kept: tuple[str, ...]
    bars: tuple[Bar, ...]
    deeds: tuple[Deed, ...]
    more_deeds: int
    passes: tuple[str, ...]
    costly: tuple[Costly, ...]
    proposal: Proposal | None
    risks: tuple[str, ...]
    unread: tuple[str, ...]
    links: Links
    why_you: str

    @property
    def scale(self) -> int:
        """Minutes of the longest bar, at least one."""
        return max([1, *(bar.total for bar in self.bars)])


def hours(minutes: float) -> str:
    """`16.5`: hours to a tenth."""
    return f"{minutes / 60:.1f}"


def signed(minutes: float) -> str:
    """`+2.1`, `-0.4`, or `±0` where the tenth does not show it."""
    tenths = round(minutes / 6)
    return f"{tenths / 10:+.1f}".replace("-", "\N{MINUS SIGN}") if tenths else "±0"


def plural(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def span_of(monday: date) -> str:
    """`16-22 November 2026` with what may differ."""
    sunday = date.fromordinal(monday.toordinal() + 6)
    if monday.year != sunday.year:
        return f"{monday.day} {monday:%B %Y} to {sunday.day} {sunday:%B %Y}"
    if monday.month != sunday.month:
        return f"{monday.day} {monday:%B} to {sunday.day} {sunday:%B %Y}"
    return f"{monday.day} to {sunday.day} {sunday:%B %Y}"


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
