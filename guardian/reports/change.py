"""Before and after: four weeks before a rule was enforced against four weeks after, per 40 working hours.

It tells what changed, never why. Where teams without the rule exist, their change over the same weeks is taken off
(difference in differences).
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from guardian.model.time import Week
from guardian.reports.groups import FULL_WEEK
from guardian.reports.weeks import Counts, GroupWeek, PersonWeek

METRICS = (
    "meeting_minutes",
    "focus_minutes",
    "fragmented_minutes",
    "after_hours_minutes",
    "double_booked_minutes",
    "back_to_back",
    "no_agenda_minutes",
)
"""What is compared."""

WEEKS = 4
REACH = 8
"""So many weeks to each side the four are looked for in, the nearest first."""

OBSERVED_FIRST = 2
"""Weeks a rule should have been observed before it was enforced."""

NOT_CLOSED = "not closed yet"


@dataclass(frozen=True, slots=True)
class Shift:
    """One number per 40 working hours: the median of the weeks before and of those after. `elsewhere` is how it changed for
    those without the rule, None where nobody is."""

    metric: str
    before: float
    after: float
    elsewhere: float | None = None

    @property
    def change(self) -> float:
        return self.after - self.before

    @property
    def net(self) -> float | None:
        """The change less that of those without the rule."""
        return None if self.elsewhere is None else self.change - self.elsewhere


@dataclass(frozen=True, slots=True)
class Change:
    """`before` and `after` are the weeks compared, `left_out` the others with the reason. Without shifts nothing can be told;
    `notes` say why, and what the reader should know. `observed_weeks` is as given."""

    start: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    shifts: tuple[Shift, ...]
    notes: tuple[str, ...]
    observed_weeks: int | None = None


def change(
    weeks: Iterable[PersonWeek | GroupWeek],
    start: Week,
    *,
    without_rule: Iterable[PersonWeek | GroupWeek] = (),
    holiday_weeks: Collection[str] = (),
    closed: Callable[[str], bool] = lambda _: True,
    observed_weeks: int | None = None,
    min_group: int = 5,
) -> Change:
    """Compare one person's or one group's weeks around the week `start`, in which the rule was first enforced; that week
    itself is neither before nor after.

    `without_rule` are the weeks of a group without it, `holiday_weeks` those with a public holiday on a working day,
    `closed` says of a week whether its numbers are final; the others are plans and are not compared. `observed_weeks` is how
    long the rule only showed what it would do, None where that is not known.
    """
    rows = {row.week: row for row in weeks}
    left_out: dict[str, str] = {}
    before = _nearest(rows, _names(start, -1), holiday_weeks, closed, left_out)
    after = _nearest(rows, _names(start, 1), holiday_weeks, closed, left_out)
    notes = []
    if len(before) < WEEKS or len(after) < WEEKS:
        notes.append(f"{len(before)} weeks before and {len(after)} after can be compared; it takes {WEEKS} of each")
    if observed_weeks is not None and observed_weeks < OBSERVED_FIRST:
        notes.append(f"the rule was observed for {observed_weeks} weeks first; {OBSERVED_FIRST} are advised")
    moved = _moved([*before, *after])
    if 0 < moved < min_group:
        notes.append(f"fewer than {min_group} people joined or left meanwhile, so no difference is shown")
    shifts: tuple[Shift, ...] = ()
    if len(before) == len(after) == WEEKS and not 0 < moved < min_group:
        others = _others({row.week: row for row in without_rule}, before, after, min_group)
        shifts = tuple(_shift(metric, before, after, others) for metric in METRICS)
        if others is None:
            notes.append("there is no group without the rule to compare with")
    names = tuple(row.week for row in before), tuple(row.week for row in after)
    return Change(str(start), *names, tuple(sorted(left_out.items())), shifts, tuple(notes), observed_weeks)


def per_full_week(week: Counts, metric: str) -> float | None:
    """The number per 40 working hours; None for a week without any."""
    return getattr(week, metric) * FULL_WEEK / week.available_minutes if week.available_minutes else None


def is_short(week: Counts) -> bool:
    """Whether less than half of what the contract asks was left to work: such weeks are not compared."""
    return 2 * week.available_minutes < week.contract_minutes or not week.available_minutes


def step(earlier: PersonWeek | GroupWeek, later: PersonWeek | GroupWeek, metric: str, min_group: int) -> float | None:
    """The change from one week to the next per 40 working hours.

    None for short and hidden weeks, and for a group that fewer than `min_group` people joined or left: the difference would
    be about them.
    """
    if is_short(earlier) or is_short(later) or _hidden(earlier) or _hidden(later):
        return None
    if isinstance(later, GroupWeek) and 0 < later.moved < min_group:
        return None
    before, after = per_full_week(earlier, metric), per_full_week(later, metric)
    return None if before is None or after is None else after - before


def _names(start: Week, by: int) -> list[str]:
    found, week = [], start
    for _ in range(REACH):
        week = week.next() if by > 0 else week.previous()
        found.append(str(week))
    return found


Row = PersonWeek | GroupWeek


def _nearest(
    rows: dict[str, Row],
    names: Sequence[str],
    holiday_weeks: Collection[str],
    closed: Callable[[str], bool],
    left_out: dict[str, str],
) -> list[Row]:
    """The nearest four that can be compared, ascending; what is passed over is noted."""
    found: list[Row] = []
    for name in names:
        if len(found) == WEEKS:
            break
        reason = _unfit(rows.get(name), name, holiday_weeks) if closed(name) else NOT_CLOSED
        if reason:
            left_out[name] = reason
        else:
            found.append(rows[name])
    return sorted(found, key=lambda row: row.week)


def _unfit(row: Row | None, name: str, holiday_weeks: Collection[str]) -> str:
    if row is None:
        return "no data"
    if _hidden(row):
        return "hidden"
    if name in holiday_weeks:
        return "a public holiday"
    return "less than half of the contract's hours" if is_short(row) else ""


def _hidden(row: Row) -> bool:
    return isinstance(row, GroupWeek) and bool(row.hidden)


def _moved(rows: Iterable[Row]) -> int:
    return sum(row.moved for row in rows if isinstance(row, GroupWeek))


Pair = tuple[list[Row], list[Row]]


def _others(rows: dict[str, Row], before: Sequence[Row], after: Sequence[Row], min_group: int) -> Pair | None:
    """Those without the rule in the very same weeks; None where any of them is missing, hidden or short."""
    pairs = [
        [rows[r.week] for r in side if r.week in rows and not _unfit(rows[r.week], "", ())] for side in (before, after)
    ]
    if not len(pairs[0]) == len(pairs[1]) == WEEKS or 0 < _moved([*pairs[0], *pairs[1]]) < min_group:
        return None
    return pairs[0], pairs[1]


def _shift(metric: str, before: Sequence[Row], after: Sequence[Row], others: Pair | None) -> Shift:
    elsewhere = None if others is None else _median(others[1], metric) - _median(others[0], metric)
    return Shift(metric, _median(before, metric), _median(after, metric), elsewhere)


def _median(rows: Iterable[Row], metric: str) -> float:
    return median(value for row in rows if (value := per_full_week(row, metric)) is not None)
