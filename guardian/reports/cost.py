"""What meeting time is taken to cost: an estimate at one blended rate, or at the rates of bands where nobody can be told apart.

Money never says more about a person than the hours do: people are always priced at the blended rate, and so is a group
that is all in one band, because its money over its hours would be that band's rate.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from operator import itemgetter
from typing import TypeVar

from guardian.model.time import MINUTE, Interval
from guardian.reports.weeks import GroupWeek, PersonWeek

FEWEST_ATTENDEES = 3
"""The money of a single meeting with fewer people inside would be a statement about somebody's pay."""

LIST_PRICE = "list price: everybody's whole time, also where it clashes with other meetings"
"""How the undivided price is labelled wherever it is shown."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Rates:
    """What an hour is taken to cost. `bands` (by name) are empty unless the installation gives them; no rate is ever shown."""

    currency: str
    blended: float
    bands: Mapping[str, float] = field(default_factory=dict)

    def hourly(self, band: str | None = None) -> Fraction:
        """The rate of a band, exactly as written; the blended one for everybody else."""
        return Fraction(str(self.bands.get(band or "", self.blended)))


@dataclass(frozen=True, slots=True)
class Money:
    """An estimate. `amount` is exact, so that sums are; people are shown `rounded(amount)`."""

    currency: str
    amount: Fraction

    @property
    def shown(self) -> int:
        return rounded(self.amount)


def rounded(amount: Fraction | float) -> int:
    """Two significant figures, halves away from zero: nothing finer is known."""
    exact = Fraction(amount)
    size, step = abs(exact), 1
    whole = int(size)
    while whole >= 100 * step:
        step *= 10
    units = int(size / step + Fraction(1, 2))
    return units * step if exact >= 0 else -units * step


def price(minutes: Fraction | int, rates: Rates) -> Money:
    """That many person-minutes at the blended rate."""
    return Money(rates.currency, Fraction(minutes) * rates.hourly() / 60)


def price_of_meeting(person_minutes: Fraction | int, inside: int, rates: Rates) -> Money | None:
    """The money of a single meeting or series, None for fewer than three people inside the organisation.

    With the minutes of `shares` it is the cost, which sums up to what people cost; with everybody's whole time it is the
    list price (`LIST_PRICE`).
    """
    return price(person_minutes, rates) if inside >= FEWEST_ATTENDEES else None


def cost_of(week: PersonWeek | GroupWeek, rates: Rates, min_group: int) -> Money | None:
    """What the meeting hours of that week cost: rate times hours, overlaps counted once.

    None for a hidden group, and where bands are given for a group in which some band has fewer than `min_group` people.
    """
    if isinstance(week, PersonWeek):
        return price(week.meeting_minutes, rates)
    if week.hidden:
        return None
    people, minutes = _by_rate(week.band_people, rates), _by_rate(week.band_minutes, rates)
    if len(people) <= 1:
        return price(week.meeting_minutes, rates)
    if min(people.values()) < min_group:
        return None
    return Money(rates.currency, sum((n * rates.hourly(band) / 60 for band, n in minutes.items()), Fraction()))


def _by_rate(counts: Mapping[str, int], rates: Rates) -> dict[str, int]:
    """Summed by band with a rate of its own; everybody else is together under the empty name."""
    found: dict[str, int] = {}
    for band, number in counts.items():
        known = band if band in rates.bands else ""
        found[known] = found.get(known, 0) + number
    return found


def shares(meetings: Iterable[tuple[Key, Interval]]) -> dict[Key, Fraction]:
    """Each meeting's minutes of one person's time: where n of them cover an instant, each has 1/n of it.

    The shares sum to the time they cover together, so money is never counted twice. Exact.
    """
    found: dict[Key, Fraction] = {}
    running: dict[int, Key] = {}
    edges = []
    for number, (key, when) in enumerate(meetings):
        found.setdefault(key, Fraction())
        if when.start < when.end:
            edges += [(when.start, number, key), (when.end, number, key)]
    edges.sort(key=itemgetter(0, 1))
    since = edges[0][0] if edges else None
    for at, number, key in edges:
        if running and since is not None and at > since:
            part = Fraction((at - since) // MINUTE, len(running))
            for other in running.values():
                found[other] += part
        since = at
        if running.pop(number, None) is None:
            running[number] = key
    return found
