"""Writes to Outlook that fail, get lost or come too late: at most one effect, at most one mail."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from guardian.errors import (
    AccessLost,
    Gone,
    GuardianError,
    OutcomeUnknown,
    PreconditionFailed,
    ProviderDown,
    RateLimited,
)
from guardian.model.actions import Action, Answer, Flag, MoveFocus, Precondition, RemoveFocus, Restore, Shorten
from guardian.model.events import Response
from guardian.model.time import Interval
from tests.providers.contract import ANA, BEN, KIM, TUESDAY, act, booking, read, the
from tests.providers.outlook_world import OutlookWorld, applied, mails, outlook_world

LATER = Interval(TUESDAY + timedelta(hours=4), TUESDAY + timedelta(hours=4, minutes=30))
NO = Answer(Response.DECLINED, "Focus time until 13:00.", LATER)
MAYBE = Answer(Response.TENTATIVE, "Focus time until 13:00.", LATER)


@pytest.fixture
def world() -> Iterator[OutlookWorld]:
    with outlook_world() as world:
        yield world


Scene = Callable[[OutlookWorld], Action]


def declining(world: OutlookWorld) -> Action:
    world.invite(KIM, [ANA, BEN], "Budget", TUESDAY)
    return act(NO, the(world, "Budget"))


def doubting(world: OutlookWorld) -> Action:
    world.invite(KIM, [ANA, BEN], "Budget", TUESDAY)
    return act(MAYBE, the(world, "Budget"))


def flagging(world: OutlookWorld) -> Action:
    world.invite(KIM, [ANA, BEN], "Budget", TUESDAY)
    return act(Flag("agenda"), the(world, "Budget"))


def shortening(world: OutlookWorld) -> Action:
    world.invite(ANA, [BEN], "Budget", TUESDAY, 60)
    return act(Shorten(Interval(TUESDAY, TUESDAY + timedelta(minutes=50))), the(world, "Budget"))


def restoring(world: OutlookWorld) -> Action:
    world.keeps_declined(ANA)
    declined = world.provider.apply(declining(world)).after
    return act(Restore(Response.ACCEPTED, ""), declined)


def booking_one(_: OutlookWorld) -> Action:
    return booking()


def moving(world: OutlookWorld) -> Action:
    return act(MoveFocus(LATER, "Europe/Madrid"), world.provider.apply(booking()).after)


def removing(world: OutlookWorld) -> Action:
    return act(RemoveFocus(), world.provider.apply(booking()).after)


SCENES = [declining, doubting, flagging, shortening, restoring, booking_one, moving, removing]
WRITE: dict[Scene, str] = {
    booking_one: "POST",
    removing: "DELETE",
    flagging: "PATCH",
    shortening: "PATCH",
    moving: "PATCH",
}
EMPTY = (declining, doubting, restoring, removing)
LOST = ["apply-then-drop", "apply-then-error", "truncated", "hang-after-apply"]
LOST_ANSWERS = [(s, f) for s in SCENES for f in LOST if not (s in EMPTY and f == "truncated")]
"""An answer without a body cannot be cut."""
NOT_DONE = ["500", "500-html", "502", "503", "503-empty", "504", "504-unknown", "close-before-apply"]


@pytest.fixture
def hasty() -> Iterator[OutlookWorld]:
    with outlook_world(timeout=1.0) as world:
        yield world


@pytest.mark.parametrize(("scene", "fault"), LOST_ANSWERS)
def test_a_lost_answer_leaves_one_effect(hasty: OutlookWorld, scene: Scene, fault: str) -> None:
    action = scene(hasty)
    before, told = applied(hasty), len(hasty.sandbox.mails)
    order = hasty.sandbox.faults.add(fault, verb=WRITE.get(scene, "POST"), path="/events")
    with pytest.raises(OutcomeUnknown):
        hasty.provider.apply(action)
    assert order.fired == 1
    # What the engine does next: it reads and compares, and where the act shows it does nothing more.
    again = replace(action, expects=Precondition())
    try:
        hasty.provider.apply(again)
    except (Gone, PreconditionFailed):
        assert scene in (declining, doubting)
    assert applied(hasty) == before + 1
    assert len(hasty.sandbox.mails) - told <= 1


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("fault", NOT_DONE)
def test_a_write_that_failed_is_not_repeated_by_us(world: OutlookWorld, scene: Scene, fault: str) -> None:
    action = scene(world)
    before = applied(world)
    order = world.sandbox.faults.add(fault, verb=WRITE.get(scene, "POST"), path="/events", times=None)
    with pytest.raises(OutcomeUnknown):
        world.provider.apply(action)
    assert order.fired == 1
    assert applied(world) == before
    assert world.slept == []


REFUSALS = [
    ("429", RateLimited),
    ("MailboxConcurrency", RateLimited),
    ("401", AccessLost),
    ("403", AccessLost),
    ("ErrorAccessDenied", AccessLost),
    ("MailboxNotEnabledForRESTAPI", AccessLost),
    ("404", Gone),
    ("410", Gone),
    ("409", PreconditionFailed),
    ("412", PreconditionFailed),
]


@pytest.mark.parametrize(("reason", "error"), REFUSALS)
def test_a_refused_write_says_what_to_do_next(world: OutlookWorld, reason: str, error: type[GuardianError]) -> None:
    action = declining(world)
    world.sandbox.faults.add(reason, verb="POST", path="/decline", times=None)
    with pytest.raises(error):
        world.provider.apply(action)
    assert applied(world) == 0
    assert world.slept == []


def test_a_412_that_the_service_makes_by_itself_is_no_act(world: OutlookWorld) -> None:
    action = booking()
    booked = world.provider.apply(action).after
    world.sandbox.faults.add("412", verb="PATCH")
    with pytest.raises(PreconditionFailed):
        world.provider.apply(act(MoveFocus(LATER, "Europe/Madrid"), booked))
    assert world.provider.apply(act(MoveFocus(LATER, "Europe/Madrid"), booked)).after is not None


def test_a_token_that_cannot_be_had_is_no_unknown_outcome(world: OutlookWorld) -> None:
    action = declining(world)
    world.sandbox.expire_access_tokens()
    world.sandbox.faults.add("503", path="/token", times=None)
    with pytest.raises(ProviderDown):
        world.provider.apply(action)
    assert applied(world) == 0


def test_a_token_that_ends_right_before_a_write_is_renewed(world: OutlookWorld) -> None:
    action = declining(world)
    world.listen(lambda method, _: world.sandbox.expire_access_tokens() if method == "events.get" else None)
    world.provider.apply(action)
    assert applied(world) == 1
    assert mails(world) == 1


@pytest.mark.parametrize("scene", [flagging, shortening])
def test_a_change_between_our_look_and_our_write_stops_it(world: OutlookWorld, scene: Scene) -> None:
    """The race itself: somebody is faster than our write, after our own fresh read. (Answers carry If-Match too, but nobody
    says that the service looks at it.)"""
    action = scene(world)
    before = applied(world)

    def meddle(method: str, _: int) -> None:
        if method == "events.get" and applied(world) == before:
            world.world.edit(world.id_of("Budget"), summary="Budget 2027")

    world.listen(meddle)
    with pytest.raises(PreconditionFailed):
        world.provider.apply(replace(action, expects=Precondition()))
    assert applied(world) == before


def test_the_persons_own_equal_answer_is_left_alone(world: OutlookWorld) -> None:
    world.keeps_declined(ANA)
    world.invite(KIM, [ANA], "Budget", TUESDAY)
    world.answer(ANA, "Budget", Response.DECLINED)
    with pytest.raises(PreconditionFailed):
        world.provider.apply(act(NO, the(world, "Budget")))
    assert world.sandbox.writes == []


def test_another_mailboxs_id_is_not_found(world: OutlookWorld) -> None:
    world.invite(KIM, [ANA, BEN], "Budget", TUESDAY)
    theirs = the(world, "Budget", BEN)
    crossed = replace(theirs, ref=replace(theirs.ref, mailbox=ANA), etag=None)
    with pytest.raises(Gone):
        world.provider.apply(act(NO, crossed))
    assert world.sandbox.writes == []


def test_a_mailbox_out_of_scope_is_left_and_the_others_go_on(world: OutlookWorld) -> None:
    world.invite(KIM, [ANA, BEN], "Budget", TUESDAY)
    action = act(NO, the(world, "Budget"))
    world.switches.allowed = frozenset({BEN, KIM})
    with pytest.raises(AccessLost) as refused:
        world.provider.apply(action)
    assert not refused.value.credentials
    assert [o.title for o in read(world, BEN)] == ["Budget"]
    assert world.sandbox.writes == []


def test_an_app_that_may_only_read_is_told_so(world: OutlookWorld) -> None:
    world.switches.permissions = frozenset({"Calendars.Read"})
    world.invite(KIM, [ANA], "Budget", TUESDAY)
    with pytest.raises(AccessLost, match=r"Calendars\.ReadWrite") as refused:
        world.provider.apply(act(NO, the(world, "Budget")))
    assert refused.value.credentials
