"""Focus blocks on the person's own calendar: booked in the windows of rules with `book: true`, around everything busy.

An unanswered invitation counts as busy only where the policy lets it through: one that breaks a rule must not push away
the very time the rule protects. Blocks a person moved or deleted are theirs: that day is left to them.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from guardian.model.actions import (
    Action,
    BookFocus,
    Decision,
    Effect,
    MoveFocus,
    Outcome,
    Planned,
    Precondition,
    RemoveFocus,
    Verdict,
    action_key,
    verb_of,
)
from guardian.model.events import FOCUS_MARK, EventRef, Occurrence, Response, StoredOccurrence
from guardian.model.ledger import OutboxRow
from guardian.model.people import Member
from guardian.model.time import (
    Interval,
    as_interval,
    format_instant,
    intersect,
    local_date,
    local_days,
    subtract,
    union,
)
from guardian.planning.history import CLOSED, OPEN, RETRIES, Memory, Rows, failures
from guardian.planning.protected import rules_shown, windows_on, works_on
from guardian.planning.slots import is_busy, next_quarter
from guardian.planning.words import BLOCK_TITLE, block_description
from guardian.policy.model import FocusBlock, PolicySet, Rule
from guardian.policy.view import PersonFacts

HORIZON = timedelta(hours=14 * 24)
SHORTEST = timedelta(minutes=60)
RECENT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of ours, there (`event`) or on its way (None), and the act that booked it. `pinned`: a person undid our
    removing it, so it stays as it is."""

    row: OutboxRow
    when: Interval
    event: Occurrence | None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Free time inside a window that a rule wants to keep; `bookable` is false where only an existing block may stay."""

    when: Interval
    rule: Rule
    bookable: bool


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The blocks that are ours, the local days that are the person's, and what else with our mark takes time."""

    ours: tuple[Block, ...]
    left_alone: frozenset[date]
    foreign: tuple[Interval, ...]


def blocks(
    policy: PolicySet,
    person: PersonFacts,
    stored: Sequence[StoredOccurrence],
    memory: Memory,
    decisions: Iterable[Decision],
    now: datetime,
) -> list[Planned]:
    """Book, move and remove so that the coming fortnight holds what the rules ask for; nothing when it does already.

    `decisions` are those of this person in this pass. Windows that start within 14 x 24 hours are booked, in pieces of at
    least an hour, never in the past. Under the kill switch nothing is touched.
    """
    if person.killed:
        return []
    known = _known(stored, memory, person.member, now)
    busy = [*_busy(stored, decisions, person.member), *known.foreign]
    pieces = _pieces(policy, person, known, busy, now)
    pairs = _match(pieces, known.ours)
    kept = {block.row.action.key for _, block in pairs if block}
    acts = [act for piece, block in pairs for act in _adjust(piece, block, person.member, memory.rows, now)]
    gone = (block for block in known.ours if block.row.action.key not in kept and not block.pinned)
    acts += [act for block in gone if block.event for act in _remove(block, block.event, memory.rows)]
    return [Planned(action, Verdict.GO, reason) for action, reason in acts]


# --- what is there ---------------------------------------------------------------------------------------------------


def _known(stored: Sequence[StoredOccurrence], memory: Memory, member: Member, now: datetime) -> _Blocks:
    events = {o.guardian_key: o for o in (s.occurrence for s in stored) if o.own_block and not o.cancelled}
    ours: list[Block] = []
    days: set[date] = set()
    for row, effect in _booked(memory.rows, now):
        block, lost = _block(row, effect, events.get(FOCUS_MARK + row.action.key), memory)
        ours += [block] if block and block.when.end > now else []
        days |= {day for part in lost for day in local_days(part, member.zone)}
    known = {block.event.ref for block in ours if block.event}
    return _Blocks(tuple(ours), frozenset(days), _foreign(stored, known))


def _booked(rows: Rows, now: datetime) -> Iterator[tuple[OutboxRow, BookFocus]]:
    """The bookings that may still matter."""
    for row in rows:
        effect = row.action.effect
        if isinstance(effect, BookFocus) and effect.block.end > now - RECENT and _counts(row, effect, now):
            yield row, effect


def _counts(row: OutboxRow, effect: BookFocus, now: datetime) -> bool:
    """Made, on its way, or refused because the person had deleted it; one that waited past its start is to be made anew."""
    if row.state in {"held", "ready"}:
        return effect.block.start >= now
    return row.state in {"sending", "done", "undone"} or _deleted(row)


def _deleted(row: OutboxRow) -> bool:
    return row.state == "skipped" and row.after is not None and row.after.cancelled


def _block(
    row: OutboxRow, effect: BookFocus, event: Occurrence | None, memory: Memory
) -> tuple[Block | None, list[Interval]]:
    """The block as we know it, or the times on whose days a person took it into their own hands."""
    if row.state in OPEN:
        return Block(row, effect.block, None), []
    last = _last_time(row, effect, memory.rows)
    if row.state != "done":
        return None, [effect.block]
    if event is None:
        return None, [] if _removed(row, memory.rows) else [effect.block, last]
    present = event.when
    if present != last:
        return None, [last, present] if isinstance(present, Interval) else [last]
    return Block(row, last, event, _pinned(row, last, memory)), []


def _pinned(row: OutboxRow, when: Interval, memory: Memory) -> bool:
    return any(veto.rule == row.action.rule and veto.when == when for veto in memory.vetoes)


def _about(row: OutboxRow, rows: Rows, kind: type[Effect]) -> list[OutboxRow]:
    """The acts done on the block that this row booked, in the order in which they were settled."""
    made = row.after.ref if row.after else None
    found = [r for r in rows if r.state == "done" and isinstance(r.action.effect, kind) and r.action.ref == made]
    return sorted(found, key=lambda r: r.settled_at or r.created_at)


def _last_time(row: OutboxRow, effect: BookFocus, rows: Rows) -> Interval:
    moves = _about(row, rows, MoveFocus)
    last = moves[-1].action.effect if moves else None
    return last.block if isinstance(last, MoveFocus) else effect.block


def _removed(row: OutboxRow, rows: Rows) -> bool:
    return bool(_about(row, rows, RemoveFocus))


def _foreign(stored: Sequence[StoredOccurrence], known: Collection[EventRef]) -> tuple[Interval, ...]:
    """Events with our mark that the ledger does not know as they are (copied, moved, or from a lost database)."""
    marked = (s.occurrence for s in stored if s.occurrence.own_block and not s.occurrence.cancelled)
    return tuple(o.when for o in marked if o.ref not in known and isinstance(o.when, Interval))


def _busy(stored: Sequence[StoredOccurrence], decisions: Iterable[Decision], member: Member) -> Iterator[Interval]:
    welcome = {d.occurrence.ref for d in decisions if d.outcome is Outcome.NONE}
    for occurrence in (s.occurrence for s in stored):
        unanswered = occurrence.response is Response.NEEDS_ACTION and occurrence.ref not in welcome
        if is_busy(occurrence) and not unanswered and not occurrence.own_block:
            yield as_interval(occurrence.when, member.zone)


# --- what is wanted --------------------------------------------------------------------------------------------------


def _pieces(
    policy: PolicySet, person: PersonFacts, known: _Blocks, busy: Sequence[Interval], now: datetime
) -> list[Piece]:
    """The free pieces of all windows that are not over, in ascending order."""
    rules = [r for r in rules_shown(policy, person) if isinstance(r.condition, FocusBlock) and r.condition.book]
    last = max([now + HORIZON, *(block.when.end for block in known.ours)])
    days = local_days(Interval(now, last), person.member.zone) if rules else []
    taken = union(i for i in busy if i.end > now - timedelta(days=1) and i.start < last + timedelta(days=2))
    return [piece for day in days for piece in _pieces_on(day, rules, person.member, known, taken, now)]


def _pieces_on(
    day: date, rules: list[Rule], member: Member, known: _Blocks, taken: list[Interval], now: datetime
) -> Iterator[Piece]:
    if not works_on(member, day):
        return
    asked = [(window, rule) for rule in rules for window in windows_on(rule, member, day)]
    for window in union(w for w, _ in asked):
        rule = next(r for w, r in asked if w.overlaps(window))
        theirs = day in known.left_alone
        bookable = not theirs and window.start <= now + HORIZON
        room = intersect([window], [b.when for b in known.ours]) if theirs else [window]
        near = [i for i in taken if i.overlaps(window)]
        free = (i for i in subtract(room, near) if i.end > now and i.length >= SHORTEST)
        yield from (Piece(i, rule, bookable) for i in free)


def _match(pieces: Sequence[Piece], ours: Sequence[Block]) -> list[tuple[Piece, Block | None]]:
    """Each piece with the block that covers most of it; a block serves one piece."""
    found: list[tuple[Piece, Block | None]] = []
    left = sorted(ours, key=lambda b: (b.when, b.row.action.key))
    for piece in pieces:
        near = [b for b in left if b.when.overlaps(piece.when)]
        best = max(near, key=lambda b: _common(b.when, piece.when), default=None)
        left = [b for b in left if b is not best]
        found.append((piece, best))
    return found


def _common(one: Interval, other: Interval) -> timedelta:
    part = one.clip(other)
    return part.length if part else timedelta()


# --- acts ------------------------------------------------------------------------------------------------------------


def _adjust(piece: Piece, block: Block | None, member: Member, rows: Rows, now: datetime) -> list[tuple[Action, str]]:
    if block is None:
        return _book(piece, member, rows, now)
    if block.event is None:
        return [(block.row.action, block.row.reason or _why(piece.rule))]
    begun = min(block.when.start, next_quarter(now))
    target = Interval(max(piece.when.start, begun), piece.when.end)
    if block.pinned or target == block.when:
        return []
    if target.length < SHORTEST:
        return _remove(block, block.event, rows)
    return [_move(piece.rule, block, block.event, target, member, rows)]


def _book(piece: Piece, member: Member, rows: Rows, now: datetime) -> list[tuple[Action, str]]:
    start = max(piece.when.start, next_quarter(now))
    if not piece.bookable or piece.when.end - start < SHORTEST:
        return []
    block = Interval(start, piece.when.end)
    effect = BookFocus(block, member.zone.key, BLOCK_TITLE, block_description(piece.rule))
    again = sum(_same_day(row, piece.rule, block, member) for row in rows)
    key = _key(piece.rule.id, effect, member.email, FOCUS_MARK + format_instant(piece.when.start), start, again)
    if any(row.action.key == key and row.state in CLOSED for row in rows):
        return []
    action = Action(key, member.email, None, None, piece.rule.id, Precondition(block), effect)
    return [(action, _why(piece.rule))]


def _same_day(row: OutboxRow, rule: Rule, block: Interval, member: Member) -> bool:
    effect = row.action.effect
    if row.state != "done" or row.action.rule != rule.id or not isinstance(effect, BookFocus):
        return False
    return local_date(effect.block.start, member.zone) == local_date(block.start, member.zone)


def _move(
    rule: Rule, block: Block, event: Occurrence, target: Interval, member: Member, rows: Rows
) -> tuple[Action, str]:
    effect, again = MoveFocus(target, member.zone.key), len(_about(block.row, rows, MoveFocus))
    thread = f"{block.row.action.key}/{format_instant(target.end)}"
    key = _key(rule.id, effect, member.email, thread, target.start, again)
    action = Action(key, member.email, event.ref, event.meeting, rule.id, Precondition(event.when), effect)
    return action, f"what is busy inside the window of rule {rule.id} changed"


def _remove(block: Block, event: Occurrence, rows: Rows) -> list[tuple[Action, str]]:
    """Asked for again after it failed, until it failed too often."""
    booked = block.row.action
    failed = failures((row for row in rows if row.action.ref == event.ref), event.when, RemoveFocus)
    if failed > RETRIES:
        return []
    key = _key(booked.rule, RemoveFocus(), booked.mailbox, booked.key, block.when.start, failed)
    action = Action(key, booked.mailbox, event.ref, event.meeting, booked.rule, Precondition(event.when), RemoveFocus())
    return [(action, f"rule {booked.rule} no longer asks for this block, or less than an hour of it is left")]


def _key(rule: str, effect: Effect, mailbox: str, thread: str, start: datetime, again: int = 0) -> str:
    verb = verb_of(effect)
    return action_key(rule, f"{verb}#{again}" if again else verb, mailbox, thread, start)


def _why(rule: Rule) -> str:
    return f"rule {rule.id} keeps this time free for focus"
