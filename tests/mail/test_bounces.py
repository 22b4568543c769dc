"""Notifications that a mail came back, as servers write them, and bytes that mean harm."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.errors import InputError
from guardian.mail.bounces import MOST, Bounce, read_bounce
from tests.mail.letters import envelope

OURS = envelope().message_id

POSTFIX = f"""\
From: MAILER-DAEMON@mx.acme.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: guardian@acme.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example
X-Postfix-Queue-ID: 4F2B

Final-Recipient: rfc822; ana@acme.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <ana@acme.example>: Recipient address
 rejected: User unknown

--B1
Content-Type: message/rfc822

From: guardian@acme.example
Message-ID: {OURS}
Subject: Week 47

text
--B1--
"""
HEADERS_ONLY = POSTFIX.replace("message/rfc822", "text/rfc822-headers")


@pytest.mark.parametrize("text", [POSTFIX, HEADERS_ONLY, POSTFIX.replace("\n", "\r\n")])
def test_a_notification_is_understood(text: str) -> None:
    found = read_bounce(text.encode())
    reason = "5.1.1 smtp; 550 5.1.1 <ana@acme.example>: Recipient address rejected: User unknown"
    assert found == Bounce(OURS, reason)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (POSTFIX.replace("failed", "delayed"), "may only be late"),
        (POSTFIX.replace(OURS, "<somebody@else.example>"), "quotes no mail of the guardian's"),
        ("Subject: out of office\n\nI am away", "no delivery status"),
        ("", "no delivery status"),
        (POSTFIX.replace("message/delivery-status", "text/plain"), "no delivery status"),
        ("x" * (MOST + 1), "larger than"),
    ],
)
def test_anything_else_is_a_message(text: str, word: str) -> None:
    with pytest.raises(InputError, match=word):
        read_bounce(text.encode())


def nested(depth: int) -> str:
    opened = "".join(f'Content-Type: multipart/report; boundary="b{n}"\n\n--b{n}\n' for n in range(depth))
    return f"{opened}Content-Type: message/delivery-status\n\nAction: failed\n"


HOSTILE = (
    nested(1500),
    POSTFIX.replace("5.1.1\n", "5.1.1" + "\x00\x1b[31m" * 1000 + "\n"),
    POSTFIX.replace('boundary="B1"', "boundary*=utf-8'%"),
    POSTFIX.replace("us-ascii", "\udcff"),
    "Content-Type: multipart/report; boundary=\n\n--\n",
    POSTFIX.replace("Action: failed", "Action: =?utf-8?b?ZmFpbGVk?=\nAction: failed"),
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_bytes_end_in_a_bounce_or_a_message(text: str) -> None:
    with suppress(InputError):
        found = read_bounce(text.encode("utf-8", "surrogateescape"))
        assert found.message_id == OURS
        assert found.reason.isprintable()
        assert len(found.reason) <= 300


@given(st.binary(max_size=300), st.integers(0, len(POSTFIX)))
@settings(max_examples=60)
def test_any_bytes_anywhere(noise: bytes, at: int) -> None:
    raw = POSTFIX.encode()
    with suppress(InputError):
        assert read_bounce(raw[:at] + noise + raw[at:]).reason.isprintable()
