"""Load and cost from stored weeks: one body for command line, HTTP, pages and mail."""

from dataclasses import replace
from datetime import date
from typing import Any

from guardian.engine.house import Engine
from guardian.engine.people import policy_now
from guardian.engine.reporting.scope import frame_of, weeks_of_scope
from guardian.reports.body import report
from guardian.reports.cost import Rates
from guardian.reports.money_body import cost_body

USUAL_CURRENCY = "EUR"


def load_report(engine: Engine, scope: str, since: date | None, until: date | None) -> dict[str, Any]:
    """The body of `guardian.report.load/1` for `person:EMAIL`, `team:NAME` or `org`.

    Without dates the last four full weeks, with one date four weeks from it or to it. Raises UnknownScope,
    and InputError for dates that make no sense.
    """
    frame = frame_of(engine, scope, since, until)
    return report(weeks_of_scope(engine, scope, *frame.ends), frame)


def cost_report(engine: Engine, scope: str, since: date | None, until: date | None) -> dict[str, Any]:
    """The body of `guardian.report.cost/1`: as `load_report`, with money in each week's row."""
    frame = frame_of(engine, scope, since, until)
    weeks = weeks_of_scope(engine, scope, *frame.ends)
    return cost_body(weeks, frame, rates_of(engine), engine.min_group)


def rates_of(engine: Engine) -> Rates | None:
    """What an hour is taken to cost, in the settings' currency, else the policy's, else euros; None where nobody says."""
    if engine.rates is None or engine.rates.currency:
        return engine.rates
    return replace(engine.rates, currency=policy_now(engine).defaults.currency or USUAL_CURRENCY)
