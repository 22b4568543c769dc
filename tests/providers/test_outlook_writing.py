"""Writing under every fault: at most one effect and one mail, nobody else touched, and never a guess."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from guardian.errors import (
    Gone,
    NotSupported,
    OutcomeUnknown,
    PreconditionFailed,
)
from guardian.model.actions import Answer, Flag, MoveFocus, RemoveFocus, Restore, Shorten, Unflag
from guardian.model.events import Response
from guardian.model.time import Interval
from guardian.providers.outlook.blocks import transaction_of
from tests.providers.contract import ANA, BEN, KIM, NOW, TUESDAY, act, booking, read, the
from tests.providers.outlook_world import OutlookWorld, applied, mails, outlook_world

LATER = Interval(TUESDAY + timedelta(hours=4), TUESDAY + timedelta(hours=4, minutes=30))
NO = Answer(Response.DECLINED, "Focus time until 13:00.", LATER)
MAYBE = Answer(Response.TENTATIVE, "Focus time until 13:00.", LATER)


@pytest.fixture
def world() -> Iterator[OutlookWorld]:
    with outlook_world() as world:
        yield world


def terms(world: OutlookWorld, title: str, **wanted: Any) -> None:
    """What the organiser wants of answers, on every copy."""
    for mailbox in (ANA, BEN, KIM):
        row = world.world.store.calendars[mailbox].rows.get(world.id_of(title))
        if row is not None:
            row.terms |= wanted


# --- answers ---------------------------------------------------------------------------------------------------------


def test_a_decline_is_one_post_under_the_etag_and_takes_the_copy_away(world: OutlookWorld) -> None:
    world.invite(KIM, [ANA, BEN], "Budget", TUESDAY)
    seen = the(world, "Budget")
    receipt = world.provider.apply(act(NO, seen))
    assert receipt.after is None
    assert "took the declined copy" in receipt.note
    [write] = world.sandbox.writes
    assert (write.verb, write.if_match, write.person) == ("POST", seen.etag, ANA)
    assert write.path.endswith("/decline")
    assert write.body == {
        "comment": "Focus time until 13:00.",
        "sendResponse": True,
        "proposedNewTime": {
            "start": {"dateTime": "2026-11-24T14:00:00", "timeZone": "UTC"},
            "end": {"dateTime": "2026-11-24T14:30:00", "timeZone": "UTC"},
        },
    }
    assert mails(world) == 1
    assert read(world) == []
    assert world.provider.read(seen.ref) is None
    assert [o.title for o in read(world, BEN)] == ["Budget"]


def test_a_tentative_answer_keeps_the_copy_and_touches_nothing_else(world: OutlookWorld) -> None:
    world.invite(KIM, [ANA, BEN], "Budget", TUESDAY)
    before = the(world, "Budget")
    after = world.provider.apply(act(MAYBE, before)).after
    assert after is not None
    changed: dict[str, Any] = {"response": None, "attendees": (), "etag": "", "updated_at": None, "answered_at": None}
    assert replace(after, **changed) == replace(before, **changed)
    assert (before.answered_at, after.answered_at) == (None, NOW)
    assert world.rows(KIM, "Budget")[ANA] is Response.TENTATIVE


def test_declining_one_occurrence_leaves_the_series(world: OutlookWorld) -> None:
    world.invite(BEN, [ANA], "Weekly", TUESDAY, weekly=3)
    first, second, third = sorted(read(world), key=lambda o: o.meeting)
    world.provider.apply(act(NO, second))
    assert {o.meeting for o in read(world)} == {first.meeting, third.meeting}


def test_a_series_is_never_answered_as_a_whole(world: OutlookWorld) -> None:
    world.invite(BEN, [ANA], "Weekly", TUESDAY, weekly=3)
    first = min(read(world), key=lambda o: o.meeting)
    assert first.series_id is not None
    whole = replace(first, ref=replace(first.ref, event_id=first.series_id), etag=None)
    for effect in (NO, MAYBE, Flag("agenda"), Unflag(), RemoveFocus()):
        with pytest.raises(NotSupported, match="series"):
            world.provider.apply(act(effect, whole))
    assert world.sandbox.writes == []


def test_who_wants_no_answer_gets_none(world: OutlookWorld) -> None:
    world.invite(KIM, [ANA], "Budget", TUESDAY)
    terms(world, "Budget", responseRequested=False)
    world.provider.apply(act(NO, the(world, "Budget")))
    [write] = world.sandbox.writes
    assert write.body == {"comment": "Focus time until 13:00.", "sendResponse": False}
    assert mails(world) == 0


def test_no_time_is_proposed_to_who_wants_none(world: OutlookWorld) -> None:
    world.invite(KIM, [ANA], "Budget", TUESDAY)
    terms(world, "Budget", allowNewTimeProposals=False)
    world.provider.apply(act(MAYBE, the(world, "Budget")))
    [write] = world.sandbox.writes
    assert "proposedNewTime" not in write.body


def test_a_proposal_that_is_not_taken_is_left_out_once(world: OutlookWorld) -> None:
    """The organiser forbids proposals while our answer is on its way."""
    world.invite(KIM, [ANA], "Budget", TUESDAY)
    action = act(MAYBE, the(world, "Budget"))
    world.listen(
        lambda method, _: terms(world, "Budget", allowNewTimeProposals=False) if method == "events.get" else None
    )
    receipt = world.provider.apply(action)
    assert "without the proposed time" in receipt.note
    assert [(w.applied, "proposedNewTime" in w.body) for w in world.sandbox.writes] == [(False, True), (True, False)]
    assert mails(world) == 1


def test_an_answer_that_is_not_taken_without_a_proposal_is_not_repeated(world: OutlookWorld) -> None:
    world.invite(KIM, [ANA], "Budget", TUESDAY)
    action = act(Answer(Response.DECLINED, "No."), the(world, "Budget"))
    world.listen(lambda method, _: terms(world, "Budget", responseRequested=False) if method == "events.get" else None)
    with pytest.raises(NotSupported):
        world.provider.apply(action)
    assert len(world.sandbox.writes) == 1
    assert mails(world) == 0


def test_a_decline_in_the_second_the_organiser_cancels(world: OutlookWorld) -> None:
    world.invite(KIM, [ANA], "Budget", TUESDAY)
    action = act(NO, the(world, "Budget"))
    cancelled: list[str] = []

    def cancel(method: str, _: int) -> None:
        if method == "events.get" and not cancelled:
            cancelled.append(method)
            world.world.cancel(world.id_of("Budget"))

    world.listen(cancel)
    with pytest.raises((Gone, PreconditionFailed)):
        world.provider.apply(action)
    assert applied(world) == 0


def test_an_appointment_without_guests_is_nothing_to_answer(world: OutlookWorld) -> None:
    world.world.invite(ANA, "Dentist", TUESDAY, TUESDAY + timedelta(hours=1))
    with pytest.raises(NotSupported):
        world.provider.apply(act(NO, the(world, "Dentist")))
    assert world.sandbox.writes == []


def show(world: OutlookWorld, status: str) -> None:
    """Ana's own copy shows this answer from now on."""
    row = world.world.store.calendars[ANA].rows[world.id_of("Budget")].row(ANA)
    assert row is not None
    row["responseStatus"] = status


@pytest.mark.parametrize("arrives", [True, False])
def test_an_accepted_answer_is_looked_for(world: OutlookWorld, arrives: bool) -> None:
    """202 means accepted, and done a moment later."""
    world.invite(KIM, [ANA], "Budget", TUESDAY)
    action = act(MAYBE, the(world, "Budget"))
    said: list[str] = []

    def late(method: str, _: int) -> None:
        said.append(method)
        if method == "events.tentativelyAccept":
            show(world, "needsAction")
        elif said[-2:] == ["events.tentativelyAccept", "events.get"] and arrives:
            show(world, "tentative")

    world.listen(late)
    if arrives:
        after = world.provider.apply(action).after
        assert after is not None
        assert after.response is Response.TENTATIVE
        assert len(world.slept) == 1
    else:
        with pytest.raises(OutcomeUnknown):
            world.provider.apply(action)
    assert applied(world) == 1


@pytest.mark.parametrize("effect", [MAYBE, Flag("agenda")])
def test_an_occurrence_that_gets_another_id_by_our_write_is_found_again(world: OutlookWorld, effect: Any) -> None:
    world.switches.exception_ids_change = True
    world.invite(BEN, [ANA], "Weekly", TUESDAY, weekly=3)
    _, second, _ = sorted(read(world), key=lambda o: o.meeting)
    after = world.provider.apply(act(effect, second)).after
    assert after is not None
    assert (after.meeting, after.when) == (second.meeting, second.when)
    assert after.ref != second.ref
    assert after in read(world)
    assert applied(world) == 1


# --- taking back -----------------------------------------------------------------------------------------------------


def test_a_kept_decline_goes_back_to_accepted(world: OutlookWorld) -> None:
    world.keeps_declined(ANA)
    world.invite(KIM, [ANA], "Budget", TUESDAY)
    world.answer(ANA, "Budget", Response.ACCEPTED)
    declined = world.provider.apply(act(NO, the(world, "Budget"))).after
    after = world.provider.apply(act(Restore(Response.ACCEPTED, ""), declined)).after
    assert after is not None
    assert after.response is Response.ACCEPTED
    assert world.sandbox.writes[-1].path.endswith("/accept")
    assert "proposedNewTime" not in world.sandbox.writes[-1].body


def test_there_is_no_way_back_to_not_answered_and_it_says_so(world: OutlookWorld) -> None:
    world.keeps_declined(ANA)
    world.invite(KIM, [ANA], "Budget", TUESDAY)
    declined = world.provider.apply(act(NO, the(world, "Budget"))).after
    receipt = world.provider.apply(act(Restore(Response.NEEDS_ACTION, ""), declined))
    assert receipt.after is not None
    assert receipt.after.response is Response.TENTATIVE
    assert "cannot return" in receipt.note
    again = world.provider.apply(act(Restore(Response.NEEDS_ACTION, ""), receipt.after))
    assert "cannot return" in again.note
    assert applied(world) == 2


def test_a_decline_whose_copy_is_gone_cannot_be_restored(world: OutlookWorld) -> None:
    world.invite(KIM, [ANA], "Budget", TUESDAY)
    seen = the(world, "Budget")
    world.provider.apply(act(NO, seen))
    with pytest.raises(NotSupported, match="cannot restore"):
        world.provider.apply(act(Restore(Response.ACCEPTED, ""), seen))


# --- labels, lengths, blocks -----------------------------------------------------------------------------------------


def test_a_flag_names_the_rule_and_goes_without_a_trace(world: OutlookWorld) -> None:
    world.invite(BEN, [ANA], "Budget", TUESDAY)
    copy = world.world.store.calendars[ANA].rows[world.id_of("Budget")]
    copy.mine["categories"] = ["Customers", "Guardian: mine"]
    seen = the(world, "Budget")
    flagged = world.provider.apply(act(Flag("agenda"), seen)).after
    assert flagged is not None
    assert flagged.labels == ("Customers", "Guardian: mine", "Guardian: agenda")
    assert mails(world, "update") == 0
    copy.mine["categories"].append("By hand")
    plain = world.provider.apply(act(Unflag(seen.labels), the(world, "Budget"))).after
    assert plain is not None
    assert (plain.labels, plain.guardian_key) == (("Customers", "Guardian: mine", "By hand"), None)
    assert [w.verb for w in world.sandbox.writes] == ["PATCH", "PATCH"]


def test_a_second_flag_takes_the_place_of_the_first(world: OutlookWorld) -> None:
    world.invite(BEN, [ANA], "Budget", TUESDAY)
    flagged = world.provider.apply(act(Flag("agenda"), the(world, "Budget"))).after
    again = world.provider.apply(act(Flag("length"), flagged)).after
    assert again is not None
    assert again.labels == ("Guardian: length",)


def test_a_patch_never_names_the_body_or_the_guests(world: OutlookWorld) -> None:
    """Either could disable an online meeting or uninvite people."""
    world.invite(ANA, [BEN], "Mine", TUESDAY, 60)
    world.provider.apply(act(Shorten(Interval(TUESDAY, TUESDAY + timedelta(minutes=50))), the(world, "Mine")))
    world.provider.apply(act(Flag("agenda"), the(world, "Mine")))
    moved = world.provider.apply(act(MoveFocus(LATER, "Europe/Madrid"), world.provider.apply(booking()).after))
    assert moved.after is not None
    for write in world.sandbox.writes:
        if write.verb == "PATCH":
            assert not set(write.body) & {"body", "attendees", "subject", "recurrence"}


def test_every_write_but_a_booking_carries_if_match(world: OutlookWorld) -> None:
    world.invite(ANA, [BEN], "Mine", TUESDAY, 60)
    world.provider.apply(act(Shorten(Interval(TUESDAY, TUESDAY + timedelta(minutes=50))), the(world, "Mine")))
    booked = world.provider.apply(booking()).after
    world.provider.apply(act(RemoveFocus(), booked))
    assert [(w.verb, bool(w.if_match)) for w in world.sandbox.writes] == [
        ("PATCH", True),
        ("POST", False),
        ("DELETE", True),
    ]


def test_only_the_organiser_shortens_and_is_told_what_it_costs(world: OutlookWorld) -> None:
    shorter = Shorten(Interval(TUESDAY, TUESDAY + timedelta(minutes=50)))
    world.invite(ANA, [BEN], "Mine", TUESDAY, 60)
    world.invite(BEN, [ANA], "Theirs", TUESDAY, 60)
    receipt = world.provider.apply(act(shorter, the(world, "Mine")))
    assert receipt.after is not None
    assert receipt.after.when == shorter.when
    assert "answer again" in receipt.note
    assert the(world, "Mine", BEN).when == shorter.when
    with pytest.raises(NotSupported):
        world.provider.apply(act(shorter, the(world, "Theirs")))


def test_a_block_carries_transaction_mark_and_category(world: OutlookWorld) -> None:
    action = booking()
    world.provider.apply(action)
    [write] = world.sandbox.writes
    assert write.body["transactionId"] == transaction_of(action.key)
    assert write.body["categories"] == ["Focus time"]
    assert write.body["showAs"] == "busy"
    assert "attendees" not in write.body
    assert world.sandbox.mails == []


@pytest.mark.parametrize("repeat", ["first-event", "409"])
def test_a_transaction_the_service_knows_is_the_block_we_booked(world: OutlookWorld, repeat: str) -> None:
    """Our look comes before the first send has arrived, our second send after it."""
    world.switches.repeat_transaction = repeat
    action = booking()
    first = world.provider.apply(action).after
    world.sandbox.faults.add("empty-page", verb="GET", path=r"/events\?")
    assert world.provider.apply(action).after == first
    assert len(read(world)) == 1


def test_a_block_that_became_a_meeting_is_nobodys_to_remove(world: OutlookWorld) -> None:
    booked = world.provider.apply(booking()).after
    assert booked is not None
    world.world.edit(world.own_id(ANA, booked.ref.event_id), attendees=[{"email": ANA}, {"email": BEN}])
    for effect in (RemoveFocus(), MoveFocus(LATER, "Europe/Madrid")):
        with pytest.raises(NotSupported):
            world.provider.apply(act(effect, the(world, "Focus time")))
