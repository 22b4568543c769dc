"""The policy as the program uses it: resolved, checked, immutable. The loader makes it, `decide` reads it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from guardian.model.actions import Mode, Outcome
from guardian.model.people import HolidayCalendar
from guardian.model.time import WallWindow


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the policy file; lines count from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class ScopeKind(StrEnum):
    """From wide to narrow; the order of the members is the order of precedence."""

    EVERYONE = "everyone"
    TEAM = "team"
    GROUP = "group"
    PERSON = "person"

    @property
    def narrowness(self) -> int:
        return list(ScopeKind).index(self)


@dataclass(frozen=True, slots=True)
class Scope:
    """`everyone`, `team:NAME`, `group:ADDRESS` or `person:ADDRESS`; `name` is empty for everyone."""

    kind: ScopeKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)


EVERYONE = (Scope(ScopeKind.EVERYONE),)


@dataclass(frozen=True, slots=True)
class Matcher:
    """All given conditions must hold (ANDed); the values of one condition are alternatives (ORed).

    None means: not asked. Field by field as in the policy language: `organizer` holds addresses and `group:`/`team:`
    scopes as written, `title` patterns as written, `length` and `attendees` are (min, max) bounds, both included.
    """

    organizer: tuple[str, ...] | None = None
    external: bool | None = None
    external_domains: tuple[str, ...] | None = None
    title: tuple[str, ...] | None = None
    label: tuple[str, ...] | None = None
    attendees: tuple[int | None, int | None] | None = None
    one_on_one: bool | None = None
    recurring: bool | None = None
    response: tuple[str, ...] | None = None
    my_role: tuple[str, ...] | None = None
    event_type: tuple[str, ...] | None = None
    visibility: tuple[str, ...] | None = None
    conference: bool | None = None
    created_before: date | None = None
    length: tuple[timedelta | None, timedelta | None] | None = None
    any: tuple["Matcher", ...] | None = None
    all: tuple["Matcher", ...] | None = None


@dataclass(frozen=True, slots=True)
class FocusBlock:
    windows: tuple[WallWindow, ...]
    book: bool = False


@dataclass(frozen=True, slots=True)
class MeetingFreeDay:
    days: frozenset[int]
    except_dates: frozenset[date] = frozenset()
    shift_on_holiday: bool = False


@dataclass(frozen=True, slots=True)
class MeetingLength:
    """`mine` is `shorten` or `notify_person`; `others` is `notify_organizer` or `flag`."""

    short: timedelta = timedelta(minutes=5)
    long: timedelta = timedelta(minutes=10)
    edge: str = "end"
    leave_under: timedelta = timedelta(minutes=20)
    mine: str = "shorten"
    others: str = "flag"


@dataclass(frozen=True, slots=True)
class AgendaRequired:
    due_before: timedelta = timedelta(hours=24)
    min_words: int = 8


@dataclass(frozen=True, slots=True)
class NoticePeriod:
    at_least: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class MaxAttendees:
    max: int = 8


@dataclass(frozen=True, slots=True)
class DoubleBooking:
    loser: str = "later_created"


Condition = FocusBlock | MeetingFreeDay | MeetingLength | AgendaRequired | NoticePeriod | MaxAttendees | DoubleBooking


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `action` is what the policy wrote (or the type's default): decline, tentative, flag, notify_person,
    notify_organizer, notify_owner or shorten. `fingerprint` changes with id, condition (type, windows, days, thresholds,
    when, unless) and whether the action answers or shortens, and with nothing else: it is what "existing meetings" are
    counted from."""

    id: str
    type: str
    condition: Condition
    action: str
    place: Place
    fingerprint: str
    for_: tuple[Scope, ...] = EVERYONE
    not_for: tuple[Scope, ...] = ()
    when: Matcher | None = None
    unless: Matcher | None = None
    mode: Mode = Mode.OBSERVE
    message: str | None = None
    alternatives: int = 0
    bypass: tuple[str, ...] | None = None
    series: bool = False
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Bypass:
    """Meetings always let through. `per_organizer_week` bounds the entry; `notify` lists who is told (`team_owner`)."""

    id: str
    when: Matcher
    place: Place
    for_: tuple[Scope, ...] = EVERYONE
    per_organizer_week: int | None = None
    notify: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """`safety.max_declines`: declines and tentatives written, and series shortened (no part of `percent_of_run`)."""

    per_person_day: int = 5
    per_run: int = 50
    per_day: int = 200
    percent_of_run: int = 25


@dataclass(frozen=True, slots=True)
class Safety:
    hold: timedelta = timedelta(minutes=10)
    freeze_before: timedelta = timedelta(hours=2)
    existing_meetings: Mode = Mode.FLAG
    private_meetings: Mode = Mode.FLAG
    max_declines: Limits = field(default_factory=Limits)
    on_trip: Mode = Mode.FLAG


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours as written in the policy: one window for all listed days, or `mailbox` (from_mailbox)."""

    window: WallWindow | None = None
    from_mailbox: bool = False


@dataclass(frozen=True, slots=True)
class Team:
    name: str
    place: Place
    members: tuple[str, ...]
    owners: tuple[str, ...] = ()
    timezone: str | None = None
    hours: Hours | None = None
    holidays: HolidayCalendar | None = None
    mode_ceiling: Mode = Mode.ENFORCE


@dataclass(frozen=True, slots=True)
class Defaults:
    timezone: str | None = None
    hours: Hours = field(default_factory=Hours)
    holidays: HolidayCalendar | None = None
    internal_domains: tuple[str, ...] = ()
    mode_ceiling: Mode = Mode.FLAG
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class PolicySet:
    """One applied or candidate policy. `version` is `sha256:` and the digest of the resolved content; comments and
    layout do not change it."""

    version: str
    file: str
    defaults: Defaults
    safety: Safety
    teams: tuple[Team, ...]
    bypass: tuple[Bypass, ...]
    rules: tuple[Rule, ...]
    messages: tuple[tuple[str, str], ...] = ()

    def rule(self, rule_id: str) -> Rule | None:
        return next((r for r in self.rules if r.id == rule_id), None)

    def message(self, name: str) -> str | None:
        return dict(self.messages).get(name)


STRONGEST_FIRST = (
    Outcome.DECLINE,
    Outcome.TENTATIVE,
    Outcome.SHORTEN,
    Outcome.NOTIFY,
    Outcome.FLAG,
    Outcome.OBSERVE,
    Outcome.NONE,
)
