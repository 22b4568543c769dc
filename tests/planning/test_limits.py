"""Hold, freeze, budgets and the breaker: nothing slips through in part, nothing is dropped silently (I9, F39, F40)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.model.actions import Decision, Mode, Outcome, Planned, Restore, Verdict
from guardian.model.events import Occurrence, Response
from guardian.model.ledger import OutboxRow
from guardian.model.time import Interval
from guardian.planning import limits
from guardian.planning.history import act
from guardian.planning.planner import PlanFacts, plan
from guardian.planning.view import Memory
from guardian.policy.model import Limits, Safety
from tests.planning.worlds import ANA, BEN, NOW, at, decision, facts, invitation, member, policy, row, span

WIDE = Limits(per_person_day=1000, per_run=1000, per_day=1000, percent_of_run=100)


def safety(
    hold: timedelta = timedelta(), on_trip: Mode = Mode.FLAG, freeze: timedelta = timedelta(hours=2), **bounds: int
) -> Safety:
    return Safety(hold=hold, freeze_before=freeze, max_declines=most(**bounds), on_trip=on_trip)


def most(**bounds: int) -> Limits:
    return Limits(**{**{name: getattr(WIDE, name) for name in Limits.__slots__}, **bounds})


def limited(
    made: Sequence[Decision],
    rules: Safety,
    *,
    rows: Sequence[OutboxRow] = (),
    written: Mapping[str, int] | None = None,
    invitations: int = 0,
    after: timedelta = timedelta(),
) -> tuple[list[Planned], str | None]:
    boxes = {d.member for d in made}
    memories = {box: Memory(tuple(r for r in rows if r.action.mailbox == box)) for box in boxes}
    people = {box: PlanFacts(facts(member(box)), memories[box]) for box in boxes}
    now = NOW + after
    items, tripped = limits.apply(
        policy(safety=rules),
        plan(made, people, now, comment=lambda d: "no"),
        now=now,
        written_today=written or {},
        invitations=invitations,
        memories=memories,
    )
    return list(items), tripped


def many(count: int, mailbox: str = ANA) -> list[Decision]:
    organizer = "bo@acme.example"
    slots = [(9 + n % 30 / 10, 1 + n // 30) for n in range(count)]
    return [
        decision(invitation(f"m{n}", span(hour, hour + 0.5, day), mailbox=mailbox, organizer=organizer))
        for n, (hour, day) in enumerate(slots)
    ]


def answers(items: Sequence[Planned]) -> list[Planned]:
    return [item for item in items if item.action.verb in ("decline", "tentative")]


def going(items: Sequence[Planned]) -> list[Planned]:
    return [item for item in answers(items) if item.verdict is Verdict.GO]


def labels(items: Sequence[Planned]) -> list[Planned]:
    return [item for item in items if item.action.verb == "flag"]


# --- hold ------------------------------------------------------------------------------------------------------------

TEN = timedelta(minutes=10)


def test_a_new_answer_waits_and_the_reason_says_until_when() -> None:
    ((item,), tripped) = limited(many(1), safety(hold=TEN))
    assert (item.verdict, item.held_by, item.hold_until, tripped) == (Verdict.HOLD, "hold", NOW + TEN, None)
    assert "held until 2026-11-23T07:10:00Z" in item.reason and "overlaps 09:00-13:00" in item.reason


@pytest.mark.parametrize(("minutes", "verdict"), [(0, Verdict.HOLD), (9, Verdict.HOLD), (10, Verdict.GO)])
def test_a_hold_that_began_goes_on_as_it_began(minutes: int, verdict: Verdict) -> None:
    ((item,), _) = limited(many(1), safety(hold=TEN))
    held = replace(row(item.action, "held"), not_before=item.hold_until, held_by="hold")
    ((later,), _) = limited(many(1), safety(hold=TEN), rows=[held], after=timedelta(minutes=minutes))
    assert later.verdict is verdict
    assert verdict is Verdict.GO or later.hold_until == NOW + TEN


def test_an_approved_answer_goes_at_once() -> None:
    ((item,), _) = limited(many(1), safety(hold=TEN))
    approved = replace(row(item.action, "held"), not_before=item.hold_until, held_by="hold", released=True)
    ((later,), _) = limited(many(1), safety(hold=TEN), rows=[approved])
    assert later.verdict is Verdict.GO


def test_a_label_does_not_wait() -> None:
    ((item,), _) = limited([decision(invitation(), Outcome.FLAG, mode=Mode.FLAG)], safety(hold=TEN))
    assert item.verdict is Verdict.GO


# --- freeze ----------------------------------------------------------------------------------------------------------


def soon(minutes: int) -> Occurrence:
    start = NOW + timedelta(minutes=minutes)
    return invitation(when=Interval(start, start + timedelta(hours=1)))


@pytest.mark.parametrize(("minutes", "verdict"), [(1, Verdict.SKIP), (119, Verdict.SKIP), (120, Verdict.GO)])
def test_nothing_is_answered_inside_the_freeze_but_a_label_is_allowed(minutes: int, verdict: Verdict) -> None:
    items, _ = limited([decision(soon(minutes))], safety())
    assert [item.verdict for item in answers(items)] == [verdict]
    assert len(labels(items)) == (1 if verdict is Verdict.SKIP else 0)
    assert verdict is Verdict.GO or "safety.freeze_before" in answers(items)[0].reason


def test_nothing_is_given_back_inside_the_freeze() -> None:
    back = Planned(act("r", soon(30), Restore(Response.ACCEPTED, "")), Verdict.GO, "moved")
    rules, none = policy(safety=safety()), dict[str, Memory]()
    items, _ = limits.apply(rules, [back], now=NOW, written_today={}, invitations=0, memories=none)
    assert [item.verdict for item in items] == [Verdict.SKIP]


# --- breaker (I9, F39) -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "count", "bounds", "written", "invitations", "trips"),
    [
        ("per_run", 5, {"per_run": 5}, 0, 100, False),
        ("per_run", 6, {"per_run": 5}, 0, 100, True),
        ("per_day", 5, {"per_day": 10}, 5, 100, False),
        ("per_day", 5, {"per_day": 10}, 6, 100, True),
        ("percent_of_run", 5, {"percent_of_run": 25}, 0, 20, False),
        ("percent_of_run", 6, {"percent_of_run": 25}, 0, 20, True),
        ("percent_of_run", 19, {"percent_of_run": 25}, 0, 19, False),
    ],
)
def test_i9_over_a_limit_no_answer_of_the_batch_is_written(
    name: str, count: int, bounds: dict[str, int], written: int, invitations: int, trips: bool
) -> None:
    items, tripped = limited(
        many(count),
        replace(safety(), max_declines=most(**bounds)),
        written={"x@acme.example": written},
        invitations=invitations,
    )
    assert len(answers(items)) == count
    assert len(going(items)) == (0 if trips else count)
    assert (tripped is not None) is trips
    if tripped is not None:
        assert f"safety.max_declines.{name}" in tripped
        assert all((i.held_by, i.hold_until, i.reason) == ("breaker", None, tripped) for i in answers(items))
        assert len(labels(items)) == count


def test_on_trip_observe_puts_no_labels() -> None:
    items, tripped = limited(many(6), safety(per_run=5, on_trip=Mode.OBSERVE))
    assert tripped and labels(items) == [] and len(answers(items)) == 6


def test_i9_what_the_breaker_holds_waits_for_approval_and_only_that_is_released() -> None:
    made = many(6)
    items, _ = limited(made, safety(per_run=5))
    held = [replace(row(i.action, "held"), held_by="breaker", reason=i.reason) for i in answers(items)]
    flags = [row(i.action, before=i.decision.occurrence if i.decision else None) for i in labels(items)]
    rows = [replace(held[0], released=True), *held[1:], *flags]
    later, tripped = limited(made, safety(per_run=5), rows=rows, after=timedelta(days=0, hours=1))
    assert [i.action.key for i in going(later)] == [held[0].action.key]
    assert all(i.held_by == "breaker" and "per_run" in i.reason for i in answers(later) if i.verdict is Verdict.HOLD)
    assert tripped is None and labels(later) == []


def test_what_waits_for_approval_does_not_stop_new_answers() -> None:
    made = many(6)
    items, _ = limited(made, safety(per_run=5))
    rows = [replace(row(i.action, "held"), held_by="breaker") for i in answers(items)]
    fresh = decision(invitation("fresh", span(10, 11, 9)))
    later, tripped = limited([*made, fresh], safety(per_run=5), rows=rows)
    assert tripped is None
    assert [i.decision for i in going(later)] == [fresh]


def test_f40_a_backlog_in_hold_is_measured_before_it_is_written() -> None:
    items, tripped = limited(many(6), safety(hold=TEN, per_run=5))
    assert tripped and all(i.held_by == "breaker" for i in answers(items))


# --- one person's budget ---------------------------------------------------------------------------------------------


def test_i9_a_flood_at_one_mailbox_stops_there() -> None:
    flood, other = many(30), many(2, BEN)
    items, tripped = limited([*flood, *other], safety(per_person_day=3, per_run=10), written={ANA: 1})
    assert tripped is None
    assert Counter(i.action.mailbox for i in going(items)) == {ANA: 2, BEN: 2}
    stopped = [i for i in answers(items) if i.verdict is Verdict.HOLD]
    assert len(stopped) == 28 and all("per_person_day" in i.reason and i.held_by == "breaker" for i in stopped)
    assert {i.action.mailbox for i in labels(items)} == {ANA} and len(labels(items)) == 28


def test_what_waited_longest_uses_the_budget_first() -> None:
    early, late = decision(invitation("early", span(10, 11, 1))), decision(invitation("late", span(10, 11, 5)))
    ((waiting,), _) = limited([late], safety(hold=TEN))
    held = replace(row(waiting.action, "held"), not_before=NOW, held_by="hold")
    items, _ = limited([early, late], safety(per_person_day=1), rows=[held])
    assert [i.decision for i in going(items)] == [late]


def test_own_meetings_are_no_part_of_the_percentage() -> None:
    own = decision(invitation("own", organizer=ANA, response=Response.ACCEPTED), Outcome.NONE)
    unlisted = decision(invitation("room", response=None), Outcome.NONE)
    assert limits.invitations([*many(3), own, unlisted]) == 3


# --- laws ------------------------------------------------------------------------------------------------------------


@given(
    counts=st.tuples(st.integers(0, 12), st.integers(0, 12)),
    per_person=st.integers(0, 8),
    per_run=st.integers(0, 12),
    percent=st.integers(0, 100),
    written=st.integers(0, 4),
    invitations=st.integers(0, 60),
    hold=st.sampled_from([timedelta(), TEN]),
)
def test_i9_budgets_are_never_exceeded_and_no_batch_is_written_in_part(
    counts: tuple[int, int],
    per_person: int,
    per_run: int,
    percent: int,
    written: int,
    invitations: int,
    hold: timedelta,
) -> None:
    made = [*many(counts[0]), *many(counts[1], BEN)]
    rules = safety(hold=hold, per_person_day=per_person, per_run=per_run, per_day=15, percent_of_run=percent)
    used = {ANA: written, BEN: 0}
    items, tripped = limited(made, rules, written=used, invitations=invitations)
    batch = [i for i in answers(items) if i.held_by != "breaker"]
    per_box = Counter(i.action.mailbox for i in batch)
    assert all(used[box] + count <= per_person for box, count in per_box.items())
    assert len(batch) <= per_run and written + len(batch) <= max(15, written)
    assert invitations < 20 or len(batch) * 100 <= percent * invitations
    assert tripped is None or batch == []
    assert len(answers(items)) == len(made), "nothing is dropped"
    assert all(i.reason for i in items)


@given(order=st.permutations(range(12)), per_person=st.integers(0, 12))
def test_i6_the_order_of_the_plan_changes_nothing(order: list[int], per_person: int) -> None:
    made = many(12)
    straight = limited(made, safety(per_person_day=per_person))
    assert limited([made[n] for n in order], safety(per_person_day=per_person)) == straight


def test_a_meeting_of_the_past_is_not_answered_after_a_long_pause() -> None:
    items, _ = limited(many(3), safety(), after=at(12, 21) - NOW)
    assert answers(items) == []
