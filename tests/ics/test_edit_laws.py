"""Laws over random calendars: what we do and take back leaves the very same bytes; one broken event spoils only itself."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.model.actions import Answer, Effect, Flag, Restore, Unflag
from guardian.model.events import BadEvent, Occurrence, Response
from tests.ics.folder_world import ANA, HEAD, TAIL, WINDOW, FolderWorld, event

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\x85"), max_size=60)
WORDS = st.sampled_from(["ACCEPTED", "NEEDS-ACTION", "TENTATIVE", "DECLINED"])


@st.composite
def rows(draw: st.DrawFn) -> str:
    parts = [f'CN="{draw(TEXT).replace(chr(34), "")}"', f"PARTSTAT={draw(WORDS)}", "RSVP=TRUE", "X-NUM-GUESTS=0"]
    chosen = draw(st.lists(st.sampled_from(parts), unique=True))
    return "".join([draw(st.sampled_from(["ATTENDEE", "attendee"])), *(f";{p}" for p in chosen), f":mailto:{ANA}"])


@st.composite
def events(draw: st.DrawFn, uid: str) -> str:
    summary = draw(TEXT).replace("\\", "")
    lines = [draw(rows()), "ORGANIZER:mailto:ben@acme.example", f"SUMMARY:{summary}"]
    lines += draw(st.lists(st.sampled_from(["CATEGORIES:Work", "X-FOO;A=b:c", "STATUS:CONFIRMED"]), unique=True))
    lines = draw(st.permutations(lines))
    if draw(st.booleans()):
        lines = [*lines, "RRULE:FREQ=DAILY;COUNT=5"]
    if draw(st.booleans()):
        lines = [*lines, "BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nATTENDEE:mailto:ana@acme.example\r\nEND:VALARM"]
    return event(uid, *lines)


@st.composite
def calendars(draw: st.DrawFn) -> bytes:
    text = HEAD + "".join(draw(events(f"e{n}")) for n in range(draw(st.integers(1, 3)))) + TAIL
    data = text.replace("\r\n", draw(st.sampled_from(["\r\n", "\n"]))).encode()
    return (b"\xef\xbb\xbf" if draw(st.booleans()) else b"") + data


def undo(effect: Effect, before: Occurrence) -> Effect:
    if isinstance(effect, Flag):
        return Unflag(before.labels)
    assert before.response is not None
    return Restore(before.response, before.comment)


EFFECTS = st.lists(
    st.one_of(
        st.builds(Answer, st.sampled_from([Response.DECLINED, Response.TENTATIVE]), TEXT.map(str.strip)),
        st.just(Flag("focus-time")),
    ),
    min_size=1,
    max_size=3,
)


@given(calendars(), EFFECTS, st.integers(0, 10))
@settings(max_examples=60, deadline=None)
def test_what_is_done_and_undone_leaves_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, effects: Sequence[Effect], place: int
) -> None:
    world = FolderWorld(tmp_path_factory.mktemp("law"))
    path = world.put(data)
    found = world.read()
    target = found[place % len(found)]
    done: list[Effect] = []
    for effect in effects:
        before = world.one(target.ref.event_id)
        world.act(effect, before)
        done.append(undo(effect, before))
        others = [o for o in world.read() if o.ref != target.ref]
        assert others == [o for o in found if o.ref != target.ref]
    for effect in reversed(done):
        world.act(effect, world.one(target.ref.event_id))
    assert path.read_bytes() == data


@given(calendars(), st.binary(max_size=200), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_garbage_inside_one_event_spoils_only_itself(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, garbage: bytes, place: int
) -> None:
    world = FolderWorld(tmp_path_factory.mktemp("law"))
    world.put(data)
    whole = world.read()
    inner = garbage.replace(b"BEGIN", b"").replace(b"END", b"").replace(b"\n ", b"\n")
    bad = b"BEGIN:VEVENT\r\nUID:bad\r\nDTSTART:garbage" + inner.strip() + b"\r\nEND:VEVENT\r\n"
    parts = data.split(b"BEGIN:VEVENT")
    at = 1 + place % (len(parts) - 1)
    world.put(b"BEGIN:VEVENT".join(parts[:at]) + bad + b"BEGIN:VEVENT" + b"BEGIN:VEVENT".join(parts[at:]))
    items = list(world.provider.read_window(ANA, WINDOW))
    assert [i for i in items if isinstance(i, Occurrence)] == whole
    assert len([i for i in items if isinstance(i, BadEvent)]) == 1


def test_two_files_that_say_different_things_are_in_doubt(tmp_path: Path) -> None:
    world = FolderWorld(tmp_path)
    world.put(HEAD + event("m", "SUMMARY:One", "SEQUENCE:1") + TAIL, "a.ics")
    world.put(HEAD + event("m", "SUMMARY:Two", "SEQUENCE:1") + TAIL, "b.ics")
    [bad] = world.provider.read_window(ANA, WINDOW)
    assert isinstance(bad, BadEvent)
    assert "two files" in bad.reason
    world.put(HEAD + event("m", "SUMMARY:Two", "SEQUENCE:2") + TAIL, "b.ics")
    assert world.one("m").title == "Two"
