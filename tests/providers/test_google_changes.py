"""The bodies of our patches, where a server would have to be bent to show them."""

from typing import Any

import pytest

from guardian.errors import OutcomeUnknown, ProviderDown
from guardian.model.events import Response
from guardian.providers.google.changes import Mark, Reply, Unmark
from guardian.providers.google.errors import translate
from guardian.providers.google.fresh import shown_after
from guardian.providers.google.marks import added, marks_of, without
from guardian.providers.refusals import Call
from guardian.providers.shared import ANSWER, FLAG, FOCUS, MOST_MARKS
from tests.providers.contract import ANA, BEN, NOW

ROWS = [
    {"email": BEN, "organizer": True, "responseStatus": "accepted"},
    {"email": ANA, "self": True, "responseStatus": "needsAction", "optional": True},
]
DECLINE = Reply(ANA, Response.DECLINED, "No.", "k1")
OWN_ROW = {"email": ANA, "responseStatus": "declined", "comment": "No."}

INCOMPLETE: list[dict[str, Any]] = [
    {"attendees": ROWS, "attendeesOmitted": True},
    {"attendees": ROWS, "guestsCanSeeOtherGuests": False},
    {"attendees": [*ROWS, {"email": "all@acme.example", "asyncOperation": "inProgress"}]},
]


@pytest.mark.parametrize("event", INCOMPLETE)
def test_a_list_that_may_be_cut_is_never_written_back(event: dict[str, Any]) -> None:
    body = DECLINE.body(event)
    assert (body["attendeesOmitted"], body["attendees"]) == (True, [OWN_ROW])


def test_a_whole_list_goes_back_as_read_but_for_the_own_answer() -> None:
    body = DECLINE.body({"attendees": ROWS})
    assert body["attendees"] == [ROWS[0], {**ROWS[1], "responseStatus": "declined", "comment": "No."}]
    assert "attendeesOmitted" not in body


def marked(text: str) -> dict[str, Any]:
    return {"extendedProperties": {"private": {"guardian": text}}}


def test_marks_stand_side_by_side_and_come_off_by_kind() -> None:
    both = added(marked(added(marked("focus:k0"), ANSWER, "k1")), FLAG, "k2")
    assert both == "focus:k0 answer:k1 flag:k2"
    assert without(marked(both), ANSWER) == "focus:k0 flag:k2"
    assert without(marked("flag:k2"), FLAG) is None
    assert added(marked(both), FLAG, "k2") == both


def test_marks_never_outgrow_their_property() -> None:
    text = f"{FOCUS}{'0' * 64}"
    for n in range(40):
        text = added(marked(text), FLAG, f"{n:064}")
    assert len(text) <= 1024
    assert marks_of(marked(text))[0].startswith(FOCUS)
    assert len(marks_of(marked(text))) == MOST_MARKS + 1


def test_a_second_flag_remembers_the_first_colour() -> None:
    first = Mark("Guardian: a", "k1").body({"colorId": "11"})
    second = Mark("Guardian: b", "k2").body(first)
    assert second["extendedProperties"]["private"]["guardianColour"] == "11"
    assert Unmark(()).body(second)["colorId"] == "11"


def test_a_lost_memory_of_the_colour_is_helped_by_the_labels() -> None:
    assert Unmark(("Tomato",)).body({"colorId": "5", **marked("flag:k1")})["colorId"] == "11"
    assert Unmark(()).body({"colorId": "5", **marked("flag:k1")})["colorId"] is None


def test_a_reply_that_tells_nothing_leaves_the_outcome_open() -> None:
    with pytest.raises(OutcomeUnknown):
        shown_after(ANA, {})


@pytest.mark.parametrize("fault", [TimeoutError(), ConnectionResetError(), ValueError("not JSON")])
def test_silence_after_a_write_is_an_open_outcome_and_after_a_read_none(fault: Exception) -> None:
    assert isinstance(translate(fault, Call(write=True), NOW), OutcomeUnknown)
    assert isinstance(translate(fault, Call(), NOW), ProviderDown)
