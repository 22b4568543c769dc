"""kill -9 at every step of the act path, whatever became of the call in flight: exactly one effect, one mail, one outcome."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.chaos.driver import KILLED, finish, orders, start, until
from tests.chaos.mortal import STEPS
from tests.engine.town import ANA, RUI, Given, Town, at, fresh_database, quick_folder, town

pytestmark = pytest.mark.chaos


@pytest.fixture
def shared() -> Iterator[tuple[Town, str]]:
    """A town and the URL of its database, for other processes."""
    with quick_folder() as folder:
        url = fresh_database(folder)
        with town(url=url) as place:
            place.run()
            yield place, url


def assert_done_once(place: Town, event: str) -> None:
    assert place.answers == [Given(ANA, event, "declined")]
    assert place.replies == [(ANA, RUI, event)]
    assert [row.state for row in place.answer_rows()] == ["done"]
    told = [entry.what for entry in place.store.ledger.audit() if entry.key == place.answer_rows()[0].action.key]
    assert told[-1] == "done"
    assert told.index("sending") < told.index("done")
    assert place.store.ledger.verify_audit() is None
    place.run()
    place.assert_converged()
    assert place.run().plan.items == ()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_i3_i4_f4_killed_at_any_step_of_an_act(shared: tuple[Town, str], step: str, after: bool) -> None:
    place, url = shared
    event = place.invite("Status", at(24, 10))
    assert finish(start(replace(orders(place, url), step=step, after=after))) == KILLED
    assert len(place.answers) <= 1
    place.run()
    assert_done_once(place, event)


@pytest.mark.parametrize("fault", ["hang-after-apply", "delay"])
def test_i3_i4_f3_f4_killed_while_the_call_is_on_its_way(shared: tuple[Town, str], fault: str) -> None:
    """The answer never comes; with `delay` the call itself is carried out only after the restart."""
    place, url = shared
    event = place.invite("Status", at(24, 10))
    order = place.sandbox.faults.add(fault, verb="PATCH", seconds=1.5)
    process = start(orders(place, url))
    until(lambda: order.fired > 0)
    process.kill()
    assert finish(process) == KILLED
    place.run()
    until(lambda: len(place.sandbox.writes) == (2 if fault == "delay" else 1))
    assert_done_once(place, event)


def test_i3_f4_the_late_call_lands_between_the_look_and_the_write_of_the_next_process(shared: tuple[Town, str]) -> None:
    place, url = shared
    event = place.invite("Status", at(24, 10))
    order = place.sandbox.faults.add("delay", verb="PATCH", seconds=1.0)
    process = start(orders(place, url))
    until(lambda: order.fired > 0)
    process.kill()
    finish(process)
    looks = iter(range(1, 100))

    def wait_for_it(method: str, _status: int) -> None:
        if method == "events.get" and next(looks) == 2:
            until(lambda: bool(place.sandbox.writes))

    place.heard = wait_for_it
    place.run()
    assert_done_once(place, event)


def test_i3_i5_f4_the_person_answers_before_the_restart(shared: tuple[Town, str]) -> None:
    """Our answer was written, we died, the person took it back: the ledger says it was done, and it is not done again."""
    place, url = shared
    event = place.invite("Status", at(24, 10))
    finish(start(replace(orders(place, url), step="apply", after=True)))
    place.world.answer(ANA, event, "needsAction")
    place.run()
    place.later(hours=1)
    place.run()
    assert place.answers == [Given(ANA, event, "declined")]
    assert [row.state for row in place.answer_rows()] == ["done"]
