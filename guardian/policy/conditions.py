"""From a condition as the policy holds it to a check: one class per rule type, each in a file of its own."""

from guardian.policy.case import Check
from guardian.policy.model import (
    AgendaRequired,
    Condition,
    DoubleBooking,
    FocusBlock,
    MaxAttendees,
    MeetingFreeDay,
    MeetingLength,
    NoticePeriod,
)
from guardian.policy.rules.agenda_required import AgendaRequiredCheck
from guardian.policy.rules.double_booking import DoubleBookingCheck
from guardian.policy.rules.focus_block import FocusBlockCheck
from guardian.policy.rules.max_attendees import MaxAttendeesCheck
from guardian.policy.rules.meeting_free_day import MeetingFreeDayCheck
from guardian.policy.rules.meeting_length import MeetingLengthCheck
from guardian.policy.rules.notice_period import NoticePeriodCheck

TIME_BASED = (FocusBlock, MeetingFreeDay, MeetingLength, NoticePeriod, DoubleBooking)
"""Conditions that rest on time alone, and so can be judged of a private meeting."""


def check_for(condition: Condition) -> Check:
    """The condition made ready."""
    match condition:
        case FocusBlock():
            return FocusBlockCheck(condition)
        case MeetingFreeDay():
            return MeetingFreeDayCheck(condition)
        case MeetingLength():
            return MeetingLengthCheck(condition)
        case AgendaRequired():
            return AgendaRequiredCheck(condition)
        case NoticePeriod():
            return NoticePeriodCheck(condition)
        case MaxAttendees():
            return MaxAttendeesCheck(condition)
        case DoubleBooking():
            return DoubleBookingCheck()
