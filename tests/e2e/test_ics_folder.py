"""A folder of .ics files as a real installation, from `init` to `people leave`, every command a process of its own."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.desk import Desk

ANA, BEN = "ana@acme.example", "ben@acme.example"
DAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=3)

WEEKDAY = f"{DAY:%a}".lower()

POLICY = f"""\
version: 1
defaults:
  timezone: UTC
  working_hours: {{days: [mon-sun], start: "08:00", end: "18:00"}}
  internal_domains: [acme.example]
  mode_ceiling: enforce
safety: {{hold: 0m, freeze_before: 0m}}
rules:
  - id: focus-time
    type: focus_block
    windows: [{{days: [{WEEKDAY}], start: "09:00", end: "13:00"}}]
    book: true
    action: decline
    mode: enforce
"""
ROSTER = f"""\
version: 1
people:
  - {{email: {ANA}, name: Ana Ruiz, provider: ics, timezone: Etc/UTC}}
  - {{email: {BEN}, provider: ics}}
"""


def at(hour: int, minute: int = 0) -> str:
    return (DAY + timedelta(hours=hour, minutes=minute)).strftime("%Y%m%dT%H%M%SZ")


# Line ends of both kinds, a folded line, properties of other programs, an event that is broken, another that repeats.
WORK = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Some Program//EN\r\nX-WR-CALNAME:Work\r\nMETHOD:PUBLISH\r\n"
    "BEGIN:VEVENT\r\nUID:old-1\r\nDTSTAMP:20200101T000000Z\r\n"
    f"DTSTART:{at(10)}\r\nDTEND:{at(11)}\r\nSUMMARY:Known for long\\, and kept\r\n"
    f'ORGANIZER:mailto:boss@acme.example\r\nATTENDEE;CN="Ana, here";PARTSTAT=ACCEPTED:mailto:{ANA}\r\n'
    'X-ODD;X-PARAM="a:b":kept as it is\r\nDESCRIPTION:a long line that somebody folded in the mid\r\n dle of a word\r\n'
    "END:VEVENT\r\n"
    "BEGIN:VEVENT\nUID:weekly\nDTSTAMP:20200101T000000Z\n"
    f"DTSTART:{at(14)}\nDTEND:{at(15)}\nRRULE:FREQ=WEEKLY\nSUMMARY:Weekly\nEND:VEVENT\n"
    "BEGIN:VEVENT\r\nUID:broken\r\nDTSTART:yesterday\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
INVITATION = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Mail//EN\r\nBEGIN:VEVENT\r\nUID:new-1\r\nDTSTAMP:20200101T000000Z\r\n"
    f"DTSTART:{at(9, 30)}\r\nDTEND:{at(10)}\r\nSUMMARY:Quick sync?\r\nORGANIZER:mailto:rui@acme.example\r\n"
    f"ATTENDEE;CN=Ana;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{ANA}\r\n"
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:rui@acme.example\r\nATTENDEE:mailto:else@acme.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


pytestmark = pytest.mark.timeout(400)  # many processes, each with its own start


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """As after `guardian init`, with the folder named in the `.env` that it wrote."""
    desk = Desk(tmp_path)
    desk.guardian("init", "--yes")
    settings = (tmp_path / ".env").read_text()
    assert "#GUARDIAN_ICS__ROOT=" in settings
    (tmp_path / ".env").write_text(re.sub("#GUARDIAN_ICS__ROOT=.*", "GUARDIAN_ICS__ROOT=calendars", settings))
    desk.write("config/policies.yaml", POLICY)
    desk.write("config/people.yaml", ROSTER)
    for name, text in {
        f"{ANA}/work.ics": WORK,
        f"{ANA}/notes.ics": "no calendar at all",
        f"{BEN}/own.ics": WORK,
    }.items():
        path = tmp_path / "calendars" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return desk


def contents(desk: Desk) -> dict[str, bytes]:
    root = desk.folder / "calendars"
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file() and p.suffix == ".ics"}


def test_the_way_of_a_folder_from_init_to_leaving(desk: Desk) -> None:
    found = contents(desk)
    assert "0 error" not in desk.guardian("policy", "check").out
    doctor = desk.guardian("doctor", "--format", "json").json["checks"]
    assert [c for c in doctor if c["result"] == "failed"] == []
    assert any(ANA in c["check"] and "1 left out" in c["detail"] for c in doctor)

    planned = desk.guardian("plan", "--format", "json").json
    assert (planned["dry_run"], planned["policy_accepted"]) == (True, False)
    first = desk.guardian("run", "--once", "--format", "json").json
    assert (first["dry_run"], first["policy_accepted"], first["actions"]["done"]) == (True, True, 0)
    assert contents(desk) == found

    invitation = desk.folder / "calendars" / ANA / "mail-4711.ics"
    invitation.write_bytes(INVITATION.encode())
    second = desk.guardian("run", "--once", "--format", "json").json
    declined = [d for d in second["decisions"] if d["outcome"] == "decline"]
    assert [(d["person"], d["meeting"]["title"], d["state"]) for d in declined] == [(ANA, "Quick sync?", "done")]
    assert second["focus_blocks"]["booked"] > 0

    after = contents(desk)
    labels = re.compile(rb"(CATEGORIES:Guardian: focus-time|X-GUARDIAN:\w+)\r\n")
    assert {name: labels.sub(b"", after[name]) for name in found} == found
    assert len(labels.findall(after[f"{ANA}/work.ics"])) == 2, "the meeting that was there before is labelled"
    old, new = INVITATION.encode().split(b"\r\n"), _unfolded(invitation.read_bytes()).split(b"\r\n")
    changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert [a for a, _ in changed] == [b"ATTENDEE;CN=Ana;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:ana@acme.example"]
    assert b"PARTSTAT=DECLINED" in changed[0][1]
    assert b"X-RESPONSE-COMMENT" in changed[0][1]

    desk.guardian("run", "--once")
    assert contents(desk) == after

    undone = desk.guardian("decisions", "undo", declined[0]["id"], "--format", "json").json["undone"]
    assert [item["result"] for item in undone] == ["undone"]
    assert invitation.read_bytes() == INVITATION.encode()
    desk.guardian("run", "--once")
    assert invitation.read_bytes() == INVITATION.encode(), "whoever undoes an act does not want it again"

    for person in (ANA, BEN):
        desk.guardian("people", "leave", person, "--yes")
    assert contents(desk) == {**found, f"{ANA}/mail-4711.ics": INVITATION.encode()}


def test_whoever_left_stays_away_until_the_line_was_taken_out(desk: Desk) -> None:
    desk.guardian("run", "--once")
    desk.guardian("run", "--once")
    desk.guardian("people", "leave", ANA.upper(), "--yes")
    cleared = contents(desk)
    again = desk.guardian("run", "--once", "--format", "json")
    assert f"{ANA} left" in again.err
    assert again.json["calendars"]["total"] == 1
    assert {d["person"] for d in again.json["decisions"]} <= {BEN}
    assert contents(desk) == cleared
    people = desk.guardian("people", "list", "--format", "json").json["people"]
    assert [(p["email"], p["state"]) for p in people] == [(ANA, "left"), (BEN, "enrolled")]
    assert "left" in desk.guardian("plan", "--person", ANA, expect=2).err

    desk.write("config/people.yaml", "".join(line for line in ROSTER.splitlines(keepends=True) if ANA not in line))
    desk.guardian("run", "--once")
    desk.write("config/people.yaml", ROSTER)
    returned = desk.guardian("run", "--once", "--format", "json").json
    assert returned["calendars"]["total"] == 2
    assert returned["focus_blocks"]["booked"] > 0


def _unfolded(data: bytes) -> bytes:
    return data.replace(b"\r\n ", b"")
