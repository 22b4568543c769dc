"""The load report: how much of a person's week is meetings, and what is left for focus."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonWeek:
    """One person's ISO week in whole minutes; the fields are those of the public report (`docs/methods.md`).

    `square_minutes` is the sum of squared gap lengths (minutes squared), from which the effective gap is made.
    """

    person: str
    week: str
    zone: str
    meetings: int
    available_minutes: int
    meeting_minutes: int
    confirmed_meeting_minutes: int
    invited_meeting_minutes: int
    inside_minutes: int
    after_hours_minutes: int
    focus_minutes: int
    focus_60_minutes: int
    fragmented_minutes: int
    blocked_minutes: int
    square_minutes: int
    back_to_back: int
    double_booked_minutes: int
