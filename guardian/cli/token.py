"""`guardian token`: API tokens, shown once and stored hashed."""

from typing import Annotated

import typer

from guardian.cli.output import Format, FormatOption, as_json, data, emit, table, words

app = typer.Typer(help="API tokens: shown once, stored hashed.", no_args_is_help=True)
COLUMNS = ("id", "name", "scopes", "person", "created_at", "revoked_at")


@app.command()
def create(
    name: Annotated[str, typer.Option("--name", help="What it is for.")],
    scope: Annotated[str, typer.Option("--scope", help="read, act, policy, admin; several with commas.")] = "read",
    person: Annotated[
        str | None, typer.Option("--person", metavar="EMAIL", help="It sees what this person sees.")
    ] = None,
    fmt: FormatOption = Format.TEXT,
) -> None:
    """Make a token and print it, this once."""
    from guardian.bootstrap import open_guardian
    from guardian.engine.tokens import create_token

    with open_guardian() as guardian:
        secret, token = create_token(guardian.engine, name, scope.split(","), person)
    if fmt is Format.JSON:
        body = {
            "schema": "guardian.token/1",
            "id": token.id,
            "token": secret,
            "scopes": list(token.scopes),
            "person": token.person,
        }
        data(as_json(body))
    else:
        data(secret)
        words("Keep it now: it is not shown again.")


@app.command("list")
def list_tokens(fmt: FormatOption = Format.TEXT) -> None:
    """All tokens, without their secrets."""
    from guardian.bootstrap import open_guardian
    from guardian.engine.tokens import public_token

    with open_guardian() as guardian:
        rows = [public_token(token) for token in guardian.store.registry.tokens()]
    text = table(COLUMNS, rows) if rows else "There is no token yet."
    emit(fmt, {"schema": "guardian.tokens/1", "tokens": rows}, rows, COLUMNS, text)


@app.command()
def revoke(token_id: Annotated[str, typer.Argument(metavar="ID", help="As `list` prints it.")]) -> None:
    """End a token at once."""
    from guardian.bootstrap import open_guardian
    from guardian.errors import InputError

    with open_guardian() as guardian:
        if not guardian.store.registry.revoke_token(token_id, guardian.engine.clock()):
            raise InputError(f"there is no living token '{token_id}'; `guardian token list` shows them")
    words("Revoked.")
