"""The parts of a letter that come from calendar and ledger: days, what was done, what was let through, what lies ahead."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from guardian.model.actions import BookFocus
from guardian.model.health import CalendarState
from guardian.model.ledger import DecisionRow, OutboxRow
from guardian.model.time import Interval, intersect, minutes, starts_at
from guardian.reports.letter import Bar, Deed, hours, listed, one_line, plural
from guardian.reports.week_view import Day, Kind, WeekView

DONE = "done"
DEEDS: Mapping[str, str] = {
    "decline": "Declined",
    "tentative": "Answered maybe to",
    "shorten": "Shortened",
    "flag": "Marked",
}
"""What is told of each verb, the weightiest first; focus blocks are summed up, the rest is housekeeping."""

PRIVATE = "a private event"
UNNAMED = "a meeting without a title"

TROUBLE: Mapping[str, str] = {
    "access_lost": "access was refused",
    "rate_limited": "the calendar service asked to wait",
    "provider_down": "the calendar service did not answer",
    "suspicious_read": "it suddenly read as almost empty, which is not believed",
}


def day_name(day: date) -> str:
    return f"{day:%a} {day.day}"


# --- the calendar ----------------------------------------------------------------------------------------------------


def day_bars(view: WeekView) -> tuple[Bar, ...]:
    """Monday to Friday, and other days on which something is."""
    return tuple(_day_bar(day) for n, day in enumerate(view.days) if n < 5 or day.work or day.meeting_minutes)


def _day_bar(day: Day) -> Bar:
    work = minutes(span.interval for span in day.work)
    outside = minutes(span.interval for span in day.after_hours)
    other = work - (day.meeting_minutes - outside) - day.focus_minutes
    note = "" if day.work else day.holiday or "no working time"
    return Bar(day_name(day.date), day.meeting_minutes, day.focus_minutes, max(0, other), one_line(note, 30))


def risks(view: WeekView) -> tuple[str, ...]:
    """What the coming week already holds against focus, the weightiest first."""
    return tuple(_risks(view))


def _risks(view: WeekView) -> Iterator[str]:
    full = [day_name(day.date) for day in view.days if day.work and day.meeting_minutes and not day.focus_minutes]
    if full:
        yield f"No stretch of two hours is left on {listed(full)}."
    taken = sum(map(_band_minutes_taken, view.days))
    if taken:
        yield f"Meetings already take {hours(taken)} h of your focus windows."
    clashing = [day for day in view.days if day.clashes]
    if clashing:
        lost = sum(minutes(span.interval for span in day.clashes) for day in clashing)
        yield f"Meetings clash for {hours(lost)} h, on {listed([day_name(day.date) for day in clashing])}."
    late = sum(minutes(span.interval for span in day.after_hours) for day in view.days)
    if late:
        yield f"{hours(late)} h of meetings lie outside your working hours."
    waiting = {entry.key for day in view.days for entry in day.entries if _unanswered(entry.kind, entry.confirmed)}
    if waiting:
        yield f"{plural(len(waiting), 'invitation')} without your yes or no."


def _band_minutes_taken(day: Day) -> int:
    counted = [entry.span.interval for entry in day.entries if entry.counted]
    return minutes(intersect([span.interval for span in day.bands], counted))


def _unanswered(kind: Kind, confirmed: bool) -> bool:
    return kind is Kind.INVITED or (kind is Kind.MEETING and not confirmed)


# --- the ledger ------------------------------------------------------------------------------------------------------


def deeds(
    rows: Iterable[OutboxRow], decisions: Mapping[str, DecisionRow], within: Interval, base: str, zone: ZoneInfo
) -> tuple[Deed, ...]:
    """What was done to one person's calendar in that time. `base` is the address of the dashboard, empty for none."""
    done = [row for row in rows if row.state == DONE and row.settled_at and within.start <= row.settled_at < within.end]
    told = [row for row in done if row.action.verb in DEEDS]
    told.sort(key=lambda row: (list(DEEDS).index(row.action.verb), row.settled_at or within.start, row.action.key))
    found = [_deed(row, decisions.get(row.decision or ""), base, zone) for row in told]
    blocks = [row.action.effect.block for row in done if isinstance(row.action.effect, BookFocus)]
    if blocks:
        booked = (
            f"{plural(len(blocks), 'block')}, {hours(sum(block.minutes for block in blocks))} h, by the team's rule"
        )
        found.append(Deed("Booked focus time", "", booked))
    return tuple(found)


def _deed(row: OutboxRow, decision: DecisionRow | None, base: str, zone: ZoneInfo) -> Deed:
    what, rule = DEEDS[row.action.verb], one_line(row.action.rule, 40)
    if decision is None:
        return Deed(what, UNNAMED, f"rule {rule}")
    occurrence = decision.decision.occurrence
    name = PRIVATE if occurrence.private else one_line(occurrence.title) or UNNAMED
    start = starts_at(occurrence.when, zone).astimezone(zone)
    why = f"{day_name(start.date())}, {start:%H:%M}. Rule {rule}: {one_line(decision.decision.reason, 120)}"
    return Deed(what, name, why, f"{base}/decisions/{decision.id}" if base else "")


def tally(rows: Iterable[OutboxRow], within: Interval) -> Counter[tuple[str, str]]:
    """How many acts by verb and rule were done in that time."""
    return Counter(
        (row.action.verb, row.action.rule)
        for row in rows
        if row.state == DONE and row.settled_at and within.start <= row.settled_at < within.end
    )


def group_deeds(done: Mapping[tuple[str, str], int]) -> tuple[Deed, ...]:
    """The same for many people: numbers by rule, no meeting and nobody named."""
    found = []
    for verb, what in DEEDS.items():
        by_rule = sorted(
            ((rule, n) for (v, rule), n in done.items() if v == verb), key=lambda pair: (-pair[1], pair[0])
        )
        if by_rule:
            rules = listed([f"{one_line(rule, 40)} ({n})" for rule, n in by_rule])
            found.append(Deed(f"{what} {plural(sum(n for _, n in by_rule), 'meeting')}", "", f"by rule: {rules}"))
    blocks = sum(n for (verb, _), n in done.items() if verb == "book")
    if blocks:
        found.append(Deed(f"Booked {plural(blocks, 'focus block')}", "", "on people's own calendars"))
    return tuple(found)


def passes(decisions: Iterable[DecisionRow], within: Interval) -> Counter[str]:
    """How many meetings that began in that time each bypass entry let through."""
    let: dict[tuple[str, str], str] = {}
    for row in decisions:
        made = row.decision
        begin = made.occurrence.when.start if isinstance(made.occurrence.when, Interval) else None
        if made.bypass and begin is not None and within.start <= begin < within.end:
            let[(str(made.occurrence.meeting), begin.isoformat())] = made.bypass
    return Counter(let.values())


# --- health ----------------------------------------------------------------------------------------------------------


def unread(state: CalendarState | None, zone: ZoneInfo) -> tuple[str, ...]:
    """What of one person's calendar could not be read."""
    found = []
    if state is None or state.last_success is None:
        found.append("Your calendar was never read.")
    elif state.error:
        why = TROUBLE.get(state.error, "it could not be understood")
        found.append(f"Your calendar could not be read since {_moment(state.last_success, zone)}: {why}.")
    if state is not None and state.quarantined:
        found.append(f"{plural(len(state.quarantined), 'event')} could not be understood and count for nothing here.")
    return tuple(found)


def group_unread(states: Sequence[CalendarState | None], zone: ZoneInfo) -> tuple[str, ...]:
    """How many calendars could not be read; nobody is named."""
    failed = [state for state in states if state is None or state.error or state.last_success is None]
    if not failed:
        return ()
    since = [state.last_success for state in failed if state is not None and state.last_success]
    oldest = f", the longest since {_moment(min(since), zone)}" if since else ""
    return (f"{len(failed)} of {plural(len(states), 'calendar')} could not be read{oldest}.",)


def _moment(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"
