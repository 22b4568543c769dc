"""`sync`, `plan`, `run` and `explain`: the pass, read by different people."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from guardian.cli import exits
from guardian.cli.output import Format, FormatOption, emit, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guardian.bootstrap import Guardian
    from guardian.engine.account import PassReport
    from guardian.engine.cycle import Request
    from guardian.engine.policies import InForce

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
    """Read the calendars and store them; nothing is decided."""
    from guardian.bootstrap import open_guardian
    from guardian.cli.story import calendars_text
    from guardian.engine.account import calendars
    from guardian.engine.cycle import sync_only

    with open_guardian() as guardian:
        wanted, believed = chosen(guardian, person), chosen(guardian, accept)
        synced = sync_only(guardian.engine, wanted and wanted | believed, believed)
        body = {"schema": "guardian.sync/1", **calendars(synced)}
        rows = [{"person": r.mailbox, "outcome": str(r.outcome), "error": r.error, "detail": r.detail} for r in synced]
        emit(fmt, body, rows, ("person", "outcome", "error", "detail"), "\n".join(calendars_text(body)))
        code = exits.of_calendars(synced) or policy_standing(guardian)
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
        report = _run(guardian, Request(dry_run=True, offline=offline, people=chosen(guardian, person)), fmt)
        code = exits.of_pass(report)
        if not code and detailed_exitcode and exits.changes(report.plan):
            code = exits.CHANGES
        if not report.force.accepted:
            words("This policy version is not accepted yet: the first `guardian run --once` shows and accepts it.")
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
        report = _run(guardian, Request(dry_run=dry_run, people=chosen(guardian, person)), fmt)
    code = exits.of_pass(report)
    if code:
        raise typer.Exit(code)


def _run(guardian: "Guardian", request: "Request", fmt: Format) -> "PassReport":
    from guardian.cli.story import story
    from guardian.engine.cycle import run_pass
    from guardian.engine.house import passed_over
    from guardian.reports.run import run_report

    if guardian.engine.killed():
        words("Nothing is written to any calendar: the kill switch is on, or GUARDIAN_GOOGLE__READ_ONLY.")
    report = run_pass(guardian.engine, request)
    say_broken(report.force)
    for person in passed_over(guardian.engine):
        words(f"{person.email} left and is passed over: take the line out of the roster file.")
    body = run_report(report.run, report.decisions)
    rows = [flat(entry) for entry in body["decisions"]]
    emit(fmt, body, rows, DECISION_COLUMNS, story(body, report.zones, report.news))
    return report


def flat(entry: dict[str, Any]) -> dict[str, Any]:
    """A decision as one row: the meeting's fields beside the others."""
    return {**{k: v for k, v in entry.items() if k != "meeting"}, **entry["meeting"]}


def say_broken(force: "InForce") -> None:
    """Loudly, when a broken policy file is not what decides."""
    for problem in force.problems:
        words(str(problem))
    if force.last_good:
        words("guardian: the policy file is broken; the last good version goes on")


def policy_standing(guardian: "Guardian") -> int:
    """The exit code for a command that looked at the policy: 5, said loudly, when the last good version goes on."""
    from guardian.engine.policies import in_force_now

    force = in_force_now(guardian.engine.store.registry, guardian.engine.policy_files)
    say_broken(force)
    return exits.PARTIAL if force.last_good else exits.OK


def chosen(guardian: "Guardian", people: "Sequence[str] | None") -> frozenset[str]:
    """The addresses as the roster writes them; raises InputError for somebody who is not enrolled."""
    from guardian.engine.people import enrolled_address

    return frozenset(enrolled_address(guardian.engine, email) for email in people or ())


def address(text: str | None) -> str | None:
    return text and text.strip().lower()


def explain(
    person: Annotated[str, typer.Option("--person", metavar="EMAIL", help="Whose calendar.")],
    event: Annotated[
        str, typer.Option("--event", metavar="ID", help="The service's event id, a meeting key or a decision id.")
    ],
    fmt: FormatOption = Format.TEXT,
) -> None:
    """Why a meeting is treated as it is.

    Every guard, bypass entry and rule that was tried for it: matched or not, why, and where in the policy it stands.
    """
    from guardian.bootstrap import open_guardian
    from guardian.cli.story import explanation_text
    from guardian.engine.cycle import explain as explain_one
    from guardian.reports.run import explanation

    with open_guardian() as guardian:
        (email,) = chosen(guardian, [person])
        made, zone = explain_one(guardian.engine, email, event)
        body = explanation(made)
        emit(fmt, body, body["trace"], ("step", "id", "result", "reason", "where"), explanation_text(body, zone))
        code = policy_standing(guardian)
    if code:
        raise typer.Exit(code)
