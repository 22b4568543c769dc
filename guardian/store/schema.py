"""The tables. `Instant` columns are microseconds since 1970 in UTC; `document` columns are JSON text (see `codec`)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from guardian.reports.weeks import COUNTS

REVISIONS = ("0001", "0002")
"""Every migration this program knows, oldest first; the last one is the schema it works with."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, exact to the microsecond, as one integer."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - the base class names it
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base class names it
        return None if value is None else _EPOCH + timedelta(microseconds=value)


Words = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that both databases sort by code point."""
Number = BigInteger().with_variant(Integer(), "sqlite")
"""A number the database gives out itself."""

metadata = MetaData()


def _words(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, Words, nullable=optional)


def _instant(name: str, *, optional: bool = False) -> Column[datetime]:
    return Column(name, Instant, nullable=optional)


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


calendars = Table(
    "calendars",
    metadata,
    Column("mailbox", Words, primary_key=True),
    _words("document"),
)

occurrences = Table(
    "occurrences",
    metadata,
    _words("mailbox"),
    _words("calendar"),
    _words("event"),
    _words("meeting"),
    _words("series"),
    _instant("start"),
    _instant("stop"),
    _words("fingerprint"),
    _instant("first_seen"),
    _instant("rescheduled_at", optional=True),
    _words("document"),
    PrimaryKeyConstraint("mailbox", "calendar", "event"),
    Index("occurrences_by_time", "mailbox", "start"),
    Index("occurrences_by_meeting", "mailbox", "meeting"),
    Index("occurrences_by_series", "series", "start"),
)
"""`series` is the UID that all occurrences of a series share, in every mailbox; a single event has its own."""

versions = Table(
    "versions",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    _words("mailbox"),
    _words("calendar"),
    _words("event"),
    _words("meeting"),
    _instant("at"),
    _words("fingerprint"),
    _words("document"),
    Index("versions_by_event", "mailbox", "event"),
    Index("versions_by_meeting", "mailbox", "meeting"),
)

weeks = Table(
    "weeks",
    metadata,
    _words("person"),
    _words("week"),
    _words("zone"),
    _words("teams"),
    _words("band", optional=True),
    _instant("measured_at"),
    Column("counted", Boolean, nullable=False),
    _count("longest_run_minutes"),
    *(_count(name) for name in COUNTS),
    PrimaryKeyConstraint("person", "week"),
    Index("weeks_by_week", "week"),
)
"""`teams` is a document: a list of names. A row measured after its week closed is final. One that is not `counted` came when
the sums of its week had been told already, and stays out of them."""

dirty_weeks = Table(
    "dirty_weeks",
    metadata,
    Column("week", Words, primary_key=True),
    _count("stamp"),
)
"""Weeks whose group sums are older than their person-weeks: `stamp` counts the changes, and is negative while the sums are
up to date. It never counts down, so that whoever sums slowly cannot take a later change for the one it knew of."""

group_weeks = Table(
    "group_weeks",
    metadata,
    _words("scope"),
    _words("week"),
    _count("people"),
    _count("moved"),
    _words("hidden"),
    _count("min_group"),
    _words("details"),
    *(_count(name) for name in COUNTS),
    PrimaryKeyConstraint("scope", "week"),
    Index("group_weeks_by_week", "week"),
)
"""`details` is a document with people and minutes by cost band, and the spread. `min_group` is what `hidden` was decided with."""

decisions = Table(
    "decisions",
    metadata,
    Column("id", Words, primary_key=True),
    _words("identity"),
    _words("mailbox"),
    _words("meeting"),
    _words("run"),
    _instant("decided_at"),
    _instant("made_at"),
    _words("state"),
    _words("reason"),
    _words("action_key", optional=True),
    _words("held_by", optional=True),
    _instant("hold_until", optional=True),
    UniqueConstraint("identity", name="decisions_identity"),
    Index("decisions_by_meeting", "mailbox", "meeting"),
    Index("decisions_by_run", "run"),
    Index("decisions_by_action", "action_key"),
)
"""`identity` is a digest of mailbox, meeting, start, outcome, rule and mode. `made_at` is when a pass last came to it."""

decision_texts = Table(
    "decision_texts",
    metadata,
    Column("id", Words, ForeignKey("decisions.id", ondelete="CASCADE"), primary_key=True),
    _words("document"),
)
"""Apart from `decisions`, so that a pass that decides the same again writes short rows only."""

outbox = Table(
    "outbox",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    _words("key"),
    _words("mailbox"),
    _words("verb"),
    _words("state"),
    _words("run"),
    _words("decision", optional=True),
    _words("undoes", optional=True),
    _instant("created_at"),
    _instant("not_before", optional=True),
    _words("held_by", optional=True),
    _words("reason"),
    _count("attempts"),
    _count("fence"),
    Column("released", Boolean, nullable=False),
    Column("refused", Boolean, nullable=False),
    _instant("settled_at", optional=True),
    _words("lease_host", optional=True),
    Column("lease_pid", BigInteger, nullable=True),
    _words("lease_life", optional=True),
    _instant("lease_until", optional=True),
    _words("action"),
    _words("before", optional=True),
    _words("after", optional=True),
    UniqueConstraint("key", name="outbox_key"),
    Index("outbox_by_state", "state"),
    Index("outbox_by_mailbox", "mailbox"),
    Index("outbox_by_run", "run"),
    Index("outbox_by_decision", "decision"),
    Index("outbox_by_settled", "settled_at"),
)
"""`refused` marks a row that a person vetoed: no plan brings it back."""

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _instant("at"),
    _words("mailbox", optional=True),
    _words("salt"),
    _words("content"),
    _words("content_digest"),
    _words("digest"),
)
"""See `guardian.store.audit` for the chain."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    _count("seq"),
    _words("digest"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Words, primary_key=True),
    _instant("started_at"),
    _instant("ended_at", optional=True),
    _words("policy_version"),
    Column("dry_run", Boolean, nullable=False),
    _words("summary"),
)

vetoes = Table(
    "vetoes",
    metadata,
    _words("mailbox"),
    _words("identity"),
    _words("document"),
    PrimaryKeyConstraint("mailbox", "identity"),
)

flips = Table(
    "flips",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    _words("mailbox"),
    _words("meeting"),
    _instant("at"),
    Index("flips_by_mailbox", "mailbox", "at"),
)

locks = Table(
    "locks",
    metadata,
    Column("name", Words, primary_key=True),
    _count("fence"),
    _words("host", optional=True),
    Column("pid", BigInteger, nullable=True),
    _words("life", optional=True),
    _instant("until", optional=True),
)

policies = Table(
    "policies",
    metadata,
    Column("version", Words, primary_key=True),
    _words("source"),
    _instant("first_seen"),
    _instant("accepted_at", optional=True),
)

rule_moments = Table(
    "rule_moments",
    metadata,
    _words("mailbox"),
    _words("rule"),
    _words("fingerprint"),
    _instant("since"),
    PrimaryKeyConstraint("mailbox", "rule", "fingerprint"),
)

people = Table(
    "people",
    metadata,
    Column("email", Words, primary_key=True),
    _words("provider"),
    _words("name"),
    _words("timezone", optional=True),
    Column("manager", Boolean, nullable=False),
    _words("band", optional=True),
)

departed = Table(
    "departed",
    metadata,
    Column("digest", Words, primary_key=True),
)
"""Who left while still on the roster, as `guardian.model.ids.tombstone`: no address is kept."""

memberships = Table(
    "memberships",
    metadata,
    Column("name", Words, primary_key=True),
    _words("members"),
    _instant("as_of", optional=True),
    _instant("tried_at"),
    _words("problem"),
)
"""What directories said last: `members` is a document of names by address."""

tokens = Table(
    "tokens",
    metadata,
    Column("id", Words, primary_key=True),
    _words("digest"),
    _words("name"),
    _words("scopes"),
    _words("person", optional=True),
    _instant("created_at"),
    _instant("revoked_at", optional=True),
    UniqueConstraint("digest", name="tokens_digest"),
)

mails = Table(
    "mails",
    metadata,
    Column("key", Words, primary_key=True),
    *(_words(name) for name in ("kind", "recipient", "scope", "week", "message_id")),
    _words("proposal", optional=True),
    _words("state"),
    _words("reason"),
    _count("attempts"),
    _instant("created_at"),
    *(_instant(name, optional=True) for name in ("not_before", "claimed_until", "settled_at")),
    UniqueConstraint("message_id", name="mails_message_id"),
    *(Index(f"mails_by_{name}", name) for name in ("recipient", "state", "week")),
)
"""One mail is one row: `waiting`, `sending`, `sent`, `refused`, `failed`, `uncertain` or `bounced`."""

mail_stops = Table(
    "mail_stops",
    metadata,
    _words("recipient"),
    _words("kind"),
    _instant("at"),
    PrimaryKeyConstraint("recipient", "kind"),
)
"""Who asked to be left alone by which kind of mail."""

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Words, primary_key=True),
    _words("person", optional=True),
    _words("document"),
    *(_instant(name) for name in ("created_at", "seen_at", "expires_at")),
    Index("sessions_by_person", "person"),
)
"""Logins under way and logins that stand; only a digest of the cookie is kept."""

delegates = Table(
    "delegates",
    metadata,
    _words("person"),
    _words("delegate"),
    _instant("since"),
    PrimaryKeyConstraint("person", "delegate"),
    Index("delegates_by_delegate", "delegate"),
)
"""Whom somebody lets see their own pages."""

keys = Table(
    "keys",
    metadata,
    Column("name", Words, primary_key=True),
    _words("secret"),
)
"""Secrets of this installation that no setting gives, made when first needed."""

chores = Table(
    "chores",
    metadata,
    Column("name", Words, primary_key=True),
    _instant("done_at"),
)
"""What is done once in a while, and when it was done last."""
