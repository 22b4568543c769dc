"""Small groups: whose numbers are hidden, so that nobody's week can be read out of a sum.

The choice is made once, where the sums of all teams are made, and every surface takes it from there: choices made view
by view can be played against each other.
"""

from collections.abc import Iterable, Mapping

from guardian.reports.load import PersonWeek

TOO_SMALL = "fewer than {min_group} people"
COMPLEMENT = "hidden so that a smaller team cannot be worked out"


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


def hidden_weeks(
    weeks: Iterable[PersonWeek], teams: Mapping[str, Iterable[str]], min_group: int
) -> dict[str, dict[str, str]]:
    """For every team, the weeks to hide with the reason; `weeks` are those of everybody, `teams` holds addresses.

    A team without any data in a week is no sibling in it.
    """
    present: dict[str, set[str]] = {}
    for week in weeks:
        present.setdefault(week.week, set()).add(week.person)
    hidden: dict[str, dict[str, str]] = {team: {} for team in teams}
    for name, people in present.items():
        sizes = {team: len(people.intersection(members)) for team, members in teams.items()}
        for team, reason in suppress({t: n for t, n in sizes.items() if n}, min_group).items():
            hidden[team][name] = reason
    return hidden
