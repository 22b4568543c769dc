"""The weekly mail as a value: who gets which one about which week, and how far it came."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CLAIM = timedelta(minutes=10)
"""How long one hand-over may take; no answer of a server is waited for that long."""

PATIENCE = timedelta(hours=24)
"""A mail that could not be handed over within this time is given up."""

PAUSES = (timedelta(minutes=15), timedelta(hours=2))
"""What lies between the tries; there is one more try than pauses."""


class MailKind(StrEnum):
    """Whose week it tells: the reader's own, that of a team the reader leads, that of everybody."""

    PERSON = "person"
    TEAM = "team"
    ORG = "org"


class MailState(StrEnum):
    """`uncertain`: the server may have taken it before the answer was lost; it is never sent again by itself."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class Addressee:
    """One mail that may be due. `recipient` is an address in lower case, `scope` what it tells of (`person:EMAIL`,
    `team:NAME`, `org`), `week` like `2026-W47`."""

    kind: MailKind
    recipient: str
    scope: str
    week: str

    @property
    def key(self) -> str:
        """The same for the same mail, on every machine and after every crash."""
        text = "\n".join((self.kind, self.recipient, self.scope, self.week))
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:40]

    def message_id(self, domain: str) -> str:
        return f"<guardian.{self.key}@{domain}>"


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail in the ledger, by the key of its addressee, whose names the ledger may have cut. `proposal` is the series it
    proposed, `reason` the server's words or ours."""

    key: str
    addressee: Addressee
    message_id: str
    state: MailState
    created_at: datetime
    proposal: str | None = None
    reason: str = ""
    attempts: int = 0
    not_before: datetime | None = None
    claimed_until: datetime | None = None
    settled_at: datetime | None = None


class Fate(StrEnum):
    """What a server did with a mail: took it, wants it later, will never take it, or nobody knows."""

    TAKEN = "taken"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Handover:
    """How handing one mail over ended; `words` are the server's, for the ledger and never for logs."""

    fate: Fate
    words: str
