"""What a person's weeks are measured by, as the policy in force says."""

from collections.abc import Iterator
from datetime import date

from guardian.model.actions import Mode
from guardian.model.people import Member
from guardian.policy.guests import domain, internal_domains
from guardian.policy.model import FocusBlock, MeetingFreeDay, PolicySet, Rule
from guardian.policy.moments import ceilings, mode_for
from guardian.policy.scopes import applies
from guardian.reports.gauge import Gauge


def gauge_of(policy: PolicySet, member: Member, organisation: int, today: date | None = None) -> Gauge:
    """The gauge of this member: focus windows and meeting-free days of every rule that covers them in any mode but off,
    and, when a day is given, holds on that day. `organisation` is how many people are enrolled."""
    conditions = [rule.condition for rule in _rules(policy, member) if today is None or _holds(rule, today)]
    days = [condition for condition in conditions if isinstance(condition, MeetingFreeDay)]
    return Gauge(
        email=member.email,
        schedule=member.schedule,
        teams=member.teams,
        band=member.person.band,
        focus_bands=tuple(w for c in conditions if isinstance(c, FocusBlock) for w in c.windows),
        free_weekdays=frozenset[int]().union(*(c.days for c in days)),
        free_day_exceptions=frozenset[date]().union(*(c.except_dates for c in days)),
        internal_domains=internal_domains(policy.defaults.internal_domains, domain(member.email)),
        organisation=organisation,
        free_days_shift=any(c.shift_on_holiday for c in days),
    )


def _rules(policy: PolicySet, member: Member) -> Iterator[Rule]:
    limits = ceilings(policy, member)
    for rule in policy.rules:
        if applies(rule.for_, rule.not_for, member) and mode_for(rule, limits)[0] is not Mode.OFF:
            yield rule


def _holds(rule: Rule, day: date) -> bool:
    return (rule.starts_on is None or rule.starts_on <= day) and (rule.ends_on is None or day < rule.ends_on)
