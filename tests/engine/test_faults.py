"""Every fault of the service at every read and every write; one oracle for all.

While the fault lasts nothing is done twice and nothing forbidden; once it is over the store is as a fresh full read (I7),
every act is done exactly once with exactly one mail (I3), and the pass after that has nothing to do (I6).
"""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count

import pytest

from guardian.model.actions import Outcome
from guardian.sandbox.world import World
from tests.engine.policies import policy
from tests.engine.town import ANA, BEN, NOW, RUI, Given, Town, at, town

READ_FAULTS = (
    "401", "429", "500", "502", "503", "rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "forbidden",
    "notACalendarUser", "404", "410", "close-before-apply", "apply-then-drop", "truncated", "no-sync-token",
    "page-missing", "empty-page",
)  # fmt: skip
WRITE_FAULTS = (
    "401", "429", "500", "503", "rateLimitExceeded", "quotaExceeded", "412", "close-before-apply", "apply-then-drop",
    "apply-then-error", "truncated",
)  # fmt: skip
LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"


def spread(faults: Sequence[str], places: Sequence[int]) -> list[tuple[str, int]]:
    """Each fault at two places, each place with half of the faults or more; all pairs in the long profile.

    What comes of a fault depends on its kind, and on whether anything was read or written before it; which of several
    pages it is changes nothing more.
    """
    if LONG:
        return [(fault, place) for fault in faults for place in places]
    step, number = len(places) // 2, len(places)
    return [(f, places[(n + more) % number]) for n, f in enumerate(faults) for more in (0, step)]


LIST = r"/events\?"
ONE_EVENT = r"/events/[a-z0-9]+(\?|$)"
EVENTS = 5


def arrange(place: Town) -> list[tuple[str, str]]:
    """Five meetings in Ana's focus time, one of them Ben's too, on pages of two; the calendars were read before.

    Who is invited to what.
    """
    place.world.switches.page_size = 2
    place.run()
    guests = [(ANA, BEN)] + [(ANA,)] * (EVENTS - 1)
    made = [(place.invite(f"Meeting {n}", at(24, 9, 10 * n), 10, guests=who), who) for n, who in enumerate(guests)]
    return [(person, event) for event, who in made for person in who]


def assert_nothing_twice(place: Town) -> None:
    """At most one decline and one mail for each person and meeting, and only of people enrolled (I1, I3)."""
    assert max(Counter(place.answers).values(), default=0) <= 1
    assert max(Counter(place.replies).values(), default=0) <= 1
    assert {entry.person for entry in place.sandbox.writes} <= {ANA, BEN}


def recover(place: Town) -> None:
    """The fault is over; the guardian comes round again and again."""
    place.sandbox.faults.clear()
    for _ in range(2):
        place.later(hours=8)
        place.run()
        assert_nothing_twice(place)


def assert_all_done(place: Town, invited: list[tuple[str, str]]) -> None:
    expected = {Given(who, event, "declined") for who, event in invited}
    assert set(place.answers) == expected
    assert {(who, event) for who, _, event in place.replies} == {(given.person, given.event) for given in expected}
    assert {row.state for row in place.answer_rows()} == {"done"}
    assert {place.decision(given.event, given.person).decision.outcome for given in expected} <= {
        Outcome.DECLINE,
        Outcome.NONE,
    }
    place.assert_converged()
    assert place.run().plan.items == ()
    assert place.store.ledger.verify_audit() is None


@pytest.mark.parametrize(("fault", "page"), spread(READ_FAULTS, (1, 3, 4, 6)))
def test_i7_i8_f1_f2_f8_f10_f11_a_fault_on_any_page_of_a_read(place: Town, fault: str, page: int) -> None:
    events = arrange(place)
    place.sandbox.faults.add(fault, verb="GET", path=LIST, person=ANA, nth=page)
    place.run()
    assert_nothing_twice(place)
    recover(place)
    assert_all_done(place, events)


@pytest.mark.parametrize(("fault", "page"), spread(("429", "503", "404", "close-before-apply", "truncated"), (1, 3, 5)))
def test_i8_f1_a_lasting_fault_voids_the_whole_read_and_keeps_what_was_known(
    place: Town, fault: str, page: int
) -> None:
    events = arrange(place)
    known = place.store.facts.occurrences(ANA)
    place.sandbox.faults.add(fault, verb="GET", path=LIST, person=ANA, nth=page, times=None)
    report = place.run()
    assert [failed["person"] for failed in report.run.summary["calendars"]["failed"]] == [ANA]
    assert place.store.facts.occurrences(ANA) == known
    assert {given.person for given in place.answers} == {BEN}
    recover(place)
    assert_all_done(place, events)


@pytest.mark.parametrize(("fault", "write"), spread(WRITE_FAULTS, (1, 3, 5)))
def test_i3_f2_f3_f19_a_fault_on_a_write(place: Town, fault: str, write: int) -> None:
    events = arrange(place)
    place.sandbox.faults.add(fault, verb="PATCH", person=ANA, nth=write)
    place.run()
    assert_nothing_twice(place)
    recover(place)
    assert_all_done(place, events)


@pytest.mark.parametrize("fault", ["apply-then-drop", "apply-then-error", "truncated"])
def test_i3_i4_f3_an_answer_lost_and_then_no_service_leaves_the_act_open(place: Town, fault: str) -> None:
    place.run()
    events = [place.invite(f"Meeting {n}", at(24, 9, 10 * n), 10) for n in range(EVENTS)]
    place.sandbox.faults.add(fault, verb="PATCH", person=ANA, nth=2)
    place.sandbox.faults.add("503", verb="GET", path=ONE_EVENT, person=ANA, nth=5, times=None)
    place.run()
    assert Counter(row.state for row in place.answer_rows()) == {"done": 1, "sending": 1, "ready": 3}
    recover(place)
    assert_all_done(place, [(ANA, event) for event in events])


@pytest.mark.parametrize(
    ("fault", "look"), spread(("429", "503", "401", "404", "close-before-apply", "truncated"), (1, 2, 5, 10))
)
def test_i3_f2_a_fault_on_any_look_before_a_write(place: Town, fault: str, look: int) -> None:
    events = arrange(place)
    place.sandbox.faults.add(fault, verb="GET", path=ONE_EVENT, person=ANA, nth=look)
    place.run()
    assert_nothing_twice(place)
    recover(place)
    # A look that says "not found" is believed: that act is over, and the next pass judges anew what is still there.
    assert_all_done(place, events)


@pytest.mark.parametrize("times", [1, 5, None])
@pytest.mark.parametrize("fault", ["invalid_grant", "unauthorized_client", "internal_failure"])
def test_i12_f8_f9_a_token_that_cannot_be_had(place: Town, fault: str, times: int | None) -> None:
    events = arrange(place)
    place.sandbox.expire_access_tokens()
    place.sandbox.faults.add(fault, path="^/token", person=ANA, times=times)
    place.run()
    assert {given.person for given in place.answers} >= {BEN}
    recover(place)
    assert_all_done(place, events)


ACTS: dict[str, Callable[[World, str], None]] = {
    "accept": lambda world, event: world.answer(ANA, event, "accepted"),
    "move": lambda world, event: world.move(event, at(24, 15), at(24, 16)),
    "cancel": lambda world, event: world.cancel(event),
    "delete": lambda world, event: world.delete_copy(ANA, event),
    "retitle": lambda world, event: world.edit(event, summary="Other"),
}


@pytest.mark.parametrize("meddling", ACTS)
@pytest.mark.parametrize("look", [1, 2])
def test_i5_f19_f20_the_world_moves_between_look_and_write(place: Town, meddling: str, look: int) -> None:
    """Somebody acts right after one of our looks at the event: the one we compare, and the one that guards the write."""
    event = place.invite("Status", at(24, 10))
    looks = count(1)

    def meddle(method: str, _status: int) -> None:
        if method == "events.get" and next(looks) == look:
            ACTS[meddling](place.world, event)

    place.heard = meddle
    for _ in range(3):
        place.run()
        place.later(hours=1)
    declined = [given for given in place.answers if given.response == "declined"]
    assert len(declined) == (1 if meddling == "retitle" else 0)
    assert all(row.state in ("done", "skipped") for row in place.answer_rows())
    if meddling == "accept":
        assert place.answer_of(event) == "accepted"
    place.assert_converged()


def test_f22_i11_against_a_program_that_accepts_everything_again_we_give_in(place: Town) -> None:
    event = place.invite("Status", at(24, 10))
    for _ in range(10):
        place.run()
        place.later(minutes=5)
        place.world.answer(ANA, event, "accepted")
    assert place.answers == [Given(ANA, event, "declined")]


def test_i11_our_replies_go_to_the_organiser_and_nobody_else(place: Town) -> None:
    event = place.invite("Status", at(24, 10), guests=(ANA, BEN, "team@acme.example"))
    place.run()
    place.run()
    assert sorted(place.replies) == [(ANA, RUI, event), (BEN, RUI, event)]


@pytest.mark.parametrize("fault", WRITE_FAULTS)
def test_i3_focus_blocks_are_booked_once_under_every_fault(fault: str) -> None:
    with town(policy(book=True)) as place:
        place.sandbox.faults.add(fault, verb="POST", path=LIST, person=ANA, nth=1)
        place.sandbox.faults.add(fault, verb="POST", path=LIST, person=ANA, nth=4)
        for _ in range(4):
            place.run()
            place.later(hours=3)
        days = {who: sorted(block_days(place, who)) for who in (ANA, BEN)}
        today = NOW.date().isoformat()
        assert {*days[ANA], today} == {*days[BEN], today}
        assert len(days[ANA]) == len(set(days[ANA]))
        place.sandbox.faults.clear()
        place.run()
        place.assert_converged()


def block_days(place: Town, who: str) -> list[str]:
    return [e["start"]["dateTime"][:10] for e in place.world.events(who) if e.get("eventType") == "focusTime"]
