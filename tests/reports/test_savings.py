"""Hours saved, honestly: what would have stood in the calendar, and what became of each act."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.model.actions import Action, Answer, Decision, Flag, Mode, Outcome, Precondition, Shorten
from guardian.model.events import Attendee, EventKind, Occurrence, Response
from guardian.model.ledger import OutboxRow
from guardian.model.time import Interval, Week
from guardian.reports.fates import Act, Kind
from guardian.reports.likelihood import acceptance, likelihood_of
from guardian.reports.savings import Savings, acts_of, replay, shortened_by_others
from guardian.reports.weeks import Counts
from tests.reports.calendar_of import ANA, BEN, GAUGE, at, away, crowd, meeting, stretch
from tests.reports.test_load_laws import calendars

WEEK = Week(2026, 47)
TEN = stretch(0, "10:00", "11:00")
ACTED = at(-2, "09:00")
ASKED = meeting("m", TEN, Response.NEEDS_ACTION, title="Status of the launch", attendees=crowd(4))
NO = replace(ASKED, response=Response.DECLINED)


def declined(before: Occurrence = ASKED, **changes: Any) -> Act:
    return replace(Act(before.meeting.series_uid, Kind.DECLINED, ACTED, before), **changes)


def saved(*ended: Occurrence, acts: tuple[Act, ...] = (declined(),), **changes: Any) -> Savings:
    return replay(ended, GAUGE, WEEK, acts, **changes)


def fates(found: Savings) -> list[str]:
    return [part.fate for part in found.per_act]


def test_a_declined_meeting_saves_its_time_and_the_focus_it_would_have_broken() -> None:
    """9-10 is left of the morning: without the decline Monday would have 1 + 6 hours, now it has 8."""
    found = saved(NO)
    assert (found.upper_minutes, found.lower_minutes, found.focus_minutes) == (60, 60, 120)
    assert fates(found) == ["stands"]


def test_expected_is_as_likely_as_the_person_would_have_gone_less_the_writing() -> None:
    likely = (declined(likelihood=Fraction(3, 4)),)
    assert saved(NO, acts=likely).lower_minutes == 45
    assert saved(NO, acts=likely, writing_minutes=7).lower_minutes == 38
    assert saved(NO, acts=(declined(likelihood=Fraction(0)),), writing_minutes=7).lower_minutes == 0


NOTHING: dict[str, tuple[tuple[Occurrence, ...], dict[str, Any], str]] = {
    "undone": ((ASKED,), {"undone": True}, "undone"),
    "undone, and declined by the person": ((NO,), {"undone": True}, "undone"),
    "accepted after all": ((replace(ASKED, response=Response.ACCEPTED),), {}, "accepted"),
    "called off": ((), {}, "cancelled"),
    "called off, still listed": ((replace(NO, cancelled=True),), {}, "cancelled"),
    "optional": ((NO,), {"before": replace(ASKED, optional=True)}, "stands"),
    "out of office": ((NO, away("leave", stretch(0, "00:00", "24:00"))), {}, "stands"),
    "already clashing": ((NO, meeting("other", stretch(0, "09:30", "11:30"))), {}, "stands"),
    "after hours": (
        (replace(NO, when=stretch(0, "18:00", "19:00")),),
        {"before": replace(ASKED, when=stretch(0, "18:00", "19:00"))},
        "stands",
    ),
}


@pytest.mark.parametrize(("ended", "changes", "fate"), NOTHING.values(), ids=NOTHING)
def test_what_saves_nothing(ended: tuple[Occurrence, ...], changes: dict[str, Any], fate: str) -> None:
    if "before" in changes and changes["before"].optional:
        ended = tuple(replace(o, optional=True) for o in ended)
    found = saved(*ended, acts=(declined(**changes),))
    assert (found.upper_minutes, found.lower_minutes) == (0, 0)
    assert fates(found) == [fate]


def test_declining_one_of_two_clashing_meetings_saves_the_part_that_did_not_clash() -> None:
    assert saved(NO, meeting("other", stretch(0, "10:30", "11:30"))).upper_minutes == 30


def test_acts_are_taken_back_together_and_share_the_whole() -> None:
    """Two declined meetings at the same hour: alone each would have taken 60 minutes, together they would have too."""
    twin = meeting("n", TEN, Response.NEEDS_ACTION)
    found = saved(
        NO, replace(twin, response=Response.DECLINED), acts=(declined(), declined(twin, likelihood=Fraction(1, 2)))
    )
    assert found.upper_minutes == 60
    assert [part.upper for part in found.per_act] == [30, 30]
    assert found.lower_minutes == 45


def test_on_a_service_that_removes_declined_meetings_the_copy_of_then_is_put_back() -> None:
    gone = (declined(vanished=True),)
    assert saved(acts=gone).upper_minutes == 60
    called_off = {ASKED.meeting: replace(ASKED, cancelled=True)}
    assert fates(saved(acts=gone, elsewhere=called_off)) == ["cancelled"]
    longer = {ASKED.meeting: replace(ASKED, when=stretch(0, "10:00", "12:00"))}
    assert saved(acts=gone, elsewhere=longer).upper_minutes == 120


AGAIN = meeting(
    "again", stretch(2, "15:00", "16:00"), title="Status of launch", attendees=crowd(4), created_at=at(-1, "09:00")
)


def test_a_meeting_that_comes_back_was_only_moved() -> None:
    """It breaks Wednesday now (7 - 1 = 6 and 1 hours) and would have broken Monday alike."""
    found = saved(NO, AGAIN)
    assert (found.upper_minutes, found.lower_minutes, found.rebounds) == (0, 0, 1)
    assert fates(found) == ["moved"]
    assert found.focus_minutes == 0
    late = replace(AGAIN, when=stretch(2, "09:00", "10:00"))
    assert saved(NO, late).focus_minutes == 60


@pytest.mark.parametrize(
    "changes",
    [
        {"organizer": "cy@acme.example"},
        {"created_at": ACTED - timedelta(minutes=1)},
        {"created_at": None},
        {"title": "Lunch with the team of the launch"},
        {"title": ""},
        {"attendees": crowd(2, *(Attendee(f"x{n}@acme.example") for n in range(4)))[1:]},
        {"when": stretch(8, "10:00", "11:00")},
        {"response": Response.DECLINED},
        {"busy": False},
        {"kind": EventKind.OTHER},
    ],
)
def test_what_only_looks_like_it_is_another_meeting(changes: dict[str, Any]) -> None:
    assert fates(saved(NO, replace(AGAIN, **changes))) == ["stands"]


def test_the_same_meeting_at_another_time_was_moved() -> None:
    """From the middle of the morning to its beginning."""
    moved = replace(ASKED, when=stretch(0, "09:00", "10:00"), response=Response.ACCEPTED)
    found = saved(moved)
    assert (found.upper_minutes, fates(found)) == (0, ["moved"])
    assert found.focus_minutes == 60


def test_a_move_for_the_worse_wins_no_focus() -> None:
    early = replace(ASKED, when=stretch(0, "09:00", "10:00"))
    moved = replace(early, when=stretch(0, "10:00", "11:00"), response=Response.ACCEPTED)
    assert saved(moved, acts=(declined(early),)).focus_minutes == 0


HELD = meeting("s", TEN, organizer=ANA, is_organizer=True, attendees=crowd(4))
SHORT = replace(HELD, when=stretch(0, "10:00", "10:50"))
SHORTENED = (Act("s", Kind.SHORTENED, ACTED, HELD),)


@pytest.mark.parametrize(
    ("ended", "upper", "fate"),
    [
        ((SHORT,), 10, "stands"),
        ((replace(SHORT, when=stretch(0, "10:10", "11:00")),), 10, "stands"),
        ((replace(SHORT, when=stretch(1, "14:00", "14:50")),), 10, "stands"),
        ((HELD,), 0, "lengthened"),
        ((replace(HELD, when=stretch(0, "10:00", "11:30")),), 0, "lengthened"),
        ((), 0, "cancelled"),
        ((replace(SHORT, response=Response.DECLINED),), 0, "stands"),
    ],
)
def test_a_shortened_meeting_saves_what_it_is_shorter_by(ended: tuple[Occurrence, ...], upper: int, fate: str) -> None:
    found = saved(*ended, acts=SHORTENED)
    assert (found.upper_minutes, found.lower_minutes, fates(found)) == (upper, upper, [fate])


def test_a_meeting_both_shortened_and_declined_is_put_back_whole() -> None:
    ended = replace(SHORT, response=Response.DECLINED, is_organizer=False, organizer=BEN)
    before = replace(ended, when=TEN, response=Response.ACCEPTED)
    acts = (Act("s", Kind.SHORTENED, ACTED, before), declined(replace(before, when=ended.when)))
    for order in (acts, acts[::-1]):
        assert saved(ended, acts=order).upper_minutes == 60


def test_acts_of_other_weeks_are_no_part_of_it() -> None:
    assert saved(NO, acts=(declined(replace(ASKED, when=stretch(7, "10:00", "11:00"))),)) == Savings()


def observed(occurrence: Occurrence, would: Outcome, mode: Mode = Mode.OBSERVE, **changes: Any) -> Decision:
    return Decision(ANA, occurrence, Outcome.OBSERVE, "rule", mode, "", "v", would=would, **changes)


def test_what_observed_rules_would_have_saved_stands_apart() -> None:
    plain, short = meeting("a", TEN), meeting("b", stretch(1, "10:00", "11:00"))
    wishes = (
        observed(plain, Outcome.DECLINE),
        observed(short, Outcome.SHORTEN, new_when=stretch(1, "10:00", "10:50")),
    )
    found = saved(plain, short, NO, observed=wishes)
    assert found.would_minutes == 70
    assert found.upper_minutes == 0


@pytest.mark.parametrize("decision", [
    observed(meeting("a", TEN), Outcome.FLAG),
    observed(meeting("a", TEN), Outcome.DECLINE, Mode.ENFORCE),
    observed(meeting("a", stretch(0, "14:00", "15:00")), Outcome.DECLINE),
    observed(meeting("elsewhere", TEN), Outcome.DECLINE),
])  # fmt: skip
def test_what_would_have_saved_nothing(decision: Decision) -> None:
    assert saved(meeting("a", TEN), acts=(), observed=(decision,)).would_minutes == 0


def row(effect: Answer | Flag | Shorten, state: str = "done", **changes: Any) -> OutboxRow:
    action = Action("key", ANA, ASKED.ref, ASKED.meeting, "rule", Precondition(), effect)
    plain = OutboxRow(action, state, "run", None, ACTED, before=ASKED, after=NO, settled_at=ACTED)
    return replace(plain, **changes)


def test_acts_come_from_the_ledger() -> None:
    decline = Answer(Response.DECLINED, "")
    rows = [
        row(decline), row(decline, "undone"), row(decline, after=None), row(Shorten(TEN)),
        row(Answer(Response.TENTATIVE, "")), row(Flag("x")), row(decline, "skipped"), row(decline, before=None),
    ]  # fmt: skip
    found = acts_of(rows, lambda _: Fraction(1, 3))
    assert [(a.kind, a.undone, a.vanished, a.likelihood) for a in found] == [
        (Kind.DECLINED, False, False, Fraction(1, 3)),
        (Kind.DECLINED, True, False, Fraction(1, 3)),
        (Kind.DECLINED, False, True, Fraction(1, 3)),
        (Kind.SHORTENED, False, False, Fraction(1)),
    ]


def test_who_attends_a_meeting_that_its_organiser_s_guardian_shortened_has_the_time_too() -> None:
    mine = replace(SHORT, organizer=BEN, is_organizer=False)
    done = row(Shorten(SHORT.when), before=replace(HELD, organizer=BEN)) if isinstance(SHORT.when, Interval) else None
    assert done is not None
    bens = replace(done, action=replace(done.action, mailbox=BEN, meeting=HELD.meeting))
    acts = shortened_by_others([bens], [mine, NO], ANA)
    assert [(act.kind, act.before.when) for act in acts] == [(Kind.SHORTENED, TEN)]
    assert saved(mine, acts=tuple(acts)).upper_minutes == 10
    others = [replace(bens, state="undone"), replace(bens, action=replace(bens.action, mailbox=ANA))]
    assert shortened_by_others(others, [mine], ANA) == []


def past(uid: str, day: int, response: Response, **changes: Any) -> Occurrence:
    return replace(meeting(f"{uid}{day}", stretch(day, "10:00", "11:00"), response), **changes)


def test_how_likely_somebody_would_have_gone() -> None:
    """Of five in the series two were accepted, of ten from Ben seven; of Cy's nothing is known."""
    series = [replace(past("s", -d, r), meeting=replace(ASKED.meeting, original_start=str(d))) for d, r in enumerate(
        [Response.ACCEPTED] * 2 + [Response.DECLINED, Response.TENTATIVE, Response.NEEDS_ACTION], 1)]  # fmt: skip
    others = [past("o", -d, Response.ACCEPTED) for d in range(6, 11)]
    own = [past("own", -d, Response.ACCEPTED, organizer=ANA, is_organizer=True) for d in range(1, 9)]
    old = [past("old", -d, Response.ACCEPTED) for d in range(57, 70)]
    likely = likelihood_of([*series, *others, *own, *old], ANA, at(0, "00:00"), Fraction(1, 4))
    assert likely(ASKED) == Fraction(2, 5)
    assert likely(meeting("unknown", TEN)) == Fraction(7, 10)
    assert likely(meeting("unknown", TEN, organizer="cy@acme.example")) == Fraction(1, 4)


def test_the_organisation_s_acceptance_is_that_of_the_sums() -> None:
    assert acceptance([Counts(invitations=3, accepted=1), Counts(invitations=1, accepted=1)]) == Fraction(1, 2)
    assert acceptance([]) == 0


@settings(max_examples=60)
@given(calendars, st.data())
def test_savings_are_never_negative_and_parts_sum_to_the_whole(calendar: list[Occurrence], data: st.DataObject) -> None:
    asked = [o for o in calendar if isinstance(o.when, Interval) and o.kind is EventKind.MEETING]
    chosen = data.draw(st.lists(st.sampled_from(asked), unique_by=lambda o: o.ref, max_size=6)) if asked else []
    likely = data.draw(st.fractions(0, 1))
    fresh = {
        o.ref: data.draw(st.sampled_from([Response.DECLINED, Response.DECLINED, Response.ACCEPTED])) for o in chosen
    }
    ended = [replace(o, response=fresh.get(o.ref, o.response)) for o in calendar]
    acts = [declined(replace(o, response=Response.NEEDS_ACTION), likelihood=likely) for o in chosen]
    found = replay(ended, GAUGE, WEEK, acts, writing_minutes=data.draw(st.sampled_from([0, 7])))
    assert 0 <= found.lower_minutes <= found.upper_minutes
    assert found.focus_minutes >= 0
    assert sum(part.upper for part in found.per_act) == found.upper_minutes
    assert sum(part.focus for part in found.per_act) == found.focus_minutes
    assert all(0 <= part.lower <= part.upper for part in found.per_act)
