"""What the ledger says about one meeting on one person's calendar, read from its rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from guardian.model.actions import Action, Answer, Effect, Flag, Precondition, Restore, Unflag, action_key, verb_of
from guardian.model.events import MeetingKey, Occurrence
from guardian.model.ledger import OutboxRow, Veto
from guardian.model.time import Interval, When

CLOSED = frozenset({"done", "undone", "cannot_restore", "failed"})
"""States that end an act for ever. A `skipped` act changed nothing, so it may be asked for again."""

RETRIES = 5
"""So often an act that takes a trace of ours away is asked for again after it failed at one time of its meeting."""

SAME_ANSWER = timedelta(minutes=1)
"""So far apart two times of one answer may lie."""

OPEN = frozenset({"held", "ready", "sending"})

Rows = Sequence[OutboxRow]


@dataclass(frozen=True, slots=True)
class Memory:
    """What the ledger says about one person: open and settled rows of the mailbox, what people refused, and how often an
    answer changed hands in the last 24 hours, by the text of the meeting key."""

    rows: tuple[OutboxRow, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    flips: Mapping[str, int] = field(default_factory=dict)


def start_of(when: When) -> datetime | date:
    """The start as it stands in keys: the instant, or the first day."""
    return when.start if isinstance(when, Interval) else when.first


def by_key(rows: Iterable[OutboxRow]) -> dict[str, OutboxRow]:
    return {row.action.key: row for row in rows}


def by_meeting(rows: Iterable[OutboxRow]) -> dict[MeetingKey, list[OutboxRow]]:
    """The rows of each meeting, in the order in which they were settled; acts without a meeting are left out."""
    found: dict[MeetingKey, list[OutboxRow]] = {}
    for row in sorted(rows, key=_moment):
        if row.action.meeting is not None:
            found.setdefault(row.action.meeting, []).append(row)
    return found


def _moment(row: OutboxRow) -> tuple[datetime, datetime, str]:
    return (row.settled_at or row.created_at, row.created_at, row.action.key)


def done(rows: Iterable[OutboxRow], *kinds: type[Effect]) -> list[OutboxRow]:
    """The rows that were written and still count, of these kinds."""
    return [row for row in rows if row.state == "done" and isinstance(row.action.effect, kinds)]


def failures(rows: Iterable[OutboxRow], when: When, kind: type[Effect]) -> int:
    """How often an act of this kind failed while the event lay there."""
    return sum(_failed(row, kind) and row.action.expects.when == when for row in rows)


def _failed(row: OutboxRow, kind: type[Effect]) -> bool:
    return row.state == "failed" and isinstance(row.action.effect, kind)


def own_answer(rows: Rows, occurrence: Occurrence) -> OutboxRow | None:
    """The row of the answer of ours that still stands on this copy.

    None when the present answer, or its comment where the service shows one, is not what we wrote, or was given later
    where the service says when: then a person answered since, and people win.
    """
    last = done(rows, Answer, Restore)[-1:]
    if not last or not isinstance(last[0].action.effect, Answer):
        return None
    row, written = last[0], last[0].action.effect
    comment = row.after.comment if row.after is not None else occurrence.comment
    unchanged = occurrence.response is written.response and occurrence.comment == comment
    return row if unchanged and not _answered_since(row, occurrence) else None


def _answered_since(row: OutboxRow, occurrence: Occurrence) -> bool:
    """The same answer again, by hand. A service may write the time of ours once more when it has reached the organiser."""
    ours = row.after.answered_at if row.after is not None else None
    present = occurrence.answered_at
    return ours is not None and present is not None and present - ours > SAME_ANSWER


def first_answer(rows: Rows) -> OutboxRow | None:
    """The oldest answer of ours since the last restore: what stood before it is the person's own."""
    written = done(rows, Answer, Restore)
    restored = max((n for n, row in enumerate(written) if isinstance(row.action.effect, Restore)), default=-1)
    return next(iter(written[restored + 1 :]), None)


def standing_flag(rows: Rows, occurrence: Occurrence) -> OutboxRow | None:
    """The row of the label of ours that is still on this copy, None when it was taken off by us or by a person."""
    last = done(rows, Flag, Unflag)[-1:]
    if not last or not isinstance(last[0].action.effect, Flag):
        return None
    return last[0] if _label_still_there(last[0], occurrence) else None


def _label_still_there(row: OutboxRow, occurrence: Occurrence) -> bool:
    if row.after is None:
        return True
    ours = set(row.after.labels) - set(row.before.labels if row.before else ())
    return not ours or bool(ours & set(occurrence.labels))


def taking_back(rule: str, occurrence: Occurrence, effect: Effect, rows: Rows) -> Action | None:
    """The act that takes a trace of ours away: asked for again after it failed, None once it failed too often here."""
    kind = type(effect)
    failed = failures(rows, occurrence.when, kind)
    again = len(done(rows, kind)) + sum(_failed(row, kind) for row in rows)
    return act(rule, occurrence, effect, again) if failed <= RETRIES else None


def act(rule: str, occurrence: Occurrence, effect: Effect, again: int = 0) -> Action:
    """One act on this copy, to be done only while time, organiser and (but for labels) answer are as they now are.

    `again` counts how often we took the same act back ourselves, or failed at it; so it can be done once more, and once only.
    """
    verb = verb_of(effect)
    name = f"{verb}#{again}" if again else verb
    start = start_of(occurrence.when)
    response = None if isinstance(effect, Flag | Unflag) else occurrence.response
    expects = Precondition(occurrence.when, response, occurrence.organizer)
    mailbox, meeting = occurrence.ref.mailbox, occurrence.meeting
    key = action_key(rule, name, mailbox, str(meeting), start)
    return Action(key, mailbox, occurrence.ref, meeting, rule, expects, effect)
