"""The body of the load report, `guardian.report.load/1`: one plain dictionary for JSON, HTTP and every rendering."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from guardian.errors import InputError
from guardian.model.time import Week
from guardian.reports.groups import TOO_SMALL
from guardian.reports.load import PersonWeek

SCHEMA = "guardian.report.load/1"

METHOD = "load/1"
"""The version of the definitions in `docs/methods.md`; it changes whenever a number would."""

SUMMED = (
    "meetings",
    "available_minutes",
    "meeting_minutes",
    "confirmed_meeting_minutes",
    "invited_meeting_minutes",
    "inside_minutes",
    "after_hours_minutes",
    "focus_minutes",
    "focus_60_minutes",
    "fragmented_minutes",
    "blocked_minutes",
    "back_to_back",
    "double_booked_minutes",
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What the report is about. `scope` is `person:EMAIL`, `team:NAME` or `org`; `until` is exclusive.

    Sums of fewer than `min_group` people are hidden (never a person's own report), and so are the weeks in `hidden`
    with the reason given there (`groups.hidden_weeks`).
    """

    scope: str
    since: date
    until: date
    timezone: str
    min_group: int
    hidden: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if self.until <= self.since:
            raise InputError(f"the report ends ({self.until}) before it begins ({self.since}); the end is exclusive")

    @property
    def weeks(self) -> list[str]:
        """Every ISO week with a day in the range; weeks are reported whole."""
        week, found = Week.of(self.since), []
        while week.monday < self.until:
            found.append(str(week))
            week = week.next()
        return found


def last_weeks(today: date, count: int = 4) -> tuple[date, date]:
    """From the Monday of the first to the day after the last of the `count` full weeks before today's week."""
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(weeks=count), monday


def report(weeks: Iterable[PersonWeek], frame: Frame) -> dict[str, Any]:
    """The report over the person-weeks of one scope; weeks outside the frame are left out, weeks without data too."""
    by_week: dict[str, list[PersonWeek]] = {}
    for week in weeks:
        by_week.setdefault(week.week, []).append(week)
    return {
        "schema": SCHEMA,
        "scope": frame.scope,
        "from": frame.since.isoformat(),
        "to": frame.until.isoformat(),
        "timezone": frame.timezone,
        "method": METHOD,
        "weeks": [_row(name, by_week[name], frame) for name in frame.weeks if name in by_week],
    }


def _row(name: str, weeks: Sequence[PersonWeek], frame: Frame) -> dict[str, Any]:
    reason = _hidden(name, len({w.person for w in weeks}), frame)
    return {"week": name, "suppressed": True, "reason": reason} if reason else sums(name, weeks)


def _hidden(name: str, people: int, frame: Frame) -> str | None:
    if frame.scope.startswith("person:"):
        return None
    if people < frame.min_group:
        return TOO_SMALL.format(min_group=frame.min_group)
    return (frame.hidden or {}).get(name)


def sums(name: str, weeks: Sequence[PersonWeek]) -> dict[str, Any]:
    """One row: sums in whole minutes; ratios are those of the sums, never means of ratios, and null where undefined."""
    total = {field: sum(getattr(week, field) for week in weeks) for field in SUMMED}
    free = total["focus_minutes"] + total["fragmented_minutes"]
    square = sum(week.square_minutes for week in weeks)
    row: dict[str, Any] = {"week": name, "people": len({week.person for week in weeks})}
    row |= {field: total[field] for field in SUMMED[: SUMMED.index("focus_minutes")]}
    row["meeting_share"] = _ratio(total["inside_minutes"], total["available_minutes"])
    row |= {field: total[field] for field in SUMMED[SUMMED.index("focus_minutes") : SUMMED.index("back_to_back")]}
    row["fragmentation_index"] = _ratio(total["fragmented_minutes"], free)
    row["effective_gap_minutes"] = round(square / free) if free else None
    row |= {field: total[field] for field in SUMMED[SUMMED.index("back_to_back") :]}
    row["suppressed"] = False
    return row


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
