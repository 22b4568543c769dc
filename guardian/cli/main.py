"""The command `guardian`. Modules of commands import what is heavy only when a command runs."""

import sys
from typing import Annotated

import typer

from guardian import __version__
from guardian.cli import admin, decisions, demo, email, passes, people, policy, report_more, serve, token
from guardian.cli.exits import COULD_NOT_RUN, FAILED, INTERRUPTED, USAGE
from guardian.errors import GuardianError, NotReady, UserError

ABOUT = "Gives a team its focus time back: a written meeting policy, applied to calendars, explained and undoable."

app = typer.Typer(
    name="guardian",
    help=ABOUT,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (demo, admin, passes, serve):
    module.add_to(app)
app.add_typer(report_more.app, name="report")
app.add_typer(email.app, name="email")
app.add_typer(decisions.app, name="decisions")
app.add_typer(policy.app, name="policy")
app.add_typer(people.app, name="people")
app.add_typer(token.app, name="token")
app.add_typer(admin.db, name="db")


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"guardian {__version__}")
        raise typer.Exit


@app.callback(help=ABOUT)
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """What stands before every command."""


def main() -> None:
    """Run the command; what a person can mend is one clear message, never a traceback."""
    try:
        app(prog_name="guardian")
    except UserError as error:
        _complain(str(error))
        sys.exit(COULD_NOT_RUN if isinstance(error, NotReady) else USAGE)
    except GuardianError as error:
        _complain(str(error))
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _complain(message: str) -> None:
    sys.stderr.write(f"guardian: {message}\n")
