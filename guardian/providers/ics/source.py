"""The bytes of an iCalendar file, cut into components and content lines (RFC 5545 section 3.1).

Reading and editing share this grammar, so that what is edited is exactly what was read. A component is cut out before
anything in it is understood: whatever is wrong inside one event stays inside it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guardian.errors import InputError

BOM = b"\xef\xbb\xbf"
LARGEST_FILE = 128 * 1024 * 1024
LARGEST_EVENT = 8 * 1024 * 1024

_MARK = re.compile(
    rb"^(?:\xef\xbb\xbf)?(BEGIN|END)[ \t]*:[ \t]*([A-Za-z0-9-]+)[ \t\x00]*\r?$", re.MULTILINE | re.IGNORECASE
)
_FOLD = re.compile(rb"\r?\n[ \t]")
_BREAK = re.compile(r"\r?\n")
_VALUE = r'(?:"[^"]*"|[^";:,][^;:,]*|)'
_LINE = re.compile(rf"\s*([A-Za-z0-9-]+)((?:\s*;\s*[A-Za-z0-9-]+\s*=\s*{_VALUE}(?:,{_VALUE})*)*)\s*:(.*)\Z", re.DOTALL)
PARAM = re.compile(rf";\s*([A-Za-z0-9-]+)\s*=\s*({_VALUE}(?:,{_VALUE})*)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CARET = re.compile(r"\^(n|'|\^)")


@dataclass(frozen=True, slots=True)
class Property:
    """One unfolded content line. Names are upper case; parameter values are without quotes and carets (RFC 6868)."""

    name: str
    params: dict[str, str]
    value: str


@dataclass(frozen=True, slots=True)
class Block:
    """Where a component lies in the file, `[start, end)` in bytes; `fault` says why it cannot be read at all."""

    start: int
    end: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A file cut up. `head` are the calendar's own properties; `complete` is false where the file breaks off."""

    data: bytes
    head: tuple[Property, ...]
    events: tuple[Block, ...]
    zones: tuple[Block, ...]
    complete: bool

    def bytes_of(self, block: Block) -> bytes:
        return self.data[block.start : block.end]

    def first(self, name: str) -> str:
        """The value of the first property of the calendar with that name, or nothing."""
        return next((unescape(p.value).strip() for p in self.head if p.name == name), "")


def cut(data: bytes, name: str) -> Source:
    """Find the components of the file called `name`. Raises InputError when it is no calendar at all."""
    if len(data) > LARGEST_FILE:
        raise InputError(f"{name} is larger than {LARGEST_FILE // 2**20} MiB; split it")
    marks = list(_MARK.finditer(data))
    if not any(_is(m, b"BEGIN", b"VCALENDAR") for m in marks):
        raise InputError(f"{name} is not a calendar: it has no BEGIN:VCALENDAR line; export it again as .ics in UTF-8")
    walk = _Walk(data)
    for mark in marks:
        walk.step(mark)
    walk.close()
    return Source(data, walk.head(marks), tuple(walk.events), tuple(walk.zones), walk.complete)


def _is(mark: re.Match[bytes], edge: bytes, name: bytes) -> bool:
    return mark[1].upper() == edge and mark[2].upper() == name


class _Walk:
    """One pass over the BEGIN and END lines of a file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.events: list[Block] = []
        self.zones: list[Block] = []
        self.complete = False
        self._open: bytes | None = None
        self._start = 0
        self._depth = 0

    def step(self, mark: re.Match[bytes]) -> None:
        name = mark[2].upper()
        if _is(mark, b"BEGIN", b"VEVENT") or (name == b"VCALENDAR"):
            self._abandon(mark.start())
        if name == b"VCALENDAR":
            self.complete = mark[1].upper() == b"END"
        elif mark[1].upper() == b"BEGIN":
            self._begin(name, mark)
        else:
            self._end(name, mark)

    def _begin(self, name: bytes, mark: re.Match[bytes]) -> None:
        if self._open is None:
            self._open, self._start, self._depth = name, mark.start(), 0
        elif name == self._open:
            self._depth += 1

    def _end(self, name: bytes, mark: re.Match[bytes]) -> None:
        if name != self._open:
            return
        if self._depth:
            self._depth -= 1
            return
        end = min(mark.end() + 1, len(self.data))
        fault = "the event is larger than 8 MiB" if end - self._start > LARGEST_EVENT else ""
        self._keep(Block(self._start, end, fault))

    def _keep(self, block: Block) -> None:
        if self._open == b"VEVENT":
            self.events.append(block)
        elif self._open == b"VTIMEZONE" and not block.fault:
            self.zones.append(block)
        self._open = None

    def _abandon(self, end: int) -> None:
        if self._open is not None:
            self._keep(Block(self._start, end, "the event has no END:VEVENT line"))

    def close(self) -> None:
        self._abandon(len(self.data))

    def head(self, marks: list[re.Match[bytes]]) -> tuple[Property, ...]:
        """The properties between BEGIN:VCALENDAR and the first component, and those before its end."""
        start = next(m for m in marks if _is(m, b"BEGIN", b"VCALENDAR"))
        following = [m for m in marks if m.start() > start.start()]
        until = following[0].start() if following else len(self.data)
        tail = self.data[following[-2].end() : following[-1].start()] if len(following) > 1 else b""
        return tuple(properties(self.data[start.end() : until] + tail[:65536]))


def decode(data: bytes) -> str:
    """Unfolded text: UTF-8, and where it is not, the Western code page that old exporters write."""
    joined = _FOLD.sub(b"", data)
    try:
        text = joined.decode()
    except UnicodeDecodeError:
        text = joined.decode("cp1252", "replace")
    return text.replace("\x00", "")


def properties(data: bytes) -> Iterator[Property]:
    """The readable properties of a component, those of components inside it left out."""
    for found in readable(data):
        if isinstance(found, Property):
            yield found


def readable(data: bytes) -> Iterator[Property | str]:
    """The properties directly inside the component; a line that has no form at all comes as its text."""
    depth = 0
    for text in _BREAK.split(decode(data)):
        if not text.strip():
            continue
        found = parse(text)
        if found is None:
            if not depth:
                yield text
        elif found.name == "BEGIN":
            depth += found.value.strip().upper() != "VEVENT" or depth > 0
        elif found.name == "END":
            depth = max(0, depth - 1)
        elif not depth:
            yield found


def parse(text: str) -> Property | None:
    """One unfolded content line, None when it has no form of one."""
    match = _LINE.match(text)
    if match is None:
        return None
    params = {p[1].upper(): _param(p[2]) for p in PARAM.finditer(match[2])} if match[2] else {}
    return Property(match[1].upper(), params, match[3])


def _param(raw: str) -> str:
    return _CARET.sub(lambda m: {"n": "\n", "'": '"', "^": "^"}[m[1]], raw.replace('"', "").strip())


def unescape(value: str) -> str:
    """TEXT as people wrote it (RFC 5545 section 3.3.11)."""
    if "\\" not in value:
        return value
    return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value)


def texts(value: str) -> tuple[str, ...]:
    """A list of TEXT values, cut at its unescaped commas."""
    return tuple(t for t in (unescape(part).strip() for part in re.split(r"(?<!\\),", value)) if t)
