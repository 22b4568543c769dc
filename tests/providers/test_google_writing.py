"""Writing under every fault: at most one effect and one mail, nobody else touched, and never a guess."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from guardian.errors import (
    AccessLost,
    Gone,
    GuardianError,
    NotSupported,
    OutcomeUnknown,
    PreconditionFailed,
    ProviderDown,
    RateLimited,
)
from guardian.model.actions import Action, Answer, Flag, MoveFocus, Precondition, RemoveFocus, Restore, Shorten, Unflag
from guardian.model.events import EventKind, Response
from guardian.model.time import Interval
from guardian.providers.google.blocks import block_id
from tests.providers.contract import ANA, BEN, KIM, TUESDAY, act, booking, read, the
from tests.providers.google_world import GoogleWorld, google_world

NO = Answer(Response.DECLINED, "Focus time until 13:00.")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[GoogleWorld]:
    with google_world(tmp_path) as world:
        yield world


def raw(world: GoogleWorld, title: str, mailbox: str = ANA) -> dict[str, Any]:
    return dict(world.world.copy(mailbox, world.id_of(title)))


def applied(world: GoogleWorld) -> int:
    return sum(entry.applied for entry in world.sandbox.writes)


def mails(world: GoogleWorld, kind: str = "reply") -> int:
    return sum(mail["kind"] == kind for mail in world.sandbox.mails)


# --- what is written -------------------------------------------------------------------------------------------------


def test_a_decline_sends_all_guests_back_under_the_etag(world: GoogleWorld) -> None:
    world.invite(KIM, [ANA, BEN, "guest@client.example"], "Budget", TUESDAY)
    before = raw(world, "Budget")
    action = act(NO, the(world, "Budget"))
    world.provider.apply(action)
    [write] = world.sandbox.writes
    assert (write.verb, write.if_match, write.person) == ("PATCH", before["etag"], ANA)
    assert "sendUpdates=all" in write.query
    assert [row["email"] for row in write.body["attendees"]] == [row["email"] for row in before["attendees"]]
    assert write.body["extendedProperties"]["private"] == {"guardian": f"answer:{action.key}"}
    assert set(write.body) == {"attendees", "extendedProperties"}
    assert mails(world) == 1


def test_every_write_but_a_booking_carries_if_match(world: GoogleWorld) -> None:
    world.invite(ANA, [BEN], "Mine", TUESDAY, 60)
    mine = the(world, "Mine")
    world.provider.apply(act(Shorten(Interval(TUESDAY, TUESDAY + timedelta(minutes=50))), mine))
    world.provider.apply(act(Flag("Guardian: agenda"), the(world, "Mine")))
    booked = world.provider.apply(booking()).after
    assert booked is not None
    later = Interval(TUESDAY + timedelta(hours=4), TUESDAY + timedelta(hours=6))
    moved = world.provider.apply(act(MoveFocus(later, "Europe/Madrid"), booked)).after
    world.provider.apply(act(RemoveFocus(), moved))
    assert [(w.verb, bool(w.if_match)) for w in world.sandbox.writes] == [
        ("PATCH", True),
        ("PATCH", True),
        ("POST", False),
        ("PATCH", True),
        ("DELETE", True),
    ]


def test_a_hidden_list_is_never_written_back(world: GoogleWorld) -> None:
    end = TUESDAY + timedelta(minutes=30)
    guests = [ANA, BEN, "guest@client.example"]
    event = world.world.invite(KIM, "Survey", TUESDAY, end, guests, guestsCanSeeOtherGuests=False)
    seen = the(world, "Survey")
    assert not seen.guests_known
    after = world.provider.apply(act(NO, seen)).after
    [write] = world.sandbox.writes
    assert write.body["attendeesOmitted"] is True
    assert [row["email"] for row in write.body["attendees"]] == [ANA]
    assert after is not None
    assert after.response is Response.DECLINED
    assert len(world.world.copy(KIM, event)["attendees"]) == 4


def test_a_comment_the_service_drops_is_told(world: GoogleWorld) -> None:
    world.world.switches.drop_comment_without_list = True
    world.world.invite(KIM, "Survey", TUESDAY, TUESDAY + timedelta(minutes=30), [ANA], guestsCanSeeOtherGuests=False)
    receipt = world.provider.apply(act(NO, the(world, "Survey")))
    assert "without its comment" in receipt.note


def test_somebody_invited_through_a_group_has_nothing_to_answer(world: GoogleWorld) -> None:
    world.world.add_group("team@acme.example", [ANA])
    world.world.invite(KIM, "All hands", TUESDAY, TUESDAY + timedelta(hours=1), ["team@acme.example"])
    seen = the(world, "All hands")
    assert seen.response is None
    with pytest.raises(NotSupported):
        world.provider.apply(act(NO, seen))
    assert world.sandbox.writes == []


def test_a_series_is_never_answered_as_a_whole(world: GoogleWorld) -> None:
    world.invite(BEN, [ANA], "Weekly", TUESDAY, weekly=3)
    first = min(read(world), key=lambda o: o.meeting)
    whole = replace(first, ref=replace(first.ref, event_id=world.id_of("Weekly")), etag=None)
    with pytest.raises(NotSupported):
        world.provider.apply(act(NO, whole))
    assert world.sandbox.writes == []


def test_a_flag_keeps_the_colour_that_stood_there(world: GoogleWorld) -> None:
    world.invite(BEN, [ANA], "Budget", TUESDAY)
    world.world.edit(world.id_of("Budget"), who=ANA, colorId="11")
    seen = the(world, "Budget")
    assert seen.labels == ("Tomato",)
    flagged = world.provider.apply(act(Flag("Guardian: agenda"), seen)).after
    assert flagged is not None
    assert flagged.labels == ("Tomato", "Guardian: agenda")
    again = world.provider.apply(act(Flag("Guardian: length"), flagged)).after
    assert again is not None
    assert again.labels == ("Tomato", "Guardian: length")
    assert mails(world, "update") == 0
    assert world.rows(BEN, "Budget") == world.rows(ANA, "Budget")
    plain = world.provider.apply(act(Unflag(), again)).after
    assert plain is not None
    assert (plain.labels, plain.guardian_key) == (("Tomato",), None)
    assert raw(world, "Budget")["colorId"] == "11"


def test_a_colour_the_person_chose_after_the_flag_stays(world: GoogleWorld) -> None:
    world.invite(BEN, [ANA], "Budget", TUESDAY)
    world.provider.apply(act(Flag("Guardian: agenda"), the(world, "Budget")))
    world.world.edit(world.id_of("Budget"), who=ANA, colorId="9")
    world.provider.apply(act(Unflag(), the(world, "Budget")))
    assert the(world, "Budget").labels == ("Blueberry",)


def test_only_the_organiser_shortens(world: GoogleWorld) -> None:
    shorter = Shorten(Interval(TUESDAY, TUESDAY + timedelta(minutes=50)))
    world.invite(ANA, [BEN], "Mine", TUESDAY, 60)
    world.invite(BEN, [ANA], "Theirs", TUESDAY, 60)
    after = world.provider.apply(act(shorter, the(world, "Mine"))).after
    assert after is not None
    assert after.when == shorter.when
    assert the(world, "Mine", BEN).when == shorter.when
    with pytest.raises(NotSupported):
        world.provider.apply(act(shorter, the(world, "Theirs")))


@pytest.mark.parametrize("refusal", [(400, "malformedFocusTimeEvent"), (403, "focusTimeNotAvailable")])
def test_an_account_without_focus_time_gets_a_busy_event_and_is_remembered(
    world: GoogleWorld, refusal: tuple[int, str]
) -> None:
    world.world.people[ANA].focus_time = False
    world.world.switches.refuse_focus_time = refusal
    receipt = world.provider.apply(booking())
    assert receipt.after is not None
    assert (receipt.after.kind, receipt.after.busy, receipt.after.own_block) == (EventKind.FOCUS, True, True)
    assert "no focus time" in receipt.note
    world.asked.clear()
    world.provider.apply(booking(TUESDAY + timedelta(days=1)))
    assert world.asked == [("events.insert", 200)]


def test_a_block_that_became_a_meeting_is_nobodys_to_remove(world: GoogleWorld) -> None:
    world.world.people[ANA].focus_time = False
    booked = world.provider.apply(booking()).after
    assert booked is not None
    world.world.edit(booked.ref.event_id, attendees=[{"email": ANA}, {"email": BEN}])
    with pytest.raises(NotSupported):
        world.provider.apply(act(RemoveFocus(), the(world, "Focus time")))


def test_never_takes_an_id_that_belongs_to_something_else(world: GoogleWorld) -> None:
    action = booking()
    world.world.invite(ANA, "Lunch", TUESDAY, TUESDAY + timedelta(hours=1), event_id=block_id(action.key))
    assert world.provider.find(action) is None
    with pytest.raises(NotSupported):
        world.provider.apply(action)


# --- faults ----------------------------------------------------------------------------------------------------------

Scene = Callable[[GoogleWorld], Action]


def declining(world: GoogleWorld) -> Action:
    world.invite(KIM, [ANA, BEN], "Budget", TUESDAY)
    return act(NO, the(world, "Budget"))


def flagging(world: GoogleWorld) -> Action:
    world.invite(KIM, [ANA, BEN], "Budget", TUESDAY)
    return act(Flag("Guardian: agenda"), the(world, "Budget"))


def shortening(world: GoogleWorld) -> Action:
    world.invite(ANA, [BEN], "Budget", TUESDAY, 60)
    return act(Shorten(Interval(TUESDAY, TUESDAY + timedelta(minutes=50))), the(world, "Budget"))


def restoring(world: GoogleWorld) -> Action:
    declined = world.provider.apply(declining(world)).after
    return act(Restore(Response.NEEDS_ACTION, ""), declined)


def booking_one(world: GoogleWorld) -> Action:
    return booking()


def moving(world: GoogleWorld) -> Action:
    later = Interval(TUESDAY + timedelta(hours=4), TUESDAY + timedelta(hours=6))
    return act(MoveFocus(later, "Europe/Madrid"), world.provider.apply(booking()).after)


def removing(world: GoogleWorld) -> Action:
    return act(RemoveFocus(), world.provider.apply(booking()).after)


SCENES = [declining, flagging, shortening, restoring, booking_one, moving, removing]
VERBS: dict[Scene, str] = {booking_one: "POST", removing: "DELETE"}
LOST = ["apply-then-drop", "apply-then-error", "truncated", "hang-after-apply"]
LOST_ANSWERS = [(s, f) for s in SCENES for f in LOST if (s, f) != (removing, "truncated")]
"""The answer to a delete has no body to cut."""
NOT_DONE = ["500", "503", "close-before-apply"]


@pytest.fixture
def hasty(tmp_path: Path) -> Iterator[GoogleWorld]:
    with google_world(tmp_path, timeout=1.0) as world:
        yield world


@pytest.mark.parametrize(("scene", "fault"), LOST_ANSWERS)
def test_a_lost_answer_leaves_one_effect(hasty: GoogleWorld, scene: Scene, fault: str) -> None:
    action = scene(hasty)
    before, told = applied(hasty), len(hasty.sandbox.mails)
    verb = VERBS.get(scene, "PATCH")
    order = hasty.sandbox.faults.add(fault, verb=verb, path="/events")
    again = action
    try:
        hasty.provider.apply(action)
    except OutcomeUnknown:
        # What the engine does next: read, compare, and at most one more try.
        again = replace(action, expects=Precondition())
    assert order.fired == 1
    hasty.provider.apply(again)
    assert applied(hasty) == before + 1
    assert len(hasty.sandbox.mails) - told <= (2 if scene is shortening else 1)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("fault", NOT_DONE)
def test_a_write_that_failed_is_not_repeated_by_us(hasty: GoogleWorld, scene: Scene, fault: str) -> None:
    action = scene(hasty)
    before = applied(hasty)
    order = hasty.sandbox.faults.add(fault, verb=VERBS.get(scene, "PATCH"), path="/events", times=None)
    with pytest.raises(OutcomeUnknown):
        hasty.provider.apply(action)
    assert order.fired == (2 if fault == "close-before-apply" else 1)
    assert applied(hasty) == before
    assert hasty.slept == []


REFUSALS = [
    ("rateLimitExceeded", RateLimited),
    ("userRateLimitExceeded", RateLimited),
    ("quotaExceeded", RateLimited),
    ("429", RateLimited),
    ("accessNotConfigured", AccessLost),
    ("notACalendarUser", AccessLost),
    ("forbidden", NotSupported),
    ("401", AccessLost),
    ("404", Gone),
    ("deleted", Gone),
    ("412", PreconditionFailed),
]


@pytest.mark.parametrize(("reason", "error"), REFUSALS)
def test_a_refused_write_says_what_to_do_next(world: GoogleWorld, reason: str, error: type[GuardianError]) -> None:
    action = declining(world)
    world.sandbox.faults.add(reason, verb="PATCH", times=None)
    with pytest.raises(error) as refused:
        world.provider.apply(action)
    if isinstance(refused.value, RateLimited):
        assert refused.value.account == (reason == "quotaExceeded")
    assert applied(world) == 0
    assert world.slept == []


def test_a_token_that_cannot_be_had_is_no_unknown_outcome(world: GoogleWorld) -> None:
    action = declining(world)
    world.sandbox.expire_access_tokens()
    world.sandbox.faults.add("503", path="/token", times=None)
    with pytest.raises(ProviderDown):
        world.provider.apply(action)
    assert applied(world) == 0


@pytest.mark.parametrize("scene", [declining, flagging, shortening])
def test_a_change_between_our_look_and_our_write_stops_it(world: GoogleWorld, scene: Scene) -> None:
    """The race itself: the person is faster than the PATCH, after our own fresh read."""
    action = scene(world)
    before = applied(world)

    def meddle(method: str, _: int) -> None:
        if method == "events.get" and applied(world) == before:
            world.world.edit(world.id_of("Budget"), summary="Budget 2027")

    world.listen(meddle)
    with pytest.raises(PreconditionFailed):
        world.provider.apply(replace(action, expects=Precondition()))
    assert applied(world) == before


def test_an_answer_the_service_ignores_is_no_success(world: GoogleWorld) -> None:
    """A row that is nobody's on the server: the write is accepted and changes nothing."""
    world.invite(KIM, [ANA], "Budget", TUESDAY)
    seen = the(world, "Budget")
    store = world.world.store

    def strip(method: str, _: int) -> None:
        if method == "events.get":
            with store.lock:
                body = store.calendars[ANA].rows[world.id_of("Budget")].body
                body["attendees"] = [row for row in body["attendees"] if row["email"] != ANA]

    world.listen(strip)
    with pytest.raises(NotSupported):
        world.provider.apply(act(NO, seen))


def test_the_persons_own_equal_answer_is_left_alone(world: GoogleWorld) -> None:
    world.invite(KIM, [ANA], "Budget", TUESDAY)
    world.answer(ANA, "Budget", Response.DECLINED)
    with pytest.raises(PreconditionFailed):
        world.provider.apply(act(NO, the(world, "Budget")))
    assert world.sandbox.writes == []


def test_without_an_etag_time_organiser_and_answer_are_compared(world: GoogleWorld) -> None:
    world.invite(KIM, [ANA], "Budget", TUESDAY)
    action = act(NO, the(world, "Budget"))
    for change in (
        {"when": Interval(TUESDAY, TUESDAY + timedelta(hours=3))},
        {"response": Response.ACCEPTED},
        {"organizer": "somebody@acme.example"},
    ):
        stale = replace(action, expects=replace(action.expects, etag=None, **change))
        with pytest.raises(PreconditionFailed):
            world.provider.apply(stale)
    assert world.sandbox.writes == []


def test_read_only_never_writes(tmp_path: Path) -> None:
    with google_world(tmp_path, read_only=True) as world:
        action = declining(world)
        with pytest.raises(NotSupported):
            world.provider.apply(action)
        assert world.sandbox.writes == []


def test_an_edit_by_others_and_a_reply_by_us_do_not_lose_each_other(world: GoogleWorld) -> None:
    """Ben accepts while our decline is on its way: both answers stand afterwards."""
    world.invite(KIM, [ANA, BEN], "Budget", TUESDAY)
    action = act(NO, the(world, "Budget"))
    world.answer(BEN, "Budget", Response.ACCEPTED)
    with pytest.raises(PreconditionFailed):
        world.provider.apply(action)
    world.provider.apply(act(NO, the(world, "Budget")))
    assert world.rows(KIM, "Budget") == {
        KIM: Response.ACCEPTED,
        ANA: Response.DECLINED,
        BEN: Response.ACCEPTED,
    }
