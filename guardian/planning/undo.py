"""Taking an act of ours back: what has to be written, or why it cannot be."""

from collections.abc import Callable
from dataclasses import dataclass

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
    action_key,
    verb_of,
)
from guardian.model.events import Occurrence, Response
from guardian.model.ledger import OutboxRow
from guardian.model.time import Interval
from guardian.planning.history import own_answer, start_of
from guardian.planning.words import BLOCK_TITLE


@dataclass(frozen=True, slots=True)
class CannotRestore:
    """Why nothing is written. `text` is a ready message to the organiser, empty where nobody needs to be told."""

    reason: str
    text: str = ""


Undo = Action | CannotRestore

ANSWER_WORDS = {
    Response.NEEDS_ACTION: "not answered yet",
    Response.TENTATIVE: "tentative",
    Response.ACCEPTED: "accepted",
    Response.DECLINED: "declined",
}


def undo_of(row: OutboxRow, present: Occurrence | None, restore_unanswered: bool = True) -> Undo:
    """The act that gives back what stood before `row`, judged by how the event is now (None: it is gone).

    Only what was done can be undone, and only while it is still ours: a person's later change wins. Where the service
    cannot return to "not answered" (`restore_unanswered` is false) the answer given back is `tentative`.
    """
    if row.state != "done":
        return CannotRestore(f"nothing to undo: the act is {row.state}")
    if isinstance(row.action.effect, RemoveFocus):
        return _book_again(row)
    if present is None or present.cancelled:
        return CannotRestore("the event does not exist any more", _message(row))
    if isinstance(row.action.effect, Answer):
        return _restore(row, present, restore_unanswered)
    return UNDO[type(row.action.effect)](row, present)


def _undo(row: OutboxRow, present: Occurrence, effect: Effect, response: Response | None = None) -> Action:
    action = row.action
    key = action_key(action.rule, f"undo-{verb_of(effect)}", action.mailbox, action.key, start_of(present.when))
    organizer = "" if isinstance(action.effect, BookFocus | MoveFocus) else present.organizer
    expects = Precondition(present.when, response, organizer)
    return Action(key, action.mailbox, present.ref, action.meeting or present.meeting, action.rule, expects, effect)


def _restore(row: OutboxRow, present: Occurrence, restore_unanswered: bool) -> Undo:
    if own_answer([row], present) is None:
        return CannotRestore("the answer was changed since, and people win")
    if row.before is None or row.before.response is None:
        return CannotRestore("the ledger does not hold the answer that stood before", _message(row))
    earlier = row.before.response
    if earlier is Response.NEEDS_ACTION and not restore_unanswered:
        earlier = Response.TENTATIVE
    return _undo(row, present, Restore(earlier, row.before.comment), present.response)


def _put_back(row: OutboxRow, present: Occurrence) -> Undo:
    """A restore of ours is undone by giving the answer that stood before it."""
    effect = row.action.effect
    assert isinstance(effect, Restore)
    if present.response is not effect.response or row.before is None or row.before.response is None:
        return CannotRestore("the answer was changed since, and people win")
    return _undo(row, present, Restore(row.before.response, row.before.comment), present.response)


def _unflag(row: OutboxRow, present: Occurrence) -> Undo:
    return _undo(row, present, Unflag(row.before.labels if row.before else ()))


def _flag(row: OutboxRow, present: Occurrence) -> Undo:
    return _undo(row, present, Flag(row.action.rule))


def _lengthen(row: OutboxRow, present: Occurrence) -> Undo:
    effect = row.action.effect
    assert isinstance(effect, Shorten)
    if not present.is_organizer:
        return CannotRestore("the person does not organise this meeting any more")
    if present.when != effect.when:
        return CannotRestore("the time was changed since, and people win")
    earlier = row.before.when if row.before else row.action.expects.when
    if not isinstance(earlier, Interval):
        return CannotRestore("the ledger does not hold the time that stood before", _message(row))
    return _undo(row, present, Shorten(earlier))


def _remove(row: OutboxRow, present: Occurrence) -> Undo:
    return _undo(row, present, RemoveFocus()) if present.own_block else CannotRestore("the block is not ours any more")


def _move_back(row: OutboxRow, present: Occurrence) -> Undo:
    effect = row.action.effect
    assert isinstance(effect, MoveFocus)
    earlier = row.before.when if row.before else row.action.expects.when
    if present.when != effect.block or not isinstance(earlier, Interval):
        return CannotRestore("the block was moved since, and people win")
    return _undo(row, present, MoveFocus(earlier, effect.zone))


def _book_again(row: OutboxRow) -> Undo:
    """A new event of its own: the old one's id is used up."""
    before, action = row.before, row.action
    when = before.when if before else action.expects.when
    if not isinstance(when, Interval):
        return CannotRestore("the ledger does not hold the block that was removed")
    zone = (before.zone if before else None) or "UTC"
    words = f"Put back: removing it was undone. Rule '{action.rule}' leaves it alone."
    effect = BookFocus(when, zone, BLOCK_TITLE, words)
    key = action_key(action.rule, "undo-book", action.mailbox, action.key, when.start)
    return Action(key, action.mailbox, None, None, action.rule, Precondition(when), effect)


UNDO: dict[type[Effect], Callable[[OutboxRow, Occurrence], Undo]] = {
    Restore: _put_back,
    Flag: _unflag,
    Unflag: _flag,
    Shorten: _lengthen,
    BookFocus: _remove,
    MoveFocus: _move_back,
}


def _message(row: OutboxRow) -> str:
    """What the person can send to the organiser themselves."""
    before, effect = row.before, row.action.effect
    if before is None or before.private:
        return ""
    if isinstance(effect, Answer):
        return _about_answer(before, effect)
    if isinstance(effect, Shorten):
        return f"The guardian shortened {_name(before)} by mistake. Please use the earlier time again."
    return ""


def _about_answer(before: Occurrence, effect: Answer) -> str:
    hello = f"Hi {before.organizer_name.split()[0]}, " if before.organizer_name.strip() else "Hello, "
    earlier = ANSWER_WORDS[before.response or Response.NEEDS_ACTION]
    given = ANSWER_WORDS[effect.response]
    return (
        f"{hello}my calendar answered {_name(before)} with '{given}' by itself; please ignore that. "
        f"My answer before was: {earlier}. Could you send the invitation again if it is gone from my calendar?"
    )


def _name(occurrence: Occurrence) -> str:
    return f'"{occurrence.title}"' if occurrence.title else "your invitation"
