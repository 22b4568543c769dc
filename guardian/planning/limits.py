"""The safety limits: they turn `go` into `hold` or `skip`, each with its reason. Nothing is dropped silently."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from guardian.model.actions import Answer, Decision, Mode, Planned, Restore, Shorten, Verdict
from guardian.model.events import EventKind
from guardian.model.ledger import OutboxRow
from guardian.model.time import format_instant, starts_at
from guardian.planning.flags import flag
from guardian.planning.history import Memory, by_key, by_meeting
from guardian.planning.planner import in_order
from guardian.policy.model import PolicySet, Safety
from guardian.policy.wording import length_text

BREAKER_FROM = 20
"""`percent_of_run` counts from so many invitations on."""

UTC_ZONE = ZoneInfo("UTC")
FROZEN = (Answer, Restore, Shorten)
HELD = (Answer, Shorten)


@dataclass(frozen=True, slots=True)
class _Pass:
    """What one pass over the plan looks things up in."""

    safety: Safety
    now: datetime
    written: Mapping[str, int]
    invitations: int
    memories: Mapping[str, Memory]
    rows: Mapping[str, OutboxRow]


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

    `written_today` are declines and tentatives written per mailbox, `invitations` the coming invitations judged in this
    run. An act that a person approved passes hold and breaker, never the freeze. What the breaker holds waits for
    approval and is flagged meanwhile when `on_trip` says so.
    """
    rows = {key: row for memory in memories.values() for key, row in by_key(memory.rows).items()}
    known = _Pass(policy.safety, now, written_today, invitations, memories, rows)
    items = [_hold(_freeze(item, known), known) for item in planned]
    capped = _per_person(items, known)
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
    held = row is not None and row.state == "held" and not row.released
    if row is not None and held and row.held_by == "breaker":
        return _stop(item, row.reason or "waits for approval: a limit was reached")
    if row is not None and row.state != "skipped":
        return _held_until(item, row.not_before, known) if held else item
    return _held_until(item, known.now + known.safety.hold, known)


def _held_until(item: Planned, until: datetime | None, known: _Pass) -> Planned:
    if until is not None and until <= known.now:
        return item
    reason = f"held until {format_instant(until)} (safety.hold): {item.reason}" if until else "held until approved"
    return replace(item, verdict=Verdict.HOLD, reason=reason, held_by="hold", hold_until=until)


def _stop(item: Planned, reason: str) -> Planned:
    return replace(item, verdict=Verdict.HOLD, reason=reason, held_by="breaker", hold_until=None)


# --- budgets and breaker ---------------------------------------------------------------------------------------------


def _released(item: Planned, known: _Pass) -> bool:
    row = known.rows.get(item.action.key)
    return row is not None and row.released


def _is_answer(item: Planned) -> bool:
    return isinstance(item.action.effect, Answer) and item.verdict is not Verdict.SKIP


def _counts(item: Planned, known: _Pass) -> bool:
    """Part of the batch: an answer that is about to be written, now or when its hold ends, without anybody's approval."""
    return _is_answer(item) and item.held_by != "breaker" and not _released(item, known)


def _approved(items: Iterable[Planned], known: _Pass) -> list[Planned]:
    return [item for item in items if _is_answer(item) and _released(item, known)]


def _per_person(items: Sequence[Planned], known: _Pass) -> list[Planned]:
    """Stop what is over `per_person_day`: what waits longest goes first, then by start. Nobody else is touched."""
    limit = known.safety.max_declines.per_person_day
    used = Counter(known.written) + Counter(item.action.mailbox for item in _approved(items, known))
    over: set[str] = set()
    for item in sorted((i for i in items if _counts(i, known)), key=lambda i: _waiting(i, known)):
        used[item.action.mailbox] += 1
        if used[item.action.mailbox] > limit:
            over.add(item.action.key)
    reason = f"over {limit} answers a day for one person (safety.max_declines.per_person_day): waits for approval"
    return [_stop(item, reason) if item.action.key in over else item for item in items]


def _waiting(item: Planned, known: _Pass) -> tuple[bool, datetime, tuple[str, str, str]]:
    row = known.rows.get(item.action.key)
    return (row is None, row.created_at if row else datetime.max.replace(tzinfo=UTC), in_order(item))


def _trip(items: Sequence[Planned], known: _Pass) -> str | None:
    """Why the whole batch stops, None when every limit allows it."""
    limits, batch = known.safety.max_declines, sum(_counts(item, known) for item in items)
    today = sum(known.written.values()) + len(_approved(items, known)) + batch
    if not batch:
        return None
    if batch > limits.per_run:
        return _tripped(f"{batch} answers in one run, the limit is {limits.per_run}", "per_run")
    if today > limits.per_day:
        return _tripped(f"{today} answers in one day, the limit is {limits.per_day}", "per_day")
    if known.invitations >= BREAKER_FROM and batch * 100 > limits.percent_of_run * known.invitations:
        share = f"{batch} answers to {known.invitations} invitations, the limit is {limits.percent_of_run} %"
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
