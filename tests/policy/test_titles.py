"""Title patterns: whole words, any case, `*`, brackets as written, and nothing that a title can do to slow them down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.policy.titles import LONGEST, TitlePattern, plain


def found(pattern: str, title: str) -> bool:
    return TitlePattern(pattern).found_in(plain(title))


@pytest.mark.parametrize(
    ("pattern", "title"),
    [
        ("incident", "Incident: database down"),
        ("incident", "the INCIDENT"),
        ("[urgent]", "[URGENT] please"),
        ("[urgent]", "re:[urgent]x"),
        ("urgent", "[urgent] x"),
        ("all-hands", "Monthly All-Hands"),
        ("sprint review", "Sprint   Review 12"),
        ("interview*", "Interviews with Kim"),
        ("*sync", "Weekly resync"),
        ("sev*1", "sev-1 call"),
        ("pitch", "ｐｉｔｃｈ"),
        ("straße", "STRASSE"),
        ("urgent", "ur\u200bgent"),
        ("urgent", "\u202eurgent\u202c"),
        ("面接", "面接 田中さん"),
        ("*面接*", "田中さん面接です"),
        ("c++", "C++ guild"),
        ("a.c", "a.c"),
        ("*", "anything"),
    ],
)
def test_matches(pattern: str, title: str) -> None:
    assert found(pattern, title)


@pytest.mark.parametrize(
    ("pattern", "title"),
    [
        ("incident", "incidental expenses"),
        ("urgent", "insurgent"),
        ("[urgent]", "urgent"),
        ("a.c", "abc"),
        (".*", "anything"),
        ("sev[12]", "sev1"),
        ("interview*", "preinterview"),
        ("*sync", "syncing"),
        ("sev*1", "sev and 1"),
        ("pitch", ""),
        ("*", ""),
        ("", "anything"),
        ("\u200b", "anything"),
        ("face", "façade"),
        ("面接", "田中さん面接"),
        ("one", "one_two"),
    ],
)
def test_does_not_match(pattern: str, title: str) -> None:
    assert not found(pattern, title)


def test_a_huge_title_is_cut_before_anything_else() -> None:
    assert found("urgent", "urgent " + "x" * 1_000_000)
    assert not found("urgent", "x" * 1_000_000 + " urgent")
    assert len(plain("a" * 1_000_000)) == LONGEST


def test_many_wildcards_stay_cheap() -> None:
    assert not found("a*" * 60 + "b", "a" * 1_000_000)


@given(st.text(max_size=60))
def test_a_title_without_wildcard_matches_itself(title: str) -> None:
    pattern = plain(title).replace("*", "").strip()
    assert not pattern or found(pattern, pattern)


@given(st.text(alphabet="ab* ", max_size=8), st.text(alphabet="ab ", max_size=12))
def test_agrees_with_a_plain_definition(pattern: str, title: str) -> None:
    """Against a slow definition: some stretch of the title is the pattern, with word edges where it begins or ends with a word."""
    assert found(pattern, title) == _by_definition(plain(pattern), plain(title))


def _by_definition(pattern: str, title: str) -> bool:
    if not pattern.strip("*"):
        return bool(pattern and title)
    ranges = ((i, j) for i in range(len(title) + 1) for j in range(i, len(title) + 1))
    return any(_fits(pattern, title[i:j]) and _edges(pattern, title, i, j) for i, j in ranges)


def _fits(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return _fits(pattern[1:], text) or (bool(text) and text[0] != " " and _fits(pattern, text[1:]))
    return bool(text) and text[0] == pattern[0] and _fits(pattern[1:], text[1:])


def _edges(pattern: str, title: str, i: int, j: int) -> bool:
    left = pattern[0] == "*" or i == 0 or not pattern[0].isalnum() or not title[i - 1].isalnum()
    return left and (pattern[-1] == "*" or j == len(title) or not pattern[-1].isalnum() or not title[j].isalnum())
