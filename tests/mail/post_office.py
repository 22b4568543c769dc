"""A real SMTP server on loopback, with the manners a test gives it."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from guardian.mail.send import SmtpConfig

HOST = "127.0.0.1"
SENDER = "guardian@acme.example"
USER, PASSWORD = "guardian", "correct horse"


@dataclass(frozen=True, slots=True)
class Delivered:
    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(self.raw)


@dataclass
class PostOffice:
    """What arrived, and what to answer: `at_rcpt` and `at_data` give the answer to each mail in turn, the last one for ever;
    `taken` is called when a message is in, before the server answers."""

    port: int = 0
    arrived: list[Delivered] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    at_rcpt: list[str] = field(default_factory=lambda: ["250 OK"])
    at_data: list[str] = field(default_factory=lambda: ["250 OK"])
    taken: Callable[[], object] = lambda: None
    connections: int = 0
    hang_up_after_data: bool = False

    async def handle_EHLO(  # noqa: N802 - the library names it
        self, server: SMTP, session: Session, envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        self.connections += session.host_name is None
        session.host_name = name
        return answers

    async def handle_RCPT(  # noqa: N802 - the library names it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = _next(self.at_rcpt)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - the library names it
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = _next(self.at_data)
        if answer.startswith("2"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.arrived.append(Delivered(envelope.mail_from or "", tuple(envelope.rcpt_tos), content))
            self.taken()
        if self.hang_up_after_data:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return answer

    @property
    def recipients(self) -> list[str]:
        return [address for mail in self.arrived for address in mail.recipients]

    def config(self, **changes: Any) -> SmtpConfig:
        return SmtpConfig(
            **{"host": HOST, "port": self.port, "sender": SENDER, "tls": "off", "timeout": 5.0, **changes}
        )


def _next(answers: list[str]) -> str:
    return answers.pop(0) if len(answers) > 1 else answers[0]


@contextmanager
def post_office(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, login: bool = False
) -> Iterator[PostOffice]:
    """Open until the block ends. With `tls` it wants STARTTLS (or TLS from the start, `implicit`), with `login` a password."""
    office = PostOffice()
    # The library does not see that a connection is secure when it is so from the start.
    by_command = tls is not None and not implicit
    options: dict[str, Any] = {"auth_require_tls": by_command, "auth_required": login and by_command}
    if login:
        options["authenticator"] = _may_enter
    if tls is not None and not implicit:
        options |= {"tls_context": tls, "require_starttls": True}
    office.port = free_port()
    controller = Controller(office, hostname=HOST, port=office.port, ssl_context=tls if implicit else None, **options)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def free_port() -> int:
    """The library cannot start on a port that it does not know."""
    with socket.create_server((HOST, 0)) as bound:
        port: int = bound.getsockname()[1]
        return port


def _may_enter(_server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: object) -> AuthResult:
    known = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A throw-away certificate for loopback: the server's context, and the file to trust it by."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.acme.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, secret = folder / "mail.pem", folder / "mail.key"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file, secret)
    return context, file
