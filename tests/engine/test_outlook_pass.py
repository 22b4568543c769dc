"""Passes over Outlook calendars: the copy that leaves after a decline, answers without a mark, and honest undo."""

from datetime import timedelta

import pytest

from guardian.engine.compare import Go, compare
from guardian.engine.cycle import accept_now
from guardian.engine.undo import leave, undo_decision
from guardian.model.actions import Action, Answer, Precondition, Restore
from guardian.model.events import EventRef, MeetingKey, Occurrence, Response
from guardian.model.time import Interval
from guardian.ports import Capabilities
from tests.chaos.driver import until
from tests.engine.policies import POLICY, policy
from tests.engine.town import ANA, BEN, NOW, RUI, at
from tests.engine.village import Village, village_at


def test_a_meeting_in_focus_time_is_declined_once_with_one_mail(village: Village) -> None:
    village.invite("Status", at(24, 10))
    for _ in range(3):
        village.run()
    [row] = village.answers()
    assert (row.state, len(village.replies())) == ("done", 1)
    assert village.store.facts.occurrences(ANA) == []


@pytest.mark.parametrize("fault", ["apply-then-drop", "apply-then-error"])
@pytest.mark.parametrize("kept", [False, True])
def test_a_lost_answer_to_a_decline_is_settled_by_looking(village: Village, fault: str, kept: bool) -> None:
    if kept:
        village.keep_declined()
    village.sandbox.faults.add(fault, verb="POST", path="/decline")
    village.invite("Status", at(24, 10))
    village.run()
    village.run()
    [row] = village.answers()
    assert (row.state, row.attempts, len(village.replies())) == ("done", 1, 1)


def test_an_answer_that_was_not_done_is_tried_once_more_a_pass_later(village: Village) -> None:
    """Nothing keeps a call that is late from being carried out beside another one: the second try waits and looks first."""
    order = village.sandbox.faults.add("500", verb="POST", path="/decline")
    village.invite("Status", at(24, 10))
    village.run()
    [row] = village.answers()
    assert (row.state, row.attempts, village.replies(), order.seen) == ("sending", 1, [], 1)
    village.run()
    [row] = village.answers()
    assert (row.state, row.attempts, len(village.replies()), order.seen) == ("done", 2, 1, 2)


def arrived(village: Village) -> None:
    until(lambda: bool(village.told()))


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("between_the_looks", [False, True])
def test_a_call_that_is_carried_out_late_stays_the_only_one(kept: bool, between_the_looks: bool) -> None:
    """We gave it up; the service does it before the next pass, or right between the two looks of that pass."""
    with village_at(timeout=1.0) as village:
        if kept:
            village.keep_declined()
        village.sandbox.faults.add("delay", verb="POST", path="/decline", seconds=2.5)
        event = village.invite("Status", at(24, 10))
        village.run()
        assert village.told() == []
        if between_the_looks:
            village.heard = lambda method, _: arrived(village) if method == "events.get" else None
        else:
            arrived(village)
        village.run()
        [row] = village.answers()
        assert (row.state, row.attempts) == ("done", 2 if between_the_looks else 1)
        assert village.told() == [(ANA, event, "decline")]
        assert village.replies() == [(ANA, RUI, event)]


@pytest.mark.parametrize("after", [None, 1000])
@pytest.mark.parametrize("fault", ["429", "MailboxConcurrency"])
def test_f2_outlook_who_is_asked_to_slow_down_writes_nothing_more_in_that_mailbox(
    village: Village, fault: str, after: int | None
) -> None:
    """With and without a word for how long; the others go on."""
    order = village.sandbox.faults.add(fault, verb="POST", person=ANA, times=None, retry_after=after)
    events = [village.invite(f"Meeting {n}", at(24, 9 + n), guests=(ANA, BEN)) for n in range(4)]
    village.run()
    assert order.fired == 1
    assert [who for who, _, _ in village.told()] == [BEN] * 4
    [waits] = [row for row in village.answers() if row.not_before is not None]
    assert waits.state == "ready"
    assert waits.not_before == village.clock() - timedelta(minutes=5) + timedelta(seconds=after or 60)
    village.sandbox.faults.clear()
    village.later(seconds=1000)
    village.run()
    assert sorted(village.told()) == sorted((who, event, "decline") for who in (ANA, BEN) for event in events)
    village.assert_nothing_twice()


def test_a_full_morning_that_was_declined_is_no_suspicious_read(village: Village) -> None:
    """Everything we decline leaves the calendar, which then reads empty."""
    for n in range(6):
        village.invite(f"Meeting {n}", at(24, 9 + n // 2, 30 * (n % 2)))
    village.run()
    village.run()
    state = village.store.facts.calendar(ANA)
    assert state is not None
    assert (state.error, state.suspicious) == (None, ())
    assert len(village.answers()) == 6


def test_what_left_cannot_be_restored_and_there_is_a_text_to_send(village: Village) -> None:
    village.invite("Status", at(24, 10))
    village.run()
    [row] = village.answers()
    undone = undo_decision(village.engine, row.decision or "", "ana")
    assert undone.result == "cannot_restore"
    assert "Status" in undone.text
    assert len(village.replies()) == 1


def test_a_kept_decline_goes_back_to_tentative(village: Village) -> None:
    village.keep_declined()
    event = village.invite("Status", at(24, 10))
    village.run()
    [row] = village.answers()
    assert undo_decision(village.engine, row.decision or "", "ana").result == "undone"
    assert village.world.answer_of(ANA, event) == "tentative"
    village.run()
    assert len(village.answers()) == 1


def test_an_undo_that_got_no_answer_is_finished_by_asking_again(village: Village) -> None:
    village.keep_declined()
    event = village.invite("Status", at(24, 10))
    village.run()
    [row] = village.answers()
    village.sandbox.faults.add("500", verb="POST", path="/tentativelyAccept")
    failed = undo_decision(village.engine, row.decision or "", "ana")
    assert (failed.result, "again in a minute" in failed.reason) == ("failed", True)
    village.later(minutes=2)
    assert undo_decision(village.engine, row.decision or "", "ana").result == "undone"
    assert village.told() == [(ANA, event, "decline"), (ANA, event, "tentativelyAccept")]


def test_an_answer_by_hand_wins(village: Village) -> None:
    village.keep_declined()
    event = village.invite("Status", at(24, 10))
    village.run()
    village.world.answer(ANA, event, "accepted")
    village.run()
    assert village.world.answer_of(ANA, event) == "accepted"
    assert len(village.answers()) == 1


@pytest.mark.parametrize("hour", [11, 15])
def test_the_same_answer_given_again_by_hand_is_the_persons_own(village: Village, hour: int) -> None:
    """The organiser moves the meeting, which asks anew; the person declines before we look again. Only the time of the answer
    tells that it is not ours any more."""
    village.keep_declined()
    event = village.invite("Status", at(24, 10))
    village.run()
    village.world.move(event, at(25, hour), at(25, hour, 30))
    village.world.answer(ANA, event, "declined")
    for _ in range(3):
        village.run()
    assert village.told() == [(ANA, event, "decline")]
    assert village.world.answer_of(ANA, event) == "declined"


def test_leaving_takes_every_block_and_category_away(village: Village) -> None:
    village.policy = policy(book=True, mode="flag")
    accept_now(village.engine, "test")
    event = village.invite("Status", at(24, 14))
    busy = village.invite("Early", at(24, 10))
    village.run()
    copies = village.world.store.calendars[ANA].rows
    assert any(copy.mine.get("categories") == ["Focus time"] for copy in copies.values())
    assert copies[busy].mine["categories"] == ["Guardian: focus-time"]
    assert all(item.result in ("undone", "vetoed") for item in leave(village.engine, ANA, "ana"))
    living = [copy for copy in copies.values() if not copy.cancelled]
    assert {copy.id for copy in living} == {event, busy}
    assert all(not copy.mine.get("categories") for copy in living)
    assert all(not any(copy.mine.get("properties", {}).values()) for copy in living), "our marks are gone too"


def test_the_first_free_time_is_proposed(village: Village) -> None:
    village.policy = POLICY.replace("    action: decline\n", "    action: decline\n    alternatives: 2\n")
    accept_now(village.engine, "test")
    village.run()
    village.invite("Status", at(24, 10))
    village.run()
    [row] = village.answers()
    assert isinstance(row.action.effect, Answer)
    assert row.action.effect.proposed is not None
    [reply] = [mail for mail in village.world.mails if mail["kind"] == "reply"]
    assert reply["proposedNewTime"]["start"]["dateTime"] == f"{row.action.effect.proposed.start:%Y-%m-%dT%H:%M:%S}"


# --- the last look ---------------------------------------------------------------------------------------------------

OUTLOOK = Capabilities(restore_unanswered=False, marks_answers=False, decline_removes=True)
GOOGLE = Capabilities()
WHEN = Interval(at(24, 10), at(24, 11))
SEEN = Occurrence(EventRef(ANA, "primary", "x"), MeetingKey("x"), WHEN, response=Response.NEEDS_ACTION, etag="1")


def verdict(effect: Answer | Restore, fresh: Occurrence | None, can: Capabilities, *, attempted: bool = True) -> str:
    expects = Precondition(WHEN, Response.NEEDS_ACTION)
    action = Action("key", ANA, SEEN.ref, SEEN.meeting, "focus-time", expects, effect)
    found = compare(action, fresh, NOW, attempted=attempted, can=can)
    return "go" if isinstance(found, Go) else found.state


def answered(response: Response) -> Occurrence:
    return Occurrence(SEEN.ref, SEEN.meeting, WHEN, response=response)


CANCELLED = Occurrence(SEEN.ref, SEEN.meeting, WHEN, cancelled=True)
NO, MAYBE = Answer(Response.DECLINED, ""), Answer(Response.TENTATIVE, "")
TABLE = [
    (NO, None, OUTLOOK, True, "done"),
    (NO, None, OUTLOOK, False, "skipped"),
    (NO, None, GOOGLE, True, "skipped"),
    (MAYBE, None, OUTLOOK, True, "skipped"),
    (NO, CANCELLED, OUTLOOK, True, "skipped"),
    (Restore(Response.ACCEPTED, ""), None, OUTLOOK, True, "skipped"),
    (NO, answered(Response.DECLINED), OUTLOOK, True, "done"),
    (NO, answered(Response.DECLINED), OUTLOOK, False, "skipped"),
    (NO, answered(Response.DECLINED), GOOGLE, True, "skipped"),
    (MAYBE, answered(Response.TENTATIVE), OUTLOOK, True, "done"),
    (MAYBE, answered(Response.ACCEPTED), OUTLOOK, True, "skipped"),
    (NO, SEEN, OUTLOOK, True, "go"),
]


@pytest.mark.parametrize(("effect", "fresh", "can", "attempted", "state"), TABLE)
def test_the_last_look(
    effect: Answer | Restore, fresh: Occurrence | None, can: Capabilities, attempted: bool, state: str
) -> None:
    assert verdict(effect, fresh, can, attempted=attempted) == state


def test_a_settled_row_says_how(village: Village) -> None:
    village.sandbox.faults.add("apply-then-drop", verb="POST", path="/decline")
    village.invite("Status", at(24, 10))
    village.run()
    [row] = village.answers()
    assert "left the calendar" in row.reason
