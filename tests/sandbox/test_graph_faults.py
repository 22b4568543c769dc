"""Faults that are ordered, the limit of requests in flight, and batches."""

from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from tests.sandbox.graph_office import OLA, PIA, ROB, Data, GraphOffice, at

VIEW = f"/users/{OLA}/calendarView?startDateTime=2026-11-23&endDateTime=2026-11-30"


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("401", 401, "InvalidAuthenticationToken"),
        ("403", 403, "ErrorAccessDenied"),
        ("Authorization_RequestDenied", 403, "Authorization_RequestDenied"),
        ("404", 404, "ErrorItemNotFound"),
        ("MailboxNotEnabledForRESTAPI", 404, "MailboxNotEnabledForRESTAPI"),
        ("409", 409, "ErrorDuplicateTransactionId"),
        ("412", 412, "ErrorIrresolvableConflict"),
        ("429", 429, "ApplicationThrottled"),
        ("MailboxConcurrency", 429, "ApplicationThrottled"),
        ("500", 500, "InternalServerError"),
        ("504-unknown", 504, "UnknownError"),
        ("500-html", 500, ""),
        ("502", 502, ""),
        ("503", 503, ""),
        ("503-empty", 503, ""),
        ("504", 504, ""),
    ],
)
def test_refusals_keep_the_request_from_being_done(graph: GraphOffice, kind: str, status: int, code: str) -> None:
    graph.server.faults.add(kind, verb="POST", path="/events")
    reply = graph.create(OLA, "Focus", at(24, 9), at(24, 10))
    assert (reply.status, reply.code) == (status, code)
    assert graph.view(OLA) == []
    assert [(w.status, w.applied, w.fault) for w in graph.server.writes] == [(status, False, kind)]


@pytest.mark.parametrize("kind", ["429", "503", "503-empty", "504"])
def test_any_of_them_may_say_for_how_long(graph: GraphOffice, kind: str) -> None:
    graph.server.faults.add(kind, path="calendarView", retry_after=7)
    graph.server.faults.add(kind, path="calendarView", nth=2)
    answers = [graph.call("GET", VIEW).headers.get("retry-after") for _ in range(2)]
    assert answers == ["7", None]


@pytest.mark.parametrize("kind", ["apply-then-drop", "truncated"])
def test_a_write_may_be_done_and_its_answer_lost(graph: GraphOffice, kind: str) -> None:
    graph.server.faults.add(kind, verb="POST", path="/events")
    with pytest.raises(httpx2.TransportError):
        graph.create(OLA, "Focus", at(24, 9), at(24, 10))
    assert [row["subject"] for row in graph.view(OLA)] == ["Focus"]
    assert [w.applied for w in graph.server.writes] == [True]


def test_a_decline_may_be_done_and_called_an_error(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Plan", at(24, 9), at(24, 10), [PIA])
    event = graph.one(PIA, "Plan")
    graph.server.faults.add("apply-then-error", verb="POST", path="decline", status=504)
    assert graph.respond(PIA, event).status == 504
    assert graph.get(PIA, event).status == 404


def test_a_connection_may_be_cut_before_anything_happens(graph: GraphOffice) -> None:
    graph.server.faults.add("close-before-apply", verb="POST", path="/events")
    with pytest.raises(httpx2.TransportError):
        graph.create(OLA, "Focus", at(24, 9), at(24, 10))
    assert graph.view(OLA) == []


def test_faults_can_be_for_one_mailbox(graph: GraphOffice) -> None:
    graph.server.faults.add("403", person=PIA, times=None)
    assert [graph.call("GET", VIEW.replace(OLA, who)).status for who in (OLA, PIA, ROB)] == [200, 403, 200]


def test_links_may_lead_to_another_host(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "Daily", at(24, 9), at(24, 10), series=["RRULE:FREQ=DAILY;COUNT=20"])
    graph.server.faults.add("next-link-to-other-host", path="calendarView")
    link = graph.call("GET", f"{VIEW}&$top=2").data["@odata.nextLink"]
    assert not link.startswith(graph.server.url)


def test_a_page_may_silently_miss_an_event(graph: GraphOffice) -> None:
    graph.world.invite(OLA, "One", at(24, 9), at(24, 10))
    graph.server.faults.add("silent-miss", path="calendarView")
    assert [len(graph.view(OLA)) for _ in range(2)] == [0, 1]


def test_four_at_once_in_a_mailbox_and_no_more(graph: GraphOffice) -> None:
    graph.server.switches.retry_after = 3
    graph.server.faults.add("delay", path="calendarView", times=None, seconds=0.5)
    assert graph.token
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: graph.call("GET", VIEW), range(6)))
    assert graph.server.most_in_flight[OLA] == 6
    refused = [a for a in answers if a.status == 429]
    assert refused
    assert "MailboxConcurrency" in refused[0].data["error"]["message"]
    assert refused[0].headers["retry-after"] == "3"


def test_other_mailboxes_do_not_count(graph: GraphOffice) -> None:
    for who in (OLA, PIA, ROB):
        assert graph.call("GET", VIEW.replace(OLA, who)).status == 200
    assert dict(graph.server.most_in_flight) == {OLA: 1, PIA: 1, ROB: 1}


def batch(graph: GraphOffice, *parts: Data) -> dict[str, Data]:
    reply = graph.call("POST", "/$batch", {"requests": list(parts)})
    assert reply.status == 200, reply.data
    return {row["id"]: row for row in reply.data["responses"]}


def part(name: str, url: str, verb: str = "GET", **more: object) -> Data:
    return {"id": name, "method": verb, "url": url, **more}


def test_parts_have_their_own_answers_in_any_order(graph: GraphOffice) -> None:
    graph.server.switches.shuffle_batch = True
    graph.world.invite(OLA, "Plan", at(24, 9), at(24, 10))
    own: Data = {"headers": {"Prefer": 'IdType="ImmutableId"'}}
    answers = batch(graph, part("1", VIEW, **own), part("2", "/users/nobody/events"), part("3", VIEW))
    assert list(answers) == ["3", "2", "1"]
    assert [answers[name]["status"] for name in "123"] == [200, 404, 200]
    ids = [answers[name]["body"]["value"][0]["id"] for name in "13"]
    # The outer request's preferences do not reach the parts.
    assert ids[0] != ids[1]
    assert graph.one(OLA, "Plan")["id"] == ids[0]


def test_parts_that_depend_on_a_failed_one_are_not_done(graph: GraphOffice) -> None:
    body = {"headers": {"Content-Type": "application/json"}, "body": {"categories": ["x"]}}
    gone = part("1", f"/users/{OLA}/events/gone", "PATCH", **body)
    after = part("2", VIEW, dependsOn=["1"])
    assert [row["status"] for row in batch(graph, gone, after).values()] == [404, 424]


def test_one_part_may_be_throttled(graph: GraphOffice) -> None:
    graph.server.faults.add("429", path="calendarView", nth=2, retry_after=9)
    answers = batch(graph, part("1", VIEW), part("2", VIEW))
    assert [(row["status"], row["headers"].get("Retry-After")) for row in answers.values()] == [(200, None), (429, "9")]


def test_large_batches_to_one_mailbox(graph: GraphOffice) -> None:
    parts = [part(str(n), VIEW) for n in range(6)]
    assert {row["status"] for row in batch(graph, *parts).values()} == {200}
    assert graph.server.most_in_flight[OLA] == 4
    graph.server.switches.refuse_large_batches = True
    assert [row["status"] for row in batch(graph, *parts).values()] == [200] * 4 + [429] * 2


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [part("1", VIEW)] * 2,
        [part(str(n), VIEW) for n in range(21)],
        [part("1", "/users/x/events", "POST", body={})],
    ],
    ids=["none", "one id twice", "too many", "body without a type"],
)
def test_what_is_no_batch(graph: GraphOffice, parts: list[Data]) -> None:
    assert graph.call("POST", "/$batch", {"requests": parts}).status == 400
