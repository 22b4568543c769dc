"""Outlook's hints, links, clocks, tokens and series, and our own notices: the rows of the fault matrix that are neither a
fault of one request nor a crash."""

from datetime import UTC, datetime, timedelta

import pytest

from guardian.model.time import Interval
from tests.engine.town import ANA, BEN, RUI, at
from tests.engine.village import Village, village_at


def cost(village: Village, who: str = ANA) -> int:
    """Requests to somebody's mailbox that one pass makes."""
    before = village.requests(who)
    village.run()
    return village.requests(who) - before


# --- hints (the delta round is the only one there is)


def test_an_unchanged_outlook_calendar_costs_one_request_a_changed_one_two(village: Village) -> None:
    village.invite("Weekly", at(25, 14), series=["RRULE:FREQ=WEEKLY;COUNT=4"])
    village.run()
    assert [cost(village, who) for who in (ANA, BEN)] == [1, 1]
    village.invite("Lunch", at(24, 14))
    assert cost(village) == 2


def test_i3_f5_outlook_duplicate_and_repeated_hints_are_one_look(village: Village) -> None:
    """Every entry of a round twice, and old ones again and again."""
    switches = village.sandbox.switches
    switches.duplicates, switches.replays = True, 5
    events = [village.invite(f"Meeting {n}", at(24, 9 + n)) for n in range(4)]
    for _ in range(4):
        assert cost(village) <= 2 + 4 * len(events)
    assert cost(village) == 2
    village.assert_all_done(events)


def test_i7_f6_outlook_stale_hints_and_hints_for_events_never_seen_decide_nothing(village: Village) -> None:
    """The round tells of removed events that nobody knows, and lags behind what the calendar shows."""
    village.sandbox.switches.delta_until = village.world.store.revision
    late = village.invite("Status", at(24, 10))
    village.world.cancel(village.invite("Far", at(24, 10) + timedelta(days=300)))
    assert cost(village) == 1
    assert village.told() == []
    village.sandbox.switches.delta_until = None
    village.run()
    village.assert_all_done([late])


def test_i7_f7_f12_outlook_what_no_hint_told_is_found_by_the_daily_read(village: Village) -> None:
    event = village.invite("Lunch", at(26, 14))
    village.run()
    village.world.conceal(ANA, event)
    village.world.move(event, at(26, 15), at(26, 15, 30))
    village.later(hours=22)
    village.run()
    assert [s.occurrence.when for s in village.store.facts.occurrences(ANA)] == [Interval(at(26, 14), at(26, 14, 30))]
    village.later(hours=2)
    village.run()
    assert [s.occurrence.when for s in village.store.facts.occurrences(ANA)] == [Interval(at(26, 15), at(26, 15, 30))]
    village.assert_converged()


@pytest.mark.parametrize("fault", ["410", "410-location", "resyncRequired"])
def test_i8_f10_outlook_a_lost_delta_link_and_then_an_empty_calendar_is_not_believed(
    village: Village, fault: str
) -> None:
    for n in range(6):
        village.invite(f"Lunch {n}", at(24 + n % 2, 14, 5 * n), 5)
    village.run()
    known = village.store.facts.occurrences(ANA)
    village.sandbox.faults.add(fault, path="/calendarView/delta", person=ANA)
    village.sandbox.faults.add("empty-page", verb="GET", path=r"/calendarView\?", person=ANA)
    assert village.failed(village.run()) == {ANA: "suspicious_read"}
    assert village.store.facts.occurrences(ANA) == known
    assert village.failed(village.run()) == {}
    village.assert_converged()


# --- tokens


@pytest.mark.parametrize("fault", ["503", "429", "close-before-apply", "invalid_client"])
def test_i8_i12_f8_f9_outlook_the_token_endpoint_is_down_for_an_hour(village: Village, fault: str) -> None:
    """Nobody can be read, so nobody is acted for; what was known stays, it is said, and nobody hammers."""
    village.invite("Lunch", at(25, 14))
    village.run()
    known, read = village.store.facts.occurrences(ANA), village.store.facts.calendar(ANA)
    village.sandbox.expire_access_tokens()
    order = village.sandbox.faults.add(fault, path="/oauth2/", times=None)
    event = village.invite("Status", at(24, 10))
    for _ in range(12):
        report = village.run(patient=True)
        assert village.failed(report).keys() == {ANA, BEN}
    assert village.told() == []
    assert village.store.facts.occurrences(ANA) == known
    state = village.store.facts.calendar(ANA)
    assert state is not None and read is not None
    assert (state.last_success, state.error) == (
        read.last_success,
        "access_lost" if fault == "invalid_client" else "provider_down",
    )
    assert order.fired <= 12 * 2 * 8
    village.recover()
    village.assert_all_done([event])


def test_f8_outlook_a_token_that_ends_costs_one_fresh_one_and_nothing_else(village: Village) -> None:
    village.sandbox.expire_access_tokens()
    event = village.invite("Status", at(24, 10), guests=(ANA, BEN))
    before = sum("/oauth2/" in entry.path for entry in village.sandbox.log)
    assert village.failed(village.run()) == {}
    assert sum("/oauth2/" in entry.path for entry in village.sandbox.log) == before + 1
    assert sorted(village.told()) == [(ANA, event, "decline"), (BEN, event, "decline")]


# --- clocks


def test_i3_f13_outlook_a_clock_that_jumps_back_repeats_nothing(village: Village) -> None:
    events = [village.invite(f"Meeting {hour}", at(24, hour)) for hour in (9, 10)]
    village.run()
    village.later(minutes=-30)
    village.run()
    village.later(minutes=40)
    village.run()
    village.assert_all_done(events)


@pytest.mark.parametrize(("day", "minute", "answers"), [(26, 30, 0), (26, 0, 0), (29, 30, 1), (30, 0, 1)])
def test_i6_f14_outlook_windows_follow_the_wall_clock_of_the_mailbox(day: int, minute: int, answers: int) -> None:
    """Madrid, "Romance Standard Time" to Exchange, goes to summer time on 28 March 2027: 12:xx UTC on Friday the 26th is 13:xx
    there, after the window; 10:xx UTC on Monday the 29th is 12:xx, inside it."""
    hour = 12 if day == 26 else 10
    with village_at(datetime(2027, 3, 22, 8, tzinfo=UTC), zone="Europe/Madrid") as village:
        start = datetime(2027, 3, day, hour, minute, tzinfo=UTC)
        village.invite("Status", start)
        village.invite("Lunch", start.replace(hour=11 if day != 26 else 13))
        village.run()
        assert len(village.told()) == answers


# --- series


WEEKLY = ["RRULE:FREQ=WEEKLY;COUNT=4"]


def test_i5_f21_outlook_an_occurrence_that_moves_is_judged_anew_and_keeps_its_name(village: Village) -> None:
    """Under a new id, since it became an exception; the others stay as they are."""
    village.sandbox.switches.exception_ids_change = True
    series = village.invite("Weekly", at(24, 14), series=WEEKLY)
    village.run()
    keys = {s.occurrence.meeting for s in village.store.facts.occurrences(ANA)}
    second = village.world.occurrence(series, at(24, 14) + timedelta(weeks=1))
    moved = at(24, 10) + timedelta(weeks=1)
    village.world.move(second, moved, moved + timedelta(minutes=30))
    for _ in range(3):
        village.run()
    [row] = village.answers()
    assert row.action.meeting in keys
    assert row.action.expects.when == Interval(moved, moved + timedelta(minutes=30))
    assert len(village.store.facts.occurrences(ANA)) == 3
    village.assert_nothing_twice()
    village.assert_converged()


def test_i5_f21_outlook_this_and_following_and_a_series_made_again(village: Village) -> None:
    """An edit of "this and following" ends the series and begins another one: what was declined stays declined, what is new is
    judged once."""
    series = village.invite("Weekly", at(24, 10), series=WEEKLY)
    village.run()
    assert len(village.told()) == 4
    village.world.edit(series, recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"])
    village.invite("Weekly", at(24, 10) + timedelta(weeks=2), series=["RRULE:FREQ=WEEKLY;COUNT=2"])
    for _ in range(2):
        village.run()
    assert len(village.told()) == 6
    village.assert_nothing_twice()
    village.world.cancel(series)
    again = village.invite("Weekly", at(24, 10))
    for _ in range(2):
        village.run()
    assert village.told()[-1] == (ANA, again, "decline")
    assert len(village.told()) == 7
    village.assert_converged()


def test_f21_outlook_a_meeting_moved_out_of_the_window_leaves_the_store(village: Village) -> None:
    event = village.invite("Lunch", at(24, 14))
    village.run()
    far = at(24, 14) + timedelta(days=200)
    village.world.move(event, far, far + timedelta(minutes=30))
    village.run()
    assert village.store.facts.occurrences(ANA) == []


# --- other programs, our own notices, other hosts


def test_i11_f22_outlook_against_a_program_that_accepts_everything_again_we_give_in(village: Village) -> None:
    village.keep_declined()
    event = village.invite("Status", at(24, 10))
    for _ in range(10):
        village.run()
        village.world.answer(ANA, event, "accepted")
    assert village.told() == [(ANA, event, "decline")]


def test_i11_f23_outlook_our_notices_go_to_the_organiser_and_no_mail_is_ever_read(village: Village) -> None:
    """A reply that bounces, or an out-of-office answer to it, meets nobody: only calendars are asked for."""
    event = village.invite("Status", at(24, 10), guests=(ANA, BEN, "team@acme.example"))
    for _ in range(3):
        village.run()
    assert sorted(village.replies()) == [(ANA, RUI, event), (BEN, RUI, event)]
    asked = {entry.path.split("/")[4] for entry in village.sandbox.log if entry.path.startswith("/v1.0/users/")}
    assert asked <= {"calendarView", "events", "mailboxSettings"}


@pytest.mark.parametrize("path", [r"/calendarView\?", "/calendarView/delta"])
def test_i8_f32_outlook_a_link_to_another_host_voids_the_read_and_nobody_is_asked_there(
    village: Village, path: str
) -> None:
    village.sandbox.switches.page_size = 1
    for day in (25, 26):
        village.invite("Lunch", at(day, 14))
    village.run()
    known = village.store.facts.occurrences(ANA)
    order = village.sandbox.faults.add("next-link-to-other-host", path=path, person=ANA, times=None)
    village.invite("Status", at(24, 10))
    asked: list[str] = []
    village.heard = lambda method, status: asked.append(f"{method} {status}")
    assert village.failed(village.run()) == {ANA: "provider_down"}
    assert order.fired
    assert all(line.endswith(" 200") for line in asked), "a request to the other host would have failed"
    assert village.told() == []
    assert village.store.facts.occurrences(ANA) == known


def test_f32_links_in_events_are_never_followed(village: Village) -> None:
    """Whatever an event points at stays text: every request goes to the paths that the program itself makes up."""
    link = "https://169.254.169.254/latest/meta-data"
    village.invite("Status", at(24, 10), description=f"Join {link}", location=link)
    village.run()
    asked = [f"{entry.path}?{entry.query}" for entry in village.sandbox.log]
    assert asked and not any("169.254" in text for text in asked)


def test_i13_f26_outlook_a_mailbox_with_a_zone_of_its_own_making_fails_alone(village: Village) -> None:
    village.sandbox.switches.custom_zones = frozenset({ANA})
    village.later(days=1)
    event = village.invite("Status", at(25, 10), guests=(ANA, BEN))
    assert village.failed(village.run()) == {ANA: "bad_data"}
    assert village.told() == [(BEN, event, "decline")]
