"""`sync`, `plan`, `run` and `explain`: the pass, read by different people."""

from typing import TYPE_CHECKING, Annotated

import typer

from guardian.cli import exits
from guardian.cli.output import Format, FormatOption, as_json, data, emit, words

if TYPE_CHECKING:
    from guardian.bootstrap import Guardian
    from guardian.engine.account import PassReport

PersonOption = Annotated[
    list[str] | None, typer.Option("--person", metavar="EMAIL", help="Only this person; repeatable.")
]
DECISION_COLUMNS = ("id", "person", "outcome", "rule", "mode", "state", "start", "title", "organizer", "reason")


def add_to(app: typer.Typer) -> None:
    app.command("sync")(sync)
    app.command("plan")(plan)
    app.command("run")(run)
    app.command("explain")(explain)


def sync(
    person: PersonOption = None,
    accept: Annotated[
        list[str] | None, typer.Option("--accept", metavar="EMAIL", help="Believe this calendar's suspicious read.")
    ] = None,
    fmt: FormatOption = Format.TEXT,
) -> None:
    """Poll the calendars and store them; nothing is decided."""
    from guardian.bootstrap import open_guardian
    from guardian.cli.story import calendars_text
    from guardian.engine.account import calendars
    from guardian.engine.cycle import sync_only

    with open_guardian() as guardian:
        _known(guardian, [*(person or []), *(accept or [])])
        synced = sync_only(guardian.engine, frozenset(person or []), frozenset(accept or []))
        body = {"schema": "guardian.sync/1", **calendars(synced)}
        rows = [{"person": r.mailbox, "outcome": str(r.outcome), "error": r.error, "detail": r.detail} for r in synced]
        emit(fmt, body, rows, ("person", "outcome", "error", "detail"), "\n".join(calendars_text(body)))
    code = exits.of_calendars(synced)
    if code:
        raise typer.Exit(code)


def plan(
    person: PersonOption = None,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit 4 when there is something to do.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Use what is stored; ask no calendar.")] = False,
    fmt: FormatOption = Format.TEXT,
) -> None:
    """What would be done now; never writes to a calendar."""
    from guardian.bootstrap import open_guardian
    from guardian.engine.cycle import Request

    with open_guardian() as guardian:
        report = _run(guardian, Request(dry_run=True, offline=offline, people=frozenset(person or [])), fmt)
        code = exits.of_pass(report)
        if not code and detailed_exitcode and report.plan.items:
            code = exits.CHANGES
    if code:
        raise typer.Exit(code)


def run(
    once: Annotated[bool, typer.Option("--once", help="One pass, then leave (`guardian serve` goes on).")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done; write nothing.")] = False,
    person: PersonOption = None,
    fmt: FormatOption = Format.TEXT,
) -> None:
    """One full pass: sync, decide, act."""
    from guardian.bootstrap import open_guardian
    from guardian.engine.cycle import Request

    if not once:
        raise typer.BadParameter("say --once; to go on for ever use `guardian serve`", param_hint="--once")
    with open_guardian() as guardian:
        report = _run(guardian, Request(dry_run=dry_run, people=frozenset(person or [])), fmt)
    code = exits.of_pass(report)
    if code:
        raise typer.Exit(code)


def _run(guardian: "Guardian", request: object, fmt: Format) -> "PassReport":
    from guardian.cli.story import story
    from guardian.engine.cycle import Request, run_pass
    from guardian.reports.run import run_report

    assert isinstance(request, Request)
    _known(guardian, request.people)
    report = run_pass(guardian.engine, request)
    for problem in report.force.problems:
        words(str(problem))
    if report.force.last_good:
        words("guardian: the policy file is broken; the last good version goes on")
    body = run_report(report.run, report.decisions)
    rows = [flat(entry) for entry in body["decisions"]]
    emit(fmt, body, rows, DECISION_COLUMNS, story(body, report.zones, report.news))
    return report


def flat(entry: dict[str, object]) -> dict[str, object]:
    """A decision as one row: the meeting's fields beside the others."""
    meeting = entry["meeting"]
    assert isinstance(meeting, dict)
    return {**{k: v for k, v in entry.items() if k != "meeting"}, **meeting}


def _known(guardian: "Guardian", people: object) -> None:
    from guardian.errors import InputError

    assert isinstance(people, (frozenset, list))
    enrolled = {p.email for p in guardian.engine.roster()}
    for email in sorted(people):
        if email not in enrolled:
            raise InputError(f"{email} is not enrolled; `guardian people list` shows who is")


def explain(
    person: Annotated[str, typer.Option("--person", metavar="EMAIL", help="Whose calendar.")],
    event: Annotated[
        str, typer.Option("--event", metavar="ID", help="The service's event id, a meeting key or a decision id.")
    ],
    fmt: FormatOption = Format.TEXT,
) -> None:
    """Why: every guard, bypass and rule that was tried for one meeting."""
    from guardian.bootstrap import open_guardian
    from guardian.cli.story import explanation_text
    from guardian.engine.cycle import explain as explain_one
    from guardian.reports.run import explanation

    with open_guardian() as guardian:
        _known(guardian, [person])
        made, zone = explain_one(guardian.engine, person, event)
    body = explanation(made)
    if fmt is Format.JSON:
        data(as_json(body))
        return
    emit(fmt, body, body["trace"], ("step", "id", "result", "reason", "where"), explanation_text(body, zone))
