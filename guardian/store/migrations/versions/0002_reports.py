"""Sums of groups, mails, logins, and the series of an occurrence.

Revision ID: 0002
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDEXED = 600
"""A longer identifier stands in key columns as its beginning and a digest."""

Words = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

NEW_COUNTS = (
    "contract_minutes",
    "evening_minutes",
    "weekend_minutes",
    "holiday_minutes",
    "away_minutes",
    "packing_loss_minutes",
    "focus_band_minutes",
    "focus_band_kept_minutes",
    "free_days",
    "free_days_kept",
    "gaps_after_meetings",
    "resume_10_minutes",
    "resume_minutes",
    "resume_23_minutes",
    "long_run_minutes",
    "overbooked_minutes",
    "placeholders",
    "recurring_minutes",
    "late_notice_minutes",
    "one_on_one_minutes",
    "small_minutes",
    "large_minutes",
    "all_hands_minutes",
    "unknown_size_minutes",
    "external_minutes",
    "agenda_minutes",
    "no_agenda_minutes",
    "load_made_minutes",
    "invitations",
    "accepted",
    "saved_upper_minutes",
    "saved_lower_minutes",
    "saved_focus_minutes",
    "would_save_minutes",
)
OLD_COUNTS = (
    "meetings",
    "available_minutes",
    "meeting_minutes",
    "confirmed_meeting_minutes",
    "invited_meeting_minutes",
    "inside_minutes",
    "after_hours_minutes",
    "focus_minutes",
    "focus_60_minutes",
    "fragmented_minutes",
    "blocked_minutes",
    "square_minutes",
    "back_to_back",
    "double_booked_minutes",
)
_FILL_SQLITE = "UPDATE occurrences SET series = json_extract(document, '$.meeting[0]')"
_FILL_POSTGRESQL = "UPDATE occurrences SET series = CAST(document AS json)->'meeting'->>0"


def upgrade() -> None:
    _series()
    _weeks()
    _group_weeks()
    _mails()
    _logins()


def _words(name: str, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, Words, nullable=optional)


def _number(name: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=optional)


def _series() -> None:
    """The UID stands in the document; the text of a meeting key cannot be cut, as a UID may hold a slash."""
    op.add_column("occurrences", sa.Column("series", Words, nullable=False, server_default=""))
    connection = op.get_bind()
    connection.execute(sa.text(_FILL_SQLITE if connection.dialect.name == "sqlite" else _FILL_POSTGRESQL))
    long = connection.execute(
        sa.text("SELECT DISTINCT series FROM occurrences WHERE length(series) > :most"), {"most": INDEXED}
    )
    for name in long.scalars().all():
        cut = {"name": name, "cut": f"{name[:100]}~{hashlib.sha256(name.encode()).hexdigest()}"}
        connection.execute(sa.text("UPDATE occurrences SET series = :cut WHERE series = :name"), cut)
    with op.batch_alter_table("occurrences") as table:
        table.alter_column("series", server_default=None)
        table.create_index("occurrences_by_series", ["series", "start"])


def _weeks() -> None:
    """What was not counted before is nought until the week is read again; nothing that was stored is final yet."""
    with op.batch_alter_table("weeks") as table:
        table.add_column(sa.Column("teams", Words, nullable=False, server_default="[]"))
        table.add_column(_words("band", optional=True))
        table.add_column(sa.Column("counted", sa.Boolean(), nullable=False, server_default=sa.true()))
        for name in ("measured_at", "longest_run_minutes", *NEW_COUNTS):
            table.add_column(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("weeks") as table:
        for name in ("teams", "counted", "measured_at", "longest_run_minutes", *NEW_COUNTS):
            table.alter_column(name, server_default=None)


def _group_weeks() -> None:
    op.create_table("dirty_weeks", _words("week"), _number("stamp"), sa.PrimaryKeyConstraint("week"))
    op.execute("INSERT INTO dirty_weeks (week, stamp) SELECT DISTINCT week, 1 FROM weeks")
    op.create_table(
        "group_weeks",
        _words("scope"),
        _words("week"),
        _number("people"),
        _number("moved"),
        _words("hidden"),
        _number("min_group"),
        _words("details"),
        *(_number(name) for name in (*OLD_COUNTS, *NEW_COUNTS)),
        sa.PrimaryKeyConstraint("scope", "week"),
    )
    op.create_index("group_weeks_by_week", "group_weeks", ["week"])


def _mails() -> None:
    op.create_table(
        "mails",
        *(_words(name) for name in ("key", "kind", "recipient", "scope", "week", "message_id")),
        _words("proposal", optional=True),
        _words("state"),
        _words("reason"),
        _number("attempts"),
        _number("created_at"),
        *(_number(name, optional=True) for name in ("not_before", "claimed_until", "settled_at")),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("message_id", name="mails_message_id"),
    )
    for name in ("recipient", "state", "week"):
        op.create_index(f"mails_by_{name}", "mails", [name])
    op.create_table(
        "mail_stops", _words("recipient"), _words("kind"), _number("at"), sa.PrimaryKeyConstraint("recipient", "kind")
    )


def _logins() -> None:
    op.create_table(
        "sessions",
        _words("digest"),
        _words("person", optional=True),
        _words("document"),
        *(_number(name) for name in ("created_at", "seen_at", "expires_at")),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("sessions_by_person", "sessions", ["person"])
    op.create_table(
        "delegates",
        _words("person"),
        _words("delegate"),
        _number("since"),
        sa.PrimaryKeyConstraint("person", "delegate"),
    )
    op.create_index("delegates_by_delegate", "delegates", ["delegate"])
    op.create_table("keys", _words("name"), _words("secret"), sa.PrimaryKeyConstraint("name"))
    op.create_table("chores", _words("name"), _number("done_at"), sa.PrimaryKeyConstraint("name"))
