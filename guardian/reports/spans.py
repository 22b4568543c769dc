"""Sets of whole minutes, as pairs of numbers counted from 1970 in UTC: what the numbers of a week are made with.

`guardian.model.time` says the same of instants; here everything is already cut to minutes, and a year of calendars is
measured in the time that instants would take for a month. A set is ascending and disjoint wherever it is called one.
"""

from collections.abc import Iterable, Sequence

from guardian.model.time import Interval

Span = tuple[int, int]
Spans = Sequence[Span]


def span(interval: Interval) -> Span:
    """Start and end, each cut to the minute."""
    return int(interval.start.timestamp() // 60), int(interval.end.timestamp() // 60)


def length(spans: Iterable[Span]) -> int:
    """Minutes of a set, or the sum of lengths of any spans."""
    return sum([end - start for start, end in spans])


def clip(spans: Iterable[Span], whole: Span) -> list[Span]:
    """The parts inside; empty ones go."""
    first, last = whole
    return [(max(s, first), min(e, last)) for s, e in spans if s < last and e > first and s < e]


def union(spans: Iterable[Span]) -> list[Span]:
    """Any spans as a set; touching ones become one."""
    merged: list[Span] = []
    until = None
    for start, end in sorted(spans):
        if start >= end:
            continue
        if until is None or start > until:
            merged.append((start, end))
            until = end
        elif end > until:
            merged[-1] = (merged[-1][0], end)
            until = end
    return merged


def subtract(kept: Spans, holes: Spans) -> list[Span]:
    """The minutes of one set that are in no span of the other set."""
    found, at, count = [], 0, len(holes)
    for start, end in kept:
        while at < count and holes[at][1] <= start:
            at += 1
        look = at
        while look < count and holes[look][0] < end:
            if holes[look][0] > start:
                found.append((start, holes[look][0]))
            start = max(start, holes[look][1])
            look += 1
        if start < end:
            found.append((start, end))
    return found


def intersect(left: Spans, right: Spans) -> list[Span]:
    """The minutes in both sets."""
    found: list[Span] = []
    if not left or not right:
        return found
    rest = iter(right)
    first, last = next(rest)
    for start, end in left:
        while last <= start:
            first, last = next(rest, _NEVER)
        while first < end:
            found.append((start if start > first else first, end if end < last else last))
            if last > end:
                break
            first, last = next(rest, _NEVER)
    return found


_NEVER = (10**15, 10**15)


def covered_twice(spans: Iterable[Span]) -> int:
    """How many minutes at least two of the spans cover, given in ascending order."""
    total, once, twice = 0, None, None
    for start, end in spans:
        if once is None or start >= once:
            once = end
            continue
        again = min(end, once)
        since = start if twice is None or start > twice else twice
        if again > since:
            total += again - since
            twice = again
        once = max(once, end)
    return total
