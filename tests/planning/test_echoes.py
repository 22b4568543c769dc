"""One long message per meeting and pass: the first address keeps its text, the others say one line."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from guardian.model.actions import Answer, Decision, Flag, Planned, Verdict
from guardian.model.events import EventRef, MeetingKey, Response
from guardian.planning.echoes import told_once
from guardian.planning.history import act
from guardian.planning.words import brief
from tests.planning.worlds import ANA, URGENT, decision, invitation, member, policy

PEOPLE = ("ana@acme.example", "ben@acme.example", "rui@acme.example")


def answer(who: str, meeting: str = "m1", verdict: Verdict = Verdict.GO) -> Planned:
    occurrence = replace(invitation(), ref=EventRef(who, "primary", "e"), meeting=MeetingKey(meeting))
    made = replace(decision(occurrence), member=who)
    return Planned(act("focus-time", occurrence, Answer(Response.DECLINED, f"all of it, {who}")), verdict, "", made)


def texts(items: tuple[Planned, ...]) -> list[str]:
    return [item.action.effect.comment for item in items if isinstance(item.action.effect, Answer)]


def short(_: Decision) -> str:
    return "short"


def test_the_first_address_tells_it_whatever_the_order() -> None:
    items = [answer(PEOPLE[2]), answer(PEOPLE[0]), answer(PEOPLE[1])]
    assert texts(told_once(items, short)) == ["short", f"all of it, {PEOPLE[0]}", "short"]


def test_one_that_is_held_tells_nobody() -> None:
    items = [answer(PEOPLE[0], verdict=Verdict.HOLD), answer(PEOPLE[1]), answer(PEOPLE[2])]
    assert texts(told_once(items, short)) == [f"all of it, {PEOPLE[0]}", f"all of it, {PEOPLE[1]}", "short"]


def test_other_meetings_and_labels_stay_as_they_are() -> None:
    label = answer(PEOPLE[1])
    label = replace(label, action=replace(label.action, effect=Flag("Guardian: focus-time")))
    items = (answer(PEOPLE[0]), answer(PEOPLE[1], "m2"), label)
    assert told_once(items, short) == items


@given(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(("m1", "m2"))), unique=True))
def test_each_meeting_has_one_whole_text_and_no_key_changes(pairs: list[tuple[str, str]]) -> None:
    items = [answer(who, meeting) for who, meeting in pairs]
    told = told_once(items, short)
    assert [item.action.key for item in told] == [item.action.key for item in items]
    whole = [str(item.action.meeting) for item in told if texts((item,)) != ["short"]]
    assert sorted(whole) == sorted({meeting for _, meeting in pairs})


def test_the_line_names_the_rule_and_the_way_through_and_nobody_else() -> None:
    line = brief(policy(bypass=(URGENT,)), decision(invitation()), member(ANA))
    assert "focus-time" in line and "[urgent]" in line and "Ana" in line
    assert "\n" not in line and "@" not in line
