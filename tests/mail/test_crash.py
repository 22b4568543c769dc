"""A process that is killed at the worst moment, and two processes at once: no second mail, ever."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from guardian.model.mail import MailState
from tests.mail.world import ANA, Office, office, only

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.chaos


def child(place: Office) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.mail.child", place.url, str(place.smtp.port)]
    return subprocess.Popen(command, cwd=ROOT)


def test_killed_between_the_servers_answer_and_the_record(tmp_path: Path) -> None:
    with office(tmp_path) as place:
        with child(place) as process:
            place.smtp.taken = lambda: os.kill(process.pid, signal.SIGKILL)
            assert process.wait(timeout=60) == -signal.SIGKILL
        assert place.inbox == [ANA], "the server has it"
        assert place.row().state is MailState.SENDING, "and nobody wrote that down"
        place.smtp.taken = lambda: None
        place.send(only())
        assert place.row().state is MailState.SENDING
        place.later(minutes=10)
        place.send(only())
        place.later(hours=20)
        place.send(only())
        assert (place.inbox, place.row().state) == ([ANA], MailState.UNCERTAIN)


def test_two_processes_at_once(tmp_path: Path) -> None:
    with office(tmp_path) as place:
        with child(place) as one, child(place) as other:
            assert [one.wait(timeout=60), other.wait(timeout=60)] == [0, 0]
        assert place.inbox == [ANA]
        assert (place.row().state, place.row().attempts) == (MailState.SENT, 1)
