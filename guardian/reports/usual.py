"""What a week is compared with, wherever it is: the weeks before it, at its own working time.

Pages and mails ask here, so that a change told by one is the change told by the other.
"""

from collections.abc import Sequence
from fractions import Fraction
from operator import attrgetter

from guardian.reports.weeks import GroupWeek, PersonWeek

AnyWeek = PersonWeek | GroupWeek

LEAST_SHARE = Fraction(1, 2)
"""Of the contract's time must have been there to work in, or the week says nothing."""


def worth_telling(week: AnyWeek | None) -> bool:
    """Not a hidden group's, and not one in which half of the working time or more was not there."""
    if week is None or (isinstance(week, GroupWeek) and week.hidden):
        return False
    contract = week.contract_minutes or week.available_minutes
    return week.available_minutes > 0 and week.available_minutes >= LEAST_SHARE * contract


def compared_with(now: AnyWeek, before: Sequence[AnyWeek], min_group: int) -> list[AnyWeek]:
    """Those of the weeks before that `now` may be compared with: none where the week itself says nothing, and none where
    since the oldest of them so few came or left in some week that the change would be theirs."""
    known = [week for week in before if worth_telling(week)]
    if not known or not worth_telling(now):
        return []
    oldest = min(week.week for week in known)
    groups = [week for week in (now, *before) if isinstance(week, GroupWeek) and week.week > oldest]
    return [] if any(0 < week.moved < min_group for week in groups) else known


def usual(now: AnyWeek, compared: Sequence[AnyWeek], field: str) -> float | None:
    """What these weeks would have brought in the working time of `now`, in minutes; None without weeks."""
    if not compared:
        return None
    worked = sum(week.available_minutes for week in compared)
    return float(sum(map(attrgetter(field), compared)) * Fraction(now.available_minutes, worked))
