"""Gathering what a letter is made of: the week's numbers, the calendar, what the ledger says, what could not be read."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from guardian.engine.gauge import gauge_of
from guardian.engine.house import Engine, enrolled
from guardian.engine.policies import in_force_now
from guardian.engine.world import members_of
from guardian.model.events import StoredOccurrence
from guardian.model.health import CalendarState
from guardian.model.ledger import DecisionRow, OutboxRow
from guardian.model.mail import Addressee, MailKind
from guardian.model.people import Member, Person, Schedule
from guardian.model.time import Interval, Week
from guardian.policy.guests import domain
from guardian.policy.membership import member_of
from guardian.policy.model import PolicySet
from guardian.ports import Draft
from guardian.reports import letter_parts as parts
from guardian.reports.charts import STANDALONE, Part, bars, week_picture
from guardian.reports.charts import Bar as Column
from guardian.reports.cost import Money, Rates, cost_of
from guardian.reports.groups import FULL_WEEK, ORG, TEAM
from guardian.reports.letter import Bar, Letter, Links, hours
from guardian.reports.letter_series import Offer, costly, for_groups, proposal
from guardian.reports.letter_writing import WEEKS_BEFORE, Material, write
from guardian.reports.series import SeriesRow, series_rows
from guardian.reports.usual import AnyWeek, worth_telling
from guardian.reports.week_view import WeekView, summary, week_view
from guardian.reports.weeks import GroupWeek, PersonWeek, closes_at

CURRENCY = "EUR"
"""Where neither settings nor policy name one."""

MOST_DECISIONS = 200
"""Of one person's decisions so many of the latest are looked at: what the coming weeks hold is among them."""

MOST_SERIES = 20
"""Of a group so many of the costliest series are looked at closely."""

AT_ONCE = 200
"""People whose weeks are fetched together."""


@dataclass
class Letters:
    """Everything that letters are made of, under the policy in force when this was made.

    `links` says where the letter of somebody leads. Raises PolicyProblems when there is no policy to go by.
    """

    engine: Engine
    links: Callable[[Addressee], Links]
    offer: Offer = field(default_factory=Offer)
    _tallies: dict[tuple[str, str], tuple[Counter[tuple[str, str]], Counter[str]]] = field(default_factory=dict)
    _series_of: dict[tuple[str, str], list[SeriesRow]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.policy  # noqa: B018 - a policy that cannot be used is told before anything is sent

    @cached_property
    def policy(self) -> PolicySet:
        return in_force_now(self.engine.store.registry, self.engine.policy_files).policy

    @cached_property
    def members(self) -> dict[str, Member]:
        return members_of(self.engine.store, self.policy, enrolled(self.engine), self.engine.fallback_zone)

    def schedule_of(self, addressee: Addressee) -> Schedule:
        """The reader's own, or the policy's usual one for somebody who is not enrolled."""
        member = self.members.get(addressee.recipient)
        return member.schedule if member else self._usual

    @cached_property
    def _usual(self) -> Schedule:
        return member_of(self.policy, Person("", ""), None, self.engine.fallback_zone).schedule

    @cached_property
    def _rates(self) -> Rates | None:
        rates = self.engine.rates
        currency = (rates and rates.currency) or self.policy.defaults.currency or CURRENCY
        return rates and replace(rates, currency=currency)

    @cached_property
    def _inside(self) -> tuple[str, ...]:
        """The organisation's domains, those of its people where the policy names none."""
        return self.policy.defaults.internal_domains or tuple(sorted({domain(email) for email in self.members}))

    # --- which are worth it

    def worth(self, addressees: Sequence[Addressee]) -> list[Addressee]:
        """Those whose week is there, is not hidden, and had at least half of its working time; of groups those that are no
        small group now either."""
        found = []
        for start in range(0, len(addressees), AT_ONCE):
            some = addressees[start : start + AT_ONCE]
            known = self._people([a for a in some if a.kind is MailKind.PERSON])
            found += [a for a in some if worth_telling(self._week(a, known)) and self._may_be_told(a)]
        return found

    def _may_be_told(self, addressee: Addressee) -> bool:
        """A group's letter also speaks of those who are in it now, so that they must be enough as well."""
        return addressee.kind is MailKind.PERSON or len(self._in_scope(addressee.scope)) >= self.engine.min_group

    def _in_scope(self, scope: str) -> list[Member]:
        return [m for m in self.members.values() if scope in (ORG, *(f"{TEAM}{team}" for team in m.teams))]

    def _people(self, addressees: Sequence[Addressee]) -> dict[tuple[str, str], PersonWeek]:
        rollups, people = self.engine.store.rollups, [a.recipient for a in addressees]
        weeks = sorted({a.week for a in addressees})
        return {(row.person, row.week): row for week in weeks for row in rollups.weeks(week, week, people)}

    def _week(self, addressee: Addressee, people: Mapping[tuple[str, str], PersonWeek]) -> AnyWeek | None:
        if addressee.kind is MailKind.PERSON:
            return people.get((addressee.recipient, addressee.week))
        return next(iter(self.engine.store.rollups.groups(addressee.week, addressee.week, addressee.scope)), None)

    # --- one letter

    def draft(self, addressee: Addressee, avoid: Collection[str] = ()) -> Draft | None:
        """The letter with its picture; None when there is nothing to write about. `avoid` are series that were proposed
        lately."""
        week = Week.parse(addressee.week)
        known = self._weeks(addressee, week)
        now = known.pop(addressee.week, None)
        if not worth_telling(now) or not self._may_be_told(addressee):
            return None
        assert now is not None
        after = known.pop(str(week.next()), None)
        common = Material(
            kind=addressee.kind,
            name=self._name(addressee),
            now=now,
            before=tuple(known.values()),
            min_group=self.engine.min_group,
            closed=closes_at(week, self.schedule_of(addressee).zone) <= self.engine.clock(),
            has_bypass=bool(self.policy.bypass),
            money=self._money(now),
            money_before={name: self._money(row) for name, row in known.items()},
            links=self.links(addressee),
        )
        if addressee.kind is MailKind.PERSON:
            return self._for_person(addressee, week, common, avoid)
        return self._for_group(addressee, week, common, after, avoid)

    def _weeks(self, addressee: Addressee, week: Week) -> dict[str, AnyWeek]:
        """From four weeks before to the one after."""
        first = Week.of(week.monday - timedelta(weeks=WEEKS_BEFORE))
        rollups, last = self.engine.store.rollups, str(week.next())
        rows: Sequence[AnyWeek]
        if addressee.kind is MailKind.PERSON:
            rows = rollups.weeks(str(first), last, [addressee.recipient])
        else:
            rows = rollups.groups(str(first), last, addressee.scope)
        return {row.week: row for row in rows}

    def _name(self, addressee: Addressee) -> str:
        member = self.members.get(addressee.recipient)
        if addressee.kind is MailKind.PERSON and member is not None:
            return member.person.first_name
        return addressee.scope.partition(":")[2]

    def _money(self, week: AnyWeek) -> Money | None:
        return cost_of(week, self._rates, self.engine.min_group) if self._rates else None

    # --- for a person

    def _for_person(self, addressee: Addressee, week: Week, common: Material, avoid: Collection[str]) -> Draft | None:
        member = self.members.get(addressee.recipient)
        if member is None:
            return None
        ledger, email = self.engine.store.ledger, member.email
        within = week.interval(member.zone)
        decisions = ledger.decisions(mailbox=email, limit=MOST_DECISIONS)
        rows = ledger.rows(mailbox=email, settled_since=within.start)
        view = self._view(member, week, decisions)
        series = self._series(member, week)
        told = replace(
            common,
            bars=() if view.empty else parts.day_bars(view),
            deeds=parts.deeds(rows, self._named(rows, decisions), within, common.links.dashboard, member.zone),
            passes=parts.passes(decisions, within),
            costly=costly(series, self.offer, self._rates, named=True),
            proposal=proposal(series, self.offer, avoid, reader=email),
            risks=self._risks(member, week, decisions),
            unread=parts.unread(self.engine.store.facts.calendar(email), member.zone),
        )
        picture = "" if view.empty else week_picture(view, STANDALONE)
        return Draft(write(told), picture, "" if view.empty else summary(view), member.person.name)

    def _series(self, member: Member, week: Week) -> list[SeriesRow]:
        """The recurring meetings in this person's own calendar, in the four weeks that end with this one."""
        copies = self.engine.store.facts.occurrences(member.email)
        recurring = [copy for copy in copies if copy.occurrence.recurring]
        return self._rows(recurring, _four_weeks(week, member.zone))

    def _view(self, member: Member, week: Week, decisions: Sequence[DecisionRow]) -> WeekView:
        gauge = gauge_of(self.policy, member, len(self.members))
        stored = self.engine.store.facts.occurrences(member.email, week.interval(member.zone))
        return week_view([item.occurrence for item in stored], decisions, gauge, week)

    def _risks(self, member: Member, week: Week, decisions: Sequence[DecisionRow]) -> tuple[str, ...]:
        """Of the week the reader is in; nothing of a week that is over."""
        ahead = week.next()
        if ahead.interval(member.zone).end <= self.engine.clock():
            return ()
        return parts.risks(self._view(member, ahead, decisions))

    def _named(self, rows: Sequence[OutboxRow], decisions: Sequence[DecisionRow]) -> dict[str, DecisionRow]:
        """The decision behind each act."""
        known = {row.id: row for row in decisions}
        for missing in {row.decision for row in rows if row.decision} - known.keys():
            found = self.engine.store.ledger.decision(missing)
            known |= {found.id: found} if found else {}
        return known

    # --- for a group

    def _for_group(
        self, addressee: Addressee, week: Week, common: Material, after: AnyWeek | None, avoid: Collection[str]
    ) -> Draft:
        zone, people = self._usual.zone, self._in_scope(addressee.scope)
        done, let = self._tally(addressee.scope, week, people)
        series = self._group_series(addressee.scope, week, people)
        columns = [*sorted(common.before, key=lambda row: row.week), common.now]
        told = replace(
            common,
            bars=tuple(_week_bar(row) for row in columns if worth_telling(row)),
            deeds=parts.group_deeds(done),
            passes=let,
            costly=costly(series, self.offer, self._rates, named=False),
            proposal=proposal(series, self.offer, avoid, named=False),
            risks=_group_risks(after),
            unread=parts.group_unread([self._states.get(m.email) for m in people], zone),
        )
        letter = write(told)
        return Draft(letter, *_group_picture(letter))

    def _group_series(self, scope: str, week: Week, people: Sequence[Member]) -> list[SeriesRow]:
        """The costliest of these people's recurring meetings of which a letter without names may speak; kept, as a team may
        have many leads."""
        if (scope, str(week)) not in self._series_of:
            facts, span = self.engine.store.facts, _four_weeks(week, self._usual.zone)
            mailboxes = None if scope == ORG else [m.email for m in people]
            wide = Interval(span.start, span.end + self.engine.reach.future)
            names = facts.series_ranking(span, mailboxes, MOST_SERIES)
            rows = [row for name in names for row in self._rows(facts.copies(name, wide), span)]
            rows.sort(key=lambda row: (-row.person_minutes, row.series))
            self._series_of[(scope, str(week))] = for_groups(rows, self.engine.min_group)
        return self._series_of[(scope, str(week))]

    def _rows(self, copies: Iterable[StoredOccurrence], span: Interval) -> list[SeriesRow]:
        return series_rows(
            copies,
            span,
            span.end,
            inside=self._inside,
            organisation=len(self.members),
            horizon=self.engine.reach.future,
        )

    @cached_property
    def _states(self) -> dict[str, CalendarState]:
        return {state.mailbox: state for state in self.engine.store.facts.calendars()}

    def _tally(self, scope: str, week: Week, people: Sequence[Member]) -> tuple[Counter[tuple[str, str]], Counter[str]]:
        """Acts by verb and rule, and meetings let through by entry, summed over people; kept, as a team may have many leads."""
        if (scope, str(week)) not in self._tallies:
            done, let = Counter[tuple[str, str]](), Counter[str]()
            for acts, passed in self._each(week, people):
                done.update(acts)
                let.update(passed)
            self._tallies[(scope, str(week))] = done, let
        return self._tallies[(scope, str(week))]

    def _each(self, week: Week, people: Sequence[Member]) -> Iterator[tuple[Counter[tuple[str, str]], Counter[str]]]:
        ledger = self.engine.store.ledger
        for member in people:
            within = week.interval(member.zone)
            rows = ledger.rows(mailbox=member.email, settled_since=within.start)
            decisions = ledger.decisions(mailbox=member.email, limit=MOST_DECISIONS)
            yield parts.tally(rows, within), parts.passes(decisions, within)


def _four_weeks(week: Week, zone: ZoneInfo) -> Interval:
    """Those that end with this one."""
    first = Week.of(week.monday - timedelta(weeks=WEEKS_BEFORE - 1))
    return Interval(first.interval(zone).start, week.interval(zone).end)


def _week_bar(week: AnyWeek) -> Bar:
    """Minutes per person and 40 working hours."""

    def each(value: int) -> int:
        return round(value * FULL_WEEK / week.available_minutes)

    other = each(week.fragmented_minutes + week.blocked_minutes)
    return Bar(f"Week {Week.parse(week.week).number}", each(week.meeting_minutes), each(week.focus_minutes), other)


def _group_risks(after: AnyWeek | None) -> tuple[str, ...]:
    if not isinstance(after, GroupWeek) or not worth_telling(after):
        return ()
    each = FULL_WEEK / after.available_minutes
    found = [f"Meetings already take {hours(after.meeting_minutes * each)} h per person and 40 working hours."]
    if after.double_booked_minutes:
        found.append(f"{hours(after.double_booked_minutes)} person-hours are booked twice.")
    return tuple(found)


def _group_picture(letter: Letter) -> tuple[str, str]:
    """Bars by week as SVG, and the same in words."""
    columns = [
        Column(
            bar.label,
            (
                Part("meetings", "meeting", bar.meeting / 60),
                Part("left for focus", "focus", bar.focus / 60),
                Part("scraps, other", "fragment", bar.other / 60),
            ),
        )
        for bar in letter.bars
    ]
    told = "; ".join(
        f"{b.label}: {hours(b.meeting)} h in meetings, {hours(b.focus)} h left for focus" for b in letter.bars
    )
    alt = f"Hours per person and 40 working hours. {told}."
    return bars("Meetings and focus by week", alt, columns, look=STANDALONE), alt
