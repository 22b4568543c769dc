"""`guardian report`: meeting load, from the store or straight from .ics files."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guardian.cli import exits
from guardian.cli.output import Format, FormatOption, data, words

if TYPE_CHECKING:
    from guardian.bootstrap import Guardian
    from guardian.model.time import Interval, WallWindow

USUAL_HOURS = "09:00-17:00"
REACH = timedelta(days=397)
"""How far from one given date a file is read; readers take 400 days at most."""

ONE_SCOPE = "give one of --person, --team and --org"

app = typer.Typer(help="Meeting load, cost, recurring meetings, savings.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Meeting load, cost, recurring meetings, savings."""


@app.command()
def load(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE.ics", help="Exported calendars: no account needed.")
    ] = None,
    person: Annotated[str | None, typer.Option("--person", metavar="EMAIL", help="One person's week.")] = None,
    team: Annotated[str | None, typer.Option("--team", metavar="NAME", help="One team.")] = None,
    org: Annotated[bool, typer.Option("--org", help="Everybody (the default).")] = False,
    week: Annotated[str | None, typer.Option("--week", metavar="2026-W47", help="One ISO week.")] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="DATE", help="The day after the last one.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="EMAIL", help="Whose the files are.")] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", metavar="ZONE", help="Zone of the files' owner.")
    ] = None,
    hours: Annotated[
        str | None,
        typer.Option("--hours", metavar="HH:MM-HH:MM", help=f"Working hours for files, {USUAL_HOURS} by default."),
    ] = None,
    fmt: FormatOption = Format.TEXT,
) -> None:
    """Meeting hours, focus hours and fragmentation per week."""
    first, last = dates(week, since, until)
    if files:
        _apart("the files", {"--person": person, "--team": team, "--org": org})
        body = _from_files(files, owner, timezone, parse_hours(hours or USUAL_HOURS), first, last)
        code = exits.OK
    else:
        _apart("calendars that are stored", {"--owner": owner, "--timezone": timezone, "--hours": hours})
        if sum(map(bool, (person, team, org))) > 1:
            raise typer.BadParameter(ONE_SCOPE, param_hint="--person")
        body, code = _from_store(person, team, first, last)
    tell(body, fmt)
    if code:
        raise typer.Exit(code)


def _apart(what: str, options: Mapping[str, object]) -> None:
    """Options that mean nothing here are a misunderstanding, not noise."""
    for name, value in options.items():
        if value:
            raise typer.BadParameter(f"it says nothing about {what}", param_hint=name)


def tell(body: dict[str, Any], fmt: Format) -> None:
    """Print a report in that format."""
    from guardian.reports.renderings import rendered

    text = rendered(body, str(fmt))
    if text:  # no rows are no lines
        data(text)


def dates(week: str | None, since: str | None, until: str | None) -> tuple[date | None, date | None]:
    from guardian.model.time import Week

    if week and (since or until):
        raise typer.BadParameter("give either --week or --from and --to", param_hint="--week")
    if week:
        monday = Week.parse(week).monday
        return monday, monday + timedelta(days=7)
    first, last = _date(since, "--from"), _date(until, "--to")
    if first and last and last <= first:
        raise typer.BadParameter("--to must lie after --from", param_hint="--to")
    return first, last


def _date(text: str | None, name: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is not a date; write it like 2026-11-16", param_hint=name) from error


def parse_hours(text: str) -> "WallWindow":
    """`09:00-17:00`, Monday to Friday."""
    from guardian.model.time import WallWindow
    from guardian.policy.scalars import BadValue, parse_time

    try:
        start, end = text.split("-")
        window = WallWindow(frozenset(range(5)), parse_time(start), parse_time(end, end=True))
    except (ValueError, BadValue) as error:
        raise typer.BadParameter(
            f"'{text}' is not a span of hours; write it like 09:00-17:00", param_hint="--hours"
        ) from error
    if window.end <= window.start:
        raise typer.BadParameter("the hours must end after they begin", param_hint="--hours")
    return window


def scope_of(guardian: "Guardian", person: str | None, team: str | None) -> str:
    """The scope as the engine names it; raises InputError for people and teams nobody knows."""
    from guardian.engine.people import enrolled_address, known_team

    if person:
        return f"person:{enrolled_address(guardian.engine, person)}"
    return f"team:{known_team(guardian.engine, team)}" if team else "org"


def _from_files(
    files: list[Path],
    owner: str | None,
    timezone: str | None,
    hours: "WallWindow",
    first: date | None,
    last: date | None,
) -> dict[str, Any]:
    from guardian.bootstrap import utc_now
    from guardian.model.time import zone_named
    from guardian.providers.ics.folder import read_file
    from guardian.reports.files import Exported, file_report

    read = [read_file(path, owner, timezone, _window(first, last)) for path in files]
    for calendar in read:
        for bad in calendar.bad:
            words(f"left out: {bad.event_id}: {bad.reason}")
    exported = [Exported(c.owner, zone_named(str(c.zone)), c.occurrences) for c in read]
    return file_report(exported, hours, first, last, utc_now().date())


def _window(first: date | None, last: date | None) -> "Interval | None":
    """What must be read of a file for these days, a day more on both sides for zones; None lets the reader choose."""
    from guardian.model.time import Interval, day_start, zone_named

    if first is None and last is None:
        return None
    since = first or (last or date.max) - REACH
    until = last or since + REACH
    day, utc = timedelta(days=1), zone_named("UTC")
    return Interval(day_start(since - day, utc), day_start(until + day, utc))


def _from_store(
    person: str | None, team: str | None, first: date | None, last: date | None
) -> tuple[dict[str, Any], int]:
    """The body and the exit code."""
    from guardian.bootstrap import open_guardian
    from guardian.cli.passes import policy_standing
    from guardian.engine.reporting import load_report

    with open_guardian() as guardian:
        scope = scope_of(guardian, person, team)
        body = load_report(guardian.engine, scope, first, last)
        return body, policy_standing(guardian)
