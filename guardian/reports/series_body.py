"""The body of `guardian.report.series/1`: recurring meetings with their cost, age, answers, and what could be written instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guardian.model.time import format_instant
from guardian.reports.body import Frame
from guardian.reports.candidates import Candidate, judge_series
from guardian.reports.cost import LIST_PRICE, Rates
from guardian.reports.money_body import NO_RATE
from guardian.reports.series import SeriesRow
from guardian.reports.written import READ, WRITE

SCHEMA = "guardian.report.series/1"
Body = dict[str, Any]

AS_THEY_ARE = (
    "occurrences", "minutes", "people", "person_minutes", "at_least", "private", "external", "age_weeks", "rhythm_days",
    "in_eight_weeks", "planned_weeks",
)  # fmt: skip
ANSWERS = ("accepted", "tentative", "declined", "unanswered", "optional")


@dataclass(frozen=True, slots=True)
class Words:
    """Minutes to write an update and to read everybody's."""

    write: float = WRITE
    read: float = READ


def series_body(rows: Sequence[Body], frame: Frame, rates: Rates | None) -> Body:
    return {
        **frame.head(SCHEMA),
        "note": f"estimate, {LIST_PRICE}" if rates else NO_RATE,
        "series": list(rows),
    }


def series_row(row: SeriesRow, rates: Rates | None, words: Words) -> Body:
    """One series. Title and organiser are null where they are not shown; money is null for fewer than three colleagues."""
    price = row.price(rates) if rates else None
    return {
        "series": row.series,
        "title": row.title or None,
        "organizer": row.organizer or None,
        "attending": row.inside,
        **{name: getattr(row, name) for name in AS_THEY_ARE},
        "size": str(row.size),
        "next": _instant(row.next),
        "last_agenda": _instant(row.last_agenda),
        "agendas_seen": row.readable,
        "without_agenda": row.lacking,
        **{name: getattr(row, name) for name in ANSWERS},
        "currency": price.currency if price else None,
        "list_price": price.shown if price else None,
        "candidate": candidate_body(judge_series(row, words.write, words.read)),
    }


def candidate_body(judged: Candidate) -> Body:
    """What speaks for a written update and against it, and the sum with its inputs."""
    saving = judged.saving
    return {
        "suggested": judged.suggested,
        "score": judged.score,
        "reasons": [{"points": reason.points, "text": reason.text} for reason in judged.reasons],
        "against": list(judged.against),
        "write_minutes": saving.write,
        "read_minutes": saving.read,
        "meeting_minutes": saving.meeting,
        "writing_minutes": saving.writing,
        "saved_minutes": saving.saved,
        "saved_each_week_minutes": round(judged.saved_each_week),
        "sum": str(saving),
        "template": {"name": judged.template.name, "text": judged.template.text},
    }


def _instant(moment: datetime | None) -> str | None:
    return format_instant(moment) if moment else None
