"""The law of incremental sync: everything that increments said, applied in order, equals a fresh full list."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from guardian.sandbox import listing
from guardian.sandbox.clock import SettableClock
from guardian.sandbox.errors import ApiError
from guardian.sandbox.listing import Pages
from guardian.sandbox.world import World

NOW = datetime(2026, 10, 12, 8, 0, tzinfo=UTC)
PEOPLE = [f"p{n}@acme.example" for n in range(4)]
ZONES = ["Europe/Berlin", "Europe/Lisbon", "America/New_York", "Etc/GMT"]
OUTSIDER = "kim@client.example"
RULES = ["FREQ=DAILY;COUNT=6", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=WEEKLY;INTERVAL=2;COUNT=5", "FREQ=MONTHLY;BYDAY=1MO,FR"]
WINDOW = {"timeMin": ["2026-10-01T00:00:00Z"], "timeMax": ["2026-12-15T00:00:00Z"]}
Row = dict[str, Any]


class Mirror:
    """A client that follows one calendar by token only."""

    def __init__(self, world: World, person: str, single: bool) -> None:
        self.world, self.person = world, person
        self.query = {"singleEvents": ["true"]} if single else {}
        self.pages = Pages()
        self.rows: dict[str, Row] = {}
        self.token: str | None = None

    def full(self) -> tuple[dict[str, Row], str | None]:
        return self._read({**self.query, **(WINDOW if self.query else {})})

    def follow(self) -> None:
        if self.token is None:
            self.rows, self.token = self.full()
            return
        changed, self.token = self._read({**self.query, "syncToken": [self.token]})
        self.rows |= changed

    def _read(self, query: dict[str, list[str]]) -> tuple[dict[str, Row], str | None]:
        calendar = self.world.store.calendar(self.person)
        rows: dict[str, Row] = {}
        while True:
            page = listing.list_events(self.world.store, self.pages, calendar, query)
            rows |= {row["id"]: row for row in page["items"]}
            if "nextPageToken" not in page:
                return rows, page.get("nextSyncToken")
            query = {**query, "pageToken": [page["nextPageToken"]]}


def living(rows: dict[str, Row]) -> dict[str, Row]:
    """What counts as present: deleted events are forgotten, cancelled occurrences matter only by their id."""
    return {key: row for key, row in rows.items() if row["status"] != "cancelled"}


def in_window(rows: dict[str, Row]) -> dict[str, Row]:
    """Increments tell of occurrences outside the first window too: a client filters by itself."""
    low, high = (WINDOW[key][0] for key in ("timeMin", "timeMax"))
    bounds = datetime.fromisoformat(low), datetime.fromisoformat(high)
    return {key: row for key, row in rows.items() if _ends(row, "end") > bounds[0] and _ends(row, "start") < bounds[1]}


def _ends(row: Row, side: str) -> datetime:
    return datetime.fromisoformat(row[side]["dateTime"])


def act(world: World, dice: Random, made: list[str]) -> None:
    """One random act of somebody; what the service refuses is a fair move too."""
    start = NOW + timedelta(days=dice.randint(-5, 40), hours=dice.randint(0, 9))
    end = start + timedelta(minutes=dice.choice((30, 60)))
    kind = dice.choice(("invite", "series", "answer", "move", "cancel", "remove", "edit", "guests", "private"))
    if kind in {"invite", "series"} or not made:
        rule = [f"RRULE:{dice.choice(RULES)}"] if kind == "series" else None
        who = dice.sample(PEOPLE, k=dice.randint(1, 3))
        made.append(world.invite(dice.choice([who[0], OUTSIDER]), f"Meeting {len(made)}", start, end, who, series=rule))
        return
    target, person = pick(world, dice, made), dice.choice(PEOPLE)
    acts: dict[str, Any] = {
        "answer": lambda: world.answer(person, target, dice.choice(("accepted", "declined", "tentative"))),
        "move": lambda: world.move(target, start, end),
        "cancel": lambda: world.cancel(target),
        "remove": lambda: world.delete_copy(person, target),
        "edit": lambda: world.edit(target, summary=f"Renamed {dice.random()}"),
        "guests": lambda: world.edit(target, attendees=[{"email": e} for e in dice.sample(PEOPLE, k=2)]),
        "private": lambda: world.edit(target, who=person, colorId=str(dice.randint(1, 9))),
    }
    acts[kind]()


def pick(world: World, dice: Random, made: list[str]) -> str:
    """An event, a series or one occurrence of it."""
    event_id = dice.choice(made)
    hub = world.store.calendars[next(c.organizer for c in world.store.copies(event_id))].rows[event_id]
    if not hub.recurring or dice.random() < 0.4:
        return event_id
    found = list(
        listing.expand(world.store.calendars[hub.owner], hub, NOW - timedelta(days=9), NOW + timedelta(days=50))
    )
    return dice.choice(found).id if found else event_id


@pytest.mark.parametrize("seed", range(16))
@pytest.mark.parametrize("single", [False, True], ids=["series", "instances"])
def test_increments_applied_in_order_equal_a_fresh_full_list(seed: int, single: bool) -> None:
    dice, clock = Random(seed), SettableClock(NOW)
    world = World(clock)
    for person, zone in zip(PEOPLE, ZONES, strict=True):
        world.add_person(person, timezone=zone)
    world.switches.page_size = dice.choice((None, 1, 3))
    mirrors = [Mirror(world, person, single) for person in PEOPLE]
    made: list[str] = []
    for step in range(60):
        clock.advance(timedelta(seconds=7))
        try:
            act(world, dice, made)
        except (ApiError, KeyError):
            continue
        if step % dice.choice((1, 3, 5)) == 0:
            dice.choice(mirrors).follow()
    for mirror in mirrors:
        mirror.follow()
        fresh, kept = living(mirror.full()[0]), living(mirror.rows)
        assert (in_window(kept) if single else kept) == fresh, mirror.person
