"""Words from strangers, made fit to keep: no control characters, no invisible direction marks, no endless length."""

import re

LONGEST_LINE = 1000
LONGEST_COMMENT = 4000

INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
SPACES = re.compile(r"\s+")


def line(text: str) -> str:
    """One line of at most 1,000 characters, white space as single blanks."""
    if text.isprintable():
        return text[:LONGEST_LINE].strip()
    return SPACES.sub(" ", INVISIBLE.sub("", text[: 4 * LONGEST_LINE])).strip()[:LONGEST_LINE]


def comment_text(text: str) -> str:
    """An answer's text with its line breaks, at most 4,000 characters."""
    return text if text.isprintable() and len(text) <= LONGEST_COMMENT else INVISIBLE.sub("", text)[:LONGEST_COMMENT]
