"""What is written comes back, whatever the values."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.errors import NotReady
from guardian.model.actions import (
    Action,
    Answer,
    BookFocus,
    Decision,
    Effect,
    Flag,
    Mode,
    MoveFocus,
    Outcome,
    Precondition,
    RemoveFocus,
    Restore,
    Shorten,
    TraceStep,
    Unflag,
)
from guardian.model.events import Agenda, Attendee, EventKind, EventRef, MeetingKey, Occurrence, Response
from guardian.model.time import DayRange, Interval
from guardian.store.codec import clean, fingerprint, indexed, occurrence_text, read_occurrence
from guardian.store.codec_actions import action_text, decision_text, read_action, read_decision
from tests.store_world import meeting

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
instants = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - `timezones` adds the zone
intervals = st.builds(
    lambda start, minutes: Interval(start, min(start + timedelta(minutes=minutes), datetime.max.replace(tzinfo=UTC))),
    instants,
    st.integers(0, 60),
)
days = st.builds(lambda first: DayRange(first, first), st.dates())
refs = st.builds(EventRef, words, words, words)
keys = st.builds(MeetingKey, words, words)
optional_words = st.none() | words
occurrences = st.builds(
    Occurrence,
    ref=refs,
    meeting=keys,
    when=intervals | days,
    title=words,
    organizer=words,
    organizer_name=words,
    attendees=st.lists(st.builds(Attendee, words, words, st.sampled_from(Response)), max_size=3).map(tuple),
    guests=st.integers(0, 9_999),
    guests_known=st.booleans(),
    response=st.none() | st.sampled_from(Response),
    comment=words,
    is_organizer=st.booleans(),
    optional=st.booleans(),
    busy=st.booleans(),
    cancelled=st.booleans(),
    kind=st.sampled_from(EventKind),
    agenda=st.none() | st.builds(Agenda, st.integers(0, 99), st.integers(0, 99), st.booleans()),
    private=st.booleans(),
    labels=st.lists(words, max_size=3).map(tuple),
    conference=st.booleans(),
    locked=st.booleans(),
    zone=optional_words,
    series_id=optional_words,
    answered_at=st.none() | instants,
    created_at=st.none() | instants,
    updated_at=st.none() | instants,
    etag=optional_words,
    guardian_key=optional_words,
)
answers = st.sampled_from(Response)
effects: st.SearchStrategy[Effect] = st.one_of(
    st.builds(Answer, answers, words),
    st.builds(Restore, answers, words),
    st.builds(Flag, words),
    st.builds(Unflag, st.lists(words, max_size=3).map(tuple)),
    st.builds(Shorten, intervals),
    st.builds(BookFocus, intervals, words, words, words),
    st.builds(MoveFocus, intervals, words),
    st.just(RemoveFocus()),
)
expectations = st.builds(Precondition, st.none() | intervals | days, st.none() | answers, words, optional_words)
actions = st.builds(Action, words, words, st.none() | refs, st.none() | keys, words, expectations, effects)
several_words = st.lists(words, max_size=3).map(tuple)
decisions = st.builds(
    Decision,
    member=words,
    occurrence=occurrences,
    outcome=st.sampled_from(Outcome),
    rule=optional_words,
    mode=st.none() | st.sampled_from(Mode),
    reason=words,
    policy_version=words,
    bypass=optional_words,
    where=words,
    flagged_by=several_words,
    uses=several_words,
    would=st.none() | st.sampled_from(Outcome),
    new_when=st.none() | intervals,
    window=words,
    trace=st.lists(st.builds(TraceStep, words, words, words, words, words), max_size=3).map(tuple),
)


@given(occurrences)
def test_an_occurrence_comes_back(occurrence: Occurrence) -> None:
    assert read_occurrence(occurrence_text(occurrence)) == occurrence


@given(actions)
def test_an_action_comes_back(action: Action) -> None:
    assert read_action(action_text(action)) == action


@settings(max_examples=50)
@given(decisions)
def test_a_decision_comes_back(decision: Decision) -> None:
    assert read_decision(decision_text(decision)) == decision


@given(st.text(), st.none() | st.integers(0, 5))
def test_clean_text_can_be_stored_and_is_cleaned_once(text: str, limit: int | None) -> None:
    cleaned = clean(text, limit)
    assert cleaned.encode("utf-8").find(b"\0") < 0
    assert clean(cleaned, limit) == cleaned
    assert len(cleaned) == len(text if limit is None else text[:limit])


@given(st.text(min_size=590, max_size=700), st.text(min_size=590, max_size=700))
def test_long_identifiers_stay_apart_and_fit_an_index(one: str, other: str) -> None:
    assert (indexed(one) == indexed(other)) == (clean(one) == clean(other))
    assert len(indexed(one).encode()) <= 2_700


def test_only_the_answers_of_others_are_no_version() -> None:
    guests = (Attendee("a@x"), Attendee("b@x"))
    answered = (Attendee("b@x", response=Response.DECLINED), Attendee("a@x", name="A"))
    assert fingerprint(meeting(attendees=guests)) == fingerprint(meeting(attendees=answered))
    assert fingerprint(meeting(attendees=guests)) != fingerprint(meeting(attendees=guests[:1]))


def test_a_private_event_takes_little_room() -> None:
    private = Occurrence(EventRef("a@x", "primary", "e"), MeetingKey("u"), DayRange(date.min, date.min), private=True)
    assert len(occurrence_text(private)) < 120


@pytest.mark.parametrize("read", [read_occurrence, read_action, read_decision])
def test_data_of_a_newer_program_are_refused(read: Any) -> None:
    with pytest.raises(NotReady, match="newer guardian"):
        read(json.dumps({"v": 2}))
