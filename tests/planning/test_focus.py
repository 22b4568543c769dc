"""Focus blocks: where they lie, what cuts them, and when they are left to the person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.model.actions import Action, BookFocus, Mode, MoveFocus, Planned
from guardian.model.events import EventKind, EventRef, Occurrence, Response
from guardian.model.ledger import Veto
from guardian.model.people import HolidayCalendar, Schedule
from guardian.model.time import DayRange, Interval, WallWindow, When, as_interval
from guardian.planning.focus import HORIZON, SHORTEST, blocks
from guardian.planning.undo import undo_of
from guardian.policy.model import FocusBlock, PolicySet, Rule
from tests.planning.worlds import (
    AFTERNOON,
    ANA,
    BEN,
    MADRID,
    MORNING,
    NOW,
    URGENT,
    WEEKDAYS,
    Desk,
    at,
    facts,
    focus_rule,
    invitation,
    member,
    monday,
    policy,
    row,
    span,
    verbs,
)

BOOKING = focus_rule(book=True)


def desk(*rules: Rule) -> Desk:
    return Desk(policy(*(rules or (BOOKING,))), facts(rules=rules or (BOOKING,)))


def held(place: Desk, day: int) -> list[Interval]:
    """Our blocks on that day."""
    times = [as_interval(o.when, MADRID) for o in place.events.values() if o.own_block]
    return sorted(t for t in times if t.overlaps(span(0, 24, day)))


def focus_acts(place: Desk, now: datetime = NOW) -> list[str]:
    return sorted(v for v in verbs(place.work(now)) if v in ("book", "move", "remove"))


def accepted(when: Interval, name: str = "call") -> Occurrence:
    return invitation(name, when, response=Response.ACCEPTED)


def test_a_fortnight_of_windows_is_booked_and_a_second_pass_does_nothing() -> None:
    place = desk()
    assert set(verbs(place.work())) == {"book"}
    starts = sorted(as_interval(o.when, MADRID).start for o in place.events.values())
    assert starts == [at(9, d) for d in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)]
    assert max(starts) <= NOW + HORIZON
    assert place.work() == []


def test_a_booking_says_what_it_is_and_who_made_it() -> None:
    (first, *_) = desk().work()
    assert isinstance(first.effect, BookFocus) and first.ref is None
    assert (first.effect.title, first.effect.zone) == ("Focus time", "Europe/Madrid")
    assert "focus-time" in first.effect.description and "left alone" in first.effect.description
    assert first.mailbox == ANA


@pytest.mark.parametrize(
    ("mode", "book", "booked"),
    [
        (Mode.ENFORCE, True, True),
        (Mode.FLAG, True, True),
        (Mode.OBSERVE, True, False),
        (Mode.OFF, True, False),
        (Mode.ENFORCE, False, False),
    ],
)
def test_from_mode_flag_upward(mode: Mode, book: bool, booked: bool) -> None:
    assert bool(desk(focus_rule(mode=mode, book=book)).work()) is booked


def test_a_ceiling_of_observe_books_nothing() -> None:
    place = Desk(policy(BOOKING, ceiling=Mode.OBSERVE), facts())
    assert place.work() == []


BUSY = {
    "accepted": (accepted(span(10, 11, 1)), [span(9, 10, 1), span(11, 13, 1)]),
    "tentative": (invitation("x", span(9, 10, 1), response=Response.TENTATIVE), [span(10, 13, 1)]),
    "own": (invitation("x", span(12, 13, 1), organizer=ANA, response=None), [span(9, 12, 1)]),
    "short rest goes": (accepted(span(9.75, 12.25, 1)), []),
    "declined": (invitation("x", span(10, 11, 1), response=Response.DECLINED), [span(9, 13, 1)]),
    "shown as free": (replace(accepted(span(10, 11, 1)), busy=False), [span(9, 13, 1)]),
    "cancelled": (replace(accepted(span(10, 11, 1)), cancelled=True), [span(9, 13, 1)]),
    "out of office": (replace(accepted(span(0, 24, 1)), kind=EventKind.OUT_OF_OFFICE), []),
    "all day": (replace(accepted(span(0, 1, 1)), when=DayRange(monday(1), monday(1))), []),
    "working location": (replace(accepted(span(0, 24, 1)), kind=EventKind.WORKING_LOCATION), [span(9, 13, 1)]),
}


@pytest.mark.parametrize("name", BUSY)
def test_blocks_are_laid_around_everything_busy(name: str) -> None:
    event, expected = BUSY[name]
    place = desk()
    place.put(event)
    place.work()
    assert held(place, 1) == expected


def test_an_unanswered_invitation_pushes_a_block_away_only_when_it_is_let_through() -> None:
    place = Desk(policy(replace(BOOKING, mode=Mode.FLAG), bypass=(URGENT,)), facts())
    place.put(invitation("sync", span(10, 11, 1)))
    place.put(replace(invitation("urgent", span(10, 11, 2)), title="[urgent] outage"))
    place.work()
    assert held(place, 1) == [span(9, 13, 1)]
    assert held(place, 2) == [span(9, 10, 2), span(11, 13, 2)]


def test_what_is_accepted_inside_a_block_cuts_it_and_what_goes_gives_it_back() -> None:
    place = desk()
    place.work()
    place.put(accepted(span(10, 11, 1)))
    assert focus_acts(place) == ["book", "move"]
    assert held(place, 1) == [span(9, 10, 1), span(11, 13, 1)]
    assert place.work() == []
    del place.events["call"]
    assert focus_acts(place) == ["move", "remove"]
    assert held(place, 1) == [span(9, 13, 1)]
    assert place.work() == []
    place.put(accepted(span(9, 13, 1)))
    assert focus_acts(place) == ["remove"]
    del place.events["call"]
    assert focus_acts(place) == ["book"], "we removed it ourselves, so it may come back"
    assert held(place, 1) == [span(9, 13, 1)]


def off(rules: PolicySet) -> PolicySet:
    return replace(rules, rules=tuple(replace(rule, mode=Mode.OBSERVE) for rule in rules.rules))


def unbooked(rules: PolicySet) -> PolicySet:
    return replace(rules, rules=(focus_rule(),))


@pytest.mark.parametrize("change", [off, unbooked], ids=["mode", "book"])
def test_blocks_go_when_the_rule_no_longer_asks(change: Callable[[PolicySet], PolicySet]) -> None:
    place = desk()
    place.work()
    place.rules = change(place.rules)
    assert set(verbs(place.work())) == {"remove"}
    assert place.events == {} and place.work() == []


def test_blocks_go_when_the_day_is_no_working_day_any_more() -> None:
    place = desk()
    place.work()
    shorter = replace(MORNING, days=WEEKDAYS - {2}, start=8 * 60, end=18 * 60)
    place.person = facts(replace(member(), schedule=Schedule(MADRID, (shorter,))))
    assert verbs(place.work()) == ["remove", "remove"]
    assert held(place, 2) == [] and held(place, 3) == [span(9, 13, 3)]


def test_no_block_on_a_public_holiday() -> None:
    now = at(8, 14)  # 7 December; the 8th is a holiday in Spain
    place = desk()
    place.person = facts(replace(member(), schedule=Schedule(MADRID, member().schedule.hours, HolidayCalendar("ES"))))
    place.work(now)
    assert held(place, 14) == [span(9, 13, 14)] and held(place, 15) == []


def test_the_kill_switch_leaves_everything_as_it_is() -> None:
    place = desk()
    place.work()
    place.person = replace(place.person, killed=True)
    place.rules = off(place.rules)
    assert place.work() == []
    assert Desk(policy(BOOKING), facts(killed=True)).work() == []


# --- the person wins (I5) --------------------------------------------------------------------------------------------


def block_on(place: Desk, day: int) -> Occurrence:
    return next(o for o in place.events.values() if o.own_block and as_interval(o.when, MADRID).start == at(9, day))


def test_i5_a_deleted_block_is_not_booked_again_on_that_day() -> None:
    place = desk(focus_rule("focus-time", MORNING, AFTERNOON, book=True))
    place.work()
    del place.events[block_on(place, 1).ref.event_id]
    assert place.work() == []
    assert held(place, 1) == [span(15, 17, 1)]
    place.put(accepted(span(16, 17, 1)))
    assert focus_acts(place) == ["move"], "what is left of ours still gives way"


def test_i5_a_moved_block_is_the_persons_and_so_is_the_day() -> None:
    place = desk()
    place.work()
    mine = block_on(place, 1)
    place.edit(mine.ref.event_id, when=span(14, 18, 1))
    assert place.work() == []
    place.rules = off(place.rules)
    place.work()
    assert [o.ref for o in place.events.values()] == [mine.ref]


def test_i5_an_undone_booking_is_not_made_again() -> None:
    place = desk()
    place.work()
    mine = block_on(place, 1)
    record = next(r for r in place.rows.values() if r.after == mine)
    back = undo_of(record, mine)
    assert isinstance(back, Action) and back.verb == "remove"
    del place.events[mine.ref.event_id]
    place.rows[record.action.key] = replace(record, state="undone")
    place.rows[back.key] = row(back, before=mine)
    assert place.work() == []


def test_i5_a_block_whose_removal_was_undone_stays() -> None:
    place = desk()
    place.work()
    mine = block_on(place, 1)
    place.rules = off(place.rules)
    place.work()
    removal = next(r for r in place.rows.values() if r.action.verb == "remove" and r.before == mine)
    back = undo_of(removal, None)
    assert isinstance(back, Action) and isinstance(back.effect, BookFocus) and back.effect.block == span(9, 13, 1)
    place._do(back, NOW)
    place.rows[removal.action.key] = replace(removal, state="undone")
    place.vetoes = (Veto(ANA, mine.meeting, mine.when, "focus-time"),)
    assert place.work() == []
    assert held(place, 1) == [span(9, 13, 1)]


# --- time passes -----------------------------------------------------------------------------------------------------


def test_never_in_the_past_and_stable_while_the_window_runs() -> None:
    place = desk()
    place.work(at(10.1, 0))
    assert held(place, 0) == [span(10.25, 13, 0)]
    for minutes in (5, 10, 20, 60):
        assert place.work(at(10.1, 0) + timedelta(minutes=minutes)) == []


def test_less_than_an_hour_left_is_not_booked() -> None:
    place = desk()
    place.work(at(12.1, 0))
    assert held(place, 0) == []


def test_a_block_that_runs_keeps_its_start() -> None:
    place = desk()
    place.work()
    place.put(accepted(span(12, 13, 0)))
    moves = [a.effect for a in place.work(at(10, 0)) if a.verb == "move"]
    assert moves == [MoveFocus(span(9, 12, 0), "Europe/Madrid")]


def test_two_rules_that_want_the_same_time_share_one_block() -> None:
    late = replace(MORNING, start=11 * 60, end=14 * 60)
    place = desk(focus_rule("one", MORNING, book=True), focus_rule("two", late, book=True))
    place.work()
    assert held(place, 1) == [span(9, 14, 1)]
    assert place.work() == []


def test_a_booking_on_its_way_is_not_made_twice() -> None:
    place = desk()
    first = blocks(place.rules, place.person, [], place.memory, [], NOW)
    place.rows = {item.action.key: replace(row(item.action), state="sending") for item in first}
    later = blocks(place.rules, place.person, [], place.memory, [], at(9.5, 0))
    again = {item.action.key for item in later if planned_block(item).start < at(0, 14)}
    assert again == set(place.rows)


def waiting(state: str, now: datetime, **changes: Any) -> list[Planned]:
    """What is planned at `now` when the bookings planned at 07:00 have got no further than this."""
    place = desk()
    first = blocks(place.rules, place.person, [], place.memory, [], NOW)
    place.rows = {item.action.key: replace(row(item.action, state), **changes) for item in first}
    return blocks(place.rules, place.person, [], place.memory, [], now)


def test_a_booking_that_waited_past_its_start_is_planned_afresh() -> None:
    starts = [planned_block(item).start for item in waiting("ready", at(9.5, 0))]
    assert starts[:2] == [at(9.5, 0), at(9, 1)]


def test_a_booking_that_was_not_asked_for_meanwhile_may_be_asked_for_again() -> None:
    assert len(waiting("skipped", NOW)) == 10
    assert waiting("failed", NOW) == []


def test_i5_a_booking_found_deleted_is_left_to_the_person() -> None:
    gone = replace(invitation("focus"), cancelled=True)
    assert waiting("skipped", NOW, after=gone) == []


def planned_block(item: Planned) -> Interval:
    assert isinstance(item.action.effect, BookFocus)
    return item.action.effect.block


def test_an_event_with_our_mark_that_the_ledger_does_not_know_is_left_alone() -> None:
    place = desk()
    place.work()
    place.rows = {}
    assert place.work() == []


# --- laws ------------------------------------------------------------------------------------------------------------

QUARTERS = st.integers(0, 14 * 96)
EVENTS = st.lists(st.tuples(QUARTERS, st.integers(1, 20), st.sampled_from(list(Response))), max_size=25)
WINDOWS = st.lists(st.tuples(st.integers(0, 22), st.integers(1, 24)), min_size=1, max_size=3).map(
    lambda spans: tuple(replace(MORNING, start=a * 60, end=max(b, a + 1) * 60) for a, b in spans)
)


def busy_events(shapes: Sequence[tuple[int, int, Response]]) -> list[Occurrence]:
    return [
        invitation(f"m{n}", Interval(at(q / 4), at((q + length) / 4)), response=response, organizer=BEN)
        for n, (q, length, response) in enumerate(shapes)
    ]


@given(EVENTS, WINDOWS, EVENTS, st.integers(0, 96))
@settings(max_examples=60, deadline=None)
def test_i6_blocks_never_overlap_what_is_busy_last_an_hour_and_are_settled_in_one_pass(
    first: list[tuple[int, int, Response]],
    windows: tuple[WallWindow, ...],
    second: list[tuple[int, int, Response]],
    quarters: int,
) -> None:
    rule = replace(focus_rule(mode=Mode.FLAG, book=True), condition=FocusBlock(windows, book=True))
    place = Desk(policy(rule), facts())
    for now, shapes in ((NOW, first), (NOW + timedelta(minutes=15 * quarters), second)):
        place.events = {name: o for name, o in place.events.items() if o.own_block}
        place.put(*busy_events(shapes))
        old = {o.ref: o.when for o in place.events.values() if o.own_block}
        place.work(now)
        check(place, old, now)
        assert [a for a in place.work(now) if a.verb in ("book", "move", "remove")] == []


def check(place: Desk, old: Mapping[EventRef, When], now: datetime) -> None:
    taken = [
        as_interval(o.when, MADRID)
        for o in place.events.values()
        if not o.own_block and o.response in (Response.ACCEPTED, Response.TENTATIVE)
    ]
    ours = [o for o in place.events.values() if o.own_block and as_interval(o.when, MADRID).end > now]
    for block in ours:
        when = as_interval(block.when, MADRID)
        assert when.length >= SHORTEST
        assert not any(when.overlaps(t) for t in taken)
        assert not any(when.overlaps(as_interval(o.when, MADRID)) for o in ours if o.ref != block.ref)
        assert block.ref in old or when.start >= now
