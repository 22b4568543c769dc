"""What a poll costs, when a calendar is read whole, and what one bad calendar or event may spoil."""

from datetime import timedelta

import pytest

from guardian.engine.cycle import Request, run_pass
from guardian.model.time import Interval
from tests.engine.policies import policy
from tests.engine.town import ANA, BEN, ENROLLED, Given, Town, at, town

BLOCKS = policy(book=True)


def settled(place: Town) -> None:
    """Until nothing of ours is news to us any more."""
    for _ in range(3):
        place.run()


def cost(place: Town, who: str) -> int:
    """Calls of the calendar service that one pass makes for somebody, token calls aside."""
    before = len(place.sandbox.log)
    place.run()
    return sum(entry.person == who and entry.path != "/token" for entry in list(place.sandbox.log)[before:])


def test_an_unchanged_calendar_costs_one_request(place: Town) -> None:
    place.invite("Status", at(24, 10), guests=ENROLLED)
    settled(place)
    assert [cost(place, who) for who in ENROLLED] == [1, 1]


def test_an_unchanged_calendar_with_blocks_of_ours_costs_one_request() -> None:
    with town(BLOCKS) as place:
        settled(place)
        assert cost(place, ANA) == 1


def test_a_changed_calendar_costs_two_requests(place: Town) -> None:
    settled(place)
    place.invite("Lunch", at(24, 14))
    assert cost(place, ANA) == 2
    place.invite("Dinner", at(24, 15))
    assert cost(place, BEN) == 1


def test_own_writes_cost_one_further_read_and_then_nothing(place: Town) -> None:
    place.invite("Status", at(24, 10))
    place.run()
    assert [cost(place, ANA) for _ in range(3)] == [2, 1, 1]


def test_f7_f12_what_no_hint_told_is_found_by_the_daily_read(place: Town) -> None:
    event = place.invite("Lunch", at(26, 14))
    settled(place)
    place.world.conceal(ANA, event)
    place.world.move(event, at(26, 15), at(26, 16))
    place.later(hours=23)
    place.run()
    stored = place.store.facts.find(ANA, event)
    assert stored is not None
    assert stored.occurrence.when == Interval(at(26, 14), at(26, 14, 30))
    place.later(hours=1)
    place.run()
    place.assert_converged()


def test_settings_are_asked_for_once_a_day(place: Town) -> None:
    settled(place)
    place.later(hours=23)
    place.run()
    asked = [entry for entry in place.sandbox.log if entry.path.endswith("/settings")]
    assert len(asked) == len(ENROLLED)
    place.later(hours=1)
    place.run()
    asked = [entry for entry in place.sandbox.log if entry.path.endswith("/settings")]
    assert len(asked) == 2 * len(ENROLLED)


def test_the_window_rolls_and_time_brings_meetings_into_it(place: Town) -> None:
    far = at(24, 10) + timedelta(days=63)
    event = place.invite("Far", far)
    settled(place)
    assert place.store.facts.find(ANA, event) is None
    for _ in range(4):
        place.later(hours=24)
        place.run()
    assert place.answers == [Given(ANA, event, "declined")]


def test_f21_an_occurrence_moved_out_of_the_window_leaves_the_store(place: Town) -> None:
    event = place.invite("Lunch", at(24, 14))
    settled(place)
    place.world.move(event, at(24, 14) + timedelta(days=200), at(24, 15) + timedelta(days=200))
    place.run()
    assert place.store.facts.find(ANA, event) is None


def test_f21_a_meeting_made_again_under_a_new_id_is_a_new_meeting(place: Town) -> None:
    event = place.invite("Status", at(24, 10))
    place.run()
    place.world.cancel(event)
    again = place.invite("Status", at(24, 10))
    place.later(minutes=5)
    place.run()
    assert place.answers == [Given(ANA, event, "declined"), Given(ANA, again, "declined")]


def test_i13_one_bad_event_spoils_only_itself(place: Town) -> None:
    broken = place.invite("Broken", at(24, 9))
    place.world.store.calendars[ANA].rows[broken].body["iCalUID"] = ""
    event = place.invite("Status", at(24, 10), guests=(ANA, BEN))
    report = place.run()
    assert {given.person for given in place.answers if given.event == event} == {ANA, BEN}
    state = place.store.facts.calendar(ANA)
    assert state is not None
    assert [bad.event_id for bad in state.quarantined] == [broken]
    assert not report.run.summary["calendars"]["failed"]


@pytest.mark.parametrize("fault", ["503", "429", "410", "invalid_grant", "notACalendarUser", "truncated"])
def test_i13_the_failure_of_one_person_never_stops_another(place: Town, fault: str) -> None:
    place.run()
    event = place.invite("Status", at(24, 10), guests=(ANA, BEN))
    place.sandbox.faults.add(fault, person=BEN, times=None)
    place.sandbox.expire_access_tokens()
    report = place.run()
    assert place.answers == [Given(ANA, event, "declined")]
    assert [failed["person"] for failed in report.run.summary["calendars"]["failed"]] == [BEN]


def test_i12_each_mailbox_says_when_it_was_read_last_and_what_is_wrong(place: Town) -> None:
    place.run()
    read = place.clock()
    place.sandbox.faults.add("503", person=BEN, times=None)
    place.later(minutes=5)
    place.run()
    ana, ben = (place.store.facts.calendar(who) for who in ENROLLED)
    assert ana is not None
    assert ben is not None
    assert (ana.error, ana.last_success) == (None, place.clock())
    assert (ben.error, ben.last_success, ben.last_attempt) == ("provider_down", read, place.clock())
    assert ben.detail


def test_a_patient_pass_waits_as_long_as_the_service_asked(place: Town) -> None:
    place.run()
    place.sandbox.faults.add("429", person=BEN, times=None, retry_after=1000)
    place.run()
    place.sandbox.faults.clear()
    asked = place.sandbox.requests[BEN]
    run_pass(place.engine, Request(patient=True))
    assert place.sandbox.requests[BEN] == asked
    place.later(seconds=1001)
    run_pass(place.engine, Request(patient=True))
    assert place.sandbox.requests[BEN] > asked


def test_f13_a_clock_that_jumps_back_repeats_nothing(place: Town) -> None:
    for hour in (9, 10):
        place.invite(f"Meeting {hour}", at(24, hour))
    place.run()
    place.later(minutes=-30)
    place.run()
    place.later(minutes=40)
    place.run()
    assert len(place.answers) == 2
    place.assert_converged()


def test_f28_a_crowd_of_guests_is_answered_without_uninviting_anybody(place: Town) -> None:
    crowd = [f"guest{n}@acme.example" for n in range(300)]
    event = place.invite("Town hall", at(24, 10), guests=(ANA, *crowd))
    place.run()
    assert [given.response for given in place.answers] == ["declined"]
    assert len(place.world.copy(ANA, event)["attendees"]) == 302


@pytest.mark.parametrize(
    "title", ["<script>alert(1)</script>", "{{7*7}}", "=HYPERLINK(1)", "a\r\nBcc: x@y", "x" * 100_000, "\x00‮", ""]
)
def test_f29_a_hostile_title_is_data_only(place: Town, title: str) -> None:
    event = place.invite(title, at(24, 10))
    place.run()
    assert place.answers == [Given(ANA, event, "declined")]
    assert place.world.copy(ANA, event).get("summary", "") == title
    place.assert_converged()


def test_f24_thousands_of_events_are_read_page_by_page(place: Town) -> None:
    place.world.switches.page_size = 250
    for day in (1, 2, 3, 4, 7, 8, 9, 10):
        start = at(24, 14).replace(month=12, day=day)
        for n in range(200):
            place.world.invite(ANA, f"Note {n}", start + timedelta(seconds=n), start + timedelta(minutes=30))
    event = place.invite("Status", at(24, 10))
    place.run()
    assert place.answers == [Given(ANA, event, "declined")]
    assert len(place.store.facts.occurrences(ANA)) == 1601
