"""`meeting_length`: 25 and 50 minutes instead of 30 and 60.

Holds for lengths that are a multiple of 15 minutes and at least `leave_under`, where the shorter length would not be
trimmed again: so trimming a trimmed meeting never does anything, whatever the policy's numbers.
"""

from datetime import timedelta

from guardian.model.time import Interval
from guardian.policy.case import Case, Found
from guardian.policy.guests import somebody_outside
from guardian.policy.model import MeetingLength
from guardian.policy.wording import length_text

GRID = timedelta(minutes=15)
HOUR = timedelta(hours=1)
NOTHING = timedelta()
_REMEMBERED_LENGTHS = 1000


def trimmed(condition: MeetingLength, length: timedelta) -> timedelta | None:
    """The shorter length, None where the meeting stays as it is."""
    if not _trimmable(condition, length):
        return None
    shorter = length - (condition.long if length >= HOUR else condition.short)
    stays = NOTHING < shorter < length and not _trimmable(condition, shorter)
    return shorter if stays else None


def _trimmable(condition: MeetingLength, length: timedelta) -> bool:
    return length > NOTHING and length >= condition.leave_under and not length % GRID


class MeetingLengthCheck:
    __slots__ = ("_condition", "_known")

    def __init__(self, condition: MeetingLength) -> None:
        self._condition = condition
        self._known: dict[timedelta, timedelta | None] = {}

    def match(self, case: Case) -> Found | None:
        length = case.end - case.start
        shorter = self._shorter(length)
        if shorter is None or case.view.series_kept:
            return None
        reason = f"{length_text(length)} would be {length_text(shorter)}"
        if not case.occurrence.is_organizer:
            return Found(reason, action=self._condition.others)
        action = self._condition.mine
        hindrance = self._hindrance(case) if action == "shorten" else ""
        return Found(reason, action=action, new_when=self._new(case.interval, shorter), only_flag=hindrance)

    def why_not(self, case: Case) -> str:
        length = case.end - case.start
        if self._shorter(length) is None:
            return f"{length_text(length)} stays as it is"
        return "somebody set the length of this series back; it stays"

    def _shorter(self, length: timedelta) -> timedelta | None:
        if length in self._known:
            return self._known[length]
        shorter = trimmed(self._condition, length)
        if len(self._known) < _REMEMBERED_LENGTHS:
            self._known[length] = shorter
        return shorter

    def _new(self, old: Interval, length: timedelta) -> Interval:
        if self._condition.edge == "start":
            return Interval(old.end - length, old.end)
        return Interval(old.start, old.start + length)

    def _hindrance(self, case: Case) -> str:
        """Why the meeting may be suggested about, but not changed."""
        meeting = case.occurrence
        if meeting.locked:
            return "the calendar does not let us change it"
        if any(a.resource for a in meeting.attendees):
            return "a room is booked"
        outside = somebody_outside(meeting, case.internal)
        if outside is not False:
            return "somebody from outside is invited" if outside else "the guest list is hidden"
        return ""
