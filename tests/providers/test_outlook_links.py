"""Delta links and next links: refusals by status and code, cursors that end, and links that lead elsewhere."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from guardian.errors import AccessLost, CursorExpired, GuardianError, ProviderDown
from guardian.providers.outlook.config import origin
from tests.providers.contract import ANA, BEN, TUESDAY, read, the
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


REFUSALS: list[tuple[str, type[GuardianError], bool | None]] = [
    ("410", CursorExpired, None),
    ("410-location", CursorExpired, None),
    ("SyncStateNotFound", CursorExpired, None),
    ("syncStateNotFound-400", CursorExpired, None),
    ("resyncRequired", CursorExpired, None),
    ("401", AccessLost, True),
    ("Authorization_RequestDenied", AccessLost, True),
    ("403", AccessLost, False),
    ("ErrorAccessDenied", AccessLost, False),
    ("MailboxNotEnabledForRESTAPI", AccessLost, False),
]


@pytest.mark.parametrize(("reason", "error", "credentials"), REFUSALS)
def test_a_refusal_is_read_by_status_and_code(
    world: OutlookWorld, reason: str, error: type[GuardianError], credentials: bool | None
) -> None:
    cursor = world.provider.changed(ANA, None).cursor
    world.sandbox.faults.add(reason, verb="GET", path=DELTA, times=None)
    with pytest.raises(error) as refused:
        world.provider.changed(ANA, cursor)
    if isinstance(refused.value, AccessLost):
        assert refused.value.credentials is credentials
    assert world.slept == []


@pytest.mark.parametrize("page", [1, 2])
@pytest.mark.parametrize("fault", ["410", "resyncRequired"])
def test_a_dead_cursor_asks_for_a_new_one_even_in_the_middle(paged: OutlookWorld, page: int, fault: str) -> None:
    cursor = paged.provider.changed(ANA, None).cursor
    for n in range(3):
        paged.move(ANA, f"Meeting {n}", TUESDAY + timedelta(hours=8 + n))
    paged.sandbox.faults.add(fault, verb="GET", path=DELTA, nth=page)
    with pytest.raises(CursorExpired):
        paged.provider.changed(ANA, cursor)


def test_a_link_that_dies_in_the_middle_voids_the_round(paged: OutlookWorld) -> None:
    paged.sandbox.faults.add("dying-next-link", verb="GET", path=VIEW, times=None)
    with pytest.raises(GuardianError):
        read(paged)


def test_a_link_to_another_host_is_not_followed(paged: OutlookWorld) -> None:
    paged.sandbox.faults.add("next-link-to-other-host", verb="GET", path="/calendarView", times=None)
    with pytest.raises(ProviderDown, match="another host"):
        read(paged)
    with pytest.raises(ProviderDown, match="another host"):
        paged.provider.changed(ANA, None)
    assert paged.slept == []


def test_a_redirect_to_another_host_is_not_followed(world: OutlookWorld) -> None:
    """The token would travel along."""
    world.invite(BEN, [ANA], "Budget", TUESDAY)
    booked = the(world, "Budget")
    order = world.sandbox.faults.add("redirect", times=None)
    with pytest.raises(ProviderDown, match="302"):
        read(world)
    with pytest.raises(ProviderDown, match="302"):
        world.provider.changed(ANA, None)
    with pytest.raises(ProviderDown, match="302"):
        world.provider.read(booked.ref)
    assert order.fired == sum(status == 302 for _, status in world.asked)


@pytest.mark.parametrize(
    "link",
    [
        "http://graph.microsoft.com/v1.0",
        "https://graph.microsoft.com:8443/v1.0",
        "https://graph.microsoft.com.attacker.example/v1.0",
        "https://graph.microsoft.com@attacker.example/v1.0",
        "https://someone@graph.microsoft.com/v1.0",
        "//graph.microsoft.com/v1.0",
        "https://graph.microsoft.com:port/",
        "https://[::1",
        "",
    ],
)
def test_addresses_that_only_look_like_graph(link: str) -> None:
    assert origin(link) != origin("https://graph.microsoft.com")


def test_the_same_address_in_another_spelling() -> None:
    assert origin("https://Graph.Microsoft.com:443/v1.0/x?y") == origin("https://graph.microsoft.com")


def test_a_cursor_lasts_a_day_since_its_window_cannot_be_moved(world: OutlookWorld) -> None:
    cursor = world.provider.changed(ANA, None).cursor
    world.skew = timedelta(hours=23)
    later = world.provider.changed(ANA, cursor)
    assert not later.changed
    world.skew = timedelta(hours=24)
    for old in (cursor, later.cursor):
        with pytest.raises(CursorExpired):
            world.provider.changed(ANA, old)


@pytest.mark.parametrize("cursor", ["", "nonsense", "0.abcdefabcdef.2026-11-23T08:00:00Z https://localhost/"])
def test_a_cursor_of_another_version_or_host_is_dropped(world: OutlookWorld, cursor: str) -> None:
    with pytest.raises(CursorExpired):
        world.provider.changed(ANA, cursor)


@pytest.mark.parametrize("change", ["host", "time"])
def test_a_cursor_that_was_tampered_with_is_dropped(world: OutlookWorld, change: str) -> None:
    cursor = world.provider.changed(ANA, None).cursor or ""
    spoilt = cursor.replace("localhost", "attacker.example") if change == "host" else cursor.replace("2026-", "soon-")
    world.asked.clear()
    with pytest.raises(CursorExpired):
        world.provider.changed(ANA, spoilt)
    assert world.asked == []


def test_without_a_delta_link_every_poll_reads(world: OutlookWorld) -> None:
    cursor = world.provider.changed(ANA, None).cursor
    world.sandbox.faults.add("no-delta-link", verb="GET", path=DELTA, times=None)
    for given in (None, cursor):
        answer = world.provider.changed(ANA, given)
        assert (answer.changed, answer.cursor) == (True, None)
