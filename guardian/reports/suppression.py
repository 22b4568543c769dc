"""Which sums may be shown side by side, so that nothing about fewer than a few people can be worked out from them.

Whoever knows several sums over the same people may add them up and subtract them as they like: a team from the organisation,
or two teams from each other that share a person. A sum is told only where every such combination that is about anybody at
all is about `min_group` people or more.

People who are in the same shown groups cannot be told apart by these sums: they are one cell. A cell is written as its
groups; a combination gives each group a factor, and the people of a cell count with the sum of the factors of its groups. So
the question is whether there are factors for which some cells do not count as nothing, and together have few people.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import gcd

TOO_SMALL = "fewer than {min_group} people"
COMPLEMENT = "hidden so that a smaller team cannot be worked out"
ORG = "org"

STEPS, ALL_STEPS = 200_000, 2_000_000
"""So much is worked out for one set of groups and for all sets of a week; a set that this does not settle is taken to tell too
much."""

Cell = tuple[tuple[int, int], ...]
"""Whole factors by number of the group, sorted, without a common divisor, the first above 0."""


def hidden_scopes(people: Mapping[str, Collection[str]], min_group: int) -> dict[str, str]:
    """The groups to hide, with the reason for each. `people` are those with data, by group; `org` are all of them.

    Groups under `min_group` go, with as many siblings as `suppress` asks for. Of the others the largest come first: each is
    shown if it tells nothing about few people together with those that are shown already.
    """
    sizes = {scope: len(set(members)) for scope, members in people.items()}
    hidden = suppress({scope: size for scope, size in sizes.items() if scope != ORG}, min_group)
    if sizes.get(ORG, 0) < min_group:
        hidden[ORG] = TOO_SMALL.format(min_group=min_group)
    shown = [] if ORG in hidden else [ORG]
    rest = sorted((s for s in people if s not in hidden and s != ORG), key=lambda scope: (-sizes[scope], scope))
    work = Work()
    while rest:
        count = _together(people, shown, rest, min_group, work)
        shown += rest[:count]
        if count < len(rest):
            hidden[rest[count]] = COMPLEMENT
        rest = rest[count + 1 :]
    return hidden


@dataclass(slots=True)
class Work:
    """How much may still be worked out."""

    left: int = ALL_STEPS

    def some(self) -> "Work":
        """As much of it as one set of groups may take."""
        part = min(self.left, STEPS)
        self.left -= part
        return Work(part)

    def back(self, rest: "Work") -> None:
        """What it did not take."""
        self.left += max(rest.left, 0)


def _together(
    people: Mapping[str, Collection[str]], shown: Sequence[str], more: Sequence[str], min_group: int, work: Work
) -> int:
    """How many of `more`, from the first on, can be shown as well. Fewer never tell more, so halving finds it."""
    if not tells_of_few(people, [*shown, *more], min_group, work):
        return len(more)
    low, high = 0, len(more)
    while high - low > 1:
        middle = (low + high) // 2
        if tells_of_few(people, [*shown, *more[:middle]], min_group, work):
            high = middle
        else:
            low = middle
    return low


def hidden_by_size(sizes: Mapping[str, int], min_group: int) -> dict[str, str]:
    """As `hidden_scopes` where it is not known any more who was in which group: besides everybody only one team can be shown,
    the largest that leaves no few others."""
    hidden = suppress({scope: size for scope, size in sizes.items() if scope != ORG}, min_group)
    everybody = sizes.get(ORG, 0)
    if everybody < min_group:
        hidden[ORG] = TOO_SMALL.format(min_group=min_group)
    rest = sorted((s for s in sizes if s != ORG and s not in hidden), key=lambda scope: (-sizes[scope], scope))
    alone = next((s for s in rest if not 0 < everybody - sizes[s] < min_group), None)
    return hidden | {scope: COMPLEMENT for scope in rest if scope != alone}


def suppress(sizes: Mapping[str, int], min_group: int) -> dict[str, str]:
    """The sibling groups to hide by their sizes alone, with the reason for each; `sizes` are people with data.

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


def tells_of_few(
    people: Mapping[str, Collection[str]], shown: Iterable[str], min_group: int, work: Work | None = None
) -> bool:
    """Whether some combination of the sums of the `shown` groups is about somebody, and about fewer than `min_group`.

    Exact, but for a limit on the work: where that is reached the answer is yes.
    """
    whole = work or Work()
    if min_group <= 1 or whole.left <= 0:
        return min_group > 1
    groups_of: dict[str, list[int]] = {}
    for number, scope in enumerate(sorted(set(shown))):
        for person in set(people[scope]):
            groups_of.setdefault(person, []).append(number)
    sizes = Counter(tuple((number, 1) for number in groups) for groups in groups_of.values())
    part = whole.some()
    found = _finds(sizes, (), min_group - 1, part)
    whole.back(part)
    return found


def _finds(cells: Mapping[Cell, int], chosen: Collection[Cell], few: int, work: Work) -> bool:
    """Whether a combination can be about `few` people of these cells at most, besides those of the `chosen` cells.

    Goes through the cases: a cell counts as nothing, or its people are among the few.
    """
    while too_many := [cell for cell, size in cells.items() if size > few]:  # they must count as nothing
        if work.left < 0:
            return True
        nothing = min(too_many, key=len)
        cells, chosen = _without(cells, nothing, work), _without(dict.fromkeys(chosen, 0), nothing, work)
    if sum(cells.values()) <= few:
        return bool(cells or chosen)
    largest = max(cells, key=lambda cell: cells[cell])
    rest = {cell: size for cell, size in cells.items() if cell != largest}
    if work.left < 0 or _finds(rest, (*chosen, largest), few - cells[largest], work):
        return True
    return _finds(_without(cells, largest, work), _without(dict.fromkeys(chosen, 0), largest, work), few, work)


def _without(cells: Mapping[Cell, int], nothing: Cell, work: Work) -> dict[Cell, int]:
    """The cells as they are where the factors are such that this one counts as nothing: its first group is written by its
    others. Cells that are multiples of each other count as nothing together, so they are one."""
    (group, lead), found = nothing[0], dict[Cell, int]()
    work.left -= len(cells) // 4
    for cell, size in cells.items():
        written = cell
        if any(number == group for number, _ in cell):
            factors = dict(cell)
            work.left -= len(cell) + len(nothing)
            written = _written(factors, nothing, factors[group], lead)
        if written:
            found[written] = found.get(written, 0) + size
    return found


def _written(factors: Mapping[int, int], nothing: Cell, by: int, lead: int) -> Cell:
    total = {number: factor * lead for number, factor in factors.items()}
    for number, factor in nothing:
        total[number] = total.get(number, 0) - by * factor
    left = sorted((number, factor) for number, factor in total.items() if factor)
    common = gcd(*(factor for _, factor in left)) if left and left[0][1] > 0 else -gcd(*(f for _, f in left))
    return tuple((number, factor // common) for number, factor in left)
