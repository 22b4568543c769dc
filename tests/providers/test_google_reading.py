"""Reading under every fault: a round counts when it is complete, and an unchanged calendar costs one request."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from guardian.errors import AccessLost, CursorExpired, GuardianError, ProviderDown, RateLimited
from guardian.model.events import Occurrence
from guardian.model.time import DayRange, Interval
from guardian.providers.google.reading import CURSOR_PREFIX
from guardian.providers.shared import Patience, touches
from tests.providers.contract import ANA, BEN, KIM, NOW, TUESDAY, WINDOW, read
from tests.providers.google_world import GoogleWorld, google_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[GoogleWorld]:
    with google_world(tmp_path) as world:
        yield world


@pytest.fixture
def paged(world: GoogleWorld) -> GoogleWorld:
    """Five meetings on three pages."""
    for n in range(5):
        world.invite(BEN, [ANA], f"Meeting {n}", TUESDAY + timedelta(hours=n))
    world.world.switches.page_size = 2
    return world


def api_calls(world: GoogleWorld) -> list[str]:
    return [method for method, _ in world.asked if method != "token"]


def test_an_unchanged_calendar_costs_one_request_and_a_changed_one_two(world: GoogleWorld) -> None:
    world.invite(BEN, [ANA], "Budget", TUESDAY)
    cursor = world.provider.changed(ANA, None).cursor
    read(world)
    world.asked.clear()
    quiet = world.provider.changed(ANA, cursor)
    assert not quiet.changed
    assert world.asked == [("events.list", 200)]
    world.move(ANA, "Budget", TUESDAY + timedelta(hours=1))
    world.asked.clear()
    assert world.provider.changed(ANA, quiet.cursor).changed
    read(world)
    assert world.asked == [("events.list", 200)] * 2


def test_pages_make_one_whole(paged: GoogleWorld) -> None:
    assert {o.title for o in read(paged)} == {f"Meeting {n}" for n in range(5)}
    assert api_calls(paged) == ["events.list"] * 3


def test_empty_pages_in_the_middle_are_no_end(paged: GoogleWorld) -> None:
    paged.world.switches.empty_middle_pages = True
    assert len(read(paged)) == 5


FAULTS = ["500", "502", "503", "429", "rateLimitExceeded", "close-before-apply", "truncated", "apply-then-drop"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_passing_fault_on_any_page_costs_a_wait_and_no_event(paged: GoogleWorld, fault: str) -> None:
    for page in (1, 2, 3):
        order = paged.sandbox.faults.add(fault, verb="GET", path="/events", nth=page, times=2)
        assert len(read(paged)) == 5
        assert order.fired == 2
        paged.sandbox.faults.clear()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_lasting_fault_on_any_page_voids_the_round(paged: GoogleWorld, fault: str) -> None:
    for page in (1, 2, 3):
        paged.slept.clear()
        paged.sandbox.faults.add(fault, verb="GET", path="/events", nth=page, times=None)
        with pytest.raises((ProviderDown, RateLimited)):
            read(paged)
        assert len(paged.slept) == Patience().tries - 1
        paged.sandbox.faults.clear()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_lasting_fault_in_the_increment_keeps_the_cursor_good(paged: GoogleWorld, fault: str) -> None:
    cursor = paged.provider.changed(ANA, None).cursor
    for n in range(3):
        paged.move(ANA, f"Meeting {n}", TUESDAY + timedelta(hours=8 + n))
    for page in (1, 2):
        order = paged.sandbox.faults.add(fault, verb="GET", path="/events", nth=page, times=None)
        with pytest.raises((ProviderDown, RateLimited)):
            paged.provider.changed(ANA, cursor)
        assert order.fired
        paged.sandbox.faults.clear()
        assert paged.provider.changed(ANA, cursor).changed


def test_an_answer_that_never_comes_is_given_up(tmp_path: Path) -> None:
    with google_world(tmp_path, timeout=0.2, patience=Patience(tries=2)) as world:
        world.sandbox.faults.add("delay", verb="GET", seconds=2, times=None)
        with pytest.raises(ProviderDown):
            read(world)


def test_retry_after_is_honoured_and_bounded(world: GoogleWorld) -> None:
    world.sandbox.faults.add("429", verb="GET", retry_after=7, times=2)
    assert read(world) == []
    assert [7.0 <= wait < 8.0 for wait in world.slept] == [True, True]
    world.sandbox.faults.add("429", verb="GET", retry_after=3600)
    with pytest.raises(RateLimited) as refused:
        read(world)
    assert refused.value.retry_after == 3600
    assert len(world.slept) == 2


def test_waits_grow_and_stay_bounded() -> None:
    patience = Patience(first=1.0)
    for attempt, (least, most) in enumerate([(0.5, 1), (1, 2), (2, 4)]):
        assert all(least <= patience.wait(attempt, None) <= most for _ in range(50))
    assert patience.wait(0, 30) == 30


REFUSALS = [
    ("rateLimitExceeded", RateLimited, 4),
    ("userRateLimitExceeded", RateLimited, 4),
    ("quotaExceeded", RateLimited, 1),
    ("accessNotConfigured", AccessLost, 1),
    ("notACalendarUser", AccessLost, 1),
    ("forbiddenForServiceAccounts", AccessLost, 1),
    ("forbidden", AccessLost, 1),
    ("404", AccessLost, 1),
    ("410", CursorExpired, 1),
]


@pytest.mark.parametrize(("reason", "error", "sends"), REFUSALS)
def test_a_refusal_is_read_by_its_reason(
    world: GoogleWorld, reason: str, error: type[GuardianError], sends: int
) -> None:
    cursor = world.provider.changed(ANA, None).cursor
    world.asked.clear()
    world.sandbox.faults.add(reason, verb="GET", times=None)
    with pytest.raises(error) as refused:
        world.provider.changed(ANA, cursor)
    assert len(world.asked) == sends
    if isinstance(refused.value, RateLimited):
        assert refused.value.account == (reason == "quotaExceeded")
    if isinstance(refused.value, AccessLost):
        assert refused.value.credentials == (reason not in {"notACalendarUser", "404"})


@pytest.mark.parametrize("page", [1, 2])
def test_a_dead_cursor_asks_for_a_new_one_even_in_the_middle(paged: GoogleWorld, page: int) -> None:
    cursor = paged.provider.changed(ANA, None).cursor
    for n in range(3):
        paged.move(ANA, f"Meeting {n}", TUESDAY + timedelta(hours=8 + n))
    paged.sandbox.faults.add("410", verb="GET", path="/events", nth=page)
    with pytest.raises(CursorExpired):
        paged.provider.changed(ANA, cursor)


def test_an_expired_token_is_told_from_a_deleted_calendar(world: GoogleWorld) -> None:
    cursor = world.provider.changed(ANA, None).cursor
    world.world.expire_sync_tokens(ANA)
    with pytest.raises(CursorExpired):
        world.provider.changed(ANA, cursor)


@pytest.mark.parametrize("cursor", ["", "nonsense", "0.abcdefabcdef.token", f"{CURSOR_PREFIX}garbage"])
def test_a_cursor_of_another_version_or_query_is_dropped(world: GoogleWorld, cursor: str) -> None:
    with pytest.raises(CursorExpired):
        world.provider.changed(ANA, cursor)


def test_without_a_token_on_the_last_page_every_poll_reads(world: GoogleWorld) -> None:
    cursor = world.provider.changed(ANA, None).cursor
    world.world.switches.no_sync_token = True
    for given in (None, cursor):
        answer = world.provider.changed(ANA, given)
        assert (answer.changed, answer.cursor) == (True, None)


def test_a_401_fetches_one_fresh_token(world: GoogleWorld) -> None:
    read(world)
    world.asked.clear()
    world.sandbox.expire_access_tokens()
    assert read(world) == []
    assert world.asked == [("token", 200), ("events.list", 200)]


def test_a_lasting_401_is_lost_access(world: GoogleWorld) -> None:
    world.sandbox.faults.add("401", verb="GET", times=None)
    with pytest.raises(AccessLost) as refused:
        read(world)
    assert refused.value.credentials
    assert world.slept == []


def test_all_day_events_come_as_days(world: GoogleWorld) -> None:
    world.world.invite(BEN, "Offsite", date(2026, 11, 25), date(2026, 11, 27), [ANA])
    [found] = read(world)
    assert found.when == DayRange(date(2026, 11, 25), date(2026, 11, 26))


def test_moved_and_cancelled_occurrences_keep_their_original_name(world: GoogleWorld) -> None:
    world.invite(BEN, [ANA], "Weekly", TUESDAY, weekly=3)
    first, second, third = sorted(read(world), key=lambda o: o.meeting)
    world.world.move(second.ref.event_id, TUESDAY + timedelta(days=8), TUESDAY + timedelta(days=8, hours=1))
    world.world.cancel(third.ref.event_id)
    again = {o.meeting: o for o in read(world)}
    assert set(again) == {first.meeting, second.meeting}
    assert again[second.meeting].when == Interval(TUESDAY + timedelta(days=8), TUESDAY + timedelta(days=8, hours=1))
    assert again[second.meeting].ref == second.ref


def test_the_edges_of_the_window_are_ours() -> None:
    window = Interval(NOW, NOW + timedelta(days=1))
    minute = timedelta(minutes=1)
    assert touches(Interval(NOW, NOW), window)
    assert not touches(Interval(window.end, window.end), window)
    assert not touches(Interval(NOW - minute, NOW), window)
    assert touches(Interval(NOW - minute, NOW + minute), window)
    assert touches(DayRange(NOW.date(), NOW.date()), window)
    assert not touches(DayRange(NOW.date() - timedelta(days=3), NOW.date() - timedelta(days=2)), window)


def test_the_zone_comes_from_the_settings_or_else_from_the_calendar(world: GoogleWorld) -> None:
    assert world.provider.settings(ANA).timezone == "Europe/Madrid"
    switches = world.world.switches
    switches.granted_scopes = frozenset(s for s in switches.granted_scopes if "settings" not in s)
    assert world.provider.settings(BEN).timezone == "Europe/Berlin"
    assert api_calls(world) == ["settings.list", "events.list"]


def test_a_mailbox_that_never_chose_a_zone_says_none(world: GoogleWorld) -> None:
    world.world.set_zone(ANA, "Etc/GMT")
    assert world.provider.settings(ANA).timezone is None


def test_read_only_asks_for_no_more_than_reading(tmp_path: Path) -> None:
    with google_world(tmp_path, read_only=True) as world:
        switches = world.world.switches
        switches.granted_scopes = frozenset({"https://www.googleapis.com/auth/calendar.events.readonly"})
        world.invite(KIM, [ANA], "Budget", TUESDAY)
        assert [o.title for o in read(world)] == ["Budget"]


def test_a_copy_of_an_event_on_two_pages_counts_once(paged: GoogleWorld) -> None:
    """Entries may shift between pages while we page."""
    rows: list[Occurrence] = []
    for item in paged.provider.read_window(ANA, WINDOW):
        assert isinstance(item, Occurrence)
        rows.append(item)
        if len(rows) == 1:
            paged.invite(BEN, [ANA], "Earlier", TUESDAY - timedelta(hours=2))
    assert len({o.ref for o in rows}) == len(rows)


def test_another_persons_reference_is_not_read(world: GoogleWorld) -> None:
    world.invite(BEN, [ANA], "Budget", TUESDAY)
    [found] = read(world)
    with pytest.raises(GuardianError):
        world.provider.read(replace(found.ref, calendar="team@group.calendar.google.com"))
