"""`guardian email` as people type it, on a folder of calendars, a real database and a real server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from guardian.bootstrap import open_guardian
from guardian.engine.rollup import refresh_groups
from guardian.mail.compose import compose, wire_bytes
from guardian.mail.files import write_preview
from guardian.model.mail import Addressee, MailKind
from guardian.model.time import Week
from tests.cli.conftest import shell as shell
from tests.cli.shell import Shell
from tests.mail.letters import envelope, letter
from tests.mail.post_office import PostOffice, post_office
from tests.mail.test_bounces import POSTFIX
from tests.store_world import person_week

ANA = "ana@acme.example"
WEEK = str(Week.of(datetime.now(UTC).date()).previous())


@pytest.fixture
def smtp() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


@pytest.fixture
def home(shell: Shell, smtp: PostOffice, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Ana with last week's numbers, and a mail server."""
    shell.furnish()
    for name, value in {
        "SMTP__HOST": "127.0.0.1",
        "SMTP__PORT": str(smtp.port),
        "SMTP__TLS": "off",
        "SMTP__FROM": "Guardian <guardian@acme.example>",
        "EMAIL__ORGANISATION": "board@acme.example",
        "PUBLIC_URL": "https://guardian.acme.example",
        "COST__HOURLY_RATE": "90",
    }.items():
        monkeypatch.setenv(f"GUARDIAN_{name}", value)
    with monkeypatch.context() as patch:
        patch.chdir(shell.folder)
        with open_guardian() as guardian:
            numbers: dict[str, Any] = {
                "contract_minutes": 2400,
                "available_minutes": 2400,
                "focus_minutes": 1290,
                "meeting_minutes": 690,
            }
            weeks = [person_week(week=str(name), **numbers) for name in last_weeks()]
            guardian.store.rollups.save_weeks(weeks, guardian.engine.clock())
            refresh_groups(guardian.engine)
    return shell


def last_weeks() -> list[Week]:
    today = datetime.now(UTC).date()
    return [Week.of(today - timedelta(weeks=n)) for n in range(1, 4)]


def test_preview_sends_nothing_and_writes_files_to_look_at(home: Shell, smtp: PostOffice) -> None:
    said = home("email", "preview", "--out", "mails", "--format", "json")
    assert said.code == 0, said
    (mail,) = said.json["mails"]
    assert said.json["schema"] == "guardian.email.preview/1"
    assert (mail["kind"], mail["recipient"], mail["week"]) == ("person", ANA, WEEK)
    assert "21.5 h focus" in mail["subject"]
    assert "est. EUR 1,000" in mail["subject"]
    assert {path.suffix for path in (home.folder / "mails").iterdir()} == {".eml", ".html", ".txt"}
    assert smtp.arrived == []
    assert home("email", "list", "--format", "json").json["mails"] == []


def test_send_once_and_never_again(home: Shell, smtp: PostOffice) -> None:
    said = home("email", "send", "--week", WEEK, "--out", "copies", "--format", "json")
    assert said.code == 0, said
    assert said.json["mails"] == [{"kind": "person", "state": "sent", "mails": 1}]
    assert smtp.recipients == [ANA]
    assert (home.folder / "copies").is_dir()
    again = home("email", "send", "--week", WEEK)
    assert (again.code, smtp.recipients) == (0, [ANA])
    assert "Nothing is due" in again.err
    (row,) = home("email", "list", "--week", WEEK, "--format", "json").json["mails"]
    assert (row["state"], row["recipient"]) == ("sent", ANA)


@pytest.mark.parametrize(("to", "number"), [("person", 1), ("team", 0), ("org", 0), (ANA, 1)])
def test_to_whom(home: Shell, smtp: PostOffice, to: str, number: int) -> None:
    """A group of one person is hidden, so the organisation's address gets nothing."""
    assert home("email", "send", "--week", WEEK, "--to", to).code == 0
    assert len(smtp.arrived) == number


def test_a_bounce_is_recorded(home: Shell, smtp: PostOffice) -> None:
    home("email", "send", "--week", WEEK)
    message_id = smtp.arrived[0].message["Message-ID"]
    home.write("bounce.eml", POSTFIX.replace(envelope().message_id, message_id))
    said = home("email", "bounced", "bounce.eml")
    assert (said.code, "came back: 5.1.1" in said.err) == (0, True), said
    (row,) = home("email", "list", "--format", "json").json["mails"]
    assert row["state"] == "bounced"
    home.write("other.eml", POSTFIX.replace(envelope().message_id, f"<guardian.{'0' * 40}@acme.example>"))
    assert home("email", "bounced", "other.eml").code == 2
    assert "no mail of this installation" in home("email", "bounced", "other.eml").err
    assert home("email", "bounced", "nowhere.eml").code == 2


def test_stop_and_resume(home: Shell, smtp: PostOffice) -> None:
    assert home("email", "stop", ANA.upper()).code == 0
    home("email", "send", "--week", WEEK)
    assert smtp.arrived == []
    assert home("email", "resume", ANA).code == 0
    assert home("email", "resume", ANA).code == 2
    home("email", "send", "--week", WEEK)
    assert smtp.recipients == [ANA]


@pytest.mark.parametrize(
    ("settings", "code", "word"),
    [
        ({"SMTP__HOST": ""}, 3, "no mail server is set"),
        ({"SMTP__FROM": ""}, 2, "GUARDIAN_SMTP__FROM is missing"),
        ({"SMTP__FROM": "nobody"}, 2, "is not an address"),
        ({"SMTP__HOST": "mail.acme.example"}, 2, "GUARDIAN_SMTP__TLS=off"),
        ({"SMTP__TLS": "starttls"}, 3, "offers no STARTTLS"),
        ({"PUBLIC_URL": "guardian.acme.example"}, 2, "GUARDIAN_PUBLIC_URL must begin with https://"),
        (
            {"EMAIL__ASYNC_TEMPLATE": "javascript:alert(1)"},
            2,
            "GUARDIAN_EMAIL__ASYNC_TEMPLATE must begin with https://",
        ),
        ({"SMTP__PASSWORD_FILE": "nowhere"}, 2, "cannot read nowhere"),
        ({"KILL_SWITCH": "true"}, 3, "kill switch"),
    ],
)
def test_what_cannot_be_sent_is_told_with_the_mend(
    home: Shell, smtp: PostOffice, settings: dict[str, str], code: int, word: str
) -> None:
    said = home("email", "send", "--week", WEEK, **settings)
    assert (said.code, word in said.err) == (code, True), said
    assert smtp.arrived == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("preview", "--week", "last"), 2),
        (("preview", "--to", "stranger@acme.example"), 2),
        (("stop", "nobody"), 2),
    ],
)
def test_wrong_words_are_told(home: Shell, arguments: tuple[str, ...], code: int) -> None:
    assert home("email", *arguments).code == code


def test_a_week_that_goes_on_is_not_sent_and_its_mail_comes_whole_later(home: Shell, smtp: PostOffice) -> None:
    this = str(Week.of(datetime.now(UTC).date()))
    said = home("email", "send", "--week", this)
    assert (said.code, smtp.recipients) == (2, [])
    assert f"week {this} is not over" in said.err
    assert home("email", "list", "--format", "json").json["mails"] == []
    assert home("email", "preview", "--week", this).code == 0


def test_a_refused_mail_is_a_partial_success(home: Shell, smtp: PostOffice) -> None:
    smtp.at_rcpt = ["550 5.1.1 no"]
    said = home("email", "send", "--week", WEEK)
    assert said.code == 5
    assert "1 person mail: refused" in said.out


def test_files_are_named_safely(tmp_path: Path) -> None:
    raw = wire_bytes(compose(letter(), envelope(), None))
    path = write_preview(tmp_path, Addressee(MailKind.PERSON, "../../etc/x@y", "person:x", WEEK), raw)
    assert path.parent == tmp_path


@pytest.mark.parametrize(
    ("settings", "result", "word"),
    [
        ({}, "ok", "lets us in"),
        ({"PUBLIC_URL": ""}, "warning", "cannot be stopped with one click"),
        ({"PUBLIC_URL": "http://guardian.acme.example"}, "warning", "is not https"),
        ({"SMTP__PORT": "1"}, "failed", "cannot be reached"),
        ({"SMTP__TLS": "starttls"}, "failed", "offers no STARTTLS"),
        ({"SMTP__FROM": ""}, "failed", "GUARDIAN_SMTP__FROM is missing"),
    ],
)
def test_the_doctor_looks_at_the_mail_server(
    home: Shell, smtp: PostOffice, settings: dict[str, str], result: str, word: str
) -> None:
    said = home("doctor", "--format", "json", **settings)
    *_, check = [check for check in said.json["checks"] if check["check"] == "mail"]
    assert (check["result"], word in check["detail"]) == (result, True), check
    assert bool(check["mend"]) is (result != "ok")
    assert said.code == (1 if result == "failed" else 0)
    assert smtp.arrived == []
