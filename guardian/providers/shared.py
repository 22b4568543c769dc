"""What calendar services over HTTP have in common: words from strangers, patience, safe addresses, our marks, the last
comparison before a write. Pure, and of no service in particular."""

import ipaddress
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urlsplit

from guardian.errors import PreconditionFailed, ProviderDown, RateLimited, SettingsError
from guardian.model.actions import Action, Answer, Restore
from guardian.model.events import FOCUS_MARK, Occurrence
from guardian.model.time import DayRange, Interval, When

T = TypeVar("T")

# --- words from strangers --------------------------------------------------------------------------------------------

LONGEST_LINE = 1000
LONGEST_COMMENT = 4000

INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
SPACES = re.compile(r"\s+")


def line(text: str) -> str:
    """One line of at most 1,000 characters, white space as single blanks, without control characters and invisible
    direction marks."""
    if text.isprintable():
        return text[:LONGEST_LINE].strip()
    return SPACES.sub(" ", INVISIBLE.sub("", text[: 4 * LONGEST_LINE])).strip()[:LONGEST_LINE]


def comment_text(text: str) -> str:
    """An answer's text with its line breaks, at most 4,000 characters."""
    return text if text.isprintable() and len(text) <= LONGEST_COMMENT else INVISIBLE.sub("", text)[:LONGEST_COMMENT]


# --- patience and addresses ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a read is repeated: at most `tries` times in all and `total` seconds of waiting, the first wait about
    `first` seconds and each next one twice that."""

    tries: int = 4
    first: float = 1.0
    total: float = 60.0

    def wait(self, attempt: int, wish: float | None) -> float:
        """Seconds before the next try: half fixed and half random, and never less than the service wished."""
        backoff = self.first * 2.0**attempt * (1 + secrets.randbelow(1000) / 1000) / 2
        return max(backoff, wish or 0.0)

    def repeat(self, ask: Callable[[], T], sleep: Callable[[float], None]) -> T:
        """What `ask` returns at last; for what changes nothing only. Raises its RateLimited or ProviderDown once patience has
        run out, at once where an account's limits are used up for hours, and all its other errors."""
        waited = 0.0
        for attempt in range(self.tries):
            try:
                return ask()
            except (RateLimited, ProviderDown) as error:
                wait = self.wait(attempt, getattr(error, "retry_after", None))
                last = attempt + 1 == self.tries
                if last or getattr(error, "account", False) or waited + wait > self.total:
                    raise
                waited += wait
                sleep(wait)
        raise AssertionError("the last try returns or raises")


def retry_after(text: str | None, now: datetime) -> float | None:
    """Seconds from a Retry-After header (seconds or an HTTP date, RFC 9110 section 10.2.3), None where there is none."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())


def require_safe(url: str, name: str, example: str) -> None:
    """Raises SettingsError unless the URL is https, or http to this very machine."""
    parts = urlsplit(url)
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        raise SettingsError(f"{name}: '{url}' is not a web address; write it like {example}")
    if parts.scheme == "http" and not is_loopback(url):
        raise SettingsError(
            f"{name}: '{url}' would send tokens in the clear; http:// is for loopback only, use https://"
        )


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# --- our marks: words `verb:key` on the person's own copy ------------------------------------------------------------

ANSWER, FLAG, SHORTEN, FOCUS = "answer:", "flag:", "shorten:", FOCUS_MARK
MOST_MARKS = 6
"""Marks of one kind kept on an event; a property of Google's holds 1,024 characters, a mark takes at most 72."""


def has_mark(marks: Iterable[str], verb: str) -> bool:
    return any(mark.startswith(verb) for mark in marks)


def with_mark(marks: Sequence[str], verb: str, key: str) -> str:
    """The marks with this one last; the oldest of its kind give way."""
    mark = f"{verb}{key}"
    same = [m for m in marks if m.startswith(verb) and m != mark]
    return " ".join([*_others(marks, verb), *same[-MOST_MARKS + 1 :], mark])


def without_marks(marks: Iterable[str], verb: str) -> str:
    """The marks without those of this verb; empty where none is left."""
    return " ".join(_others(marks, verb))


def _others(marks: Iterable[str], verb: str) -> list[str]:
    return [mark for mark in marks if not mark.startswith(verb)]


# --- before a write, and at the edges of a window --------------------------------------------------------------------


def require(action: Action, seen: Occurrence) -> None:
    """Raises PreconditionFailed unless the event is still what was judged: the same etag, or without one the same time,
    organiser and, where the act touches it, answer."""
    expects = action.expects
    if expects.etag is not None:
        _same(seen.etag == expects.etag, "the event changed since it was judged")
        return
    _same(expects.when is None or seen.when == expects.when, "the event moved since it was judged")
    _same(not expects.organizer or seen.organizer == expects.organizer, "the event has another organiser now")
    if isinstance(action.effect, Answer | Restore):
        _same(expects.response is None or seen.response is expects.response, "the person answered in the meantime")


def _same(holds: bool, otherwise: str) -> None:
    if not holds:
        raise PreconditionFailed(otherwise)


ZONE_SLACK = timedelta(hours=14)
"""Dates have no zone; no zone is further from UTC."""


def touches(when: When, window: Interval) -> bool:
    """Whether it overlaps the window; a zero-length event where it stands in it, a date where it does for anybody on earth."""
    if isinstance(when, DayRange):
        first, last = when.first.toordinal(), when.last.toordinal()
        start, end = window.start - ZONE_SLACK, window.end + ZONE_SLACK
        return last >= start.date().toordinal() and first <= end.date().toordinal()
    if when.start == when.end:
        return window.start <= when.start < window.end
    return when.overlaps(window)
