"""What the policy in force protects for somebody is what their weeks are measured by."""

from datetime import date

from guardian.engine.gauge import gauge_of
from guardian.model.people import Person
from guardian.model.time import WallWindow
from guardian.policy.loader import load
from guardian.policy.membership import member_of
from guardian.reports.gauge import Gauge

POLICY = load(
    {
        "policies.yaml": """
version: 1
defaults: {timezone: Europe/Berlin, internal_domains: [Acme.example, acme.test], mode_ceiling: enforce}
teams:
  core: {members: [ana@acme.example]}
  quiet: {members: [quiet@acme.example], mode_ceiling: "off"}
rules:
  - {id: mornings, type: focus_block, windows: [{days: [mon-fri], start: "09:00", end: "12:00"}], mode: observe}
  - {id: fridays, type: focus_block, for: ["team:core"], windows: [{days: [fri], start: "13:00", end: "15:00"}], mode: enforce}
  - {id: nights, type: focus_block, windows: [{days: [fri], start: "20:00", end: "21:00"}], mode: "off"}
  - {id: wednesday, type: meeting_free_day, days: [wed], except_dates: [2026-12-02], mode: flag}
  - {id: friday, type: meeting_free_day, days: [fri], shift_on_holiday: true, starts_on: 2026-12-01, ends_on: 2027-01-01, mode: flag}
"""
    }
).policy
MORNINGS = WallWindow(frozenset(range(5)), 9 * 60, 12 * 60)


def gauge(email: str, today: date | None = None) -> Gauge:
    person = Person(email, "google", band="B")
    return gauge_of(POLICY, member_of(POLICY, person, None, "UTC"), 42, today)


def test_the_windows_and_days_of_every_rule_that_covers_the_person_in_any_mode_but_off() -> None:
    ana, zoe = gauge("ana@acme.example"), gauge("zoe@other.example")
    assert ana.focus_bands == (MORNINGS, WallWindow(frozenset({4}), 13 * 60, 15 * 60))
    assert zoe.focus_bands == (MORNINGS,)
    assert (ana.free_weekdays, ana.free_day_exceptions) == (frozenset({2, 4}), frozenset({date(2026, 12, 2)}))
    assert ana.free_days_shift
    assert (ana.teams, ana.band, ana.organisation) == (("core",), "B", 42)
    assert ana.internal_domains == ("acme.example", "acme.test")
    assert ana.schedule.zone.key == "Europe/Berlin"


def test_a_ceiling_switches_rules_off() -> None:
    quiet = gauge("quiet@acme.example")
    assert (quiet.focus_bands, quiet.free_weekdays) == ((), frozenset())


def test_on_a_day_only_the_rules_that_hold_then_count() -> None:
    for day, free in ((date(2026, 11, 30), {2}), (date(2026, 12, 1), {2, 4}), (date(2027, 1, 1), {2})):
        found = gauge("ana@acme.example", day)
        assert found.free_weekdays == free
        assert found.free_days_shift == (4 in free)
