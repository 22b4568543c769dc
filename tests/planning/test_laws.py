"""Long random stories at one desk: invitations, moves, people's own answers, changes of policy, and a pass after each.

Whatever happens: nothing but the person's own copies is touched (I1), no act is done twice (I3), a person's answer stays
(I5), and a pass after a pass does nothing (I6).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.model.actions import Action, Answer, Mode, Restore
from guardian.model.events import Occurrence, Response
from guardian.model.time import Interval
from guardian.policy.model import MaxAttendees, Rule
from tests.planning.worlds import ANA, BEN, NOW, PLACE, Desk, at, facts, focus_rule, invitation, policy

CROWDED = Rule("crowded", "max_attendees", MaxAttendees(1), "flag", PLACE, "print-crowded", mode=Mode.FLAG)
FOCUS = focus_rule(book=True)
START = st.integers(8 * 4, 17 * 4).map(lambda quarter: quarter / 4)
DAY = st.integers(1, 3)
NAME = st.sampled_from(["a", "b", "c"])
HAND = st.sampled_from([Response.ACCEPTED, Response.DECLINED, Response.TENTATIVE])
MODE = st.sampled_from([Mode.OBSERVE, Mode.FLAG, Mode.ENFORCE])

Step = Callable[["Story"], None]


class Story:
    """A desk, and the answers that people gave by hand since the meeting last moved."""

    def __init__(self) -> None:
        rules = (FOCUS, CROWDED)
        self.desk = Desk(policy(*rules), facts(rules=rules))
        self.now = NOW
        self.by_hand: dict[str, Response] = {}
        self.acts: list[Action] = []

    def invite(self, name: str, start: float, day: int, own: bool) -> None:
        if name not in self.desk.events:
            when = Interval(at(start, day), at(start + 1, day))
            organizer, response = (ANA, Response.ACCEPTED) if own else (BEN, Response.NEEDS_ACTION)
            created = self.now - timedelta(minutes=5)
            self.desk.put(invitation(name, when, organizer=organizer, response=response, created=created))

    def move(self, name: str, start: float, day: int) -> None:
        if name in self.desk.events:
            self.desk.edit(name, when=Interval(at(start, day), at(start + 1, day)))

    def rename(self, name: str) -> None:
        if name in self.desk.events:
            self.desk.edit(name, title="renamed")

    def answer(self, name: str, response: Response) -> None:
        event = self.desk.events.get(name)
        if event is not None and not event.is_organizer:
            self.desk.edit(name, response=response, comment="by hand")
            self.by_hand[name] = response

    def tidy(self, name: str) -> None:
        if name in self.desk.events:
            self.desk.edit(name, labels=())

    def change(self, focus: Mode, crowded: Mode) -> None:
        self.desk.rules = policy(replace(FOCUS, mode=focus), replace(CROWDED, mode=crowded))

    def pass_and_check(self) -> None:
        acts = self.desk.work(self.now)
        self.acts += acts
        for action in acts:
            self._harmless(action)
        rest = self.desk.work(self.now)
        self.acts += rest
        assert {a.verb for a in rest} <= {"flag"}, "a label may follow the one it replaces, nothing else"
        assert self.desk.work(self.now) == []
        for name, response in self.by_hand.items():
            assert self.desk.events[name].response is response
        assert len({a.key for a in self.acts}) == len(self.acts)
        self.now += timedelta(minutes=5)

    def _harmless(self, action: Action) -> None:
        assert action.mailbox == ANA and (action.ref is None or action.ref.mailbox == ANA)
        assert action.verb != "shorten"
        if isinstance(action.effect, Answer | Restore):
            assert action.ref is not None
            assert not self._event(action.ref.event_id).is_organizer

    def _event(self, name: str) -> Occurrence:
        return self.desk.events[name]


STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(lambda n, s, d, o: lambda story: story.invite(n, s, d, o), NAME, START, DAY, st.booleans()),
    st.builds(lambda n, s, d: lambda story: story.move(n, s, d), NAME, START, DAY),
    st.builds(lambda n: lambda story: story.rename(n), NAME),
    st.builds(lambda n, r: lambda story: story.answer(n, r), NAME, HAND),
    st.builds(lambda n: lambda story: story.tidy(n), NAME),
    st.builds(lambda f, c: lambda story: story.change(f, c), MODE, MODE),
)


@given(st.lists(STEPS, max_size=14))
@settings(max_examples=120, deadline=None)
def test_i1_i3_i5_i6_whatever_happens_at_a_desk(steps: list[Step]) -> None:
    story = Story()
    story.invite("a", 10, 1, False)
    for step in steps:
        step(story)
        story.pass_and_check()


def test_the_story_of_one_meeting_told_plainly() -> None:
    story, answers = Story(), []
    story.invite("a", 10, 1, False)
    for start in (10, 14, 10):
        story.move("a", start, 1)
        story.pass_and_check()
        answers.append(story.desk.events["a"].response)
    assert answers == [Response.DECLINED, Response.NEEDS_ACTION, Response.DECLINED]
    story.answer("a", Response.ACCEPTED)
    story.pass_and_check()
    story.rename("a")
    story.pass_and_check()
    assert [a.verb for a in story.acts if a.verb in ("decline", "restore")] == ["decline", "restore", "decline"]
