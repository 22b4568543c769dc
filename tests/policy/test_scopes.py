"""Scopes, and what policy and mailbox say about a person."""

import pytest

from guardian.errors import InputError
from guardian.model.people import HolidayCalendar, Person
from guardian.policy.membership import USUAL_HOURS, member_of
from guardian.policy.model import Hours, Scope, ScopeKind
from guardian.policy.scopes import applies, covers, narrowness
from tests.policy import worlds as w

EVERYONE, DESIGN = Scope(ScopeKind.EVERYONE), Scope(ScopeKind.TEAM, "design")
GROUP, PERSON = Scope(ScopeKind.GROUP, "Design@acme.example"), Scope(ScopeKind.PERSON, "Ana@acme.example")
ANA = w.member(teams=("design",), groups=("design@acme.example",))
BOB = w.member(w.BOB)


@pytest.mark.parametrize("scope", [EVERYONE, DESIGN, GROUP, PERSON])
def test_covers(scope: Scope) -> None:
    assert covers(scope, ANA)
    assert covers(scope, BOB) is (scope is EVERYONE)


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [((), -1), ((EVERYONE,), 0), ((EVERYONE, DESIGN), 1), ((DESIGN, GROUP), 2), ((PERSON, EVERYONE), 3)],
)
def test_the_narrowest_scope_that_covers_counts(scopes: tuple[Scope, ...], expected: int) -> None:
    assert narrowness(scopes, ANA) == expected


def test_not_for_wins_over_for() -> None:
    assert not applies((EVERYONE,), (DESIGN,), ANA)
    assert applies((EVERYONE,), (DESIGN,), BOB)
    assert not applies((DESIGN,), (), BOB)


@pytest.mark.parametrize(
    ("own", "mailbox", "team", "default", "expected"),
    [
        ("Asia/Tokyo", "Europe/Oslo", "Europe/Lisbon", "Europe/Berlin", "Asia/Tokyo"),
        (None, "Europe/Oslo", "Europe/Lisbon", "Europe/Berlin", "Europe/Oslo"),
        (None, None, "Europe/Lisbon", "Europe/Berlin", "Europe/Lisbon"),
        (None, "", None, "Europe/Berlin", "Europe/Berlin"),
        (None, None, None, None, "UTC"),
    ],
)
def test_whose_zone_counts(
    own: str | None, mailbox: str | None, team: str | None, default: str | None, expected: str
) -> None:
    policy = w.policy(teams=(w.team("design", w.ANA, timezone=team),), timezone=default)
    member = member_of(policy, Person(w.ANA, "google", timezone=own), mailbox, "UTC")
    assert member.zone.key == expected


def test_a_zone_nobody_knows_stops_the_person() -> None:
    """I8: an unknown zone is doubt, and the next best zone would be a guess."""
    with pytest.raises(InputError, match="unknown time zone"):
        member_of(w.policy(), Person(w.ANA, "google"), "Mars/Olympus", "UTC")


def test_hours_and_holidays_team_before_default() -> None:
    early, late = w.window("07:00", "15:00"), w.window("10:00", "18:00")
    norway, portugal = HolidayCalendar("NO"), HolidayCalendar("PT")
    lisbon = w.team("lisbon", w.ANA, hours=Hours(early), holidays=portugal)
    policy = w.policy(teams=(lisbon,), hours=Hours(late), holidays=norway)
    ana, bob = (member_of(policy, Person(p, "google"), None, "UTC").schedule for p in (w.ANA, w.BOB))
    assert (ana.hours, ana.holidays) == ((early,), portugal)
    assert (bob.hours, bob.holidays) == ((late,), norway)


@pytest.mark.parametrize("hours", [Hours(), Hours(from_mailbox=True)])
def test_usual_hours_where_nobody_says(hours: Hours) -> None:
    member = member_of(w.policy(hours=hours), Person(w.ANA, "google"), None, "UTC")
    assert member.schedule.hours == (USUAL_HOURS,)
    assert str(USUAL_HOURS) == "09:00-17:00"


def test_teams_list_people_and_groups() -> None:
    teams = (w.team("direct", "Ana@acme.example"), w.team("group", "group:Eng@acme.example"), w.team("other", w.BOB))
    policy = w.policy(teams=teams)
    assert member_of(policy, Person(w.ANA, "google"), None, "UTC").teams == ("direct",)
    assert member_of(policy, Person(w.ANA, "google"), None, "UTC", ("eng@ACME.example",)).teams == ("direct", "group")
