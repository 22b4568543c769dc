"""A letter as a MIME message: text, and HTML with one picture, both with the same words and numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import TYPE_CHECKING

from guardian.errors import InputError
from guardian.reports.letter import Bar, Letter, hours, one_line

if TYPE_CHECKING:
    from css_inline import CSSInliner
    from jinja2 import Environment

UNFOLDED = SMTP.clone(max_line_length=900)
"""A line may have 998 characters."""

BAR_WIDTH = 240
STRIP = 24
"""Pixels of the longest bar in HTML, characters of the longest in text."""

LEGEND = "Blue: meetings. Green: stretches of two hours and more left for focus. Grey: scraps and other busy time."
TEXT_LEGEND = "# meetings, = left for focus, . scraps and other busy time"

LIGHT: Mapping[str, str] = {
    "page": "#eeeeea",
    "paper": "#ffffff",
    "wash": "#f4f4f0",
    "ink": "#1f2328",
    "soft": "#565b62",
    "link": "#1d4f8f",
    "meeting": "#3f74b5",
    "focus": "#2f8058",
    "other": "#8b8f96",
}
DARK: Mapping[str, str] = {
    "page": "#131417",
    "paper": "#1b1d21",
    "wash": "#25272c",
    "ink": "#e9e9e6",
    "soft": "#b0b4bb",
    "link": "#9cc3f5",
    "meeting": "#6d9fdd",
    "focus": "#5cb587",
    "other": "#7d828a",
}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the mail comes from, as the setting writes it: `Guardian <guardian@acme.example>`."""

    name: str
    address: str

    @classmethod
    def parse(cls, text: str) -> "Sender":
        """Raises InputError."""
        name, address = parseaddr(text)
        if "@" not in address:
            raise InputError(f"'{one_line(text)}' is not an address; write it like Guardian <guardian@acme.example>")
        return cls(one_line(name) or "Calendar guardian", address)

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands in the headers beside the subject."""

    sender: Sender
    recipient: str
    recipient_name: str
    message_id: str
    date: datetime


def compose(letter: Letter, envelope: Envelope, picture: bytes | None, alt: str = "") -> EmailMessage:
    """The message, complete; raises InputError for a recipient that cannot stand in a header."""
    message = EmailMessage(SMTP)
    for name, value in _headers(letter, envelope):
        message[name] = value
    message.set_content(text_of(letter), cte="quoted-printable")
    cid = f"week@{envelope.sender.domain}" if picture else ""
    message.add_alternative(html_of(letter, cid, alt), subtype="html", cte="quoted-printable")
    if picture:
        _html_part(message).add_related(
            picture, "image", "png", cid=f"<{cid}>", filename=f"{letter.week}.png", disposition="inline"
        )
    return message


def wire_bytes(message: EmailMessage) -> bytes:
    """As it goes out. Headers are not folded: some programs do not find a Message-ID on a second line."""
    return message.as_bytes(policy=UNFOLDED)


def _encodable(text: str) -> str:
    """Without halves of characters, which no encoding has."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _html_part(message: EmailMessage) -> EmailMessage:
    _, part = message.iter_parts()
    assert isinstance(part, EmailMessage)
    return part


def _headers(letter: Letter, envelope: Envelope) -> Iterator[tuple[str, str | Address]]:
    sender, links = envelope.sender, letter.links
    yield "From", Address(sender.name, addr_spec=sender.address)
    yield "To", _address(envelope)
    yield "Subject", one_line(letter.subject, 150)
    yield "Date", format_datetime(envelope.date)
    yield "Message-ID", envelope.message_id
    yield "List-ID", f"Weekly mail of the calendar guardian <weekly.guardian.{sender.domain}>"
    ways = [f"<{way}>" for way in (links.stop, links.stop_mailto) if way]
    yield "List-Unsubscribe", ", ".join(ways)
    if links.stop:
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    yield "Auto-Submitted", "auto-generated"
    yield "X-Auto-Response-Suppress", "All"


def _address(envelope: Envelope) -> Address:
    if not envelope.recipient.isascii():
        raise InputError("the recipient is no address in plain ASCII, and others do not reach everywhere")
    try:
        return Address(one_line(envelope.recipient_name), addr_spec=envelope.recipient)
    except (MessageError, ValueError, IndexError) as error:  # the parser also stumbles over what is no address at all
        raise InputError("the recipient is no address that a mail can be sent to") from error


def html_of(letter: Letter, cid: str = "", alt: str = "") -> str:
    """The HTML part with its styles inlined; without a `cid` there is no picture in it."""
    values = {
        "c": LIGHT,
        "d": DARK,
        "bar_width": BAR_WIDTH,
        "widths": lambda bar: _widths(bar, letter.scale),
        "legend": LEGEND,
        "cid": cid,
        "alt": alt,
    }
    written = _templates().get_template("letter.html").render(letter=letter, hours=hours, **values)
    return _inliner().inline(_encodable(written))


def text_of(letter: Letter) -> str:
    def strip(bar: Bar) -> str:
        return _strip(bar, letter.scale)

    template = _templates().get_template("letter.txt")
    return _encodable(template.render(letter=letter, hours=hours, strip=strip, text_legend=TEXT_LEGEND))


def _widths(bar: Bar, scale: int) -> list[tuple[str, str, int]]:
    """Class, colour and pixels of each part that can be seen."""
    parts = (("m", "meeting", bar.meeting), ("f", "focus", bar.focus), ("o", "other", bar.other))
    drawn = [(short, LIGHT[name], round(minutes * BAR_WIDTH / scale)) for short, name, minutes in parts if minutes]
    rest = BAR_WIDTH - sum(width for _, _, width in drawn)
    return [*drawn, ("rest", "", rest)] if rest > 0 else drawn


def _strip(bar: Bar, scale: int) -> str:
    parts = (("#", bar.meeting), ("=", bar.focus), (".", bar.other))
    return "".join(sign * round(minutes * STRIP / scale) for sign, minutes in parts).ljust(STRIP)


@lru_cache(maxsize=1)
def _templates() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=PackageLoader("guardian.mail"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


@lru_cache(maxsize=1)
def _inliner() -> "CSSInliner":
    from css_inline import CSSInliner

    return CSSInliner(load_remote_stylesheets=False)
