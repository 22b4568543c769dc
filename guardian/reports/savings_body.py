"""The body of `guardian.report.savings/1`: what the guardian's acts came to, lower and upper."""

from collections.abc import Sequence
from typing import Any

from guardian.reports.body import Frame
from guardian.reports.cost import Rates, price
from guardian.reports.money_body import NO_RATE
from guardian.reports.savings import CAPACITY
from guardian.reports.weeks import GroupWeek, PersonWeek

SCHEMA = "guardian.report.savings/1"
COUNTED = ("saved_lower_minutes", "saved_upper_minutes", "saved_focus_minutes", "would_save_minutes")
MEANING = (
    "lower: as likely as people would have gone, less the writing; upper: the replay without the guardian's acts; "
    "weeks count once they are closed, 48 hours after their end"
)


def savings_body(weeks: Sequence[PersonWeek | GroupWeek], frame: Frame, rates: Rates | None) -> dict[str, Any]:
    """Money is the lower figure at the blended rate: capacity, not cash."""
    by_week = {week.week: week for week in weeks}
    return {
        **frame.head(SCHEMA),
        "note": f"{MEANING}; money: estimate, {CAPACITY}" if rates else f"{MEANING}; {NO_RATE}",
        "weeks": [savings_row(by_week[name], rates) for name in frame.weeks if name in by_week],
    }


def savings_row(week: PersonWeek | GroupWeek, rates: Rates | None) -> dict[str, Any]:
    if isinstance(week, GroupWeek) and week.hidden:
        return {"week": week.week, "suppressed": True, "reason": week.hidden}
    worth = price(week.saved_lower_minutes, rates) if rates else None
    return {
        "week": week.week,
        "people": week.people if isinstance(week, GroupWeek) else 1,
        **{name: getattr(week, name) for name in COUNTED},
        "currency": worth.currency if worth else None,
        "saved_capacity": worth.shown if worth else None,
        "suppressed": False,
    }
