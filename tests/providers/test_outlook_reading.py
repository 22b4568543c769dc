"""Reading under every fault: a round counts when it is complete, and an unchanged calendar costs one request."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from guardian.errors import AccessLost, GuardianError, ProviderDown, RateLimited
from guardian.model.events import BadEvent, EventKind, Occurrence
from guardian.model.time import DayRange, Interval
from guardian.providers.shared import Patience
from tests.providers.contract import ANA, BEN, KIM, NOW, TUESDAY, WINDOW, booking, read, the
from tests.providers.outlook_world import OutlookWorld, outlook_world

VIEW = r"/calendarView\?|skip"
DELTA = r"/calendarView/delta"


@pytest.fixture
def world() -> Iterator[OutlookWorld]:
    with outlook_world() as world:
        yield world


@pytest.fixture
def paged(world: OutlookWorld) -> OutlookWorld:
    """Five meetings on three pages."""
    for n in range(5):
        world.invite(BEN, [ANA], f"Meeting {n}", TUESDAY + timedelta(hours=n))
    world.switches.page_size = 2
    return world


def graph_calls(world: OutlookWorld) -> list[str]:
    return [method for method, _ in world.asked if not method.startswith("token")]


def test_an_unchanged_calendar_costs_one_request_and_a_changed_one_two(world: OutlookWorld) -> None:
    world.invite(BEN, [ANA], "Budget", TUESDAY)
    cursor = world.provider.changed(ANA, None).cursor
    read(world)
    world.asked.clear()
    quiet = world.provider.changed(ANA, cursor)
    assert not quiet.changed
    assert world.asked == [("calendarView.delta", 200)]
    world.move(ANA, "Budget", TUESDAY + timedelta(hours=1))
    world.asked.clear()
    assert world.provider.changed(ANA, quiet.cursor).changed
    read(world)
    assert world.asked == [("calendarView.delta", 200), ("calendarView.list", 200)]


def test_every_request_asks_for_ids_that_stay(paged: OutlookWorld) -> None:
    seen: list[str] = []
    paged.provider.changed(ANA, None)
    seen += [o.ref.event_id for o in read(paged)]
    assert all(name.startswith("AAkALgAAAAAAHYQDEapmEc2byACqAC") for name in seen)
    assert len(seen) == 5


def test_a_series_name_is_asked_for_once(world: OutlookWorld) -> None:
    world.invite(BEN, [ANA], "Weekly", TUESDAY, weekly=8)
    first = read(world)
    assert graph_calls(world) == ["calendarView.list", "events.get"]
    assert read(world) == first
    assert graph_calls(world) == ["calendarView.list", "events.get", "calendarView.list"]


def test_one_meeting_of_a_series_has_one_key_on_both_calendars(world: OutlookWorld) -> None:
    world.invite(KIM, [ANA, BEN], "Weekly", TUESDAY, weekly=3)
    assert {o.meeting for o in read(world, ANA)} == {o.meeting for o in read(world, BEN)}


def test_a_series_that_vanished_spoils_only_itself(world: OutlookWorld) -> None:
    world.invite(BEN, [ANA], "Weekly", TUESDAY, weekly=3)
    world.invite(BEN, [ANA], "Budget", TUESDAY)
    world.sandbox.faults.add("404", verb="GET", path=r"/events/")
    items = list(world.provider.read_window(ANA, WINDOW))
    assert [o.title for o in items if isinstance(o, Occurrence)] == ["Budget"]
    assert sum(isinstance(item, BadEvent) for item in items) == 3
    assert graph_calls(world).count("events.get") == 1


def test_pages_make_one_whole(paged: OutlookWorld) -> None:
    assert {o.title for o in read(paged)} == {f"Meeting {n}" for n in range(5)}
    assert graph_calls(paged) == ["calendarView.list"] * 3


def test_an_empty_first_page_is_no_end(paged: OutlookWorld) -> None:
    paged.switches.first_page_empty = True
    cursor = paged.provider.changed(ANA, None).cursor
    assert cursor is not None
    assert not paged.provider.changed(ANA, cursor).changed
    paged.move(ANA, "Meeting 1", TUESDAY + timedelta(hours=9))
    assert paged.provider.changed(ANA, cursor).changed


def test_replays_cost_a_read_and_no_more(paged: OutlookWorld) -> None:
    paged.switches.replays = paged.switches.duplicates = True
    cursor = paged.provider.changed(ANA, None).cursor
    answer = paged.provider.changed(ANA, cursor)
    assert answer.cursor is not None
    assert len(read(paged)) == 5


def test_a_change_outside_the_window_is_only_a_hint(world: OutlookWorld) -> None:
    """`@removed` for events never seen."""
    cursor = world.provider.changed(ANA, None).cursor
    world.invite(BEN, [ANA], "Far", NOW + timedelta(days=300))
    world.provider.changed(ANA, cursor)
    assert read(world) == []


FAULTS = ["500", "500-html", "502", "503", "503-empty", "504", "504-unknown", "429", "MailboxConcurrency"]
CUT = ["close-before-apply", "truncated", "apply-then-drop"]


@pytest.mark.parametrize("fault", FAULTS + CUT)
def test_a_passing_fault_on_any_page_costs_a_wait_and_no_event(paged: OutlookWorld, fault: str) -> None:
    for page in (1, 2, 3):
        order = paged.sandbox.faults.add(fault, verb="GET", path=VIEW, nth=page, times=2)
        assert len(read(paged)) == 5
        assert order.fired == 2
        paged.sandbox.faults.clear()


@pytest.mark.parametrize("fault", FAULTS + CUT)
def test_a_lasting_fault_on_any_page_voids_the_round(paged: OutlookWorld, fault: str) -> None:
    for page in (1, 2, 3):
        paged.slept.clear()
        paged.sandbox.faults.add(fault, verb="GET", path=VIEW, nth=page, times=None)
        with pytest.raises((ProviderDown, RateLimited)):
            read(paged)
        assert len(paged.slept) == Patience().tries - 1
        paged.sandbox.faults.clear()


@pytest.mark.parametrize("fault", FAULTS + CUT)
def test_a_lasting_fault_in_the_increment_keeps_the_cursor_good(paged: OutlookWorld, fault: str) -> None:
    cursor = paged.provider.changed(ANA, None).cursor
    for n in range(3):
        paged.move(ANA, f"Meeting {n}", TUESDAY + timedelta(hours=8 + n))
    for page in (1, 2):
        order = paged.sandbox.faults.add(fault, verb="GET", path=DELTA, nth=page, times=None)
        with pytest.raises((ProviderDown, RateLimited)):
            paged.provider.changed(ANA, cursor)
        assert order.fired
        paged.sandbox.faults.clear()
        assert paged.provider.changed(ANA, cursor).changed


def test_an_answer_that_never_comes_is_given_up() -> None:
    with outlook_world(timeout=0.2, patience=Patience(tries=2)) as world:
        read(world)
        world.sandbox.faults.add("delay", verb="GET", seconds=1, times=None)
        with pytest.raises(ProviderDown):
            read(world)


@pytest.mark.parametrize("fault", ["429", "503"])
def test_retry_after_is_honoured_and_bounded(world: OutlookWorld, fault: str) -> None:
    world.sandbox.faults.add(fault, verb="GET", path=VIEW, retry_after=7, times=2)
    assert read(world) == []
    assert [7.0 <= wait < 8.0 for wait in world.slept] == [True, True]
    world.sandbox.faults.add(fault, verb="GET", path=VIEW, retry_after=3600)
    with pytest.raises(RateLimited) as refused:
        read(world)
    assert refused.value.retry_after == 3600
    assert len(world.slept) == 2


def test_a_retry_after_that_is_always_one_second_does_not_shorten_our_own_waits(world: OutlookWorld) -> None:
    world.sandbox.faults.add("429", verb="GET", path=VIEW, retry_after=1, times=3)
    read(world)
    assert world.slept[2] >= 2.0


def test_a_401_fetches_one_fresh_token(world: OutlookWorld) -> None:
    read(world)
    world.asked.clear()
    world.sandbox.expire_access_tokens()
    assert read(world) == []
    assert world.asked == [("calendarView.list", 401), ("token", 200), ("calendarView.list", 200)]


def test_a_lasting_401_is_lost_access(world: OutlookWorld) -> None:
    world.sandbox.faults.add("401", verb="GET", path=VIEW, times=None)
    with pytest.raises(AccessLost) as refused:
        read(world)
    assert refused.value.credentials
    assert graph_calls(world) == ["calendarView.list"] * 2


def test_all_day_events_come_as_days_in_whatever_zone_they_were_made(world: OutlookWorld) -> None:
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        day = date(2026, 11, 25)
        world.world.invite(BEN, zone, day, day + timedelta(days=2), [ANA], timezone=zone)
    assert [o.when for o in read(world)] == [DayRange(date(2026, 11, 25), date(2026, 11, 26))] * 2


def test_a_day_at_the_edge_of_the_window_is_not_lost(world: OutlookWorld) -> None:
    last = WINDOW.end.date()
    world.world.invite(BEN, "Edge", last, last + timedelta(days=1), [ANA], timezone="America/Los_Angeles")
    assert [o.title for o in read(world)] == ["Edge"]


def test_moved_and_cancelled_occurrences_keep_their_original_name(world: OutlookWorld) -> None:
    world.invite(BEN, [ANA], "Weekly", TUESDAY, weekly=3)
    first, second, third = sorted(read(world), key=lambda o: o.meeting)
    moved = Interval(TUESDAY + timedelta(days=8), TUESDAY + timedelta(days=8, hours=1))
    world.world.move(world.own_id(ANA, second.ref.event_id), moved.start, moved.end)
    world.world.cancel(world.own_id(ANA, third.ref.event_id))
    again = {o.meeting: o for o in read(world)}
    assert set(again) == {first.meeting, second.meeting}
    assert again[second.meeting].when == moved


def test_an_exception_with_a_new_id_is_the_same_meeting(world: OutlookWorld) -> None:
    world.switches.exception_ids_change = True
    world.invite(BEN, [ANA], "Weekly", TUESDAY, weekly=3)
    _, second, _ = sorted(read(world), key=lambda o: o.meeting)
    start = TUESDAY + timedelta(days=8)
    world.world.move(world.own_id(ANA, second.ref.event_id), start, start + timedelta(hours=1))
    again = {o.meeting: o for o in read(world)}[second.meeting]
    assert again.ref != second.ref
    assert again.when == Interval(start, start + timedelta(hours=1))


def test_a_cancelled_copy_that_waits_to_be_taken_away_is_left_out(world: OutlookWorld) -> None:
    world.invite(BEN, [ANA], "Budget", TUESDAY)
    seen = the(world, "Budget")
    world.world.cancel(world.id_of("Budget"))
    assert read(world) == []
    fresh = world.provider.read(seen.ref)
    assert fresh is None or fresh.cancelled


def test_our_mark_is_found_also_where_a_list_leaves_it_out(world: OutlookWorld) -> None:
    """The service is known to drop extended properties from lists; our category shows that one should be there."""
    booked = world.provider.apply(booking()).after
    world.switches.list_properties = False
    world.asked.clear()
    assert read(world) == [booked]
    assert graph_calls(world) == ["calendarView.list", "events.get"]


def test_the_zone_comes_from_the_mailbox(world: OutlookWorld) -> None:
    assert world.provider.settings(ANA).timezone == "Europe/Paris"
    world.switches.iana_zones = frozenset({ANA})
    assert world.provider.settings(ANA).timezone == "Europe/Madrid"


def test_a_zone_of_somebodys_own_making_is_passed_on_to_be_refused(world: OutlookWorld) -> None:
    world.switches.custom_zones = frozenset({ANA})
    assert world.provider.settings(ANA).timezone in {"Customized Time Zone", "tzone://Microsoft/Custom"}


def test_without_the_permission_the_mailbox_says_no_zone(world: OutlookWorld) -> None:
    world.switches.permissions = frozenset({"Calendars.ReadWrite"})
    assert world.provider.settings(ANA).timezone is None


def test_never_more_than_two_in_flight_per_mailbox_and_four_over_all(world: OutlookWorld) -> None:
    for n in range(5):
        world.invite(BEN, [ANA, KIM], f"Meeting {n}", TUESDAY + timedelta(hours=n))
    world.sandbox.faults.add("delay", verb="GET", path="/users/", seconds=0.01, times=None)
    with ThreadPoolExecutor(16) as pool:
        counts = list(pool.map(lambda n: len(read(world, (ANA, BEN)[n % 2])), range(16)))
    assert counts == [5] * 16
    assert max(world.sandbox.most_in_flight.values()) <= 2
    assert {status for _, status in world.asked} == {200}


def test_a_mailbox_that_is_throttled_is_waited_for(world: OutlookWorld) -> None:
    world.switches.most_in_flight = 0
    with pytest.raises(RateLimited):
        read(world)
    assert len(world.slept) == Patience().tries - 1


def test_a_copy_of_an_event_on_two_pages_counts_once(paged: OutlookWorld) -> None:
    """Entries may shift between pages while we page."""
    rows: list[Occurrence] = []
    for item in paged.provider.read_window(ANA, WINDOW):
        assert isinstance(item, Occurrence)
        rows.append(item)
        if len(rows) == 1:
            paged.invite(BEN, [ANA], "Earlier", TUESDAY - timedelta(hours=2))
    assert len({o.ref for o in rows}) == len(rows)


def test_a_room_is_no_person(world: OutlookWorld) -> None:
    world.world.add_room("room@acme.example", "Room 1", service="outlook")
    world.invite(BEN, [ANA, "room@acme.example"], "Budget", TUESDAY)
    found = the(world, "Budget")
    assert {a.email for a in found.attendees if a.resource} == {"room@acme.example"}
    assert (found.guests, found.kind) == (1, EventKind.MEETING)


def test_another_calendar_is_not_read(world: OutlookWorld) -> None:
    world.invite(BEN, [ANA], "Budget", TUESDAY)
    [found] = read(world)
    with pytest.raises(GuardianError):
        world.provider.read(replace(found.ref, calendar="team"))
