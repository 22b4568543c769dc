"""A small organisation in memory: policies, people, meetings, and a desk that does what a plan says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from guardian.model.actions import (
    Action,
    Answer,
    BookFocus,
    Decision,
    Flag,
    Mode,
    MoveFocus,
    Outcome,
    Planned,
    RemoveFocus,
    Restore,
    Shorten,
    Unflag,
    Verdict,
)
from guardian.model.events import (
    FOCUS_MARK,
    Attendee,
    EventKind,
    EventRef,
    MeetingKey,
    Occurrence,
    Response,
    StoredOccurrence,
)
from guardian.model.ledger import OutboxRow, Veto
from guardian.model.people import Member, Person, Schedule
from guardian.model.time import Interval, WallWindow
from guardian.planning import limits
from guardian.planning.focus import blocks
from guardian.planning.planner import PlanFacts, plan
from guardian.planning.view import Memory, views
from guardian.policy.decide import decide
from guardian.policy.model import Bypass, Defaults, FocusBlock, Limits, Matcher, Place, PolicySet, Rule, Safety, Team
from guardian.policy.view import PersonFacts

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # a Monday, 08:00 in Madrid
ANA = "ana@acme.example"
BEN = "ben@acme.example"
EVE = "eve@client.example"
WEEKDAYS = frozenset(range(5))
MORNING = WallWindow(WEEKDAYS, 9 * 60, 13 * 60)
AFTERNOON = WallWindow(WEEKDAYS, 15 * 60, 17 * 60)
DAY = WallWindow(WEEKDAYS, 8 * 60, 18 * 60)
PLACE = Place("config/policies.yaml", 7)


def member(email: str = ANA, *, zone: ZoneInfo = MADRID, teams: tuple[str, ...] = (), name: str = "Ana Ruiz") -> Member:
    return Member(Person(email, "google", name), teams, (), Schedule(zone, (DAY,)))


def focus_rule(
    rule_id: str = "focus-time",
    *windows: WallWindow,
    mode: Mode = Mode.ENFORCE,
    book: bool = False,
    action: str = "decline",
) -> Rule:
    condition = FocusBlock(windows or (MORNING,), book)
    return Rule(rule_id, "focus_block", condition, action, PLACE, f"print-{rule_id}", mode=mode)


def policy(
    *rules: Rule, safety: Safety | None = None, bypass: tuple[Bypass, ...] = (), ceiling: Mode = Mode.ENFORCE
) -> PolicySet:
    safety = safety or Safety(hold=timedelta(), max_declines=Limits(100, 100, 100, 100))
    defaults = Defaults(timezone="Europe/Madrid", internal_domains=("acme.example",), mode_ceiling=ceiling)
    teams: tuple[Team, ...] = ()
    return PolicySet("sha256:test", "policies.yaml", defaults, safety, teams, bypass, rules or (focus_rule(),))


URGENT = Bypass("urgent", Matcher(title=("[urgent]",)), PLACE, per_organizer_week=2)


def at(hour: float, day: int = 0) -> datetime:
    """That hour of Madrid's clock, `day` days after the Monday of NOW."""
    midnight = datetime(2026, 11, 23, tzinfo=MADRID) + timedelta(days=day)
    return (midnight + timedelta(hours=hour)).astimezone(UTC)


def span(start: float, end: float, day: int = 0) -> Interval:
    return Interval(at(start, day), at(end, day))


def monday(day: int = 0) -> date:
    return date(2026, 11, 23) + timedelta(days=day)


def invitation(
    name: str = "sync",
    when: Interval | None = None,
    *,
    response: Response | None = Response.NEEDS_ACTION,
    mailbox: str = ANA,
    organizer: str = BEN,
    created: datetime | None = None,
) -> Occurrence:
    """An invitation on the mailbox's copy, tomorrow 10:00 to 11:00 unless said otherwise."""
    return Occurrence(
        ref=EventRef(mailbox, "primary", name),
        meeting=MeetingKey(f"{name}@acme.example"),
        when=when or span(10, 11, 1),
        title=name,
        organizer=organizer,
        organizer_name="Ben Oto",
        attendees=(Attendee(organizer), Attendee(mailbox, response=response or Response.NEEDS_ACTION, is_self=True)),
        guests=1,
        response=response,
        is_organizer=organizer == mailbox,
        created_at=created or NOW - timedelta(hours=1),
    )


def stored(*occurrences: Occurrence) -> list[StoredOccurrence]:
    return [StoredOccurrence(o, NOW - timedelta(hours=1)) for o in occurrences]


def facts(who: Member | None = None, *, killed: bool = False, rules: Iterable[Rule] = ()) -> PersonFacts:
    long_ago = NOW - timedelta(days=90)
    since = {rule.id: long_ago for rule in rules} or {"focus-time": long_ago}
    return PersonFacts(who or member(), since, killed)


def decision(
    occurrence: Occurrence,
    outcome: Outcome = Outcome.DECLINE,
    *,
    rule: str | None = "focus-time",
    mode: Mode | None = Mode.ENFORCE,
    flagged_by: tuple[str, ...] = (),
    new_when: Interval | None = None,
) -> Decision:
    if outcome is Outcome.NONE:
        rule, mode = None, None
    return Decision(
        occurrence.ref.mailbox,
        occurrence,
        outcome,
        rule,
        mode,
        "overlaps 09:00-13:00",
        "sha256:test",
        flagged_by=flagged_by,
        new_when=new_when,
    )


def row(
    action: Action,
    state: str = "done",
    *,
    before: Occurrence | None = None,
    after: Occurrence | None = None,
    at_time: datetime = NOW,
) -> OutboxRow:
    return OutboxRow(action, state, "run", None, at_time, before=before, after=after, settled_at=at_time)


@dataclass
class Desk:
    """One person's calendar and ledger. `work` is one pass; what it writes is in `written`."""

    rules: PolicySet
    person: PersonFacts
    events: dict[str, Occurrence] = field(default_factory=dict)
    rows: dict[str, OutboxRow] = field(default_factory=dict)
    vetoes: tuple[Veto, ...] = ()
    tripped: str | None = None

    @property
    def memory(self) -> Memory:
        return Memory(tuple(self.rows.values()), self.vetoes)

    def put(self, *occurrences: Occurrence) -> None:
        self.events |= {o.ref.event_id: o for o in occurrences}

    def edit(self, event: str, **changes: Any) -> None:
        self.events[event] = replace(self.events[event], **changes)

    def decisions(self, now: datetime) -> list[Decision]:
        seen = views(self.person, stored(*self.events.values()), {}, self.memory, now)
        return [decide(self.rules, view, now) for view in seen]

    def wanted(self, now: datetime, written: Mapping[str, int] | None = None) -> list[Planned]:
        made = self.decisions(now)
        people = {self.person.member.email: PlanFacts(self.person, self.memory)}
        acts = plan(made, people, now, comment=lambda d: f"no, says {d.rule}")
        limited, self.tripped = limits.apply(
            self.rules,
            acts,
            now=now,
            written_today=written or {},
            invitations=limits.invitations(made),
            memories={self.person.member.email: self.memory},
        )
        return [*limited, *blocks(self.rules, self.person, stored(*self.events.values()), self.memory, made, now)]

    def work(self, now: datetime = NOW) -> list[Action]:
        """Plan and do; the acts that were done."""
        done = []
        for item in self.wanted(now):
            if item.verdict is Verdict.HOLD:
                self._hold(item, now)
            elif item.verdict is Verdict.GO:
                self._do(item.action, now)
                done.append(item.action)
        return done

    def _hold(self, item: Planned, now: datetime) -> None:
        known = self.rows.get(item.action.key)
        held = OutboxRow(item.action, "held", "run", None, known.created_at if known else now)
        self.rows[item.action.key] = replace(held, not_before=item.hold_until, held_by=item.held_by, reason=item.reason)

    def _do(self, action: Action, now: datetime) -> None:
        before = self.events.get(action.ref.event_id) if action.ref else None
        after = carried_out(action, before)
        if after is None and before is not None:
            del self.events[before.ref.event_id]
        elif after is not None:
            self.put(after)
        self.rows[action.key] = row(action, before=before, after=after, at_time=now)


def carried_out(action: Action, before: Occurrence | None) -> Occurrence | None:
    """What the calendar shows after the act."""
    effect = action.effect
    if isinstance(effect, BookFocus):
        return focus_event(action, effect)
    assert before is not None
    match effect:
        case Answer(response=response, comment=comment) | Restore(response=response, comment=comment):
            return replace(before, response=response, comment=comment)
        case Flag(label=label):
            return replace(before, labels=(*before.labels, f"Guardian: {label}"))
        case Unflag(labels=labels):
            return replace(before, labels=labels)
        case Shorten(when=when) | MoveFocus(block=when):
            return replace(before, when=when)
        case RemoveFocus():
            return None


def focus_event(action: Action, effect: BookFocus) -> Occurrence:
    name = f"focus-{action.key[:20]}"
    return Occurrence(
        ref=EventRef(action.mailbox, "primary", name),
        meeting=MeetingKey(name),
        when=effect.block,
        title=effect.title,
        kind=EventKind.FOCUS,
        zone=effect.zone,
        guardian_key=FOCUS_MARK + action.key,
    )


def verbs(acts: Sequence[Action]) -> list[str]:
    return [action.verb for action in acts]
