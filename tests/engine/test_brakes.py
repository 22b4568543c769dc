"""What stops the guardian: budgets, the breaker, the kill switch, a broken policy, doubt."""

from datetime import timedelta

import pytest

from guardian.cli.exits import COULD_NOT_RUN, OK, PARTIAL, of_calendars, of_pass
from guardian.engine.cycle import sync_only
from guardian.engine.undo import approve
from guardian.errors import PolicyProblems
from tests.engine.policies import POLICY, policy
from tests.engine.town import ANA, BEN, Given, Town, at, town

FEW = policy(limits="per_person_day: 2, per_run: 50, per_day: 200, percent_of_run: 100")
BATCH = policy(limits="per_person_day: 50, per_run: 2, per_day: 200, percent_of_run: 100")
SHARE = policy(limits="per_person_day: 50, per_run: 50, per_day: 200, percent_of_run: 25")


def test_i9_over_the_budget_of_one_person_the_rest_is_held_and_others_go_on() -> None:
    with town(FEW) as place:
        for minute in (0, 10, 20, 30):
            place.invite(f"Ana {minute}", at(24, 9, minute), 5)
        place.invite("Ben", at(24, 9), guests=(BEN,))
        report = place.run()
        assert [given.person for given in place.answers].count(ANA) == 2
        assert [given.person for given in place.answers].count(BEN) == 1
        assert report.run.summary["actions"]["held"] == 2
        place.later(hours=1)
        place.run()
        assert len(place.answers) == 3


def test_i9_what_was_held_is_not_written_in_bulk_the_next_day() -> None:
    with town(FEW) as place:
        for minute in (0, 10, 20, 30):
            place.invite(f"Ana {minute}", at(27, 9, minute), 5)
        place.run()
        for _ in range(3):
            place.later(hours=23)
            place.run()
        assert len(place.answers) == 2


def test_i9_over_the_budget_of_a_run_nothing_of_the_batch_is_written() -> None:
    with town(BATCH) as place:
        events = [place.invite(f"Meeting {n}", at(24, 9, 10 * n), 5, guests=(ANA, BEN)) for n in range(2)]
        report = place.run()
        assert place.answers == []
        assert report.plan.tripped is not None
        assert "per_run" in report.plan.tripped
        assert all(place.flagged(event, who) for event in events for who in (ANA, BEN))
        assert {place.decision(event).held_by for event in events} == {"breaker"}


def test_i9_an_approval_releases_what_the_breaker_held() -> None:
    with town(BATCH) as place:
        events = [place.invite(f"Meeting {n}", at(24, 9, 10 * n), 5, guests=(ANA, BEN)) for n in range(2)]
        place.run()
        approve(place.engine, place.decision(events[0]).id, "operator")
        place.run()
        assert place.answers == [Given(ANA, events[0], "declined")]


def test_i9_f39_mass_evidence_is_distrusted() -> None:
    with town(SHARE) as place:
        for day in (24, 25, 26, 27):
            for minute in range(0, 60, 10):
                place.invite(f"Meeting {day} {minute}", at(day, 10, minute), 10)
        report = place.run()
        assert place.answers == []
        assert "percent_of_run" in (report.plan.tripped or "")


def test_s12_the_kill_switch_stops_everything_before_a_run(place: Town) -> None:
    place.invite("Status", at(24, 10))
    place.invite("Old", at(25, 10), created=at(20, 9))
    place.killed = lambda: True
    report = place.run()
    assert place.sandbox.writes == []
    assert {d.decision.outcome.value for d in report.decisions} == {"observe"}
    place.killed = lambda: False
    place.run()
    assert len(place.answers) == 1


@pytest.mark.parametrize("writes_before", range(6))
def test_s12_no_write_follows_the_switch_in_the_middle_of_a_run(place: Town, writes_before: int) -> None:
    for hour in (9, 10, 11):
        place.invite(f"Meeting {hour}", at(24, hour), guests=(ANA, BEN))
    place.killed = lambda: len(place.writes) >= writes_before
    place.run()
    # An act that had begun may end: one for each of the two people.
    assert writes_before <= len(place.answers) <= writes_before + 1
    place.killed = lambda: False
    place.later(minutes=2)
    place.run()
    assert sorted(given.person for given in place.answers) == [ANA] * 3 + [BEN] * 3
    assert len(place.replies) == 6


def test_i10_a_broken_policy_keeps_the_last_good_one_and_says_so(place: Town) -> None:
    event = place.invite("Status", at(24, 10))
    place.policy = POLICY.replace("mode: enforce", "mode: destroy")
    report = place.run()
    assert place.answers == [Given(ANA, event, "declined")]
    assert report.force.last_good
    assert report.force.problems
    assert of_pass(report) == PARTIAL


@pytest.mark.parametrize("text", ["", "version: 1\nrules: [", "version: 1\nversion: 1\n", POLICY[: len(POLICY) // 2]])
def test_i10_f15_a_file_cut_short_or_malformed_never_acts_by_itself(text: str) -> None:
    with town(text, accepted=False) as place:
        place.invite("Status", at(24, 10))
        with pytest.raises(PolicyProblems):
            place.run()
        assert list(place.sandbox.log) == []


def test_i10_a_changed_policy_starts_dry_again(place: Town) -> None:
    place.invite("Status", at(24, 10))
    place.policy = policy(bypass_limit=2)
    assert place.run().run.dry_run is True
    assert place.answers == []
    assert place.run().run.dry_run is False
    assert len(place.answers) == 1


def _fill(place: Town, number: int) -> list[str]:
    return [place.invite(f"Meeting {n}", at(24, 14, n)) for n in range(number)]


def _empty(place: Town, events: list[str]) -> None:
    for event in events:
        place.world.forget(ANA, event)
    place.world.expire_sync_tokens(ANA)


@pytest.mark.parametrize(("had", "lost", "doubted"), [(5, 5, True), (4, 4, False), (20, 11, True), (20, 10, False)])
def test_i8_a_calendar_that_lost_too_much_is_not_believed(place: Town, had: int, lost: int, doubted: bool) -> None:
    events = _fill(place, had)
    place.run()
    _empty(place, events[:lost])
    report = place.run()
    assert [failed["error"] for failed in report.run.summary["calendars"]["failed"]] == ["suspicious_read"] * doubted
    assert len(place.store.facts.occurrences(ANA)) == (had if doubted else had - lost)
    assert of_pass(report) == (PARTIAL if doubted else OK)


def test_i8_nothing_is_done_on_a_doubted_calendar(place: Town) -> None:
    events = _fill(place, 24)
    place.run()
    _empty(place, events[:20])
    place.invite("Status", at(25, 10), guests=(ANA, BEN))
    place.run()
    assert {given.person for given in place.answers} == {BEN}


def test_i8_a_doubted_calendar_is_believed_again_when_it_reads_normally(place: Town) -> None:
    events = _fill(place, 6)
    place.run()
    rows = dict(place.world.store.calendars[ANA].rows)
    _empty(place, events)
    assert place.run().run.summary["calendars"]["failed"]
    for row in rows.values():
        place.world.store.calendars[ANA].add(row)
    assert not place.run().run.summary["calendars"]["failed"]
    assert len(place.store.facts.occurrences(ANA)) == 6


def test_i8_three_equal_reads_over_half_an_hour_are_believed(place: Town) -> None:
    _empty(place, _fill_and_run(place))
    outcomes = []
    for _ in range(4):
        outcomes.append(bool(place.run().run.summary["calendars"]["failed"]))
        place.later(minutes=15)
    assert outcomes == [True, True, False, False]
    assert place.store.facts.occurrences(ANA) == []


def _fill_and_run(place: Town) -> list[str]:
    events = _fill(place, 6)
    place.run()
    return events


def test_i8_equal_reads_within_half_an_hour_are_not_enough(place: Town) -> None:
    _empty(place, _fill_and_run(place))
    for _ in range(5):
        assert place.run().run.summary["calendars"]["failed"]
        place.later(minutes=7)


def test_i8_a_person_may_confirm_what_was_doubted(place: Town) -> None:
    _empty(place, _fill_and_run(place))
    assert of_calendars(sync_only(place.engine, frozenset(), frozenset())) == PARTIAL
    assert of_calendars(sync_only(place.engine, frozenset(), frozenset({ANA}))) == OK
    assert place.store.facts.occurrences(ANA) == []


def test_i8_declines_and_blocks_of_ours_do_not_make_a_calendar_full() -> None:
    with town(policy(book=True)) as place:
        events = [place.invite(f"Meeting {n}", at(24, 10, n)) for n in range(6)]
        place.run()
        place.run()
        _empty(place, events)
        assert not place.run().run.summary["calendars"]["failed"]


def test_i12_refused_tokens_for_everybody_end_in_could_not_run(place: Town) -> None:
    place.run()
    place.sandbox.expire_access_tokens()
    place.world.switches.token_error = "unauthorized_client"
    place.invite("Status", at(24, 10))
    report = place.run()
    assert of_pass(report) == COULD_NOT_RUN
    assert {failed["error"] for failed in report.run.summary["calendars"]["failed"]} == {"access_lost"}
    assert place.sandbox.writes == []
    state = place.store.facts.calendar(ANA)
    assert state is not None
    assert state.error == "access_lost"
    assert state.last_success == place.clock()


def test_f40_after_weeks_of_standstill_there_is_no_burst() -> None:
    with town(FEW) as place:
        place.run()
        for day in (24, 25, 26, 27):
            for minute in (0, 20, 40):
                place.invite(f"Past {day} {minute}", at(day, 9, minute), 5)
        place.invite("Weekly", at(24, 10), series=["RRULE:FREQ=WEEKLY;COUNT=10"])
        place.clock.advance(timedelta(days=21))
        place.run()
        assert len(place.answers) == 2
        starts = {place.world.copy(ANA, given.event)["start"]["dateTime"] for given in place.answers}
        assert all(start > place.clock().isoformat() for start in starts)
