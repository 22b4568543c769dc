"""Title patterns: whole words, upper and lower case alike, `*` for any run of characters without a space.

A pattern is text, never a regular expression: brackets stand for themselves, so `[urgent]` needs its brackets. Letters and
digits at a pattern's edge must end there (`urgent` is not in `insurgent`), other characters need no such edge. Time is
linear in the title for every pattern.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

LONGEST = 2_000
"""Characters of a title that are looked at; services allow about 1,000."""


@lru_cache(maxsize=8192)
def _plain(cut: str) -> str:
    folded = unicodedata.normalize("NFKC", cut).casefold()
    return " ".join("".join(c for c in folded if unicodedata.category(c) != "Cf").split())


def plain(title: str) -> str:
    """Folded case, one space between words, without invisible characters (zero width, writing direction)."""
    return _plain(title[:LONGEST])


def _word(character: str) -> bool:
    return character.isalnum() or character == "_"


class TitlePattern:
    """One pattern, made ready."""

    __slots__ = ("_anything", "_chunks", "_end", "_start")

    def __init__(self, pattern: str) -> None:
        text = plain(pattern)
        self._start = not text.startswith("*") and bool(text) and _word(text[0])
        self._end = not text.endswith("*") and bool(text) and _word(text[-1])
        self._anything = "*" in text
        self._chunks = tuple(c for c in text.split("*") if c)

    def found_in(self, title: str) -> bool:
        """`title` as `plain` makes it."""
        if not self._chunks:
            return self._anything and bool(title)
        if self._chunks[0] not in title:
            return False
        ends = [s + len(self._chunks[0]) for s in _places(self._chunks[0], title) if self._starts(title, s)]
        for chunk in self._chunks[1:]:
            ends = _after(ends, chunk, title)
        return any(self._ends(title, e) for e in ends)

    def _starts(self, title: str, at: int) -> bool:
        return not (self._start and at > 0 and _word(title[at - 1]))

    def _ends(self, title: str, at: int) -> bool:
        return not (self._end and at < len(title) and _word(title[at]))


def _places(chunk: str, title: str) -> Iterator[int]:
    at = title.find(chunk)
    while at >= 0:
        yield at
        at = title.find(chunk, at + 1)


def _after(ends: list[int], chunk: str, title: str) -> list[int]:
    """Where the chunk ends when it follows one of the ascending `ends` without a space between."""
    found = []
    for at in _places(chunk, title):
        nearest = bisect_right(ends, at) - 1
        if nearest >= 0 and title.find(" ", ends[nearest], at) < 0:
            found.append(at + len(chunk))
    return found
