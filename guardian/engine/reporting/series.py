"""Recurring meetings, the costliest first, with what speaks for a written update."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from guardian.engine.house import Engine, enrolled
from guardian.engine.people import policy_now
from guardian.engine.reporting.load import rates_of
from guardian.engine.reporting.scope import PERSON, frame_of, people_of, unknown
from guardian.model.events import Occurrence, StoredOccurrence
from guardian.model.ids import tombstone
from guardian.model.people import Person
from guardian.model.time import Interval, day_start, zone_named
from guardian.policy.guests import domain
from guardian.policy.model import PolicySet
from guardian.reports.body import Frame
from guardian.reports.cost import Rates
from guardian.reports.groups import ORG
from guardian.reports.series import EIGHT_WEEKS, SeriesRow, series_rows
from guardian.reports.series_body import Body, Words, series_body, series_row

WEEKS = 8
MOST = 25
CLOSER = 3
"""So many times more series are looked at than shown: the database ranks without knowing answers."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks. Titles are for those who take part in a meeting, and for whoever may see `everything`."""

    person: str | None = None
    everything: bool = False

    def takes_part(self, copies: Iterable[Occurrence]) -> bool:
        """As the owner of a copy, as organiser or as guest."""
        return self.person is not None and any(_names(copy, self.person) for copy in copies)

    def sees(self, copies: Iterable[Occurrence]) -> bool:
        return self.everything or self.takes_part(copies)


EVERYTHING = Eyes(everything=True)
"""The command line, and tokens with `admin`."""


def series_report(
    engine: Engine,
    scope: str,
    since: date | None,
    until: date | None,
    *,
    eyes: Eyes = EVERYTHING,
    most: int = MOST,
) -> Body:
    """The body of `guardian.report.series/1`: recurring meetings of the scope that begin in the span, by the time they take.

    Without dates the last eight full weeks. Who does not take part sees neither title nor organiser, and of a team or the
    organisation only series in which `min_group` people of it take part. Raises UnknownScope.
    """
    frame = frame_of(engine, scope, since, until, WEEKS)
    inside = {member.email for member in people_of(engine, scope)}
    found = [
        (row, copies)
        for row, copies in ranked(engine, frame, CLOSER * most)
        if scope.startswith(PERSON) or _enough(engine, copies, eyes, inside)
    ]
    found.sort(key=lambda pair: (-pair[0].person_minutes, pair[0].series))
    rates, words = rates_of(engine), Words(engine.write_minutes, engine.read_minutes)
    rows = [told(row, copies, eyes, rates, words) for row, copies in found[:most]]
    return series_body(rows, frame, rates)


def ranked(engine: Engine, frame: Frame, most: int) -> list[tuple[SeriesRow, Sequence[Occurrence]]]:
    """The series of the frame with all their copies; the order is that of the database."""
    mailboxes = None if frame.scope == ORG else [member.email for member in people_of(engine, frame.scope)]
    if mailboxes == []:
        raise unknown(frame.scope)
    span, now = span_of(frame), engine.clock()
    names = engine.store.facts.series_ranking(span, mailboxes, most)
    reader = Reader.of(engine, span, now)
    return [pair for name in names if (pair := reader.row(name))]


def span_of(frame: Frame) -> Interval:
    zone = zone_named(frame.timezone)
    return Interval(day_start(frame.since, zone), day_start(frame.until, zone))


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads series one by one. `inside` are the organisation's domains, `organisation` how many belong to it."""

    engine: Engine
    span: Interval
    now: datetime
    inside: tuple[str, ...]
    organisation: int

    @classmethod
    def of(cls, engine: Engine, span: Interval, now: datetime) -> "Reader":
        people = enrolled(engine)
        return cls(engine, span, now, inside_of(policy_now(engine), people), len(people))

    def copies(self, series: str) -> list[StoredOccurrence]:
        """As far as is needed to tell its rhythm and what comes next."""
        ahead = self.now + self.engine.reach.future
        whole = Interval(min(self.span.start, self.now - EIGHT_WEEKS), max(self.span.end, ahead))
        return self.engine.store.facts.copies(series, whole)

    def row(self, series: str) -> tuple[SeriesRow, Sequence[Occurrence]] | None:
        """None for what turns out to be no series of meetings."""
        copies = self.copies(series)
        horizon = self.engine.reach.future
        rows = series_rows(
            copies, self.span, self.now, inside=self.inside, organisation=self.organisation, horizon=horizon
        )
        return (rows[0], [copy.occurrence for copy in copies]) if rows else None


def inside_of(policy: PolicySet, people: Sequence[Person]) -> tuple[str, ...]:
    """The organisation's domains as the policy names them, else those of everybody enrolled."""
    named = tuple(d.lower().removeprefix("@") for d in policy.defaults.internal_domains)
    return named or tuple(sorted({domain(person.email) for person in people}))


def told(row: SeriesRow, copies: Sequence[Occurrence], eyes: Eyes, rates: Rates | None, words: Words) -> Body:
    """The row for these eyes. Somebody who does not take part is not told by the reasons what the title says."""
    if eyes.sees(copies):
        return series_row(row, rates, words)
    blind = replace(row, series=tombstone(row.series), title="", organizer="")
    return series_row(blind, rates, words)


def _enough(engine: Engine, copies: Sequence[Occurrence], eyes: Eyes, inside: Collection[str]) -> bool:
    """Of the scope itself: the list of a team of one would be that person's calendar."""
    return eyes.sees(copies) or len({copy.ref.mailbox for copy in copies} & set(inside)) >= engine.min_group


def _names(copy: Occurrence, person: str) -> bool:
    return person in (copy.ref.mailbox, copy.organizer) or any(a.email == person for a in copy.attendees)
