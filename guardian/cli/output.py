"""Data on stdout, words on stderr; one set of formats for every command that prints data."""

import csv
import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from guardian.errors import InputError


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    MARKDOWN = "markdown"


FormatOption = Annotated[Format, typer.Option("--format", help="How to print the data.")]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def words(text: str) -> None:
    """A sentence for the person at the terminal."""
    sys.stderr.write(text + "\n")


def data(text: str) -> None:
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def write_private(path: Path, text: str) -> None:
    """A new file that only this user can read; raises InputError, also where something is there already."""
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(text if text.endswith("\n") else text + "\n")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error


def as_json(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, indent=2)


def as_lines(rows: Sequence[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def as_csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Comma-separated, one row each; cells that a spreadsheet would take for a formula get a quote before them."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(row.get(column)) for column in columns] for row in rows)
    return buffer.getvalue()


def safe_cell(value: object) -> str:
    # The writer leaves a lone carriage return unquoted, and a reader would take it for the end of the line.
    text = "" if value is None else str(value).replace("\r", " ")
    return "'" + text if text.lstrip(" \n").startswith(FORMULA_STARTS) else text


def as_markdown(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(_markdown_cell(row.get(column)) for column in columns) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _markdown_cell(value: object) -> str:
    text = "" if value is None else str(value)
    return printable(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def printable(text: str, width: int | None = None) -> str:
    """Safe for a terminal: control, direction and line characters become spaces; longer than `width` is cut with an ellipsis."""
    flat = "".join(c if c.isprintable() else " " for c in text)
    return flat if width is None or len(flat) <= width else flat[: width - 1] + "…"


def table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], *, most: int = 60) -> str:
    """Columns aligned by spaces, for people."""
    cells = [[printable(str(row.get(c) if row.get(c) is not None else ""), most) for c in columns] for row in rows]
    widths = [max([len(c), *(len(line[n]) for line in cells)]) for n, c in enumerate(columns)]
    lines = [columns, *cells]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def emit(
    fmt: Format, body: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], columns: Sequence[str], text: str
) -> None:
    """Print one answer: `body` as JSON, `rows` line by line or as a table of `columns`, `text` for people."""
    match fmt:
        case Format.JSON:
            data(as_json(body))
        case Format.NDJSON:
            data(as_lines(rows)) if rows else None
        case Format.CSV:
            data(as_csv(columns, rows))
        case Format.MARKDOWN:
            data(as_markdown(columns, rows))
        case Format.TEXT:
            data(text)


def colour() -> bool:
    """Colours only on a terminal, and never where NO_COLOR is set."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
