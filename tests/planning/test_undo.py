"""Every act can be taken back, or it is said why not (I15)."""

from dataclasses import replace

import pytest

from guardian.model.actions import (
    Action,
    Answer,
    BookFocus,
    Effect,
    Flag,
    MoveFocus,
    Precondition,
    RemoveFocus,
    Restore,
    Shorten,
    Unflag,
)
from guardian.model.events import Occurrence, Response
from guardian.model.ledger import OutboxRow
from guardian.planning.history import act
from guardian.planning.undo import CannotRestore, Undo, undo_of
from tests.planning.worlds import ANA, carried_out, focus_event, invitation, row, span

MINE = invitation(organizer=ANA, response=Response.ACCEPTED)
OTHERS = replace(invitation(response=Response.TENTATIVE), comment="perhaps", labels=("Customers",))
BOOK = BookFocus(span(9, 13, 1), "Europe/Madrid", "Focus time", "text")
BOOKED = focus_event(Action("k" * 64, ANA, None, None, "focus-time", Precondition(BOOK.block), BOOK), BOOK)


def done(before: Occurrence, effect: Effect) -> tuple[OutboxRow, Occurrence | None]:
    action = act("focus-time", before, effect)
    after = carried_out(action, before)
    return row(action, before=before, after=after), after


@pytest.mark.parametrize(
    ("before", "effect", "back"),
    [
        (OTHERS, Answer(Response.DECLINED, "no"), Restore(Response.TENTATIVE, "perhaps")),
        (invitation(), Answer(Response.TENTATIVE, "maybe"), Restore(Response.NEEDS_ACTION, "")),
        (OTHERS, Restore(Response.ACCEPTED, ""), Restore(Response.TENTATIVE, "perhaps")),
        (OTHERS, Flag("focus-time"), Unflag(("Customers",))),
        (OTHERS, Unflag(()), Flag("focus-time")),
        (MINE, Shorten(span(10, 10.75, 1)), Shorten(span(10, 11, 1))),
        (BOOKED, MoveFocus(span(10, 13, 1), "Europe/Madrid"), MoveFocus(span(9, 13, 1), "Europe/Madrid")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_i15_what_stood_before_comes_back(before: Occurrence, effect: Effect, back: Effect) -> None:
    record, after = done(before, effect)
    undo = undo_of(record, after)
    assert isinstance(undo, Action)
    assert (undo.effect, undo.mailbox, undo.ref, undo.rule) == (back, ANA, before.ref, "focus-time")
    assert after is not None and undo.expects.when == after.when
    assert undo.key != record.action.key


def test_i15_a_booked_block_is_removed_and_a_removed_one_booked_again() -> None:
    action = Action("k" * 64, ANA, None, None, "focus-time", Precondition(BOOK.block), BOOK)
    removal = undo_of(row(action, after=BOOKED), BOOKED)
    assert isinstance(removal, Action) and removal.effect == RemoveFocus() and removal.ref == BOOKED.ref
    record = row(act("focus-time", BOOKED, RemoveFocus()), before=BOOKED)
    again = undo_of(record, None)
    assert isinstance(again, Action) and isinstance(again.effect, BookFocus) and again.ref is None
    assert (again.effect.block, again.effect.zone) == (BOOK.block, "Europe/Madrid")


def test_a_service_that_cannot_return_to_unanswered_gives_a_tentative_answer() -> None:
    record, after = done(invitation(), Answer(Response.DECLINED, "no"))
    undo = undo_of(record, after, restore_unanswered=False)
    assert isinstance(undo, Action) and undo.effect == Restore(Response.TENTATIVE, "")


def refusal(undo: Undo) -> CannotRestore:
    assert isinstance(undo, CannotRestore)
    return undo


@pytest.mark.parametrize(
    ("response", "comment"), [(Response.ACCEPTED, "no"), (Response.NEEDS_ACTION, ""), (Response.DECLINED, "by hand")]
)
def test_i5_a_later_answer_by_hand_stays(response: Response, comment: str) -> None:
    record, after = done(OTHERS, Answer(Response.DECLINED, "no"))
    assert after is not None
    reason = refusal(undo_of(record, replace(after, response=response, comment=comment))).reason
    assert reason == "the answer was changed since, and people win"


def test_i5_a_later_time_stays() -> None:
    record, after = done(MINE, Shorten(span(10, 10.75, 1)))
    assert after is not None
    assert "people win" in refusal(undo_of(record, replace(after, when=span(10, 10.5, 1)))).reason
    assert "organise" in refusal(undo_of(record, replace(after, is_organizer=False))).reason
    record, after = done(BOOKED, MoveFocus(span(10, 13, 1), "Europe/Madrid"))
    assert after is not None
    assert "people win" in refusal(undo_of(record, replace(after, when=span(14, 15, 1)))).reason


@pytest.mark.parametrize("gone", [None, replace(OTHERS, cancelled=True)])
def test_i15_where_the_event_is_gone_a_message_is_ready(gone: Occurrence | None) -> None:
    record, _ = done(OTHERS, Answer(Response.DECLINED, "no"))
    told = refusal(undo_of(record, gone))
    assert "does not exist" in told.reason
    assert told.text.startswith("Hi Ben, my calendar answered \"sync\" with 'declined'")
    assert "tentative" in told.text


def test_the_message_about_a_private_meeting_tells_nothing() -> None:
    record, _ = done(replace(OTHERS, private=True), Answer(Response.DECLINED, "no"))
    assert refusal(undo_of(record, None)).text == ""


@pytest.mark.parametrize("state", ["held", "ready", "sending", "skipped", "failed", "undone", "cannot_restore"])
def test_only_what_was_done_can_be_undone(state: str) -> None:
    record, after = done(OTHERS, Answer(Response.DECLINED, "no"))
    assert state in refusal(undo_of(replace(record, state=state), after)).reason


def test_without_a_before_nothing_is_guessed() -> None:
    record, after = done(OTHERS, Answer(Response.DECLINED, "no"))
    assert "ledger" in refusal(undo_of(replace(record, before=None), after)).reason
    removal = replace(row(act("focus-time", BOOKED, RemoveFocus())), before=None)
    removal = replace(removal, action=replace(removal.action, expects=Precondition()))
    assert "ledger" in refusal(undo_of(removal, None)).reason


def test_a_block_that_lost_our_mark_is_not_removed() -> None:
    action = Action("k" * 64, ANA, None, None, "focus-time", Precondition(BOOK.block), BOOK)
    assert "not ours" in refusal(undo_of(row(action, after=BOOKED), replace(BOOKED, guardian_key=None))).reason
