"""Addresses of things: whatever is in a key, the address leads to it and nowhere else."""

from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.errors import InputError
from guardian.reports.links import anchor, meeting_key, meeting_path, place_path, team_path, week_path
from tests.reports.pictures import HOSTILE

keys = st.one_of(st.sampled_from([*HOSTILE, "../../login", "//evil", "a/b?c#d", "."]), st.text(max_size=60))


@given(keys)
def test_the_address_of_a_meeting_leads_back_to_its_key(key: str) -> None:
    path = meeting_path(key)
    assert meeting_key(path.removeprefix("/meetings/")) == key
    assert urlsplit(urljoin("http://here/somewhere/else", path)).path == path
    assert set(path) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/")


@pytest.mark.parametrize("text", ["*", "a", "é", "_____w", "a" * 5])
def test_what_is_no_address_of_a_meeting_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        meeting_key(text)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
def test_a_team_stays_where_it_is(name: str) -> None:
    path = team_path(name)
    assert unquote(path.removeprefix("/teams/")) == name
    assert "." not in path


def test_weeks_and_places() -> None:
    assert week_path(None, "2026-W47") == "/me?week=2026-W47"
    assert week_path("ana+x@acme.example", "2026-W47") == "/people/ana%2Bx@acme.example?week=2026-W47"
    assert place_path("config/policies.yaml:12") == f"/policy#{anchor('config/policies.yaml:12')}"
    assert anchor("a.yaml:3") != anchor("b.yaml:3")
    assert anchor("a.yaml:3").endswith("-3")
