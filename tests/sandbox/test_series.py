"""Series: expansion over clock changes, exceptions, cancelled occurrences, moved masters."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from googleapiclient.errors import HttpError

from guardian.sandbox.recurrence import starts_between
from tests.sandbox.office import ANA, BEN, KIM, Office, at, own_row, reason

DAILY = ["RRULE:FREQ=DAILY;COUNT=4"]
WEEK = {"timeMin": "2026-11-23T00:00:00Z", "timeMax": "2026-12-01T00:00:00Z"}


def daily(desk: Office, organizer: str = BEN) -> str:
    return desk.world.invite(organizer, "Standup", at(24, 9), at(24, 10), [ANA], series=DAILY)


def occurrences(desk: Office, who: str = ANA) -> list[dict[str, Any]]:
    return desk.all(who, singleEvents=True, orderBy="startTime", **WEEK)[0]


@pytest.mark.parametrize(
    ("zone", "first", "lines", "expected"),
    [
        ("Europe/Berlin", "2026-10-23T09:00", ["RRULE:FREQ=DAILY;COUNT=3"], ["23T07:00", "24T07:00", "25T08:00"]),
        ("America/New_York", "2026-10-30T09:00", ["RRULE:FREQ=DAILY;COUNT=3"], ["30T13:00", "31T13:00", "01T14:00"]),
        (
            "Europe/Berlin",
            "2026-10-05T09:00",
            ["RRULE:FREQ=WEEKLY;UNTIL=20261019T070000Z"],
            ["05T07:00", "12T07:00", "19T07:00"],
        ),
        ("Europe/Berlin", "2026-10-05T09:00", ["RRULE:FREQ=WEEKLY;UNTIL=20261012"], ["05T07:00", "12T07:00"]),
        (
            "Etc/GMT",
            "2026-10-05T09:00",
            ["RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20261006T090000Z"],
            ["05T09:00", "07T09:00"],
        ),
        ("Europe/Berlin", "2026-10-05T09:00", ["RDATE;TZID=Europe/Berlin:20261007T110000"], ["05T07:00", "07T09:00"]),
        (
            "Etc/GMT",
            "2026-10-02T09:00",
            ["RRULE:FREQ=MONTHLY;BYDAY=1MO,FR;UNTIL=20261010"],
            ["02T09:00", "05T09:00", "09T09:00"],
        ),
    ],
    ids=["autumn in Berlin", "autumn in New York", "until an instant", "until a day", "exdate", "rdate", "mixed days"],
)
def test_expansion(zone: str, first: str, lines: list[str], expected: list[str]) -> None:
    local = datetime.fromisoformat(first).replace(tzinfo=ZoneInfo(zone))
    start = {"dateTime": local.isoformat(), "timeZone": zone}
    found = starts_between(start, tuple(lines), datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC))
    assert [datetime.fromisoformat(s["dateTime"]).astimezone(UTC).strftime("%dT%H:%M") for s in found] == expected


def test_occurrences_have_composed_ids_and_no_rule(desk: Office) -> None:
    series = daily(desk)
    found = occurrences(desk)
    assert [item["id"] for item in found] == [f"{series}_202611{day}T090000Z" for day in (24, 25, 26, 27)]
    assert all(item["recurringEventId"] == series and "recurrence" not in item for item in found)
    assert desk.page(ANA)["items"][0]["recurrence"] == DAILY


def test_answering_one_occurrence_makes_an_exception_on_every_copy(desk: Office) -> None:
    series = daily(desk)
    one = desk.world.occurrence(series, at(25, 9))
    desk.patch(ANA, one, {"attendeesOmitted": True, "attendees": [{"email": ANA, "responseStatus": "declined"}]})
    assert [own_row(item)["responseStatus"] for item in occurrences(desk)] == [
        "needsAction",
        "declined",
        "needsAction",
        "needsAction",
    ]
    assert desk.get(BEN, one)["attendees"][1]["responseStatus"] == "declined"
    assert own_row(desk.get(ANA, series))["responseStatus"] == "needsAction"


def test_answering_the_series_answers_every_occurrence(desk: Office) -> None:
    series = daily(desk)
    desk.world.edit(desk.world.occurrence(series, at(26, 9)), summary="Special")
    desk.world.answer(ANA, series, "declined")
    assert {own_row(item)["responseStatus"] for item in occurrences(desk)} == {"declined"}


def test_a_cancelled_occurrence_stays_as_a_bare_exception(desk: Office) -> None:
    series = daily(desk)
    _, token = desk.all(ANA)
    one = desk.world.occurrence(series, at(25, 9))
    desk.world.cancel(one)
    assert len(occurrences(desk)) == 3
    items, _ = desk.all(ANA, syncToken=token)
    assert [(item["id"], item["status"], item["recurringEventId"]) for item in items] == [(one, "cancelled", series)]
    assert items[0]["originalStartTime"]["dateTime"] == "2026-11-25T04:00:00-05:00"
    assert {item["status"] for item in desk.page(ANA)["items"]} == {"confirmed", "cancelled"}


def test_a_moved_occurrence_keeps_its_original_start(desk: Office) -> None:
    series = daily(desk)
    one = desk.world.occurrence(series, at(25, 9))
    desk.world.move(one, at(25, 14), at(25, 15))
    moved = desk.get(ANA, one)
    assert moved["start"]["dateTime"] == "2026-11-25T15:00:00+01:00"
    assert moved["originalStartTime"]["dateTime"] == "2026-11-25T10:00:00+01:00"
    assert len(occurrences(desk)) == 4


def test_a_moved_series_drops_its_exceptions_and_redelivers_every_occurrence(desk: Office) -> None:
    series = daily(desk)
    desk.world.cancel(desk.world.occurrence(series, at(25, 9)))
    _, token = desk.all(ANA, singleEvents=True, **WEEK)
    desk.world.move(series, at(24, 11), at(24, 12))
    assert [item["start"]["dateTime"][11:16] for item in occurrences(desk)] == ["12:00"] * 4
    items, _ = desk.all(ANA, syncToken=token, singleEvents=True)
    living = [item for item in items if item["status"] != "cancelled"]
    gone = {item["id"][-16:] for item in items if item["status"] == "cancelled"}
    assert len(living) == 4
    assert gone == {"20261124T090000Z", "20261126T090000Z", "20261127T090000Z"}


def test_exceptions_follow_the_series_where_they_did_not_differ(desk: Office) -> None:
    series = daily(desk)
    one = desk.world.occurrence(series, at(25, 9))
    desk.world.answer(ANA, one, "declined")
    desk.world.edit(
        series, summary="Short standup", end={"dateTime": at(24, 9, 50).isoformat(), "timeZone": "America/New_York"}
    )
    followed = desk.get(ANA, one)
    assert (followed["summary"], followed["end"]["dateTime"]) == ("Short standup", "2026-11-25T10:50:00+01:00")
    assert own_row(followed)["responseStatus"] == "declined"


def test_cancelling_the_series_takes_everything_with_it(desk: Office) -> None:
    series = daily(desk)
    desk.world.answer(ANA, desk.world.occurrence(series, at(25, 9)), "accepted")
    desk.world.cancel(series)
    assert occurrences(desk) == []
    assert desk.page(ANA)["items"] == []


def test_instances_lists_one_series_and_finds_by_original_start(desk: Office) -> None:
    series = daily(desk)
    desk.world.move(desk.world.occurrence(series, at(25, 9)), at(25, 14), at(25, 15))

    def instances(**query: Any) -> list[str]:
        answer = desk.api.instances(calendarId="primary", eventId=series, **query).execute(http=desk.http(ANA))
        return [item["originalStartTime"]["dateTime"][:13] for item in answer["items"]]

    assert instances() == [f"2026-11-{day}T10" for day in (24, 25, 26, 27)]
    assert instances(originalStart="2026-11-25T09:00:00Z") == ["2026-11-25T10"]
    assert instances(maxResults=2) == ["2026-11-24T10", "2026-11-25T10"]


@pytest.mark.parametrize("suffix", ["20261124T091500Z", "20261124", "20261201T090000Z", "99999999T000000Z"])
def test_an_instance_the_series_does_not_have_is_not_found(desk: Office, suffix: str) -> None:
    series = daily(desk)
    with pytest.raises(HttpError) as missing:
        desk.get(ANA, f"{series}_{suffix}")
    assert reason(missing.value) == (404, "notFound")


def test_somebody_invited_to_one_occurrence_has_an_exception_without_a_master(desk: Office) -> None:
    series = desk.world.invite(BEN, "Standup", at(24, 9), at(24, 10), [KIM], series=DAILY)
    one = desk.world.occurrence(series, at(25, 9))
    desk.world.edit(one, attendees=[{"email": BEN}, {"email": ANA}])
    assert [(item["id"], item["recurringEventId"]) for item in desk.page(ANA)["items"]] == [(one, series)]


def test_all_day_series_use_days_in_their_ids(desk: Office) -> None:
    series = desk.world.invite(
        ANA, "On call", date(2026, 11, 24), date(2026, 11, 25), series=["RRULE:FREQ=DAILY;COUNT=2"]
    )
    assert [item["id"] for item in occurrences(desk)] == [f"{series}_20261124", f"{series}_20261125"]
    desk.world.cancel(f"{series}_20261125")
    assert [item["start"] for item in occurrences(desk)] == [{"date": "2026-11-24"}]


def test_an_endless_series_ends_at_the_horizon(desk: Office) -> None:
    desk.world.switches.horizon = timedelta(days=10)
    desk.world.invite(BEN, "Standup", at(24, 9), at(24, 10), [ANA], series=["RRULE:FREQ=DAILY"])
    assert len(desk.all(ANA, singleEvents=True)[0]) == 9


def test_a_rule_that_is_none_is_refused(desk: Office) -> None:
    body = {
        "start": {"dateTime": "2026-11-24T09:00:00", "timeZone": "Europe/Berlin"},
        "end": {"dateTime": "2026-11-24T10:00:00", "timeZone": "Europe/Berlin"},
    }
    with pytest.raises(HttpError) as refused:
        desk.insert(ANA, body | {"recurrence": ["RRULE:FREQ=SOMETIMES"]})
    assert refused.value.status_code == 400
