"""`guardian policy`: check, show, schema, apply, status."""

from pathlib import Path
from typing import Annotated

import typer

from guardian.cli import exits
from guardian.cli.output import Format, FormatOption, as_json, data, emit, words

app = typer.Typer(help="Check, show and apply the policy file.", no_args_is_help=True)
Files = Annotated[list[Path] | None, typer.Argument(metavar="FILES", help="Policy files; the setting's by default.")]
FINDING_COLUMNS = ("file", "line", "column", "level", "code", "path", "message")


def _texts(files: list[Path] | None) -> dict[str, str]:
    """The files by name; a folder stands for the policy inside it."""
    from guardian.bootstrap import read_policy
    from guardian.settings import load_settings

    if not files:
        return dict(read_policy(load_settings().policies))
    found: dict[str, str] = {}
    for path in files:
        found |= read_policy(path / "policies.yaml" if path.is_dir() else path)
    return found


@app.command()
def check(
    files: Files = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    fmt: FormatOption = Format.TEXT,
) -> None:
    """Every problem in the policy, with place and mend. Needs no calendar and no database."""
    from dataclasses import asdict

    from guardian.bootstrap import utc_now
    from guardian.errors import PolicyProblems
    from guardian.policy.checks import check as check_files

    try:
        found = check_files(_texts(files), as_of=utc_now().date())
    except PolicyProblems as error:
        found = list(error.problems)
    rows = [asdict(problem) for problem in found]
    emit(
        fmt,
        {"schema": "guardian.check/1", "findings": rows},
        rows,
        FINDING_COLUMNS,
        "\n".join(map(str, found)) or "No problem found.",
    )
    counting = {"error", "warning"} if strict else {"error"}
    if any(problem.level in counting for problem in found):
        raise typer.Exit(exits.FAILED)


@app.command()
def show(
    files: Files = None,
    resolved: Annotated[bool, typer.Option("--resolved", help="With every default filled in.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Say where each value comes from (with --resolved).")] = False,
) -> None:
    """The policy as it is read."""
    from guardian.policy.show import resolved as resolved_text

    texts = _texts(files)
    data(resolved_text(texts, why=why) if resolved or why else "".join(texts.values()))


@app.command()
def schema() -> None:
    """The JSON Schema of the policy file, for editors."""
    from guardian.policy.schema import json_schema

    data(as_json(json_schema()))


@app.command()
def apply(
    yes: Annotated[bool, typer.Option("--yes", help="Accept it: the very next pass acts.")] = False,
    fmt: FormatOption = Format.TEXT,
) -> None:
    """Show what the policy file would do now; with --yes accept it, so that the very next pass acts."""
    from guardian.bootstrap import open_guardian
    from guardian.cli.story import story
    from guardian.engine.cycle import Request, accept_now, run_pass
    from guardian.reports.run import run_report

    with open_guardian() as guardian:
        force = accept_now(guardian.engine, actor=None)
        report = run_pass(guardian.engine, Request(dry_run=True))
        body = run_report(report.run, report.decisions)
        emit(
            fmt,
            body,
            body["decisions"],
            ("id", "person", "outcome", "rule", "reason"),
            story(body, report.zones, report.news),
        )
        if yes and not force.accepted:
            accept_now(guardian.engine, actor="command line")
    code = exits.of_calendars(report.synced)
    if force.accepted:
        words(f"Policy {force.policy.version} was accepted before; passes act under it.")
    elif yes:
        words(f"Policy {force.policy.version} is accepted: the next pass acts.")
    else:
        words("Not accepted. With --yes the next pass acts; without it the next pass is dry and accepts it.")
    if code:
        raise typer.Exit(code)


@app.command()
def status(fmt: FormatOption = Format.TEXT) -> None:
    """The version in force, and what the file on disk would make of it."""
    from guardian.bootstrap import open_guardian
    from guardian.engine.policies import status as policy_status

    with open_guardian() as guardian:
        body = policy_status(guardian.store.registry, guardian.engine.policy_files)
    rows = body["accepted"]
    lines = [f"in force: {body['in_force'] or 'none'}", f"on disk:  {body['on_disk'] or 'not valid'} ({body['state']})"]
    lines += [f"accepted {row['accepted_at']}  {row['version']}" for row in rows]
    emit(fmt, {"schema": "guardian.policy_status/1", **body}, rows, ("version", "accepted_at"), "\n".join(lines))
    for problem in body["problems"]:
        words(problem)
    if body["state"] == "broken":
        raise typer.Exit(exits.PARTIAL if body["in_force"] else exits.USAGE)
