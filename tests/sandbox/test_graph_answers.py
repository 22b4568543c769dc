"""accept, tentativelyAccept, decline: what is refused, what is told, what stays; and how answers cross to Google and back."""

from typing import Any

import pytest

from tests.sandbox.graph_office import GUS, KIM, OLA, PIA, ROB, Data, GraphOffice, at, timed

WEEKLY = ["RRULE:FREQ=WEEKLY;COUNT=4"]
PROPOSAL = timed(at(25, 9), at(25, 10))


def rows(graph: GraphOffice, who: str, subject: str) -> dict[str, str]:
    """Answers as the organiser's copy in Outlook tells them."""
    found = graph.one(who, subject)["attendees"]
    return {row["emailAddress"]["address"]: row["status"]["response"] for row in found}


def plan(graph: GraphOffice, organizer: str = OLA, **more: Any) -> Data:
    graph.world.invite(organizer, "Plan", at(24, 9), at(24, 10), [PIA, ROB], **more)
    graph.world.mails.clear()
    return graph.one(PIA, "Plan")


@pytest.mark.parametrize(
    ("verb", "answer"), [("accept", "accepted"), ("tentativelyAccept", "tentativelyAccepted"), ("decline", "declined")]
)
def test_an_answer_is_202_empty_and_reaches_the_organiser(graph: GraphOffice, verb: str, answer: str) -> None:
    event = plan(graph)
    key = graph.one(OLA, "Plan")["changeKey"]
    reply = graph.respond(PIA, event, verb, comment="Because", sendResponse=True)
    assert (reply.status, reply.data) == (202, {})
    assert rows(graph, OLA, "Plan")[PIA] == answer
    assert graph.one(OLA, "Plan")["changeKey"] != key
    assert [(m["kind"], m["to"], m["comment"]) for m in graph.world.mails] == [("reply", OLA, "Because")]
    assert [(w.event, w.person, w.applied) for w in graph.server.writes] == [(graph.server.writes[0].event, PIA, True)]


def test_a_decline_takes_the_copy_away_and_an_acceptance_does_not(graph: GraphOffice) -> None:
    event = plan(graph)
    graph.respond(PIA, event, "tentativelyAccept")
    assert graph.get(PIA, event).data["responseStatus"]["response"] == "tentativelyAccepted"
    graph.respond(PIA, event, "accept")
    assert graph.get(PIA, event).data["showAs"] == "busy"
    graph.respond(PIA, event)
    assert graph.get(PIA, event).status == 404
    assert graph.respond(PIA, event).status == 404
    assert graph.view(PIA) == []
    assert graph.view(ROB) != []


def test_a_mailbox_may_keep_what_it_declines(graph: GraphOffice) -> None:
    event = plan(graph)
    graph.server.switches.preserve_declined = frozenset({PIA})
    graph.respond(PIA, event)
    kept = graph.get(PIA, event).data
    assert (kept["responseStatus"]["response"], kept["showAs"]) == ("declined", "free")
    assert kept["responseStatus"]["time"].startswith("2026-11-23T08:00")
    assert graph.respond(PIA, event, "accept").status == 202
    assert rows(graph, OLA, "Plan")[PIA] == "accepted"


def test_without_a_response_the_organiser_is_not_told(graph: GraphOffice) -> None:
    event = plan(graph)
    assert graph.respond(PIA, event, sendResponse=False).status == 202
    assert rows(graph, OLA, "Plan")[PIA] == "notResponded"
    assert graph.world.mails == []


def test_a_proposal_lands_on_the_organisers_row(graph: GraphOffice) -> None:
    graph.respond(PIA, plan(graph), Comment="Later?", SendResponse=True, ProposedNewTime=PROPOSAL)
    row = next(r for r in graph.one(OLA, "Plan")["attendees"] if r["emailAddress"]["address"] == PIA)
    assert row["proposedNewTime"] == PROPOSAL
    assert graph.world.mails[0]["proposedNewTime"] == PROPOSAL


@pytest.mark.parametrize(
    ("terms", "verb", "body"),
    [
        ({}, "decline", {"sendResponse": False, "proposedNewTime": PROPOSAL}),
        ({}, "accept", {"proposedNewTime": PROPOSAL}),
        ({}, "decline", {"proposedNewTime": {"start": PROPOSAL["start"]}}),
        ({}, "decline", {"proposedNewTime": {"start": PROPOSAL["end"], "end": PROPOSAL["start"]}}),
        ({"allowNewTimeProposals": False}, "decline", {"proposedNewTime": PROPOSAL}),
        ({"responseRequested": False}, "decline", {"sendResponse": True}),
        ({"responseRequested": False}, "decline", {}),
    ],
    ids=["silent proposal", "accept", "half", "backwards", "no proposals", "no answer wanted", "by default"],
)
def test_what_is_refused(graph: GraphOffice, terms: Data, verb: str, body: Data) -> None:
    event = plan(graph, terms=terms)
    assert graph.respond(PIA, event, verb, **body).status == 400
    assert rows(graph, OLA, "Plan")[PIA] == "notResponded"
    assert graph.world.mails == []
    assert not graph.server.writes[0].applied


def test_where_no_answer_is_wanted_a_silent_one_is_taken(graph: GraphOffice) -> None:
    event = plan(graph, terms={"responseRequested": False})
    assert graph.respond(PIA, event, sendResponse=False).status == 202
    assert graph.get(PIA, event).status == 404


def test_organisers_appointments_and_cancelled_meetings_cannot_be_answered(graph: GraphOffice) -> None:
    event = plan(graph)
    assert "organizer" in graph.respond(OLA, graph.one(OLA, "Plan")).data["error"]["message"]
    graph.world.invite(PIA, "Alone", at(25, 9), at(25, 10))
    assert graph.respond(PIA, graph.one(PIA, "Alone")).status == 400
    graph.call("POST", graph.event(OLA, graph.one(OLA, "Plan"), "/cancel"), {"comment": "Off"})
    assert graph.respond(PIA, event).code == "ErrorCalendarIsCancelledForDecline"


def test_the_id_of_the_series_answers_all_of_it(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Weekly", at(24, 9), at(24, 10), [PIA], series=WEEKLY)
    master = graph.master(PIA, "Weekly")
    graph.respond(PIA, graph.one(PIA, "Weekly", 2))
    assert [row["start"]["dateTime"][:10] for row in graph.view(PIA)] == ["2026-11-24", "2026-12-01", "2026-12-15"]
    answers = [row["attendees"][0]["status"]["response"] for row in graph.view(OLA)]
    assert answers == ["notResponded", "notResponded", "declined", "notResponded"]
    assert graph.respond(PIA, master).status == 202
    assert graph.view(PIA) == []
    assert {row["attendees"][0]["status"]["response"] for row in graph.view(OLA)} == {"declined"}


def test_answers_may_be_on_their_way_for_a_while(graph: GraphOffice) -> None:
    graph.server.switches.hold_answers = True
    graph.respond(PIA, plan(graph))
    assert rows(graph, OLA, "Plan")[PIA] == "notResponded"
    graph.world.deliver_answers()
    assert rows(graph, OLA, "Plan")[PIA] == "declined"


def test_by_hand_is_the_same(graph: GraphOffice) -> None:
    event = graph.world.invite(OLA, "Plan", at(24, 9), at(24, 10), [PIA, ROB], answers={ROB: "declined"})
    graph.world.answer(PIA, event, "declined", "By hand")
    assert [graph.view(who) for who in (PIA, ROB)] == [[], []]
    assert set(rows(graph, OLA, "Plan").values()) == {"declined"}


def test_answers_cross_from_outlook_to_google(graph: GraphOffice) -> None:
    event = graph.world.invite(GUS, "Crossing", at(24, 9), at(24, 10), [OLA, PIA])
    before = graph.one(PIA, "Crossing")["changeKey"]
    graph.respond(OLA, graph.one(OLA, "Crossing"), comment="No time")
    rows_there = {row["email"]: row for row in graph.world.copy(GUS, event)["attendees"]}
    assert (rows_there[OLA]["responseStatus"], rows_there[OLA]["comment"]) == ("declined", "No time")
    # The other guest in Outlook hears nothing of it.
    assert graph.one(PIA, "Crossing")["changeKey"] == before


def test_answers_cross_from_google_to_outlook(graph: GraphOffice) -> None:
    event = graph.world.invite(OLA, "Crossing", at(24, 9), at(24, 10), [GUS, PIA])
    key = graph.one(OLA, "Crossing")["changeKey"]
    graph.world.answer(GUS, event, "declined")
    assert rows(graph, OLA, "Crossing") == {GUS: "declined", PIA: "notResponded"}
    assert graph.one(OLA, "Crossing")["changeKey"] != key
    graph.world.answer(PIA, event, "accepted")
    assert graph.world.copy(GUS, event)["attendees"][2]["responseStatus"] == "needsAction"


def test_one_occurrence_crosses_too(graph: GraphOffice) -> None:
    event = graph.world.invite(GUS, "Weekly", at(24, 9), at(24, 10), [OLA], series=WEEKLY)
    graph.respond(OLA, graph.one(OLA, "Weekly", 1))
    answers = [
        graph.world.copy(GUS, graph.world.occurrence(event, at(day, 9)))["attendees"][1]["responseStatus"]
        for day in (24, 31)
    ]
    assert answers == ["needsAction", "declined"]


def test_invitations_from_outside_have_a_copy_here_only(graph: GraphOffice) -> None:
    event = graph.world.invite(KIM, "Offer", at(24, 9), at(24, 10), [PIA])
    graph.respond(PIA, graph.one(PIA, "Offer"), comment="Sorry")
    assert [(m["to"], m["answer"]) for m in graph.world.mails if m["kind"] == "reply"] == [(KIM, "declined")]
    assert graph.world.answer_of(PIA, event) == "declined"
