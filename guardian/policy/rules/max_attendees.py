"""`max_attendees`: more people than that. Rooms do not count; a list that nobody has expanded, or a hidden guest list, cannot be told
unless too many people are in sight already."""

from guardian.policy.case import Case, Found
from guardian.policy.model import MaxAttendees


class MaxAttendeesCheck:
    __slots__ = ("_condition",)

    def __init__(self, condition: MaxAttendees) -> None:
        self._condition = condition

    def match(self, case: Case) -> Found | None:
        seen, exact = case.headcount
        most = self._condition.max
        if seen > most:
            return Found(f"{seen if exact else f'at least {seen}'} people, at most {most} asked")
        if not exact:
            return Found(f"at least {seen} people, more may be hidden; at most {most} asked", certain=False)
        return None

    def why_not(self, case: Case) -> str:
        return f"{case.headcount[0]} people, at most {self._condition.max} asked"
