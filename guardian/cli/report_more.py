"""`guardian report cost|series|savings|change|export`: everything told from what is stored."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guardian.cli.output import Format, FormatOption, words
from guardian.cli.report import ONE_SCOPE, dates, scope_of, tell
from guardian.cli.report import app as app

if TYPE_CHECKING:
    from guardian.engine.house import Engine

Person = Annotated[str | None, typer.Option("--person", metavar="EMAIL", help="One person.")]
Team = Annotated[str | None, typer.Option("--team", metavar="NAME", help="One team.")]
Org = Annotated[bool, typer.Option("--org", help="Everybody (the default).")]
Week = Annotated[str | None, typer.Option("--week", metavar="2026-W47", help="One ISO week.")]
Since = Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day.")]
Until = Annotated[str | None, typer.Option("--to", metavar="DATE", help="The day after the last one.")]

Make = Callable[["Engine", str, date | None, date | None], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """About whom, from when to when."""

    person: str | None
    team: str | None
    org: bool
    week: str | None
    since: str | None
    until: str | None


@app.command()
def cost(
    person: Person = None,
    team: Team = None,
    org: Org = False,
    week: Week = None,
    since: Since = None,
    until: Until = None,
    fmt: FormatOption = Format.TEXT,
) -> None:
    """What meeting hours are estimated to cost, per week."""
    from guardian.engine.reporting import cost_report

    _report(Asked(person, team, org, week, since, until), cost_report, fmt)


@app.command()
def series(
    person: Person = None,
    team: Team = None,
    org: Org = False,
    week: Week = None,
    since: Since = None,
    until: Until = None,
    most: Annotated[int, typer.Option("--most", min=1, max=500, help="How many at most.")] = 25,
    fmt: FormatOption = Format.TEXT,
) -> None:
    """Recurring meetings by the time they take, and which could be a written update.

    Without dates the last eight full weeks.
    """
    from guardian.engine.reporting import series_report

    def make(engine: "Engine", scope: str, first: date | None, last: date | None) -> dict[str, Any]:
        return series_report(engine, scope, first, last, most=most)

    _report(Asked(person, team, org, week, since, until), make, fmt)


@app.command()
def savings(
    person: Person = None,
    team: Team = None,
    org: Org = False,
    week: Week = None,
    since: Since = None,
    until: Until = None,
    fmt: FormatOption = Format.TEXT,
) -> None:
    """Hours saved by the guardian, lower and upper, per closed week."""
    from guardian.engine.reporting import savings_report

    _report(Asked(person, team, org, week, since, until), savings_report, fmt)


@app.command()
def change(
    person: Person = None,
    team: Team = None,
    org: Org = False,
    rule: Annotated[str | None, typer.Option("--rule", metavar="ID", help="The rule that was enforced.")] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The day of the change, if not the rule's first.")
    ] = None,
    fmt: FormatOption = Format.TEXT,
) -> None:
    """Four weeks before a rule was enforced against four weeks after, per 40 working hours.

    Without --rule and --from: the rule that was enforced last.
    """
    from guardian.engine.reporting import change_report

    def make(engine: "Engine", scope: str, first: date | None, _last: date | None) -> dict[str, Any]:
        return change_report(engine, scope, first, rule=rule)

    _report(Asked(person, team, org, None, since, None), make, fmt)


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A folder; made if it is not there.")],
    since: Since = None,
    until: Until = None,
) -> None:
    """Person-weeks and sums of groups as Parquet, for whoever runs the guardian.

    Person-weeks are not suppressed: these files are as private as the database. Needs the extra `parquet`.
    """
    from guardian.bootstrap import open_guardian
    from guardian.cli.parquet import export_weeks

    first, last = dates(None, since, until)
    with open_guardian() as guardian:
        for path, rows in export_weeks(guardian.engine, out, first, last):
            words(f"{path}: {rows} rows")


def _report(asked: Asked, make: Make, fmt: Format) -> None:
    from guardian.bootstrap import open_guardian
    from guardian.cli.passes import policy_standing

    if sum(map(bool, (asked.person, asked.team, asked.org))) > 1:
        raise typer.BadParameter(ONE_SCOPE, param_hint="--person")
    first, last = dates(asked.week, asked.since, asked.until)
    with open_guardian() as guardian:
        scope = scope_of(guardian, asked.person, asked.team)
        tell(make(guardian.engine, scope, first, last), fmt)
        code = policy_standing(guardian)
    if code:
        raise typer.Exit(code)
