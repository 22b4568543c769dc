"""What somebody sees who does not know the command yet."""

import subprocess
import sys

import pytest

from guardian import __version__
from tests.cli.shell import Shell

HEAVY = {"googleapiclient", "google", "sqlalchemy", "fastapi", "icalendar", "yaml", "rich"}
PROBE = """
import sys
from guardian.cli.main import main
sys.argv = ["guardian", *{arguments!r}]
try:
    main()
except SystemExit:
    pass
sys.stderr.write(" ".join(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""
COMMANDS = (
    *("demo", "init", "doctor", "sync", "plan", "run", "explain", "serve", "report load"),
    *("decisions list", "decisions show", "decisions veto", "decisions approve", "decisions undo"),
    *("policy check", "policy show", "policy schema", "policy apply", "policy status"),
    *(
        "people list",
        "people leave",
        "people sync",
        "people return",
        "token create",
        "token list",
        "token revoke",
        "db upgrade",
        "db check",
    ),
)


def loaded(*arguments: str) -> set[str]:
    """The packages that are there after a command in a process of its own."""
    probe = [sys.executable, "-c", PROBE.format(arguments=arguments)]
    return set(subprocess.run(probe, capture_output=True, text=True, check=True).stderr.split())


@pytest.mark.parametrize("arguments", [["--version"], ["policy", "--help"], ["run", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert HEAVY & loaded(*arguments) == set()


def test_the_list_of_commands_needs_no_validation_either() -> None:
    assert (HEAVY | {"pydantic"}) & loaded("--help") == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(shell: Shell, command: str) -> None:
    said = shell(*command.split(), "--help")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"Usage: guardian {command}")


def test_the_list_of_commands_has_whole_sentences(shell: Shell) -> None:
    cut = [line for line in shell("--help").out.splitlines() if line.endswith("...") and "Usage" not in line]
    assert cut == []


def test_the_version(shell: Shell) -> None:
    assert shell("--version").out == f"guardian {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["runn"], "Did you mean 'run'?"),
        (["plan", "--formt", "json"], "--format"),
        (["doctor", "--format", "xml"], "'markdown'"),
        (["run"], "guardian serve"),
        (["decisions", "undo"], "--run"),
        (["report", "load", "--week", "2026-W99"], "2026-W"),
        (["report", "load", "--from", "yesterday"], "2026-11-16"),
        (["report", "load", "--from", "2026-11-02", "--to", "2026-11-01"], "--to"),
        (["report", "load", "--person", "a@b.c", "--org"], "one of"),
        (["report", "load", "a.ics", "--team", "x"], "--team"),
        (["report", "load", "--hours", "9-5"], "--hours"),
        (["report", "load", "a.ics", "--hours", "17:00-09:00"], "--hours"),
        (["decisions", "list", "--state", "waiting"], "held"),
        (["serve", "--port", "99999"], "65535"),
    ],
)
def test_wrong_usage_exits_2_with_a_hint_and_no_data(shell: Shell, arguments: list[str], hint: str) -> None:
    said = shell(*arguments)
    assert (said.code, said.out) == (2, "")
    assert hint in said.err
