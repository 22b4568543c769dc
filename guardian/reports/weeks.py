"""The roll-ups every report is read from: one person's week, and the week of a team or of everybody.

Both hold whole numbers only, so that sums are exact and ratios are made last. The fields are those of the public report;
`docs/methods.md` says how each is computed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from guardian.model.time import Week

SETTLING = timedelta(hours=48)
"""How long after its end a week stays open: answers and corrections come late."""


def closes_at(week: Week, zone: ZoneInfo) -> datetime:
    """From when on the numbers of that week are final."""
    return week.interval(zone).end + SETTLING


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is counted in a week, in whole minutes where the name says so. Every field can be summed over people.

    `square_minutes` is the sum of squared gap lengths (minutes squared), from which the effective gap is made. The four
    parts of `after_hours_minutes` are `evening`, `weekend`, `holiday` and `away`. `saved_*` is filled for closed weeks in
    which the guardian acted, `would_save_minutes` for what only observed rules would have saved.
    """

    meetings: int = 0
    contract_minutes: int = 0
    available_minutes: int = 0
    meeting_minutes: int = 0
    confirmed_meeting_minutes: int = 0
    invited_meeting_minutes: int = 0
    inside_minutes: int = 0
    after_hours_minutes: int = 0
    evening_minutes: int = 0
    weekend_minutes: int = 0
    holiday_minutes: int = 0
    away_minutes: int = 0
    focus_minutes: int = 0
    focus_60_minutes: int = 0
    fragmented_minutes: int = 0
    blocked_minutes: int = 0
    square_minutes: int = 0
    packing_loss_minutes: int = 0
    focus_band_minutes: int = 0
    focus_band_kept_minutes: int = 0
    free_days: int = 0
    free_days_kept: int = 0
    gaps_after_meetings: int = 0
    resume_10_minutes: int = 0
    resume_minutes: int = 0
    resume_23_minutes: int = 0
    back_to_back: int = 0
    long_run_minutes: int = 0
    double_booked_minutes: int = 0
    overbooked_minutes: int = 0
    placeholders: int = 0
    recurring_minutes: int = 0
    late_notice_minutes: int = 0
    one_on_one_minutes: int = 0
    small_minutes: int = 0
    large_minutes: int = 0
    all_hands_minutes: int = 0
    unknown_size_minutes: int = 0
    external_minutes: int = 0
    agenda_minutes: int = 0
    no_agenda_minutes: int = 0
    load_made_minutes: int = 0
    invitations: int = 0
    accepted: int = 0
    saved_upper_minutes: int = 0
    saved_lower_minutes: int = 0
    saved_focus_minutes: int = 0
    would_save_minutes: int = 0


COUNTS: tuple[str, ...] = tuple(f.name for f in fields(Counts))
"""The names of everything that is counted, in the order in which it is stored and told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWeek(Counts):
    """One person's ISO week (`2026-W47`), counted in the person's zone.

    `teams` and `band` are those the person had when the week was measured. `longest_run_minutes` is the longest unbroken
    run of meetings, which cannot be summed.
    """

    person: str
    week: str
    zone: str
    teams: tuple[str, ...] = ()
    band: str | None = None
    longest_run_minutes: int = 0


@dataclass(frozen=True, slots=True)
class WeekColumns:
    """Everybody's numbers of one week side by side, for sums over many people: entry n of each column is person n's.

    `counts` are the columns of `COUNTS`, in that order.
    """

    week: str
    people: Sequence[str]
    teams: Sequence[tuple[str, ...]]
    bands: Sequence[str | None]
    counts: Sequence[Sequence[int]]

    @classmethod
    def from_rows(cls, week: str, rows: Sequence[PersonWeek]) -> "WeekColumns":
        """The rows are those of that week, one for each person."""
        return cls(
            week,
            [row.person for row in rows],
            [row.teams for row in rows],
            [row.band for row in rows],
            [list(map(attrgetter(name), rows)) for name in COUNTS],
        )

    def column(self, name: str) -> Sequence[int]:
        return self.counts[COUNTS.index(name)]

    def of(self, some: Sequence[int]) -> "WeekColumns":
        """Only the entries at these places."""

        def taken(column: Sequence[Any]) -> list[Any]:
            return list(map(column.__getitem__, some))

        return WeekColumns(
            self.week,
            taken(self.people),
            taken(self.teams),
            taken(self.bands),
            [taken(column) for column in self.counts],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupWeek(Counts):
    """The sums of one group's ISO week; `scope` is `org` or `team:NAME`.

    `people` have data in that week; `moved` of them were not in the group the week before, or were and no longer are.
    `hidden` says why nothing of it may be shown, empty where it may. `band_people` and `band_minutes` (meeting
    minutes) are by cost band, for the money. `spread` holds lower quartile, median and upper quartile over people by
    name of a metric, where the group is large enough to tell.
    """

    scope: str
    week: str
    people: int
    moved: int = 0
    hidden: str = ""
    band_people: Mapping[str, int] = field(default_factory=dict)
    band_minutes: Mapping[str, int] = field(default_factory=dict)
    spread: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
