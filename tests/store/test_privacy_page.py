"""`docs/privacy.md` says what the program does."""

from pathlib import Path

import pytest

from guardian.engine.house import Keep
from guardian.settings import Settings
from guardian.store.forget import OWNED
from guardian.store.schema import metadata

PAGE = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text()
NAMED = {
    "calendars": "events of the window",
    "occurrences": "events of the window",
    "versions": "what an event looked like before",
    "weeks": "hours per week and person",
    "group_weeks": "sums of those hours",
    "decisions": "decisions with every step",
    "decision_texts": "decisions with every step",
    "outbox": "acts with what stood before",
    "vetoes": '"no"s of people',
    "flips": "to tell a person's change from ours",
    "rule_moments": "decisions with every step",
    "audit": "a journal of who did what",
    "people": "the roster",
    "departed": "The same digest keeps the person from being enrolled again",
    "memberships": "who is in the groups that the policy names",
    "tokens": "API tokens as digests",
    "mails": "who got which weekly mail",
    "mail_stops": "who wants none",
    "sessions": "logins: who, since when, until when",
    "delegates": "whom somebody lets see their own pages",
}
"""Where the page tells of each table that holds something about people."""

IMPERSONAL = {"dirty_weeks", "audit_head", "runs", "locks", "policies", "keys", "chores"}


def test_every_table_is_told_of() -> None:
    """A new table needs a line on the page, or is known to hold nothing about anybody."""
    assert set(NAMED) | IMPERSONAL == set(metadata.tables)
    assert {table.name for table, _ in OWNED} <= set(NAMED)


@pytest.mark.parametrize("table", sorted(NAMED))
def test_the_page_says_it(table: str) -> None:
    assert NAMED[table] in PAGE


def test_the_times_and_sizes_are_those_of_the_settings() -> None:
    retention, keep = Settings().retention, Keep()
    assert (keep.raw_days, keep.months) == (retention.raw_days, retention.aggregate_months)
    assert f"`GUARDIAN_RETENTION__RAW_DAYS`, {retention.raw_days} unless set" in PAGE
    assert f"`GUARDIAN_RETENTION__AGGREGATE_MONTHS`, {retention.aggregate_months} unless set" in PAGE
    assert Settings().privacy.min_group == 5
    assert "fewer than five people are hidden" in PAGE
