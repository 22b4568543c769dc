"""Windows against each other and against working hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from guardian.errors import Problem
from guardian.model.time import WEEKDAYS, WallWindow
from guardian.policy.compile import wall_window
from guardian.policy.draft import Draft
from guardian.policy.schema import WorkingHours
from guardian.policy.schema_rules import FocusBlockSpec


@dataclass(frozen=True, slots=True)
class Audience:
    """People with the same working hours: a team, or all who are in no team (`team` is None)."""

    team: str | None
    hours: WallWindow | None

    def covered_by(self, rule: FocusBlockSpec) -> bool:
        names = {"everyone", f"team:{self.team}"}
        return not names.isdisjoint(rule.for_) and names.isdisjoint(rule.not_for)


def overlapping_windows(draft: Draft) -> Iterator[Problem]:
    """No two windows of one rule overlap."""
    for at, rule in _focus_rules(draft):
        windows = list(enumerate(wall_window(spec) for spec in rule.windows))
        for (first, one), (second, other) in combinations(windows, 2):
            days = sorted(one.days & other.days)
            if days and one.start < other.end and other.start < one.end:
                named = ", ".join(WEEKDAYS[day] for day in days)
                path = ("rules", at, "windows", second)
                yield draft.tree.problem("G120", path, f"overlaps windows[{first}] on {named}")


def idle_windows(draft: Draft) -> Iterator[Problem]:
    """Somebody works in every window; said only where all working hours are known."""
    audiences = _audiences(draft)
    for at, rule in _focus_rules(draft):
        covered = [a for a in audiences if a.covered_by(rule)]
        if not covered or any(text.startswith(("group:", "person:")) for text in rule.for_):
            continue
        for index, spec in enumerate(rule.windows):
            if not any(_works_in(a.hours, wall_window(spec)) for a in covered):
                path = ("rules", at, "windows", index)
                yield draft.tree.problem("G122", path, "outside the working hours of everyone it is for")


def _works_in(hours: WallWindow | None, window: WallWindow) -> bool:
    if hours is None:
        return True
    return bool(hours.days & window.days) and hours.start < window.end and window.start < hours.end


def too_much_focus(draft: Draft) -> Iterator[Problem]:
    """Focus windows do not sum up to more than the working hours, for nobody, on no date."""
    rules = [(at, rule) for at, rule in _focus_rules(draft) if rule.mode != "off"]
    said: set[int] = set()
    for audience in _audiences(draft):
        for start in sorted({rule.starts_on or "" for _, rule in rules}):
            active = [(at, rule) for at, rule in rules if audience.covered_by(rule) and _active(rule, start)]
            words = _excess(audience, [rule for _, rule in active])
            if words and active[-1][0] not in said:
                said.add(active[-1][0])
                yield draft.tree.problem("G130", ("rules", active[-1][0], "windows"), words)


def _active(rule: FocusBlockSpec, day: str) -> bool:
    """Dates in ISO form compare as text; the empty text lies before all."""
    return (rule.starts_on or "") <= day < (rule.ends_on or date.max.isoformat())


def _excess(audience: Audience, rules: list[FocusBlockSpec]) -> str:
    if audience.hours is None:
        return ""
    working = len(audience.hours.days) * (audience.hours.end - audience.hours.start)
    focus = sum(len(_minutes(rules, day)) for day in range(7))
    if focus <= working:
        return ""
    whose = f" of team '{audience.team}'" if audience.team else ""
    return f"{focus / 60:g} of {working / 60:g} working hours a week{whose} are focus ({focus * 100 // working}%)"


def _minutes(rules: list[FocusBlockSpec], day: int) -> set[int]:
    """The minutes of that weekday inside some window."""
    windows = [wall_window(spec) for rule in rules for spec in rule.windows]
    return {minute for window in windows if day in window.days for minute in range(window.start, window.end)}


def _focus_rules(draft: Draft) -> list[tuple[int, FocusBlockSpec]]:
    pairs = zip(draft.rule_at, draft.spec.rules, strict=True)
    return [(at, rule) for at, rule in pairs if isinstance(rule, FocusBlockSpec)]


def _audiences(draft: Draft) -> list[Audience]:
    default = draft.spec.defaults.working_hours
    found = [Audience(None, _known(default))]
    for name, team in draft.spec.teams.items():
        found.append(Audience(name, _known(team.working_hours or default)))
    return found


def _known(hours: WorkingHours | str | None) -> WallWindow | None:
    return wall_window(hours) if isinstance(hours, WorkingHours) else None
