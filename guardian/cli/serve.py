"""`guardian serve`: dashboard and API, and a worker that polls on its own."""

from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    app.command("serve")(serve)


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", help="Port to listen on; 0 takes a free one.", min=0, max=65535)
    ] = 8000,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Only dashboard and API; something else makes the passes.")
    ] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="Whoever reaches the login page may be anybody. Loopback only.")
    ] = False,
) -> None:
    """Serve dashboard, API and health, and make passes on its own."""
    from guardian.web.server import run_server

    run_server(host, port, worker=not no_worker, demo=demo)
