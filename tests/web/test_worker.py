"""The worker beside the server: passes come again, whatever one of them does."""

import logging
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.jobs.inline import JITTER, InlineWorker

SOON = 30.0
"""Seconds after which a wait counts as failed."""


@given(st.floats(10, 86_400), st.floats(0, 1))
def test_pauses_stay_within_the_jitter(interval: float, chance: float) -> None:
    pause = InlineWorker(lambda: None, interval, random=lambda: chance).pause()
    assert interval * (1 - JITTER) - 1e-6 <= pause <= interval * (1 + JITTER) + 1e-6


@pytest.mark.parametrize(("chance", "pause"), [(0.0, 270.0), (0.5, 300.0), (1.0, 330.0)])
def test_early_late_and_in_time(chance: float, pause: float) -> None:
    assert InlineWorker(lambda: None, 300, random=lambda: chance).pause() == pytest.approx(pause)


def test_a_pass_that_fails_does_not_end_the_loop(caplog: pytest.LogCaptureFixture) -> None:
    third = Event()
    passes: list[int] = []

    def work() -> None:
        passes.append(len(passes))
        if len(passes) == 3:
            third.set()
        raise RuntimeError(f"pass {len(passes)}")

    worker = InlineWorker(work, interval=0)
    with caplog.at_level(logging.ERROR):
        worker.start()
        assert third.wait(SOON)
        worker.stop()
    assert "the next one comes as usual" in caplog.text


def test_the_first_pass_does_not_wait_for_the_interval() -> None:
    began = Event()
    worker = InlineWorker(began.set, interval=86_400)
    worker.start()
    assert began.wait(SOON)
    worker.stop()


def test_stop_ends_a_long_pause_at_once_and_no_pass_follows() -> None:
    began, passes = Event(), []

    def work() -> None:
        passes.append(1)
        began.set()

    worker = InlineWorker(work, interval=86_400)
    worker.start()
    assert began.wait(SOON)
    worker.stop(SOON)
    assert passes == [1]


def test_stop_waits_for_the_pass_under_way() -> None:
    began, release, ended = Event(), Event(), []

    def work() -> None:
        began.set()
        assert release.wait(SOON)
        ended.append("pass")

    worker = InlineWorker(work, interval=0)
    worker.start()
    assert began.wait(SOON)

    def stop() -> None:
        worker.stop(SOON)
        ended.append("stop")

    stopping = Thread(target=stop)
    stopping.start()
    assert ended == []
    release.set()
    stopping.join(SOON)
    assert ended[-1] == "stop"
    assert ended[:-1]


def test_stop_gives_up_on_a_pass_that_hangs() -> None:
    release, began = Event(), Event()

    def work() -> None:
        began.set()
        release.wait(SOON)

    worker = InlineWorker(work, interval=0)
    worker.start()
    assert began.wait(SOON)
    worker.stop(timeout=0.01)
    release.set()
    worker.stop(SOON)


def test_a_worker_that_never_started_can_be_stopped() -> None:
    InlineWorker(lambda: None, interval=1).stop()
