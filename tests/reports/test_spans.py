"""Sets of minutes against the plain way: one minute after another."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from guardian.model.time import Interval
from guardian.reports.spans import Span, clip, covered_twice, intersect, length, span, subtract, union

any_spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)).map(lambda p: (p[0], p[0] + p[1])), max_size=12)


def minutes(spans: list[Span]) -> set[int]:
    return {minute for start, end in spans for minute in range(start, end)}


def is_set(spans: list[Span]) -> bool:
    edges = [edge for one in spans for edge in one]
    return edges == sorted(edges) and all(start < end for start, end in spans)


@given(any_spans, any_spans)
def test_sets_of_minutes(left: list[Span], right: list[Span]) -> None:
    a, b = union(left), union(right)
    assert is_set(a)
    assert minutes(a) == minutes(left)
    for made, wanted in (
        (subtract(a, b), minutes(a) - minutes(b)),
        (intersect(a, b), minutes(a) & minutes(b)),
        (clip(a, (7, 20)), minutes(a) & set(range(7, 20))),
    ):
        assert is_set(made)
        assert minutes(made) == wanted
        assert length(made) == len(wanted)


@given(any_spans)
def test_minutes_covered_twice(spans: list[Span]) -> None:
    held = sorted(one for one in spans if one[0] < one[1])
    twice = [m for m in minutes(held) if sum(start <= m < end for start, end in held) >= 2]
    assert covered_twice(held) == len(twice)


def test_an_instant_lies_in_its_minute_also_long_ago() -> None:
    long_ago = datetime(1969, 12, 31, 23, 58, 30, tzinfo=UTC)
    assert span(Interval(long_ago, long_ago + timedelta(seconds=60))) == (-2, -1)
