"""When a mail is due: on the set day and hour of the reader's own clock, on the next working day where that one is a holiday."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from guardian.model.holidays import is_holiday
from guardian.model.people import Schedule
from guardian.model.time import Week, local_date, wall_instant

LONGEST_SHIFT = 14
"""Days that are looked at for a working day; after so many holidays the mail is left out."""

GRACE = timedelta(days=1)
"""A mail that holidays pushed out of its week may still be sent for so long."""


@dataclass(frozen=True, slots=True)
class Turn:
    """`weekday` 0 is Monday; from `hour` on."""

    weekday: int
    hour: int

    def moment(self, week: Week, schedule: Schedule) -> datetime | None:
        """From when on the mail about this week is due; None where no working day comes in time."""
        first = week.next().monday + timedelta(days=self.weekday)
        day = next((day for day in _days_from(first) if is_working_day(schedule, day)), None)
        return None if day is None else wall_instant(day, self.hour * 60, schedule.zone)

    def due(self, schedule: Schedule, now: datetime) -> Week | None:
        """The week whose mail is due now: the one that just ended, from its moment on until the next week is over. Weeks that
        were missed are left out."""
        last = Week.of(local_date(now, schedule.zone)).previous()
        return next((week for week in (last, last.previous()) if self._holds(week, schedule, now)), None)

    def _holds(self, week: Week, schedule: Schedule, now: datetime) -> bool:
        moment = self.moment(week, schedule)
        return moment is not None and moment <= now < max(week.next().interval(schedule.zone).end, moment + GRACE)


def is_working_day(schedule: Schedule, day: date) -> bool:
    return any(day.weekday() in window.days for window in schedule.hours) and not is_holiday(schedule.holidays, day)


def _days_from(first: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range(LONGEST_SHIFT))
