"""Handing mails to an SMTP server, one connection for a run, and telling what became of each.

The steps of a hand-over are made one by one, because it matters where a connection broke: before the message was sent
nothing has happened, after it the server may have taken it.
"""

import ipaddress
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from guardian.errors import NotReady, SettingsError
from guardian.model.mail import Fate, Handover

TIMEOUT = 30.0
"""Seconds to wait for each answer of the server."""

ADDRESS = re.compile(r"[!-;=?-~]{1,64}@[A-Za-z0-9.\[\]:-]{1,255}")
"""What may stand between the angle brackets of a command."""

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)

CLOSING = 421
GO_ON = 354


@dataclass(frozen=True, slots=True)
class SmtpConfig:
    """`sender` is the bare address the mail comes from; bounces go there."""

    host: str
    port: int
    sender: str
    username: str | None = None
    password: str | None = None
    tls: Literal["starttls", "tls", "off"] = "starttls"
    ca_file: Path | None = None
    timeout: float = TIMEOUT

    def __post_init__(self) -> None:
        if self.tls == "off" and not is_loopback(self.host):
            raise SettingsError("GUARDIAN_SMTP__TLS=off is for a server on this machine only; use starttls or tls")
        if not ADDRESS.fullmatch(self.sender):
            raise SettingsError("GUARDIAN_SMTP__FROM is not an address; write it like Guardian <guardian@acme.example>")


def is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class SmtpMailer:
    """`Mailer` over SMTP."""

    def __init__(self, config: SmtpConfig) -> None:
        self._config = config

    @contextmanager
    def connect(self) -> Iterator["SmtpLine"]:
        line = SmtpLine(self._config)
        line.open()
        try:
            yield line
        finally:
            line.close()


class SmtpLine:
    """`Line` over SMTP. When the connection breaks, the next mail opens another one."""

    def __init__(self, config: SmtpConfig) -> None:
        self._config = config
        self._smtp: smtplib.SMTP | None = None

    def open(self) -> smtplib.SMTP:
        """Connected, secured and logged in; raises NotReady with the mend."""
        if self._smtp is None:
            try:
                self._smtp = _connected(self._config)
            except (OSError, smtplib.SMTPException) as error:
                raise NotReady(explained(self._config, error)) from error
        return self._smtp

    def close(self) -> None:
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
            self._drop()

    def send(self, recipient: str, message: bytes) -> Handover:
        if not ADDRESS.fullmatch(recipient):
            return Handover(Fate.REFUSED, "this address cannot be written to: it holds characters SMTP does not carry")
        try:
            smtp = self.open()
        except NotReady as error:
            return Handover(Fate.LATER, str(error))
        return self._hand_over(smtp, recipient, message)

    def _hand_over(self, smtp: smtplib.SMTP, recipient: str, message: bytes) -> Handover:
        sent = False
        try:
            refusal = _envelope(smtp, self._config.sender, recipient)
            if refusal is not None:
                return self._answered(*refusal)
            sent = True
            smtp.send(_wire(message))
            return self._answered(*smtp.getreply())
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            words = f"the connection broke ({type(error).__name__})"
            if sent:
                return Handover(Fate.UNKNOWN, f"{words} after the message was sent; it may have been delivered")
            return Handover(Fate.LATER, f"{words} before the message was sent")

    def _answered(self, code: int, words: bytes) -> Handover:
        """What the server's last answer means; the connection is ready for the next mail afterwards, or gone."""
        told = f"{code} {words.decode('utf-8', 'replace')}"
        if 200 <= code < 300:
            return Handover(Fate.TAKEN, told)
        self._start_over(code)
        return Handover(Fate.REFUSED if 500 <= code < 600 else Fate.LATER, told)

    def _start_over(self, code: int) -> None:
        assert self._smtp is not None
        try:
            if code == CLOSING or self._smtp.rset()[0] != 250:
                self._drop()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _envelope(smtp: smtplib.SMTP, sender: str, recipient: str) -> tuple[int, bytes] | None:
    """The answer that stood in the way; None when the server waits for the message."""
    code, words = smtp.mail(sender)
    if code != 250:
        return code, words
    code, words = smtp.rcpt(recipient)
    if code not in (250, 251):
        return code, words
    code, words = smtp.docmd("DATA")
    return None if code == GO_ON else (code, words)


def _wire(message: bytes) -> bytes:
    """The message, which has CRLF line ends, as it stands on the wire."""
    body = message if message.endswith(b"\r\n") else message + b"\r\n"
    return _LEADING_DOT.sub(b"..", body) + b".\r\n"


def _connected(config: SmtpConfig) -> smtplib.SMTP:
    name = config.sender.rpartition("@")[2]  # named, because the library would otherwise ask the DNS for ours
    if config.tls == "tls":
        context = _context(config)
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            config.host, config.port, local_hostname=name, timeout=config.timeout, context=context
        )
    else:
        smtp = smtplib.SMTP(config.host, config.port, local_hostname=name, timeout=config.timeout)
    try:
        if config.tls == "starttls":
            smtp.starttls(context=_context(config))
        if config.username:
            smtp.login(config.username, config.password or "")
        else:
            smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _context(config: SmtpConfig) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if config.ca_file is not None:
        context.load_verify_locations(cafile=config.ca_file)
    return context


def explained(config: SmtpConfig, error: Exception) -> str:
    """One sentence with the mend; no password and no address in it."""
    place = f"the mail server {config.host}:{config.port}"
    match error:
        case ssl.SSLCertVerificationError():
            mend = "set GUARDIAN_SMTP__CA_FILE if its authority is your own"
            return f"{place} shows a certificate that does not hold ({error.verify_message}); {mend}"
        case ssl.SSLError():
            mend = "GUARDIAN_SMTP__TLS=tls is for port 465, starttls for 587"
            return f"{place} does not speak TLS as expected ({error.reason}); {mend}"
        case smtplib.SMTPAuthenticationError():
            mend = "correct GUARDIAN_SMTP__USERNAME and GUARDIAN_SMTP__PASSWORD"
            return f"{place} refused user name or password ({error.smtp_code}); {mend}"
        case smtplib.SMTPNotSupportedError():
            return f"{place} offers no STARTTLS or no login it should offer; check GUARDIAN_SMTP__TLS and the port"
        case smtplib.SMTPResponseException():
            return f"{place} answered {error.smtp_code} instead of letting us in"
        case _:
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            return f"{place} cannot be reached ({why}); check GUARDIAN_SMTP__HOST and GUARDIAN_SMTP__PORT"
