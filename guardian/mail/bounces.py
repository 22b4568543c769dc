"""Reading delivery status notifications (RFC 3464): which of our mails came back, and why."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.parser import BytesParser

from guardian.errors import InputError

MOST = 2_000_000
"""Bytes of a notification that are read at most; it quotes our own mail, which is small."""

OURS = re.compile(r"<guardian\.[0-9a-f]{40}@[^<>\s]{1,255}>")
WORDS = 300

NOT_ONE = "this is no delivery status notification (RFC 3464)"


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail of ours that did not arrive. `reason` holds status and words of the other side, on one line."""

    message_id: str
    reason: str


def read_bounce(raw: bytes) -> Bounce:
    """Raises InputError for anything but a notification that one of our mails failed."""
    if len(raw) > MOST:
        raise InputError(f"{NOT_ONE}: it is larger than {MOST:,} bytes")
    try:
        return _bounce(BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(raw))
    except (MessageError, RecursionError, ValueError, LookupError, AttributeError, TypeError) as error:
        # The library raises these for headers and nesting that no honest sender writes.
        raise InputError(f"{NOT_ONE}: it cannot be read ({type(error).__name__})") from error


def _bounce(message: EmailMessage) -> Bounce:
    if message.get_content_type() != "multipart/report":
        raise InputError(NOT_ONE)
    status = next((p for p in message.walk() if p.get_content_type() == "message/delivery-status"), None)
    if status is None:
        raise InputError(NOT_ONE)
    groups = [block for block in _parts(status) if block.get("Action")]
    failed = [block for block in groups if str(block["Action"]).strip().lower() == "failed"]
    if not failed:
        raise InputError("this notification does not say that the mail failed (it may only be late); nothing to record")
    return Bounce(_message_id(message), _reason(failed[0]))


def _parts(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    yield from (block for block in payload if isinstance(block, Message)) if isinstance(payload, list) else ()


def _message_id(message: EmailMessage) -> str:
    """That of the mail which is quoted, in its headers or as a whole."""
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            text = str(part.get_payload())
        elif part.get_content_type() == "message/rfc822":
            text = "\n".join(str(inner.get("Message-ID", "")) for inner in _parts(part))
        else:
            continue
        found = OURS.search(text)
        if found:
            return found[0]
    raise InputError("this notification quotes no mail of the guardian's")


def _reason(block: Message) -> str:
    code = block.get("Diagnostic-Code") or ""
    told = f"{block.get('Status') or ''} {code}".strip()
    flat = " ".join("".join(c if c.isprintable() else " " for c in told).split())
    return flat[:WORDS] or "no reason given"
