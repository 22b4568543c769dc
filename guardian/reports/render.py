"""The load report for people: a table in the terminal, Markdown, CSV. All are made from the report's body."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from guardian.reports.body import FIELDS

Body = Mapping[str, Any]
Row = Mapping[str, Any]

FULL_WEEK = 40 * 60

COLUMNS: tuple[tuple[str, str], ...] = (
    ("Inside", "inside_minutes"),
    ("After", "after_hours_minutes"),
    ("Focus", "focus_minutes"),
    ("Scraps", "fragmented_minutes"),
    ("Blocked", "blocked_minutes"),
    ("Clashes", "double_booked_minutes"),
)
HEAD = ("Week", "People", "Meetings", "Range", "Share", *(title for title, _ in COLUMNS), "Fragm.", "Stretch", "B2B")
PEOPLE = HEAD.index("People")

NOTES = (
    "Meetings: hours with somebody else, overlaps counted once; Range: only accepted ones - all not declined.",
    "Inside, After: inside and outside working hours. Share: of the working hours. Clashes: two meetings at once.",
    "Focus: free stretches of 2 h or more in working hours. Scraps: shorter ones. Fragm.: scraps out of all free time.",
    "Stretch: how long a free stretch is, seen from a free minute. B2B: meetings with no 5 minutes before them.",
    "A calendar shows what was scheduled, not what was attended or agreed on the way.",
)

CSV_FIELDS = ("scope", *FIELDS, "reason")


def text(body: Body) -> str:
    """A table of hours to one decimal; for groups per person and 40 working hours, which makes part-timers comparable."""
    rows = [HEAD, *_table(body)]
    hide_people = _is_person(body)
    rows = [_without(row, PEOPLE) if hide_people else row for row in rows]
    widths = [max(len(row[i]) for row in rows if len(row) > 2) for i in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([*_title(body), "", *lines, "", *NOTES, ""])


def markdown(body: Body) -> str:
    """The same table in Markdown."""
    heading, *rest = (_escaped(line) for line in _title(body))
    drop = _is_person(body)
    rows = [_without(row, PEOPLE) if drop else row for row in (HEAD, *_table(body))]
    head = [markdown_row(rows[0], len(rows[0])), markdown_row(["---"] * len(rows[0]), len(rows[0]))]
    return "\n".join([f"## {heading}", "", *rest, "", *head, *(markdown_row(r, len(rows[0])) for r in rows[1:]), ""])


def to_csv(body: Body) -> str:
    """One line per week with the fields of the JSON, minutes as they are; undefined and hidden numbers are empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(CSV_FIELDS)
    for row in body["weeks"]:
        full = {"scope": body["scope"], **row}
        writer.writerow([safe_cell(full.get(field)) for field in CSV_FIELDS])
    return out.getvalue()


def safe_cell(value: object) -> object:
    """The value for a spreadsheet: text that would be taken for a formula gets an apostrophe in front."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.lstrip().startswith(("=", "+", "-", "@", "|", "%")):
        return f"'{value}"
    return f"'{value}" if isinstance(value, str) and value.startswith(("\t", "\r", "\n")) else value


RENDERINGS: Mapping[str, Callable[[Body], str]] = {"text": text, "markdown": markdown, "csv": to_csv}
"""By the name of the `--format`."""


def _title(body: Body) -> list[str]:
    scope = printable(body["scope"].partition(":")[2] or "everybody")
    per = "hours" if _is_person(body) else "hours per person and 40 working hours"
    span = f"{body['from']} to {body['to']} (exclusive), {printable(body['timezone'])}"
    lines = [f"Meeting load of {scope}", f"{span}; {per}; method {body['method']}"]
    return lines if body["weeks"] else [*lines, "No data for these weeks."]


def printable(value: str, most: int = 100) -> str:
    """Without control characters, which could steer a terminal, and not endless."""
    clean = "".join(c if c.isprintable() else " " for c in value)
    return clean if len(clean) <= most else f"{clean[: most - 1]}…"


def _table(body: Body) -> list[Sequence[str]]:
    shown = [row for row in body["weeks"] if not row["suppressed"]]
    lines = [_cells(row, _is_person(body)) for row in body["weeks"]]
    return [*lines, _mean(shown, _is_person(body))] if len(shown) > 1 else lines


def _cells(row: Row, person: bool) -> Sequence[str]:
    if row["suppressed"]:
        return (row["week"], f"hidden: {row['reason']}")
    part = 1.0 if person else _share(FULL_WEEK, row["available_minutes"])
    return _numbers(row["week"], str(row["people"]), row, part)


def _mean(rows: Sequence[Row], person: bool) -> Sequence[str]:
    """The mean week; ratios are those of the sums, so that a short week does not weigh as much as a full one."""
    fields = ("available_minutes", "meeting_minutes", "confirmed_meeting_minutes", "invited_meeting_minutes")
    total: dict[str, Any] = {f: sum(r[f] for r in rows) for f in (*fields, *(field for _, field in COLUMNS))}
    total["back_to_back"] = sum(r["back_to_back"] for r in rows)
    free = [(r["focus_minutes"] + r["fragmented_minutes"], r["effective_gap_minutes"] or 0) for r in rows]
    all_free = sum(f for f, _ in free)
    total["meeting_share"] = _ratio(total["inside_minutes"], total["available_minutes"])
    total["fragmentation_index"] = _ratio(total["fragmented_minutes"], all_free)
    total["effective_gap_minutes"] = _ratio(sum(f * gap for f, gap in free), all_free)
    part = 1 / len(rows) if person else _share(FULL_WEEK, total["available_minutes"])
    return _numbers("Mean", f"{sum(r['people'] for r in rows) / len(rows):.1f}", total, part)


def _numbers(name: str, people: str, row: Row, part: float | None) -> Sequence[str]:
    band = f"{_hours(row['confirmed_meeting_minutes'], part)}-{_hours(row['invited_meeting_minutes'], part)}"
    return (
        name,
        people,
        _hours(row["meeting_minutes"], part),
        band,
        _percent(row["meeting_share"]),
        *(_hours(row[field], part) for _, field in COLUMNS),
        _percent(row["fragmentation_index"]),
        _hours(row["effective_gap_minutes"], 1.0),
        _count(row["back_to_back"], part),
    )


def _hours(minutes: float | None, part: float | None) -> str:
    return "-" if minutes is None or part is None else f"{minutes * part / 60:.1f}"


def _count(number: int, part: float | None) -> str:
    if part is None:
        return "-"
    return str(number) if part == 1 else f"{number * part:.1f}"


def _percent(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.0%}"


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


_share = _ratio


def _is_person(body: Body) -> bool:
    return str(body["scope"]).startswith("person:")


def _without(row: Sequence[str], at: int) -> Sequence[str]:
    return row if len(row) == 2 else (*row[:at], *row[at + 1 :])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = row
    if len(row) == 2:
        return f"{first:<{widths[0]}}  {rest[0]}"
    return "  ".join([f"{first:<{widths[0]}}", *(f"{cell:>{w}}" for cell, w in zip(rest, widths[1:], strict=True))])


def markdown_row(row: Sequence[str], width: int) -> str:
    """One line of a Markdown table, filled up to `width` cells."""
    cells = [*row, *[""] * (width - len(row))]
    return f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _escaped(cell: str) -> str:
    return "".join(f"\\{c}" if c in "|\\`*_[]<>#" else c for c in cell) if set(cell) - set("-") else cell
