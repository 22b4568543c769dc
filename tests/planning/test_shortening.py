"""Own meetings made shorter: under the budgets like answers, a few at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from guardian.model.actions import Action, Decision, Outcome, Planned, Shorten, Verdict
from guardian.model.events import MeetingKey, Response
from guardian.model.ledger import OutboxRow, Veto
from guardian.model.time import Interval
from guardian.planning import limits
from guardian.planning.history import act
from guardian.planning.limits import AT_ONCE
from guardian.planning.planner import PlanFacts, plan
from guardian.planning.view import Memory, views
from guardian.policy.model import Limits, Safety
from tests.planning.worlds import ANA, BEN, NOW, decision, facts, invitation, member, policy, row, span, stored

TEN = timedelta(minutes=10)


def occurrences(count: int, series: str = "daily", mailbox: str = ANA) -> list[Decision]:
    """Own occurrences of one series, one a day."""
    return [_own(f"{series}-{n}", span(14, 15, 1 + n), series, mailbox) for n in range(count)]


def _own(name: str, when: Interval, series: str, mailbox: str) -> Decision:
    event = invitation(name, when, organizer=mailbox, response=Response.ACCEPTED, mailbox=mailbox)
    event = replace(event, meeting=MeetingKey.occurrence(series, when.start), series_id=series)
    return decision(event, Outcome.SHORTEN, rule="short", new_when=Interval(when.start, when.end - TEN))


def limited(
    made: Sequence[Decision],
    *rows: OutboxRow,
    written: Mapping[str, int] | None = None,
    hold: timedelta = timedelta(),
    invited: int = 0,
    **bounds: int,
) -> tuple[list[Planned], str | None]:
    most = Limits(**{"per_person_day": 100, "per_run": 100, "per_day": 100, "percent_of_run": 100, **bounds})
    boxes = {d.member for d in made}
    memories = {box: Memory(tuple(r for r in rows if r.action.mailbox == box)) for box in boxes}
    people = {box: PlanFacts(facts(member(box)), memories[box]) for box in boxes}
    items, tripped = limits.apply(
        policy(safety=Safety(hold=hold, max_declines=most)),
        plan(made, people, NOW, comment=lambda d: "no"),
        now=NOW,
        written_today=written or {},
        invitations=invited,
        memories=memories,
    )
    return list(items), tripped


def of(items: Sequence[Planned], verdict: Verdict) -> list[Planned]:
    return [item for item in items if item.verdict is verdict]


def test_the_plan_says_what_mail_shortening_causes() -> None:
    [item] = of(limited(occurrences(1))[0], Verdict.GO)
    assert "everybody invited is told by mail" in item.reason
    assert "on Outlook they are asked to answer again" in item.reason


def test_ten_of_one_person_are_shortened_at_once_and_the_rest_follow() -> None:
    made = occurrences(25) + occurrences(3, mailbox=BEN)
    rows: list[OutboxRow] = []
    for going, left in ((AT_ONCE + 3, 15), (AT_ONCE, 5), (5, 0)):
        items, tripped = limited(made, *rows, per_person_day=1, written={r.action.mailbox: 1 for r in rows})
        done, later = of(items, Verdict.GO), of(items, Verdict.SKIP)
        assert (len(done), len(later), tripped) == (going, left, None)
        assert all("follows in a later pass" in item.reason for item in later)
        assert max(_begins(i) for i in done) < min((_begins(i) for i in later), default=NOW + timedelta(days=99))
        rows += [row(item.action) for item in done]
        written = {item.action.key for item in done}
        made = [d for d in made if _shortening(d).key not in written]
    assert made == []


def _begins(item: Planned) -> datetime:
    assert isinstance(item.action.expects.when, Interval)
    return item.action.expects.when.start


def _shortening(made: Decision) -> Action:
    assert made.new_when is not None
    return act("short", made.occurrence, Shorten(made.new_when))


def test_those_that_wait_keep_their_turn() -> None:
    late = occurrences(30)[-AT_ONCE:]
    items, _ = limited(late, hold=TEN)
    waiting = [replace(row(i.action, "held"), not_before=i.hold_until, held_by="hold") for i in items]
    later, _ = limited(occurrences(30), *waiting, hold=TEN)
    assert {i.action.key for i in of(later, Verdict.HOLD)} == {r.action.key for r in waiting}


def test_a_series_counts_once_and_each_series_counts() -> None:
    two = occurrences(4, "a") + occurrences(4, "b")
    for items, tripped in (limited(two, per_run=1), limited(two, per_day=1)):
        assert tripped is not None
        assert {(i.verdict, i.held_by) for i in items} == {(Verdict.HOLD, "breaker")}
    assert limited(occurrences(4, "a"), per_run=1, per_day=1)[1] is None
    items, tripped = limited(two, per_person_day=1)
    assert tripped is None
    held = of(items, Verdict.HOLD)
    assert len(held) == 4 and len({i.action.meeting.series_uid for i in held if i.action.meeting}) == 1
    assert all(i.held_by == "breaker" and "per_person_day" in i.reason for i in held)


def test_what_was_written_before_uses_the_budget_up() -> None:
    items, _ = limited(occurrences(2), per_person_day=3, written={ANA: 3})
    assert {i.held_by for i in items} == {"breaker"}


def test_answers_come_before_shortened_meetings() -> None:
    answer = decision(invitation("late", span(10, 11, 20)))
    items, _ = limited([*occurrences(3), answer], per_person_day=1)
    assert [i.decision for i in of(items, Verdict.GO) if i.action.verb == "decline"] == [answer]
    assert len(of(items, Verdict.HOLD)) == 3


def test_own_meetings_are_no_part_of_the_percentage() -> None:
    assert limited(occurrences(9), invited=20, percent_of_run=5)[1] is None


def test_an_approved_one_is_written_whatever_the_limits_say() -> None:
    made = occurrences(AT_ONCE + 2)
    items, _ = limited(made, per_person_day=0)
    held = [replace(row(i.action, "held"), held_by="breaker") for i in of(items, Verdict.HOLD)]
    assert len(held) == AT_ONCE
    released = [replace(r, released=True) for r in held]
    later, _ = limited(made, *released, per_person_day=0)
    assert {i.action.key for i in of(later, Verdict.GO)} == {r.action.key for r in released}
    done = [replace(r, state="done") for r in released]
    rest, _ = limited(made[AT_ONCE:], *done, per_person_day=0, written={ANA: 1})
    assert {i.held_by for i in rest} == {"breaker"}, "an approval frees one occurrence, not its series"


def test_a_no_still_binds_after_our_shortening_moved_the_start() -> None:
    (made,) = occurrences(1)
    before = made.occurrence
    assert isinstance(before.when, Interval)
    shorter = Interval(before.when.start + TEN, before.when.end)
    after = replace(before, when=shorter)
    shortened = row(act("short", before, Shorten(shorter)), before=before, after=after)
    veto = Veto(ANA, before.meeting, before.when, "notice")

    def bound(*rows: OutboxRow, when: Interval = shorter) -> frozenset[str]:
        occurrence = replace(before, when=when)
        (view,) = views(facts(), stored(occurrence), {}, Memory(rows, (veto,)), NOW)
        return view.bound_rules

    assert bound(shortened) == {"notice"}
    assert bound() == frozenset(), "a person moved the start"
    assert bound(replace(shortened, state="failed")) == frozenset()
    assert bound(shortened, when=span(16, 17, 1)) == frozenset(), "moved since"
