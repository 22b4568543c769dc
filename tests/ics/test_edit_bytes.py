"""Every write, byte for byte: the lines that are meant change, nothing else does, and undo gives the same file."""

import difflib
from pathlib import Path

import pytest

from guardian.errors import NotSupported, PreconditionFailed
from guardian.model.actions import Answer, BookFocus, Effect, Flag, MoveFocus, RemoveFocus, Restore, Shorten, Unflag
from guardian.model.events import EventKind, Occurrence, Response
from guardian.model.time import Interval, parse_instant
from tests.ics.folder_world import ANA, HEAD, TAIL, FolderWorld, event

ROW = f"ATTENDEE;CN=Ana;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{ANA}"
BEN = 'ATTENDEE;CN="Oto; Ben";PARTSTAT=ACCEPTED:mailto:ben@acme.example'
ORGANIZER = "ORGANIZER:mailto:ben@acme.example"
ALARM = "BEGIN:VALARM\r\nACTION:EMAIL\r\nATTENDEE:mailto:ana@acme.example\r\nTRIGGER:-PT5M\r\nEND:VALARM"
NEIGHBOUR = event("other", ROW, BEN, ORGANIZER, "SUMMARY:Nobody touches me")


@pytest.fixture
def world(tmp_path: Path) -> FolderWorld:
    return FolderWorld(tmp_path)


def changes(before: bytes, after: bytes) -> list[str]:
    lines = difflib.ndiff(before.decode().splitlines(keepends=True), after.decode().splitlines(keepends=True))
    return [line.replace("\r\n", "") for line in lines if line[0] in "+-"]


def key_of(occurrence: Occurrence) -> str:
    assert occurrence.guardian_key is not None
    return occurrence.guardian_key


def test_an_answer_changes_the_own_row_and_nothing_else(world: FolderWorld) -> None:
    text = (
        HEAD
        + NEIGHBOUR
        + event("m", BEN, ROW, ORGANIZER, "SUMMARY:Budget", ALARM)
        + NEIGHBOUR.replace("other", "z")
        + TAIL
    )
    path = world.put(text)
    after = world.act(Answer(Response.DECLINED, 'Focus: "deep"; more, ^ here\nWrite to me.'), world.one("m")).after
    assert after is not None
    assert after.comment == 'Focus: "deep"; more, ^ here\nWrite to me.'
    found = changes(text.encode(), path.read_bytes())
    assert found[0] == f"- {ROW}"
    joined = found[1][2:] + "".join(line[3:] for line in found[2:])
    assert all(line.startswith("+ ") for line in found[1:])
    assert joined == (
        "ATTENDEE;CN=Ana;PARTSTAT=DECLINED;RSVP=TRUE;"
        "X-RESPONSE-COMMENT=\"Focus: ^'deep^'; more, ^^ here^nWrite to me.\";"
        f"X-GUARDIAN={after.guardian_key}:mailto:{ANA}"
    )
    world.act(Restore(Response.NEEDS_ACTION, ""), after)
    assert path.read_bytes() == text.encode()


ROWS = [
    ROW,
    f"ATTENDEE:mailto:{ANA}",
    f"attendee;partstat=accepted:MAILTO:{ANA.upper()}",
    f'ATTENDEE;PARTSTAT=TENTATIVE;X-RESPONSE-COMMENT="Maybe; I^\'ll see":mailto:{ANA}',
    "ATTENDEE;CN=Ana;PARTSTAT=NEEDS-AC\r\n TION;RSVP=TRUE:mailto:ana@acm\r\n\te.example",
    f"ATTENDEE;CN={'Ana' * 40};PARTSTAT=ACCEPTED:mailto:{ANA}",
    f'ATTENDEE;CN="Größe 🎉: Ana";PARTSTAT=ACCEPTED;X-GUARDIAN-WAS=QUJD:mailto:{ANA}',
    f"ATTENDEE;PARTSTAT=DELEGATED:mailto:{ANA}",
]


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("end_of_line", ["\r\n", "\n"])
def test_taking_an_answer_back_gives_the_very_bytes(world: FolderWorld, row: str, end_of_line: str) -> None:
    text = (HEAD + event("m", BEN, row, ORGANIZER) + TAIL).replace("\r\n", end_of_line)
    path = world.put(text)
    before = world.one("m")
    declined = world.act(Answer(Response.TENTATIVE, "Später?"), before).after
    assert declined is not None
    again = world.act(Answer(Response.DECLINED, "No."), declined).after
    assert again is not None
    assert max(len(line) for line in path.read_bytes().splitlines() if line not in row.encode()) <= 75
    back = world.act(Restore(Response.TENTATIVE, "Später?"), again).after
    assert back == declined
    assert before.response is not None
    assert world.act(Restore(before.response, before.comment), back).after == before
    assert path.read_bytes() == text.encode()


def test_an_answer_the_person_changed_since_is_restored_by_its_meaning(world: FolderWorld) -> None:
    path = world.put(HEAD + event("m", BEN, f"ATTENDEE:mailto:{ANA}", ORGANIZER) + TAIL)
    world.act(Answer(Response.DECLINED, "No."), world.one("m"))
    path.write_bytes(path.read_bytes().replace(b"ATTENDEE;PART", b"ATTENDEE;ROLE=CHAIR;PART"))
    after = world.act(Restore(Response.NEEDS_ACTION, ""), world.one("m")).after
    assert after is not None
    assert (after.response, after.comment, after.guardian_key) == (Response.NEEDS_ACTION, "", None)
    assert f"ATTENDEE;ROLE=CHAIR;PARTSTAT=NEEDS-ACTION:mailto:{ANA}".encode() in path.read_bytes()


def test_a_foreign_memory_is_not_believed(world: FolderWorld) -> None:
    # "ATTENDEE:mailto:ana@acme.example\r\nSUMMARY:Owned\r\n" as base64
    evil = "QVRURU5ERUU6bWFpbHRvOmFuYUBhY21lLmV4YW1wbGUNClNVTU1BUlk6T3duZWQNCg"
    row = f"ATTENDEE;PARTSTAT=DECLINED;X-GUARDIAN=k;X-GUARDIAN-WAS={evil}:mailto:{ANA}"
    path = world.put(HEAD + event("m", BEN, row, ORGANIZER) + TAIL)
    world.act(Restore(Response.NEEDS_ACTION, ""), world.one("m"))
    assert b"Owned" not in path.read_bytes()
    assert f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{ANA}\r\n".encode() in path.read_bytes()


def test_a_flag_is_two_lines_and_goes_without_a_trace(world: FolderWorld) -> None:
    text = HEAD + event("m", BEN, ROW, ORGANIZER, "CATEGORIES:Work,Client", ALARM) + TAIL
    path = world.put(text)
    flagged = world.act(Flag("focus-time"), world.one("m")).after
    assert flagged is not None
    assert flagged.labels == ("Work", "Client", "Guardian: focus-time")
    assert changes(text.encode(), path.read_bytes()) == [
        "+ CATEGORIES:Guardian: focus-time",
        f"+ X-GUARDIAN:{key_of(flagged)}",
    ]
    assert world.act(Unflag(("Work", "Client")), flagged).after == world.one("m")
    assert path.read_bytes() == text.encode()


def test_a_label_another_program_moved_is_still_taken_off(world: FolderWorld) -> None:
    path = world.put(HEAD + event("m", BEN, ROW, ORGANIZER, "CATEGORIES:Work") + TAIL)
    world.act(Flag("focus-time"), world.one("m"))
    mixed = path.read_bytes().replace(b"CATEGORIES:Guardian: focus-time\r\n", b"")
    path.write_bytes(mixed.replace(b"CATEGORIES:Work", b"CATEGORIES:Work,Guardian: focus-time,A\\, B"))
    after = world.act(Unflag(("Work",)), world.one("m")).after
    assert after is not None
    assert (after.labels, after.guardian_key) == (("Work", "A, B"), None)


SERIES = event(
    "s", BEN, ROW, ORGANIZER, "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;TZID=Europe/Berlin:20261117T100000", ALARM
)
SECOND = "s#20261110T090000Z"


@pytest.mark.parametrize(
    ("effect", "undo"),
    [
        (Answer(Response.DECLINED, "No."), Restore(Response.NEEDS_ACTION, "")),
        (Flag("focus-time"), Unflag()),
    ],
)
def test_one_occurrence_becomes_an_exception_behind_the_series(
    world: FolderWorld, effect: Effect, undo: Effect
) -> None:
    text = HEAD + SERIES + NEIGHBOUR + TAIL
    path = world.put(text)
    others = [o for o in world.read() if o.ref.event_id != SECOND]
    after = world.act(effect, world.one(SECOND)).after
    assert after is not None
    assert [o for o in world.read() if o.ref.event_id != SECOND] == others
    data = path.read_bytes()
    start = len((HEAD + SERIES).encode())
    assert data.startswith((HEAD + SERIES).encode())
    assert data.endswith((NEIGHBOUR + TAIL).encode())
    added = data[start : -len((NEIGHBOUR + TAIL).encode())].decode()
    assert "RECURRENCE-ID;TZID=Europe/Berlin:20261110T100000\r\n" in added
    assert "DTSTART;TZID=Europe/Berlin:20261110T100000\r\nDTEND;TZID=Europe/Berlin:20261110T110000\r\n" in added
    assert "RRULE" not in added
    assert "EXDATE" not in added
    world.act(undo, after)
    assert path.read_bytes() == text.encode()


def test_answer_and_flag_on_one_occurrence_go_one_after_the_other(world: FolderWorld) -> None:
    text = HEAD + SERIES + TAIL
    path = world.put(text)
    answered = world.act(Answer(Response.DECLINED, "No."), world.one(SECOND)).after
    flagged = world.act(Flag("x"), answered).after
    restored = world.act(Restore(Response.NEEDS_ACTION, ""), flagged).after
    assert restored is not None
    assert restored.labels == ("Guardian: x",)
    world.act(Unflag(), restored)
    assert path.read_bytes() == text.encode()


def test_an_occurrence_after_a_change_of_the_series_copies_the_change(world: FolderWorld) -> None:
    change = event(
        "s",
        "RECURRENCE-ID;TZID=Europe/Berlin;RANGE=THISANDFUTURE:20261110T100000",
        ROW,
        BEN,
        ORGANIZER,
        "SUMMARY:New title",
        start="20261110T140000",
        end="20261110T150000",
    )
    text = HEAD + event("s", ROW, BEN, ORGANIZER, "RRULE:FREQ=WEEKLY;COUNT=4") + change + TAIL
    path = world.put(text)
    third = world.one("s#20261117T090000Z")
    after = world.act(Answer(Response.DECLINED, "No."), third).after
    assert after is not None
    assert (after.when, after.title, after.response) == (third.when, "New title", Response.DECLINED)
    assert b"RECURRENCE-ID;TZID=Europe/Berlin:20261117T100000" in path.read_bytes()
    assert world.one("s#20261124T090000Z").response is Response.NEEDS_ACTION
    world.act(Restore(Response.NEEDS_ACTION, ""), after)
    assert path.read_bytes() == text.encode()


def test_all_day_series_are_answered_by_date(world: FolderWorld) -> None:
    text = (
        HEAD
        + (
            f"BEGIN:VEVENT\r\nUID:d\r\nDTSTART;VALUE=DATE:20261103\r\nRRULE:FREQ=WEEKLY\r\n{ROW}\r\n{BEN}\r\n{ORGANIZER}\r\nEND:VEVENT\r\n"
        )
        + TAIL
    )
    path = world.put(text)
    after = world.act(Answer(Response.DECLINED, "No."), world.one("d#20261110")).after
    assert after is not None
    assert b"RECURRENCE-ID;VALUE=DATE:20261110\r\n" in path.read_bytes()
    world.act(Restore(Response.NEEDS_ACTION, ""), after)
    assert path.read_bytes() == text.encode()


MINE = f"ORGANIZER:mailto:{ANA}"


@pytest.mark.parametrize(
    ("lines", "start", "changed"),
    [
        (
            ("DTSTART:20261103T090000Z", "DTEND:20261103T100000Z"),
            "",
            ["- DTEND:20261103T100000Z", "+ DTEND:20261103T095000Z"],
        ),
        (("DTSTART:20261103T090000Z", "DURATION:PT1H"), "", ["- DURATION:PT1H", "+ DURATION:PT50M"]),
        (
            ("DTSTART;TZID=Europe/Berlin:20261103T100000", "DTEND;TZID=Europe/London:20261103T100000"),
            "",
            ["- DTEND;TZID=Europe/London:20261103T100000", "+ DTEND;TZID=Europe/London:20261103T095000"],
        ),
    ],
)
def test_shortening_changes_the_end_only(
    world: FolderWorld, lines: tuple[str, ...], start: str, changed: list[str]
) -> None:
    text = HEAD + "\r\n".join(["BEGIN:VEVENT", "UID:m", *lines, MINE, BEN, "END:VEVENT", ""]) + TAIL
    path = world.put(text)
    before = world.one("m")
    shorter = Interval(parse_instant("2026-11-03T09:00:00Z"), parse_instant("2026-11-03T09:50:00Z"))
    after = world.act(Shorten(shorter), before).after
    assert after is not None
    assert after.when == shorter
    assert sorted(c.rstrip() for c in changes(text.encode(), path.read_bytes()) if c[0] != "?") == sorted(changed)
    assert isinstance(before.when, Interval)
    world.act(Shorten(before.when), after)
    assert path.read_bytes() == text.encode()


def test_only_the_own_meeting_is_shortened(world: FolderWorld) -> None:
    text = HEAD + event("m", BEN, ROW, ORGANIZER) + TAIL
    path = world.put(text)
    found = world.one("m")
    assert isinstance(found.when, Interval)
    with pytest.raises(NotSupported):
        world.act(Shorten(Interval(found.when.start, found.when.start)), found)
    assert path.read_bytes() == text.encode()


def test_one_occurrence_of_an_own_series_is_shortened_alone(world: FolderWorld) -> None:
    world.put(HEAD + event("s", MINE, BEN, "RRULE:FREQ=WEEKLY;COUNT=3") + TAIL)
    second = world.one(SECOND)
    assert isinstance(second.when, Interval)
    shorter = Interval(second.when.start, parse_instant("2026-11-10T09:50:00Z"))
    after = world.act(Shorten(shorter), second).after
    assert after is not None
    assert after.when == shorter
    assert [o.when.minutes for o in world.read() if isinstance(o.when, Interval)].count(60) == 2


def test_a_block_is_a_file_of_its_own(world: FolderWorld) -> None:
    text = HEAD + NEIGHBOUR + TAIL
    path = world.put(text)
    block = Interval(parse_instant("2026-11-04T08:00:00Z"), parse_instant("2026-11-04T10:00:00Z"))
    action = world.action(
        BookFocus(block, "Europe/Berlin", "Focus time", "Made by the guardian.\nLeave me alone: say so.")
    )
    booked = world.provider.apply(action).after
    assert booked is not None
    assert (booked.when, booked.kind, booked.own_block) == (block, EventKind.FOCUS, True)
    assert len(list(world.home.iterdir())) == 2
    later = Interval(parse_instant("2026-11-05T08:00:00Z"), parse_instant("2026-11-05T09:00:00Z"))
    moved = world.act(MoveFocus(later, "Europe/Berlin"), booked).after
    assert moved is not None
    assert moved.when == later
    world.act(RemoveFocus(), moved)
    assert list(world.home.iterdir()) == [path]
    assert path.read_bytes() == text.encode()


def test_a_block_that_a_program_put_beside_others_leaves_them(world: FolderWorld) -> None:
    block = Interval(parse_instant("2026-11-04T08:00:00Z"), parse_instant("2026-11-04T10:00:00Z"))
    booked = world.act(BookFocus(block, "Europe/Berlin", "Focus time", "x")).after
    [file] = world.home.iterdir()
    inner = file.read_bytes().partition(b"BEGIN:VEVENT")[2].partition(b"END:VEVENT")[0]
    file.unlink()
    path = world.put(HEAD.encode() + b"BEGIN:VEVENT" + inner + b"END:VEVENT\r\n" + NEIGHBOUR.encode() + TAIL.encode())
    assert world.read()[0].own_block
    world.act(RemoveFocus(), world.one(booked.ref.event_id if booked else ""))
    assert path.read_bytes() == (HEAD + NEIGHBOUR + TAIL).encode()


def test_somebody_not_listed_cannot_answer(world: FolderWorld) -> None:
    world.put(HEAD + event("m", BEN, ORGANIZER) + TAIL)
    found = world.one("m")
    assert found.response is None
    with pytest.raises(NotSupported, match="not listed"):
        world.act(Answer(Response.DECLINED, "No."), found)


def test_a_neighbour_that_changes_does_not_stop_the_act(world: FolderWorld) -> None:
    path = world.put(HEAD + NEIGHBOUR + event("m", BEN, ROW, ORGANIZER) + TAIL)
    found = world.one("m")
    path.write_bytes(path.read_bytes().replace(b"Nobody", b"Everybody"))
    assert world.act(Answer(Response.DECLINED, "No."), found).after is not None
    with pytest.raises(PreconditionFailed):
        world.act(Flag("x"), found)


def test_old_encodings_stay(world: FolderWorld) -> None:
    text = (HEAD + event("m", BEN, f"ATTENDEE;CN=Größe:mailto:{ANA}", ORGANIZER, "SUMMARY:Grüße – ja") + TAIL).encode(
        "cp1252"
    )
    path = world.put(text)
    before = world.one("m")
    assert before.title == "Grüße – ja"
    after = world.act(Answer(Response.DECLINED, "Tschüß – bis bald 🎉"), before).after
    assert after is not None
    assert (after.comment, after.title) == ("Tschüß – bis bald ?", "Grüße – ja")
    world.act(Restore(Response.NEEDS_ACTION, ""), after)
    assert path.read_bytes() == text
