"""Time the policy protects for one person: focus windows and meeting-free days, day by day."""

from collections.abc import Iterable, Iterator
from datetime import date

from guardian.model.actions import Mode
from guardian.model.holidays import is_holiday
from guardian.model.people import Member
from guardian.model.time import Interval, day_interval, union, window_on
from guardian.policy.model import FocusBlock, MeetingFreeDay, PolicySet, Rule
from guardian.policy.moments import ceilings, lower, mode_for
from guardian.policy.rules.meeting_free_day import shifted
from guardian.policy.scopes import applies
from guardian.policy.view import PersonFacts


def effective_mode(policy: PolicySet, rule: Rule, person: PersonFacts) -> Mode:
    """The rule's own mode under every ceiling that covers the person and the kill switch: the lowest wins."""
    mode, _ = mode_for(rule, ceilings(policy, person.member))
    return lower(mode, Mode.OBSERVE) if person.killed else mode


def rules_shown(policy: PolicySet, person: PersonFacts) -> list[Rule]:
    """The rules that cover the person and may at least flag, in the order of the file."""
    covering = (r for r in policy.rules if applies(r.for_, r.not_for, person.member))
    return [r for r in covering if effective_mode(policy, r, person).rank >= Mode.FLAG.rank]


def active_on(rule: Rule, day: date) -> bool:
    """`starts_on <= day < ends_on`, open where not given."""
    return (rule.starts_on is None or rule.starts_on <= day) and (rule.ends_on is None or day < rule.ends_on)


def works_on(member: Member, day: date) -> bool:
    """A weekday with working hours that is no public holiday."""
    weekday = any(day.weekday() in window.days for window in member.schedule.hours)
    return weekday and not is_holiday(member.schedule.holidays, day)


def hours_on(member: Member, day: date) -> list[Interval]:
    """The person's working hours on that local day; none on a public holiday."""
    if not works_on(member, day):
        return []
    return union(w for window in member.schedule.hours if (w := window_on(window, day, member.zone)))


def windows_on(rule: Rule, member: Member, day: date) -> list[Interval]:
    """The focus windows of this rule on that local day of the person."""
    if not isinstance(rule.condition, FocusBlock) or not active_on(rule, day):
        return []
    return [w for window in rule.condition.windows if (w := window_on(window, day, member.zone))]


def closed(policy: PolicySet, person: PersonFacts, days: Iterable[date]) -> list[Interval]:
    """Where no meeting should be proposed on these local days: focus windows and meeting-free days of rules that may at
    least flag."""
    rules = rules_shown(policy, person)
    return union(part for day in days for rule in rules for part in _closed_by(rule, person.member, day))


def _closed_by(rule: Rule, member: Member, day: date) -> Iterator[Interval]:
    yield from windows_on(rule, member, day)
    if isinstance(rule.condition, MeetingFreeDay) and active_on(rule, day) and _free(rule.condition, day, member):
        yield day_interval(day, member.zone)


def _free(condition: MeetingFreeDay, day: date, member: Member) -> bool:
    listed = day in shifted(condition, day, member) if condition.shift_on_holiday else day.weekday() in condition.days
    return listed and day not in condition.except_dates
