"""The link that stops a kind of mail: it holds who and what, sealed, so that nobody can make or read one."""

import base64
import binascii
import hashlib

from guardian.model.mail import MailKind

PURPOSE = b"calendar-guardian mail stop 1"


def make_token(secret: str, recipient: str, kind: MailKind) -> str:
    """The same for the same address and kind; letters, digits, `-` and `_` only."""
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV  # slow to import, and few commands make mails

    sealed = AESSIV(_key(secret)).encrypt(f"{kind}\n{recipient}".encode(), [PURPOSE])
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read_token(secret: str, token: str) -> tuple[str, MailKind] | None:
    """Address and kind; None for a token that we did not make."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        kind, _, recipient = AESSIV(_key(secret)).decrypt(sealed, [PURPOSE]).decode().partition("\n")
        return recipient, MailKind(kind)
    except (InvalidTag, ValueError, binascii.Error):
        return None


def _key(secret: str) -> bytes:
    return hashlib.sha512(PURPOSE + secret.encode()).digest()
