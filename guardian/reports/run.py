"""The public shape of decisions and runs: what `--format json` and the HTTP routes print."""

from collections.abc import Mapping, Sequence
from typing import Any

from guardian.model.actions import Decision, TraceStep
from guardian.model.events import Occurrence
from guardian.model.ledger import DecisionRow, Run
from guardian.model.time import DayRange, When, format_instant

PRIVATE_TITLE = "(private)"


def bounds(when: When) -> tuple[str, str]:
    """Start and end as people exchange them: RFC 3339 in UTC, or dates (both included) for all-day events."""
    if isinstance(when, DayRange):
        return when.first.isoformat(), when.last.isoformat()
    return format_instant(when.start), format_instant(when.end)


def meeting(occurrence: Occurrence, *, titles: bool = True) -> dict[str, Any]:
    """The meeting a decision is about; `titles=False` for those who may see rules and times only."""
    start, end = bounds(occurrence.when)
    title = PRIVATE_TITLE if occurrence.private else occurrence.title
    return {
        "key": str(occurrence.meeting),
        "event": occurrence.ref.event_id,
        "title": title if titles else None,
        "start": start,
        "end": end,
        "organizer": occurrence.organizer if titles else None,
    }


def step(item: TraceStep) -> dict[str, str]:
    return {"step": item.step, "id": item.id, "result": item.result, "reason": item.reason, "where": item.where}


def decision(row: DecisionRow, *, titles: bool = True, trace: bool = False) -> dict[str, Any]:
    """One entry of `decisions`; the trace is left out of lists.

    `because` is why the policy decided so and stays; `reason` is the latest that is known: what became of the act, where
    something is, and else the same.
    """
    made = row.decision
    body: dict[str, Any] = {
        "id": row.id,
        "person": made.member,
        "meeting": meeting(made.occurrence, titles=titles),
        "outcome": str(made.outcome),
        "rule": made.rule,
        "mode": str(made.mode) if made.mode else None,
        "bypass": made.bypass,
        "state": str(row.state),
        "reason": row.reason,
        "because": made.reason,
        "where": made.where,
        "would": str(made.would) if made.would else None,
        "held_by": row.held_by,
        "hold_until": format_instant(row.hold_until) if row.hold_until else None,
        "decided_at": format_instant(row.decided_at),
        "policy_version": made.policy_version,
        "run": row.run,
    }
    if trace:
        body["trace"] = [step(item) for item in made.trace]
    return body


BLOCK_VERBS: Mapping[str, str] = {"book": "booked", "move": "moved", "remove": "removed"}


def action_counts(tally: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """How many acts on meetings and labels ended how, from counts by verb and state; focus blocks are counted apart."""
    counts = dict.fromkeys(("done", "held", "skipped", "failed"), 0)
    for (verb, state), number in tally.items():
        if verb not in BLOCK_VERBS and state in counts:
            counts[state] += number
    return counts


def block_counts(tally: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """How many focus blocks were booked, moved and removed."""
    return {told: tally.get((verb, "done"), 0) for verb, told in BLOCK_VERBS.items()}


def run_report(run: Run, decisions: Sequence[DecisionRow], *, titles: bool = True) -> dict[str, Any]:
    """`guardian.run/1`: the summary of a pass with its decisions."""
    return {
        "schema": "guardian.run/1",
        "run": run.id,
        "as_of": format_instant(run.started_at),
        "policy_version": run.policy_version,
        "dry_run": run.dry_run,
        **run.summary,
        "decisions": [decision(row, titles=titles) for row in decisions],
    }


def explanation(made: Decision) -> dict[str, Any]:
    """`guardian explain`: everything that was tried."""
    return {
        "schema": "guardian.explain/1",
        "person": made.member,
        "meeting": meeting(made.occurrence),
        "outcome": str(made.outcome),
        "rule": made.rule,
        "mode": str(made.mode) if made.mode else None,
        "reason": made.reason,
        "policy_version": made.policy_version,
        "trace": [step(item) for item in made.trace],
    }
