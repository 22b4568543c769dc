"""Two processes on one database: one acts, the other waits; one that slept past its lease is shut out."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from guardian.store.database import upgrade
from tests.chaos.driver import DONE, NOT_READY, finish, is_stopped, orders, start, until
from tests.databases import BACKENDS, database_url
from tests.engine.town import ANA, BEN, Given, Town, at, fresh_database, quick_folder, town

pytestmark = pytest.mark.chaos

EVENTS = 12
LEASED, ANNOUNCED = "lease", "sending"
"""After these a process is stopped: it holds the row; it has committed that it will write."""


@pytest.fixture(params=BACKENDS)
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Town, str]]:
    """A town and the URL of its database, for other processes."""
    with quick_folder() as folder, database_url(request.param, tmp_path) as empty:
        url = fresh_database(folder) if request.param == "sqlite" else empty
        upgrade(url)
        with town(url=url) as place:
            place.run()
            yield place, url


def test_i3_f18_two_passes_at_once_act_once(shared: tuple[Town, str]) -> None:
    place, url = shared
    events = [place.invite(f"Meeting {n}", at(24, 9, n), guests=(ANA, BEN)) for n in range(EVENTS)]
    both = [start(orders(place, url)) for _ in range(2)]
    assert [finish(process) for process in both] == [DONE, DONE]
    expected = [Given(who, event, "declined") for event in events for who in (ANA, BEN)]
    assert sorted(place.answers, key=str) == sorted(expected, key=str)
    assert len(place.replies) == len(expected)
    assert {row.state for row in place.answer_rows()} == {"done"}
    assert place.store.ledger.verify_audit() is None
    place.assert_converged()


def test_f18_a_pass_that_finds_another_one_under_way_gives_up_in_the_end(shared: tuple[Town, str]) -> None:
    place, url = shared
    event = place.invite("Status", at(24, 10))
    first = start(replace(orders(place, url), step=ANNOUNCED, after=True, sign=signal.SIGSTOP))
    until(lambda: is_stopped(first))
    assert finish(start(replace(orders(place, url), waits=False))) == NOT_READY
    assert place.answers == []
    os.kill(first.pid or 0, signal.SIGCONT)
    assert finish(first) == DONE
    assert place.answers == [Given(ANA, event, "declined")]


@pytest.mark.parametrize("step", [LEASED, ANNOUNCED])
@pytest.mark.parametrize("accepted", [False, True])
def test_i3_i5_f18_a_process_that_slept_past_its_lease_is_shut_out(
    shared: tuple[Town, str], step: str, accepted: bool
) -> None:
    """While it sleeps another one acts, and the person may even take the answer back; then it wakes up."""
    place, url = shared
    event = place.invite("Status", at(24, 10))
    sleeper = start(replace(orders(place, url), step=step, after=True, sign=signal.SIGSTOP))
    until(lambda: is_stopped(sleeper))
    assert [(row.state, row.fence) for row in place.answer_rows()] == [("sending" if step == ANNOUNCED else "ready", 1)]
    assert place.answers == []
    place.later(seconds=61)
    place.run()
    assert [(row.state, row.fence) for row in place.answer_rows()] == [("done", 2)]
    if accepted:
        place.world.answer(ANA, event, "accepted")
    os.kill(sleeper.pid or 0, signal.SIGCONT)
    assert finish(sleeper) == DONE
    assert place.answers == [Given(ANA, event, "declined")]
    assert place.answer_of(event) == ("accepted" if accepted else "declined")
    assert [(row.state, row.fence) for row in place.answer_rows()] == [("done", 2)]
    assert place.store.ledger.verify_audit() is None
