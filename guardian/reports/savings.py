"""Hours saved by the guardian: the week as it ended against the same week without its own acts.

Only what the guardian did is taken back, all of it together, so declining one of two clashing meetings saves nothing. What
was undone, accepted after all, moved elsewhere or cancelled anyway saves nothing either; whether the person would have
gone at all is told by what they accepted before. Meant for closed weeks.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from guardian.model.actions import Answer, Decision, Mode, Outcome, Shorten
from guardian.model.events import MeetingKey, Occurrence, Response
from guardian.model.ledger import OutboxRow
from guardian.model.time import Week, starts_at
from guardian.reports.facts import each_once
from guardian.reports.fates import Act, Fate, Kind, fate_of, undo
from guardian.reports.load import Gauge, person_week
from guardian.reports.weeks import PersonWeek

CAPACITY = "capacity, not cash"
"""What the money of saved hours is called wherever it is shown."""


@dataclass(frozen=True, slots=True)
class ActSaving:
    """What one act came to, scaled so that all acts sum to the whole. `fate` is `stands`, `undone`, `accepted`, `moved`,
    `cancelled` or `lengthened`."""

    key: str
    kind: Kind
    fate: str
    upper: Fraction
    lower: Fraction
    focus: Fraction


@dataclass(frozen=True, slots=True)
class Savings:
    """One person's week. `upper_minutes` is the replay, `lower_minutes` what is to be expected of it; `focus_minutes` is focus
    time won. `would_minutes` is what observed rules would have saved, and part of nothing."""

    upper_minutes: int = 0
    lower_minutes: int = 0
    focus_minutes: int = 0
    would_minutes: int = 0
    per_act: tuple[ActSaving, ...] = ()

    @property
    def rebounds(self) -> int:
        """How many of the declined meetings only moved."""
        return sum(act.fate == "moved" for act in self.per_act)


def acts_of(rows: Iterable[OutboxRow], likelihood: Callable[[Occurrence], Fraction]) -> list[Act]:
    """The acts that may have saved time, from the ledger's rows: declines and shortened meetings that were written. Flags,
    tentative answers and labels save nothing."""
    return [
        Act(
            key=row.action.key,
            kind=Kind.DECLINED if isinstance(row.action.effect, Answer) else Kind.SHORTENED,
            at=row.settled_at or row.created_at,
            before=row.before,
            vanished=row.after is None,
            undone=row.state != "done",
            likelihood=likelihood(row.before) if isinstance(row.action.effect, Answer) else Fraction(1),
        )
        for row in rows
        if row.before is not None and row.state in ("done", "undone", "cannot_restore") and _saves(row)
    ]


def shortened_by_others(rows: Iterable[OutboxRow], calendar: Iterable[Occurrence], email: str) -> list[Act]:
    """Meetings in this calendar that the guardian made shorter in their organiser's: whoever attends has the time too."""
    rows_of = {row.action.meeting: row for row in rows if row.action.mailbox != email and _shortens(row)}
    pairs = [(occurrence, rows_of.get(occurrence.meeting)) for occurrence in calendar]
    return [
        Act(row.action.key, Kind.SHORTENED, row.settled_at or row.created_at, replace(occurrence, when=row.before.when))
        for occurrence, row in pairs
        if row is not None and row.before is not None
    ]


def _shortens(row: OutboxRow) -> bool:
    return isinstance(row.action.effect, Shorten) and row.state == "done"


def _saves(row: OutboxRow) -> bool:
    effect = row.action.effect
    return isinstance(effect, Shorten) or (isinstance(effect, Answer) and effect.response is Response.DECLINED)


def replay(
    occurrences: Iterable[Occurrence],
    gauge: Gauge,
    week: Week,
    acts: Iterable[Act],
    observed: Iterable[Decision] = (),
    *,
    elsewhere: Mapping[MeetingKey, Occurrence] | None = None,
    writing_minutes: float = 0,
) -> Savings:
    """What the acts on meetings of that week came to, and what observed rules would have saved.

    `occurrences` are the person's calendar as it ended (a week to both sides, so that meetings that came back are seen),
    `observed` the decisions of observed rules, `elsewhere` copies of other mailboxes for meetings that left this one.
    `writing_minutes` is what answering in writing takes instead of each declined meeting; it is taken off the lower figure.
    """
    ended = list(each_once(occurrences, gauge.email))
    whole = week.interval(gauge.schedule.zone)
    here = [act for act in acts if whole.start <= starts_at(act.before.when, gauge.schedule.zone) < whole.end]
    found = [fate_of(act, ended, gauge.email, elsewhere or {}) for act in here]
    return _Replay(ended, gauge, week).savings(here, found, observed, Fraction(str(writing_minutes)))


class _Replay:
    """The same week with and without acts."""

    def __init__(self, ended: list[Occurrence], gauge: Gauge, week: Week) -> None:
        self.ended, self.gauge, self.week = ended, gauge, week
        self.end = self._measure(ended)

    def savings(
        self, acts: Sequence[Act], fates: Sequence[Fate], observed: Iterable[Decision], writing: Fraction
    ) -> Savings:
        alone = [self._measure(undo([fate], self.ended)) if fate.changes else self.end for fate in fates]
        time = [
            max(0, w.inside_minutes - self.end.inside_minutes) if f.stands else 0
            for f, w in zip(fates, alone, strict=True)
        ]
        focus = [max(0, self.end.focus_minutes - w.focus_minutes) for w in alone]
        upper = self._measure(undo([f for f in fates if f.stands], self.ended)).inside_minutes - self.end.inside_minutes
        gained = [fate for fate, won in zip(fates, focus, strict=True) if won]
        won = max(0, self.end.focus_minutes - self._measure(undo(gained, self.ended)).focus_minutes)
        times, wins = _scaled(time, upper), _scaled(focus, won)
        parts = tuple(
            ActSaving(act.key, act.kind, fate.word, up, _expected(act, up, writing), gain)
            for act, fate, up, gain in zip(acts, fates, times, wins, strict=True)
        )
        return Savings(upper, int(sum(part.lower for part in parts)), won, self._would(observed), parts)

    def _would(self, observed: Iterable[Decision]) -> int:
        """What is left of the meeting time when observed rules had acted, jointly."""
        wanted = {d.occurrence.meeting: d for d in observed if d.mode is Mode.OBSERVE and d.would in WOULD_SAVE}
        changed = [_as_decided(o, wanted[o.meeting]) if o.meeting in wanted else o for o in self.ended]
        return max(0, self.end.inside_minutes - self._measure(changed).inside_minutes)

    def _measure(self, occurrences: list[Occurrence]) -> PersonWeek:
        return person_week(occurrences, self.gauge, self.week)


WOULD_SAVE = (Outcome.DECLINE, Outcome.SHORTEN)


def _as_decided(occurrence: Occurrence, decision: Decision) -> Occurrence:
    if occurrence.when != decision.occurrence.when:
        return occurrence
    if decision.would is Outcome.DECLINE:
        return replace(occurrence, response=Response.DECLINED)
    return replace(occurrence, when=decision.new_when) if decision.new_when else occurrence


def _expected(act: Act, upper: Fraction, writing: Fraction) -> Fraction:
    """The upper figure as likely as the person would have been there, less the writing that took its place."""
    if act.kind is Kind.SHORTENED:
        return upper
    return max(Fraction(), upper * act.likelihood - writing)


def _scaled(alone: Sequence[int], together: int) -> list[Fraction]:
    whole = sum(alone)
    return [Fraction(part * together, whole) if whole else Fraction() for part in alone]
