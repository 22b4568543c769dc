"""The tables. `Instant` columns are microseconds since 1970 in UTC; `document` columns are JSON text (see `codec`)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from guardian.reports.weeks import COUNTS
from guardian.store.columns import Number, Words, count, instant, words

REVISIONS = ("0001", "0002")
"""Every migration this program knows, oldest first; the last one is the schema it works with."""

metadata = MetaData()

calendars = Table(
    "calendars",
    metadata,
    Column("mailbox", Words, primary_key=True),
    words("document"),
)

occurrences = Table(
    "occurrences",
    metadata,
    words("mailbox"),
    words("calendar"),
    words("event"),
    words("meeting"),
    words("series"),
    instant("start"),
    instant("stop"),
    words("fingerprint"),
    instant("first_seen"),
    instant("rescheduled_at", optional=True),
    words("document"),
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
    words("mailbox"),
    words("calendar"),
    words("event"),
    words("meeting"),
    instant("at"),
    words("fingerprint"),
    words("document"),
    Index("versions_by_event", "mailbox", "event"),
    Index("versions_by_meeting", "mailbox", "meeting"),
)

weeks = Table(
    "weeks",
    metadata,
    words("person"),
    words("week"),
    words("zone"),
    words("teams"),
    words("band", optional=True),
    instant("measured_at"),
    Column("counted", Boolean, nullable=False),
    count("longest_run_minutes"),
    *(count(name) for name in COUNTS),
    PrimaryKeyConstraint("person", "week"),
    Index("weeks_by_week", "week"),
)
"""`teams` is a document: a list of names. A row measured after its week closed is final. One that is not `counted` came when
the sums of its week had been told already, and stays out of them."""

dirty_weeks = Table(
    "dirty_weeks",
    metadata,
    Column("week", Words, primary_key=True),
    count("stamp"),
)
"""Weeks whose group sums are older than their person-weeks: `stamp` counts the changes, and is negative while the sums are
up to date. It never counts down, so that whoever sums slowly cannot take a later change for the one it knew of."""

group_weeks = Table(
    "group_weeks",
    metadata,
    words("scope"),
    words("week"),
    count("people"),
    count("moved"),
    words("hidden"),
    count("min_group"),
    words("details"),
    *(count(name) for name in COUNTS),
    PrimaryKeyConstraint("scope", "week"),
    Index("group_weeks_by_week", "week"),
)
"""`details` is a document with people and minutes by cost band, and the spread. `min_group` is what `hidden` was decided with."""

decisions = Table(
    "decisions",
    metadata,
    Column("id", Words, primary_key=True),
    words("identity"),
    words("mailbox"),
    words("meeting"),
    words("run"),
    instant("decided_at"),
    instant("made_at"),
    words("state"),
    words("reason"),
    words("action_key", optional=True),
    words("held_by", optional=True),
    instant("hold_until", optional=True),
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
    words("document"),
)
"""Apart from `decisions`, so that a pass that decides the same again writes short rows only."""

outbox = Table(
    "outbox",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    words("key"),
    words("mailbox"),
    words("verb"),
    words("state"),
    words("run"),
    words("decision", optional=True),
    words("undoes", optional=True),
    instant("created_at"),
    instant("not_before", optional=True),
    words("held_by", optional=True),
    words("reason"),
    count("attempts"),
    count("fence"),
    Column("released", Boolean, nullable=False),
    Column("refused", Boolean, nullable=False),
    instant("settled_at", optional=True),
    words("lease_host", optional=True),
    Column("lease_pid", BigInteger, nullable=True),
    words("lease_life", optional=True),
    instant("lease_until", optional=True),
    words("action"),
    words("before", optional=True),
    words("after", optional=True),
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
    instant("at"),
    words("mailbox", optional=True),
    words("salt"),
    words("content"),
    words("content_digest"),
    words("digest"),
)
"""See `guardian.store.audit` for the chain."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    count("seq"),
    words("digest"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Words, primary_key=True),
    instant("started_at"),
    instant("ended_at", optional=True),
    words("policy_version"),
    Column("dry_run", Boolean, nullable=False),
    words("summary"),
)

vetoes = Table(
    "vetoes",
    metadata,
    words("mailbox"),
    words("identity"),
    words("document"),
    PrimaryKeyConstraint("mailbox", "identity"),
)

flips = Table(
    "flips",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    words("mailbox"),
    words("meeting"),
    instant("at"),
    Index("flips_by_mailbox", "mailbox", "at"),
)

locks = Table(
    "locks",
    metadata,
    Column("name", Words, primary_key=True),
    count("fence"),
    words("host", optional=True),
    Column("pid", BigInteger, nullable=True),
    words("life", optional=True),
    instant("until", optional=True),
)

policies = Table(
    "policies",
    metadata,
    Column("version", Words, primary_key=True),
    words("source"),
    instant("first_seen"),
    instant("accepted_at", optional=True),
)

rule_moments = Table(
    "rule_moments",
    metadata,
    words("mailbox"),
    words("rule"),
    words("fingerprint"),
    instant("since"),
    PrimaryKeyConstraint("mailbox", "rule", "fingerprint"),
)

people = Table(
    "people",
    metadata,
    Column("email", Words, primary_key=True),
    words("provider"),
    words("name"),
    words("timezone", optional=True),
    Column("manager", Boolean, nullable=False),
    words("band", optional=True),
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
    words("members"),
    instant("as_of", optional=True),
    instant("tried_at"),
    words("problem"),
)
"""What directories said last: `members` is a document of names by address."""

tokens = Table(
    "tokens",
    metadata,
    Column("id", Words, primary_key=True),
    words("digest"),
    words("name"),
    words("scopes"),
    words("person", optional=True),
    instant("created_at"),
    instant("revoked_at", optional=True),
    UniqueConstraint("digest", name="tokens_digest"),
)

mails = Table(
    "mails",
    metadata,
    Column("key", Words, primary_key=True),
    *(words(name) for name in ("kind", "recipient", "scope", "week", "message_id")),
    words("proposal", optional=True),
    words("state"),
    words("reason"),
    count("attempts"),
    instant("created_at"),
    *(instant(name, optional=True) for name in ("not_before", "claimed_until", "settled_at")),
    UniqueConstraint("message_id", name="mails_message_id"),
    *(Index(f"mails_by_{name}", name) for name in ("recipient", "state", "week")),
)
"""One mail is one row: `waiting`, `sending`, `sent`, `refused`, `failed`, `uncertain` or `bounced`."""

mail_stops = Table(
    "mail_stops",
    metadata,
    words("recipient"),
    words("kind"),
    instant("at"),
    PrimaryKeyConstraint("recipient", "kind"),
)
"""Who asked to be left alone by which kind of mail."""

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Words, primary_key=True),
    words("person", optional=True),
    words("document"),
    *(instant(name) for name in ("created_at", "seen_at", "expires_at")),
    Index("sessions_by_person", "person"),
)
"""Logins under way and logins that stand; only a digest of the cookie is kept."""

delegates = Table(
    "delegates",
    metadata,
    words("person"),
    words("delegate"),
    instant("since"),
    PrimaryKeyConstraint("person", "delegate"),
    Index("delegates_by_delegate", "delegate"),
)
"""Whom somebody lets see their own pages."""

keys = Table(
    "keys",
    metadata,
    Column("name", Words, primary_key=True),
    words("secret"),
)
"""Secrets of this installation that no setting gives, made when first needed."""

chores = Table(
    "chores",
    metadata,
    Column("name", Words, primary_key=True),
    instant("done_at"),
)
"""What is done once in a while, and when it was done last."""
