"""`guardian people`: who is enrolled, and how to leave."""

from pathlib import Path
from typing import Annotated

import typer

from guardian.cli import exits
from guardian.cli.output import Format, FormatOption, as_json, data, emit, table, words, write_private

app = typer.Typer(help="Who is enrolled; how to leave.", no_args_is_help=True)
COLUMNS = ("email", "name", "provider", "timezone", "teams", "last_success", "error", "state")


@app.command("list")
def list_people(fmt: FormatOption = Format.TEXT) -> None:
    """Everybody on the roster, with teams and the health of the calendar."""
    from guardian.bootstrap import open_guardian
    from guardian.engine.directory import notes
    from guardian.engine.people import roster_rows

    with open_guardian() as guardian:
        people = roster_rows(guardian.engine)
        known = notes(guardian.engine.store.registry)
        left = [person["email"] for person in people if person["state"] == "left"]
    rows = [{**person, "teams": " ".join(person["teams"])} for person in people]
    text = (
        table(COLUMNS, rows)
        if rows
        else "Nobody is enrolled. Add people to the roster file, or run `guardian people sync`."
    )
    emit(fmt, {"schema": "guardian.people/1", "people": people, "directory": known}, rows, COLUMNS, text)
    for sentence in known:
        words(f"! {sentence}")
    for email in left:
        words(f"{email} left and is passed over: take the line out of the roster file.")


@app.command()
def sync(
    accept: Annotated[bool, typer.Option("--accept", help="Believe answers that lack most people.")] = False,
) -> None:
    """Ask the directories who is enrolled and who is in the groups of the policy.

    A pass does so by itself once an hour. What fails, or suddenly lacks most people, keeps what was known.
    """
    from guardian.bootstrap import open_guardian
    from guardian.engine.directory import notes, told
    from guardian.engine.people import sync_directories

    with open_guardian() as guardian:
        changes = sync_directories(guardian.engine, accept=accept)
        problems = notes(guardian.engine.store.registry)
    for line in told(changes) or ["Nothing changed."]:
        typer.echo(line)
    for sentence in problems:
        words(f"! {sentence}")
    if problems:
        raise typer.Exit(exits.FAILED)


@app.command()
def export(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="About whom.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it here, for you alone.")] = None,
) -> None:
    """Everything that is held about a person, as JSON.

    Calendar with its history, weeks, decisions, acts, vetoes, lines of the journal, mails, logins; no secrets.
    """
    from guardian.bootstrap import open_guardian
    from guardian.engine.export import export_person

    with open_guardian() as guardian:
        text = as_json(export_person(guardian.engine, email))
    if out is None:
        data(text)
        return
    write_private(out, text)
    words(f"{out} holds everything about {email.strip().lower()}. Hand it over and delete it.")


@app.command("return")
def come_back(email: Annotated[str, typer.Argument(metavar="EMAIL", help="Who comes back.")]) -> None:
    """Let somebody who left be enrolled again, once the roster or a directory lists them.

    Only for people who ask for it: leaving is otherwise for good.
    """
    from guardian.bootstrap import open_guardian
    from guardian.engine.people import come_back as welcome

    with open_guardian() as guardian:
        welcome(guardian.engine, email.strip().lower(), "command line")
    words(f"{email} may be enrolled again.")


@app.command()
def leave(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Who leaves.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Clear a person's calendar of us, and forget the person.

    Every focus block and label the guardian made is removed; answers that were given stay given. Run this before the
    line is taken out of the roster file; while it is still there the person is passed over.
    """
    from guardian.bootstrap import open_guardian
    from guardian.engine.undo import leave as leave_one

    if not yes and not typer.confirm(
        f"Remove our blocks and labels from {email}'s calendar and forget this person?", err=True
    ):
        raise typer.Exit(exits.FAILED)
    with open_guardian() as guardian:
        cleared = leave_one(guardian.engine, email.strip().lower(), "command line")
    open_ends = [item for item in cleared if item.result == "failed"]
    words(f"{len(cleared) - len(open_ends)} blocks and labels removed or withdrawn.")
    for item in open_ends:
        words(f"  not removed: {item.verb} on {item.meeting}: {item.reason}")
    if open_ends:
        words("The person is not forgotten yet; run the command again when the calendar can be reached.")
        raise typer.Exit(exits.FAILED)
    words(f"{email} is forgotten, and passed over while the roster file or a directory still lists them.")
