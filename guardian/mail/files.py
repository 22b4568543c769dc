"""A mail as files to look at: as it goes out, and its parts so that a browser shows them."""

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from guardian.errors import InputError
from guardian.model.mail import Addressee


def write_preview(folder: Path, addressee: Addressee, message: bytes) -> Path:
    """`.eml`, `.txt`, `.html` and `.png`, named by kind, recipient, scope and week; gives the path of the `.eml`. Raises InputError."""
    stem = folder / _name(addressee)
    read = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(message)
    parts = {part.get_content_type(): part for part in read.walk()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stem.with_suffix(".eml").write_bytes(message)
        stem.with_suffix(".txt").write_text(parts["text/plain"].get_content(), encoding="utf-8")
        html = parts["text/html"].get_content()
        if "image/png" in parts:
            stem.with_suffix(".png").write_bytes(parts["image/png"].get_content())
            html = re.sub(r'src="cid:[^"]*"', f'src="{stem.name}.png"', html)
        stem.with_suffix(".html").write_text(html, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror}); name another folder") from error
    return stem.with_suffix(".eml")


def _name(addressee: Addressee) -> str:
    """Safe as a file name whatever people are called; different mails have different names."""
    words = (addressee.kind, addressee.recipient.partition("@")[0], addressee.week)
    return "-".join([re.sub(r"[^A-Za-z0-9]+", "_", word)[:40] for word in words] + [addressee.key[:8]])
