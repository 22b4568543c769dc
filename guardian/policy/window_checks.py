"""Windows against each other and against working hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import combinations
from operator import or_

from guardian.errors import Problem
from guardian.model.time import DAY_MINUTES, WEEKDAYS, WallWindow
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
        hours = {audience.hours for audience in audiences if audience.covered_by(rule)}
        if not hours or any(text.startswith(("group:", "person:")) for text in rule.for_):
            continue
        for index, window in enumerate(wall_window(spec) for spec in rule.windows):
            if not any(_works_in(each, window) for each in hours):
                path = ("rules", at, "windows", index)
                yield draft.tree.problem("G122", path, "outside the working hours of everyone it is for")


def _works_in(hours: WallWindow | None, window: WallWindow) -> bool:
    if hours is None:
        return True
    return bool(hours.days & window.days) and hours.start < window.end and window.start < hours.end


def too_much_focus(draft: Draft) -> Iterator[Problem]:
    """Focus windows do not sum up to more than the working hours, for nobody, on no date."""
    spans = [_span(at, rule) for at, rule in _focus_rules(draft) if rule.mode != "off"]
    looked_at: set[tuple[WallWindow | None, tuple[int, ...]]] = set()
    for audience in _audiences(draft):
        covering = [span for span in spans if audience.covered_by(span.rule)]
        key = (audience.hours, tuple(span.at for span in covering))
        if key not in looked_at:
            looked_at.add(key)
            yield from _excess(draft, audience, covering)


@dataclass(frozen=True, slots=True)
class _Span:
    """A focus rule: its dates as ISO text (the empty text lies before all), its minutes of the week as bits."""

    at: int
    rule: FocusBlockSpec
    start: str
    end: str
    minutes: int


def _span(at: int, rule: FocusBlockSpec) -> _Span:
    bits = 0
    for window in (wall_window(spec) for spec in rule.windows):
        for day in window.days:
            bits |= ((1 << (window.end - window.start)) - 1) << (day * DAY_MINUTES + window.start)
    return _Span(at, rule, rule.starts_on or "", rule.ends_on or date.max.isoformat(), bits)


def _excess(draft: Draft, audience: Audience, spans: list[_Span]) -> Iterator[Problem]:
    """At most one problem for an audience: the first date on which there is too much."""
    if audience.hours is None:
        return
    working = len(audience.hours.days) * (audience.hours.end - audience.hours.start)
    if _union(spans) <= working:
        return
    for start in sorted({span.start for span in spans}):
        active = [span for span in spans if span.start <= start < span.end]
        focus = _union(active)
        if focus > working:
            whose = f" of team '{audience.team}'" if audience.team else ""
            words = (
                f"{focus / 60:g} of {working / 60:g} working hours a week{whose} are focus ({focus * 100 // working}%)"
            )
            yield draft.tree.problem("G130", ("rules", active[-1].at, "windows"), words)
            return


def _union(spans: list[_Span]) -> int:
    """Minutes of the week inside some window."""
    return reduce(or_, (span.minutes for span in spans), 0).bit_count()


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
