"""Handing mails to a real server: what it answers, how it is secured, and where a connection may break."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from guardian.errors import NotReady, SettingsError
from guardian.mail.send import SmtpConfig, SmtpMailer
from guardian.model.mail import Fate, Handover
from tests.mail.post_office import HOST, PASSWORD, SENDER, USER, certificate, post_office

ANA, BEN = "ana@acme.example", "ben@acme.example"
MESSAGE = b"Subject: x\r\n\r\nA line\r\n.a dot\r\n..two\r\n.\r\nend"


def handed(config: SmtpConfig, *recipients: str) -> list[Handover]:
    with SmtpMailer(config).connect() as line:
        return [line.send(recipient, MESSAGE) for recipient in recipients]


def test_mails_arrive_as_they_are_over_one_connection() -> None:
    with post_office() as office:
        assert [h.fate for h in handed(office.config(), ANA, BEN)] == [Fate.TAKEN, Fate.TAKEN]
    assert office.recipients == [ANA, BEN]
    assert {mail.sender for mail in office.arrived} == {SENDER}
    assert office.arrived[0].raw == MESSAGE + b"\r\n"
    assert office.connections == 1


@pytest.mark.parametrize(
    ("rcpt", "data", "fate"),
    [
        (["550 5.1.1 no such user"], ["250 OK"], Fate.REFUSED),
        (["451 4.7.1 greylisted"], ["250 OK"], Fate.LATER),
        (["250 OK"], ["554 5.7.1 spam"], Fate.REFUSED),
        (["250 OK"], ["452 4.3.1 disk full"], Fate.LATER),
    ],
)
def test_an_answer_concerns_one_mail_only(rcpt: list[str], data: list[str], fate: Fate) -> None:
    with post_office() as office:
        office.at_rcpt, office.at_data = [*rcpt, "250 OK"], [*data, "250 OK"]
        if rcpt != ["250 OK"]:
            office.at_data = ["250 OK"]
        first, second = handed(office.config(), ANA, BEN)
    assert first.fate is fate
    assert first.words == (rcpt if rcpt != ["250 OK"] else data)[0]
    assert (second.fate, office.recipients) == (Fate.TAKEN, [BEN])


def test_a_server_that_closes_is_called_again() -> None:
    with post_office() as office:
        office.at_rcpt = ["421 4.3.2 shutting down", "250 OK"]
        assert [h.fate for h in handed(office.config(), ANA, BEN)] == [Fate.LATER, Fate.TAKEN]
    assert office.connections == 2


def test_a_connection_lost_after_the_message_leaves_it_uncertain() -> None:
    with post_office() as office:
        office.hang_up_after_data = True
        (only,) = handed(office.config(), ANA)
    assert only.fate is Fate.UNKNOWN
    assert "may have been delivered" in only.words
    assert len(office.arrived) == 1


@pytest.mark.parametrize("last_words", [b"", b"250 OK\r\n250 OK\r\n"])
def test_a_connection_lost_before_the_message_means_nothing_was_sent(last_words: bytes) -> None:
    with rude_server(last_words) as port:
        (only,) = handed(SmtpConfig(HOST, port, SENDER, tls="off", timeout=5.0), ANA)
    assert only.fate is Fate.LATER


@contextmanager
def rude_server(after_hello: bytes) -> Iterator[int]:
    """Greets, lets people in, says the given words, and hangs up at the next command."""
    with socket.create_server((HOST, 0)) as bound:

        def serve() -> None:
            conn, _ = bound.accept()
            with conn:
                conn.sendall(b"220 hello\r\n")
                conn.recv(1000)
                conn.sendall(b"250 hello\r\n")
                for answer in after_hello.splitlines(keepends=True):
                    conn.recv(1000)
                    conn.sendall(answer)
                conn.recv(1000)

        thread = threading.Thread(target=serve)
        thread.start()
        yield bound.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    "recipient", ["a@b\r\nRCPT TO:<c@d>", "a@b> SIZE=1", "<a@b>", "no address", "ü@acme.example", ""]
)
def test_what_is_no_address_is_never_put_into_a_command(recipient: str) -> None:
    with post_office() as office:
        assert [h.fate for h in handed(office.config(), recipient, ANA)] == [Fate.REFUSED, Fate.TAKEN]
    assert office.recipients == [ANA]


@pytest.mark.parametrize("implicit", [False, True])
def test_login_over_tls_with_a_certificate_of_ones_own(tmp_path: Path, implicit: bool) -> None:
    context, trusted = certificate(tmp_path)
    with post_office(tls=context, implicit=implicit, login=True) as office:
        tls = "tls" if implicit else "starttls"
        secure = office.config(tls=tls, ca_file=trusted, username=USER, password=PASSWORD)
        assert handed(secure, ANA)[0].fate is Fate.TAKEN
        with pytest.raises(NotReady, match="certificate that does not hold"):
            handed(office.config(tls=tls, username=USER, password=PASSWORD), ANA)
        with pytest.raises(NotReady, match="refused user name or password") as refused:
            handed(office.config(tls=tls, ca_file=trusted, username=USER, password="wrong"), ANA)
    assert "wrong" not in str(refused.value)


def test_without_starttls_nothing_is_sent() -> None:
    with post_office() as office, pytest.raises(NotReady, match="offers no STARTTLS"):
        handed(office.config(tls="starttls"), ANA)
    assert office.arrived == []


def test_a_server_that_is_not_there_is_named_with_the_mend() -> None:
    with post_office() as office:
        config = office.config()
    with pytest.raises(NotReady, match=r"cannot be reached .*GUARDIAN_SMTP__HOST"):
        handed(config, ANA)


@pytest.mark.parametrize("host", ["mail.acme.example", "10.0.0.1", "localhost.acme.example"])
def test_plain_text_is_for_this_machine_only(host: str) -> None:
    with pytest.raises(SettingsError, match="GUARDIAN_SMTP__TLS=off"):
        SmtpConfig(host, 25, SENDER, tls="off")


def test_a_sender_that_is_no_address_is_refused() -> None:
    with pytest.raises(SettingsError, match="GUARDIAN_SMTP__FROM"):
        SmtpConfig("localhost", 25, "Guardian")
