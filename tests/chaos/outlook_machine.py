"""A village on Outlook in which anything may happen in any order: fewer kinds of things than in the town, and what only Outlook
does, copies that leave and answers that nothing guards."""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from guardian.engine.cycle import Request, run_pass
from guardian.model.ledger import Owner
from guardian.sandbox.errors import ApiError
from tests.chaos.machine import DEAD, guests, members, one_thread, slots
from tests.chaos.mortal import STEPS, Crash, Fate, mortal
from tests.engine.town import ANA, BEN, NOW, RUI
from tests.engine.village import Village, village_at

FAULTS = ("401", "ErrorAccessDenied", "404", "410", "412", "429", "500", "503-empty", "504", "close-before-apply",
          "apply-then-drop", "apply-then-error", "truncated", "empty-page", "no-delta-link", "next-link-to-other-host")  # fmt: skip

AFRESH = timedelta(hours=7)
"""Longer than any pause that a fault asks for."""


class OutlookMachine(RuleBasedStateMachine):
    """`allowed` counts how often the guardian may answer for a person at most: once for each time the meeting stood somewhere.
    `shut` are meetings that the person answered, with the number of our answers by then."""

    meetings: Bundle[str] = Bundle("meetings")

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.open.enter_context(one_thread())
        self.process, self.by_people = DEAD, 0
        self.allowed: Counter[str] = Counter()
        self.shut: dict[tuple[str, str], int] = {}

    @initialize(target=meetings, kept=st.booleans())
    def begin(self, kept: bool) -> Any:
        """With two meetings in the focus time of both."""
        self.place: Village = self.open.enter_context(village_at())
        if kept:
            self.place.keep_declined()
        self.restart()
        return multiple(*(self.invite(NOW + timedelta(days=n, hours=2), (ANA, BEN)) for n in (1, 2)))

    def restart(self) -> None:
        """Another process with nothing in its memory."""
        self.process += 1
        self.place.engine = replace(self.place.engine, owner=Owner("village", self.process), sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.place.later(seconds=seconds)

    # --- people

    @rule(target=meetings, start=slots, who=guests)
    def invite(self, start: datetime, who: Sequence[str]) -> str:
        event = self.place.invite("Talk", start, guests=who)
        self.allowed[event] = 1
        return event

    @rule(event=meetings, start=slots)
    def move(self, event: str, start: datetime) -> None:
        """A reschedule asks everybody anew."""
        with suppress(ApiError, KeyError):
            self.place.world.move(event, start, start + timedelta(minutes=30))
            self.allowed[event] += 2  # an answer of ours may be given back, and given again
            self.shut = {key: number for key, number in self.shut.items() if key[1] != event}

    @rule(event=meetings)
    def cancel(self, event: str) -> None:
        with suppress(ApiError, KeyError):
            self.place.world.cancel(event)

    @rule(event=meetings, who=members, response=st.sampled_from(("accepted", "tentative", "declined")))
    def answer(self, event: str, who: str, response: str) -> None:
        """By hand, on a copy that is there, more than a minute after anything else; Outlook has no way back to "not answered"."""
        copy = self.place.world.store.calendars[who].rows.get(event)
        if copy is None or copy.cancelled or copy.removed:
            return
        self.place.later(minutes=2)
        before = len(self.place.replies())
        with suppress(ApiError, KeyError):
            self.place.world.answer(who, event, response)
        self.by_people += len(self.place.replies()) - before
        self.shut[who, event] = self.given(who, event)

    @rule(event=meetings, who=members)
    def delete(self, event: str, who: str) -> None:
        before = len(self.place.replies())
        with suppress(ApiError, KeyError):
            self.place.world.delete_copy(who, event)
        self.by_people += len(self.place.replies()) - before

    # --- the service and time

    @rule(kind=st.sampled_from(FAULTS), verb=st.sampled_from((None, "GET", "POST", "PATCH")), nth=st.integers(1, 8),
          times=st.integers(1, 4))  # fmt: skip
    def order_a_fault(self, kind: str, verb: str | None, nth: int, times: int) -> None:
        self.place.sandbox.faults.add(kind, verb=verb, path="/users/", nth=nth, times=times)

    @rule()
    def expire_tokens(self) -> None:
        self.place.sandbox.expire_access_tokens()

    @rule(step=st.sampled_from((1, 11, 45, 180, 60 * 25)))
    def time_passes(self, step: int) -> None:
        self.place.later(minutes=step)

    # --- the guardian

    @rule()
    def a_pass(self) -> None:
        self.place.run()

    @rule(step=st.sampled_from(STEPS), nth=st.integers(1, 3), after=st.booleans(), person=members,
          then=st.sampled_from((None, "accepted")), event=meetings)  # fmt: skip
    def a_pass_that_dies(self, step: str, nth: int, after: bool, person: str, then: str | None, event: str) -> None:
        """And somebody may answer before the next process begins."""
        with suppress(Crash):
            run_pass(mortal(self.place.engine, Fate(nth, after), frozenset({step})), Request())
        self.restart()
        if then is not None:
            self.answer(event, person, then)

    # --- what always holds

    def given(self, who: str, event: str) -> int:
        return sum(told[:2] == (who, event) for told in self.place.told())

    @invariant()
    def at_most_once(self) -> None:
        if not hasattr(self, "place"):
            return
        for (who, event, verb), number in Counter(self.place.told()).items():
            assert number <= self.allowed[event], f"I3: {verb} for {who} {number} times"
        for (who, event), number in self.shut.items():
            assert self.given(who, event) == number, f"I5: {who} answered by hand"
        assert len(self.place.replies()) - self.by_people == len(self.place.told()), "I3: one answer, one mail"
        assert {entry.person for entry in self.place.sandbox.writes} <= {ANA, BEN}, "I1: only people enrolled"
        assert all(to == RUI for who, to, _ in self.place.replies()), "I11: the organiser and nobody else"

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
            self.place.later(seconds=AFRESH.total_seconds())
            self.place.run(accept=frozenset((ANA, BEN)))
            self.at_most_once()
            if len(self.place.sandbox.writes) == written and not self.place.store.ledger.rows(
                states=("ready", "sending")
            ):
                break
        else:
            raise AssertionError("I4, I6: acts without an end")
        self.place.assert_converged()
        assert self.place.store.ledger.verify_audit() is None
