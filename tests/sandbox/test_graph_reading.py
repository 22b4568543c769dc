"""calendarView and events: what is shown, in which zone, under which id."""

from datetime import date
from typing import Any

import pytest

from tests.sandbox.graph_office import GUS, KIM, OLA, PIA, ROB, GraphOffice, at

WEEKLY = ["RRULE:FREQ=WEEKLY;COUNT=4"]


def test_a_window_is_needed(graph: GraphOffice) -> None:
    answer = graph.call("GET", f"/users/{OLA}/calendarView?startDateTime=2026-11-23")
    assert (answer.status, answer.code) == (400, "ErrorInvalidParameter")
    assert "time window" in answer.data["error"]["message"]
    assert graph.call("GET", f"/users/{OLA}/calendarView?startDateTime=2020-01-01&endDateTime=2026-01-01").status == 400


def test_events_that_overlap_the_edge_are_included(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Night", at(23, 22), at(24, 2))
    assert [
        len(graph.view(OLA, day, end)) for day, end in [("2026-11-24", "2026-11-25"), ("2026-11-25", "2026-11-26")]
    ] == [1, 0]


def test_view_has_no_masters_and_events_no_occurrences(graph: GraphOffice) -> None:
    series = graph.world.invite(OLA, "Weekly", at(24, 9), at(24, 10), [PIA], series=WEEKLY)
    graph.world.invite(OLA, "Once", at(25, 9), at(25, 10), [PIA])
    graph.world.move(graph.world.occurrence(series, at(31, 9)), at(31, 11), at(31, 12))
    kinds = [row["type"] for row in graph.view(PIA)]
    assert kinds == ["occurrence", "singleInstance", "exception", "occurrence", "occurrence"]
    assert sorted(row["type"] for row in graph.all(f"/users/{PIA}/events")) == ["seriesMaster", "singleInstance"]
    masters = {row["seriesMasterId"] for row in graph.view(PIA) if row["seriesMasterId"]}
    assert masters == {graph.master(PIA, "Weekly")["id"]}


def test_pages_follow_top_and_the_preferred_size(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Daily", at(24, 9), at(24, 10), series=["RRULE:FREQ=DAILY;COUNT=25"])
    window = "startDateTime=2026-11-01&endDateTime=2027-01-01"
    first = graph.call("GET", f"/users/{OLA}/calendarView?{window}")
    assert len(first.data["value"]) == 10
    assert first.data["@odata.nextLink"].startswith(graph.server.url)
    assert len(graph.all(f"/users/{OLA}/calendarView?{window}")) == 25
    assert len(graph.call("GET", f"/users/{OLA}/calendarView?{window}&$top=7").data["value"]) == 7
    preferred = graph.call("GET", f"/users/{OLA}/calendarView?{window}", prefer="odata.maxpagesize=3")
    assert len(preferred.data["value"]) == 3


def test_each_mailbox_has_its_own_ids(graph: GraphOffice) -> None:
    graph.world.invite(GUS, "Shared", at(24, 9), at(24, 10), [OLA, PIA])
    one, other = graph.one(OLA, "Shared"), graph.one(PIA, "Shared")
    assert one["id"] != other["id"]
    assert one["iCalUId"] == other["iCalUId"]
    answer = graph.get(PIA, one)
    assert (answer.status, answer.code) == (404, "ErrorItemNotFound")
    assert graph.get(OLA, one["id"].swapcase()).status == 404


def test_ordinary_ids_change_on_a_move_and_immutable_ones_do_not(graph: GraphOffice) -> None:
    event = graph.world.invite(OLA, "Moved", at(24, 9), at(24, 10))
    immutable = graph.one(OLA, "Moved")["id"]
    graph.immutable = False
    ordinary = graph.one(OLA, "Moved")["id"]
    assert ordinary != immutable
    graph.world.relocate(OLA, event)
    assert graph.get(OLA, ordinary).status == 404
    assert graph.get(OLA, immutable).status == 200
    assert graph.one(OLA, "Moved")["id"] != ordinary


@pytest.mark.parametrize("changes", [False, True])
def test_an_occurrence_may_change_its_id_when_it_becomes_an_exception(graph: GraphOffice, changes: bool) -> None:
    graph.server.switches.exception_ids_change = changes
    graph.world.invite(OLA, "Weekly", at(24, 9), at(24, 10), [PIA], series=WEEKLY)
    before = graph.one(PIA, "Weekly")
    graph.respond(PIA, before, "accept")
    after = graph.one(PIA, "Weekly")
    assert after["type"] == "exception"
    assert (after["id"] != before["id"], graph.get(PIA, before).status) == (changes, 404 if changes else 200)


def test_ical_ids_differ_between_occurrences_and_agree_between_mailboxes(graph: GraphOffice) -> None:
    graph.world.invite(GUS, "Google's", at(24, 9), at(24, 10), [OLA, PIA], series=WEEKLY)
    graph.world.invite(OLA, "Outlook's", at(24, 11), at(24, 12), [GUS, PIA], series=WEEKLY)
    for subject in ("Google's", "Outlook's"):
        ids = [[row["iCalUId"] for row in graph.view(who) if row["subject"] == subject] for who in (OLA, PIA)]
        assert ids[0] == ids[1]
        assert len(set(ids[0])) == 4
        assert graph.master(OLA, subject)["iCalUId"] == graph.master(PIA, subject)["iCalUId"] not in ids[0]


def test_times_are_utc_or_in_the_zone_asked_for(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Call", at(24, 9), at(24, 10))
    assert graph.one(OLA, "Call")["start"] == {"dateTime": "2026-11-24T09:00:00.0000000", "timeZone": "UTC"}
    asked = graph.view(OLA, prefer='outlook.timezone="W. Europe Standard Time"')[0]
    assert asked["start"] == {"dateTime": "2026-11-24T10:00:00.0000000", "timeZone": "W. Europe Standard Time"}
    assert asked["originalStartTimeZone"] == "W. Europe Standard Time"
    answer = graph.get(OLA, asked, prefer='outlook.timezone="Nowhere Time"')
    assert (answer.status, answer.code) == (400, "TimeZoneNotSupportedException")


def test_all_day_events_are_midnight_to_midnight_in_any_zone(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Holiday", date(2026, 11, 25), date(2026, 11, 26))
    for zone in ("UTC", "Tokyo Standard Time"):
        row = graph.view(OLA, prefer=f'outlook.timezone="{zone}"')[0]
        assert row["isAllDay"]
        assert [row[key] for key in ("start", "end")] == [
            {"dateTime": f"2026-11-{day}T00:00:00.0000000", "timeZone": zone} for day in (25, 26)
        ]
    # The window is held against the stored instant: midnight in Berlin is 23:00 UTC of the day before.
    assert graph.view(OLA, "2026-11-24", "2026-11-25")


def test_a_zone_drawn_by_hand_has_no_name(graph: GraphOffice) -> None:
    graph.server.switches.custom_zones = frozenset({KIM})
    graph.world.invite(KIM, "Offer", at(24, 9), at(24, 10), [OLA])
    assert graph.one(OLA, "Offer")["originalStartTimeZone"] == "tzone://Microsoft/Custom"


def test_private_events_are_told_in_full(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Doctor", at(24, 9), at(24, 10), visibility="private", description="Knee")
    row = graph.one(OLA, "Doctor")
    assert (row["sensitivity"], row["bodyPreview"]) == ("private", "Knee")


def test_select_and_text_bodies(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Plan", at(24, 9), at(24, 10), description="1 < 2")
    path = f"/users/{OLA}/calendarView?startDateTime=2026-11-23&endDateTime=2026-11-30"
    row = graph.all(f"{path}&$select=subject,start")[0]
    assert set(row) == {"@odata.etag", "id", "subject", "start"}
    assert graph.one(OLA, "Plan")["body"]["content"].count("1 &lt; 2") == 1
    assert graph.view(OLA, prefer='outlook.body-content-type="text"')[0]["body"] == {
        "contentType": "text",
        "content": "1 < 2",
    }


@pytest.mark.parametrize(("mode", "status"), [("500", 500), ("empty", 200)])
def test_a_filter_on_the_view_is_of_no_use(graph: GraphOffice, mode: str, status: int) -> None:
    graph.server.switches.calendar_view_filter = mode
    graph.world.invite(OLA, "Plan", at(24, 9), at(24, 10))
    window = "startDateTime=2026-11-23&endDateTime=2026-11-30"
    answer = graph.call("GET", f"/users/{OLA}/calendarView?{window}&$filter=subject eq 'Plan'")
    assert (answer.status, answer.data.get("value", [])) == (status, [])


@pytest.mark.parametrize(
    ("answer", "shown", "show_as"),
    [
        ("needsAction", "notResponded", "tentative"),
        ("accepted", "accepted", "busy"),
        ("tentative", "tentativelyAccepted", "tentative"),
    ],
)
def test_the_own_answer_and_nobody_elses(graph: GraphOffice, answer: str, shown: str, show_as: str) -> None:
    graph.world.invite(OLA, "Plan", at(24, 9), at(24, 10), [PIA, ROB], answers={PIA: answer, ROB: "accepted"})
    mine, theirs = graph.one(PIA, "Plan"), graph.one(OLA, "Plan")
    assert (mine["responseStatus"]["response"], mine["showAs"]) == (shown, show_as)
    assert [row["status"]["response"] for row in mine["attendees"]] == [shown, "none"]
    assert [row["status"]["response"] for row in theirs["attendees"]] == [shown, "accepted"]
    assert (theirs["isOrganizer"], theirs["responseStatus"]["response"]) == (True, "organizer")


def test_hidden_attendees_see_only_themselves(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Secret", at(24, 9), at(24, 10), [PIA, ROB], terms={"hideAttendees": True})
    assert [row["emailAddress"]["address"] for row in graph.one(PIA, "Secret")["attendees"]] == [PIA]
    assert len(graph.one(OLA, "Secret")["attendees"]) == 2


def test_members_of_an_invited_group_have_no_row(graph: GraphOffice) -> None:
    graph.world.add_group("team@acme.example", [PIA])
    graph.world.invite(OLA, "Team", at(24, 9), at(24, 10), ["team@acme.example"])
    assert graph.one(PIA, "Team")["responseStatus"]["response"] == "notResponded"
    assert graph.respond(PIA, graph.one(PIA, "Team"), "accept").status == 202
    rows = {row["emailAddress"]["address"]: row["status"]["response"] for row in graph.one(OLA, "Team")["attendees"]}
    assert rows[PIA] == "accepted"


def test_a_master_tells_of_its_exceptions_only_when_asked(graph: GraphOffice) -> None:
    series = graph.world.invite(OLA, "Weekly", at(24, 9), at(24, 10), [PIA], series=WEEKLY)
    graph.world.move(graph.world.occurrence(series, at(31, 9)), at(31, 11), at(31, 12))
    graph.world.delete_copy(PIA, graph.world.occurrence(series, at(38, 9)))
    path = graph.event(PIA, graph.master(PIA, "Weekly"))
    assert "cancelledOccurrences" not in graph.call("GET", path).data
    row: dict[str, Any] = graph.call("GET", f"{path}?$select=cancelledOccurrences&$expand=exceptionOccurrences").data
    assert [text.rpartition(".")[2] for text in row["cancelledOccurrences"]] == ["2026-12-08"]
    assert [e["start"]["dateTime"][:16] for e in row["exceptionOccurrences"]] == ["2026-12-01T11:00"]
    assert row["exceptionOccurrences"][0]["originalStart"].startswith("2026-12-01T09:00")
    window = "startDateTime=2026-12-01&endDateTime=2026-12-31"
    assert [e["type"] for e in graph.all(f"{path}/instances?{window}")] == ["exception", "occurrence"]
