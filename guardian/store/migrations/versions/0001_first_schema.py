"""The first schema.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Words = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _facts()
    _decisions()
    _outbox()
    _passes()
    _registry()
    _first_rows()


def _facts() -> None:
    op.create_table(
        "calendars",
        sa.Column("mailbox", Words, nullable=False),
        sa.Column("document", Words, nullable=False),
        sa.PrimaryKeyConstraint("mailbox"),
    )
    op.create_table(
        "occurrences",
        sa.Column("mailbox", Words, nullable=False),
        sa.Column("calendar", Words, nullable=False),
        sa.Column("event", Words, nullable=False),
        sa.Column("meeting", Words, nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("stop", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", Words, nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("rescheduled_at", sa.BigInteger(), nullable=True),
        sa.Column("document", Words, nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "calendar", "event"),
    )
    op.create_index("occurrences_by_meeting", "occurrences", ["mailbox", "meeting"], unique=False)
    op.create_index("occurrences_by_time", "occurrences", ["mailbox", "start"], unique=False)
    op.create_table(
        "versions",
        sa.Column("id", Number, autoincrement=True, nullable=False),
        sa.Column("mailbox", Words, nullable=False),
        sa.Column("calendar", Words, nullable=False),
        sa.Column("event", Words, nullable=False),
        sa.Column("meeting", Words, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", Words, nullable=False),
        sa.Column("document", Words, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("versions_by_event", "versions", ["mailbox", "event"], unique=False)
    op.create_index("versions_by_meeting", "versions", ["mailbox", "meeting"], unique=False)
    op.create_table(
        "weeks",
        sa.Column("person", Words, nullable=False),
        sa.Column("week", Words, nullable=False),
        sa.Column("zone", Words, nullable=False),
        sa.Column("meetings", sa.BigInteger(), nullable=False),
        sa.Column("available_minutes", sa.BigInteger(), nullable=False),
        sa.Column("meeting_minutes", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_meeting_minutes", sa.BigInteger(), nullable=False),
        sa.Column("invited_meeting_minutes", sa.BigInteger(), nullable=False),
        sa.Column("inside_minutes", sa.BigInteger(), nullable=False),
        sa.Column("after_hours_minutes", sa.BigInteger(), nullable=False),
        sa.Column("focus_minutes", sa.BigInteger(), nullable=False),
        sa.Column("focus_60_minutes", sa.BigInteger(), nullable=False),
        sa.Column("fragmented_minutes", sa.BigInteger(), nullable=False),
        sa.Column("blocked_minutes", sa.BigInteger(), nullable=False),
        sa.Column("square_minutes", sa.BigInteger(), nullable=False),
        sa.Column("back_to_back", sa.BigInteger(), nullable=False),
        sa.Column("double_booked_minutes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "week"),
    )
    op.create_index("weeks_by_week", "weeks", ["week"], unique=False)


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", Words, nullable=False),
        sa.Column("identity", Words, nullable=False),
        sa.Column("mailbox", Words, nullable=False),
        sa.Column("meeting", Words, nullable=False),
        sa.Column("run", Words, nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("state", Words, nullable=False),
        sa.Column("reason", Words, nullable=False),
        sa.Column("action_key", Words, nullable=True),
        sa.Column("held_by", Words, nullable=True),
        sa.Column("hold_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("identity", name="decisions_identity"),
    )
    op.create_index("decisions_by_action", "decisions", ["action_key"], unique=False)
    op.create_index("decisions_by_meeting", "decisions", ["mailbox", "meeting"], unique=False)
    op.create_index("decisions_by_run", "decisions", ["run"], unique=False)
    op.create_table(
        "decision_texts",
        sa.Column("id", Words, nullable=False),
        sa.Column("document", Words, nullable=False),
        sa.ForeignKeyConstraint(["id"], ["decisions.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "vetoes",
        sa.Column("mailbox", Words, nullable=False),
        sa.Column("identity", Words, nullable=False),
        sa.Column("document", Words, nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "identity"),
    )
    op.create_table(
        "flips",
        sa.Column("id", Number, autoincrement=True, nullable=False),
        sa.Column("mailbox", Words, nullable=False),
        sa.Column("meeting", Words, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("flips_by_mailbox", "flips", ["mailbox", "at"], unique=False)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("number", Number, autoincrement=True, nullable=False),
        sa.Column("key", Words, nullable=False),
        sa.Column("mailbox", Words, nullable=False),
        sa.Column("verb", Words, nullable=False),
        sa.Column("state", Words, nullable=False),
        sa.Column("run", Words, nullable=False),
        sa.Column("decision", Words, nullable=True),
        sa.Column("undoes", Words, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("held_by", Words, nullable=True),
        sa.Column("reason", Words, nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("lease_host", Words, nullable=True),
        sa.Column("lease_pid", sa.BigInteger(), nullable=True),
        sa.Column("lease_life", Words, nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("action", Words, nullable=False),
        sa.Column("before", Words, nullable=True),
        sa.Column("after", Words, nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("key", name="outbox_key"),
    )
    op.create_index("outbox_by_decision", "outbox", ["decision"], unique=False)
    op.create_index("outbox_by_mailbox", "outbox", ["mailbox"], unique=False)
    op.create_index("outbox_by_run", "outbox", ["run"], unique=False)
    op.create_index("outbox_by_settled", "outbox", ["settled_at"], unique=False)
    op.create_index("outbox_by_state", "outbox", ["state"], unique=False)


def _passes() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("mailbox", Words, nullable=True),
        sa.Column("salt", Words, nullable=False),
        sa.Column("content", Words, nullable=False),
        sa.Column("content_digest", Words, nullable=False),
        sa.Column("digest", Words, nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", Words, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "runs",
        sa.Column("id", Words, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("policy_version", Words, nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("summary", Words, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "locks",
        sa.Column("name", Words, nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("host", Words, nullable=True),
        sa.Column("pid", sa.BigInteger(), nullable=True),
        sa.Column("life", Words, nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )


def _registry() -> None:
    op.create_table(
        "policies",
        sa.Column("version", Words, nullable=False),
        sa.Column("source", Words, nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "rule_moments",
        sa.Column("mailbox", Words, nullable=False),
        sa.Column("rule", Words, nullable=False),
        sa.Column("fingerprint", Words, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "rule", "fingerprint"),
    )
    op.create_table(
        "people",
        sa.Column("email", Words, nullable=False),
        sa.Column("provider", Words, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("timezone", Words, nullable=True),
        sa.Column("manager", sa.Boolean(), nullable=False),
        sa.Column("band", Words, nullable=True),
        sa.PrimaryKeyConstraint("email"),
    )
    op.create_table(
        "memberships",
        sa.Column("name", Words, nullable=False),
        sa.Column("members", Words, nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=True),
        sa.Column("tried_at", sa.BigInteger(), nullable=False),
        sa.Column("problem", Words, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table("departed", sa.Column("digest", Words, nullable=False), sa.PrimaryKeyConstraint("digest"))
    op.create_table(
        "tokens",
        sa.Column("id", Words, nullable=False),
        sa.Column("digest", Words, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("scopes", Words, nullable=False),
        sa.Column("person", Words, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest", name="tokens_digest"),
    )


def _first_rows() -> None:
    """The start of the journal's chain, and the lock nobody holds."""
    head = sa.table("audit_head", sa.column("id"), sa.column("seq"), sa.column("digest"))
    op.bulk_insert(head, [{"id": 1, "seq": 0, "digest": "0" * 64}])
    locks = sa.table("locks", sa.column("name"), sa.column("fence"))
    op.bulk_insert(locks, [{"name": "pass", "fence": 0}])
