"""No combination of what is shown is about few people: checked by brute force, over every few people there are."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.reports.groups import decided_anew, group_weeks
from guardian.reports.suppression import COMPLEMENT, ORG, TOO_SMALL, Work, hidden_by_size, hidden_scopes, tells_of_few
from guardian.reports.weeks import PersonWeek, WeekColumns

People = Mapping[str, Collection[str]]


def rank(rows: Sequence[Sequence[int]]) -> int:
    """Of a matrix, exactly."""
    left = [[Fraction(number) for number in row] for row in rows]
    found = 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        found += 1
        left = [
            [a - b * row[column] / pivot[column] for a, b in zip(row, pivot, strict=True)] if row[column] else row
            for row in left
        ]
    return found


def few_told(people: People, shown: Collection[str], min_group: int) -> set[str] | None:
    """Some people, fewer than `min_group`, about whom alone a combination of the shown sums says something."""
    everybody = sorted({person for members in people.values() for person in members})
    whole = [[int(person in people[scope]) for person in everybody] for scope in sorted(shown)]
    full = rank(whole)
    for size in range(1, min_group):
        for few in combinations(range(len(everybody)), size):
            others = [[number for at, number in enumerate(row) if at not in few] for row in whole]
            if rank(others) < full:
                return {everybody[at] for at in few}
    return None


def organisation(teams: Mapping[str, str], others: str = "") -> dict[str, set[str]]:
    """Teams of people who are one letter each; `others` are in no team."""
    named = {f"team:{name}": set(members) for name, members in teams.items()}
    return {ORG: set().union(others, *named.values()), **named}


OVERLAPPING = st.tuples(
    st.dictionaries(st.sampled_from("ABCDE"), st.text("abcdefghi", min_size=1, max_size=9), max_size=5),
    st.text("ghijk", max_size=3),
).map(lambda made: organisation(*made))

DISJOINT = st.dictionaries(st.sampled_from("abcdefghi"), st.sampled_from("ABC "), min_size=1).map(
    lambda where: organisation(
        {team: "".join(p for p, of in where.items() if of == team) for team in set(where.values()) - {" "}},
        "".join(p for p, of in where.items() if of == " "),
    )
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(OVERLAPPING, DISJOINT), st.integers(1, 4))
def test_no_combination_of_shown_sums_is_about_few_people(people: dict[str, set[str]], min_group: int) -> None:
    hidden = hidden_scopes(people, min_group)
    shown = [scope for scope in people if scope not in hidden]
    assert all(len(people[scope]) >= min_group for scope in shown)
    assert few_told(people, shown, min_group) is None


@settings(max_examples=150, deadline=None)
@given(OVERLAPPING, st.integers(1, 4))
def test_the_search_finds_exactly_what_there_is(people: dict[str, set[str]], min_group: int) -> None:
    everybody = {scope: members for scope, members in people.items() if members}
    assert tells_of_few(everybody, everybody, min_group) is (few_told(everybody, everybody, min_group) is not None)


@pytest.mark.parametrize(
    ("people", "hidden"),
    [
        # One person is in both teams, and everybody is in one of them: A + B - org is that person.
        (organisation({"A": "abcdefp", "B": "pghijkl"}), {"team:B"}),
        # The same where enough are in no team: nothing can be subtracted.
        (organisation({"A": "abcdefp", "B": "pghijkl"}, "uvwxyz"), set()),
        # Everybody but two is in a team: org - A - B are the two.
        (organisation({"A": "abcdef", "B": "ghijkl"}, "uv"), {"team:B"}),
        # Two teams that are nearly the same people: their difference is one.
        (organisation({"A": "abcdef", "B": "abcdefg"}, "uvwxyz"), {"team:A"}),
        # A team across the others: it has no part of its own that could be told apart from them.
        (organisation({"A": "abcdef", "B": "ghijkl", "C": "agbhci"}), set()),
        # A team that is made of two others.
        (organisation({"A": "abcde", "B": "fghij", "C": "abcdefghij"}, "uvwxyz"), set()),
        # Two teams that are everybody.
        (organisation({"A": "abcdef", "B": "abcdef"}), set()),
    ],
)
def test_who_is_hidden(people: People, hidden: set[str]) -> None:
    found = hidden_scopes(people, 5)
    assert set(found) == hidden
    assert set(found.values()) <= {COMPLEMENT}


def crossing(*dimensions: tuple[str, int], everybody: int) -> dict[str, set[str]]:
    """Everybody is in one team of each dimension, drawn by a fixed lot."""
    lot, people = Random(1), dict[str, set[str]]()
    for number in range(everybody):
        for scope in (ORG, *(f"team:{name}{lot.randrange(count)}" for name, count in dimensions)):
            people.setdefault(scope, set()).add(str(number))
    return people


def test_projects_across_departments_are_shown() -> None:
    assert hidden_scopes(crossing(("department", 20), ("project", 20), everybody=300), 5) == {}


def test_of_very_many_crossing_teams_some_are_shown() -> None:
    """More than can be worked out to the end: the limit on the work hides some, and not all."""
    people = crossing(("department", 60), ("project", 150), ("guild", 41), everybody=2000)
    assert 0 < len(hidden_scopes(people, 5)) < len(people)


def test_what_cannot_be_settled_is_hidden() -> None:
    people = organisation({"A": "abcdef", "B": "ghijkl", "C": "agbhci"})
    assert not tells_of_few(people, people, 5)
    assert tells_of_few(people, people, 5, Work(0))


# --- decided anew


def week_of(person: str, *teams: str) -> PersonWeek:
    return PersonWeek(person=person, week="2026-W47", zone="UTC", teams=teams, meeting_minutes=60)


CROSSING = [week_of(p, *[t for t, of in {"A": "abcdefp", "B": "pghijkl"}.items() if p in of]) for p in "abcdefpghijkl"]


def hidden_under(min_group: int, left: Sequence[PersonWeek]) -> dict[str, str]:
    summed = group_weeks(WeekColumns.from_rows("2026-W47", CROSSING), {}, 5)
    found = decided_anew(summed, {row.person: row.teams for row in left}, min_group)
    return {group.scope: group.hidden for group in found if group.hidden}


def test_another_minimum_knows_who_was_in_which_team() -> None:
    assert hidden_under(1, CROSSING) == {}
    assert hidden_under(2, CROSSING) == {"team:B": COMPLEMENT}


def test_one_who_was_forgotten_is_still_counted() -> None:
    """The person in both teams: without them the teams would seem to share nobody."""
    assert hidden_under(2, [row for row in CROSSING if row.person != "p"]) == {"team:B": COMPLEMENT}


def test_where_several_were_forgotten_one_team_at_most_is_shown() -> None:
    assert hidden_under(2, CROSSING[2:]) == {"team:B": COMPLEMENT}
    assert hidden_under(2, []) == {"team:B": COMPLEMENT}


@settings(max_examples=100, deadline=None)
@given(OVERLAPPING, st.integers(1, 4))
def test_by_sizes_alone_nothing_is_about_few_people_either(people: dict[str, set[str]], min_group: int) -> None:
    everybody = {scope: members for scope, members in people.items() if members}
    hidden = hidden_by_size({scope: len(members) for scope, members in everybody.items()}, min_group)
    assert few_told(everybody, everybody.keys() - hidden.keys(), min_group) is None


def test_small_groups_say_so() -> None:
    assert hidden_scopes(organisation({"A": "ab"}), 3) == dict.fromkeys((ORG, "team:A"), TOO_SMALL.format(min_group=3))
