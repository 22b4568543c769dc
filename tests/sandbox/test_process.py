"""`python -m guardian.sandbox` as a process: one line, then service until stdin closes or SIGTERM."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest


def start(out: Path, *more: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    command = [sys.executable, "-m", "guardian.sandbox", "--out", str(out), "--now", "2026-11-23T08:00:00Z", *more]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


@pytest.mark.parametrize("by_signal", [True, False], ids=["SIGTERM", "end of stdin"])
def test_it_serves_until_it_is_told_to_stop(tmp_path: Path, by_signal: bool) -> None:
    process, where = start(tmp_path / "new")
    with process, urllib.request.urlopen(f"{where['control']}clock", timeout=10) as answer:
        assert json.load(answer)["now"].startswith("2026-11-23T08:00")
        assert json.loads(Path(where["key"]).read_text())["token_uri"] == f"{where['google']}token"
        assert Path(where["key"]).stat().st_mode & 0o777 == 0o600
        assert Path(where["people"]).is_file() and Path(where["policies"]).is_file()
        if by_signal:
            process.send_signal(signal.SIGTERM)
        else:
            assert process.stdin is not None
            process.stdin.close()
        assert process.wait(timeout=20) == 0


def test_a_time_without_an_offset_is_a_usage_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "guardian.sandbox", "--out", str(tmp_path), "--now", "2026-11-23T08:00:00"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 2
    assert "offset" in done.stderr
