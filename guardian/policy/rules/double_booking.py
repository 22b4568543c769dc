"""`double_booking`: two meetings overlap, and this one was created later (at equal times: the one with the larger key)."""

from datetime import datetime

from guardian.model.events import StoredOccurrence
from guardian.model.time import Interval
from guardian.policy.case import Case, Found
from guardian.policy.wording import span_text


class DoubleBookingCheck:
    __slots__ = ()

    def match(self, case: Case) -> Found | None:
        if not case.view.clashes:
            return None
        mine = _age(case.stored)
        for span, other in _overlapping(case):
            if _age(other) < mine:
                return Found(f"overlaps a meeting at {span_text(span, case.zone)} that was created earlier")
        return None

    def why_not(self, case: Case) -> str:
        return "the meetings it overlaps were created later" if _overlapping(case) else "overlaps no other meeting"


def _age(stored: StoredOccurrence) -> tuple[datetime, str]:
    return stored.created_at, str(stored.occurrence.meeting)


def _overlapping(case: Case) -> list[tuple[Interval, StoredOccurrence]]:
    """By start, so that the reason names the same one whatever the order they were read in."""
    found = []
    for other in case.view.clashes:
        when = other.occurrence.when
        if isinstance(when, Interval) and when.overlaps(case.interval):
            found.append((when, other))
    return sorted(found, key=lambda pair: (pair[0], str(pair[1].occurrence.meeting)))
