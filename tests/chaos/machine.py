"""A town in which anything may happen in any order, and the guardian in the middle of it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from guardian.engine import execute, sync
from guardian.engine.cycle import Request, run_pass
from guardian.engine.house import Engine
from guardian.engine.undo import approve, undo_decision, veto
from guardian.errors import InputError
from guardian.model.ledger import DecisionRow, Owner
from guardian.sandbox.errors import ApiError
from tests.chaos.mortal import STEPS, Crash, Fate, mortal
from tests.chaos.oracle import Meeting, Oracle
from tests.engine.policies import LIMITS, policy
from tests.engine.town import ANA, BEN, HOST, KIM, NOW, RUI, Town, town

TIGHT = "per_person_day: 2, per_run: 3, per_day: 6, percent_of_run: 100"

ONE_EVENT = r"/events/[a-z0-9_]+(\?|$)"

DEAD = 2**22 + 1
"""Above every process id the kernel gives: a process that is not there any more."""

FAULTS = ("401", "429", "500", "503", "rateLimitExceeded", "quotaExceeded", "404", "410", "412", "close-before-apply",
          "apply-then-drop", "apply-then-error", "truncated", "no-sync-token", "empty-page")  # fmt: skip

HANDS: dict[str, Callable[[Engine, str, str], object]] = {"veto": veto, "approve": approve, "undo": undo_decision}

slots = st.builds(
    lambda day, hour: NOW.replace(hour=0) + timedelta(days=day, hours=hour),
    st.integers(0, 4),
    st.sampled_from((9.0, 9.5, 10.0, 11.0, 12.5, 14.0, 15.5)),
)
members = st.sampled_from((ANA, BEN))
guests = st.sampled_from(((ANA,), (BEN,), (ANA, BEN)))
LOST = ("apply-then-drop", "apply-then-error", "truncated")
hosts = st.sampled_from((HOST, "elsewhere"))
afterwards = st.sampled_from((None, "needsAction", "accepted"))
titles = st.sampled_from(("Talk", "Talk", "[urgent] Talk"))
visibilities = st.sampled_from(("default", "default", "private"))
responses = st.sampled_from(("accepted", "tentative", "declined", "needsAction"))


@contextmanager
def one_thread() -> Iterator[None]:
    """So that the same schedule always happens the same way."""
    before = sync.WIDTH, execute.WIDTH
    sync.WIDTH = execute.WIDTH = 1
    try:
        yield
    finally:
        sync.WIDTH, execute.WIDTH = before


class GuardianMachine(RuleBasedStateMachine):
    """Rules are what people, the service, time and the guardian's own process do; the oracle checks every call."""

    meetings: Bundle[str] = Bundle("meetings")

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.open.enter_context(one_thread())
        self.process = DEAD
        self.by_people = 0

    @initialize(target=meetings, hold=st.sampled_from(("0m", "0m", "10m")), book=st.booleans(), tight=st.booleans())
    def begin(self, hold: str, book: bool, tight: bool) -> Any:
        """With two meetings in the focus time of both."""
        text = policy(hold=hold, book=book, limits=TIGHT if tight else LIMITS)
        self.place: Town = self.open.enter_context(town(text))
        self.oracle = Oracle(self.place)
        self.restart(HOST)
        days = (NOW + timedelta(days=n, hours=2) for n in (1, 2))
        return multiple(*(self.made("Talk", start, (ANA, BEN), RUI) for start in days))

    def restart(self, host: str) -> None:
        """Another process with nothing in its memory."""
        self.process += 1
        self.place.engine = replace(self.place.make_engine(), owner=Owner(host, self.process), sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.place.clock.advance(timedelta(seconds=seconds))

    # --- people

    def made(self, title: str, start: datetime, who: Sequence[str], by: str, visibility: str = "default") -> str:
        event = self.place.invite(title, start, by=by, guests=who, visibility=visibility)
        self.oracle.invited(Meeting(event, by, start, visibility == "private"), [by, *who])
        return event

    @rule(target=meetings, start=slots, who=guests, by=st.sampled_from((RUI, KIM)), title=titles, seen=visibilities)
    def invite(self, start: datetime, who: tuple[str, ...], by: str, title: str, seen: str) -> str:
        return self.made(title, start, who, by, seen)

    @rule(target=meetings, start=slots)
    def invite_among_members(self, start: datetime) -> str:
        return self.made("Pair", start, (ANA,), BEN)

    @rule(target=meetings, start=slots, who=guests)
    def invite_to_a_series(self, start: datetime, who: tuple[str, ...]) -> Any:
        series = self.place.invite("Series", start, guests=who, series=["RRULE:FREQ=DAILY;COUNT=3"])
        starts = [start + timedelta(days=n) for n in range(3)]
        events = [self.place.world.occurrence(series, moment) for moment in starts]
        for event, moment in zip(events, starts, strict=True):
            self.oracle.invited(Meeting(event, RUI, moment), list(who))
        return multiple(*events)

    @rule(event=meetings, start=slots)
    def move(self, event: str, start: datetime) -> None:
        with self.by_hand():
            self.place.world.move(event, start, start + timedelta(minutes=30))
            self.oracle.meetings[event].start = start

    @rule(event=meetings, what=st.sampled_from(("cancel", "Talk", "[urgent] Talk", "Other")))
    def cancel_or_retitle(self, event: str, what: str) -> None:
        with self.by_hand():
            if what == "cancel":
                self.place.world.cancel(event)
            else:
                self.place.world.edit(event, summary=what)

    @rule(event=meetings, who=members, response=responses)
    def answer(self, event: str, who: str, response: str) -> None:
        with self.by_hand():
            self.place.world.answer(who, event, response)
            self.oracle.answered(who, event, response)

    @rule(event=meetings, who=members)
    def delete(self, event: str, who: str) -> None:
        if self.oracle.meetings[event].organizer != who:
            with self.by_hand():
                self.place.world.delete_copy(who, event)
                self.oracle.answered(who, event, "declined")

    @rule(who=members, nth=st.integers(0, 9))
    def take_a_block(self, who: str, nth: int) -> None:
        """Delete one of the blocks that were booked, or whatever."""
        blocks = [e["id"] for e in self.place.world.events(who) if e.get("eventType") == "focusTime"]
        if nth < len(blocks):
            self.place.world.delete_copy(who, blocks[nth])

    @contextmanager
    def by_hand(self) -> Iterator[None]:
        """What the service refuses a person (a copy that is gone) does not happen."""
        self.oracle.absorb()
        before = len(self.place.replies)
        try:
            yield
        except (ApiError, KeyError):
            return
        finally:
            self.by_people += len(self.place.replies) - before

    # --- the service and time

    @rule(kind=st.sampled_from(FAULTS), verb=st.sampled_from((None, "GET", "PATCH", "POST", "DELETE")),
          nth=st.integers(1, 6), times=st.sampled_from((1, 1, 2, 8)))  # fmt: skip
    def order_a_fault(self, kind: str, verb: str | None, nth: int, times: int) -> None:
        self.place.sandbox.faults.add(kind, verb=verb, path="/calendar/", nth=nth, times=times)

    @rule()
    def expire_tokens(self) -> None:
        self.place.world.expire_sync_tokens()

    @rule(step=st.sampled_from((1, 11, 45, 180, 60 * 25)))
    def time_passes(self, step: int) -> None:
        self.oracle.absorb()
        self.place.later(minutes=step)

    # --- the guardian

    @rule()
    def a_pass(self) -> None:
        self.go()

    def due(self) -> str:
        """A new meeting that the coming pass has something to say about."""
        return self.made("Talk", self.place.clock().replace(hour=10, minute=0) + timedelta(days=2), (ANA, BEN), RUI)

    @rule(
        target=meetings,
        step=st.sampled_from(STEPS),
        nth=st.integers(1, 3),
        after=st.booleans(),
        host=hosts,
        then=afterwards,
    )
    def a_pass_that_dies(self, step: str, nth: int, after: bool, host: str, then: str | None) -> str:
        event, living = self.due(), self.place.engine
        process = replace(living, owner=replace(living.owner, host=host))
        self.place.engine = mortal(process, Fate(nth, after), frozenset({step}))
        with suppress(Crash):
            self.go()
        self.oracle.absorb()
        self.restart(HOST)
        self.change_of_mind(event, then)
        return event

    @rule(
        target=meetings,
        kind=st.sampled_from(LOST),
        nth=st.integers(1, 2),
        blind=st.sampled_from((0, 8)),
        then=afterwards,
    )
    def a_pass_that_loses_an_answer(self, kind: str, nth: int, blind: int, then: str | None) -> str:
        """And whose looks at the event that follow fail as well."""
        event = self.due()
        self.place.sandbox.faults.add(kind, verb="PATCH", nth=nth)
        if blind:
            self.place.sandbox.faults.add("503", verb="GET", path=ONE_EVENT, nth=2 * nth + 1, times=blind)
        self.go()
        self.change_of_mind(event, then)
        return event

    def change_of_mind(self, event: str, then: str | None) -> None:
        for who in (ANA, BEN) if then else ():
            self.answer(event, who, then)

    @rule(target=meetings, nth=st.integers(1, 6), response=responses)
    def a_pass_with_somebody_at_the_keyboard(self, nth: int, response: str) -> str:
        """Who answers the very event we look at, between the look and whatever we do next."""
        event, left = self.due(), [nth]

        def meddle(method: str, status: int) -> None:
            left[0] -= method == "events.get" and status == 200
            if left[0] == 0:
                left[0] = -1
                entry = self.place.sandbox.log[-1]
                if entry.event in self.oracle.meetings:
                    self.answer(entry.event, entry.person or "", response)

        self.place.heard = meddle
        try:
            self.go()
        finally:
            self.place.heard = lambda _method, _status: None
        return event

    @rule(after=st.integers(0, 2))
    def a_pass_under_the_kill_switch(self, after: int) -> None:
        limit = len(self.place.sandbox.writes) + after
        self.place.killed = lambda: len(self.place.sandbox.writes) >= limit
        self.go()
        self.place.killed = lambda: False

    def go(self) -> None:
        run_pass(self.place.engine, Request())
        self.oracle.absorb()

    @rule(nth=st.integers(0, 5), what=st.sampled_from(("veto", "approve", "undo")))
    def say_no(self, nth: int, what: str) -> None:
        rows = self.decisions()
        if nth < len(rows):
            with suppress(InputError):
                HANDS[what](self.place.engine, rows[nth].id, ANA)
            self.oracle.absorb()

    def decisions(self) -> list[DecisionRow]:
        return [row for row in self.place.store.ledger.decisions() if row.action_key]

    # --- what always holds

    @invariant()
    def every_reply_is_an_effect(self) -> None:
        """One mail for each answer of ours that took effect, and none without."""
        if hasattr(self, "place"):
            self.oracle.absorb()
            assert len(self.place.replies) - self.by_people == self.oracle.effects, "I3: one effect, one mail"

    def teardown(self) -> None:
        try:
            if hasattr(self, "place"):
                self.settle()
        finally:
            self.open.close()

    def settle(self) -> None:
        """The faults stop: soon the store is as a fresh read and nothing is left to do."""
        self.place.sandbox.faults.clear()
        for _ in range(6):
            written = len(self.place.sandbox.writes)
            self.place.later(hours=7)
            run_pass(self.place.engine, Request(accept=frozenset((ANA, BEN))))
            self.oracle.absorb()
            if len(self.place.sandbox.writes) == written and not self.place.rows("ready", "sending"):
                break
        else:
            raise AssertionError("I4, I6: acts without an end")
        self.place.assert_converged()
        self.oracle.check_the_ledger()
