"""Groups: their sums, and which of them are hidden, so that nobody's week can be read out of a sum.

Both are made once, where the sums of all teams are made, and every surface takes them from there: choices made view by
view can be played against each other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from statistics import quantiles

from guardian.reports.weeks import COUNTS, GroupWeek, PersonWeek

ORG = "org"
TEAM = "team:"
TOO_SMALL = "fewer than {min_group} people"
COMPLEMENT = "hidden so that a smaller team cannot be worked out"
FULL_WEEK = 40 * 60
"""Minutes of a full week, to which part-timers and short weeks are scaled."""

SPREAD = ("meeting_minutes", "focus_minutes", "fragmented_minutes")
"""What is told with its quartiles, per 40 working hours."""


def suppress(sizes: Mapping[str, int], min_group: int) -> dict[str, str]:
    """The sibling groups to hide, with the reason for each; `sizes` are people with data.

    Groups under `min_group` are hidden. The total of all groups is public, so what is hidden could be had by
    subtraction: the next smallest groups are hidden too until two are, and until together they are no small group.
    """
    rising = sorted(sizes, key=lambda name: (sizes[name], name))
    hidden = {name: TOO_SMALL.format(min_group=min_group) for name in rising if sizes[name] < min_group}
    if not hidden:
        return {}
    for name in rising[len(hidden) :]:
        if len(hidden) >= 2 and sum(sizes[n] for n in hidden) >= min_group:
            break
        hidden[name] = COMPLEMENT
    return hidden


def group_weeks(weeks: Sequence[PersonWeek], before: Sequence[PersonWeek], min_group: int) -> list[GroupWeek]:
    """All groups of one week: everybody, and each team as it was when the week was measured.

    `before` are the person-weeks of the week before, from which it is told how many came and left. A team without any data
    in the week is no sibling in it.
    """
    groups, earlier = _by_scope(weeks), _by_scope(before)
    hidden = _hidden({scope: len(rows) for scope, rows in groups.items()}, min_group)
    return [
        _sum(scope, rows, _moved(rows, earlier.get(scope, ())), hidden.get(scope, ""), min_group)
        for scope, rows in sorted(groups.items())
    ]


def decided_anew(groups: Sequence[GroupWeek], min_group: int) -> list[GroupWeek]:
    """All groups of one week under another minimum: their sums stay, what is hidden is decided again.

    Quartiles that would now be of too few people go; none come back until the week is summed again.
    """
    hidden = _hidden({group.scope: group.people for group in groups}, min_group)
    return [
        replace(
            group,
            hidden=hidden.get(group.scope, ""),
            spread=group.spread if _tells_quartiles(group.people, min_group) else {},
        )
        for group in groups
    ]


def _hidden(sizes: Mapping[str, int], min_group: int) -> dict[str, str]:
    """The scopes to hide, with the reason for each. The organisation is no sibling of its teams."""
    hidden = suppress({scope: people for scope, people in sizes.items() if scope != ORG}, min_group)
    if sizes.get(ORG, 0) < min_group:
        hidden[ORG] = TOO_SMALL.format(min_group=min_group)
    return hidden


def _tells_quartiles(people: int, min_group: int) -> bool:
    """A median of few people is one person's number, so only groups twice the minimum have one."""
    return people >= 2 * min_group


def _by_scope(weeks: Iterable[PersonWeek]) -> dict[str, list[PersonWeek]]:
    found: dict[str, list[PersonWeek]] = {}
    for week in weeks:
        for scope in (ORG, *(f"{TEAM}{team}" for team in week.teams)):
            found.setdefault(scope, []).append(week)
    return found


def _moved(rows: Iterable[PersonWeek], before: Iterable[PersonWeek]) -> int:
    return len({row.person for row in rows} ^ {row.person for row in before})


def _sum(scope: str, rows: Sequence[PersonWeek], moved: int, hidden: str, min_group: int) -> GroupWeek:
    bands = Counter(row.band or "" for row in rows)
    minutes: Counter[str] = Counter()
    for row in rows:
        minutes[row.band or ""] += row.meeting_minutes
    return GroupWeek(
        scope=scope,
        week=rows[0].week,
        people=len(rows),
        moved=moved,
        hidden=hidden,
        band_people=dict(sorted(bands.items())),
        band_minutes=dict(sorted(minutes.items())),
        spread=_spread(rows) if _tells_quartiles(len(rows), min_group) else {},
        **{name: sum(map(attrgetter(name), rows)) for name in COUNTS},
    )


def _spread(rows: Iterable[PersonWeek]) -> dict[str, tuple[float, float, float]]:
    """Quartiles in whole minutes per 40 working hours."""
    working = [row for row in rows if row.available_minutes]
    if len(working) < 2:
        return {}
    found = {}
    for name in SPREAD:
        scaled = [getattr(row, name) * FULL_WEEK / row.available_minutes for row in working]
        low, middle, high = quantiles(scaled, n=4, method="inclusive")
        found[name] = (round(low), round(middle), round(high))
    return found
