"""The folder itself: links, rights, full disks, other programs, and a process killed in the middle of a write."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from guardian.errors import AccessLost, NotSupported, PreconditionFailed, ProviderDown
from guardian.model.actions import Answer, BookFocus, Flag
from guardian.model.events import BadEvent, Response
from guardian.model.time import Interval, parse_instant
from guardian.providers.ics.disk import Folder
from tests.ics.folder_world import ANA, HEAD, TAIL, WINDOW, FolderWorld, event

ROW = f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{ANA}"
MEETING = event("m", ROW, "ORGANIZER:mailto:ben@acme.example", "SUMMARY:Budget")
NO = Answer(Response.DECLINED, "No.")


@pytest.fixture
def world(tmp_path: Path) -> FolderWorld:
    return FolderWorld(tmp_path)


def test_no_folder_is_no_access(world: FolderWorld) -> None:
    world.home.rmdir()
    with pytest.raises(AccessLost) as lost:
        world.provider.changed(ANA, None)
    assert not lost.value.credentials


@pytest.mark.parametrize("name", ["..", ".", "", "../ana", "a/b", ".hidden", "a\x00b"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(AccessLost):
        Folder(tmp_path, name)


def test_links_are_not_followed(world: FolderWorld, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ics"
    secret.write_text(HEAD + MEETING + TAIL)
    (world.home / "link.ics").symlink_to(secret)
    os.mkfifo(world.home / "pipe.ics")
    items = list(world.provider.read_window(ANA, WINDOW))
    assert [i.event_id for i in items if isinstance(i, BadEvent)] == ["link.ics", "pipe.ics"]
    assert len(items) == 2
    world.provider.changed(ANA, None)
    shutil.move(world.home, tmp_path / "moved")
    world.home.symlink_to(tmp_path / "moved")
    with pytest.raises(AccessLost, match=ANA):
        world.read()


@pytest.mark.parametrize("data", [b"", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\n", (HEAD + MEETING).encode()])
def test_a_file_being_written_voids_the_read(world: FolderWorld, data: bytes) -> None:
    world.put(HEAD + MEETING + TAIL, "good.ics")
    world.put(data, "half.ics")
    with pytest.raises(ProviderDown, match=r"half\.ics"):
        world.read()


def test_a_file_that_is_no_calendar_is_named_and_left_out(world: FolderWorld) -> None:
    world.put(HEAD + MEETING + TAIL, "good.ics")
    world.put(b"<html></html>", "page.ics")
    items = list(world.provider.read_window(ANA, WINDOW))
    assert [i.event_id for i in items if isinstance(i, BadEvent)] == ["page.ics"]
    assert len(items) == 2


def test_mode_and_neighbours_stay(world: FolderWorld) -> None:
    path = world.put(HEAD + MEETING + TAIL)
    path.chmod(0o604)
    world.act(NO, world.one("m"))
    assert path.stat().st_mode & 0o777 == 0o604
    assert [p.name for p in world.home.iterdir()] == ["work.ics"]


def test_a_read_only_file_is_left_alone(world: FolderWorld) -> None:
    path = world.put(HEAD + MEETING + TAIL)
    path.chmod(0o444)
    with pytest.raises(NotSupported, match="read-only"):
        world.act(NO, world.one("m"))
    assert path.read_bytes() == (HEAD + MEETING + TAIL).encode()


def test_a_second_guardian_waits_its_turn(world: FolderWorld) -> None:
    world.put(HEAD + MEETING + TAIL)
    found = world.one("m")
    with Folder(world.root, ANA) as other, other.locked(), pytest.raises(ProviderDown, match="locked"):
        world.act(NO, found)
    assert world.act(NO, found).after is not None


def test_a_file_that_changed_meanwhile_is_not_replaced(world: FolderWorld) -> None:
    path = world.put(b"new")
    with Folder(world.root, ANA) as folder:
        with pytest.raises(PreconditionFailed):
            folder.replace("work.ics", b"old", b"mine")
        with pytest.raises(PreconditionFailed):
            folder.remove("work.ics", b"old")
        with pytest.raises(PreconditionFailed):
            folder.create("work.ics", b"mine")
        with pytest.raises(PreconditionFailed):
            folder.replace("none.ics", b"old", b"mine")
    assert path.read_bytes() == b"new"
    assert list(world.home.iterdir()) == [path]


def test_a_disk_without_room_changes_nothing(world: FolderWorld) -> None:
    path = world.put(HEAD + MEETING + TAIL)
    found = world.one("m")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(ProviderDown, match="cannot be written"):
            world.act(NO, found)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert path.read_bytes() == (HEAD + MEETING + TAIL).encode()
    assert list(world.home.iterdir()) == [path]


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from tests.ics.folder_world import FolderWorld
    from guardian.providers.ics.provider import IcsProvider
    from tests.ics.folder_world import ANA, NOW
    from guardian.model.actions import Answer, Response

    root, point = Path(sys.argv[1]), sys.argv[2]
    world = FolderWorld.__new__(FolderWorld)
    world.root, world.home = root, root / ANA
    world.provider = IcsProvider(root, lambda _: True, lambda: NOW)
    found = world.one("m")
    action = world.action(Answer(Response.DECLINED, "No."), found)

    def stop(event, args):
        if event == point:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(stop)
    world.provider.apply(action)
"""


def test_killed_before_the_swap_the_old_file_stands_and_the_rest_is_cleared(world: FolderWorld) -> None:
    path = world.put(HEAD + MEETING + TAIL)
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(world.root), "os.rename"]
    done = subprocess.run(command, check=False, cwd=Path(__file__).parent.parent.parent, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert path.read_bytes() == (HEAD + MEETING + TAIL).encode()
    assert len(list(world.home.glob(".guardian-*.tmp"))) == 1
    assert world.act(Flag("focus-time"), world.one("m")).after is not None
    assert [p.name for p in world.home.iterdir()] == ["work.ics"]


def test_the_tripwire_hears_every_change(world: FolderWorld) -> None:
    path = world.put(HEAD + MEETING + TAIL)
    cursor = world.provider.changed(ANA, None).cursor
    assert not world.provider.changed(ANA, cursor).changed
    stamp = path.stat().st_mtime_ns
    path.write_text((HEAD + MEETING + TAIL).replace("Budget", "Butget"), newline="")
    os.utime(path, ns=(stamp, stamp))
    changed = world.provider.changed(ANA, cursor)
    assert changed.changed
    path.rename(world.home / "other.ics")
    assert world.provider.changed(ANA, changed.cursor).changed


def test_the_mailbox_says_its_zone(world: FolderWorld) -> None:
    assert world.provider.settings(ANA).timezone is None
    world.put((HEAD + TAIL).replace("Europe/Berlin", "W. Europe Standard Time"))
    assert world.provider.settings(ANA).timezone == "Europe/Berlin"
    world.put((HEAD + TAIL).replace("Europe/Berlin", "Mars/Olympus"))
    assert world.provider.settings(ANA).timezone is None


def test_the_doctor_names_what_is_wrong(world: FolderWorld) -> None:
    assert [check.ok for check in world.provider.diagnose(ANA)] == [True, True]
    world.put(b"", "half.ics")
    [broken] = world.provider.diagnose(ANA)
    assert not broken.ok
    assert "half.ics" in broken.detail
    assert broken.mend


def test_a_block_is_booked_once_whatever_happened_before(world: FolderWorld) -> None:
    block = Interval(parse_instant("2026-11-04T08:00:00Z"), parse_instant("2026-11-04T10:00:00Z"))
    effect = BookFocus(block, "Europe/Berlin", "Focus time", "x" * 200)
    first = world.act(effect).after
    assert world.act(effect).after == first
    assert len(world.read()) == 1


def test_a_name_in_no_encoding_is_shown_in_one(world: FolderWorld) -> None:
    (world.home / os.fsdecode(b"caf\xe9.ics")).write_bytes(b"nothing")
    [bad] = world.provider.read_window(ANA, WINDOW)
    assert isinstance(bad, BadEvent)
    assert bad.event_id == "caf?.ics"
