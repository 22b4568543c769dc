"""The smaller routes, the transport below them and the batch endpoint."""

import http.client
import json
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from guardian.sandbox.wire import Answer, encode
from tests.sandbox.office import ANA, BEN, KIM, RUI, Office, at, authorized, credentials, reason

SCOPE = "https://www.googleapis.com/auth/"


def raw(desk: Office, verb: str, target: str, body: str | None = None, **headers: str) -> tuple[int, Any]:
    """One request outside the client."""
    connection = http.client.HTTPConnection(desk.server.url.split("/")[2], timeout=10)
    connection.request(verb, target, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    status, data = answer.status, answer.read()
    connection.close()
    return status, json.loads(data) if data else None


def test_settings_leave_out_defaults_and_know_no_working_hours(desk: Office) -> None:
    desk.world.add_person("eva@acme.example")
    settings = desk.service.settings()

    def ids(who: str) -> dict[str, str]:
        return {item["id"]: item["value"] for item in settings.list().execute(http=desk.http(who))["items"]}

    assert ids(ANA)["timezone"] == "Europe/Berlin"
    assert "timezone" not in ids("eva@acme.example")
    assert settings.get(setting="timezone").execute(http=desk.http(RUI))["value"] == "Europe/Lisbon"


def test_the_calendar_knows_its_zone_and_the_list_has_one_entry(desk: Office) -> None:
    assert (
        desk.service.calendars().get(calendarId="primary").execute(http=desk.http(BEN))["timeZone"]
        == "America/New_York"
    )
    (entry,) = desk.service.calendarList().list().execute(http=desk.http(BEN))["items"]
    assert (entry["id"], entry["accessRole"], entry["primary"]) == (BEN, "owner", True)


def test_free_busy_merges_and_tells_troubles_per_calendar(desk: Office) -> None:
    desk.world.add_group("team@acme.example", [ANA, BEN])
    desk.world.invite(KIM, "One", at(24, 9), at(24, 10), [ANA])
    desk.world.invite(KIM, "Two", at(24, 9, 30), at(24, 11), [ANA])
    declined = desk.world.invite(KIM, "Three", at(24, 13), at(24, 14), [ANA])
    desk.world.answer(ANA, declined, "declined")
    desk.world.invite(BEN, "Daily", at(24, 15), at(24, 16), series=["RRULE:FREQ=DAILY"])
    body = {
        "timeMin": "2026-11-24T00:00:00Z",
        "timeMax": "2026-11-25T00:00:00Z",
        "items": [{"id": "team@acme.example"}, {"id": KIM}],
    }
    answer = desk.service.freebusy().query(body=body).execute(http=desk.http(RUI))
    assert answer["calendars"][ANA]["busy"] == [
        {"start": "2026-11-24T09:00:00.000Z", "end": "2026-11-24T11:00:00.000Z"}
    ]
    assert len(answer["calendars"][BEN]["busy"]) == 1
    assert answer["calendars"][KIM]["errors"][0]["reason"] == "notFound"
    with pytest.raises(HttpError):
        desk.service.freebusy().query(body=body | {"items": [{"id": ANA}] * 51}).execute(http=desk.http(RUI))


def test_group_members_are_listed_for_administrators(desk: Office) -> None:
    desk.world.add_group("team@acme.example", [ANA, BEN])
    token = credentials(desk.server, f"{SCOPE}admin.directory.group.member.readonly").with_subject(ANA)
    connection = authorized(token)
    _, content = connection.request(f"{desk.server.url}admin/directory/v1/groups/team@acme.example/members")
    connection.close()
    assert [member["email"] for member in json.loads(content)["members"]] == [ANA, BEN]


def test_a_batch_answers_each_part_for_its_own_subject(desk: Office) -> None:
    event = desk.world.invite(KIM, "Offer", at(24, 9), at(24, 10), [ANA])
    desk.server.faults.add("429", path="/events/", nth=3)
    desk.page(ANA)  # a cold credential would be refreshed by the batch on a connection that the library never closes
    answers: dict[str, Any] = {}

    def note(name: str, data: Any, error: Any) -> None:
        answers[name] = data["id"] if error is None else error.status_code

    batch = desk.service.new_batch_http_request(callback=note)
    for name, event_id in (("found", event), ("missing", "nothere"), ("slow", event)):
        batch.add(desk.api.get(calendarId="primary", eventId=event_id), request_id=name)
    batch.execute(http=desk.http(ANA))
    assert answers == {"found": event, "missing": 404, "slow": 429}


def test_a_very_long_query_arrives_as_a_post_in_disguise(desk: Office) -> None:
    event = desk.world.invite(ANA, "Mine", at(24, 9), at(24, 10))
    desk.patch(ANA, event, {"extendedProperties": {"private": {"k": "v" * 1000}}})
    items, _ = desk.all(ANA, privateExtendedProperty=[f"k={'v' * 1000}"] * 3)
    assert [item["id"] for item in items] == [event]
    assert len(desk.server.writes) == 1


def test_unknown_parameters_are_tolerated_and_unknown_paths_are_not(desk: Office) -> None:
    desk.page(ANA)
    bearer = f"Bearer {next(iter(desk.server.service.tokens.grants))}"
    status, page = raw(
        desk, "GET", "/calendar/v3/calendars/primary/events?alt=json&prettyPrint=no", Authorization=bearer
    )
    assert (status, page["summary"]) == (200, ANA)
    status, body = raw(desk, "GET", "/calendar/v3/nothing", Authorization=bearer)
    assert (status, body["error"]["errors"][0]["reason"]) == (404, "notFound")
    assert raw(desk, "POST", "/calendar/v3/calendars/primary/events", "{not json", Authorization=bearer)[0] == 400


def test_without_a_token_nothing_is_told(desk: Office) -> None:
    status, body = raw(desk, "GET", "/calendar/v3/calendars/primary/events")
    assert status == 401
    assert body["error"]["errors"][0] | {"location": "Authorization"} == body["error"]["errors"][0]


def test_connections_are_kept_alive(desk: Office) -> None:
    connection = http.client.HTTPConnection(desk.server.url.split("/")[2], timeout=10)
    for _ in range(2):
        connection.request("GET", "/_sandbox/clock")
        own = connection.sock
        assert connection.getresponse().read()
        assert connection.sock is own
    connection.close()


def test_a_send_updates_value_nobody_knows_is_refused(desk: Office) -> None:
    desk.page(ANA)
    bearer = f"Bearer {next(iter(desk.server.service.tokens.grants))}"
    status, body = raw(
        desk, "POST", "/calendar/v3/calendars/primary/events?sendUpdates=some", "{}", Authorization=bearer
    )
    assert (status, body["error"]["errors"][0]["reason"]) == (400, "invalidParameter")


def test_an_answer_without_a_body_says_so() -> None:
    assert encode(Answer(204)) == b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n"


def test_watch_refuses_what_is_no_channel(desk: Office) -> None:
    for body in (
        {"id": "", "type": "web_hook", "address": "http://127.0.0.1:1/"},
        {"id": "a", "type": "web_hook", "address": "https://far.example/"},
    ):
        with pytest.raises(HttpError) as refused:
            desk.api.watch(calendarId="primary", body=body).execute(http=desk.http(ANA))
        assert reason(refused.value)[0] == 400
