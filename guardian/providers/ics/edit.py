"""Changes to one VEVENT as changes of its lines: bytes in, bytes out, and every line that is not meant stays as it is.

An answer changes the person's ATTENDEE line only. What cannot be told from the new line (how it was folded, whether it
had a PARTSTAT) is kept in it as `X-GUARDIAN-WAS`, so that taking the answer back gives the very bytes that stood there.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guardian.errors import NotSupported
from guardian.model.events import FOCUS_MARK, Response
from guardian.providers.ics.mapping import COMMENT, MARK, RESPONSES, address, answer_of
from guardian.providers.ics.source import PARAM, Property, parse, texts

WAS = "X-GUARDIAN-WAS"
DETACHED = "X-GUARDIAN-DETACHED"
LABEL = "Guardian: "
WIDTH = 75
"""Octets of a line before it is folded (RFC 5545 section 3.1)."""

PARTSTAT = {response: word for word, response in RESPONSES.items() if word != "DELEGATED"}
_LOGICAL = re.compile(rb"[^\n]*\n(?:[ \t][^\n]*\n)*|[^\n]+\Z")
_FOLD = re.compile(rb"\r?\n[ \t]")
_UNSAFE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Event:
    """A VEVENT as raw logical lines, folds and line ends included."""

    lines: tuple[bytes, ...]
    encoding: str

    @classmethod
    def of(cls, data: bytes) -> "Event":
        try:
            _FOLD.sub(b"", data).decode()
        except UnicodeDecodeError:
            return cls(tuple(_LOGICAL.findall(data)), "latin-1")
        return cls(tuple(_LOGICAL.findall(data)), "utf-8")

    @property
    def data(self) -> bytes:
        return b"".join(self.lines)

    @property
    def end_of_line(self) -> bytes:
        return b"\r\n" if self.lines[0].endswith(b"\r\n") else b"\n"

    def text(self, raw: bytes) -> str:
        return _FOLD.sub(b"", raw).decode(self.encoding, "replace").rstrip("\r\n")

    def raw(self, text: str) -> bytes:
        """The text as folded bytes with the line end of this event."""
        return folded(text.encode(self.encoding, "replace"), self.end_of_line, utf8=self.encoding == "utf-8")

    def own(self) -> Iterator[tuple[int, Property]]:
        """The properties directly in the event with their places; parts inside it (alarms) are left out."""
        depth = 0
        for index, raw in enumerate(self.lines):
            item = parse(self.text(raw))
            if item is None:
                continue
            if item.name in ("BEGIN", "END"):
                depth += 1 if item.name == "BEGIN" else -1
            elif depth == 1:
                yield index, item

    def with_line(self, index: int, raw: bytes) -> "Event":
        return Event((*self.lines[:index], raw, *self.lines[index + 1 :]), self.encoding)

    def with_inserted(self, index: int, *raws: bytes) -> "Event":
        return Event((*self.lines[:index], *raws, *self.lines[index:]), self.encoding)

    def without(self, drop: set[int]) -> "Event":
        return Event(tuple(raw for index, raw in enumerate(self.lines) if index not in drop), self.encoding)

    def place_for_more(self) -> int:
        """Behind the last property, before alarms and the end."""
        return max((index for index, _ in self.own()), default=0) + 1


def folded(data: bytes, end_of_line: bytes, *, utf8: bool) -> bytes:
    """A content line cut into pieces of at most 75 octets, never inside a character."""
    pieces, room = [], WIDTH
    while len(data) > room:
        at = room
        while utf8 and at > 1 and data[at] & 0xC0 == 0x80:
            at -= 1
        pieces.append(data[:at])
        data, room = data[at:], WIDTH - 1
    return (end_of_line + b" ").join([*pieces, data]) + end_of_line


def with_params(text: str, changes: dict[str, str | None]) -> str:
    """The content line with these parameters set or (None) taken out; the others stay as written, in their order."""
    head, value = _cut_value(text)
    name = head.partition(";")[0]
    left, params = dict(changes), ""
    for match in PARAM.finditer(head[len(name) :]):
        key = match[1].upper()
        if key not in changes:
            params += match[0]
        elif (new := left.pop(key, None)) is not None:
            params += f";{match[1]}={new}"
    params += "".join(f";{key}={new}" for key, new in left.items() if new is not None)
    return f"{name}{params}:{value}"


def _cut_value(text: str) -> tuple[str, str]:
    """Name and parameters, and the value: cut at the first colon outside quotes."""
    quoted = False
    for index, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif letter == ":" and not quoted:
            return text[:index], text[index + 1 :]
    raise NotSupported("a line of the event has no value")


def _quoted(text: str) -> str:
    clean = _UNSAFE.sub("", text.replace("\r\n", "\n")).strip()
    return '"' + clean.replace("^", "^^").replace("\n", "^n").replace('"', "^'") + '"'


def _row(event: Event, is_row: Callable[[Property], bool]) -> tuple[int, Property]:
    for index, item in event.own():
        if item.name == "ATTENDEE" and is_row(item):
            return index, item
    raise NotSupported("the person is not listed in this event, so there is nothing to answer")


def answer(event: Event, is_row: Callable[[Property], bool], response: Response, comment: str, key: str) -> Event:
    """The event with the person's row answered and marked with the key of the act."""
    index, item = _row(event, is_row)
    raw = event.lines[index]
    plain = _answered(event, raw, response, comment, key)
    before = answer_of(item), _comment(event, item)
    if _unanswered(event, plain, *before) == raw:
        return event.with_line(index, plain)
    memory = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return event.with_line(index, _answered(event, raw, response, comment, key, memory))


def _answered(event: Event, raw: bytes, response: Response, comment: str, key: str, memory: str | None = None) -> bytes:
    changes = {
        "PARTSTAT": PARTSTAT[response],
        COMMENT: _quoted(_writable(event, comment)) if comment.strip() else None,
        MARK: key,
        WAS: memory,
    }
    return event.raw(with_params(event.text(raw), changes))


def _writable(event: Event, text: str) -> str:
    """Text as an old code page can hold it, in the letters that stand for its bytes."""
    return text if event.encoding == "utf-8" else text.encode("cp1252", "replace").decode("latin-1")


def _comment(event: Event, item: Property) -> str:
    """The comment of a row as people read it; the other way round of `_writable`."""
    text = item.params.get(COMMENT, "")
    return text if event.encoding == "utf-8" else text.encode("latin-1").decode("cp1252", "replace")


def _unanswered(event: Event, raw: bytes, response: Response, comment: str) -> bytes:
    changes = {
        "PARTSTAT": PARTSTAT[response],
        COMMENT: _quoted(_writable(event, comment)) if comment.strip() else None,
        MARK: None,
        WAS: None,
    }
    return event.raw(with_params(event.text(raw), changes))


def restore(event: Event, is_row: Callable[[Property], bool], response: Response, comment: str) -> Event:
    """The event with the answer that stood before ours: the very line where nobody touched it since."""
    index, item = _row(event, is_row)
    raw = event.lines[index]
    original = _remembered(event, raw, item)
    if original is not None:
        was = parse(event.text(original))
        if was and (answer_of(was), _comment(event, was)) == (response, comment.strip()):
            return event.with_line(index, original)
    return event.with_line(index, _unanswered(event, raw, response, comment))


def _remembered(event: Event, raw: bytes, item: Property) -> bytes | None:
    """The line before our answer, if the line as it stands is still what we wrote then."""
    memory = item.params.get(WAS, "")
    try:
        original = base64.urlsafe_b64decode(memory + "=" * (-len(memory) % 4))
    except (binascii.Error, ValueError):
        return None
    was = parse(event.text(original)) if _LOGICAL.findall(original) == [original] else None
    if was is None or (was.name, address(was.value)) != ("ATTENDEE", address(item.value)):
        return None
    again = _answered(event, original, answer_of(item), _comment(event, item), item.params.get(MARK, ""), memory)
    return original if again == raw else None


def flag(event: Event, label: str, key: str) -> Event:
    """The event with one more category, and our mark on the line behind it."""
    label = label if label.startswith(LABEL) else LABEL + label
    lines = [event.raw(f"{MARK}:{key}")]
    if label not in {text for _, item in event.own() if item.name == "CATEGORIES" for text in texts(item.value)}:
        lines.insert(0, event.raw(f"CATEGORIES:{escape(_writable(event, label))}"))
    return event.with_inserted(event.place_for_more(), *lines)


def unflag(event: Event, keep: tuple[str, ...]) -> Event:
    """The event without our categories and their marks; labels in `keep` stood there before."""
    own = list(event.own())
    ours = {i: item for i, item in own if _is_our_label(item, keep)}
    marks = {i for i, item in own if item.name == MARK and not item.value.strip().startswith(FOCUS_MARK)}
    kept_pairs = {i + 1 for i, item in own if item.name == "CATEGORIES" and i not in ours and _has_label(item)}
    event = _thinned(event, ours, keep)
    whole = {i for i, item in ours.items() if not _others(item, keep)}
    return event.without(whole | (marks - kept_pairs))


def _has_label(item: Property) -> bool:
    return any(text.startswith(LABEL) for text in texts(item.value))


def _is_our_label(item: Property, keep: tuple[str, ...]) -> bool:
    return item.name == "CATEGORIES" and any(t.startswith(LABEL) and t not in keep for t in texts(item.value))


def _others(item: Property, keep: tuple[str, ...]) -> list[str]:
    return [text for text in texts(item.value) if not text.startswith(LABEL) or text in keep]


def _thinned(event: Event, ours: dict[int, Property], keep: tuple[str, ...]) -> Event:
    """Lines in which another program put our category beside the person's own lose ours only."""
    for index, item in ours.items():
        others = _others(item, keep)
        if others:
            head, _ = _cut_value(event.text(event.lines[index]))
            event = event.with_line(index, event.raw(f"{head}:{','.join(escape(t) for t in others)}"))
    return event


def escape(text: str) -> str:
    """TEXT for a property value (RFC 5545 section 3.3.11)."""
    clean = _UNSAFE.sub("", text.replace("\r\n", "\n"))
    return clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def with_values(event: Event, values: dict[str, str]) -> Event:
    """The event with other values on these properties; parameters stay."""
    for index, item in event.own():
        if item.name in values and item.value.strip() != values[item.name]:
            head, _ = _cut_value(event.text(event.lines[index]))
            event = event.with_line(index, event.raw(f"{head}:{values[item.name]}"))
    return event
