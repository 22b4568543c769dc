"""Settings from the environment and `.env`: what is read, what is refused, what is warned of."""

import io
import re
from pathlib import Path

import pytest

from guardian.cli.templates import ENVIRONMENT
from guardian.settings import FROM_THE_SHELL, known_names, read_settings
from tests.cli.shell import Shell

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"
NAMES = known_names() - {f"GUARDIAN_{name}" for name in FROM_THE_SHELL}


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"POLL_INTERVAL": "soon"}, "GUARDIAN_POLL_INTERVAL: "),
        ({"POLL_INTERVAL": "0"}, "greater than or equal to 10"),
        ({"TIMEZONE": "Mars/Base"}, "unknown time zone 'Mars/Base'"),
        ({"KILL_SWITCH": "maybe"}, "GUARDIAN_KILL_SWITCH: "),
        ({"GOOGLE__CREDENTIALS_FIL": "x"}, "did you mean GUARDIAN_GOOGLE__CREDENTIALS_FILE?"),
        ({"GOOGLE": "x"}, "GUARDIAN_ICS__ROOT"),
        ({"DATABASE_URL_FILE": "nowhere"}, "cannot read nowhere"),
        ({"DATABASE_URL": "mysql://root:secret@db/x"}, "'mysql' is not supported"),
        ({"DATABASE_URL": "rubbish"}, "is not a URL"),
        ({"POLL_INTERVAL": "x", "WINDOW_PAST_DAYS": "y"}, "GUARDIAN_WINDOW_PAST_DAYS: "),
    ],
)
def test_a_wrong_setting_is_named_and_nothing_is_done(home: Shell, settings: dict[str, str], word: str) -> None:
    said = home("people", "list", **settings)
    assert (said.code, said.out) == (2, "")
    assert word in said.err
    assert "secret" not in said.err
    assert not (home.folder / "data").exists()


def test_a_broken_env_file_is_named(home: Shell) -> None:
    home.write(".env", b"GUARDIAN_TIMEZONE=\xff\xfe\n")
    said = home("policy", "check")
    assert said.code == 2
    assert ".env: cannot be read" in said.err


@pytest.mark.parametrize("in_file", [True, False])
def test_a_name_that_nothing_reads_is_warned_of(home: Shell, caplog: pytest.LogCaptureFixture, in_file: bool) -> None:
    if in_file:
        home.write(".env", "GUARDIAN_KILL_SWICH=true\n")
    said = home("policy", "check", **({} if in_file else {"KILL_SWICH": "true"}))
    assert said.code == 0
    assert "did you mean GUARDIAN_KILL_SWITCH?" in caplog.text


def test_a_secret_may_stand_in_a_file_that_env_names(home: Shell) -> None:
    home.write("url", "sqlite:///elsewhere/guardian.db\n")
    home.write(".env", "GUARDIAN_DATABASE_URL_FILE=url\n")
    assert home("db", "upgrade").code == 0
    assert (home.folder / "elsewhere" / "guardian.db").exists()


def test_an_empty_value_is_no_value(home: Shell) -> None:
    said = home("doctor", "--format", "json", KILL_SWITCH_FILE="", GOOGLE__CREDENTIALS_FILE="", TIMEZONE="")
    assert {"check": "kill switch", "result": "ok", "detail": "off", "mend": ""} in said.json["checks"]


def test_the_kill_switch_file_counts_as_it_is_now(
    tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUARDIAN_KILL_SWITCH_FILE", str(tmp_path / "STOP"))
    settings = read_settings()
    assert not settings.killed()
    (tmp_path / "STOP").touch()
    assert settings.killed()


def test_a_kill_switch_that_cannot_be_looked_for_is_on(
    tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUARDIAN_KILL_SWITCH_FILE", str(tmp_path / ("x" * 300) / "STOP"))
    assert read_settings().killed()


def test_a_key_that_may_only_read_stops_every_write(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUARDIAN_GOOGLE__READ_ONLY", "true")
    assert read_settings().killed()


def test_init_writes_settings_that_load_and_nothing_over(shell: Shell) -> None:
    assert shell("init", "--yes", "deep/home").code == 0
    folder = shell.folder / "deep" / "home"
    assert (folder / ".env").stat().st_mode & 0o077 == 0
    (folder / "config" / "people.yaml").write_text("mine")
    (folder / ".env").unlink()
    assert "kept     deep/home/config/people.yaml" in shell("init", "--yes", "deep/home").err
    assert (folder / "config" / "people.yaml").read_text() == "mine"
    shell.folder = folder
    assert "did you mean" not in shell("policy", "check").err


def test_init_into_a_file_is_told(shell: Shell) -> None:
    shell.write("taken", "a file")
    said = shell("init", "--yes", "taken")
    assert said.code == 2
    assert "cannot be written" in said.err


def test_init_without_an_answer_writes_nothing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert shell("init").code == 1
    assert list(shell.folder.iterdir()) == []


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_setting_is_in_the_env_file_and_in_the_documentation(name: str) -> None:
    assert re.search(rf"^#?{name}=", ENVIRONMENT, re.MULTILINE)
    assert f"`{name}`" in OPERATIONS.read_text()


def test_the_env_file_of_init_shows_the_defaults(shell: Shell) -> None:
    shell.write(".env", ENVIRONMENT)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(shell.folder)
        written = read_settings()
        (shell.folder / ".env").unlink()
        assert written == read_settings()
