"""`init`, `doctor` and `db`: setting up, and finding out what is wrong."""

from pathlib import Path
from typing import Annotated

import typer

from guardian.cli import exits
from guardian.cli.output import Format, FormatOption, emit, words

db = typer.Typer(help="Create, upgrade and check the database.", no_args_is_help=True)
MARKS = {"ok": "ok  ", "warning": "note", "failed": "FAIL"}


def add_to(app: typer.Typer) -> None:
    app.command("init")(init)
    app.command("doctor")(doctor)


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to write.")] = Path(),
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Write a commented .env, config/policies.yaml and config/people.yaml; never overwrites."""
    from guardian.cli.templates import FILES, template

    if not yes and not typer.confirm(f"Write {', '.join(FILES)} into {folder.resolve()}?", default=True, err=True):
        raise typer.Exit(exits.FAILED)
    for name in FILES:
        path = folder / name
        if path.exists():
            words(f"kept     {path} (it exists)")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(template(name), encoding="utf-8")
        if name == ".env":
            path.chmod(0o600)
        words(f"written  {path}")
    words("Next: put your people into config/people.yaml, then run `guardian doctor`.")


def doctor(fmt: FormatOption = Format.TEXT) -> None:
    """Check settings, credentials, calendars, clock, zone data and database one by one, with the mend."""
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
    """Create the tables, or bring them to this version."""
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
