"""Person-weeks close and stay; sums of groups follow them; what is hidden is decided where it is stored."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardian.engine.house import Engine
from guardian.engine.rollup import refresh_groups
from guardian.model.ids import ulid
from guardian.model.ledger import Owner
from guardian.model.people import Person
from guardian.model.time import Week, zone_named
from guardian.ports import Belonging
from guardian.reports.groups import group_weeks
from guardian.reports.suppression import COMPLEMENT
from guardian.reports.weeks import COUNTS, GroupWeek, PersonWeek, WeekColumns, closes_at
from guardian.store.database import SqlStore
from tests.store_world import ANA, BEN, NOW, later, meeting, person_week, window_read

CLOSES = closes_at(Week.parse("2026-W47"), zone_named("Europe/Madrid"))
OPEN = "2026-W47"
CLOSED = "2026-W40"
CORE = tuple(f"c{n}@acme.example" for n in range(6))
SIDE = tuple(f"s{n}@acme.example" for n in range(5))
EDGE = tuple(f"e{n}@acme.example" for n in range(3))
TEAMS = {"core": CORE, "side": SIDE, "edge": EDGE}


@dataclass
class Desk:
    """An engine without calendars: a store, a roster and a policy whose teams tests change."""

    store: SqlStore
    people: list[Person] = field(default_factory=list)
    teams: Mapping[str, Sequence[str]] = field(default_factory=dict)
    now: datetime = NOW
    min_group: int = 5

    def refresh(self) -> int:
        return refresh_groups(self.engine())

    def engine(self) -> Engine:
        return Engine(
            store=self.store,
            providers={},
            roster=lambda: self.people,
            policy_files=lambda: {"policies.yaml": self._policy()},
            clock=lambda: self.now,
            killed=lambda: False,
            owner=Owner("desk", os.getpid()),
            new_id=lambda now: ulid(now, bytes(10)),
            sleep=lambda _seconds: None,
            min_group=self.min_group,
        )

    def _policy(self) -> str:
        names = "".join(f"  {team}: {{members: [{', '.join(of)}]}}\n" for team, of in self.teams.items())
        return f"version: 1\nteams:\n{names}" if names else "version: 1\n"

    def hidden(self, week: str = OPEN) -> dict[str, str]:
        return {group.scope: group.hidden for group in self.store.rollups.groups(week, week)}


@pytest.fixture
def desk(store: SqlStore) -> Desk:
    """Three teams of six, five and three people, each person with an hour of meetings this week."""
    found = Desk(store, [Person(email, "google") for of in TEAMS.values() for email in of], TEAMS)
    store.rollups.save_weeks([person_week(p.email, OPEN, meeting_minutes=60) for p in found.people], NOW)
    return found


def one(store: SqlStore, person: str = ANA, week: str = OPEN) -> PersonWeek:
    (found,) = store.rollups.weeks(week, week, [person])
    return found


# --- closing


def test_a_week_changes_until_it_closes_and_then_stays(store: SqlStore) -> None:
    save = store.rollups.save_weeks
    save([person_week(meetings=1)], CLOSES - timedelta(minutes=2))
    save([person_week(meetings=2)], CLOSES - timedelta(minutes=1))
    assert one(store).meetings == 2
    save([person_week(meetings=3)], CLOSES)
    save([person_week(meetings=4)], CLOSES + timedelta(minutes=1))
    assert one(store).meetings == 3


def test_the_first_measure_after_closing_is_final_even_where_it_says_the_same(store: SqlStore) -> None:
    for minutes, meetings in ((-1, 1), (1, 1), (2, 9)):
        store.rollups.save_weeks([person_week(meetings=meetings)], CLOSES + timedelta(minutes=minutes))
    assert one(store).meetings == 1


def test_a_week_closes_where_the_person_lives(store: SqlStore) -> None:
    for person, zone in ((ANA, "Pacific/Auckland"), (BEN, "America/Los_Angeles")):
        store.rollups.save_weeks([person_week(person, zone=zone)], CLOSES)
        store.rollups.save_weeks([person_week(person, zone=zone, meetings=7)], CLOSES + timedelta(minutes=1))
    assert (one(store).meetings, one(store, BEN).meetings) == (0, 7)


# --- what is dirty


def test_a_read_marks_its_weeks_and_those_after_in_its_own_transaction(store: SqlStore) -> None:
    read = replace(window_read(meeting(1)), weeks=(person_week(),))
    store.facts.replace_window(read, NOW)
    assert set(store.rollups.dirty()) == {OPEN, "2026-W48"}
    store.rollups.save_groups(OPEN, 1, [], 5)
    store.rollups.save_groups("2026-W48", 1, [], 5)
    store.facts.replace_window(read, later(5))
    assert store.rollups.dirty() == {}
    with pytest.raises(AttributeError):
        store.facts.replace_window(replace(read, weeks=(person_week(meetings=2), None)), later(6))  # type: ignore[arg-type]
    assert (store.rollups.dirty(), one(store).meetings) == ({}, 0)


def test_what_changes_while_the_sums_are_made_stays_dirty(store: SqlStore) -> None:
    store.rollups.save_weeks([person_week()], NOW)
    slow = store.rollups.dirty()[OPEN]
    store.rollups.save_groups(OPEN, slow, [], 5)  # somebody else was faster
    store.rollups.save_weeks([person_week(meetings=1)], later(1))
    store.rollups.save_groups(OPEN, slow, [], 5)
    assert OPEN in store.rollups.dirty()
    store.rollups.save_groups(OPEN, store.rollups.dirty()[OPEN], [], 5)
    assert OPEN not in store.rollups.dirty()


def test_after_a_crash_between_facts_and_sums_the_next_pass_sums(desk: Desk) -> None:
    desk.refresh()
    desk.store.facts.replace_window(
        replace(window_read(mailbox=CORE[0]), weeks=(person_week(CORE[0], teams=("core",), meeting_minutes=100),)), NOW
    )
    assert org(desk).meeting_minutes == 14 * 60  # the process died here
    assert desk.refresh() == 2
    assert org(desk).meeting_minutes == 13 * 60 + 100
    assert desk.refresh() == 0


def org(desk: Desk, week: str = OPEN) -> GroupWeek:
    (found,) = desk.store.rollups.groups(week, week, "org")
    return found


# --- sums


ROWS = st.lists(
    st.builds(
        person_week,
        st.sampled_from([*CORE, *SIDE, *EDGE]),
        st.sampled_from(["2026-W48", "2026-W49"]),
        teams=st.lists(st.sampled_from(sorted(TEAMS)), unique=True).map(tuple),
        band=st.sampled_from([None, "A", "B"]),
        **{name: st.integers(0, 10_000) for name in ("meetings", "meeting_minutes", "available_minutes")},
        square_minutes=st.integers(0, 2**40),
    ),
    unique_by=attrgetter("person", "week"),
    min_size=1,
    max_size=20,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ROWS)
def test_the_sums_of_a_group_are_those_of_its_people(store: SqlStore, rows: list[PersonWeek]) -> None:
    store.rollups.follow({}, NOW)
    store.rollups.save_weeks(rows, NOW)
    Desk(store, [Person(row.person, "google") for row in rows]).refresh()  # without a policy nobody is in a team
    for week in ("2026-W48", "2026-W49"):
        mine = [row for row in rows if row.week == week]
        found = {group.scope: group for group in store.rollups.groups(week, week)}
        assert set(found) == ({"org"} if mine else set())
        for name in COUNTS if mine else ():
            assert getattr(found["org"], name) == sum(map(attrgetter(name), mine))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ROWS)
def test_a_group_comes_back_as_it_was_summed(store: SqlStore, rows: list[PersonWeek]) -> None:
    week = rows[0].week
    groups = group_weeks(WeekColumns.from_rows(week, [row for row in rows if row.week == week]), {}, 2)
    store.rollups.save_groups(week, 0, groups, 2)
    assert store.rollups.groups(week, week) == groups


def test_every_count_has_its_place(store: SqlStore) -> None:
    full = person_week(teams=("core", "edge"), band="A", longest_run_minutes=7)
    counts: dict[str, Any] = {name: number for number, name in enumerate(COUNTS)}
    full = replace(full, **counts)
    store.rollups.save_weeks([full, person_week(BEN)], NOW)
    assert one(store) == full
    columns = store.rollups.columns(full.week)
    assert {name: column[0] for name, column in zip(COUNTS, columns.counts, strict=True)} == counts
    assert (columns.people, columns.teams, columns.bands) == ((ANA, BEN), [full.teams, ()], ("A", None))


# --- who is hidden


def test_small_teams_and_what_would_give_them_away_are_hidden_in_the_stored_row(desk: Desk) -> None:
    desk.refresh()
    small, next_smallest = desk.hidden().pop("team:edge"), desk.hidden().pop("team:side")
    assert (small, next_smallest) == ("fewer than 5 people", COMPLEMENT)
    assert desk.hidden() | {"team:edge": "", "team:side": ""} == dict.fromkeys(
        ("org", "team:core", "team:edge", "team:side"), ""
    )


def test_another_minimum_decides_every_week_anew_from_its_sums(desk: Desk) -> None:
    desk.store.rollups.save_groups(CLOSED, 0, closed_groups(), 5)  # its person-weeks are gone already
    desk.refresh()
    sums = org(desk, CLOSED).meeting_minutes
    assert desk.hidden(CLOSED)["team:core"] == ""
    desk.min_group = 7
    desk.refresh()
    for week in (OPEN, CLOSED):
        assert [scope for scope, why in desk.hidden(week).items() if not why] == ["org"]
    assert org(desk, CLOSED).meeting_minutes == sums
    desk.min_group = 3
    desk.refresh()
    assert set(desk.hidden(OPEN).values()) == {""}
    assert [scope for scope, why in desk.hidden(CLOSED).items() if not why] == ["org", "team:core"]  # who was where?
    assert desk.store.rollups.decided_otherwise(3) == []


def closed_groups() -> list[GroupWeek]:
    rows = [person_week(p, CLOSED, teams=(team,), meeting_minutes=60) for team, of in TEAMS.items() for p in of]
    return group_weeks(WeekColumns.from_rows(CLOSED, rows), {}, 5)


def test_quartiles_go_when_the_minimum_rises(desk: Desk) -> None:
    rows = [person_week(p.email, OPEN, available_minutes=2400, meeting_minutes=60) for p in desk.people]
    desk.store.rollups.save_weeks(rows, later(1))
    desk.refresh()
    assert org(desk).spread["meeting_minutes"] == (60, 60, 60)
    desk.min_group = 8
    desk.refresh()
    assert org(desk).spread == {}


# --- who belongs where


def test_open_weeks_follow_the_teams_and_bands_of_now_and_closed_ones_do_not(store: SqlStore) -> None:
    weeks = [person_week(week=week, teams=("core",), band="A") for week in (CLOSED, OPEN, "2026-W49")]
    store.rollups.save_weeks(weeks, NOW)
    store.rollups.follow({ANA: Belonging(("edge", "core"), "B")}, NOW)
    found = [(w.week, w.teams, w.band) for w in store.rollups.weeks("2026-W01", "2026-W53")]
    moved = [(week, ("core", "edge"), "B") for week in (OPEN, "2026-W49")]
    assert found == [(CLOSED, ("core",), "A"), *moved]


def test_following_what_is_so_already_writes_nothing(desk: Desk) -> None:
    desk.refresh()
    desk.store.rollups.follow({p.email: Belonging((team,)) for team, of in TEAMS.items() for p in persons(of)}, NOW)
    assert desk.store.rollups.dirty() == {}


def persons(emails: Iterable[str]) -> list[Person]:
    return [Person(email, "google") for email in emails]


def test_people_dropped_from_the_roster_lose_their_open_weeks_only(desk: Desk) -> None:
    gone = EDGE[0]
    desk.store.rollups.save_weeks([person_week(gone, CLOSED, meeting_minutes=5)], NOW)
    desk.refresh()
    desk.people = [person for person in desk.people if person.email != gone]
    desk.refresh()
    assert [w.week for w in desk.store.rollups.weeks("2026-W01", "2026-W53", [gone])] == [CLOSED]
    assert (org(desk).people, org(desk, CLOSED).people) == (13, 1)


def test_who_comes_when_a_closed_week_was_told_stays_out_of_its_sums(desk: Desk) -> None:
    """Reading the sums before and after would tell the newcomer's week."""
    save = desk.store.rollups.save_weeks
    save([person_week(p.email, CLOSED, teams=("core",), meeting_minutes=60) for p in desk.people], NOW)
    desk.refresh()
    told = org(desk, CLOSED)
    save([person_week("new@acme.example", week, teams=("core",), meeting_minutes=7) for week in (CLOSED, OPEN)], NOW)
    desk.people.append(Person("new@acme.example", "google"))
    desk.refresh()
    assert org(desk, CLOSED) == told
    assert org(desk).people == len(desk.people)
    assert one(desk.store, "new@acme.example", CLOSED).meeting_minutes == 7
    save([person_week(CORE[0], CLOSED, teams=("core",), meeting_minutes=61)], NOW)
    desk.refresh()
    assert org(desk, CLOSED) == told


def test_who_comes_while_a_closed_week_is_hidden_is_counted(desk: Desk) -> None:
    """An installation that begins with a few people."""
    for number, person in enumerate(desk.people[:6]):
        desk.store.rollups.save_weeks([person_week(person.email, CLOSED, meeting_minutes=60)], NOW)
        desk.refresh()
        assert org(desk, CLOSED).people == min(number + 1, 5)


def test_a_team_that_nobody_is_in_any_more_has_no_open_week(desk: Desk) -> None:
    desk.refresh()
    desk.teams = {"core": CORE, "side": (*SIDE, *EDGE)}
    desk.refresh()
    assert set(desk.hidden()) == {"org", "team:core", "team:side"}
    (side,) = desk.store.rollups.groups(OPEN, OPEN, "team:side")
    assert (side.people, side.hidden) == (8, "")


@pytest.mark.parametrize("change", [lambda desk: None, lambda desk: desk.people.pop()])
def test_how_many_came_and_left_is_told_anew_when_the_week_before_changes(
    desk: Desk, change: Callable[[Desk], object]
) -> None:
    first, second = "2026-W48", "2026-W49"
    for week in (first, second):
        desk.store.rollups.save_weeks([person_week(p.email, week) for p in desk.people], NOW)
    desk.refresh()
    assert org(desk, second).moved == 0
    change(desk)
    desk.store.rollups.save_weeks([person_week("new@acme.example", first)], later(1))
    desk.people.append(Person("new@acme.example", "google"))
    desk.refresh()
    assert org(desk, second).moved == 1


def test_ten_thousand_people_are_followed(store: SqlStore) -> None:
    """More names than a statement takes values."""
    people = {f"p{number}@acme.example": Belonging() for number in range(40_000)}
    store.rollups.save_weeks([person_week(), person_week("p7@acme.example")], NOW)
    store.rollups.follow(people, NOW)
    assert [w.person for w in store.rollups.weeks(OPEN, OPEN)] == ["p7@acme.example"]
