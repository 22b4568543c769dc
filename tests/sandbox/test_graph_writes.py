"""create, PATCH, DELETE and cancel: whom they reach, what they reset, what is refused."""

from typing import Any

import pytest

from tests.sandbox.graph_office import GUS, OLA, PIA, ROB, Data, GraphOffice, at, timed

MARK = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name guardian"
BERLIN = "W. Europe Standard Time"
HOUR = {"start": at(24, 9), "end": at(24, 10)}


def block(graph: GraphOffice, **more: Any) -> Data:
    reply = graph.create(PIA, "Focus time", at(24, 9), at(24, 11), transactionId="key-1", **more)
    assert reply.status == 201, reply.data
    return reply.data


def meeting(graph: GraphOffice, **more: Any) -> str:
    event = graph.world.invite(
        OLA, "Plan", at(24, 9), at(24, 10), [PIA, GUS], answers={PIA: "accepted", GUS: "accepted"}, **more
    )
    graph.world.mails.clear()
    return event


def patch(graph: GraphOffice, who: str, body: Data, **headers: str) -> Any:
    event = graph.one(who, "Plan")
    return graph.call("PATCH", graph.event(who, event), body, **headers)


def test_a_block_without_guests_mails_nobody(graph: GraphOffice) -> None:
    times = timed(at(24, 9), at(24, 11), BERLIN)
    made = graph.create(PIA, "Focus", at(24, 1), at(24, 2), **times, categories=["Guardian focus"], showAs="busy").data
    assert (made["start"]["dateTime"][:16], made["originalStartTimeZone"]) == ("2026-11-24T08:00", BERLIN)
    assert (made["categories"], made["showAs"], made["attendees"]) == (["Guardian focus"], "busy", [])
    assert made["responseStatus"]["response"] == "organizer"
    assert graph.world.mails == []


@pytest.mark.parametrize(("mode", "status"), [("first-event", 201), ("409", 409)])
def test_a_repeated_transaction_makes_no_second_event(graph: GraphOffice, mode: str, status: int) -> None:
    graph.server.switches.repeat_transaction = mode
    first = block(graph)
    again = graph.create(PIA, "Focus time", at(24, 9), at(24, 11), transactionId="key-1")
    assert (again.status, again.data.get("id", first["id"])) == (status, first["id"])
    assert len(graph.view(PIA)) == 1
    graph.call("DELETE", graph.event(PIA, first))
    assert graph.create(PIA, "Focus time", at(24, 9), at(24, 11), transactionId="key-1").data["id"] != first["id"]


def test_extended_properties_are_found_by_filter_and_shown_on_demand(graph: GraphOffice) -> None:
    made = block(graph, singleValueExtendedProperties=[{"id": MARK, "value": "abc"}])
    assert "singleValueExtendedProperties" not in graph.get(PIA, made).data
    expand = f"$expand=singleValueExtendedProperties($filter=id eq '{MARK}')"
    shown = graph.call("GET", f"{graph.event(PIA, made)}?{expand}").data["singleValueExtendedProperties"]
    assert shown == [{"id": MARK, "value": "abc"}]

    def found(value: str) -> list[str]:
        test = f"singleValueExtendedProperties/any(ep: ep/id eq '{MARK}' and ep/value eq '{value}')"
        return [row["id"] for row in graph.all(f"/users/{PIA}/events?$filter={test}")]

    assert (found("abc"), found("abd")) == ([made["id"]], [])
    assert (
        graph.call("GET", f"/users/{PIA}/events?$filter=start/dateTime ge '2026'").code == "ErrorInvalidUrlQueryFilter"
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (timed(at(24, 9), at(24, 10), "Nowhere Time"), "TimeZoneNotSupportedException"),
        ({"isAllDay": True}, "ErrorPropertyValidationFailure"),
        ({"start": None}, "ErrorInvalidRequest"),
        ({"showAs": "asleep"}, "RequestBodyRead"),
        ({"attendees": [{"emailAddress": {}}]}, "ErrorInvalidRecipients"),
        ({"recurrence": {"pattern": {"type": "hourly"}, "range": {"type": "noEnd"}}}, "ErrorInvalidRecurrencePattern"),
        (timed(at(24, 10), at(24, 9)), "ErrorInvalidRequest"),
    ],
)
def test_bodies_that_are_refused(graph: GraphOffice, body: Data, code: str) -> None:
    reply = graph.create(PIA, "Focus", at(24, 9), at(24, 10), **body)
    assert (reply.status, reply.code) == (400, code)
    assert graph.view(PIA) == []


def test_an_all_day_event(graph: GraphOffice) -> None:
    made = graph.create(PIA, "Off", at(24, 0), at(25, 0), isAllDay=True).data
    assert (made["isAllDay"], made["start"]["dateTime"][:16]) == (True, "2026-11-24T00:00")


@pytest.mark.parametrize(
    ("pattern", "days"),
    [
        ({"type": "daily", "interval": 2}, [24, 26, 28]),
        ({"type": "weekly", "daysOfWeek": ["tuesday", "thursday"], "firstDayOfWeek": "monday"}, [24, 26, 31]),
        ({"type": "absoluteMonthly", "dayOfMonth": 24}, [24, 54]),
        ({"type": "relativeMonthly", "daysOfWeek": ["tuesday"], "index": "fourth"}, [24, 52]),
    ],
    ids=["daily", "weekly", "absolute", "relative"],
)
def test_recurrence_patterns(graph: GraphOffice, pattern: Data, days: list[int]) -> None:
    span = {"type": "endDate", "startDate": "2026-11-24", "endDate": "2026-12-30"}
    full = {"interval": 1} | pattern
    made = graph.create(OLA, "Series", at(24, 9), at(24, 10), recurrence={"pattern": full, "range": span}).data
    assert made["type"] == "seriesMaster"
    assert full.items() <= made["recurrence"]["pattern"].items()
    assert made["recurrence"]["range"]["endDate"] == "2026-12-30"
    starts = [row["start"]["dateTime"][:16] for row in graph.view(OLA)]
    assert starts[: len(days)] == [at(day, 9).isoformat()[:16] for day in days]


def test_an_invitation_made_here_reaches_both_services(graph: GraphOffice) -> None:
    guests = [{"emailAddress": {"address": who}, "type": sort} for who, sort in ((GUS, "required"), (ROB, "optional"))]
    made = graph.create(OLA, "Crossing", at(24, 9), at(24, 10), attendees=guests).data
    assert [row["type"] for row in graph.one(ROB, "Crossing")["attendees"]] == ["required", "optional"]
    google = graph.world.events(GUS)[0]
    assert (google["summary"], google["iCalUID"]) == ("Crossing", made["iCalUId"])
    assert google["organizer"]["email"] == OLA
    assert sorted(m["to"] for m in graph.world.mails) == [GUS, ROB]


def test_moving_a_meeting_mails_everybody_and_asks_again(graph: GraphOffice) -> None:
    event = meeting(graph)
    moved = patch(graph, OLA, {"end": timed(at(24, 9), at(24, 9, 50))["end"]}).data
    assert {row["status"]["response"] for row in moved["attendees"]} == {"notResponded"}
    assert moved["attendees"][0]["status"]["time"].startswith("0001-01-01")
    assert sorted((m["kind"], m["to"]) for m in graph.world.mails) == [("update", GUS), ("update", PIA)]
    assert graph.one(PIA, "Plan")["responseStatus"]["response"] == "notResponded"
    assert graph.world.answer_of(GUS, event) == "needsAction"


def test_a_move_brings_back_what_was_declined_as_another_item(graph: GraphOffice) -> None:
    event = meeting(graph)
    before = graph.one(PIA, "Plan")
    graph.respond(PIA, before)
    graph.world.edit(event, summary="Plan")
    assert graph.view(PIA) == []
    graph.world.move(event, at(25, 9), at(25, 10))
    after = graph.one(PIA, "Plan")
    assert (after["responseStatus"]["response"], graph.get(PIA, before).status) == ("notResponded", 404)


def test_a_change_of_guests_mails_only_those(graph: GraphOffice) -> None:
    meeting(graph)
    patch(graph, OLA, {"attendees": [{"emailAddress": {"address": who}} for who in (PIA, ROB)]})
    assert sorted((m["kind"], m["to"]) for m in graph.world.mails) == [("cancellation", GUS), ("invitation", ROB)]
    assert graph.one(OLA, "Plan")["attendees"][0]["status"]["response"] == "accepted"


def test_own_marks_stay_in_the_mailbox(graph: GraphOffice) -> None:
    meeting(graph)
    key = graph.one(OLA, "Plan")["changeKey"]
    mine = patch(graph, PIA, {"categories": ["Flagged"], "showAs": "oof"}).data
    assert (mine["categories"], mine["showAs"]) == (["Flagged"], "oof")
    theirs = graph.one(OLA, "Plan")
    assert (theirs["categories"], theirs["showAs"], theirs["changeKey"]) == ([], "busy", key)
    assert graph.world.mails == []


def test_a_guests_change_of_time_is_private_and_does_not_last(graph: GraphOffice) -> None:
    event = meeting(graph)
    patch(graph, PIA, {"end": timed(at(24, 9), at(24, 9, 30))["end"]})
    assert graph.one(PIA, "Plan")["end"]["dateTime"][11:16] == "09:30"
    assert graph.one(OLA, "Plan")["end"]["dateTime"][11:16] == "10:00"
    graph.world.edit(event, location="Room")
    assert graph.one(PIA, "Plan")["end"]["dateTime"][11:16] == "10:00"


def test_a_body_without_the_blob_ends_the_online_meeting(graph: GraphOffice) -> None:
    made = graph.create(OLA, "Plan", at(24, 9), at(24, 10), isOnlineMeeting=True).data
    assert made["onlineMeeting"]["joinUrl"].startswith("https://teams.microsoft.com/")
    kept = patch(
        graph, OLA, {"body": {"contentType": "html", "content": f"<p>{made['onlineMeeting']['joinUrl']}"}}
    ).data
    assert kept["isOnlineMeeting"]
    lost = patch(graph, OLA, {"body": {"contentType": "text", "content": "Notes"}}).data
    assert (lost["isOnlineMeeting"], lost["onlineMeeting"]) == (False, None)


def test_versions_are_compared(graph: GraphOffice) -> None:
    event = meeting(graph)
    tag = graph.one(PIA, "Plan")["@odata.etag"]
    assert patch(graph, PIA, {"categories": ["x"]}, If_Match=tag).status == 200
    stale = patch(graph, PIA, {"categories": ["y"]}, If_Match=tag)
    assert (stale.status, stale.code) == (412, "ErrorIrresolvableConflict")
    graph.server.switches.conflict_without_if_match = 1
    assert [patch(graph, PIA, {"categories": ["z"]}).status for _ in range(2)] == [412, 200]
    assert graph.server.writes[-1].event == event


def test_an_occurrence_stays_between_its_neighbours(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Plan", at(23, 9), at(23, 10), series=["RRULE:FREQ=DAILY;COUNT=5"])
    path = graph.event(OLA, graph.one(OLA, "Plan", 1))
    assert graph.call("PATCH", path, timed(at(24, 15), at(24, 16))).status == 200
    over = graph.call("PATCH", path, timed(at(25, 9), at(25, 10)))
    assert (over.status, over.code) == (400, "ErrorOccurrenceCrossingBoundary")


@pytest.mark.parametrize(("how", "status"), [("cancel", 202), ("DELETE", 204)])
def test_the_organisers_end_leaves_cancelled_copies(graph: GraphOffice, how: str, status: int) -> None:
    event = meeting(graph)
    mine = graph.one(OLA, "Plan")
    suffix, verb, body = ("/cancel", "POST", {"Comment": "Off"}) if how == "cancel" else ("", "DELETE", None)
    assert graph.call(verb, graph.event(OLA, mine, suffix), body).status == status
    assert graph.get(OLA, mine).status == 404
    left = graph.one(PIA, "Canceled: Plan")
    assert (left["isCancelled"], left["showAs"]) == (True, "free")
    assert graph.world.copy(GUS, event)["status"] == "cancelled"
    comment = "Off" if how == "cancel" else None
    assert [(m["to"], m["comment"]) for m in graph.world.mails] == [(PIA, comment), (GUS, comment)]
    assert graph.call("DELETE", graph.event(PIA, left)).status == 204
    assert graph.view(PIA) == []


def test_guests_cannot_cancel_and_their_delete_is_silent(graph: GraphOffice) -> None:
    meeting(graph)
    mine = graph.one(PIA, "Plan")
    assert (
        "need to be an organizer" in graph.call("POST", graph.event(PIA, mine, "/cancel"), {}).data["error"]["message"]
    )
    assert graph.call("DELETE", graph.event(PIA, mine)).status == 204
    assert graph.call("DELETE", graph.event(PIA, mine)).status == 404
    assert graph.one(OLA, "Plan")["attendees"][0]["status"]["response"] == "accepted"
    assert graph.world.mails == []


def test_one_cancelled_occurrence_leaves_the_rest(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Plan", at(24, 9), at(24, 10), [PIA], series=["RRULE:FREQ=WEEKLY;COUNT=3"])
    graph.call("POST", graph.event(OLA, graph.one(OLA, "Plan", 1), "/cancel"), {})
    assert [row["subject"] for row in graph.view(PIA)] == ["Plan", "Canceled: Plan", "Plan"]
    assert len(graph.view(OLA)) == 2


def test_mail_is_noted(graph: GraphOffice) -> None:
    message: Data = {"subject": "Week", "toRecipients": [{"emailAddress": {"address": PIA}}], "body": {"content": "Hi"}}
    assert graph.call("POST", f"/users/{OLA}/sendMail", {"message": message}).status == 202
    assert [(m["kind"], m["from"], m["to"], m["content"]) for m in graph.world.mails] == [("mail", OLA, PIA, "Hi")]
    message["internetMessageHeaders"] = [{"name": "List-Unsubscribe", "value": "<x>"}]
    assert graph.call("POST", f"/users/{OLA}/sendMail", {"message": message}).code == "InvalidInternetMessageHeader"


def test_schedules_are_told_without_ids(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Plan", at(24, 9), at(24, 10), [PIA], answers={PIA: "accepted"})
    graph.world.invite(OLA, "Maybe", at(24, 11), at(24, 11, 30), [PIA])
    times = {f"{name}Time": value for name, value in timed(at(24, 9), at(24, 12)).items()}
    path = f"/users/{OLA}/calendar/getSchedule"
    rows = graph.call("POST", path, {"schedules": [PIA, "x@else.example"], **times}).data["value"]
    assert rows[0]["availabilityView"] == "220010"
    assert "id" not in rows[0]["scheduleItems"][0]
    assert rows[1]["error"]["responseCode"] == "ErrorMailRecipientNotFound"
    assert graph.call("POST", path, {"schedules": [PIA] * 21, **times}).status == 400
    assert graph.server.writes == []
