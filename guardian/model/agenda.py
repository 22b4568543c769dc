"""How much of a meeting's description says something: what is left without the boilerplate that tools put there.

The text is looked at once and thrown away; only the counts are kept (`Agenda`). Work is linear in the length of the
text, of which no more than `LONGEST` characters are read.
"""

import html
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from guardian.model import boilerplate
from guardian.model.events import Agenda

LONGEST = 100_000

TAG = re.compile(r"</?[a-z][a-z0-9]*(?::[a-z0-9]+)?(?:[\s/][^<>]*)?>", re.IGNORECASE)
BREAK = re.compile(
    r"<(?:br|hr)\b[^<>]*>|</?(?:p|div|li|ul|ol|tr|table|h[1-6]|blockquote|section)\b[^<>]*>", re.IGNORECASE
)
UNSEEN = (("<!--", "-->"), ("<style", "</style"), ("<script", "</script"), ("<head", "</head"))
URL = re.compile(r"(?:https?|webcal|tel|sip|mailto|msteams|zoommtg):[^\s<>\"']+|\bwww\.[^\s<>\"']+", re.IGNORECASE)
HOST_AND_PATH = re.compile(r"https?://([^\s/<>\"'?#]+)(?=([^\s<>\"']{0,40}))", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Scripts without spaces between words: each letter counts as a word, as word processors count it."""


def measure(text: str, has_document: bool = False) -> Agenda:
    """Words and characters (runs of white space as one) left of a plain or HTML description.

    A link to a document in a known place (Google Docs, Notion, Confluence, SharePoint...) counts as an attached one;
    `has_document` says that the event has an attachment of its own.
    """
    text = text[:LONGEST]
    left = " ".join(" ".join(_said(_lines(text))).split())
    return Agenda(words=_words(left), characters=len(left), has_document=has_document or links_a_document(text))


def links_a_document(text: str) -> bool:
    """Whether a link leads to a place where documents live; wrapped links (safe links, redirects) are looked into."""
    found = HOST_AND_PATH.findall(unquote(html.unescape(text)))
    return any(_is_document(host.lower(), path) for host, path in found)


def _is_document(host: str, path: str) -> bool:
    host = host.rpartition("@")[2].partition(":")[0]
    if host.partition(".")[0] in boilerplate.WIKI_NAMES:
        return True
    return any(
        (host == place or host.endswith(f".{place}")) and path.startswith(start)
        for place, start in boilerplate.DOCUMENT_PLACES
    )


def _lines(text: str) -> list[str]:
    """The visible lines of a plain or HTML text."""
    for opening, closing in UNSEEN:
        text = _drop(text, opening, closing)
    if TAG.search(text):
        text = TAG.sub(" ", BREAK.sub("\n", text))
    return [line.strip("\u200b\ufeff") for line in html.unescape(text).replace("\u00a0", " ").splitlines()]


def _drop(text: str, opening: str, closing: str) -> str:
    """Without everything from each opening to its closing; what is opened and never closed stays."""
    lower, kept, at = text.lower(), [], 0
    while (start := lower.find(opening, at)) >= 0 and (end := lower.find(closing, start)) >= 0:
        kept.append(text[at:start])
        at = end + len(closing)
    return "".join(kept) + text[at:]


def _said(lines: list[str]) -> Iterator[str]:
    """The lines somebody wrote for this meeting, without links."""
    written = _without_blocks(lines)
    for paragraph in _paragraphs(written[: boilerplate.signature_start(written)]):
        if not boilerplate.is_disclaimer(" ".join(paragraph)):
            yield from (URL.sub(" ", line) for line in paragraph if not boilerplate.is_line(_bare(line)))


def _bare(line: str) -> str:
    """The line as patterns see it: no links, no brackets around them, no marks of lists or emphasis."""
    return " ".join(URL.sub(" ", line).replace("<", " ").replace(">", " ").split()).strip("*•|·-–:. ")


def _without_blocks(lines: Iterable[str]) -> list[str]:
    """Without the fenced parts that conference tools write: `-::~:~` (Meet) and long rules (Teams)."""
    kept: list[str] = []
    held: list[str] = []
    opened: str | None = None
    for line in lines:
        mark = boilerplate.fence(line)
        if mark is None:
            held.append(line)
        elif opened is not None and boilerplate.is_block(opened, held):
            opened, held = None, []
        else:
            kept, opened, held = kept + held, mark, []
    return kept if opened == "meet" else kept + held


def _paragraphs(lines: Iterable[str]) -> Iterator[list[str]]:
    paragraph: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            paragraph.append(line)
        elif paragraph:
            yield paragraph
            paragraph = []


def _words(text: str) -> int:
    return len(UNSPACED.findall(text)) + len(WORD.findall(UNSPACED.sub(" ", text)))
