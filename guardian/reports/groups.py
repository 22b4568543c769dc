"""Groups: their sums, and which of them are hidden, so that nobody's week can be read out of a sum.

Both are made once, where the sums of all teams are made, and every surface takes them from there: choices made view by
view can be played against each other.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import quantiles

from guardian.reports.suppression import ORG as ORG
from guardian.reports.suppression import hidden_by_size, hidden_scopes
from guardian.reports.weeks import COUNTS, GroupWeek, WeekColumns

TEAM = "team:"
FULL_WEEK = 40 * 60
"""Minutes of a full week, to which part-timers and short weeks are scaled."""

SPREAD = ("meeting_minutes", "focus_minutes", "fragmented_minutes")
"""What is told with its quartiles, per 40 working hours."""


def group_weeks(week: WeekColumns, before: Mapping[str, Collection[str]], min_group: int) -> list[GroupWeek]:
    """All groups of one week: everybody, and each team as it was when the week was measured.

    `before` are the teams by person of the week before, from which it is told how many came and left. A team without any
    data in the week is no sibling in it.
    """
    groups = _by_scope(zip(week.people, week.teams, strict=True))
    earlier = _by_scope(before.items())
    hidden = hidden_scopes({scope: sorted(people) for scope, people in groups.items()}, min_group)
    where = {person: row for row, person in enumerate(week.people)}
    return [
        _sum(
            _Group(scope, len(people), len(people ^ earlier.get(scope, set())), hidden.get(scope, "")),
            week if scope == ORG else week.of(sorted(map(where.__getitem__, people))),
            min_group,
        )
        for scope, people in sorted(groups.items())
    ]


def decided_anew(groups: Sequence[GroupWeek], teams: Mapping[str, Collection[str]], min_group: int) -> list[GroupWeek]:
    """All groups of one week under another minimum: their sums stay, what is hidden is decided again. `teams` are those of
    the people whose weeks are left; somebody may have been forgotten since, and the sums are not made again without them.

    Quartiles that would now be of too few people go; none come back until the week is summed again.
    """
    sizes = {group.scope: group.people for group in groups}
    people = _people_of(sizes, teams)
    hidden = hidden_by_size(sizes, min_group) if people is None else hidden_scopes(people, min_group)
    return [
        replace(
            group,
            hidden=hidden.get(group.scope, ""),
            spread=group.spread if _tells_quartiles(group.people, min_group) else {},
        )
        for group in groups
    ]


def _people_of(sizes: Mapping[str, int], teams: Mapping[str, Collection[str]]) -> dict[str, list[str]] | None:
    """Who was in each group. A single one who is gone was where one is missing; of several nobody knows who was where: None."""
    found = _by_scope(teams.items())
    missing = {scope: size - len(found.get(scope, ())) for scope, size in sizes.items()}
    if found.keys() - sizes.keys() or any(number not in (0, 1) for number in missing.values()):
        return None
    return {scope: [*sorted(found.get(scope, ())), *[""] * number] for scope, number in missing.items()}


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
