"""The set operations against a model that cannot be wrong: one bit per minute."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from guardian.model.time import Interval, covered_twice, intersect, minutes, subtract, union

ZERO = datetime(2026, 3, 28, tzinfo=UTC)
SPAN = 240


def interval(start: int, length: int) -> Interval:
    return Interval(ZERO + timedelta(minutes=start), ZERO + timedelta(minutes=start + length))


intervals = st.lists(st.builds(interval, st.integers(0, SPAN), st.integers(0, 60)), max_size=12)


def count(items: Iterable[Interval]) -> list[int]:
    """How many intervals cover each minute."""
    depth = [0] * (SPAN + 60)
    for item in items:
        for minute in range((item.start - ZERO) // timedelta(minutes=1), (item.end - ZERO) // timedelta(minutes=1)):
            depth[minute] += 1
    return depth


def bits(items: Iterable[Interval]) -> list[bool]:
    return [n > 0 for n in count(items)]


def assert_normal(items: list[Interval]) -> None:
    """Ascending, none empty, none touching the next."""
    assert all(i.start < i.end for i in items)
    assert all(a.end < b.start for a, b in pairwise(items))


@given(intervals)
def test_union(items: list[Interval]) -> None:
    found = union(items)
    assert_normal(found)
    assert bits(found) == bits(items)
    assert minutes(found) == sum(bits(items))
    assert union(found) == found
    assert union(reversed(items)) == found


@given(intervals, intervals)
def test_subtract(items: list[Interval], holes: list[Interval]) -> None:
    found = subtract(items, holes)
    assert_normal(found)
    assert bits(found) == [a and not b for a, b in zip(bits(items), bits(holes), strict=True)]


@given(intervals, intervals)
def test_intersect(left: list[Interval], right: list[Interval]) -> None:
    found = intersect(left, right)
    assert_normal(found)
    assert bits(found) == [a and b for a, b in zip(bits(left), bits(right), strict=True)]
    assert intersect(right, left) == found


@given(intervals, intervals)
def test_what_is_cut_and_what_is_left_make_the_whole(items: list[Interval], holes: list[Interval]) -> None:
    assert union([*subtract(items, holes), *intersect(items, holes)]) == union(items)


@given(intervals)
def test_covered_twice(items: list[Interval]) -> None:
    found = covered_twice(items)
    assert_normal(found)
    assert bits(found) == [n >= 2 for n in count(items)]


@given(
    st.builds(interval, st.integers(0, SPAN), st.integers(0, 60)),
    st.builds(interval, st.integers(0, SPAN), st.integers(0, 60)),
)
def test_overlap_and_clip_agree_with_the_common_minutes(a: Interval, b: Interval) -> None:
    common = [x and y for x, y in zip(bits([a]), bits([b]), strict=True)]
    assert a.overlaps(b) == b.overlaps(a) == any(common)
    clipped = a.clip(b)
    assert (clipped is not None) == any(common)
    assert bits([clipped] if clipped else []) == common


def test_minutes_are_rounded_down_once() -> None:
    half = Interval(ZERO, ZERO + timedelta(seconds=30))
    later = Interval(ZERO + timedelta(hours=1), ZERO + timedelta(hours=1, seconds=30))
    assert half.minutes == 0
    assert minutes([half, later]) == 1
