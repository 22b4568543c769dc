"""How likely somebody would have gone to a meeting, by what they accepted before."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from fractions import Fraction

from guardian.model.events import EventKind, Occurrence, Response
from guardian.model.time import Interval
from guardian.reports.crowd import crowd_of
from guardian.reports.weeks import Counts

BASELINE = timedelta(weeks=8)
FEWEST_INVITATIONS = 5
"""Of fewer nothing can be told."""


def acceptance(weeks: Iterable[Counts]) -> Fraction:
    """The share of invitations that was accepted; 0 where there were none, because then nothing may be expected."""
    rows = list(weeks)
    invited = sum(row.invitations for row in rows)
    return Fraction(sum(row.accepted for row in rows), invited) if invited else Fraction()


def likelihood_of(
    occurrences: Iterable[Occurrence], email: str, enforced: datetime, organisation: Fraction
) -> Callable[[Occurrence], Fraction]:
    """How likely the person would have attended a meeting, from the eight weeks before the rule was enforced: the share of
    the series' invitations that they accepted; with fewer than five of them, of the organiser's; with fewer than five
    again, of the whole organisation's (`acceptance` of its weeks)."""
    asked: Counter[str] = Counter()
    accepted: Counter[str] = Counter()
    for occurrence in occurrences:
        if _is_invitation(occurrence, email, enforced):
            for name in {occurrence.meeting.series_uid, occurrence.organizer} - {""}:
                asked[name] += 1
                accepted[name] += occurrence.response is Response.ACCEPTED

    def likelihood(occurrence: Occurrence) -> Fraction:
        for name in (occurrence.meeting.series_uid, occurrence.organizer):
            if name and asked[name] >= FEWEST_INVITATIONS:
                return Fraction(accepted[name], asked[name])
        return organisation

    return likelihood


def _is_invitation(occurrence: Occurrence, email: str, enforced: datetime) -> bool:
    when = occurrence.when
    if not isinstance(when, Interval) or not enforced - BASELINE <= when.start < enforced:
        return False
    if occurrence.cancelled or occurrence.kind is not EventKind.MEETING or occurrence.response is None:
        return False
    return not occurrence.is_organizer and occurrence.organizer != email and crowd_of(occurrence, email).people > 1
