"""What `decide` is told about each coming occurrence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from guardian.model.actions import Answer, Restore, Shorten
from guardian.model.events import EventKind, MeetingKey, Occurrence, Response, StoredOccurrence
from guardian.model.ledger import OutboxRow, Veto
from guardian.model.time import DayRange, Interval
from guardian.planning.history import act
from guardian.planning.view import CROWD, Memory, series_edits, views
from guardian.policy.view import View
from tests.planning.worlds import (
    ANA,
    BEN,
    NOW,
    at,
    facts,
    invitation,
    member,
    monday,
    row,
    span,
    stored,
)


def seen(*occurrences: Occurrence, memory: Memory | None = None) -> list[View]:
    return views(facts(), stored(*occurrences), {BEN: member(BEN)}, memory or Memory(), NOW)


def names(group: tuple[StoredOccurrence, ...]) -> set[str]:
    return {item.occurrence.ref.event_id for item in group}


def declined(occurrence: Occurrence, comment: str = "no") -> OutboxRow:
    after = replace(occurrence, response=Response.DECLINED, comment=comment)
    return row(act("focus-time", occurrence, Answer(Response.DECLINED, comment)), before=occurrence, after=after)


def test_only_what_is_not_over_is_seen_in_the_order_of_the_calendar() -> None:
    over = invitation("over", Interval(NOW - timedelta(hours=2), NOW))
    running = invitation("running", Interval(NOW - timedelta(hours=1), NOW + timedelta(minutes=1)))
    late, early = invitation("b", span(11, 12, 1)), invitation("a", span(11, 12, 1))
    found = [v.stored.occurrence.ref.event_id for v in seen(late, over, running, early)]
    assert found == ["running", "a", "b"]


def test_an_enrolled_organiser_is_known() -> None:
    known, unknown = seen(invitation("a"), invitation("b", organizer="x@else.example"))
    assert known.organizer_member is not None and known.organizer_member.email == BEN
    assert unknown.organizer_member is None


def test_what_is_no_busy_meeting_clashes_with_nothing() -> None:
    base = invitation("base")
    silent = [
        invitation("declined", response=Response.DECLINED),
        replace(invitation("free"), busy=False),
        replace(invitation("gone"), cancelled=True),
        replace(invitation("focus"), kind=EventKind.FOCUS),
        replace(invitation("day"), when=DayRange(monday(1), monday(1))),
        invitation("point", span(10.5, 10.5, 1)),
        invitation("touching", span(11, 12, 1)),
    ]
    by_name = {v.stored.occurrence.ref.event_id: v for v in seen(base, *silent)}
    assert by_name["base"].clashes == ()


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 8)), max_size=20))
def test_clashes_are_exactly_the_overlapping_pairs(shapes: list[tuple[int, int]]) -> None:
    start = at(9, 1)
    quarter = timedelta(minutes=15)
    meetings = [
        invitation(f"m{n}", Interval(start + s * quarter, start + (s + length) * quarter))
        for n, (s, length) in enumerate(shapes)
    ]
    for view in seen(*meetings):
        mine = view.stored.occurrence
        assert isinstance(mine.when, Interval)
        expected = {
            o.ref.event_id
            for o in meetings
            if o.ref != mine.ref and isinstance(o.when, Interval) and o.when.overlaps(mine.when)
        }
        assert names(view.clashes) == expected


def test_a_crowd_stays_affordable_and_keeps_those_created_first() -> None:
    first = invitation("first", created=NOW - timedelta(days=9))
    crowd = [invitation(f"x{n:04}", created=NOW - timedelta(minutes=n)) for n in range(500)]
    found = {v.stored.occurrence.ref.event_id: v for v in seen(first, *crowd)}
    assert all(len(view.clashes) <= CROWD for view in found.values())
    assert "first" in names(found["x0499"].clashes)


# --- our own answers (I5: the person wins) ---------------------------------------------------------------------------


def present(**changes: Any) -> Response | None:
    """What `our_answer` is after we declined and the copy then changed like this."""
    before = invitation()
    record = declined(before)
    assert record.after is not None
    return seen(replace(record.after, **changes), memory=Memory((record,)))[0].our_answer


def test_i5_an_answer_is_ours_only_while_it_stands_as_we_wrote_it() -> None:
    assert present() is Response.DECLINED
    assert present(title="renamed") is Response.DECLINED
    assert present(when=span(16, 17, 2)) is Response.DECLINED
    assert present(response=Response.ACCEPTED) is None
    assert present(response=Response.NEEDS_ACTION) is None
    assert present(comment="I said no myself") is None


def test_i5_a_decline_without_a_record_of_ours_is_the_persons() -> None:
    occurrence = invitation(response=Response.DECLINED)
    assert seen(occurrence)[0].our_answer is None
    for state in ("undone", "cannot_restore", "skipped", "failed", "held", "ready"):
        record = replace(declined(invitation()), state=state)
        assert seen(replace(occurrence, comment="no"), memory=Memory((record,)))[0].our_answer is None


def test_i5_an_answer_that_was_given_back_is_not_ours_any_more() -> None:
    before = invitation()
    record = declined(before)
    assert record.after is not None
    moved = replace(record.after, when=span(16, 17, 1))
    back = row(act("focus-time", moved, Restore(Response.NEEDS_ACTION, "")), at_time=NOW + timedelta(hours=1))
    assert seen(moved, memory=Memory((record, back)))[0].our_answer is None


# --- vetoes, flips, lengths ------------------------------------------------------------------------------------------


def test_i5_a_veto_binds_the_rule_for_this_start_only() -> None:
    occurrence = invitation()
    veto = Veto(ANA, occurrence.meeting, span(10, 10.5, 1), "focus-time")
    memory = Memory((), (veto,))
    assert seen(occurrence, memory=memory)[0].bound_rules == {"focus-time"}
    assert seen(replace(occurrence, when=span(11, 12, 1)), memory=memory)[0].bound_rules == frozenset()
    assert seen(invitation("other"), memory=memory)[0].bound_rules == frozenset()


def test_i11_three_flips_freeze_an_occurrence() -> None:
    occurrence = invitation()
    key = str(occurrence.meeting)
    assert not seen(occurrence, memory=Memory(flips={key: 2}))[0].frozen
    assert seen(occurrence, memory=Memory(flips={key: 3}))[0].frozen


def weekly(week: int, end: float) -> Occurrence:
    when = span(14, end, 7 * week)
    meeting = MeetingKey.occurrence("weekly@acme.example", when.start)
    one = replace(invitation(f"weekly-{week}", when, organizer=ANA), meeting=meeting)
    return replace(one, series_id="weekly")


def test_a_length_edited_back_is_kept_for_the_whole_series() -> None:
    before = weekly(1, 15)
    assert isinstance(before.when, Interval)
    shorter = Interval(before.when.start, before.when.end - timedelta(minutes=10))
    record = row(act("short", before, Shorten(shorter)), before=before, after=replace(before, when=shorter))
    memory = Memory((record,))
    assert not any(v.series_kept for v in seen(replace(before, when=shorter), weekly(2, 15), memory=memory))
    assert all(v.series_kept for v in seen(before, weekly(2, 15), memory=memory))
    (remembered,) = series_edits(stored(before), memory)
    assert remembered == Veto(ANA, MeetingKey("weekly@acme.example"), before.when, "short")
    later = Memory((), (remembered,))
    assert seen(weekly(3, 15), memory=later)[0].series_kept
    assert series_edits(stored(before), Memory((record,), (remembered,))) == []
