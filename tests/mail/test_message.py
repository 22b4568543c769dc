"""The message itself: its tree, its headers, the same numbers in text and HTML, and words that mean harm."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser
from pathlib import Path

import pytest

from guardian.errors import InputError
from guardian.mail.compose import DARK, LIGHT, Sender, compose, html_of, text_of, wire_bytes
from guardian.mail.picture import png_of
from guardian.model.events import Occurrence
from guardian.reports.charts import STANDALONE, Part, bars
from guardian.reports.charts import Bar as Column
from guardian.reports.letter import Costly, Deed, Links, Proposal, one_line
from guardian.reports.palette import contrast
from guardian.store.codec import clean
from tests.mail.letters import BASE, envelope, letter
from tests.mail.world import office, only, usual_weeks

SVG = bars("Week", "words", [Column("Mon", (Part("meetings", "meeting", 2.0),))], look=STANDALONE)
PICTURE = png_of(SVG)

HARM = (
    '<script>alert(1)</script> & "quotes" \' {{7*7}}',
    "Budget\r\nBcc: everybody@acme.example\r\n\r\n<b>body</b>",
    "\u202eevil\u202c \u200bzero\x00null\ud800half\u2028line",
    "=HYPERLINK(1)",
    "ي‏اجتماع עברית",
    "x" * 1_000_000,
)


OURS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "table",
        "tbody",
        "tr",
        "td",
        "span",
        "br",
        "h1",
        "h2",
        "a",
        "img",
        "b",
        "bdi",
    ]
)


def parsed(raw: bytes) -> EmailMessage:
    return BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(raw)


def full() -> EmailMessage:
    return parsed(wire_bytes(compose(letter(), envelope(), PICTURE, "A week in words")))


def html_in(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body is not None
    content: str = body.get_content()
    return content


class Page(HTMLParser):
    """What a reader of the HTML sees, and where it leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.tags: set[str] = set()
        self._hidden = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._hidden = tag in ("style", "title")
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.sources += [value or "" for name, value in attrs if name == "src"]

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def numbers(text: str) -> list[str]:
    """Every number a reader sees, addresses left out."""
    return sorted(re.findall(r"\d[\d,.:]*\d|\d", re.sub(r"\S+://\S+|mailto:\S+", "", text)))


def test_the_tree() -> None:
    message = full()
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    assert message.defects == []
    assert len(message.as_bytes()) < 100_000


def test_the_picture_is_the_one_the_html_shows() -> None:
    message = full()
    image = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert Page(html_in(message)).sources == [f"cid:{image['Content-ID'].strip('<>')}"]
    assert image.get_content() == PICTURE
    assert PICTURE.startswith(b"\x89PNG")
    assert 'alt="A week in words"' in html_in(message)


def test_headers() -> None:
    message, links = full(), letter().links
    assert message["Message-ID"] == envelope().message_id
    assert message["List-Unsubscribe"] == f"<{links.stop}>, <{links.stop_mailto}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert "<weekly.guardian.acme.example>" in message["List-ID"]
    assert message["Date"].datetime == envelope().date
    assert message["Subject"] == "Week 47: 21.5 h focus (+2.1), 11.5 h meetings, est. EUR 1,000"
    assert message["From"] == "Calendar guardian <guardian@acme.example>"


def test_without_a_public_address_there_is_a_mailto_and_no_link_to_nowhere() -> None:
    quiet = replace(letter(), links=Links(stop_mailto="mailto:g@acme.example?subject=stop"), deeds=())
    message = parsed(wire_bytes(compose(quiet, envelope(), None)))
    assert message["List-Unsubscribe"] == "<mailto:g@acme.example?subject=stop>"
    assert "List-Unsubscribe-Post" not in message
    assert Page(html_in(message)).links == ["mailto:g@acme.example?subject=stop"]
    assert "://" not in text_of(quiet)


def test_links_are_absolute() -> None:
    links = Page(html_of(letter())).links
    assert len(links) >= 5
    assert all(link.startswith((f"{BASE}/", BASE, "mailto:")) for link in links)


@pytest.mark.parametrize(
    "changes", [{}, {"money": None}, {"before": ()}, {"costly": (), "proposal": None, "deeds": ()}]
)
def test_text_and_html_have_the_same_numbers(changes: dict[str, object]) -> None:
    made = letter(**changes)
    assert numbers(text_of(made)) == numbers(Page(html_of(made)).text)
    assert len(numbers(text_of(made))) > 20


@pytest.mark.parametrize("words", HARM[:-1], ids=["html", "crlf", "invisible", "formula", "right to left"])
def test_hostile_words_stay_words(words: str) -> None:
    made = letter(
        name=words,
        deeds=[Deed("Declined", words, words)],
        costly=[Costly(words, "1 h", words)],
        proposal=Proposal("k", words, words, words, words, words),
        passes={words: 1},
        risks=[words],
        unread=[words],
    )
    raw = wire_bytes(compose(made, envelope(name=words), PICTURE, words))
    message = parsed(raw)
    assert message.defects == []
    assert message["Bcc"] is None
    assert message["To"].addresses[0].addr_spec == "ana@acme.example"
    assert len(message["To"].addresses) == 1
    page = Page(html_in(message))
    assert page.tags <= OURS
    assert "alert(1)" not in "".join(page.links)


@pytest.mark.parametrize("words", HARM, ids=["html", "crlf", "invisible", "formula", "right to left", "huge"])
def test_hostile_titles_in_a_calendar_leave_a_small_and_harmless_mail(tmp_path: Path, words: str) -> None:
    def calendar(email: str) -> list[Occurrence]:
        return [replace(item, title=words, organizer_name=words) for item in usual_weeks(email)]

    with office(tmp_path, calendar) as place:
        place.send(only())
        (mail,) = place.smtp.arrived
    assert len(mail.raw) < 100_000
    assert mail.message.defects == []
    assert mail.message["Bcc"] is None
    page = Page(html_in(mail.message))
    assert page.tags <= OURS
    shown = one_line(clean(words))
    assert shown in page.text
    text = mail.message.get_body(("plain",))
    assert text is not None
    assert shown in text.get_content()


def test_what_is_said_of_a_meeting_is_one_safe_line() -> None:
    for words in HARM:
        line = one_line(words)
        assert len(line) <= 70
        assert line.isprintable()
    assert one_line(HARM[2]) == "evil zero null half line"
    assert one_line("اجتماع") == "اجتماع"


def test_no_line_is_longer_than_the_standard_allows_and_names_are_not_folded() -> None:
    raw = wire_bytes(compose(letter(), envelope(), PICTURE, "A week in words"))
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\r\nMessage-ID: <guardian." in raw
    assert b"\r\nList-Unsubscribe: <https://" in raw
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_the_same_picture_is_the_same_bytes() -> None:
    assert png_of.__wrapped__(SVG) == PICTURE


@pytest.mark.parametrize("recipient", ["", "nobody", "a@b c", "a@b\r\nBcc: c@d", "a b@c", "<a@b>", "ü@b", "a@bü.c"])
def test_a_recipient_that_is_no_address_is_refused(recipient: str) -> None:
    with pytest.raises(InputError, match="no address"):
        compose(letter(), envelope(recipient=recipient), None)


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("g@acme.example", "Calendar guardian", "g@acme.example"),
        ("Guardian <g@acme.example>", "Guardian", "g@acme.example"),
        ('"Guardian, calendar" <g@acme.example>', "Guardian, calendar", "g@acme.example"),
    ],
)
def test_a_sender_as_settings_write_it(written: str, name: str, address: str) -> None:
    assert Sender.parse(written) == Sender(name, address)


def test_a_sender_without_an_address_is_refused() -> None:
    with pytest.raises(InputError, match="is not an address"):
        Sender.parse("Guardian")


# --- colours


def pairs() -> Iterator[tuple[str, str, float]]:
    """What is read or seen on what, and the contrast it needs."""
    for ink in ("ink", "soft", "link"):
        for paper in ("paper", "wash"):
            yield ink, paper, 4.5
    for bar in ("meeting", "focus", "other"):
        yield bar, "paper", 3.0


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "paper", "least"), list(pairs()))
def test_contrast(scheme: dict[str, str], ink: str, paper: str, least: float) -> None:
    assert contrast(scheme[ink], scheme[paper]) >= least


def test_every_colour_that_is_light_has_one_for_the_dark() -> None:
    html = html_of(letter())
    dark = html.split("prefers-color-scheme: dark")[1].split("@media")[0]
    assert all(colour in dark for colour in DARK.values())
    assert LIGHT.keys() == DARK.keys()
