"""Written forms: what is read, and that editors (patterns) and the checker (functions) agree on every text."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guardian.model.time import format_minute
from guardian.policy import scalars
from guardian.policy.model import ScopeKind
from guardian.policy.scalars import BadValue, parse_days, parse_duration, parse_scope, parse_time


@pytest.mark.parametrize(
    ("words", "days"),
    [
        (["mon-fri"], {0, 1, 2, 3, 4}),
        (["sun-thu"], {6, 0, 1, 2, 3}),
        (["fri-mon"], {4, 5, 6, 0}),
        (["wed"], {2}),
        (["wed-wed"], {2}),
        (["mon", "mon-tue"], {0, 1}),
    ],
)
def test_days(words: list[str], days: set[int]) -> None:
    assert parse_days(words) == days


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("0m", timedelta()),
        ("90m", timedelta(minutes=90)),
        ("24h", timedelta(days=1)),
        ("2w", timedelta(days=14)),
        ("99999w", timedelta(weeks=99999)),
    ],
)
def test_durations(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@given(st.integers(0, 24 * 60 - 1))
def test_times_are_read_back(minute: int) -> None:
    assert parse_time(format_minute(minute)) == minute


def test_only_an_end_may_be_midnight() -> None:
    assert parse_time("24:00", end=True) == 1440
    with pytest.raises(BadValue):
        parse_time("24:00")


def test_addresses_in_scopes_are_lower_case_and_teams_as_written() -> None:
    assert str(parse_scope("person:Ana@Acme.example")) == "person:ana@acme.example"
    assert str(parse_scope("team:Design")) == "team:Design"
    assert parse_scope("everyone").kind is ScopeKind.EVERYONE


def passes(check: Callable[[str], object], text: str) -> bool:
    try:
        check(text)
    except BadValue:
        return False
    return True


EXACT: list[tuple[Callable[[str], object], str]] = [
    (scalars.parse_time, scalars.TIME),
    (scalars.parse_duration, scalars.DURATION),
    (scalars.check_name, scalars.NAME),
    (scalars.check_address, scalars.ADDRESS),
    (scalars.check_member, scalars.MEMBER),
    (scalars.check_domain, scalars.DOMAIN),
    (scalars.check_currency, scalars.CURRENCY),
    (scalars.parse_day, scalars.DAYS),
]
STRICTER: list[tuple[Callable[[str], object], str]] = [
    (scalars.parse_date, scalars.DATE),
    (scalars.parse_holidays, scalars.HOLIDAYS),
    (scalars.parse_scope, scalars.SCOPE),
    (scalars.check_organizer, scalars.ORGANIZER),
]
"""Here the checker knows more than a pattern can say: which dates and countries there are."""

pieces = st.sampled_from(
    ["mon", "fri", "-", "9", "09", ":", "00", "24", "m", "h", "w", "0", "2026", "02", "30", "@", "a", "acme", ".", "example", "group:", "team:", "person:", "everyone", "NO", "GB", "ENG", "EUR", "\n", " ", "é", "_"]
)  # fmt: skip
texts = st.text(max_size=8) | st.lists(pieces, max_size=6).map("".join)


@settings(deadline=None, max_examples=300)
@given(texts)
@example("FI-")
def test_patterns_and_checks_agree(text: str) -> None:
    for check, pattern in EXACT:
        assert passes(check, text) == bool(re.fullmatch(pattern, text)), (check, text)
    for check, pattern in STRICTER:
        assert not passes(check, text) or re.fullmatch(pattern, text), (check, text)
