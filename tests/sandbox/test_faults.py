"""Every fault that can be ordered, as the real client meets it."""

import http.client
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.sandbox.office import ANA, BEN, KIM, Office, at, own_row, reason, timed

HOUR = timed(at(24, 9), at(24, 10))
PATH = r"/events"


@pytest.mark.parametrize(
    ("kind", "status", "why"),
    [
        ("rateLimitExceeded", 403, "rateLimitExceeded"),
        ("userRateLimitExceeded", 403, "userRateLimitExceeded"),
        ("quotaExceeded", 403, "quotaExceeded"),
        ("accessNotConfigured", 403, "accessNotConfigured"),
        ("notACalendarUser", 403, "notACalendarUser"),
        ("forbiddenForServiceAccounts", 403, "forbiddenForServiceAccounts"),
        ("429", 429, "rateLimitExceeded"),
        ("410", 410, "fullSyncRequired"),
        ("404", 404, "notFound"),
        ("412", 412, "conditionNotMet"),
        ("500", 500, ""),
        ("502", 502, ""),
    ],
)
def test_refusals_have_the_services_status_and_reason(desk: Office, kind: str, status: int, why: str) -> None:
    desk.server.faults.add(kind, verb="POST", path=PATH)
    with pytest.raises(HttpError) as refused:
        desk.insert(ANA, HOUR)
    assert reason(refused.value) == (status, why)
    assert desk.page(ANA)["items"] == []
    assert [(w.status, w.applied, w.fault) for w in desk.server.writes] == [(status, False, kind)]


def test_slow_down_says_for_how_long(desk: Office) -> None:
    desk.server.faults.add("429", path=PATH, retry_after=7)
    with pytest.raises(HttpError) as refused:
        desk.page(ANA)
    assert refused.value.resp["retry-after"] == "7"


def test_a_fault_meets_the_request_it_was_ordered_for(desk: Office) -> None:
    desk.server.faults.add("500", verb="GET", path=PATH, person=BEN, nth=2, times=2)

    def outcome(who: str) -> int:
        try:
            return len(desk.page(who)["items"])
        except HttpError as error:
            return int(error.status_code)

    assert [outcome(ANA), outcome(BEN), outcome(ANA), outcome(BEN), outcome(BEN), outcome(BEN)] == [
        0,
        0,
        0,
        500,
        500,
        0,
    ]


def test_unauthorized_once_is_healed_by_the_client_itself(desk: Office) -> None:
    desk.server.faults.add("401", path=PATH)
    assert desk.page(ANA)["items"] == []
    assert [entry.path for entry in desk.server.log].count("/token") == 2


def test_a_truncated_answer_is_an_incomplete_read_and_the_write_has_happened(desk: Office) -> None:
    desk.server.faults.add("truncated", verb="POST", path=PATH)
    with pytest.raises(http.client.IncompleteRead):
        desk.insert(ANA, HOUR | {"id": "abcde"})
    assert desk.get(ANA, "abcde")["status"] == "confirmed"


def test_a_lost_answer_makes_the_client_send_the_insert_twice(desk: Office) -> None:
    desk.server.faults.add("apply-then-drop", verb="POST", path=PATH)
    desk.insert(ANA, HOUR)
    assert len(desk.page(ANA)["items"]) == 2
    assert [(w.status, w.applied) for w in desk.server.writes] == [(None, True), (200, True)]


def test_a_lost_answer_to_an_insert_with_an_id_ends_as_duplicate(desk: Office) -> None:
    desk.server.faults.add("apply-then-drop", verb="POST", path=PATH)
    with pytest.raises(HttpError) as twice:
        desk.insert(ANA, HOUR | {"id": "abcde"})
    assert reason(twice.value) == (409, "duplicate")
    assert len(desk.page(ANA)["items"]) == 1


@pytest.mark.parametrize("guarded", [True, False], ids=["with If-Match", "without"])
def test_a_lost_answer_to_a_patch(desk: Office, guarded: bool) -> None:
    event = desk.world.invite(KIM, "Offer", at(24, 9), at(24, 10), [ANA])
    desk.world.mails.clear()
    desk.server.faults.add("apply-then-drop", verb="PATCH")
    body = {"attendeesOmitted": True, "attendees": [{"email": ANA, "responseStatus": "declined"}]}
    etag = desk.get(ANA, event)["etag"] if guarded else None
    if guarded:
        with pytest.raises(HttpError) as refused:
            desk.patch(ANA, event, body, etag, sendUpdates="all")
        assert refused.value.status_code == 412
    else:
        desk.patch(ANA, event, body, sendUpdates="all")
    assert len(desk.world.mails) == (1 if guarded else 2)
    assert own_row(desk.get(ANA, event))["responseStatus"] == "declined"


def test_closing_before_applying_is_repeated_by_the_client_and_done_once(desk: Office) -> None:
    desk.server.faults.add("close-before-apply", verb="POST", path=PATH)
    desk.insert(ANA, HOUR)
    assert len(desk.page(ANA)["items"]) == 1
    assert [w.applied for w in desk.server.writes] == [False, True]


def test_a_server_error_after_the_write(desk: Office) -> None:
    desk.server.faults.add("apply-then-error", verb="POST", path=PATH, status=503)
    with pytest.raises(HttpError) as failed:
        desk.insert(ANA, HOUR | {"id": "abcde"})
    assert failed.value.status_code == 503
    assert desk.get(ANA, "abcde")["id"] == "abcde"


@pytest.mark.parametrize(("kind", "applied"), [("delay", None), ("hang-after-apply", True)])
def test_the_client_gives_up_waiting(desk: Office, kind: str, applied: bool | None) -> None:
    desk.page(ANA)
    desk.http(ANA).http.close()
    desk.http(ANA).http.timeout = 0.1
    desk.server.faults.add(kind, verb="POST", path=PATH, seconds=3600)
    with pytest.raises(TimeoutError):
        desk.insert(ANA, HOUR | {"id": "abcde"})
    assert [w.applied for w in desk.server.writes] == ([applied] if applied else [])
    assert len(desk.world.events(ANA)) == (1 if applied else 0)


def test_a_missing_page_goes_unnoticed_by_whoever_does_not_compare(desk: Office) -> None:
    made = [desk.world.invite(KIM, f"M{n}", at(24, 9), at(24, 10), [ANA]) for n in range(6)]
    desk.server.faults.add("page-missing", path="pageToken=")
    items, token = desk.all(ANA, maxResults=2)
    assert [item["id"] for item in items] == [*made[:2], *made[4:]]
    assert token


def test_an_empty_page_comes_first_and_nothing_is_lost(desk: Office) -> None:
    made = [desk.world.invite(KIM, f"M{n}", at(24, 9), at(24, 10), [ANA]) for n in range(3)]
    desk.server.faults.add("empty-page", path=PATH)
    first = desk.page(ANA)
    assert first["items"] == []
    items, _ = desk.all(ANA, pageToken=first["nextPageToken"])
    assert [item["id"] for item in items] == made


def test_no_token_on_the_last_page(desk: Office) -> None:
    desk.server.faults.add("no-sync-token", path=PATH)
    assert "nextSyncToken" not in desk.page(ANA)
    assert "nextSyncToken" in desk.page(ANA)


def test_gone_in_the_middle_of_paging(desk: Office) -> None:
    for n in range(4):
        desk.world.invite(KIM, f"M{n}", at(24, 9), at(24, 10), [ANA])
    desk.server.faults.add("410", path="pageToken=")
    with pytest.raises(HttpError) as gone:
        desk.all(ANA, maxResults=2)
    assert reason(gone.value) == (410, "fullSyncRequired")


def test_unknown_faults_are_named(desk: Office) -> None:
    with pytest.raises(ValueError, match="close-before-apply"):
        desk.server.faults.add("earthquake")


def test_the_log_tells_subject_event_body_and_precondition(desk: Office) -> None:
    event = desk.world.invite(KIM, "Offer", at(24, 9), at(24, 10), [ANA])
    body: dict[str, Any] = {"colorId": "4"}
    desk.patch(ANA, event, body, desk.get(ANA, event)["etag"])
    (write,) = desk.server.writes
    assert (write.person, write.event, write.body, write.verb) == (ANA, event, body, "PATCH")
    assert str(write.if_match).startswith('"')
    assert desk.server.requests[ANA] == len([entry for entry in desk.server.log if entry.person == ANA])
