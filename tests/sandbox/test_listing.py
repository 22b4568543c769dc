"""Pages, windows and sync tokens of `events.list`."""

from datetime import timedelta
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.sandbox.office import ANA, BEN, KIM, Office, at, reason


def fill(desk: Office, count: int) -> list[str]:
    return [
        desk.world.invite(KIM, f"M{n}", at(24, 9) + timedelta(hours=n), at(24, 10) + timedelta(hours=n), [ANA])
        for n in range(count)
    ]


def test_pages_follow_each_other_and_only_the_last_has_a_token(desk: Office) -> None:
    made = fill(desk, 7)
    first = desk.page(ANA, maxResults=3)
    assert "nextSyncToken" not in first
    items, token = desk.all(ANA, maxResults=3)
    assert [item["id"] for item in items] == made
    assert token
    assert len([entry for entry in desk.server.log if "maxResults" in entry.query]) == 4


def test_the_answer_carries_zone_role_and_etag(desk: Office) -> None:
    page = desk.page(ANA)
    assert (page["timeZone"], page["accessRole"], page["kind"]) == ("Europe/Berlin", "owner", "calendar#events")
    assert page["defaultReminders"]


def test_an_empty_page_in_the_middle_is_not_the_end(desk: Office) -> None:
    made = fill(desk, 6)
    desk.world.switches.empty_middle_pages = True
    pages, page = [], desk.page(ANA, maxResults=2)
    while token := page.get("nextPageToken"):
        pages.append(len(page["items"]))
        page = desk.page(ANA, maxResults=2, pageToken=token)
    pages.append(len(page["items"]))
    assert sum(pages) == len(made)
    assert 0 in pages[1:-1]


def test_what_appears_while_paging_comes_with_the_next_increment(desk: Office) -> None:
    fill(desk, 4)
    page = desk.page(ANA, maxResults=3)
    new = desk.world.invite(KIM, "New", at(25, 9), at(25, 10), [ANA])
    page = desk.page(ANA, maxResults=3, pageToken=page["nextPageToken"])
    items, _ = desk.all(ANA, syncToken=page["nextSyncToken"])
    assert [item["id"] for item in items] == [new]


def test_an_unchanged_calendar_answers_with_nothing_and_another_token(desk: Office) -> None:
    fill(desk, 3)
    _, token = desk.all(ANA)
    for _ in range(3):
        page = desk.page(ANA, syncToken=token)
        assert page["items"] == []
        token = page["nextSyncToken"]


def test_deletions_come_as_bare_tombstones(desk: Office) -> None:
    made = fill(desk, 2)
    _, token = desk.all(ANA)
    desk.world.cancel(made[0])
    items, _ = desk.all(ANA, syncToken=token)
    assert [set(item) for item in items] == [{"kind", "etag", "id", "status"}]
    assert items[0]["status"] == "cancelled"


@pytest.mark.parametrize(
    "extra",
    [
        {"timeMin": "2026-11-01T00:00:00Z"},
        {"timeMax": "2026-12-01T00:00:00Z"},
        {"q": "x"},
        {"orderBy": "updated"},
        {"updatedMin": "2026-11-20T00:00:00Z"},
        {"iCalUID": "x"},
        {"privateExtendedProperty": ["a=b"]},
        {"showDeleted": False},
    ],
    ids=lambda extra: next(iter(extra)),
)
def test_parameters_that_a_sync_token_forbids(desk: Office, extra: dict[str, Any]) -> None:
    _, token = desk.all(ANA)
    with pytest.raises(HttpError) as refused:
        desk.page(ANA, syncToken=token, **extra)
    assert refused.value.status_code == 400


@pytest.mark.parametrize(
    "extra", [{"orderBy": "updated"}, {"q": "M"}, {"updatedMin": "2026-11-20T00:00:00Z"}, {"iCalUID": "x"}]
)
def test_queries_that_give_no_token(desk: Office, extra: dict[str, Any]) -> None:
    assert "nextSyncToken" not in desk.page(ANA, **extra)


def test_expired_tokens_ask_for_a_full_sync(desk: Office) -> None:
    _, token = desk.all(ANA)
    desk.world.expire_sync_tokens(ANA)
    with pytest.raises(HttpError) as gone:
        desk.page(ANA, syncToken=token)
    assert reason(gone.value) == (410, "fullSyncRequired")
    assert gone.value.error_details[0]["location"] == "syncToken"
    _, fresh = desk.all(ANA)
    assert desk.page(ANA, syncToken=fresh)["items"] == []


def test_tokens_grow_old(desk: Office) -> None:
    desk.world.switches.token_max_age = timedelta(days=7)
    _, token = desk.all(ANA)
    desk.clock.advance(timedelta(days=6))
    assert desk.page(ANA, syncToken=token)["items"] == []
    desk.clock.advance(timedelta(days=2))
    with pytest.raises(HttpError) as gone:
        desk.page(ANA, syncToken=token)
    assert gone.value.status_code == 410


@pytest.mark.parametrize("name", ["syncToken", "pageToken"])
def test_tokens_nobody_gave_are_refused(desk: Office, name: str) -> None:
    with pytest.raises(HttpError) as refused:
        desk.page(ANA, **{name: "made-up"})
    assert refused.value.status_code == 400


def test_the_window_bounds_end_and_start_both_exclusive(desk: Office) -> None:
    desk.world.invite(KIM, "M", at(24, 9), at(24, 10), [ANA])

    def seen(low: str, high: str) -> int:
        return len(desk.page(ANA, timeMin=f"2026-11-24T{low}:00Z", timeMax=f"2026-11-24T{high}:00Z")["items"])

    assert [seen("10:00", "11:00"), seen("09:59", "11:00"), seen("08:00", "09:00"), seen("08:00", "09:01")] == [
        0,
        1,
        0,
        1,
    ]


@pytest.mark.parametrize(
    "bad", [{"timeMin": "2026-11-24T09:00:00"}, {"timeMin": "2026-11-25T00:00:00Z", "timeMax": "2026-11-24T00:00:00Z"}]
)
def test_bad_windows_are_refused(desk: Office, bad: dict[str, str]) -> None:
    with pytest.raises(HttpError) as refused:
        desk.page(ANA, **bad)
    assert refused.value.status_code == 400


def test_deleted_events_are_listed_when_asked_for(desk: Office) -> None:
    made = fill(desk, 2)
    desk.world.cancel(made[0])
    assert [item["id"] for item in desk.page(ANA)["items"]] == made[1:]
    assert [item["id"] for item in desk.page(ANA, showDeleted=True)["items"]] == made


def test_concealed_events_are_found_by_a_full_read_only(desk: Office) -> None:
    _, token = desk.all(ANA)
    made = fill(desk, 1)[0]
    desk.world.conceal(ANA, made)
    assert desk.page(ANA, syncToken=token)["items"] == []
    assert [item["id"] for item in desk.page(ANA)["items"]] == [made]


def test_updated_min_reaches_back_28_days(desk: Office) -> None:
    with pytest.raises(HttpError) as gone:
        desk.page(ANA, updatedMin="2026-09-01T00:00:00Z")
    assert reason(gone.value) == (410, "updatedMinTooLongAgo")


def test_order_by_start_needs_single_events(desk: Office) -> None:
    later = desk.world.invite(KIM, "Later", at(25, 9), at(25, 10), [ANA])
    sooner = desk.world.invite(KIM, "Sooner", at(24, 9), at(24, 10), [ANA])
    assert [item["id"] for item in desk.page(ANA, orderBy="startTime", singleEvents=True)["items"]] == [sooner, later]
    with pytest.raises(HttpError) as refused:
        desk.page(ANA, orderBy="startTime")
    assert refused.value.status_code == 400


def test_partial_answers_leave_out_what_was_not_asked_for(desk: Office) -> None:
    fill(desk, 3)
    page = desk.page(ANA, fields="items(id,start/dateTime,attendees(email,self)),nextPageToken", maxResults=2)
    assert set(page) == {"items", "nextPageToken"}
    assert set(page["items"][0]) == {"id", "start", "attendees"}
    assert set(page["items"][0]["start"]) == {"dateTime"}
    assert page["items"][0]["attendees"][1] == {"email": ANA, "self": True}


def test_somebody_elses_calendar_is_not_found(desk: Office) -> None:
    with pytest.raises(HttpError) as missing:
        desk.api.list(calendarId=BEN).execute(http=desk.http(ANA))
    assert reason(missing.value) == (404, "notFound")
    assert desk.api.list(calendarId=ANA).execute(http=desk.http(ANA))["summary"] == ANA
