"""Ids, times, merges and event types: what bodies may say."""

from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.sandbox.office import ANA, BEN, RUI, Office, at, reason, timed

HOUR = timed(at(24, 9), at(24, 10))


@pytest.mark.parametrize("bad", ["abcd", "ABCDE", "wxyz12", "a-b-c-d", "x" * 6, "a" * 1025])
def test_ids_are_base32hex_of_5_to_1024_characters(desk: Office, bad: str) -> None:
    with pytest.raises(HttpError) as refused:
        desk.insert(ANA, HOUR | {"id": bad})
    assert refused.value.status_code == 400


def test_an_id_stays_taken_after_delete_and_can_be_revived_by_update(desk: Office) -> None:
    desk.insert(ANA, HOUR | {"id": "abc123", "summary": "One"})
    desk.delete(ANA, "abc123")
    with pytest.raises(HttpError) as taken:
        desk.insert(ANA, HOUR | {"id": "abc123"})
    assert reason(taken.value) == (409, "duplicate")
    assert desk.update(ANA, "abc123", HOUR | {"status": "confirmed"})["status"] == "confirmed"
    assert [item["id"] for item in desk.page(ANA)["items"]] == ["abc123"]


def test_an_unknown_id_is_not_found(desk: Office) -> None:
    with pytest.raises(HttpError) as missing:
        desk.get(ANA, "nothere")
    assert reason(missing.value) == (404, "notFound")


def test_patch_merges_objects_replaces_arrays_clears_by_null_and_ignores_the_unknown(desk: Office) -> None:
    private = {"extendedProperties": {"private": {"a": "1", "b": "2"}}}
    event = desk.insert(ANA, HOUR | private | {"description": "Old", "attendees": [{"email": BEN}, {"email": RUI}]})
    change: dict[str, Any] = {
        "extendedProperties": {"private": {"b": None, "c": "3"}},
        "description": None,
        "sumary": "typo",
    }
    after = desk.patch(ANA, event["id"], change | {"attendees": [{"email": RUI}]})
    assert after["extendedProperties"]["private"] == {"a": "1", "c": "3"}
    assert not {"description", "sumary"} & set(after)
    assert [row["email"] for row in after["attendees"]] == [RUI]


def test_update_clears_what_it_leaves_out(desk: Office) -> None:
    event = desk.insert(ANA, HOUR | {"summary": "One", "location": "Here", "colorId": "3"})
    after = desk.update(ANA, event["id"], HOUR | {"summary": "Two"})
    assert (after["summary"], "location" in after, "colorId" in after) == ("Two", False, False)
    with pytest.raises(HttpError) as refused:
        desk.update(ANA, event["id"], {"summary": "No times"})
    assert refused.value.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"start": {"date": "2026-11-24"}, "end": {"dateTime": "2026-11-24T10:00:00Z"}},
        {"start": {"dateTime": "2026-11-24T10:00:00"}, "end": {"dateTime": "2026-11-24T11:00:00"}},
        {"start": {"dateTime": "2026-11-24T10:00:00Z"}, "end": {"dateTime": "2026-11-24T09:00:00Z"}},
        {"start": {"date": "2026-11-24"}, "end": {"date": "2026-11-24"}},
        HOUR | {"recurrence": ["RRULE:FREQ=DAILY"]},
        HOUR | {"start": {"dateTime": "not a time"}},
        HOUR | {"attendees": [{"email": "nobody"}]},
        {"start": HOUR["start"]},
    ],
    ids=["mixed", "no offset", "backwards", "empty day", "series without zone", "no time", "no address", "no end"],
)
def test_malformed_events_are_refused(desk: Office, body: dict[str, Any]) -> None:
    with pytest.raises(HttpError) as refused:
        desk.insert(ANA, body)
    assert refused.value.status_code == 400


def test_the_end_of_an_all_day_event_is_exclusive_and_turning_it_into_a_timed_one_needs_null(desk: Office) -> None:
    event = desk.insert(ANA, {"start": {"date": "2026-11-24"}, "end": {"date": "2026-11-25"}})["id"]
    day_after = desk.page(ANA, timeMin="2026-11-24T23:00:00Z", timeMax="2026-11-26T00:00:00Z")
    assert day_after["items"] == []
    with pytest.raises(HttpError) as refused:
        desk.patch(ANA, event, HOUR)
    assert refused.value.status_code == 400
    cleared = {key: {"date": None, **HOUR[key]} for key in ("start", "end")}
    assert desk.patch(ANA, event, cleared)["start"]["dateTime"] == "2026-11-24T10:00:00+01:00"


def test_times_are_told_in_the_calendars_zone_or_the_requests(desk: Office) -> None:
    event = desk.insert(BEN, HOUR)["id"]
    assert desk.get(BEN, event)["start"]["dateTime"] == "2026-11-24T04:00:00-05:00"
    assert desk.get(BEN, event, timeZone="Asia/Tokyo")["start"]["dateTime"] == "2026-11-24T18:00:00+09:00"


def test_the_organiser_answers_for_nobody_else(desk: Office) -> None:
    body = HOUR | {
        "attendees": [{"email": ANA, "responseStatus": "accepted"}, {"email": BEN, "responseStatus": "accepted"}]
    }
    rows = {row["email"]: row["responseStatus"] for row in desk.insert(ANA, body)["attendees"]}
    assert rows == {ANA: "accepted", BEN: "needsAction"}
