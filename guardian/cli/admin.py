"""`init`, `doctor` and `db`: setting up, and finding out what is wrong."""

import os
from pathlib import Path
from typing import Annotated

import typer

from guardian.cli import exits
from guardian.cli.output import Format, FormatOption, emit, words

db = typer.Typer(help="Create, upgrade and check the database.", no_args_is_help=True)
MODES = {".env": 0o600}
MARKS = {"ok": "ok  ", "warning": "note", "failed": "FAIL"}


def add_to(app: typer.Typer) -> None:
    app.command("init")(init)
    app.command("doctor")(doctor)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write.")] = Path(),
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Write settings, policy and roster to start with.

    A commented .env, config/policies.yaml and config/people.yaml; what is there already is never overwritten.
    """
    from guardian.cli.templates import FILES
    from guardian.errors import InputError

    if not yes and not typer.confirm(f"Write {', '.join(FILES)} into {folder.resolve()}?", default=True, err=True):
        raise typer.Exit(exits.FAILED)
    for name in FILES:
        try:
            words(_written(folder / name, name))
        except OSError as error:
            raise InputError(f"{folder / name}: cannot be written ({error.strerror}); name another folder") from error
    words(f"Next: name your people in {folder / 'config/people.yaml'} and the calendars in {folder / '.env'},")
    words("then run `guardian doctor` in that folder." if folder != Path() else "then run `guardian doctor`.")


def _written(path: Path, name: str) -> str:
    """Never over a file that is there, whoever else writes at the same time."""
    from guardian.cli.templates import template

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODES.get(name, 0o644)), "w") as file:
            file.write(template(name))
    except FileExistsError:
        return f"kept     {path} (it exists)"
    return f"written  {path}"


def doctor(fmt: FormatOption = Format.TEXT) -> None:
    """Check every part one by one, each with its mend.

    Settings, kill switch, zone data, database, policy, roster, and of each calendar service the credentials, the scopes,
    the clock and up to five mailboxes. Changes nothing; exits 1 when something must be mended.
    """
    from guardian.diagnosis import diagnose

    checks = diagnose()
    rows = [{"check": c.name, "result": c.result, "detail": c.detail, "mend": c.mend} for c in checks]
    lines = [f"{MARKS[c.result]}  {c.name}: {c.detail}" + (f"\n      -> {c.mend}" if c.mend else "") for c in checks]
    emit(
        fmt,
        {"schema": "guardian.doctor/1", "checks": rows},
        rows,
        ("check", "result", "detail", "mend"),
        "\n".join(lines),
    )
    if any(c.result == "failed" for c in checks):
        raise typer.Exit(exits.FAILED)


@db.command()
def upgrade() -> None:
    """Create the tables, or bring them to this version; data stay."""
    from guardian.settings import load_settings
    from guardian.store.database import upgrade as upgrade_database

    upgrade_database(load_settings().database_url.get_secret_value())
    words("The database is current.")


@db.command("check")
def check_database() -> None:
    """Does the database answer, and is its schema current?"""
    from guardian.settings import load_settings
    from guardian.store.database import check

    finding = check(load_settings().database_url.get_secret_value())
    words(finding or "The database answers and its schema is current.")
    if finding:
        raise typer.Exit(exits.FAILED)
