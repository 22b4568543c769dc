"""`guardian email`: look at the weekly mails, send them, see what became of them, leave people alone."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guardian.cli import exits
from guardian.cli.output import Format, FormatOption, emit, printable, table, words

if TYPE_CHECKING:
    from guardian.bootstrap import Guardian
    from guardian.engine.letters import Letters
    from guardian.engine.weekly import Post
    from guardian.model.mail import Addressee, MailKind, MailRow, MailState

app = typer.Typer(help="The weekly mail: look at it, send it, leave people alone.", no_args_is_help=True)

WeekOption = Annotated[str | None, typer.Option("--week", metavar="2026-W47", help="About this ISO week.")]
ToOption = Annotated[
    str | None, typer.Option("--to", metavar="WHO", help="person, team, org, or one address; all by default.")
]
COLUMNS = ("kind", "recipient", "scope", "week", "subject")
LEDGER = ("week", "kind", "recipient", "scope", "state", "attempts", "reason")


@app.command()
def preview(
    week: WeekOption = None,
    to: ToOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write .eml, .html, .txt and .png files there.")
    ] = None,
    fmt: FormatOption = Format.TEXT,
) -> None:
    """What would be sent about the week that just ended; sends nothing and needs no mail server."""
    from guardian.bootstrap import make_post, open_guardian
    from guardian.mail.compose import text_of
    from guardian.mail.files import write_preview

    rows, texts = [], []
    with open_guardian() as guardian:
        post = make_post(guardian)
        letters = _letters(guardian, post)
        for addressee in _wanted(guardian, post, letters, week, to):
            draft = letters.draft(addressee)
            if draft is None:
                continue
            text = text_of(draft.letter)
            rows.append({**_named(addressee), "subject": draft.letter.subject, "text": text})
            texts.append(f"To: {addressee.recipient}\nSubject: {draft.letter.subject}\n\n{text}")
            if out is not None:
                message = post.scribe.message(addressee, draft, guardian.engine.clock())
                words(f"written  {write_preview(out, addressee, message)}")
    if not rows:
        words("There is nothing to write about: no week with enough working time, or every group is hidden.")
    emit(fmt, {"schema": "guardian.email.preview/1", "mails": rows}, rows, COLUMNS, _shown(texts))


def _shown(texts: Sequence[str]) -> str:
    """Each mail apart; what a terminal would obey is taken out of every line."""
    lines = f"\n\n{'=' * 72}\n\n".join(texts).splitlines()
    return "\n".join(printable(line) for line in lines)


@app.command()
def send(
    week: WeekOption = None,
    to: ToOption = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Keep a copy of each mail there.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    fmt: FormatOption = Format.TEXT,
) -> None:
    """Send what is due and was not sent yet; with --week that week's mails, whatever the hour.

    Every mail is sent at most once, however often this is called. At a terminal it asks first.
    """
    from guardian.bootstrap import make_post, open_guardian
    from guardian.engine import weekly
    from guardian.errors import NotReady
    from guardian.mail.files import write_preview
    from guardian.model.time import Week

    with open_guardian() as guardian:
        post = make_post(guardian)
        if post.mailer is None:
            raise NotReady("no mail server is set; set GUARDIAN_SMTP__HOST and GUARDIAN_SMTP__FROM (docs/mail.md)")
        if post.halted():
            raise NotReady("the kill switch is on: no mail is sent")
        letters = _letters(guardian, post)
        if week is None:
            wanted = weekly.narrowed(weekly.due(guardian.engine, post, letters), to)
        else:
            weekly.check_over(guardian.engine, Week.parse(week))
            wanted = _wanted(guardian, post, letters, week, to)
        _ask(len(wanted), yes=yes)
        sent = weekly.Sent()
        if out is not None:
            folder = out
            sent.copy = lambda addressee, message: write_preview(folder, addressee, message)
        weekly.send_all(guardian.engine, post, letters, wanted, sent)
    rows = [{"kind": kind, "state": state, "mails": n} for (kind, state), n in sorted(sent.counts.items())]
    if not rows:
        words(
            "Nothing is due that was not sent. `guardian email list` shows what was; --week W sends a week's mails now."
        )
    emit(
        fmt,
        {"schema": "guardian.email.send/1", "mails": rows},
        rows,
        ("kind", "state", "mails"),
        "\n".join(_sentence(sent.counts)),
    )
    if sent.bad:
        raise typer.Exit(exits.PARTIAL)


def _sentence(counts: "Counter[tuple[MailKind, MailState]]") -> list[str]:
    return [
        f"{number} {kind} mail{'s' if number != 1 else ''}: {state}" for (kind, state), number in sorted(counts.items())
    ]


def _ask(number: int, *, yes: bool) -> None:
    """Whoever sits at a terminal sees how many people would get a mail."""
    if number and not yes and sys.stdin.isatty():
        question = f"Send up to {number} mails now?"
        if not typer.confirm(question, default=True, err=True):
            raise typer.Exit(exits.FAILED)


def _letters(guardian: "Guardian", post: "Post") -> "Letters":
    from guardian.engine.weekly import letters_of

    return letters_of(guardian.engine, post)


def _wanted(
    guardian: "Guardian", post: "Post", letters: "Letters", week: str | None, to: str | None
) -> "list[Addressee]":
    from guardian.engine.weekly import chosen
    from guardian.model.time import Week

    return chosen(guardian.engine, post, letters, str(Week.parse(week)) if week else None, to)


def _named(addressee: "Addressee") -> dict[str, str]:
    return {
        "kind": addressee.kind,
        "recipient": addressee.recipient,
        "scope": addressee.scope,
        "week": addressee.week,
    }


@app.command("list")
def list_mails(week: WeekOption = None, fmt: FormatOption = Format.TEXT) -> None:
    """What was sent, refused, given up, or is uncertain; newest week first."""
    from guardian.bootstrap import open_guardian
    from guardian.model.time import Week

    with open_guardian() as guardian:
        mails = guardian.store.mails
        found = mails.of_week(str(Week.parse(week))) if week else mails.latest()
        rows = [_ledger_row(row) for row in found]
    emit(fmt, {"schema": "guardian.email.list/1", "mails": rows}, rows, LEDGER, table(LEDGER, rows))


def _ledger_row(row: "MailRow") -> dict[str, object]:
    return {
        **_named(row.addressee),
        "state": row.state,
        "attempts": row.attempts,
        "reason": row.reason,
        "message_id": row.message_id,
    }


@app.command()
def bounced(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The notification as it came; stdin by default.")
    ] = None,
) -> None:
    """Record that a mail came back: reads a delivery status notification (RFC 3464)."""
    from guardian.bootstrap import open_guardian
    from guardian.errors import InputError
    from guardian.mail.bounces import MOST, read_bounce

    try:
        if file is None:
            raw = sys.stdin.buffer.read(MOST + 1)
        else:
            with file.open("rb") as opened:
                raw = opened.read(MOST + 1)
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from error
    found = read_bounce(raw)
    with open_guardian() as guardian:
        row = guardian.store.mails.bounce(found.message_id, found.reason, guardian.engine.clock())
    if row is None:
        raise InputError(f"no mail of this installation has the Message-ID {found.message_id}")
    words(f"Recorded: the {row.addressee.kind} mail of week {row.addressee.week} came back: {found.reason}")


@app.command()
def stop(address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Whom to leave alone.")]) -> None:
    """Send no weekly mail of any kind to this address."""
    from guardian.bootstrap import open_guardian
    from guardian.engine.weekly import leave_alone
    from guardian.model.mail import MailKind

    with open_guardian() as guardian:
        leave_alone(guardian.engine, _address(address), list(MailKind), "command line")
    words("No weekly mail goes there any more; `guardian email resume` starts it again.")


@app.command()
def resume(address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Whom to write to again.")]) -> None:
    """Send weekly mails to this address again."""
    from guardian.bootstrap import open_guardian
    from guardian.engine.weekly import send_again_to
    from guardian.errors import InputError

    with open_guardian() as guardian:
        if not send_again_to(guardian.engine, _address(address), "command line"):
            raise InputError(f"{address} was not stopped")
    words("Weekly mails go there again.")


def _address(text: str) -> str:
    from guardian.errors import InputError

    address = text.strip().lower()
    if "@" not in address or not address.isprintable():
        raise InputError("this is not an address; write it like ana@acme.example")
    return address
