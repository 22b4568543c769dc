"""The numbers at the top of a page: each with what it is compared with and, for a person's own, the meetings behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from guardian.reports.cost import Rates, cost_of, rounded
from guardian.reports.groups import FULL_WEEK
from guardian.reports.usual import AnyWeek, compared_with, usual
from guardian.reports.weeks import GroupWeek, PersonWeek
from guardian.web.words import change, hours, money, percent


@dataclass(frozen=True, slots=True)
class Number:
    """`href` leads to what is counted, `tone` is a class of the style sheet; both may be empty."""

    label: str
    value: str
    note: str = ""
    href: str = ""
    tone: str = ""


def per_full_week(week: AnyWeek, minutes: float) -> float | None:
    """Per person and 40 working hours, so that part-timers and short weeks compare."""
    return minutes * FULL_WEEK / week.available_minutes if week.available_minutes else None


def kept(week: AnyWeek) -> str:
    """The share of the policy's focus windows that stayed free."""
    return percent(week.focus_band_kept_minutes / week.focus_band_minutes if week.focus_band_minutes else None)


def band(low: float | None, high: float | None) -> str:
    """The range around a number of meeting hours."""
    return f"{hours(low)} accepted, {hours(high)} with everything invited"


def against(now: AnyWeek, before: Sequence[AnyWeek], field: str) -> str:
    """The change against what the weeks before would have brought in this week's working time, in words; empty where there
    is nothing to compare. A group's is per person and 40 working hours."""
    expected = usual(now, before, field)
    if expected is None:
        return ""
    weeks = "the week before" if len(before) == 1 else f"the {len(before)} weeks before"
    moved: float | None = getattr(now, field) - expected
    if isinstance(now, GroupWeek) and moved is not None:
        moved = per_full_week(now, moved)
    return f"{change(moved)} against {weeks}"


def together(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


# --- one person ------------------------------------------------------------------------------------------------------

BY_DAY = "by-day"
"""What is free is made of no meeting: such numbers lead to the free stretches of each day."""

MINE: tuple[tuple[str, str, str, str], ...] = (
    ("Left for focus", "focus_minutes", BY_DAY, "free stretches of 2 h and more"),
    ("In meetings", "meeting_minutes", "meetings", ""),
    ("In scraps", "fragmented_minutes", BY_DAY, "free stretches under 2 h"),
    ("Outside working hours", "after_hours_minutes", "late-hours", ""),
    ("Two meetings at once", "double_booked_minutes", "clashes", ""),
    ("In recurring meetings", "recurring_minutes", "recurring", ""),
    ("Invited less than a day before", "late_notice_minutes", "short-notice", ""),
)
"""Label, field, what the table is narrowed to, and a note."""


def of_person(now: PersonWeek, before: Sequence[PersonWeek], path: str, rates: Rates | None) -> Iterator[Number]:
    """`path` is the page of that week."""
    compared = compared_with(now, before, 0)
    for label, field, only, note in MINE:
        value = getattr(now, field)
        if field == "meeting_minutes":
            note = band(now.confirmed_meeting_minutes, now.invited_meeting_minutes)
        moved = against(now, compared, field)
        tone = "focus" if field == "focus_minutes" else ""
        yield Number(label, hours(value), together(note, moved), _only(path, only), tone)
        if field == "focus_minutes" and now.focus_band_minutes:
            yield _windows(now, _only(path, "windows"))
    if now.saved_upper_minutes or now.saved_lower_minutes:
        value = f"{now.saved_lower_minutes / 60:.1f} to {hours(now.saved_upper_minutes)}"
        yield Number(
            "Saved by the guardian", value, "what is to be expected, up to the replay", _only(path, "declined")
        )
    cost = cost_of(now, rates, 0) if rates else None
    if cost:
        note = "an estimate at one rate for everybody; only you see it"
        yield Number("Your meeting time as money", money(cost.shown, cost.currency), note, _only(path, "meetings"))


def _only(path: str, only: str) -> str:
    return f"{path}#{BY_DAY}" if only == BY_DAY else f"{path}&only={only}#table"


def _windows(week: AnyWeek, href: str = "") -> Number:
    note = f"{hours(week.focus_band_kept_minutes)} of {hours(week.focus_band_minutes)}"
    return Number("Focus windows kept", kept(week), note, href, "focus")


# --- a group ---------------------------------------------------------------------------------------------------------

OURS: tuple[tuple[str, str, str], ...] = (
    ("Left for focus", "focus_minutes", "free stretches of 2 h and more"),
    ("In meetings", "meeting_minutes", ""),
    ("Outside working hours", "after_hours_minutes", ""),
    ("In scraps", "fragmented_minutes", "free stretches under 2 h"),
)
"""Label, field, and a note."""


def of_group(now: GroupWeek, before: Sequence[GroupWeek], rates: Rates | None, min_group: int) -> Iterator[Number]:
    """Per person and 40 working hours. Nothing is compared with weeks between which few people came or left: the difference
    would tell of them."""
    compared = compared_with(now, before, min_group)
    for label, field, note in OURS:
        value = per_full_week(now, getattr(now, field))
        if label == "In meetings":
            low, high = now.confirmed_meeting_minutes, now.invited_meeting_minutes
            note = band(per_full_week(now, low), per_full_week(now, high))
        tone = "focus" if label == "Left for focus" else ""
        yield Number(label, hours(value), together(note, against(now, compared, field)), tone=tone)
        if tone and now.focus_band_minutes:
            yield _windows(now)
    yield from _cost(now, rates, min_group)


def _cost(now: GroupWeek, rates: Rates | None, min_group: int) -> Iterator[Number]:
    """The estimate, and the same for what was accepted up to everything invited."""
    cost = cost_of(now, rates, min_group) if rates else None
    if cost is None or not now.meeting_minutes:
        return
    low, high = (
        money(rounded(cost.amount * Fraction(minutes, now.meeting_minutes)), cost.currency)
        for minutes in (now.confirmed_meeting_minutes, now.invited_meeting_minutes)
    )
    note = f"an estimate for the week; {low} for what was accepted, {high} with everything invited"
    yield Number("Meeting time as money", money(cost.shown, cost.currency), note)
