"""Every report in every format: JSON, JSON lines, CSV, Markdown, and a table for the terminal."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from guardian.reports.body import FIELDS
from guardian.reports.money_body import MONEY
from guardian.reports.render import RENDERINGS, markdown_row, printable, safe_cell

Body = Mapping[str, Any]
Row = Mapping[str, Any]

FORMATS = ("json", "ndjson", "csv", "markdown", "text")
LISTS = ("weeks", "series", "changes")
"""Where a body keeps its rows."""

SAVED = ("saved_lower_minutes", "saved_upper_minutes", "saved_focus_minutes", "would_save_minutes")
SERIES = (
    "series", "title", "organizer", "occurrences", "minutes", "people", "attending", "person_minutes", "at_least", "private",
    "external", "size", "age_weeks", "rhythm_days", "in_eight_weeks", "planned_weeks", "next", "last_agenda", "agendas_seen",
    "without_agenda", "accepted", "tentative", "declined", "unanswered", "optional", "currency", "list_price", "suggested",
    "score", "reasons", "against", "saved_minutes", "saved_each_week_minutes", "sum",
)  # fmt: skip
CSV_FIELDS: Mapping[str, Sequence[str]] = {
    "guardian.report.cost/1": ("scope", *FIELDS[:-1], *MONEY, "suppressed", "reason"),
    "guardian.report.savings/1": (
        *("scope", "week", "people", *SAVED),
        *("currency", "saved_capacity", "suppressed", "reason"),
    ),
    "guardian.report.series/1": ("scope", *SERIES),
    "guardian.report.change/1": ("scope", "rule", "start", "metric", "before", "after", "change", "elsewhere", "net"),
}

Columns = Sequence[tuple[str, Callable[[Row], str]]]


def rendered(body: Body, name: str) -> str:
    """The report in one of FORMATS."""
    if name == "json":
        return json.dumps(body, ensure_ascii=False, indent=2) + "\n"
    if name == "ndjson":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows_of(body))
    if body["schema"] == "guardian.report.load/1":
        return RENDERINGS[name](body)
    return {"csv": _csv, "markdown": _markdown, "text": _text}[name](body)


def rows_of(body: Body) -> Sequence[Row]:
    return next(body[name] for name in LISTS if name in body)


def _csv(body: Body) -> str:
    fields, out = CSV_FIELDS[body["schema"]], io.StringIO()
    writer = csv.writer(out)
    writer.writerow(fields)
    for row in rows_of(body):
        full = {"scope": body["scope"], "rule": body.get("rule"), "start": body.get("start")} | _flat(row)
        writer.writerow([safe_cell(full.get(field)) for field in fields])
    return out.getvalue()


def _flat(row: Row) -> dict[str, Any]:
    """A row of plain cells: what speaks for a written update stands beside the rest."""
    candidate = row.get("candidate")
    if not candidate:
        return dict(row)
    reasons = "; ".join(f"{reason['text']} (+{reason['points']})" for reason in candidate["reasons"])
    return {**row, **candidate, "reasons": reasons, "against": "; ".join(candidate["against"])}


def _text(body: Body) -> str:
    head, lines = _table(body)
    widths = [max(len(line[n]) for line in [head, *lines] if len(line) > n) for n in range(len(head))]
    shown = [_aligned(line, widths) for line in [head, *lines]] if lines else ["No data for this time."]
    return "\n".join([*_title(body), "", *shown, "", *_notes(body), ""])


def _markdown(body: Body) -> str:
    head, lines = _table(body)
    title, *rest = (markdown_row([line], 1).strip("| ") for line in _title(body))
    table = [markdown_row(head, len(head)), markdown_row(["---"] * len(head), len(head))]
    notes = [markdown_row([line], 1).strip("| ") for line in _notes(body)]
    rows = [markdown_row(line, len(head)) for line in lines]
    return "\n".join([f"## {title}", "", *rest, "", *table, *rows, "", *(f"- {note}" for note in notes), ""])


TITLES = {
    "guardian.report.cost/1": "Meeting cost of",
    "guardian.report.savings/1": "Hours saved for",
    "guardian.report.series/1": "Recurring meetings of",
    "guardian.report.change/1": "Before and after, for",
}


def _title(body: Body) -> list[str]:
    about = printable(body["scope"].partition(":")[2] or "everybody")
    lines = [f"{TITLES[body['schema']]} {about}"]
    lines.append(f"{body['from']} to {body['to']} (exclusive), {printable(body['timezone'])}; method {body['method']}")
    if "start" in body:
        rule = f"rule {printable(body['rule'])}" if body["rule"] else "the change"
        lines.append(f"{rule} in {body['start']}; {_weeks(body['before'])} against {_weeks(body['after'])}")
    return lines


def _weeks(names: Sequence[str]) -> str:
    return ", ".join(names) or "no week yet"


def _notes(body: Body) -> list[str]:
    notes = [body["note"]] if "note" in body else list(body.get("notes", ()))
    notes += [f"left out: {item['week']} ({item['reason']})" for item in body.get("left_out", ())]
    if body["schema"] == "guardian.report.series/1":
        notes += [
            f"{_name(row)}: {_proposal(row['candidate'])}" for row in body["series"] if row["candidate"]["suggested"]
        ]
    return [printable(note, 400) for note in notes]


def _proposal(candidate: Row) -> str:
    reasons = "; ".join(reason["text"] for reason in candidate["reasons"])
    return f"could be a {candidate['template']['name']} ({reasons}); {candidate['sum']}"


def _table(body: Body) -> tuple[Sequence[str], list[Sequence[str]]]:
    columns = COLUMNS[body["schema"]]
    head = [title for title, _ in columns]
    return head, [_cells(columns, row) for row in rows_of(body)]


def _cells(columns: Columns, row: Row) -> Sequence[str]:
    if row.get("suppressed"):
        return (row["week"], f"hidden: {row['reason']}")
    return [printable(cell(row)) for _, cell in columns]


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = line
    if len(line) == 2 < len(widths):
        return f"{first:<{widths[0]}}  {rest[0]}"
    return "  ".join([f"{first:<{widths[0]}}", *(f"{cell:>{w}}" for cell, w in zip(rest, widths[1:], strict=True))])


def _hours(name: str) -> Callable[[Row], str]:
    return lambda row: f"{row[name] / 60:.1f}"


def _plain(name: str) -> Callable[[Row], str]:
    return lambda row: "-" if row[name] is None else str(row[name])


def _money(name: str) -> Callable[[Row], str]:
    return lambda row: "-" if row[name] is None else f"{row['currency']} {row[name]:,}"


def _name(row: Row) -> str:
    return row["title"] or ("(private)" if row["private"] else "(not shown)")


def _answers(row: Row) -> str:
    return f"{row['accepted']}/{row['tentative']}/{row['declined']}/{row['unanswered']}"


def _change(name: str) -> Callable[[Row], str]:
    return lambda row: "-" if row[name] is None else f"{row[name]:+.1f}"


COLUMNS: Mapping[str, Columns] = {
    "guardian.report.cost/1": (
        ("Week", _plain("week")),
        ("People", _plain("people")),
        ("Meeting hours", _hours("meeting_minutes")),
        ("Cost", _money("cost")),
        ("List price", _money("list_price")),
    ),
    "guardian.report.savings/1": (
        ("Week", _plain("week")),
        ("People", _plain("people")),
        ("Hours, lower", _hours("saved_lower_minutes")),
        ("Hours, upper", _hours("saved_upper_minutes")),
        ("Focus won", _hours("saved_focus_minutes")),
        ("Would save", _hours("would_save_minutes")),
        ("Capacity", _money("saved_capacity")),
    ),
    "guardian.report.series/1": (
        ("Meeting", lambda row: printable(_name(row), 40)),
        ("Times", _plain("occurrences")),
        ("Minutes", _plain("minutes")),
        ("People", _plain("people")),
        ("Person-hours", _hours("person_minutes")),
        ("List price", _money("list_price")),
        ("Weeks old", _plain("age_weeks")),
        ("Last agenda", lambda row: (row["last_agenda"] or "-")[:10]),
        ("Yes/maybe/no/silent", _answers),
        ("Written?", lambda row: "yes" if row["candidate"]["suggested"] else "-"),
    ),
    "guardian.report.change/1": (
        ("Per 40 hours", lambda row: row["metric"].replace("_", " ")),
        ("Before", _plain("before")),
        ("After", _plain("after")),
        ("Change", _change("change")),
        ("Elsewhere", _change("elsewhere")),
        ("Net", _change("net")),
    ),
}
