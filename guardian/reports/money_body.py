"""Bodies with money: `guardian.report.cost/1`. Every amount is an estimate in two significant figures."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from guardian.reports.body import Frame, report, row
from guardian.reports.cost import Money, Rates, cost_of
from guardian.reports.weeks import GroupWeek, PersonWeek

SCHEMA = "guardian.report.cost/1"

NO_RATE = "no money is shown: set GUARDIAN_COST__HOURLY_RATE to what an hour is taken to cost"
ESTIMATE = (
    "estimate: one blended rate for everybody, hours with overlaps counted once; list price: overlaps counted in full"
)
ESTIMATE_BY_BAND = (
    "estimate: rates by band for groups, one blended rate otherwise; list price: overlaps counted in full"
)

MONEY = ("currency", "cost", "list_price")


def cost_body(
    weeks: Iterable[PersonWeek | GroupWeek], frame: Frame, rates: Rates | None, min_group: int
) -> dict[str, Any]:
    """The load report of the same weeks with `currency, cost, list_price` in each row that is not hidden; null where there is
    no rate, and where bands would tell of too few people. `note` says how it was made, or why it was not."""
    body = report(weeks, frame, lambda week: priced(week, rates, min_group))
    told = body.pop("weeks")
    return {**body, "schema": SCHEMA, "note": note(rates), "weeks": told}


def note(rates: Rates | None) -> str:
    if rates is None:
        return NO_RATE
    return ESTIMATE_BY_BAND if rates.bands else ESTIMATE


def priced(week: PersonWeek | GroupWeek, rates: Rates | None, min_group: int) -> dict[str, Any]:
    """One week's row with its money; a hidden week stays as it is."""
    told = row(week)
    if told["suppressed"]:
        return told
    cost = cost_of(week, rates, min_group) if rates else None
    hidden = told.pop("suppressed")
    return told | money(cost, cost and list_price(week, cost)) | {"suppressed": hidden}


def money(cost: Money | None, whole: Money | None) -> dict[str, Any]:
    return {
        "currency": cost.currency if cost else None,
        "cost": cost.shown if cost else None,
        "list_price": whole.shown if whole else None,
    }


def list_price(week: PersonWeek | GroupWeek, cost: Money) -> Money:
    """As if every meeting took its whole time also where it overlaps with others."""
    if not week.meeting_minutes:
        return cost
    whole = Fraction(week.meeting_minutes + week.overbooked_minutes, week.meeting_minutes)
    return Money(cost.currency, cost.amount * whole)
