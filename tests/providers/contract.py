"""What every calendar provider promises, as tests. A provider's own module subclasses `ProviderContract` and gives a
`world` fixture: the service with two or more people in it, and hands for what people do there without us."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from guardian.errors import AccessLost, Gone, GuardianError, Moot, NotSupported, PreconditionFailed
from guardian.model.actions import (
    Action,
    Answer,
    BookFocus,
    Effect,
    Flag,
    MoveFocus,
    Precondition,
    RemoveFocus,
    Restore,
    Unflag,
    action_key,
    verb_of,
)
from guardian.model.events import BadEvent, EventKind, Occurrence, Response
from guardian.model.time import Interval
from guardian.ports import CalendarProvider

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""Monday morning; the world's clock stands here."""

WINDOW = Interval(NOW - timedelta(days=14), NOW + timedelta(days=61))
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

ANA, BEN, KIM = "ana@acme.example", "ben@acme.example", "kim@acme.example"
"""Enrolled: the provider may act for ANA and BEN. KIM exists in the service and is not enrolled."""


class ProviderWorld(Protocol):
    """A calendar service with ANA, BEN and KIM in it. Meetings are named by their title, which is unique."""

    @property
    def provider(self) -> CalendarProvider: ...

    def invite(
        self, organizer: str, guests: Sequence[str], title: str, start: datetime, minutes: int = 30, *, weekly: int = 1
    ) -> None:
        """A meeting of the organiser's (or, with `weekly`, a series of that many) lands on every guest's calendar."""

    def answer(self, mailbox: str, title: str, response: Response) -> None:
        """The person answers on their own, outside the guardian."""

    def move(self, mailbox: str, title: str, start: datetime) -> None:
        """Somebody moves the single event; this mailbox's copy shows it."""

    def delete(self, mailbox: str, event_id: str) -> None:
        """The person deletes an event from their own calendar, or the organiser cancels it there."""

    def poison(self, mailbox: str) -> None:
        """Put an event on the calendar that nobody can understand."""

    def rows(self, mailbox: str, title: str) -> dict[str, Response]:
        """Address -> answer, as this mailbox's copy shows it."""


def read(world: ProviderWorld, mailbox: str = ANA) -> list[Occurrence]:
    return [o for o in world.provider.read_window(mailbox, WINDOW) if isinstance(o, Occurrence)]


def the(world: ProviderWorld, title: str, mailbox: str = ANA) -> Occurrence:
    [found] = [o for o in read(world, mailbox) if o.title == title]
    return found


def act(effect: Effect, on: Occurrence | None = None, *, mailbox: str = ANA) -> Action:
    """An action as the planner would make it for the occurrence as read."""
    start = on.when.start if on and isinstance(on.when, Interval) else TUESDAY
    if isinstance(effect, BookFocus):
        start = effect.block.start
    meeting = on.meeting if on else None
    expects = Precondition(on.when, on.response, on.organizer, on.etag) if on else Precondition()
    key = action_key("focus-time", verb_of(effect), mailbox, str(meeting or ""), start)
    return Action(key, mailbox, on.ref if on else None, meeting, "focus-time", expects, effect)


def booking(start: datetime = TUESDAY, minutes: int = 120) -> Action:
    block = Interval(start, start + timedelta(minutes=minutes))
    return act(BookFocus(block, "Europe/Madrid", "Focus time", "Booked under the rule focus-time."))


class ProviderContract:
    """Every provider passes these."""

    @pytest.fixture
    def world(self) -> ProviderWorld:
        raise NotImplementedError

    def test_reads_time_people_and_answer(self, world: ProviderWorld) -> None:
        world.invite(BEN, [ANA], "Budget", TUESDAY, 45)
        found = the(world, "Budget")
        assert found.when == Interval(TUESDAY, TUESDAY + timedelta(minutes=45))
        assert (found.organizer, found.is_organizer, found.response) == (BEN, False, Response.NEEDS_ACTION)
        assert ANA in {a.email for a in found.attendees if a.is_self}
        assert found.kind is EventKind.MEETING
        assert found.busy
        assert found.guardian_key is None
        assert world.provider.read(found.ref) == found

    def test_expands_a_series_and_gives_each_occurrence_its_own_name(self, world: ProviderWorld) -> None:
        world.invite(BEN, [ANA], "Weekly", TUESDAY, weekly=4)
        found = [o for o in read(world) if o.title == "Weekly"]
        assert [o.when for o in sorted(found, key=lambda o: o.meeting)] == [
            Interval(TUESDAY + timedelta(weeks=n), TUESDAY + timedelta(weeks=n, minutes=30)) for n in range(4)
        ]
        assert len({o.ref for o in found}) == len({o.meeting for o in found}) == 4
        assert len({o.meeting.series_uid for o in found}) == 1
        assert all(o.recurring for o in found)

    def test_one_meeting_has_one_key_in_every_mailbox(self, world: ProviderWorld) -> None:
        world.invite(KIM, [ANA, BEN], "Shared", TUESDAY)
        assert the(world, "Shared", ANA).meeting == the(world, "Shared", BEN).meeting

    def test_leaves_out_what_lies_outside_the_window(self, world: ProviderWorld) -> None:
        world.invite(BEN, [ANA], "Before", WINDOW.start - timedelta(minutes=30))
        world.invite(BEN, [ANA], "After", WINDOW.end)
        world.invite(BEN, [ANA], "Across", WINDOW.start - timedelta(minutes=10))
        assert {o.title for o in read(world)} == {"Across"}

    def test_the_tripwire_tells_quiet_from_changed(self, world: ProviderWorld) -> None:
        world.invite(BEN, [ANA], "Budget", TUESDAY)
        first = world.provider.changed(ANA, None)
        assert first.changed
        quiet = world.provider.changed(ANA, first.cursor)
        assert not quiet.changed
        world.move(ANA, "Budget", TUESDAY + timedelta(hours=1))
        assert world.provider.changed(ANA, quiet.cursor).changed

    def test_the_tripwire_sees_a_deleted_event(self, world: ProviderWorld) -> None:
        world.invite(BEN, [ANA], "Budget", TUESDAY)
        cursor = world.provider.changed(ANA, None).cursor
        world.delete(ANA, the(world, "Budget").ref.event_id)
        assert world.provider.changed(ANA, cursor).changed
        assert read(world) == []

    @pytest.mark.parametrize("response", [Response.DECLINED, Response.TENTATIVE])
    def test_answers_for_the_person_and_for_nobody_else(self, world: ProviderWorld, response: Response) -> None:
        world.invite(KIM, [ANA, BEN], "Budget", TUESDAY)
        world.answer(BEN, "Budget", Response.ACCEPTED)
        before, others = the(world, "Budget"), world.rows(ANA, "Budget")
        action = act(Answer(response, "Focus time until 13:00."), before)
        after = world.provider.apply(action).after
        assert after is not None
        assert after.response is response
        if world.provider.capabilities.marks_answers:
            assert after.comment == "Focus time until 13:00."
            assert after.guardian_key is not None
            assert action.key in after.guardian_key
        assert (after.when, after.title, after.ref) == (before.when, before.title, before.ref)
        assert world.rows(ANA, "Budget") == {**others, ANA: response}
        assert the(world, "Budget") == after

    def test_answers_one_occurrence_of_a_series_only(self, world: ProviderWorld) -> None:
        world.invite(BEN, [ANA], "Weekly", TUESDAY, weekly=3)
        second = sorted((o for o in read(world) if o.title == "Weekly"), key=lambda o: o.meeting)[1]
        world.provider.apply(act(Answer(Response.DECLINED, "No."), second))
        answers = {o.meeting: o.response for o in read(world)}
        assert answers.pop(second.meeting) is Response.DECLINED
        assert set(answers.values()) == {Response.NEEDS_ACTION}

    def test_the_same_answer_twice_is_one_answer(self, world: ProviderWorld) -> None:
        world.invite(BEN, [ANA], "Budget", TUESDAY)
        action = act(Answer(Response.DECLINED, "No."), the(world, "Budget"))
        first = world.provider.apply(action).after
        with contextlib.suppress(PreconditionFailed):
            assert world.provider.apply(action).after == first
        assert the(world, "Budget") == first

    def test_restores_the_answer_that_stood_before(self, world: ProviderWorld) -> None:
        world.invite(BEN, [ANA], "Budget", TUESDAY)
        world.answer(ANA, "Budget", Response.ACCEPTED)
        before = the(world, "Budget")
        declined = world.provider.apply(act(Answer(Response.DECLINED, "No."), before)).after
        assert declined is not None
        restored = world.provider.apply(act(Restore(Response.ACCEPTED, before.comment), declined)).after
        assert restored is not None
        assert (restored.response, restored.comment, restored.guardian_key) == (Response.ACCEPTED, before.comment, None)

    def test_restores_not_answered(self, world: ProviderWorld) -> None:
        if not world.provider.capabilities.restore_unanswered:
            pytest.skip("this service cannot take an answer back to none")
        world.invite(BEN, [ANA], "Budget", TUESDAY)
        declined = world.provider.apply(act(Answer(Response.DECLINED, "No."), the(world, "Budget"))).after
        restored = world.provider.apply(act(Restore(Response.NEEDS_ACTION, ""), declined)).after
        assert restored is not None
        assert (restored.response, restored.comment) == (Response.NEEDS_ACTION, "")

    def test_never_answers_for_the_organiser(self, world: ProviderWorld) -> None:
        world.invite(ANA, [BEN], "Mine", TUESDAY)
        rows = world.rows(ANA, "Mine")
        with pytest.raises(NotSupported):
            world.provider.apply(act(Answer(Response.DECLINED, "No."), the(world, "Mine")))
        assert world.rows(ANA, "Mine") == rows

    def test_flags_and_takes_the_flag_off(self, world: ProviderWorld) -> None:
        world.invite(KIM, [ANA, BEN], "Budget", TUESDAY)
        before, other = the(world, "Budget"), the(world, "Budget", BEN)
        action = act(Flag("Guardian: focus-time"), before)
        flagged = world.provider.apply(action).after
        assert flagged is not None
        assert "Guardian: focus-time" in flagged.labels
        assert flagged.guardian_key is not None
        assert action.key in flagged.guardian_key
        assert flagged.response is before.response
        assert the(world, "Budget", BEN) == other
        plain = world.provider.apply(act(Unflag(before.labels), flagged)).after
        assert plain is not None
        assert (plain.labels, plain.guardian_key) == (before.labels, None)

    def test_a_flag_does_not_hide_our_answer(self, world: ProviderWorld) -> None:
        if not world.provider.capabilities.marks_answers:
            pytest.skip("this service has no place for a mark beside an answer")
        world.invite(BEN, [ANA], "Budget", TUESDAY)
        answer = act(Answer(Response.DECLINED, "No."), the(world, "Budget"))
        answered = world.provider.apply(answer).after
        flagged = world.provider.apply(act(Flag("Guardian: other"), answered)).after
        assert flagged is not None
        assert flagged.guardian_key is not None
        assert answer.key in flagged.guardian_key

    def test_books_moves_and_removes_a_focus_block(self, world: ProviderWorld) -> None:
        action = booking()
        assert world.provider.find(action) is None
        booked = world.provider.apply(action).after
        assert booked is not None
        assert (booked.when, booked.title, booked.kind) == (
            Interval(TUESDAY, TUESDAY + timedelta(hours=2)),
            "Focus time",
            EventKind.FOCUS,
        )
        assert booked.own_block
        assert booked.busy
        assert world.provider.find(action) == booked == the(world, "Focus time")
        later = Interval(TUESDAY + timedelta(hours=1), TUESDAY + timedelta(hours=3))
        moved = world.provider.apply(act(MoveFocus(later, "Europe/Madrid"), booked)).after
        assert moved is not None
        assert (moved.when, moved.guardian_key, moved.ref) == (later, booked.guardian_key, booked.ref)
        assert world.provider.apply(act(RemoveFocus(), moved)).after is None
        assert read(world) == []

    def test_books_the_same_block_once(self, world: ProviderWorld) -> None:
        action = booking()
        first = world.provider.apply(action).after
        assert world.provider.apply(action).after == first
        assert len(read(world)) == 1

    def test_a_block_that_a_person_deleted_is_known_as_such_and_stays_away(self, world: ProviderWorld) -> None:
        action = booking()
        booked = world.provider.apply(action).after
        assert booked is not None
        world.delete(ANA, booked.ref.event_id)
        found = world.provider.find(action)
        if found is not None:
            assert found.cancelled
            with pytest.raises(Gone):
                world.provider.apply(action)
        assert read(world) == []

    def test_removing_what_is_gone_is_done(self, world: ProviderWorld) -> None:
        booked = world.provider.apply(booking()).after
        assert booked is not None
        world.delete(ANA, booked.ref.event_id)
        assert world.provider.apply(act(RemoveFocus(), booked)).after is None

    def test_never_removes_or_moves_an_event_that_is_not_ours(self, world: ProviderWorld) -> None:
        world.invite(ANA, [BEN], "Mine", TUESDAY)
        mine = the(world, "Mine")
        for effect in (RemoveFocus(), MoveFocus(Interval(NOW, NOW + timedelta(hours=1)), "Europe/Madrid")):
            with pytest.raises(NotSupported):
                world.provider.apply(act(effect, mine))
        assert the(world, "Mine") == mine

    def test_an_event_that_changed_is_left_alone(self, world: ProviderWorld) -> None:
        world.invite(BEN, [ANA], "Budget", TUESDAY)
        stale = the(world, "Budget")
        world.move(ANA, "Budget", TUESDAY + timedelta(hours=2))
        for effect in (Answer(Response.DECLINED, "No."), Flag("Guardian: focus-time")):
            with pytest.raises(PreconditionFailed):
                world.provider.apply(act(effect, stale))
        assert the(world, "Budget").response is Response.NEEDS_ACTION

    def test_an_event_that_is_gone_is_gone(self, world: ProviderWorld) -> None:
        world.invite(BEN, [ANA], "Budget", TUESDAY)
        stale = the(world, "Budget")
        world.delete(ANA, stale.ref.event_id)
        with pytest.raises(Moot):
            world.provider.apply(act(Answer(Response.DECLINED, "No."), stale))
        fresh = world.provider.read(stale.ref)
        assert fresh is None or fresh.cancelled

    def test_a_broken_event_spoils_only_itself(self, world: ProviderWorld) -> None:
        world.invite(BEN, [ANA], "Budget", TUESDAY)
        world.poison(ANA)
        items = list(world.provider.read_window(ANA, WINDOW))
        bad = [item for item in items if isinstance(item, BadEvent)]
        assert len(bad) == 1
        assert bad[0].mailbox == ANA
        assert bad[0].reason
        assert [o.title for o in items if isinstance(o, Occurrence)] == ["Budget"]

    def test_somebody_who_is_not_enrolled_is_never_touched(self, world: ProviderWorld) -> None:
        world.invite(BEN, [ANA, KIM], "Budget", TUESDAY)
        theirs = replace(the(world, "Budget"), ref=replace(the(world, "Budget").ref, mailbox=KIM))
        calls = (
            lambda: world.provider.changed(KIM, None),
            lambda: list(world.provider.read_window(KIM, WINDOW)),
            lambda: world.provider.read(theirs.ref),
            lambda: world.provider.apply(act(Answer(Response.DECLINED, "No."), theirs, mailbox=KIM)),
            lambda: world.provider.settings(KIM),
        )
        for call in calls:
            with pytest.raises(AccessLost) as refused:
                call()
            assert not refused.value.credentials
        assert world.rows(KIM, "Budget")[KIM] is Response.NEEDS_ACTION

    def test_an_act_whose_mailbox_is_not_the_events_is_refused(self, world: ProviderWorld) -> None:
        world.invite(KIM, [ANA, BEN], "Budget", TUESDAY)
        action = replace(act(Answer(Response.DECLINED, "No."), the(world, "Budget")), mailbox=BEN)
        with pytest.raises(GuardianError):
            world.provider.apply(action)
        assert world.rows(ANA, "Budget")[ANA] is Response.NEEDS_ACTION
        assert world.rows(BEN, "Budget")[BEN] is Response.NEEDS_ACTION
