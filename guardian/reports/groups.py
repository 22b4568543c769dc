"""Groups: their sums, and which of them are hidden, so that nobody's week can be read out of a sum.

Both are made once, where the sums of all teams are made, and every surface takes them from there: choices made view by
view can be played against each other.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import quantiles

from guardian.reports.weeks import COUNTS, GroupWeek, WeekColumns

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


def group_weeks(week: WeekColumns, before: Mapping[str, Collection[str]], min_group: int) -> list[GroupWeek]:
    """All groups of one week: everybody, and each team as it was when the week was measured.

    `before` are the teams by person of the week before, from which it is told how many came and left. A team without any
    data in the week is no sibling in it.
    """
    groups = _by_scope(zip(week.people, week.teams, strict=True))
    earlier = _by_scope(before.items())
    hidden = _hidden({scope: len(people) for scope, people in groups.items()}, min_group)
    where = {person: row for row, person in enumerate(week.people)}
    return [
        _sum(
            _Group(scope, len(people), len(people ^ earlier.get(scope, set())), hidden.get(scope, "")),
            week if scope == ORG else week.of(sorted(map(where.__getitem__, people))),
            min_group,
        )
        for scope, people in sorted(groups.items())
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


def _by_scope(people: Iterable[tuple[str, Collection[str]]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for person, teams in people:
        for scope in (ORG, *(f"{TEAM}{team}" for team in teams)):
            found.setdefault(scope, set()).add(person)
    return found


@dataclass(frozen=True, slots=True)
class _Group:
    """What is told of a group beside its sums."""

    scope: str
    people: int
    moved: int
    hidden: str


def _sum(group: _Group, rows: WeekColumns, min_group: int) -> GroupWeek:
    bands = [band or "" for band in rows.bands]
    minutes: Counter[str] = Counter()
    for band, count in zip(bands, rows.column("meeting_minutes"), strict=True):
        minutes[band] += count
    return GroupWeek(
        scope=group.scope,
        week=rows.week,
        people=group.people,
        moved=group.moved,
        hidden=group.hidden,
        band_people=dict(sorted(Counter(bands).items())),
        band_minutes=dict(sorted(minutes.items())),
        spread=_spread(rows) if _tells_quartiles(group.people, min_group) else {},
        **dict(zip(COUNTS, map(sum, rows.counts), strict=True)),
    )


def _spread(rows: WeekColumns) -> dict[str, tuple[float, float, float]]:
    """Quartiles in whole minutes per 40 working hours."""
    available = rows.column("available_minutes")
    if sum(map(bool, available)) < 2:
        return {}
    found: dict[str, tuple[float, float, float]] = {}
    for name in SPREAD:
        scaled = [n * FULL_WEEK / whole for n, whole in zip(rows.column(name), available, strict=True) if whole]
        low, middle, high = quantiles(scaled, n=4, method="inclusive")
        found[name] = (round(low), round(middle), round(high))
    return found
