"""Eight people in two teams with stored weeks, for tests of the reports."""

from dataclasses import replace
from datetime import UTC, date, datetime

from guardian.engine.house import Engine
from guardian.reports.cost import Rates
from tests.store.test_rollups import Desk
from tests.store_world import person_week

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PEOPLE = [f"p{number}@acme.example" for number in range(8)]
CORE, EDGE = PEOPLE[:6], PEOPLE[6:]
WEEK = "2026-W46"
SPAN = date(2026, 11, 9), date(2026, 11, 16)
RATES = Rates("", 60.0)
TITLE = "Canary status"
CURRENCY = "defaults: {currency: CHF}\n"


def weigh(desk: Desk, week: str, **counts: int) -> None:
    rows = [
        person_week(email, week, zone="UTC", teams=("core" if email in CORE else "edge",), **counts) for email in PEOPLE
    ]
    desk.store.rollups.save_weeks(rows, NOW)
    desk.refresh()


def rated(desk: Desk, rates: Rates | None = RATES) -> Engine:
    return replace(desk.engine(), rates=rates)
