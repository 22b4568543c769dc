"""Before and after a rule, from what is stored."""

from datetime import UTC, date, datetime, timedelta

import pytest

from guardian.engine.reporting import change_report
from guardian.engine.rollup import refresh_groups
from guardian.errors import InputError
from guardian.model.people import Person
from guardian.ports import StoredPolicy
from guardian.store.database import SqlStore
from tests.engine.reporting_world import CORE, NOW, PEOPLE, weigh
from tests.store.test_rollups import Desk
from tests.store_world import person_week


def test_before_and_after_a_day_per_forty_hours(desk: Desk) -> None:
    for number in range(36, 46):
        busy = 600 if number <= 40 else 300
        weigh(desk, f"2026-W{number}", meeting_minutes=busy, available_minutes=1200, contract_minutes=1200)
    body = change_report(desk.engine(), "org", date(2026, 10, 5))
    shown = {row["metric"]: row for row in body["changes"]}
    assert (body["start"], body["before"][-1], body["after"][0]) == ("2026-W41", "2026-W40", "2026-W42")
    assert (shown["meeting_minutes"]["before"], shown["meeting_minutes"]["change"]) == (1200.0, -600.0)


def test_what_is_only_planned_is_not_compared(desk: Desk) -> None:
    """It is Monday, 23 November: the week that ended yesterday closes tomorrow night."""
    for number in range(36, 53):
        weigh(desk, f"2026-W{number}", meeting_minutes=600, available_minutes=2400, contract_minutes=2400)
    body = change_report(desk.engine(), "org", date(2026, 10, 19))
    assert body["after"] == ["2026-W44", "2026-W45", "2026-W46"]
    assert {"week": "2026-W47", "reason": "not closed yet"} in body["left_out"]
    assert body["changes"] == []


OBSERVED = """
version: 1
teams: {core: {members: [p0@acme.example, p1@acme.example, p2@acme.example]}}
rules: [{id: quiet, type: meeting_free_day, days: [wed], action: decline, mode: MODE}]
defaults: {timezone: UTC, mode_ceiling: enforce}
"""


@pytest.mark.parametrize(
    ("modes", "weeks"),
    [
        ((), 0),
        (("observe", "flag"), 5),
        (("observe", "off", "flag"), 1),
        (("enforce", "observe"), 1),
        (("observe", "broken"), None),
    ],
)
def test_how_long_a_rule_was_observed_is_told_by_the_policies_accepted(
    desk: Desk, modes: tuple[str, ...], weeks: int | None
) -> None:
    """Accepted four weeks apart, the last one ten days before the rule was enforced."""
    enforced = NOW - timedelta(weeks=6)
    registry = desk.store.registry
    for number, mode in enumerate(reversed(modes)):
        at = enforced - timedelta(days=10 + 28 * number)
        registry.save_policy(StoredPolicy(f"v{number}", {"p.yaml": OBSERVED.replace("MODE", mode)}, at, at))
    registry.enforcing(CORE[0], {"quiet": "f"}, enforced)
    body = change_report(desk.engine(), "team:core", None)
    assert body["observed_weeks"] == weeks
    assert any("was observed for" in note for note in body["notes"]) is (weeks is not None and weeks < 2)


def test_without_a_day_it_is_the_rule_that_was_enforced_last(desk: Desk) -> None:
    with pytest.raises(InputError, match="no rule is enforced"):
        change_report(desk.engine(), "org", None)
    registry = desk.store.registry
    registry.enforcing(CORE[0], {"old": "f1"}, NOW - timedelta(weeks=20))
    registry.enforcing(CORE[1], {"old": "f1", "new": "f2"}, NOW - timedelta(weeks=6))
    assert (change_report(desk.engine(), "org", None)["rule"], change_report(desk.engine(), "org", None)["start"]) == (
        "new",
        "2026-W42",
    )
    assert change_report(desk.engine(), "org", None, rule="old")["start"] == "2026-W28"
    with pytest.raises(InputError, match="enforced are: new, old"):
        change_report(desk.engine(), "org", None, rule="nwe")


def test_teams_without_the_rule_are_taken_off(store: SqlStore) -> None:
    teams = {"with": PEOPLE[:5], "without": [f"q{n}@acme.example" for n in range(5)]}
    people = [Person(email, "google") for of in teams.values() for email in of]
    desk = Desk(store, people, teams, NOW)
    for number in range(36, 47):
        rows = [
            person_week(
                email, f"2026-W{number}", zone="UTC", teams=(team,), available_minutes=2400, contract_minutes=2400,
                meeting_minutes=600 if number <= 40 else (300 if team == "with" else 500),
            )
            for team, of in teams.items()
            for email in of
        ]  # fmt: skip
        store.rollups.save_weeks(rows, NOW)
    refresh_groups(desk.engine())
    store.registry.enforcing(PEOPLE[0], {"rule": "f"}, datetime(2026, 10, 5, tzinfo=UTC))
    body = change_report(desk.engine(), "team:with", None)
    shown = {row["metric"]: row for row in body["changes"]}["meeting_minutes"]
    assert (shown["change"], shown["elsewhere"], shown["net"]) == (-300.0, -100.0, -200.0)
