"""Policy text as plain data, with the place of every key and value.

Built from PyYAML's events without recursion, so that the limits hold before anything is built. Scalars follow the core
schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema), narrowed: `off`, `NO`, `17:00`, `2026-12-01` and `025`
stay the text they are; only `true`/`false`, `null`/`~`, plain decimal numbers and decimal fractions become something else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import yaml

from guardian.errors import PolicyProblems, Problem
from guardian.policy.codes import level_of

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_NODES = 20_000

Path = tuple[str | int, ...]

_UNREADABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_WORDS: dict[str, bool | None] = {"": None, "~": None}
_WORDS |= dict.fromkeys(("null", "Null", "NULL"), None)
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True)
_WORDS |= dict.fromkeys(("false", "False", "FALSE"), False)
_DROPPED = "?"  # stands in paths for what is read and thrown away
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\.[0-9]{1,17}")


@dataclass(frozen=True, slots=True)
class Mark:
    """Line and column from 1. `block` is true for texts that begin on the next line (`|` and `>`)."""

    line: int = 1
    column: int = 1
    block: bool = False


@dataclass(slots=True)
class Tree:
    """One file read. `broken` are paths whose value is only a stand-in, so that nothing more is said about them."""

    file: str
    data: object = None
    values: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    broken: set[Path] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def mark(self, path: Path, *, key: bool = False) -> Mark:
        """Where the value (or its key) stands; that of the nearest parent for what is not in the file."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Mark())

    def problem(self, code: str, path: Path, message: str, *, key: bool = False, below: int = 0) -> Problem:
        """A finding at that path; `below` counts lines down from it."""
        mark = self.mark(path, key=key)
        column = mark.column if below == 0 else 1
        return Problem(self.file, mark.line + below, column, level_of(code), code, path_text(path), message)


class _FatalError(Exception):
    """Nothing after this can be trusted."""

    def __init__(self, code: str, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.code, self.message, self.line, self.column = code, message, line, column

    def problem(self, file: str) -> Problem:
        return Problem(file, self.line, self.column, "error", self.code, "", self.message)


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is being filled; `key` is the pending key of a mapping."""

    path: Path
    box: list[object] | dict[str, object]
    key: str | None = None
    discard: bool = False


def path_text(path: Path) -> str:
    """`rules[0].windows[1].start`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{cut(part)}" for part in path)
    return text.removeprefix(".")


def cut(text: str) -> str:
    """One line, at most 60 characters, for messages."""
    line = " ".join(text[:400].split())
    return line if len(line) <= 60 else f"{line[:57]}..."


def decode(file: str, data: bytes) -> str:
    """The text of a file; raises PolicyProblems naming the place of the first byte that is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", errors="replace")
        line, column = _position(before, len(before))
        message = "not UTF-8 text; save the file as UTF-8"
        raise PolicyProblems([Problem(file, line, column, "error", "G102", "", message)]) from error


def read(file: str, text: str) -> Tree:
    """The file as data and marks. Problems are collected in the tree; after a fatal one its data are None."""
    tree = Tree(file)
    try:
        _guard_text(text)
        _Builder(tree).build(_events(text.removeprefix("\ufeff")))
    except _FatalError as fatal:
        tree.problems.append(fatal.problem(file))
        tree.data = None
    return tree


def _guard_text(text: str) -> None:
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        raise _FatalError("G101", f"the file is larger than {MAX_BYTES // 1024} KiB")
    found = _UNREADABLE.search(text, 1 if text.startswith("\ufeff") else 0)
    if found:
        character = f"U+{ord(found.group()):04X}"
        raise _FatalError("G102", f"unreadable character {character}; remove it", *_position(text, found.start()))


def _position(text: str, index: int) -> tuple[int, int]:
    before = text[:index]
    return before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1


def _events(text: str) -> Iterator[yaml.Event]:
    """PyYAML's events; every way its parser fails becomes one located problem."""
    loader = yaml.SafeLoader(text)
    try:
        while loader.check_event():
            yield _next(loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        words = " ".join(part for part in (error.context, error.problem) if part)
        raise _FatalError("G100", f"not valid YAML: {words}", line, column) from error
    except (ValueError, OverflowError) as error:  # chr() of an escape beyond Unicode
        mark = loader.get_mark()
        raise _FatalError("G100", "not valid YAML: bad escape", mark.line + 1, mark.column + 1) from error
    finally:
        loader.dispose()


def _next(loader: yaml.SafeLoader) -> yaml.Event:
    return cast("yaml.Event", cast("Any", loader).get_event())


class _Builder:
    """Fills the tree from events, one frame per open list or mapping."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.frames: list[_Frame] = []
        self.nodes = 0
        self.documents = 0

    def build(self, events: Iterator[yaml.Event]) -> None:
        for event in events:
            self._take(event)

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._document(event)
        elif isinstance(event, yaml.NodeEvent):
            self._node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.frames.pop()

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            mark = _mark(event)
            raise _FatalError("G103", "only one document per file; remove '---'", mark.line, mark.column)

    def _node(self, event: yaml.NodeEvent) -> None:
        self.nodes += 1
        mark = _mark(event)
        if self.nodes > MAX_NODES:
            raise _FatalError("G101", f"more than {MAX_NODES:,} values", mark.line, mark.column)
        frame = self.frames[-1] if self.frames else None
        if frame and isinstance(frame.box, dict) and frame.key is None:
            self._key(frame, frame.box, event)
        else:
            self._value(frame, event)

    def _key(self, frame: _Frame, box: dict[str, object], event: yaml.NodeEvent) -> None:
        mark = _mark(event)
        if not isinstance(event, yaml.ScalarEvent):
            self._odd_key(frame, event, mark)
            return
        frame.key = event.value
        path = (*frame.path, event.value)
        self._plain(event, path)
        if event.value == "<<" and event.implicit[0]:
            self._add("G103", mark, frame.path, "merge keys are not used in policies; write the keys out")
            frame.discard = True
        elif event.value in box:
            first = self.tree.keys[path].line
            self._add("G104", mark, path, f"duplicate key '{cut(event.value)}', first given on line {first}")
            frame.discard = True
        else:
            self.tree.keys[path] = mark

    def _odd_key(self, frame: _Frame, event: yaml.NodeEvent, mark: Mark) -> None:
        self._add("G108", mark, frame.path, "a key must be a word")
        frame.key, frame.discard = _DROPPED, True
        if isinstance(event, yaml.CollectionStartEvent):
            self._open((*frame.path, _DROPPED), event)

    def _value(self, frame: _Frame | None, event: yaml.NodeEvent) -> None:
        path, discard = self._slot(frame)
        self._plain(event, path)
        if not discard:
            self.tree.values[path] = _mark(event)
        value = self._content(event, path)
        if not discard:
            self._store(frame, path, value)

    def _slot(self, frame: _Frame | None) -> tuple[Path, bool]:
        """Where the next value goes, and whether it is to be dropped."""
        if frame is None:
            return (), False
        if isinstance(frame.box, list):
            return (*frame.path, len(frame.box)), False
        path, discard = (*frame.path, frame.key or ""), frame.discard
        if not discard:
            frame.box[frame.key or ""] = None
        frame.key, frame.discard = None, False
        return ((*path, _DROPPED), True) if discard else (path, False)

    def _store(self, frame: _Frame | None, path: Path, value: object) -> None:
        if frame is None:
            self.tree.data = value
        elif isinstance(frame.box, list):
            frame.box.append(value)
        else:
            frame.box[str(path[-1])] = value

    def _content(self, event: yaml.NodeEvent, path: Path) -> object:
        if isinstance(event, yaml.CollectionStartEvent):
            return self._open(path, event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        return None

    def _open(self, path: Path, event: yaml.CollectionStartEvent) -> object:
        if len(self.frames) >= MAX_DEPTH:
            mark = _mark(event)
            raise _FatalError("G101", f"nested deeper than {MAX_DEPTH} levels", mark.line, mark.column)
        box: list[object] | dict[str, object] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.frames.append(_Frame(path, box))
        return box

    def _scalar(self, event: yaml.ScalarEvent, path: Path) -> object:
        text: str = event.value
        found = _UNREADABLE.search(text)
        if found:
            self._add("G102", _mark(event), path, f"unreadable character U+{ord(found.group()):04X}; remove it")
            self.tree.broken.add(path)
        return resolve(text) if event.implicit[0] else text

    def _plain(self, event: yaml.NodeEvent, path: Path) -> None:
        """Refuse anchors, aliases and tags; what carries them is only a stand-in."""
        mark = _mark(event)
        if isinstance(event, yaml.AliasEvent):
            self._add(
                "G103",
                mark,
                path,
                f"aliases are not used in policies; write out what *{cut(event.anchor or '')} stands for",
            )
            self.tree.broken.add(path)
        elif event.anchor is not None:
            self._add("G103", mark, path, f"anchors are not used in policies; remove &{cut(event.anchor)}")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._add("G103", mark, path, f"tags are not used in policies; remove {_shown_tag(tag)}")
            self.tree.broken.add(path)

    def _add(self, code: str, mark: Mark, path: Path, message: str) -> None:
        shown = path_text(tuple(part for part in path if part != _DROPPED))
        self.tree.problems.append(Problem(self.tree.file, mark.line, mark.column, "error", code, shown, message))


def _mark(event: yaml.Event) -> Mark:
    mark = event.start_mark
    if mark is None:
        return Mark()
    return Mark(mark.line + 1, mark.column + 1, getattr(event, "style", None) in ("|", ">"))


def _shown_tag(tag: str) -> str:
    return cut(tag.replace("tag:yaml.org,2002:", "!!"))


def resolve(text: str) -> object:
    """What a plain scalar stands for: null, a truth value, a number, else the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FRACTION.fullmatch(text):
        return float(text)
    return text
