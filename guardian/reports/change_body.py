"""The body of `guardian.report.change/1`: what changed, never why."""

from typing import Any

from guardian.reports.body import Frame
from guardian.reports.change import Change, Shift

SCHEMA = "guardian.report.change/1"


def change_body(shown: Change, frame: Frame, rule: str | None) -> dict[str, Any]:
    """Numbers are minutes (or counts) per 40 working hours, medians of the weeks compared."""
    return {
        **frame.head(SCHEMA),
        "rule": rule,
        "start": shown.start,
        "observed_weeks": shown.observed_weeks,
        "before": list(shown.before),
        "after": list(shown.after),
        "left_out": [{"week": week, "reason": reason} for week, reason in shown.left_out],
        "notes": list(shown.notes),
        "changes": [_row(shift) for shift in shown.shifts],
    }


def _row(shift: Shift) -> dict[str, Any]:
    return {
        "metric": shift.metric,
        "before": round(shift.before, 1),
        "after": round(shift.after, 1),
        "change": round(shift.change, 1),
        "elsewhere": _tenth(shift.elsewhere),
        "net": _tenth(shift.net),
    }


def _tenth(number: float | None) -> float | None:
    return None if number is None else round(number, 1)
