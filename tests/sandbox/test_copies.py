"""One copy per attendee: answers travel, private things stay, nobody writes for somebody else."""

import pytest
from googleapiclient.errors import HttpError

from tests.sandbox.office import ANA, BEN, KIM, NOW, RUI, Office, at, own_row, reason, timed


def test_every_attendee_inside_has_a_copy_with_their_own_self_row(desk: Office) -> None:
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA, RUI, KIM])
    ana, ben = desk.get(ANA, event), desk.get(BEN, event)
    assert (ana["id"], ana["iCalUID"]) == (ben["id"], ben["iCalUID"])
    assert own_row(ana)["email"] == ANA
    assert "self" not in ana["organizer"]
    assert ben["organizer"]["self"] is True
    assert KIM not in desk.world.people


def test_an_invitation_from_outside_is_organised_by_the_outsider(desk: Office) -> None:
    event = desk.world.invite(KIM, "Offer", at(24, 9), at(24, 10), [ANA])
    assert event.startswith("_")
    assert desk.get(ANA, event)["organizer"] == {"email": KIM}


@pytest.mark.parametrize("whole_list", [True, False], ids=["whole list", "own row only"])
def test_an_answer_reaches_every_copy_and_the_organisers_mailbox(desk: Office, whole_list: bool) -> None:
    event = desk.world.invite(KIM, "Offer", at(24, 9), at(24, 10), [ANA, BEN])
    desk.world.mails.clear()
    before = desk.get(ANA, event)
    own = own_row(before) | {"responseStatus": "declined", "comment": "Focus time."}
    rows = [own if row.get("self") else row for row in before["attendees"]]
    body = {"attendees": rows} if whole_list else {"attendeesOmitted": True, "attendees": [own]}
    after = desk.patch(ANA, event, body, before["etag"], sendUpdates="all")
    assert own_row(after)["responseStatus"] == "declined"
    assert after["etag"] != before["etag"]
    assert after["sequence"] == before["sequence"]
    assert {row["email"]: row["responseStatus"] for row in desk.get(BEN, event)["attendees"]}[ANA] == "declined"
    assert [(m["kind"], m["to"], m["comment"]) for m in desk.server.mails] == [("reply", KIM, "Focus time.")]


def test_without_send_updates_nobody_is_mailed_but_the_copies_change(desk: Office) -> None:
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA])
    desk.world.mails.clear()
    desk.patch(ANA, event, {"attendeesOmitted": True, "attendees": [{"email": ANA, "responseStatus": "tentative"}]})
    assert desk.world.mails == []
    assert desk.get(BEN, event)["attendees"][1]["responseStatus"] == "tentative"


def test_external_only_mails_outsiders_and_no_colleague(desk: Office) -> None:
    body = timed(at(24, 9), at(24, 10)) | {"attendees": [{"email": BEN}, {"email": KIM}]}
    desk.insert(ANA, body, sendUpdates="externalOnly")
    assert [mail["to"] for mail in desk.server.mails] == [KIM]


def test_answers_for_other_people_are_ignored(desk: Office) -> None:
    event = desk.world.invite(KIM, "Offer", at(24, 9), at(24, 10), [ANA, BEN])
    rows = [row | {"responseStatus": "declined"} for row in desk.get(ANA, event)["attendees"]]
    desk.patch(ANA, event, {"attendees": rows})
    assert desk.world.answer_of(BEN, event) == "needsAction"
    assert desk.world.answer_of(ANA, event) == "declined"


def test_a_guest_cannot_drop_others_but_may_bring_somebody(desk: Office) -> None:
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA])
    own = own_row(desk.get(ANA, event)) | {"responseStatus": "accepted"}
    desk.patch(ANA, event, {"attendees": [own, {"email": RUI}]})
    assert [row["email"] for row in desk.get(BEN, event)["attendees"]] == [BEN, ANA, RUI]
    assert desk.world.answer_of(RUI, event) == "needsAction"


def test_an_old_etag_is_refused_and_changes_nothing(desk: Office) -> None:
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA])
    old = desk.get(ANA, event)["etag"]
    desk.world.edit(event, summary="Renamed")
    with pytest.raises(HttpError) as refused:
        desk.patch(ANA, event, {"colorId": "4"}, old)
    assert reason(refused.value) == (412, "conditionNotMet")
    assert "colorId" not in desk.get(ANA, event)


def test_private_properties_and_colour_stay_on_the_own_copy(desk: Office) -> None:
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA])
    organiser = desk.get(BEN, event)
    desk.patch(ANA, event, {"colorId": "11", "extendedProperties": {"private": {"guardian": "x"}}})
    assert desk.get(BEN, event) == organiser
    items, _ = desk.all(ANA, privateExtendedProperty=["guardian=x"])
    assert [item["id"] for item in items] == [event]


def test_shared_properties_reach_all(desk: Office) -> None:
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA])
    desk.patch(ANA, event, {"extendedProperties": {"private": {"mine": "1"}}})
    desk.patch(BEN, event, {"extendedProperties": {"shared": {"project": "x"}}})
    assert desk.get(ANA, event)["extendedProperties"] == {"shared": {"project": "x"}, "private": {"mine": "1"}}


def test_a_guests_change_of_time_is_refused_or_kept_to_the_copy(desk: Office) -> None:
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA])
    later = timed(at(24, 11), at(24, 12))
    with pytest.raises(HttpError) as refused:
        desk.patch(ANA, event, later)
    assert reason(refused.value) == (403, "forbiddenForNonOrganizer")
    desk.world.switches.guest_time_edit = "local"
    assert desk.patch(ANA, event, later)["start"]["dateTime"] == "2026-11-24T12:00:00+01:00"
    assert desk.get(BEN, event)["start"]["dateTime"] == "2026-11-24T04:00:00-05:00"


def test_the_organisers_move_reaches_guests_keeps_answers_and_raises_the_sequence(desk: Office) -> None:
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA], answers={ANA: "accepted"})
    desk.world.move(event, at(25, 9), at(25, 10))
    ana = desk.get(ANA, event)
    assert ana["start"] == {"dateTime": "2026-11-25T10:00:00+01:00", "timeZone": "America/New_York"}
    assert (ana["sequence"], own_row(ana)["responseStatus"]) == (1, "accepted")


def test_reminders_change_the_etag_and_not_the_time_of_the_last_change(desk: Office) -> None:
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA])
    before = desk.get(ANA, event)
    desk.clock.set(at(23, 12))
    after = desk.patch(ANA, event, {"reminders": {"useDefault": False}})
    assert after["updated"] == before["updated"]
    assert after["etag"] != before["etag"]


def test_hidden_guests_see_themselves_and_the_organiser(desk: Office) -> None:
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA, RUI], guestsCanSeeOtherGuests=False)
    assert [row["email"] for row in desk.get(ANA, event)["attendees"]] == [BEN, ANA]
    assert len(desk.get(BEN, event)["attendees"]) == 3


def test_members_of_an_invited_group_have_a_copy_without_a_row(desk: Office) -> None:
    desk.world.add_group("team@acme.example", [ANA, RUI])
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), ["team@acme.example"])
    assert not [row for row in desk.get(ANA, event)["attendees"] if row.get("self")]
    answer = {"attendeesOmitted": True, "attendees": [{"email": ANA, "responseStatus": "declined"}]}
    assert desk.patch(ANA, event, answer)["attendees"] == desk.get(ANA, event)["attendees"]


def test_above_the_limit_an_answer_reaches_only_the_organiser(desk: Office) -> None:
    desk.world.switches.visible_answers = 2
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA, RUI])
    desk.world.answer(ANA, event, "declined")
    answers = {
        who: {r["email"]: r["responseStatus"] for r in desk.get(who, event)["attendees"]}[ANA] for who in (BEN, RUI)
    }
    assert answers == {BEN: "declined", RUI: "needsAction"}


def test_a_truncated_list_names_only_the_participant(desk: Office) -> None:
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA, RUI])
    seen = desk.get(ANA, event, maxAttendees=1)
    assert seen["attendeesOmitted"] is True
    assert [row["email"] for row in seen["attendees"]] == [ANA]


def test_the_comment_of_the_short_form_may_be_dropped(desk: Office) -> None:
    desk.world.switches.drop_comment_without_list = True
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA])
    row = {"email": ANA, "responseStatus": "declined", "comment": "No."}
    assert "comment" not in own_row(desk.patch(ANA, event, {"attendeesOmitted": True, "attendees": [row]}))


def test_cancelling_leaves_tombstones_and_a_second_delete_is_gone(desk: Office) -> None:
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA])
    desk.delete(BEN, event)
    assert desk.get(ANA, event)["status"] == "cancelled"
    assert desk.page(ANA)["items"] == []
    with pytest.raises(HttpError) as gone:
        desk.delete(BEN, event)
    assert reason(gone.value) == (410, "deleted")


def test_a_guest_who_deletes_declines_for_the_others(desk: Office) -> None:
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA])
    desk.world.delete_copy(ANA, event)
    assert desk.get(BEN, event)["status"] == "confirmed"
    assert desk.get(BEN, event)["attendees"][1]["responseStatus"] == "declined"
    desk.world.edit(event, summary="Renamed")
    assert desk.get(ANA, event)["status"] == "cancelled"


def test_removing_a_guest_cancels_their_copy(desk: Office) -> None:
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA, RUI])
    desk.patch(BEN, event, {"attendees": [{"email": BEN}, {"email": RUI}]}, sendUpdates="all")
    assert desk.get(ANA, event)["status"] == "cancelled"
    assert desk.server.mails[-1]["kind"] == "cancellation"


def test_rooms_accept_by_themselves(desk: Office) -> None:
    desk.world.add_room("room@acme.example", "Spree")
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), ["room@acme.example"])
    room = desk.get(BEN, event)["attendees"][1]
    assert (room["resource"], room["responseStatus"]) == (True, "accepted")


def test_old_meetings_carry_their_own_creation_date(desk: Office) -> None:
    event = desk.world.invite(BEN, "Sync", at(24, 9), at(24, 10), [ANA], created=at(1, 9))
    assert desk.get(ANA, event)["created"] == desk.get(ANA, event)["updated"] == "2026-11-01T09:00:00.000Z"
    assert at(1, 9) < NOW
