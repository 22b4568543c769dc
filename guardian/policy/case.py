"""One meeting on one person's calendar, as matchers and rules look at it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from guardian.model.events import Occurrence, StoredOccurrence
from guardian.model.people import Member
from guardian.model.time import Interval, days_between, local_date
from guardian.policy.guests import domain, headcount, internal_domains
from guardian.policy.model import PolicySet
from guardian.policy.view import View

Truth = bool | None
"""Yes, no, or cannot tell (None): something the answer rests on is hidden."""

_INSTANT = timedelta(microseconds=1)


class Case:
    """What is judged. `start`, `end` are UTC; `days` are the local days it touches, `day` the one it starts on."""

    __slots__ = (
        "_headcount",
        "day",
        "days",
        "end",
        "interval",
        "member",
        "now",
        "occurrence",
        "policy",
        "start",
        "stored",
        "view",
        "zone",
    )

    def __init__(self, policy: PolicySet, view: View, interval: Interval, now: datetime) -> None:
        self.policy = policy
        self.view = view
        self.stored: StoredOccurrence = view.stored
        self.occurrence: Occurrence = view.stored.occurrence
        self.interval = interval
        self.now = now
        self.start, self.end = interval.start, interval.end
        self.member: Member = view.person.member
        self.zone = self.member.schedule.zone
        self.day = local_date(self.start, self.zone)
        self.days: tuple[date, ...] = self._days()
        self._headcount: tuple[int, bool] | None = None

    @property
    def internal(self) -> tuple[str, ...]:
        """The domains of people who count as inside."""
        return internal_domains(self.policy.defaults.internal_domains, domain(self.member.person.email))

    def _days(self) -> tuple[date, ...]:
        last = local_date(self.end - _INSTANT, self.zone)
        return (self.day,) if last <= self.day else tuple(days_between(self.day, last))

    @property
    def headcount(self) -> tuple[int, bool]:
        """How many people at least, and whether that is all of them (`guests.headcount`)."""
        if self._headcount is None:
            self._headcount = headcount(self.occurrence)
        return self._headcount


@dataclass(frozen=True, slots=True)
class Found:
    """A rule's condition holds (`certain`), or may hold as far as can be seen.

    `action` replaces the rule's own where the type decides it. `only_flag`, when not empty, says why the rule may
    do no more than flag here.
    """

    reason: str
    certain: bool = True
    window: str = ""
    new_when: Interval | None = None
    action: str | None = None
    only_flag: str = ""


class Check(Protocol):
    """The condition of one rule, made ready."""

    def match(self, case: Case) -> Found | None:
        """None when the condition does not hold."""
        ...

    def why_not(self, case: Case) -> str:
        """Why it does not hold, with the actual numbers; asked only after `match` said None."""
        ...


Predicate = Callable[[Case], Truth]


def negated(truth: Truth) -> Truth:
    return None if truth is None else not truth


def all_of(predicates: tuple[Predicate, ...], case: Case) -> Truth:
    """Kleene's AND: one no is enough for no, otherwise one doubt leaves doubt."""
    result: Truth = True
    for predicate in predicates:
        truth = predicate(case)
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def any_of(predicates: tuple[Predicate, ...], case: Case) -> Truth:
    """Kleene's OR: one yes is enough for yes, otherwise one doubt leaves doubt."""
    result: Truth = False
    for predicate in predicates:
        truth = predicate(case)
        if truth is True:
            return True
        if truth is None:
            result = None
    return result
