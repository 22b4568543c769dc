"""Recurring meetings: what each costs in people's time, how old it is, and how people answer it."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median, median_low

from guardian.model.events import StoredOccurrence
from guardian.model.time import Interval
from guardian.reports.attending import Together, meetings_of
from guardian.reports.cost import Money, Rates, price_of_meeting
from guardian.reports.crowd import Size
from guardian.reports.facts import AGENDA_CHARACTERS

EIGHT_WEEKS = timedelta(weeks=8)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One series over a span.

    `minutes` is the usual length, `people` the usual number invited (at least, where `at_least`), `inside` the usual number of
    colleagues attending. `person_minutes` is the sum over `occurrences` of length times attending colleagues.
    `age_weeks` counts from the earliest creation known. `rhythm_days` is the usual distance between two occurrences.
    `in_eight_weeks` are the occurrences of the last eight weeks or, where calendars were not read for so long, of the next
    eight. `planned_weeks` is how far ahead it is known to go on, at most as far as calendars are read (`horizon_weeks`).
    `shorter` of the occurrences are shorter than usual, `moved` were moved. Of `readable` ones `lacking` have no agenda and
    `documented` come with a document. Answers are counted over colleagues and occurrences. `title` is empty when private.
    """

    series: str
    title: str
    organizer: str
    occurrences: int
    minutes: int
    people: int
    inside: int
    person_minutes: int
    at_least: bool
    private: bool
    external: bool
    size: Size
    labels: frozenset[str]
    created_at: datetime
    age_weeks: int
    rhythm_days: float | None
    in_eight_weeks: int
    planned_weeks: int
    horizon_weeks: int
    next: datetime | None
    last_agenda: datetime | None
    readable: int
    lacking: int
    documented: int
    shorter: int
    moved: int
    accepted: int
    tentative: int
    declined: int
    unanswered: int
    optional: int
    organizers: int

    @property
    def asked(self) -> int:
        """How many answers were asked for."""
        return self.accepted + self.tentative + self.declined + self.unanswered

    def price(self, rates: Rates) -> Money | None:
        """The list price over the span at the blended rate; None for fewer than three colleagues."""
        return price_of_meeting(self.person_minutes, self.inside, rates)


def series_rows(
    copies: Iterable[StoredOccurrence],
    span: Interval,
    now: datetime,
    *,
    inside: Collection[str] = (),
    organisation: int = 0,
    horizon: timedelta = timedelta(days=60),
) -> list[SeriesRow]:
    """The series among these copies (of all mailboxes, past and to come), the costliest in the span first.

    Occurrences that begin in the span count; the rest only tells the rhythm, the age and what comes next. `inside` are the
    organisation's domains, `organisation` how many belong to it, `horizon` how far ahead calendars are read.
    """
    by_series: dict[str, list[StoredOccurrence]] = {}
    for copy in copies:
        if copy.occurrence.recurring and copy.occurrence.meeting.series_uid:
            by_series.setdefault(copy.occurrence.meeting.series_uid, []).append(copy)
    rows = [
        row
        for series, same in by_series.items()
        if (row := _row(series, meetings_of(same, inside), span, now, organisation, horizon))
    ]
    return sorted(rows, key=lambda row: (-row.person_minutes, row.series))


def _row(
    series: str, every: Sequence[Together], span: Interval, now: datetime, organisation: int, horizon: timedelta
) -> SeriesRow | None:
    held = [m for m in every if span.start <= m.when.start < span.end]
    if not held:
        return None
    last = held[-1]
    usual = _usual(m.minutes for m in held)
    readable = [m for m in held if m.view.agenda is not None and not m.private]
    private = any(m.private for m in held)
    return SeriesRow(
        series=series,
        title="" if private else last.view.title,
        organizer="" if private else last.view.organizer,
        occurrences=len(held),
        minutes=usual,
        people=median_low(m.crowd.people for m in held),
        inside=median_low(len(m.attending) for m in held),
        person_minutes=sum(m.person_minutes for m in held),
        at_least=any(m.at_least for m in held),
        private=private,
        external=any(m.crowd.outside for m in held),
        size=last.crowd.size(organisation),
        labels=frozenset(label.lower() for m in held for label in m.view.labels),
        created_at=min(m.created_at for m in every),
        age_weeks=max(timedelta(), now - min(m.created_at for m in every)) // WEEK,
        rhythm_days=_rhythm(every),
        in_eight_weeks=_in_eight_weeks(every, now),
        planned_weeks=max(timedelta(), every[-1].when.start - now) // WEEK,
        horizon_weeks=horizon // WEEK,
        next=next((m.when.start for m in every if m.when.start >= now), None),
        last_agenda=max((m.when.start for m in every if m.when.start < now and _has_agenda(m)), default=None),
        readable=len(readable),
        lacking=sum(not _has_agenda(m) for m in readable),
        documented=sum(bool(m.view.agenda and m.view.agenda.has_document) for m in readable),
        shorter=sum(m.minutes < usual for m in held),
        moved=sum(m.moved for m in held),
        accepted=sum(m.accepted for m in held),
        tentative=sum(m.tentative for m in held),
        declined=sum(m.declined for m in held),
        unanswered=sum(m.unanswered for m in held),
        optional=sum(m.optional for m in held),
        organizers=len({m.view.organizer for m in held}),
    )


def _usual(lengths: Iterable[int]) -> int:
    """The commonest, the longest of several as common."""
    counts = Counter(lengths)
    return max(counts, key=lambda length: (counts[length], length))


def _rhythm(every: Sequence[Together]) -> float | None:
    days = [(later.when.start - earlier.when.start) / DAY for earlier, later in pairwise(every)]
    return median(days) if days else None


def _in_eight_weeks(every: Sequence[Together], now: datetime) -> int:
    past = sum(now - EIGHT_WEEKS <= m.when.start < now for m in every)
    return max(past, sum(now <= m.when.start < now + EIGHT_WEEKS for m in every))


def _has_agenda(meeting: Together) -> bool:
    agenda = meeting.view.agenda
    return agenda is not None and (agenda.characters >= AGENDA_CHARACTERS or agenda.has_document)
