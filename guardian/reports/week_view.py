"""One person's week as a picture and a table need it: what stands where on the wall clock, and what became of it.

Built from the same facts as the numbers: the counted entries of a view cover exactly the minutes of the person-week.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from guardian.model.actions import Outcome, State
from guardian.model.events import EventKind, Occurrence, Response
from guardian.model.holidays import is_holiday
from guardian.model.ledger import DecisionRow
from guardian.model.time import (
    DAY_MINUTES,
    Interval,
    Week,
    as_interval,
    covered_twice,
    day_interval,
    days_between,
    format_minute,
    intersect,
    minutes,
    subtract,
    union,
    window_on,
)
from guardian.reports.calendar_week import calendar_week
from guardian.reports.facts import Standing, each_once, is_focus_hold, is_late, is_meeting, standing_of
from guardian.reports.gauge import Gauge
from guardian.reports.load import FOCUS, working_time
from guardian.reports.spans import span

PRIVATE = "(private)"
HIDDEN = "(busy)"
NO_TITLE = "(no title)"


class Kind(StrEnum):
    """What an entry is to the reader."""

    MEETING = "meeting"
    INVITED = "invited"
    FLAGGED = "flagged"
    URGENT = "urgent"
    DECLINED = "declined"
    BLOCKED = "blocked"
    FOCUS = "focus"
    AWAY = "away"


WORDS: Mapping[Kind, str] = {
    Kind.MEETING: "meeting",
    Kind.INVITED: "invited, not counted",
    Kind.FLAGGED: "flagged",
    Kind.URGENT: "let through",
    Kind.DECLINED: "declined",
    Kind.BLOCKED: "blocked time",
    Kind.FOCUS: "focus time held",
    Kind.AWAY: "out of office",
}
"""How a kind is named to people."""

COUNTED = frozenset({Kind.MEETING, Kind.FLAGGED, Kind.URGENT})


@dataclass(frozen=True, slots=True)
class Span:
    """A part of one local day: `interval` in UTC, and where it begins and ends on the wall clock in minutes after midnight.

    `0 <= start < end <= 1440`. When clocks change the wall clock and the length of the interval differ; numbers are made
    from the interval, the picture from the wall clock.
    """

    interval: Interval
    start: int
    end: int

    @property
    def clock(self) -> str:
        """`09:30-10:00`, or `all day`."""
        if (self.start, self.end) == (0, DAY_MINUTES):
            return "all day"
        return f"{format_minute(self.start)}-{format_minute(self.end)}"


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the calendar on one day. An event over midnight is one entry on each day.

    `key` is the text of the meeting key and `decision` the id of the latest decision, both empty where there is none to
    lead to. `rule` is the rule or bypass entry behind the kind, `note` says it in words. `confirmed`: organised or
    accepted; `late`: invited to less than a day before. `clashing` and `outside` are minutes that another counted meeting
    covers too, and minutes outside working hours.
    """

    span: Span
    kind: Kind
    title: str
    key: str = ""
    decision: str = ""
    rule: str = ""
    note: str = ""
    confirmed: bool = False
    recurring: bool = False
    late: bool = False
    clashing: int = 0
    outside: int = 0

    @property
    def counted(self) -> bool:
        """Whether its minutes are meeting hours."""
        return self.kind in COUNTED


@dataclass(frozen=True, slots=True)
class Day:
    """One local day. `work` are the working hours, `bands` the policy's focus windows, `open` the free stretches of two hours
    and more that are left for focus, `scraps` the shorter ones, `clashes` and `after_hours` parts of counted meetings."""

    date: date
    holiday: str | None
    meeting_free: bool
    work: tuple[Span, ...]
    bands: tuple[Span, ...]
    open: tuple[Span, ...]
    scraps: tuple[Span, ...]
    entries: tuple[Entry, ...]
    clashes: tuple[Span, ...]
    after_hours: tuple[Span, ...]

    @property
    def focus_minutes(self) -> int:
        return minutes(span.interval for span in self.open)

    @property
    def meeting_minutes(self) -> int:
        """Overlaps count once."""
        return minutes(union(entry.span.interval for entry in self.entries if entry.counted))


@dataclass(frozen=True, slots=True)
class WeekView:
    """Seven days, Monday first."""

    week: str
    zone: str
    days: tuple[Day, ...]

    @property
    def empty(self) -> bool:
        return not any(day.entries for day in self.days)


def week_view(
    occurrences: Iterable[Occurrence],
    decisions: Iterable[DecisionRow],
    gauge: Gauge,
    week: Week,
    *,
    titles: bool = True,
) -> WeekView:
    """The week of the person in their own zone. `occurrences` and `decisions` may reach beyond it, in any order.

    Private events are `(private)` for everybody; without `titles` all others are `(busy)`.
    """
    email, zone = gauge.email, gauge.schedule.zone
    made = _latest(decisions, email)
    entries = _entries(list(each_once(occurrences, email)), made, email, zone, titles=titles)
    whole = week.interval(zone)
    present = [(when, entry) for when, entry in entries if when.overlaps(whole)]
    return _Week(gauge, week, present).view()


def _latest(decisions: Iterable[DecisionRow], email: str) -> dict[tuple[str, datetime | date], DecisionRow]:
    """The newest decision about each meeting at each start: one about an earlier time says nothing of the present one."""
    found: dict[tuple[str, datetime | date], DecisionRow] = {}
    for row in sorted(decisions, key=lambda row: (row.decided_at, row.id)):
        if row.decision.member == email:
            found[_asked(row.decision.occurrence)] = row
    return found


def _asked(occurrence: Occurrence) -> tuple[str, datetime | date]:
    when = occurrence.when
    return str(occurrence.meeting), when.start if isinstance(when, Interval) else when.first


def _entries(
    standing: Sequence[Occurrence],
    made: Mapping[tuple[str, datetime | date], DecisionRow],
    email: str,
    zone: ZoneInfo,
    *,
    titles: bool,
) -> list[tuple[Interval, Entry]]:
    away = [
        _whole_minutes(o, zone)
        for o in standing
        if o.kind is EventKind.OUT_OF_OFFICE and o.response is not Response.DECLINED
    ]
    found = []
    for occurrence in standing:
        when, row = _whole_minutes(occurrence, zone), made.get(_asked(occurrence))
        kind = _kind(occurrence, email, away=any(when.overlaps(a) for a in away))
        if kind is not None:
            entry = _entry(occurrence, kind, row, when, titles=titles)
            found.append((when, entry))
    return found


def _kind(occurrence: Occurrence, email: str, *, away: bool) -> Kind | None:
    """What it is, as the numbers see it; None for what takes no time (shown as free, working locations, birthdays)."""
    if occurrence.response is Response.DECLINED:
        return Kind.DECLINED if occurrence.kind is EventKind.MEETING else None
    if occurrence.kind is EventKind.OUT_OF_OFFICE:
        return Kind.AWAY
    if is_focus_hold(occurrence, email):
        return Kind.FOCUS
    if occurrence.kind is not EventKind.MEETING or not occurrence.busy:
        return None
    if not is_meeting(occurrence, email):
        return Kind.BLOCKED
    if (away and occurrence.response is Response.NEEDS_ACTION) or standing_of(occurrence) is Standing.INVITED:
        return Kind.INVITED
    return Kind.MEETING


def _entry(occurrence: Occurrence, kind: Kind, row: DecisionRow | None, when: Interval, *, titles: bool) -> Entry:
    entry = Entry(
        Span(when, 0, DAY_MINUTES),
        kind,
        _title(occurrence, titles=titles),
        key=str(occurrence.meeting) if occurrence.meeting.series_uid else "",
        confirmed=standing_of(occurrence) is Standing.CONFIRMED,
        recurring=occurrence.recurring,
        late=is_late(occurrence),
    )
    return entry if row is None else _judged(entry, row)


def _whole_minutes(occurrence: Occurrence, zone: ZoneInfo) -> Interval:
    """Where it lies for somebody in that zone, without the seconds, as the numbers have it."""
    when = as_interval(occurrence.when, zone)
    return Interval(when.start.replace(second=0, microsecond=0), when.end.replace(second=0, microsecond=0))


def _title(occurrence: Occurrence, *, titles: bool) -> str:
    if occurrence.private:
        return PRIVATE
    return (occurrence.title.strip() or NO_TITLE) if titles else HIDDEN


def _judged(entry: Entry, row: DecisionRow) -> Entry:
    """What the guardian decided colours a meeting; what a person declined themselves stays theirs."""
    made = row.decision
    known = replace(entry, decision=row.id)
    if entry.kind is Kind.DECLINED:
        ours = made.outcome is Outcome.DECLINE and row.state is State.DONE
        return replace(known, rule=made.rule or "", note=made.reason) if ours else known
    if entry.kind not in (Kind.MEETING, Kind.INVITED):
        return known
    if made.bypass:
        passed = replace(known, rule=made.bypass, note=f"let through by {made.bypass}")
        return replace(passed, kind=Kind.URGENT) if entry.kind is Kind.MEETING else passed
    note = _effect(row)
    if note is None:
        return known
    judged = replace(known, rule=made.rule or "", note=note)
    return replace(judged, kind=Kind.FLAGGED) if entry.kind is Kind.MEETING else judged


def _effect(row: DecisionRow) -> str | None:
    """What the decision means for a meeting that still stands; None where nothing came of it, or it was taken back."""
    made = row.decision
    if made.outcome in (Outcome.NONE, Outcome.OBSERVE) or row.state in (State.SKIPPED, State.FAILED):
        return None
    if row.state is State.HELD:
        return f"waits to be answered ({made.outcome}): {made.reason}"
    taken_back = made.outcome is Outcome.DECLINE and row.state is State.DONE
    return None if taken_back else made.reason


class _Week:
    """The parts of the week, cut to days."""

    def __init__(self, gauge: Gauge, week: Week, present: Sequence[tuple[Interval, Entry]]) -> None:
        self.gauge, self.week, self.zone = gauge, week, gauge.schedule.zone
        self.free_days = calendar_week(gauge, week).free_days
        self.present = sorted(present, key=lambda pair: (pair[0], pair[1].kind, pair[1].key))
        counted = [when for when, entry in self.present if entry.counted]
        away = [when for when, entry in self.present if entry.kind is Kind.AWAY]
        blocked = [when for when, entry in self.present if entry.kind is Kind.BLOCKED]
        self.work = subtract(working_time(gauge.schedule, week), away)
        self.clashes = covered_twice(counted)
        self.outside = subtract(counted, self.work)
        free = subtract(self.work, [*counted, *blocked])
        self.open = [gap for gap in free if gap.minutes >= FOCUS]
        self.scraps = [gap for gap in free if gap.minutes < FOCUS]

    def view(self) -> WeekView:
        monday = self.week.monday
        days = tuple(self._day(day) for day in days_between(monday, monday + timedelta(days=6)))
        return WeekView(str(self.week), self.zone.key, days)

    def _day(self, day: date) -> Day:
        whole = day_interval(day, self.zone)
        bands = (window_on(window, day, self.zone) for window in self.gauge.focus_bands)
        return Day(
            date=day,
            holiday=is_holiday(self.gauge.schedule.holidays, day),
            meeting_free=span(whole) in self.free_days,
            work=self._spans(self.work, whole),
            bands=self._spans(intersect([band for band in bands if band], self.work), whole),
            open=self._spans(self.open, whole),
            scraps=self._spans(self.scraps, whole),
            entries=tuple(self._on_day(whole)),
            clashes=self._spans(self.clashes, whole),
            after_hours=self._spans(self.outside, whole),
        )

    def _on_day(self, whole: Interval) -> Iterable[Entry]:
        for when, entry in self.present:
            piece = when.clip(whole)
            if piece is None:
                continue
            part = replace(entry, span=self._span(piece, whole))
            if entry.counted:
                clashing, outside = minutes(intersect([piece], self.clashes)), minutes(intersect([piece], self.outside))
                part = replace(part, clashing=clashing, outside=outside)
            yield part

    def _spans(self, intervals: Iterable[Interval], whole: Interval) -> tuple[Span, ...]:
        return tuple(self._span(piece, whole) for interval in intervals if (piece := interval.clip(whole)))

    def _span(self, piece: Interval, whole: Interval) -> Span:
        """In the hour that comes twice the end may stand before the start on the wall clock: a minute is shown then."""
        start = 0 if piece.start == whole.start else self._wall(piece.start)
        end = DAY_MINUTES if piece.end == whole.end else self._wall(piece.end)
        start = min(start, DAY_MINUTES - 1)
        return Span(piece, start, max(end, start + 1))

    def _wall(self, instant: datetime) -> int:
        local = instant.astimezone(self.zone)
        return local.hour * 60 + local.minute


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as a row of the table beside the picture; the same words for page, text and mail."""

    day: date
    clock: str
    entry: Entry
    what: str
    remarks: tuple[str, ...]


def table(view: WeekView) -> list[Row]:
    """Every entry of the picture, by day and start."""
    return [
        Row(day.date, entry.span.clock, entry, WORDS[entry.kind], _remarks(entry))
        for day in view.days
        for entry in day.entries
    ]


def _remarks(entry: Entry) -> tuple[str, ...]:
    found = [entry.note] if entry.note else []
    if entry.clashing:
        found.append(f"clashes for {entry.clashing} min")
    if entry.outside:
        found.append(f"{entry.outside} min outside working hours")
    if entry.kind is Kind.MEETING and not entry.confirmed:
        found.append("not accepted yet")
    return tuple(found)


def summary(view: WeekView) -> str:
    """The week in one sentence, for those who do not see the picture."""
    entries = [entry for day in view.days for entry in day.entries]
    if not entries:
        return f"Nothing stands in the calendar in week {view.week}."
    held = {(entry.key or entry.title, entry.kind): entry for entry in entries}.values()
    count = {kind: sum(entry.kind is kind for entry in held) for kind in Kind}
    meeting = sum(day.meeting_minutes for day in view.days) / 60
    focus = sum(day.focus_minutes for day in view.days) / 60
    parts = [f"{number} {WORDS[kind]}" for kind, number in count.items() if number and kind not in (Kind.MEETING,)]
    told = f"; {', '.join(parts)}" if parts else ""
    return (
        f"Week {view.week}: {meeting:.1f} h in meetings, {focus:.1f} h left in stretches of two hours and more{told}."
    )
