"""calendarView/delta: rounds, stubs, tombstones, lost states; and the law that rounds add up to a fresh calendarView."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from guardian.sandbox.errors import ApiError
from tests.sandbox.graph_office import GUS, KIM, NOW, OLA, PIA, ROB, Data, GraphOffice, Reply, at

WEEKLY = ["RRULE:FREQ=WEEKLY;COUNT=4"]
STUB = {"@odata.type", "@odata.etag", "id", "seriesMasterId", "type", "start", "end"}
LOW, HIGH = "2026-11-16", "2026-12-20"
WINDOW = f"startDateTime={LOW}T00:00:00Z&endDateTime={HIGH}T00:00:00Z"
START = f"/calendarView/delta?{WINDOW}"


class Follower:
    """A client that keeps a mailbox by delta alone: masters replace their series, unknown tombstones are nothing."""

    def __init__(self, graph: GraphOffice, who: str, size: int | None = None) -> None:
        self.graph, self.who = graph, who
        self.prefer = {"prefer": f"odata.maxpagesize={size}"} if size else {}
        self.rows: dict[str, Data] = {}
        self.masters: dict[str, Data] = {}
        self.link = f"/users/{who}{START}"

    def page(self, link: str) -> Reply:
        return self.graph.call("GET", link, **self.prefer)

    def entries(self) -> list[Data]:
        """All entries of one round; the state is swapped only by a delta link."""
        found: list[Data] = []
        page = self.page(self.link)
        while True:
            assert page.status == 200, page.data
            found += page.data["value"]
            if "@odata.deltaLink" in page.data:
                self.link = page.data["@odata.deltaLink"]
                return found
            page = self.page(page.data["@odata.nextLink"])

    def follow(self) -> list[Data]:
        found = self.entries()
        for entry in found:
            self.take(entry)
        return found

    def take(self, entry: Data) -> None:
        name = entry["id"]
        if "@removed" in entry:
            self.rows.pop(name, None)
            if self.masters.pop(name, None):
                self.drop_series(name)
        elif entry["type"] == "seriesMaster":
            self.masters[name] = entry
            self.drop_series(name)
        else:
            self.rows[name] = entry

    def drop_series(self, master: str) -> None:
        self.rows = {key: row for key, row in self.rows.items() if row["seriesMasterId"] != master}

    def state(self) -> dict[str, Data]:
        """What it believes: stubs filled up from their masters."""
        return {
            key: shape(self.masters[row["seriesMasterId"]] | row if "subject" not in row else row)
            for key, row in self.rows.items()
        }


def shape(row: Data) -> Data:
    """What must agree between a followed and a fresh view."""
    kept = ("id", "type", "seriesMasterId", "start", "end", "subject", "isCancelled", "attendees", "categories")
    return {key: row[key] for key in kept}


def fresh(graph: GraphOffice, who: str) -> dict[str, Data]:
    return {row["id"]: shape(row) for row in graph.view(who, LOW, HIGH)}


def kinds(entries: list[Data]) -> list[str]:
    return ["removed" if "@removed" in entry else entry["type"] for entry in entries]


def test_occurrences_come_as_stubs_behind_a_full_master(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Weekly", at(3, 9), at(3, 10), [PIA], series=["RRULE:FREQ=WEEKLY;COUNT=6"])
    entries = Follower(graph, PIA).follow()
    assert kinds(entries) == ["seriesMaster", *["occurrence"] * 4]
    assert entries[0]["start"]["dateTime"].startswith("2026-11-03")
    assert entries[0]["subject"] == "Weekly"
    assert all(set(entry) == STUB for entry in entries[1:])


def test_pages_lead_to_a_delta_link_and_say_that_changes_are_tracked(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Daily", at(24, 9), at(24, 10), series=["RRULE:FREQ=DAILY;COUNT=7"])
    graph.server.switches.first_page_empty = True
    page = graph.call("GET", f"/users/{OLA}{START}", prefer="odata.maxpagesize=3")
    assert (page.data["value"], page.headers["preference-applied"]) == ([], "odata.track-changes")
    assert page.data["@odata.nextLink"].startswith(graph.server.url)
    follower = Follower(graph, OLA, size=3)
    assert len(follower.follow()) == 8
    assert follower.follow() == []


def test_a_deleted_occurrence_has_no_tombstone(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Weekly", at(24, 9), at(24, 10), [PIA], series=WEEKLY)
    follower = Follower(graph, PIA)
    follower.follow()
    graph.respond(PIA, graph.one(PIA, "Weekly", 1))
    entries = follower.follow()
    assert kinds(entries) == ["seriesMaster", *["occurrence"] * 3]
    assert follower.state() == fresh(graph, PIA)


def test_changes_outside_the_window_are_tombstones_of_the_unknown(graph: GraphOffice) -> None:
    follower = Follower(graph, OLA)
    follower.follow()
    graph.world.invite(OLA, "Far", at(24, 9) + timedelta(days=90), at(24, 10) + timedelta(days=90))
    assert kinds(follower.follow()) == ["removed"]
    event = graph.world.invite(OLA, "Near", at(24, 9), at(24, 10))
    assert kinds(follower.follow()) == ["singleInstance"]
    graph.world.move(event, at(24, 9) + timedelta(days=90), at(24, 10) + timedelta(days=90))
    assert follower.follow()[0]["@removed"] == {"reason": "deleted"}
    assert follower.state() == {}


def test_duplicates_replays_delay_and_missing_masters(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Old", at(3, 9), at(3, 10), series=["RRULE:FREQ=WEEKLY;COUNT=6"])
    graph.server.switches.early_masters_missing = True
    assert set(kinds(Follower(graph, OLA).follow())) == {"occurrence"}
    follower = Follower(graph, OLA)
    follower.follow()
    graph.server.switches.delta_until = graph.world.store.revision
    graph.world.invite(OLA, "New", at(24, 9), at(24, 10))
    assert follower.follow() == []
    graph.server.switches.delta_until = None
    graph.server.switches.duplicates = True
    assert kinds(follower.follow()) == ["singleInstance"] * 2
    graph.server.switches.replays = 1
    graph.world.invite(OLA, "Newer", at(24, 9), at(24, 10))
    assert [entry["subject"] for entry in follower.follow()] == ["New", "Newer"] * 2


def test_rounds_may_silently_miss_an_update(graph: GraphOffice) -> None:
    follower = Follower(graph, OLA)
    follower.follow()
    event = graph.world.invite(OLA, "Missed", at(24, 9), at(24, 10))
    graph.world.conceal(OLA, event)
    assert follower.follow() == []
    assert len(graph.view(OLA)) == 1


@pytest.mark.parametrize("parameter", ["$select=subject", "$filter=x", "$expand=x", "$orderby=x", "$search=x"])
def test_parameters_that_are_not_supported(graph: GraphOffice, parameter: str) -> None:
    assert graph.call("GET", f"/users/{OLA}{START}&{parameter}").status == 400


def test_events_have_no_delta(graph: GraphOffice) -> None:
    reply = graph.call("GET", f"/users/{OLA}/events/delta")
    assert (reply.status, "Change tracking is not supported" in reply.data["error"]["message"]) == (400, True)


def test_lost_states(graph: GraphOffice) -> None:
    follower = Follower(graph, OLA)
    follower.follow()
    graph.world.expire_sync_tokens(OLA)
    reply = graph.call("GET", follower.link)
    assert (reply.status, reply.code) == (410, "SyncStateNotFound")
    assert graph.call("GET", f"/users/{OLA}/calendarView/delta?$skiptoken=dead").status == 410
    other = Follower(graph, PIA)
    other.follow()
    assert graph.call("GET", other.link.replace(PIA, OLA)).status == 410


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("410", 410, "SyncStateNotFound"),
        ("syncStateNotFound-400", 400, "syncStateNotFound"),
        ("resyncRequired", 400, "resyncRequired"),
        ("504-unknown", 504, "UnknownError"),
    ],
)
def test_states_lost_on_order(graph: GraphOffice, kind: str, status: int, code: str) -> None:
    follower = Follower(graph, OLA)
    follower.follow()
    graph.server.faults.add(kind, path="deltatoken")
    reply = graph.call("GET", follower.link)
    assert (reply.status, reply.code) == (status, code)
    assert graph.call("GET", follower.link).status == 200


def test_a_lost_state_may_say_where_to_begin_again(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Plan", at(24, 9), at(24, 10))
    follower = Follower(graph, OLA)
    follower.follow()
    graph.server.faults.add("410-location", path="deltatoken")
    reply = graph.call("GET", follower.link)
    assert (reply.status, reply.headers["location"].endswith("$deltatoken=")) == (410, True)
    follower.link = reply.headers["location"]
    assert kinds(follower.follow()) == ["singleInstance"]


def test_next_links_may_die_or_lead_elsewhere(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Daily", at(24, 9), at(24, 10), series=["RRULE:FREQ=DAILY;COUNT=15"])
    graph.server.faults.add("dying-next-link", path="delta")
    assert graph.call("GET", graph.call("GET", f"/users/{OLA}{START}").data["@odata.nextLink"]).status == 410
    graph.server.faults.add("next-link-to-other-host", path="delta")
    assert "attacker.example" in graph.call("GET", f"/users/{OLA}{START}").data["@odata.nextLink"]


RULES = ["FREQ=DAILY;COUNT=6", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=WEEKLY;INTERVAL=2;COUNT=5", "FREQ=MONTHLY;BYDAY=1MO"]
PEOPLE = [OLA, PIA, ROB, GUS]


def act(graph: GraphOffice, dice: Random, made: list[str]) -> None:
    """One random act of somebody on either service."""
    world = graph.world
    start = NOW + timedelta(days=dice.randint(-12, 40), hours=dice.randint(0, 9))
    end = start + timedelta(minutes=dice.choice((30, 60)))
    kind = dice.choice(
        ("invite", "series", "answer", "answer", "move", "cancel", "remove", "edit", "guests", "mark", "relocate")
    )
    if kind in {"invite", "series"} or not made:
        rule = [f"RRULE:{dice.choice(RULES)}"] if kind == "series" else None
        who = dice.sample(PEOPLE, k=dice.randint(1, 3))
        made.append(world.invite(dice.choice([who[0], KIM]), f"Meeting {len(made)}", start, end, who, series=rule))
        return
    target, person = pick(graph, dice, made), dice.choice(PEOPLE)
    acts: dict[str, Any] = {
        "answer": lambda: world.answer(person, target, dice.choice(("accepted", "declined", "tentative"))),
        "move": lambda: world.move(target, start, end),
        "cancel": lambda: world.cancel(target),
        "remove": lambda: world.delete_copy(person, target),
        "edit": lambda: world.edit(target, summary=f"Renamed {dice.random()}"),
        "guests": lambda: world.edit(target, attendees=[{"email": e} for e in dice.sample(PEOPLE, k=2)]),
        "mark": lambda: mark(graph, dice),
        "relocate": lambda: world.relocate(person, target),
    }
    acts[kind]()


def mark(graph: GraphOffice, dice: Random) -> None:
    who = dice.choice([OLA, PIA, ROB])
    rows = graph.view(who, LOW, HIGH)
    if rows:
        graph.call("PATCH", graph.event(who, dice.choice(rows)), {"categories": [str(dice.random())]})


def pick(graph: GraphOffice, dice: Random, made: list[str]) -> str:
    """An event, a series or one occurrence of it."""
    event_id = dice.choice(made)
    hub = next(graph.world.store.calendars[c.organizer].rows[event_id] for c in graph.world.store.copies(event_id))
    if not hub.recurring or dice.random() < 0.4:
        return event_id
    days = (NOW + timedelta(days=n) for n in range(-12, 40))
    clock = hub.body["start"]["dateTime"][11:16]
    for day in dice.sample(list(days), k=20):
        try:
            return graph.world.occurrence(event_id, day.replace(hour=int(clock[:2]), minute=int(clock[3:])))
        except KeyError:
            continue
    return event_id


@pytest.mark.parametrize("seed", range(16))
def test_rounds_add_up_to_a_fresh_view(graph: GraphOffice, seed: int) -> None:
    dice = Random(seed)
    graph.server.switches.duplicates = dice.random() < 0.3
    graph.server.switches.first_page_empty = dice.random() < 0.3
    graph.server.switches.exception_ids_change = dice.random() < 0.5
    graph.server.switches.preserve_declined = frozenset({PIA}) if dice.random() < 0.5 else frozenset()
    graph.immutable = dice.random() < 0.7
    followers = [Follower(graph, who, dice.choice((None, 1, 4))) for who in (OLA, PIA, ROB)]
    made: list[str] = []
    for _ in range(50):
        graph.clock.advance(timedelta(seconds=7))
        try:
            act(graph, dice, made)
        except (ApiError, KeyError):
            continue
        if dice.random() < 0.3:
            dice.choice(followers).follow()
    for follower in followers:
        follower.follow()
        assert follower.state() == fresh(graph, follower.who), follower.who
