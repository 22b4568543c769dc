"""Hours saved by the guardian, from closed weeks alone."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from guardian.engine.house import Engine
from guardian.engine.reporting.load import rates_of
from guardian.engine.reporting.scope import frame_of, weeks_of_scope
from guardian.model.time import Week, zone_named
from guardian.reports.savings_body import savings_body
from guardian.reports.weeks import GroupWeek, PersonWeek, closes_at

LATEST_ZONE = timedelta(hours=12)
"""So much later than in UTC a week closes where days end last."""


def savings_report(engine: Engine, scope: str, since: date | None, until: date | None) -> dict[str, Any]:
    """The body of `guardian.report.savings/1`. Weeks that are still open are left out. Raises UnknownScope."""
    frame = frame_of(engine, scope, since, until)
    weeks = weeks_of_scope(engine, scope, *frame.ends)
    return savings_body(list(_closed(weeks, engine.clock())), frame, rates_of(engine))


def _closed(weeks: Sequence[PersonWeek | GroupWeek], now: datetime) -> Iterator[PersonWeek | GroupWeek]:
    for week in weeks:
        if isinstance(week, PersonWeek):
            closes = closes_at(Week.parse(week.week), zone_named(week.zone))
        else:
            closes = closes_at(Week.parse(week.week), zone_named("UTC")) + LATEST_ZONE
        if now >= closes:
            yield week
