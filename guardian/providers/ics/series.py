"""All components of one UID put together: the instances of a series with its exceptions (RFC 5545 section 3.8.4.4).

Of several versions of the same component the highest SEQUENCE counts, then the latest time stamps. EXDATE wins over an
exception for the same start. An exception whose start the rule does not give is an instance of its own: exporters
write such after a change of the series. THISANDFUTURE moves and describes everything from its start on.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import merge
from itertools import groupby

from guardian.model.time import Interval, When
from guardian.providers.ics.component import Component, Extra, Length, Stamp
from guardian.providers.ics.rules import Rule, Unusable, expand
from guardian.providers.ics.zones import Zone

MOST_INSTANCES = 2000
LONGEST_WINDOW = timedelta(days=400)
SECOND = timedelta(seconds=1)
_UNTIL = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?")


@dataclass(frozen=True, slots=True)
class Instance:
    """One occurrence. `original` is its start by the rule, None for a single event; `own` is true where `component`
    describes this occurrence and no other."""

    component: Component
    when: When
    original: Stamp | None = None
    own: bool = True
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class _Base:
    """A start by the rule, before exceptions."""

    start: Stamp
    length: Length | None = None


class Series:
    """Everything in a calendar with one UID. Raises Unusable when the parts contradict each other."""

    def __init__(self, components: Iterable[Component]) -> None:
        parts = list(components)
        self.master = _newest([c for c in parts if c.instance is None])
        exceptions = [(self._aligned(c.instance), c) for c in parts if c.instance is not None]
        exceptions.sort(key=lambda pair: str(pair[0]))
        newest = [
            (at, best)
            for at, group in ((g[0][0], [c for _, c in g]) for g in _by_start(exceptions))
            if (best := _newest(group)) is not None
        ]
        self.own = {str(at): (at, c) for at, c in newest if not c.future}
        self.futures = [(at, c) for at, c in newest if c.future]
        self._check_kinds()

    @property
    def repeats(self) -> bool:
        return bool(self.own or self.futures or (self.master and self.master.repeats))

    def _aligned(self, stamp: Stamp) -> Stamp:
        """A RECURRENCE-ID in the kind and zone of DTSTART: exporters mix days and times."""
        start = self.master.start if self.master else stamp
        if start.zone is None:
            return Stamp(stamp.local.date())
        if stamp.zone is None:
            return Stamp(datetime.combine(stamp.value, start.local.time()), start.zone)
        return Stamp(start.zone.to_local(stamp.utc), start.zone)

    def _check_kinds(self) -> None:
        for at, component in self.futures:
            if component.start.all_day != at.all_day:
                raise Unusable("the series turns from days into times, or the other way round")
            if abs(component.start.utc - at.utc) > LONGEST_WINDOW:
                raise Unusable("the series moves by more than 400 days")

    def instances(self, window: Interval, viewer: Zone | None) -> Iterator[Instance]:
        """Those that share time with the window; days are laid out in the viewer's zone.

        Raises Unusable when there are more than `MOST_INSTANCES`, or the rule cannot be followed.
        """
        if window.length > LONGEST_WINDOW:
            raise ValueError("a window of more than 400 days is not expanded")
        for count, instance in enumerate(self._all(window), start=1):
            if count > MOST_INSTANCES:
                raise Unusable(f"the series has more than {MOST_INSTANCES} occurrences in the window")
            if shares(instance.when, window, viewer):
                yield instance

    def _all(self, window: Interval) -> Iterator[Instance]:
        yield from (self._exception(at, component) for at, component in self.own.values() if not self._is_removed(at))
        if self.master is None:
            yield from (self._exception(at, component) for at, component in self.futures)
        elif not self.repeats:
            yield Instance(self.master, self.master.length.when(self.master.start), cancelled=self.master.cancelled)
        else:
            yield from self._regular(window)

    def _exception(self, at: Stamp, component: Component) -> Instance:
        cancelled = component.cancelled or bool(self.master and self.master.cancelled)
        return Instance(component, component.length.when(component.start), at, cancelled=cancelled)

    def _regular(self, window: Interval) -> Iterator[Instance]:
        assert self.master is not None
        margin = self._margin()
        first, last = window.start.replace(tzinfo=None) - margin, window.end.replace(tzinfo=None) + margin
        for base in _bases(self.master, first, last):
            if str(base.start) not in self.own and not self._is_removed(base.start):
                yield self._governed(base)

    def _margin(self) -> timedelta:
        """How far outside the window a start by the rule may lie whose occurrence is inside it."""
        assert self.master is not None
        parts = [self.master, *(c for _, c in self.futures)]
        lengths = [c.length.reach for c in parts] + [e.length.reach for e in self.master.added if e.length]
        shifts = [abs(c.start.utc - at.utc) for at, c in self.futures]
        return max(lengths) + max(shifts, default=timedelta()) + timedelta(days=2)

    def _governed(self, base: _Base) -> Instance:
        """The occurrence as the master, or the last THISANDFUTURE before it, describes it."""
        assert self.master is not None
        index = bisect_right([at.utc for at, _ in self.futures], base.start.utc) - 1
        if index < 0:
            length = base.length or self.master.length
            return Instance(
                self.master, length.when(base.start), base.start, own=False, cancelled=self.master.cancelled
            )
        at, component = self.futures[index]
        start = component.start.at(component.start.local + (base.start.local - at.local))
        cancelled = component.cancelled or self.master.cancelled
        return Instance(component, component.length.when(start), base.start, own=False, cancelled=cancelled)

    def _is_removed(self, at: Stamp) -> bool:
        if self.master is None:
            return False
        return any(_same_start(gone, at) for gone in self.master.removed)

    def at(self, original: str) -> Instance | None:
        """The occurrence whose start by the rule has this text (`Stamp`), None when the series does not have it."""
        if original in self.own:
            at, component = self.own[original]
            return None if self._is_removed(at) else self._exception(at, component)
        moment = datetime.fromisoformat(original)
        start = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        if self.master is None:
            return next((self._exception(at, c) for at, c in self.futures if str(at) == original), None)
        window = Interval(start.astimezone(UTC), start.astimezone(UTC) + SECOND)
        found = (i for i in self._regular(window) if i.original is not None and str(i.original) == original)
        return next(found, None)


def _newest(versions: list[Component]) -> Component | None:
    """The one that counts; raises Unusable where two files say different things with equal right."""
    if not versions:
        return None
    best = max(versions, key=lambda c: c.rank)
    for other in versions:
        same = other.rank == best.rank and other.source is not best.source
        if same and other.source.bytes_of(other.block) != best.source.bytes_of(best.block):
            raise Unusable("the same event stands in two files and neither is newer")
    return [c for c in versions if c.rank == best.rank][-1]


def _by_start(pairs: list[tuple[Stamp, Component]]) -> Iterator[list[tuple[Stamp, Component]]]:
    for _, group in groupby(pairs, key=lambda pair: str(pair[0])):
        yield list(group)


def _same_start(gone: Stamp, at: Stamp) -> bool:
    """Whether an EXDATE means this start; a date means every start on that local day."""
    if gone.all_day or at.all_day:
        return gone.local.date() == at.local.date()
    return gone.utc == at.utc


def _bases(master: Component, first: datetime, last: datetime) -> Iterator[_Base]:
    """Starts by DTSTART, RRULE and RDATE without those of EXRULE, ascending, each once."""
    start = master.start
    streams = [_expanded(rule, start, first, last) for rule in master.rules] or [iter([start.local])]
    dropped = {at for rule in master.except_rules for at in _expanded(rule, start, first, last)}
    extra = {_in_zone(e, start).start.local: e.length for e in master.added}
    previous = None
    for at in merge(*streams, sorted(extra)):
        if at == previous or at in dropped or not first <= at < last:
            continue
        previous = at
        yield _Base(start.at(at), extra.get(at))


def _in_zone(extra: Extra, start: Stamp) -> Extra:
    if start.zone is None or extra.start.zone is None:
        return extra
    return Extra(Stamp(start.zone.to_local(extra.start.utc), start.zone), extra.length)


def _expanded(rule: Rule, start: Stamp, first: datetime, last: datetime) -> Iterator[datetime]:
    if start.zone is None:
        rule = Rule(rule.freq, rule.interval, rule.count, rule.until, rule.week_start, rule.days, _days_only(rule))
    until = until_of(rule, start)
    if until is None:
        return expand(rule, start.local, first, last, lambda _: True)
    if until.all_day or start.all_day:
        return expand(rule, start.local, first, last, lambda at: at.date() <= until.local.date())
    return expand(rule, start.local, first, last, lambda at: start.at(at).utc <= until.utc)


def _days_only(rule: Rule) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return tuple(item for item in rule.lists if item[0] not in ("BYHOUR", "BYMINUTE", "BYSECOND"))


def until_of(rule: Rule, start: Stamp) -> Stamp | None:
    """UNTIL in the kind of DTSTART, whatever the exporter wrote: a date means the whole local day."""
    if not rule.until:
        return None
    match = _UNTIL.fullmatch(rule.until)
    if match is None:
        raise Unusable(f"the rule has UNTIL={rule.until[:20]}")
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
        clock = time(int(match[4] or 0), int(match[5] or 0), min(59, int(match[6] or 0)))
    except ValueError as error:
        raise Unusable(f"the rule has UNTIL={rule.until[:20]}") from error
    return _until(day, clock if match[4] else None, start, utc=bool(match[7]))


def _until(day: date, clock: time | None, start: Stamp, *, utc: bool) -> Stamp:
    day = min(day, date(9998, 12, 31))
    if clock is None or start.zone is None:
        return Stamp(day)
    local = datetime.combine(day, clock)
    return Stamp(start.zone.to_local(local.replace(tzinfo=UTC)) if utc else local, start.zone)


def shares(when: When, window: Interval, viewer: Zone | None) -> bool:
    """Whether it overlaps the window; an empty event counts where its instant lies inside."""
    if isinstance(when, Interval):
        return when.overlaps(window) or (when.start == when.end and window.start <= when.start < window.end)
    first, after = datetime.combine(when.first, time()), datetime.combine(when.last, time()) + timedelta(days=1)
    if viewer is None:
        return first.replace(tzinfo=UTC) < window.end and after.replace(tzinfo=UTC) > window.start
    return viewer.to_utc(first) < window.end and viewer.to_utc(after) > window.start
