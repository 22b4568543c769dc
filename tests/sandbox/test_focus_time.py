"""Focus time: what it must look like, and what happens when the service declines by itself."""

from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.sandbox.office import ANA, BEN, KIM, Office, at, own_row, reason, timed

MORNING = timed(at(24, 8), at(24, 12))


def focus(mode: str, **fields: Any) -> dict[str, Any]:
    properties = {"autoDeclineMode": mode, "declineMessage": "In focus time.", "chatStatus": "doNotDisturb"}
    return MORNING | {"eventType": "focusTime", "summary": "Focus time", "focusTimeProperties": properties} | fields


ALL, NEW, NONE = "declineAllConflictingInvitations", "declineOnlyNewConflictingInvitations", "declineNone"


@pytest.mark.parametrize(("mode", "earlier", "later"), [(ALL, True, True), (NEW, False, True), (NONE, False, False)])
def test_only_decline_none_leaves_every_answer_to_the_person(
    desk: Office, mode: str, earlier: bool, later: bool
) -> None:
    old = desk.world.invite(KIM, "[incident] old", at(24, 9), at(24, 10), [ANA])
    desk.insert(ANA, focus(mode))
    new = desk.world.invite(KIM, "[incident] new", at(24, 10), at(24, 11), [ANA])
    outside = desk.world.invite(KIM, "Afternoon", at(24, 12), at(24, 13), [ANA])
    declined = [desk.world.answer_of(ANA, event) == "declined" for event in (old, new, outside)]
    assert declined == [earlier, later, False]
    replies = [mail for mail in desk.server.mails if mail["kind"] == "reply"]
    assert [mail["comment"] for mail in replies] == ["In focus time."] * (earlier + later)


def test_the_automatic_decline_reaches_the_organisers_copy(desk: Office) -> None:
    desk.insert(ANA, focus(NEW))
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA])
    assert desk.get(BEN, event)["attendees"][1]["responseStatus"] == "declined"
    assert own_row(desk.get(ANA, event))["comment"] == "In focus time."


@pytest.mark.parametrize(
    "change",
    [
        {"focusTimeProperties": None},
        {"transparency": "transparent"},
        {"attendees": [{"email": BEN}]},
        {"start": {"date": "2026-11-24"}, "end": {"date": "2026-11-25"}},
    ],
    ids=["no properties", "free", "guests", "all day"],
)
def test_malformed_focus_time_is_refused(desk: Office, change: dict[str, Any]) -> None:
    with pytest.raises(HttpError) as refused:
        desk.insert(ANA, focus(NONE, **change))
    assert reason(refused.value) == (400, "malformedFocusTimeEvent")


def test_an_edition_without_focus_time_takes_an_ordinary_event(desk: Office) -> None:
    desk.world.people[ANA].focus_time = False
    with pytest.raises(HttpError) as refused:
        desk.insert(ANA, focus(NONE))
    assert refused.value.status_code == 400
    assert desk.insert(ANA, MORNING | {"summary": "Focus time"})["eventType"] == "default"


def test_the_event_type_never_changes(desk: Office) -> None:
    event = desk.insert(ANA, MORNING)["id"]
    with pytest.raises(HttpError) as refused:
        desk.patch(ANA, event, {"eventType": "focusTime", "focusTimeProperties": {}})
    assert refused.value.status_code == 400


def test_out_of_office_declines_what_starts_or_ends_inside(desk: Office) -> None:
    away = MORNING | {"eventType": "outOfOffice", "outOfOfficeProperties": {"autoDeclineMode": NEW}}
    desk.insert(ANA, away)
    inside = desk.world.invite(KIM, "Inside", at(24, 9), at(24, 10), [ANA])
    around = desk.world.invite(KIM, "Around", at(24, 7), at(24, 13), [ANA])
    assert (desk.world.answer_of(ANA, inside), desk.world.answer_of(ANA, around)) == ("declined", "needsAction")


def test_event_types_can_be_asked_for(desk: Office) -> None:
    desk.insert(ANA, focus(NONE))
    desk.world.invite(KIM, "Sync", at(24, 9), at(24, 10), [ANA])
    assert [item["eventType"] for item in desk.page(ANA, eventTypes=["focusTime"])["items"]] == ["focusTime"]
