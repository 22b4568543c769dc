"""What the documentation shows is what the program takes: every command line, every roster, every link."""

import re
import shlex
from contextlib import suppress
from pathlib import Path

import pytest
import typer
from typer._click.exceptions import MissingParameter, UsageError

from guardian.cli.main import app
from guardian.roster import parse_roster

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^    (\S.*)$", re.MULTILINE)
INLINE = re.compile(r"`(guardian [a-z-][^`]*)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
NAMES = ("guardian", ".venv/bin/guardian")


def whole_lines() -> list[tuple[str, str]]:
    """Command lines that are meant to be typed as they stand."""
    found: list[tuple[str, str]] = []
    for page in PAGES:
        text = page.read_text()
        shown = [line for kind, block in BLOCK.findall(text) if kind == "sh" for line in block.splitlines()]
        found += [(page.name, line) for line in [*shown, *INDENTED.findall(text)] if _words(line)]
    return found


def mentions() -> list[tuple[str, str]]:
    """Commands named within a sentence; they may leave out what must be given."""
    return [(page.name, command) for page in PAGES for command in INLINE.findall(page.read_text())]


def _words(line: str) -> list[str]:
    """What stands behind the last `guardian` of the line."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        return []
    at = max((n for n, word in enumerate(words) if word in NAMES), default=len(words))
    return words[at + 1 :]


def parse(line: str) -> None:
    """Raises UsageError for a command or an option that does not exist. Runs nothing."""
    command, words = typer.main.get_command(app), _words(line)
    while (commands := getattr(command, "commands", None)) is not None:
        assert words, f"{line}: this is not a whole command"
        assert words[0] in commands or words[0].startswith("-"), f"{line}: no command {words[0]!r}"
        if words[0].startswith("-"):
            break
        command, words = commands[words[0]], words[1:]
    if words != ["--version"] and words != ["--help"]:
        command.make_context(line, list(words))


def test_the_documentation_shows_commands() -> None:
    assert {"README.md", "google.md", "ics.md", "policy.md", "operations.md"} <= {page for page, _ in whole_lines()}


@pytest.mark.parametrize(("page", "line"), whole_lines())
def test_a_command_line_is_one(page: str, line: str) -> None:
    parse(line)


@pytest.mark.parametrize(("page", "command"), mentions())
def test_a_command_that_is_named_exists(page: str, command: str) -> None:
    if command.split()[1:] in (["policy"], ["token"], ["people"], ["db"], ["decisions"], ["report"]):
        return
    with suppress(MissingParameter):
        parse(command)


@pytest.mark.parametrize("line", ["guardian plan --jsn", "guardian polcy check", "guardian report load --week"])
def test_a_command_line_that_went_stale_would_be_found(line: str) -> None:
    with pytest.raises((UsageError, AssertionError)):
        parse(line)


def rosters() -> list[tuple[str, str]]:
    blocks = [(page.name, block) for page in PAGES for kind, block in BLOCK.findall(page.read_text()) if kind == "yaml"]
    shipped = ROOT / "config" / "people.example.yaml"
    return [(name, text) for name, text in blocks if "people:" in text] + [(shipped.name, shipped.read_text())]


@pytest.mark.parametrize(("name", "text"), rosters())
def test_a_roster_that_is_shown_loads(name: str, text: str) -> None:
    assert parse_roster(name, text)


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=lambda p: p.name)
def test_a_link_to_another_page_leads_somewhere(page: Path) -> None:
    missing = [target for target in LINK.findall(page.read_text()) if not (page.parent / target).exists()]
    assert missing == []
