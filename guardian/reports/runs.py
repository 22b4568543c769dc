"""Meetings without a pause: pairs back to back, and unbroken runs."""

from collections.abc import Iterable

from guardian.reports.spans import Span

BREATHER = 5
"""A shorter pause between two meetings, in minutes, is none: they are back to back."""

LONG_RUN = 120


def runs_of(meetings: Iterable[Span]) -> dict[str, int]:
    """`back_to_back`, `long_run_minutes` and `longest_run_minutes` of meetings in ascending order.

    A pair is a meeting that begins less than five minutes after everything before it has ended; one that begins while
    another runs is a conflict, not a pair. A run goes on over both, and lasts from its first start to its last end; the
    minutes of long runs are those in meetings.
    """
    pairs = long = longest = 0
    begin = end = covered = 0
    running = False
    for start, stop in meetings:
        if running and start - end < BREATHER:
            pairs += start >= end
            covered += max(0, stop - max(start, end))
            end = max(end, stop)
            continue
        if running:
            longest, long = max(longest, end - begin), long + (covered if end - begin >= LONG_RUN else 0)
        begin, end, covered, running = start, stop, stop - start, True
    if running:
        longest, long = max(longest, end - begin), long + (covered if end - begin >= LONG_RUN else 0)
    return {"back_to_back": pairs, "long_run_minutes": long, "longest_run_minutes": longest}
