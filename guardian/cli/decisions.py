"""`guardian decisions`: list, show, veto, approve, undo."""

from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from guardian.cli import exits
from guardian.cli.output import Format, FormatOption, emit, table, words
from guardian.cli.passes import DECISION_COLUMNS, address, flat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardian.model.ledger import DecisionRow
    from guardian.ports import Ledger

app = typer.Typer(help="List, show, veto, approve and undo decisions.", no_args_is_help=True)
DecisionId = Annotated[str, typer.Argument(metavar="ID", help="The decision's id, as `list` prints it.")]
ACTOR = "command line"
PAGE = 500
TOLD_COLUMNS = ("id", "person", "outcome", "rule", "state", "when", "title", "organizer")


@app.command("list")
def list_decisions(
    person: Annotated[str | None, typer.Option("--person", metavar="EMAIL", help="Only this person's.")] = None,
    state: Annotated[
        str | None,
        typer.Option("--state", metavar="STATE", help="Only recorded, held, done, skipped or failed ones."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 50,
    fmt: FormatOption = Format.TEXT,
) -> None:
    """The latest decisions, newest first."""
    from guardian.bootstrap import open_guardian
    from guardian.cli.story import span
    from guardian.engine.people import members
    from guardian.reports.run import decision

    _known_state(state)
    with open_guardian() as guardian:
        found = list(islice(_newest(guardian.store.ledger, address(person), state), limit))
        zones = {email: str(member.zone) for email, member in members(guardian.engine).items()}
    entries = [decision(row) for row in found]
    rows = [flat(entry) for entry in entries]
    told = [{**row, "when": span(row["start"], row["end"], zones.get(row["person"], "UTC"))} for row in rows]
    text = table(TOLD_COLUMNS, told) if rows else "No such decision. `guardian run --once` makes them."
    emit(fmt, {"schema": "guardian.decisions/1", "decisions": entries}, rows, DECISION_COLUMNS, text)


def _known_state(state: str | None) -> None:
    from guardian.model.actions import State

    if state is not None and state not in set(State):
        raise typer.BadParameter(f"'{state}' is none of {', '.join(State)}", param_hint="--state")


def _newest(ledger: "Ledger", mailbox: str | None, state: str | None) -> "Iterator[DecisionRow]":
    """All of them, page by page."""
    page = ledger.decisions(mailbox=mailbox, limit=PAGE)
    while page:
        yield from (row for row in page if state in (None, str(row.state)))
        page = ledger.decisions(mailbox=mailbox, limit=PAGE, before=page[-1].id)


@app.command()
def show(decision_id: DecisionId, fmt: FormatOption = Format.TEXT) -> None:
    """One decision with its whole trace."""
    from guardian.bootstrap import open_guardian
    from guardian.cli.story import decision_text
    from guardian.engine.people import zone_of
    from guardian.engine.undo import known_decision
    from guardian.reports.run import decision

    with open_guardian() as guardian:
        row = known_decision(guardian.engine, decision_id)
        zone = zone_of(guardian.engine, row.decision.member)
    body = {"schema": "guardian.decision/1", **decision(row, trace=True)}
    emit(fmt, body, body["trace"], ("step", "id", "result", "reason", "where"), decision_text(body, zone))


@app.command()
def veto(decision_id: DecisionId) -> None:
    """Say no: the act is not done, and this rule leaves this occurrence alone until it moves."""
    from guardian.bootstrap import open_guardian
    from guardian.engine.undo import veto as veto_one

    with open_guardian() as guardian:
        row = veto_one(guardian.engine, decision_id, ACTOR)
    words(f"Vetoed. {row.decision.rule} leaves this meeting alone until it moves.")


@app.command()
def approve(decision_id: DecisionId) -> None:
    """Release a held act: the next pass does it, if everything still holds."""
    from guardian.bootstrap import open_guardian
    from guardian.engine.undo import approve as approve_one

    with open_guardian() as guardian:
        approve_one(guardian.engine, decision_id, ACTOR)
    words("Approved. The next pass does it, if everything still holds.")


@app.command()
def undo(
    decision_id: Annotated[str | None, typer.Argument(metavar="ID", help="The decision to take back.")] = None,
    run: Annotated[str | None, typer.Option("--run", metavar="ID", help="Take back everything one pass did.")] = None,
    fmt: FormatOption = Format.TEXT,
) -> None:
    """Give back what stood before; the rule then leaves the occurrence alone until it moves."""
    from guardian.bootstrap import open_guardian
    from guardian.engine.undo import undo_decision, undo_run

    if (decision_id is None) == (run is None):
        raise typer.BadParameter("give either the id of a decision or --run ID")
    with open_guardian() as guardian:
        engine = guardian.engine
        undone = undo_run(engine, run, ACTOR) if run else [undo_decision(engine, decision_id or "", ACTOR)]
    rows = [item.public() for item in undone]
    text = table(("person", "meeting", "verb", "result", "reason"), rows) if rows else "There was nothing to undo."
    emit(
        fmt,
        {"schema": "guardian.undo/1", "undone": rows},
        rows,
        ("person", "meeting", "verb", "result", "reason"),
        text,
    )
    for item in undone:
        if item.text:
            words(f"\nReady text for the organiser of {item.meeting}:\n{item.text}")
    if any(item.result != "undone" for item in undone):
        raise typer.Exit(exits.FAILED)
