"""`meeting_free_day`: a local day of the meeting is a free day.

`shift_on_holiday`: a public holiday on a working day counts as one of that week's free days, and one listed day becomes
an ordinary day in return. A holiday on a listed day is that free day itself; every other one takes the place of the earliest
listed day of the week that is still free. Exceptions are taken away last.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from guardian.model.holidays import is_holiday
from guardian.model.people import Member
from guardian.policy.case import Case, Found
from guardian.policy.model import MeetingFreeDay
from guardian.policy.wording import DAYS, WEEKDAY_NAMES, day_text, either


class MeetingFreeDayCheck:
    __slots__ = ("_condition", "_listed")

    def __init__(self, condition: MeetingFreeDay) -> None:
        self._condition = condition
        self._listed = either([WEEKDAY_NAMES[d] for d in sorted(condition.days)])

    def match(self, case: Case) -> Found | None:
        if case.start == case.end:
            return None
        for day in case.days:
            if self._free(day, case.member):
                name = WEEKDAY_NAMES[day.weekday()]
                return Found(f"{day_text(day)} is a meeting-free day", window=name)
        return None

    def why_not(self, case: Case) -> str:
        if case.start == case.end:
            return "it takes no time"
        if any(d in self._condition.except_dates for d in case.days):
            return f"{day_text(case.day)} is an exception"
        if any(d.weekday() in self._condition.days for d in case.days):
            return f"a public holiday is this week's free day instead of {self._listed}"
        return f"{DAYS[case.day.weekday()]} is no meeting-free day (those are {self._listed})"

    def _free(self, day: date, member: Member) -> bool:
        condition = self._condition
        if not condition.shift_on_holiday:
            return day.weekday() in condition.days and day not in condition.except_dates
        return day in shifted(condition, day, member) and day not in condition.except_dates


def shifted(condition: MeetingFreeDay, day: date, member: Member) -> frozenset[date]:
    """The free days of that ISO week after public holidays took the place of listed days."""
    monday = day - timedelta(days=day.weekday())
    listed = [monday + timedelta(days=d) for d in sorted(condition.days)]
    holidays = list(_working_holidays(monday, member))
    elsewhere = [h for h in holidays if h not in listed]
    movable = [d for d in listed if d not in holidays]
    return frozenset(holidays + movable[len(elsewhere) :])


def _working_holidays(monday: date, member: Member) -> Iterator[date]:
    working = frozenset[int]().union(*(w.days for w in member.schedule.hours))
    for weekday in sorted(working):
        day = monday + timedelta(days=weekday)
        if is_holiday(member.schedule.holidays, day):
            yield day
