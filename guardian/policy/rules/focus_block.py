"""`focus_block`: the meeting overlaps a protected window of that local day. Touching ends do not overlap."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from guardian.model.time import window_on
from guardian.policy.case import Case, Found
from guardian.policy.model import FocusBlock
from guardian.policy.wording import day_text, either

_REMEMBERED_DAYS = 4096


class _Day:
    """The windows of one local day: UTC start and end, and the window as written."""

    __slots__ = ("text", "windows")

    def __init__(self, condition: FocusBlock, day: date, zone: ZoneInfo) -> None:
        spans = ((w, window_on(w, day, zone)) for w in condition.windows)
        found = sorted((s.start, s.end, str(w)) for w, s in spans if s is not None)
        self.windows: tuple[tuple[datetime, datetime, str], ...] = tuple(found)
        written = either([text for _, _, text in found])
        self.text = (
            f"no overlap with {written} {zone.key} on {day_text(day)}" if found else f"no focus time on {day_text(day)}"
        )


class FocusBlockCheck:
    """Remembers the windows of each day and zone in UTC; shared by everybody the rule is for."""

    __slots__ = ("_condition", "_days")

    def __init__(self, condition: FocusBlock) -> None:
        self._condition = condition
        self._days: dict[tuple[ZoneInfo, date], _Day] = {}

    def match(self, case: Case) -> Found | None:
        start, end, zone = case.start, case.end, case.zone
        for day in case.days:
            known = self._days.get((zone, day)) or self._learn(zone, day)
            for opens, closes, text in known.windows:
                if start < closes and opens < end and start < end:
                    return Found(f"overlaps {text} {zone.key} on {day_text(day)}", window=text)
        return None

    def why_not(self, case: Case) -> str:
        texts = [(self._days.get((case.zone, d)) or self._learn(case.zone, d)).text for d in case.days]
        return texts[0] if len(texts) == 1 else "; ".join(texts)

    def _learn(self, zone: ZoneInfo, day: date) -> _Day:
        if len(self._days) >= _REMEMBERED_DAYS:
            self._days.clear()
        self._days[zone, day] = known = _Day(self._condition, day, zone)
        return known
