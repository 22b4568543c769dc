"""`notice_period`: too little time between the invitation (or its last move) and the start."""

from datetime import timedelta

from guardian.policy.case import Case, Found
from guardian.policy.model import NoticePeriod
from guardian.policy.wording import length_text


class NoticePeriodCheck:
    __slots__ = ("_condition",)

    def __init__(self, condition: NoticePeriod) -> None:
        self._condition = condition

    def match(self, case: Case) -> Found | None:
        given = _notice(case)
        if given >= self._condition.at_least:
            return None
        what = "moved" if case.stored.rescheduled_at else "invited"
        when = f"{length_text(given)} before the start" if given > timedelta() else "after the start"
        return Found(f"{what} {when}, at least {length_text(self._condition.at_least)} asked")

    def why_not(self, case: Case) -> str:
        return f"known {length_text(_notice(case))} ahead"


def _notice(case: Case) -> timedelta:
    stored = case.stored
    return case.start - max(stored.created_at, stored.rescheduled_at or stored.created_at)
