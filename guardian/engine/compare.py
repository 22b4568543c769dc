"""The last look before a write: is the event still what was judged? Pure, so that every case is a line in a table."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian.model.actions import Action, Answer, BookFocus, Flag, MoveFocus, RemoveFocus, Restore, Shorten, Unflag
from guardian.model.events import Occurrence, Response
from guardian.model.time import Interval
from guardian.ports import Capabilities

VERIFIED = "verified by reading it again"


@dataclass(frozen=True, slots=True)
class Go:
    """Write, guarded by this etag."""

    etag: str | None


@dataclass(frozen=True, slots=True)
class Settle:
    """Do not write; the row ends in this state."""

    state: str
    reason: str


Verdict = Go | Settle

FULL = Capabilities()


def compare(
    action: Action,
    fresh: Occurrence | None,
    now: datetime,
    *,
    attempted: bool,
    freeze: timedelta = timedelta(),
    can: Capabilities = FULL,
) -> Verdict:
    """What to do about `action` now that the event reads `fresh` (None: it is gone).

    `attempted` is true when an earlier try may have been applied: then an event that already is as wanted was our doing.
    `freeze` is how long before the start no answer is written; `can` tells what the service shows of an answer.
    """
    if isinstance(action.effect, BookFocus):
        return _booking(fresh)
    if fresh is None or fresh.cancelled:
        return _gone(action, fresh, attempted=attempted, can=can)
    if isinstance(action.effect, Answer) and marked(action, fresh):
        return Settle("done", VERIFIED)
    if reached(action, fresh):
        return _as_wanted(action, fresh, attempted=attempted, can=can)
    return _changed(action, fresh) or _too_late(action, fresh, now, freeze) or Go(fresh.etag)


def _booking(fresh: Occurrence | None) -> Verdict:
    if fresh is None:
        return Go(None)
    if fresh.cancelled:
        return Settle("skipped", "the person deleted this block")
    return Settle("done", "it is there")


def _gone(action: Action, fresh: Occurrence | None, *, attempted: bool, can: Capabilities) -> Settle:
    """Where a decline takes the copy away, one that vanished after a try of ours was declined; a cancelled one was not."""
    if isinstance(action.effect, RemoveFocus):
        return Settle("done", "it is gone")
    declined = isinstance(action.effect, Answer) and action.effect.response is Response.DECLINED
    if declined and can.decline_removes and attempted and fresh is None:
        return Settle("done", "declined: the copy has left the calendar")
    return Settle("skipped", "the event is gone")


def reached(action: Action, fresh: Occurrence) -> bool:
    """Whether the event already is as the action wants it."""
    match action.effect:
        case Answer(response=response) | Restore(response=response):
            return fresh.response is response
        case Flag():
            return marked(action, fresh)
        case Unflag():
            return fresh.guardian_key is None
        case Shorten(when=when):
            return fresh.when == when
        case MoveFocus(block=block):
            return fresh.when == block
        case BookFocus():
            return True
    return False


def marked(action: Action, fresh: Occurrence) -> bool:
    """Whether the event carries the mark of this very act: then it was done once, whatever people made of it since."""
    return fresh.guardian_key is not None and action.key in fresh.guardian_key


def _as_wanted(action: Action, fresh: Occurrence, *, attempted: bool, can: Capabilities) -> Settle:
    """An answer without our mark is the person's own, unless the service has no place for the mark."""
    telling = isinstance(action.effect, Answer) and can.marks_answers
    if marked(action, fresh) or (attempted and not telling):
        return Settle("done", VERIFIED)
    if isinstance(action.effect, Answer | Restore):
        return Settle("skipped", "already answered so by the person")
    return Settle("done", "it already is so")


def _changed(action: Action, fresh: Occurrence) -> Settle | None:
    expects = action.expects
    if expects.when is not None and fresh.when != expects.when:
        return Settle("skipped", "changed by its owner: it moved")
    if isinstance(action.effect, Answer | Restore) and fresh.response != expects.response:
        return Settle("skipped", "the person answered it themselves")
    if expects.organizer and fresh.organizer and fresh.organizer != expects.organizer:
        return Settle("skipped", "changed by its owner: another organiser")
    return None


def _too_late(action: Action, fresh: Occurrence, now: datetime, freeze: timedelta) -> Settle | None:
    if not isinstance(action.effect, Answer):
        return None
    if fresh.is_organizer:
        return Settle("skipped", "the person organises this meeting")
    if not isinstance(fresh.when, Interval) or fresh.when.start <= now:
        return Settle("skipped", "it has begun")
    if fresh.when.start - now < freeze:
        return Settle("skipped", "it begins too soon to answer now")
    return None
