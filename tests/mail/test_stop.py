"""One click that stops a mail: without a login, only by POST, only with a link that we made."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from guardian.bootstrap import Guardian, make_post
from guardian.mail.stops import make_token, read_token
from guardian.model.mail import Addressee, MailKind
from guardian.settings import Settings
from guardian.web.app import create_app
from tests.mail.world import ANA, Office, office, only

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
ELSEWHERE = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as found:
        yield found


@pytest.fixture
def client(place: Office) -> Iterator[TestClient]:
    guardian = Guardian(Settings(public_url="https://guardian.acme.example/"), place.store, place.engine)
    place.post = make_post(guardian)
    with TestClient(create_app(guardian)) as found:
        yield found


def path_in(place: Office) -> str:
    """As it stands in Ana's mail."""
    link = place.post.scribe.links(only()[0]).stop
    assert link.startswith("https://guardian.acme.example/mail/stop/")
    return link.removeprefix("https://guardian.acme.example")


def test_looking_changes_nothing_and_posting_stops(place: Office, client: TestClient) -> None:
    path = path_in(place)
    looked = client.get(path, headers={"Accept": "text/html"})
    assert looked.status_code == 200
    assert ANA in looked.text
    assert '<form method="post"' in looked.text
    assert client.head(path).status_code in (200, 405)
    assert list(place.store.mails.stops()) == []
    done = client.post(path, data=ONE_CLICK, headers=ELSEWHERE)
    assert done.status_code == 200
    assert set(place.store.mails.stops()) == {(ANA, MailKind.PERSON)}
    assert client.post(path, data=ONE_CLICK).status_code == 200, "a second click does no harm"
    told = [entry for entry in place.store.ledger.audit() if entry.what == "mail stopped"]
    assert {entry.key for entry in told} == {ANA}


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t + "A", lambda t: "A" * len(t), lambda t: "%00", lambda t: "é"]
)
def test_a_link_that_we_did_not_make_is_not_there(place: Office, client: TestClient, change: object) -> None:
    assert callable(change)
    stem, token = path_in(place).rsplit("/", 1)
    path = f"{stem}/{change(token)}"
    assert client.get(path).status_code == 404
    assert client.post(path, data=ONE_CLICK).status_code == 404
    assert list(place.store.mails.stops()) == []


def test_a_page_of_the_stop_holds_no_script_and_escapes(place: Office, client: TestClient) -> None:
    hostile = Addressee(MailKind.ORG, '"><script>alert(1)</script>@acme.example', "org", "2026-W47")
    link = place.post.scribe.links(hostile).stop.removeprefix("https://guardian.acme.example")
    shown = client.get(link)
    assert "<script>" not in shown.text
    assert shown.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_secret_of_the_database_outlives_a_restart(place: Office, client: TestClient) -> None:
    guardian = Guardian(Settings(), place.store, place.engine)
    assert make_post(guardian).scribe == make_post(guardian).scribe


@given(st.text(max_size=80), st.sampled_from(list(MailKind)))
def test_a_token_gives_back_what_it_was_made_of(recipient: str, kind: MailKind) -> None:
    recipient = recipient.encode("utf-8", "replace").decode()
    token = make_token("secret", recipient, kind)
    assert read_token("secret", token) == (recipient, kind)
    assert read_token("another", token) is None
    assert token == make_token("secret", recipient, kind)
    assert token.isascii()


@given(st.text(max_size=120))
def test_nothing_else_is_a_token(text: str) -> None:
    assert read_token("secret", text) is None
