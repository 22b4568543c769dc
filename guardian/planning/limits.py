"""The safety limits: they turn `go` into `hold` or `skip`, each with its reason. Nothing is dropped silently."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from guardian.model.actions import Action, Answer, Decision, Mode, Planned, Restore, Shorten, Verdict
from guardian.model.events import EventKind
from guardian.model.ledger import OutboxRow
from guardian.model.time import format_instant, starts_at
from guardian.planning.flags import flag
from guardian.planning.history import OPEN, Memory, by_key, by_meeting
from guardian.planning.planner import in_order
from guardian.policy.model import PolicySet, Safety
from guardian.policy.wording import length_text

BREAKER_FROM = 20
"""`percent_of_run` counts from so many invitations on."""

UTC_ZONE = ZoneInfo("UTC")
FROZEN = (Answer, Restore, Shorten)
HELD = (Answer, Shorten)

AT_ONCE = 10
"""So many meetings of one person are shortened in one pass at most: each writes to every guest."""

DAY = timedelta(hours=24)
STOPPED = "waits for approval: a limit was reached"

Unit = tuple[str, str]
"""What the budgets count: a mailbox with one answer of its own, or with one series (or single meeting) that is shortened."""


@dataclass(frozen=True, slots=True)
class _Pass:
    """What one pass over the plan looks things up in."""

    safety: Safety
    now: datetime
    written: Mapping[str, int]
    invitations: int
    memories: Mapping[str, Memory]
    rows: Mapping[str, OutboxRow]
    paid: frozenset[Unit]


def invitations(decisions: Iterable[Decision]) -> int:
    """The coming invitations that were judged: what `percent_of_run` is a percentage of. Own meetings do not count."""
    occurrences = (d.occurrence for d in decisions)
    return sum(o.kind is EventKind.MEETING and o.response is not None and not o.is_organizer for o in occurrences)


def apply(
    policy: PolicySet,
    planned: Sequence[Planned],
    *,
    now: datetime,
    written_today: Mapping[str, int],
    invitations: int,
    memories: Mapping[str, Memory],
) -> tuple[tuple[Planned, ...], str | None]:
    """The same plan under the limits of `safety`, and why the breaker tripped (None when it did not).

    `written_today` is what was written per mailbox in the last 24 hours: answers, and series that were shortened.
    `invitations` are the coming invitations judged in this run. A series counts once, however many of its occurrences
    are shortened; of all that ask for it, `AT_ONCE` per person go in one pass, and the others follow. An act that a person
    approved passes hold and breaker, never the freeze. What the breaker holds waits for approval and is flagged meanwhile
    when `on_trip` says so.
    """
    rows = {key: row for memory in memories.values() for key, row in by_key(memory.rows).items()}
    paid = frozenset(_shortened_since(now - DAY, rows.values()))
    known = _Pass(policy.safety, now, written_today, invitations, memories, rows, paid)
    items = [_hold(_freeze(item, known), known) for item in planned]
    capped = _per_person(_few_at_once(items, known), known)
    tripped = _trip(capped, known)
    final = [_stop(item, tripped) if tripped and _counts(item, known) else item for item in capped]
    return tuple(sorted(final + _flags(final, known), key=in_order)), tripped


# --- freeze and hold -------------------------------------------------------------------------------------------------


def _freeze(item: Planned, known: _Pass) -> Planned:
    """Nobody is written to about a meeting that is about to begin."""
    when, freeze = item.action.expects.when, known.safety.freeze_before
    if not isinstance(item.action.effect, FROZEN) or when is None:
        return item
    if starts_at(when, UTC_ZONE) >= known.now + freeze:
        return item
    reason = f"starts in less than {length_text(freeze)} (safety.freeze_before): nothing is answered any more"
    return replace(item, verdict=Verdict.SKIP, reason=reason)


def _hold(item: Planned, known: _Pass) -> Planned:
    """Wait after the decision, so that the person can veto it; a hold that began goes on as it began."""
    if item.verdict is not Verdict.GO or not isinstance(item.action.effect, HELD):
        return item
    row = known.rows.get(item.action.key)
    if row is None:
        return _held_until(item, known.now + known.safety.hold, known)
    if row.released or row.state not in ("held", "skipped"):
        return item
    if row.held_by == "breaker":
        return _stop(item, (row.reason if row.state == "held" else "") or STOPPED)
    began = row.state == "held"
    return _held_until(item, row.not_before if began else known.now + known.safety.hold, known)


def _held_until(item: Planned, until: datetime | None, known: _Pass) -> Planned:
    if until is not None and until <= known.now:
        return item
    reason = f"held until {format_instant(until)} (safety.hold): {item.reason}" if until else "held until approved"
    return replace(item, verdict=Verdict.HOLD, reason=reason, held_by="hold", hold_until=until)


def _stop(item: Planned, reason: str) -> Planned:
    return replace(item, verdict=Verdict.HOLD, reason=reason, held_by="breaker", hold_until=None)


# --- budgets and breaker ---------------------------------------------------------------------------------------------


def _shortened_since(moment: datetime, rows: Iterable[OutboxRow]) -> Iterator[Unit]:
    """Series that count among what was written already. An approval frees the one occurrence, not its series."""
    for row in rows:
        counted = row.state == "done" and not row.released and isinstance(row.action.effect, Shorten)
        if counted and row.settled_at and row.settled_at >= moment:
            yield _unit(row.action)


def _unit(action: Action) -> Unit:
    if isinstance(action.effect, Shorten) and action.meeting is not None:
        return (action.mailbox, action.meeting.series_uid)
    return (action.mailbox, action.key)


def _released(item: Planned, known: _Pass) -> bool:
    row = known.rows.get(item.action.key)
    return row is not None and row.released


def _is_written(item: Planned) -> bool:
    return isinstance(item.action.effect, HELD) and item.verdict is not Verdict.SKIP


def _counts(item: Planned, known: _Pass) -> bool:
    """Part of the batch: about to be written, now or when its hold ends, without anybody's approval."""
    return _is_written(item) and item.held_by != "breaker" and not _released(item, known)


def _approved(items: Iterable[Planned], known: _Pass) -> set[Unit]:
    return {_unit(item.action) for item in items if _is_written(item) and _released(item, known)} - known.paid


def _few_at_once(items: Sequence[Planned], known: _Pass) -> list[Planned]:
    """Leave shortened meetings for later passes where there are many; what waits longest goes first, then by start."""
    used: Counter[str] = Counter()
    later: set[str] = set()
    for item in _in_turn(items, known):
        if isinstance(item.action.effect, Shorten):
            used[item.action.mailbox] += 1
            later |= {item.action.key} if used[item.action.mailbox] > AT_ONCE else set()
    reason = f"{AT_ONCE} meetings of one person are shortened at once at most: this one follows in a later pass"
    return [replace(i, verdict=Verdict.SKIP, reason=reason) if i.action.key in later else i for i in items]


def _per_person(items: Sequence[Planned], known: _Pass) -> list[Planned]:
    """Stop what is over `per_person_day`. Nobody else is touched."""
    limit = known.safety.max_declines.per_person_day
    used = Counter(known.written) + Counter(mailbox for mailbox, _ in _approved(items, known))
    allowed = dict.fromkeys(known.paid, True)
    for item in _in_turn(items, known):
        unit = _unit(item.action)
        if unit not in allowed:
            used[item.action.mailbox] += 1
            allowed[unit] = used[item.action.mailbox] <= limit
    reason = f"over {limit} answers a day for one person (safety.max_declines.per_person_day): waits for approval"
    return [item if not _counts(item, known) or allowed[_unit(item.action)] else _stop(item, reason) for item in items]


def _in_turn(items: Iterable[Planned], known: _Pass) -> list[Planned]:
    """The batch: answers before shortened meetings, what waits longest first, then by start."""
    return sorted((item for item in items if _counts(item, known)), key=lambda item: _waiting(item, known))


def _waiting(item: Planned, known: _Pass) -> tuple[bool, bool, datetime, tuple[str, str, str]]:
    row = known.rows.get(item.action.key)
    waits = row is not None and row.state in OPEN
    since = row.created_at if row is not None and waits else datetime.max.replace(tzinfo=UTC)
    return (isinstance(item.action.effect, Shorten), not waits, since, in_order(item))


def _trip(items: Sequence[Planned], known: _Pass) -> str | None:
    """Why the whole batch stops, None when every limit allows it.

    Own meetings are no part of the percentage, so it counts answers only.
    """
    limits, approved = known.safety.max_declines, _approved(items, known)
    batch = {_unit(item.action) for item in items if _counts(item, known)} - known.paid
    today = sum(known.written.values()) + len(approved) + len(batch)
    answers = sum(_counts(item, known) and isinstance(item.action.effect, Answer) for item in items)
    if batch and len(batch) > limits.per_run:
        return _tripped(f"{len(batch)} answers in one run, the limit is {limits.per_run}", "per_run")
    if batch and today > limits.per_day:
        return _tripped(f"{today} answers in one day, the limit is {limits.per_day}", "per_day")
    if known.invitations >= BREAKER_FROM and answers * 100 > limits.percent_of_run * known.invitations:
        share = f"{answers} answers to {known.invitations} invitations, the limit is {limits.percent_of_run} %"
        return _tripped(share, "percent_of_run")
    return None


def _tripped(what: str, name: str) -> str:
    return f"{what} (safety.max_declines.{name}): no answer of this run is written until approved"


# --- labels in place of answers --------------------------------------------------------------------------------------


def _flags(items: Iterable[Planned], known: _Pass) -> list[Planned]:
    """Labels for answers that the breaker or the freeze stopped."""
    found = []
    for item in items:
        stopped = item.held_by == "breaker" and known.safety.on_trip.rank >= Mode.FLAG.rank
        frozen = item.verdict is Verdict.SKIP
        if isinstance(item.action.effect, Answer) and (stopped or frozen) and item.decision is not None:
            found += _flag(item, item.decision, known)
    return found


def _flag(item: Planned, decision: Decision, known: _Pass) -> list[Planned]:
    memory = known.memories.get(item.action.mailbox, Memory())
    rows = by_meeting(r for r in memory.rows if r.action.meeting == item.action.meeting)
    action = flag(decision, rows.get(decision.occurrence.meeting, ()))
    return [Planned(action, Verdict.GO, item.reason, decision)] if action else []
