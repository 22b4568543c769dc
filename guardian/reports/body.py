"""The body of the load report, `guardian.report.load/1`: one plain dictionary for JSON, HTTP and every rendering."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

from guardian.errors import InputError
from guardian.model.time import Week
from guardian.reports.weeks import COUNTS, GroupWeek, PersonWeek

SCHEMA = "guardian.report.load/1"

METHOD = "load/2"
"""The version of the definitions in `docs/methods.md`; it changes whenever a number would."""

RATIOS_AFTER: Mapping[str, tuple[str, ...]] = {
    "after_hours_minutes": ("meeting_share",),
    "blocked_minutes": ("fragmentation_index", "effective_gap_minutes"),
    "focus_band_kept_minutes": ("focus_band_share",),
    "long_run_minutes": ("long_run_share", "longest_run_minutes"),
    "no_agenda_minutes": ("no_agenda_share",),
}
"""Where what is made of the counts stands among them."""

RATIOS = ("meeting_share", "fragmentation_index", "focus_band_share", "long_run_share", "no_agenda_share")
"""Numbers from 0 to 1, or null; everything else is a whole number."""

PERSONAL = "longest_run_minutes"
"""A number that cannot be summed: null for groups."""

UNTOLD = ("square_minutes",)
"""Counted only so that something else can be made of it."""

FIELDS: tuple[str, ...] = (
    "week",
    "people",
    *(name for count in COUNTS if count not in UNTOLD for name in (count, *RATIOS_AFTER.get(count, ()))),
    "suppressed",
)
"""Every field of a week that is not hidden, in order."""


_COUNTS_OF = attrgetter(*COUNTS)


@dataclass(frozen=True, slots=True)
class Frame:
    """What the report is about. `scope` is `person:EMAIL`, `team:NAME` or `org`; `until` is exclusive."""

    scope: str
    since: date
    until: date
    timezone: str

    def __post_init__(self) -> None:
        if self.until <= self.since:
            raise InputError(f"the report ends ({self.until}) before it begins ({self.since}); the end is exclusive")

    def head(self, schema: str) -> dict[str, str]:
        """How the body of every report begins."""
        return {
            "schema": schema,
            "scope": self.scope,
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
            "timezone": self.timezone,
            "method": METHOD,
        }

    @property
    def weeks(self) -> list[str]:
        """Every ISO week with a day in the range; weeks are reported whole."""
        week, found = Week.of(self.since), []
        while week.monday < self.until:
            found.append(str(week))
            week = week.next()
        return found

    @property
    def ends(self) -> tuple[str, str]:
        """The first and the last of the weeks."""
        return str(Week.of(self.since)), str(Week.of(self.until - timedelta(days=1)))


def last_weeks(today: date, count: int = 4) -> tuple[date, date]:
    """From the Monday of the first to the day after the last of the `count` full weeks before today's week."""
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(weeks=count), monday


def report(
    weeks: Iterable[PersonWeek | GroupWeek],
    frame: Frame,
    told: Callable[[PersonWeek | GroupWeek], dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """The report over the weeks of one scope; weeks outside the frame are left out, weeks without data too. `told` writes one
    week, as `row` does."""
    by_week, write = {week.week: week for week in weeks}, told or row
    return {
        **frame.head(SCHEMA),
        "weeks": [write(by_week[name]) for name in frame.weeks if name in by_week],
    }


def row(week: PersonWeek | GroupWeek) -> dict[str, Any]:
    """One week: counts in whole minutes; ratios are those of the sums, never means of ratios, and null where undefined."""
    if isinstance(week, GroupWeek) and week.hidden:
        return {"week": week.week, "suppressed": True, "reason": week.hidden}
    found = {"week": week.week, "people": week.people if isinstance(week, GroupWeek) else 1, "suppressed": False}
    found |= zip(COUNTS, _COUNTS_OF(week), strict=True)
    found |= _ratios(week)
    return {name: found[name] for name in FIELDS}


def _ratios(week: PersonWeek | GroupWeek) -> dict[str, float | None]:
    free = week.focus_minutes + week.fragmented_minutes
    return {
        "meeting_share": _ratio(week.inside_minutes, week.available_minutes),
        "fragmentation_index": _ratio(week.fragmented_minutes, free),
        "effective_gap_minutes": round(week.square_minutes / free) if free else None,
        "focus_band_share": _ratio(week.focus_band_kept_minutes, week.focus_band_minutes),
        PERSONAL: week.longest_run_minutes if isinstance(week, PersonWeek) else None,
        "long_run_share": _ratio(week.long_run_minutes, week.meeting_minutes),
        "no_agenda_share": _ratio(week.no_agenda_minutes, week.agenda_minutes),
    }


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
