"""What a letter says about recurring meetings: the costliest ones with a suggestion each, and the one proposal of the week.

In a letter about a group no title and nobody is named, and only series with enough colleagues in them appear.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from guardian.reports.candidates import Candidate, candidates, judge_series
from guardian.reports.cost import Rates
from guardian.reports.letter import MOST_ROWS, TITLE, Costly, Proposal, hours, one_line, plural
from guardian.reports.series import SeriesRow
from guardian.reports.written import READ, TRIAL_DAYS, WRITE

CROWDED = 8
LONG_AGO_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Offer:
    """Minutes that writing and reading an update take, and the address of the team's own template (empty: ours)."""

    write: float = WRITE
    read: float = READ
    template: str = ""


def costly(rows: Sequence[SeriesRow], offer: Offer, rates: Rates | None, *, named: bool) -> tuple[Costly, ...]:
    """The costliest series, at most five; `rows` come costliest first."""
    told = [row for row in rows if not row.private and row.person_minutes][:MOST_ROWS]
    return tuple(Costly(_who(row, named=named), _takes(row, rates), _suggestion(row, offer)) for row in told)


def for_groups(rows: Sequence[SeriesRow], min_group: int) -> list[SeriesRow]:
    """Those of which a letter without names may speak."""
    return [row for row in rows if row.inside >= min_group]


def _who(row: SeriesRow, *, named: bool) -> str:
    return (one_line(row.title, TITLE) or "A meeting without a title") if named else f"A meeting {_rhythm(row)}"


def _rhythm(row: SeriesRow) -> str:
    days = row.rhythm_days
    if days is None:
        return "now and then"
    if days <= 2:
        return "every working day"
    return "every week" if days <= 8 else "every two weeks" if days <= 15 else "every few weeks"


def _takes(row: SeriesRow, rates: Rates | None) -> str:
    least = "at least " if row.at_least else ""
    told = f"{plural(row.occurrences, 'time')} {row.minutes} min, {least}{plural(row.inside, 'person', 'people')}: "
    price = row.price(rates) if rates else None
    money = f", list price est. {price.currency} {price.shown:,}" if price else ""
    return f"{told}{least}{hours(row.person_minutes)} person-hours{money}"


def _suggestion(row: SeriesRow, offer: Offer) -> str:
    """One, the weightiest."""
    if judge_series(row, offer.write, offer.read).suggested:
        return "Could be a written update."
    if row.readable and 2 * row.lacking >= row.readable:
        return f"No agenda in {row.lacking} of {row.readable}: ask what it is to decide."
    if row.inside >= CROWDED:
        return f"{row.inside} people: who must be there, and who can read the outcome?"
    if row.minutes in (30, 60):
        return (
            f"{row.minutes - row.minutes // 6} minutes instead of {row.minutes} leave room to write down the outcome."
        )
    if row.age_weeks >= LONG_AGO_WEEKS:
        return f"It is {row.age_weeks} weeks old: is it still needed in this form?"
    return ""


def proposal(
    rows: Sequence[SeriesRow], offer: Offer, avoid: Collection[str], *, reader: str = "", named: bool = True
) -> Proposal | None:
    """The candidate that saves most, those that the reader organises before all others; none that was proposed lately."""
    found = [c for c in candidates(list(rows), offer.write, offer.read) if c.row.series not in avoid]
    best = min(found, key=lambda c: c.row.organizer != reader, default=None)
    return None if best is None else _proposed(best, offer, reader, named=named)


def _proposed(best: Candidate, offer: Offer, reader: str, *, named: bool) -> Proposal:
    row = best.row
    who = f"{_who(row, named=True)}, {_rhythm(row)}" if named else _who(row, named=False)
    mine = "You organise it." if row.organizer == reader else "Suggest it to whoever organises it."
    if not named:
        mine = "Whoever organises it finds it by name in their own mail."
    saved = f"{best.saving.saved} minutes of people's time each time"
    weekly = f", {hours(best.saved_each_week)} hours a week" if best.saved_each_week else ""
    return Proposal(
        key=row.series,
        what=f"{who}: {row.minutes} minutes, {plural(row.inside, 'person', 'people')}. {mine}",
        saves=f"A written update instead saves {saved}{weekly}. Try it for {TRIAL_DAYS} days.",
        inputs=f"{best.saving}.",
        reasons=f"Why: {'; '.join(reason.text for reason in best.reasons)}.",
        template="" if offer.template else best.template.text.strip(),
        link=offer.template,
    )
