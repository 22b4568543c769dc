"""Calendars as real programs (and hostile people) write them, each with what is to be read out of it beside it."""

import json
from pathlib import Path

import pytest

from guardian.errors import InputError
from guardian.model.events import Response
from guardian.model.time import Interval
from guardian.providers.ics.folder import read_file
from tests.ics.golden import GOLDEN, summary

FILES = sorted(GOLDEN.glob("*.ics"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_reads_what_stands_beside_it(path: Path) -> None:
    assert summary(path) == json.loads(path.with_suffix(".json").read_text("utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_line_ends_do_not_matter(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    other = data.replace(b"\r\n", b"\n") if b"\r\n" in data else data.replace(b"\n", b"\r\n")
    copy = tmp_path / path.name
    copy.write_bytes(other)
    assert summary(copy) == summary(path)


@pytest.mark.parametrize("size", [0.3, 0.5, 0.8, 0.99])
def test_a_file_that_breaks_off_keeps_what_came_before(size: float, tmp_path: Path) -> None:
    data = (GOLDEN / "outlook.ics").read_bytes()
    copy = tmp_path / "outlook.ics"
    copy.write_bytes(data[: int(len(data) * size)])
    found = read_file(copy)
    assert "breaks off" in found.bad[-1].reason
    whole = {o.ref.event_id for o in read_file(GOLDEN / "outlook.ics").occurrences}
    assert {o.ref.event_id for o in found.occurrences} <= whole


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not a calendar"),
        (b"<html>Please log in</html>", "not a calendar"),
        ("BEGIN:VCALENDAR\r\nEND:VCALENDAR".encode("utf-16"), "not a calendar"),
        (b"\x00" * 1000, "not a calendar"),
    ],
)
def test_what_is_no_calendar_is_named_with_the_mend(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "some.ics"
    path.write_bytes(data)
    with pytest.raises(InputError, match=said) as refused:
        read_file(path)
    assert "some.ics" in str(refused.value)
    assert "export it again" in str(refused.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.ics", tmp_path):
        with pytest.raises(InputError, match=path.name):
            read_file(path)


def test_owner_and_zone_are_those_asked_for() -> None:
    found = read_file(GOLDEN / "thunderbird.ics", owner="ana@acme.example", timezone="Asia/Tokyo")
    assert (found.owner, found.zone) == ("ana@acme.example", "Asia/Tokyo")
    listed, floating = found.occurrences[1], found.occurrences[0]
    assert (listed.response, listed.guests) == (Response.TENTATIVE, 0)
    assert isinstance(floating.when, Interval)
    assert floating.when.start.hour == 3
    with pytest.raises(InputError, match="Mars"):
        read_file(GOLDEN / "thunderbird.ics", timezone="Mars/Olympus")


@pytest.mark.parametrize(
    ("owner", "response"),
    [("ruiz; ana", Response.TENTATIVE), ("someone else", Response.ACCEPTED), ("x@y.example", Response.ACCEPTED)],
)
def test_an_owner_not_listed_has_confirmed(owner: str, response: Response) -> None:
    assert read_file(GOLDEN / "thunderbird.ics", owner=owner).occurrences[0].response is response
