"""Outlook, where nothing refuses an outdated answer: crashes, sleeping processes, and people who are faster than we are."""

import os
import sqlite3
from collections import Counter
from collections.abc import Callable
from itertools import count

import pytest

from guardian.engine.cycle import Request, run_pass
from guardian.engine.house import Engine
from guardian.errors import NotReady
from guardian.sandbox.world import World
from guardian.store.database import open_store
from tests.chaos.mortal import STEPS, Crash, Fate, mortal
from tests.engine.town import ANA, RUI, at
from tests.engine.village import Village, another


def assert_declined_once(village: Village, event: str) -> None:
    assert village.told() == [(ANA, event, "decline")]
    assert village.replies() == [(ANA, RUI, event)]
    assert [state for state, _ in village.states()] == ["done"]
    assert village.run().plan.items == ()
    village.assert_converged()


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_i3_i4_f4_outlook_a_crash_at_any_step_of_an_act(village: Village, step: str, after: bool, kept: bool) -> None:
    if kept:
        village.keep_declined()
    event = village.invite("Status", at(24, 10))
    with pytest.raises(Crash):
        run_pass(mortal(village.engine, Fate(1, after), frozenset({step})), Request())
    assert len(village.told()) <= 1
    village.later(minutes=5)
    for _ in range(2):  # the first looks whether it was done, the second does what was not
        village.run()
    assert_declined_once(village, event)


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("step", ["lease", "sending"])
def test_i3_i5_f18_outlook_a_process_that_slept_past_its_lease_is_shut_out(
    village: Village, step: str, kept: bool
) -> None:
    """While it sleeps, another one goes on; then it wakes up with the look before the write still to come."""
    if kept:
        village.keep_declined()
    event = village.invite("Status", at(24, 10))
    with another(village, os.getppid()) as second:
        sleeper = mortal(
            village.engine, Fate(1, True, lambda: _meanwhile(village, second), lasting=False), frozenset({step})
        )
        run_pass(sleeper, Request())
    assert [fence for _, fence in village.states()] >= [2]
    assert_declined_once(village, event)


def _meanwhile(village: Village, second: Engine) -> None:
    """Over a minute goes by, twice: what the sleeper announced is looked at first, then done."""
    for _ in range(2):
        village.later(seconds=61)
        run_pass(second, Request())


def test_i3_f18_outlook_the_sleeper_wakes_up_while_the_other_one_waits(village: Village) -> None:
    """It announced its answer; the other one looked, saw nothing and waits. The sleeper's call comes, and stays the only one."""
    village.keep_declined()
    event = village.invite("Status", at(24, 10))

    def meanwhile() -> None:
        village.later(seconds=61)
        run_pass(second, Request())
        assert village.told() == []

    with another(village, os.getppid()) as second:
        run_pass(mortal(village.engine, Fate(1, True, meanwhile, lasting=False), frozenset({"sending"})), Request())
        assert village.states() == [("sending", 2)], "what woke up may not settle it any more"
        village.later(seconds=61)
        run_pass(second, Request())
    assert_declined_once(village, event)


def test_i4_f17_outlook_without_an_intent_there_is_no_act(village: Village) -> None:
    village.invite("Status", at(24, 10))
    store = open_store(village.url, wait=0.1)
    holder = sqlite3.connect(village.url.removeprefix("sqlite:///"), isolation_level=None)
    try:
        run_pass(village.engine_on(store, os.getpid()), Request(dry_run=True))
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotReady):
            run_pass(village.engine_on(store, os.getpid()), Request())
        assert village.told() == []
    finally:
        holder.close()
        store.close()
    village.run()
    assert len(village.told()) == 1


ACTS: dict[str, Callable[[World, str], None]] = {
    "accept": lambda world, event: world.answer(ANA, event, "accepted"),
    "decline": lambda world, event: world.answer(ANA, event, "declined"),
    "move": lambda world, event: world.move(event, at(24, 15), at(24, 16)),
    "cancel": lambda world, event: world.cancel(event),
    "delete": lambda world, event: world.delete_copy(ANA, event),
    "retitle": lambda world, event: world.edit(event, summary="Other"),
}


@pytest.mark.parametrize("meddling", ACTS)
@pytest.mark.parametrize("look", [0, 1])
def test_i5_f19_f20_outlook_the_world_moves_before_the_last_look(village: Village, meddling: str, look: int) -> None:
    """Between our read of the calendar and the look we compare, or between that and the provider's own. What happens after
    that one is the documented gap."""
    village.keep_declined()
    event = village.invite("Status", at(24, 10))
    looks = count()

    def meddle(method: str, _: int) -> None:
        if method == ("events.get" if look else "calendarView.list") and next(looks) == 0:
            ACTS[meddling](village.world, event)

    village.heard = meddle
    for _ in range(3):
        village.run()
        village.later(hours=1)
    assert village.told() == ([(ANA, event, "decline")] if meddling == "retitle" else [])
    assert {state for state, _ in village.states()} <= {"done", "skipped"}
    if meddling in ("accept", "decline"):
        assert village.world.answer_of(ANA, event) == {"accept": "accepted", "decline": "declined"}[meddling]
    village.assert_converged()


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("meddling", ACTS)
def test_i3_f20_outlook_even_in_the_gap_there_is_one_answer_of_ours(
    village: Village, meddling: str, kept: bool
) -> None:
    """Right after the provider's own look, before the call: the organiser cancels, somebody deletes, answers or moves."""
    if kept:
        village.keep_declined()
    event = village.invite("Status", at(24, 10))
    looks = count(1)

    def meddle(method: str, _: int) -> None:
        if method == "events.get" and next(looks) == 2:
            ACTS[meddling](village.world, event)

    village.heard = meddle
    for _ in range(3):
        village.run()
        village.later(hours=1)
    assert max(Counter(village.told()).values(), default=0) <= 1
    assert {state for state, _ in village.states()} <= {"done", "skipped"}
    if meddling in ("cancel", "delete"):
        assert village.told() == []
    village.assert_converged()
