"""Enrolment and teams from directories on both services, and one meeting on calendars of both."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from guardian.engine.directory import doubt, notes
from guardian.engine.people import come_back, roster_rows, sync_directories
from guardian.engine.undo import leave
from guardian.errors import InputError
from guardian.model.actions import Answer
from tests.engine.policies import POLICY
from tests.engine.town import ANA, BEN, RUI, at
from tests.engine.two_services import DAN, PILOT, Towns, two_services

DESIGN = "design@acme.example"
TEAM = f'teams:\n  design: {{members: ["group:{DESIGN}"]}}\nbypass:'
FOR_THE_TEAM = POLICY.replace("bypass:", TEAM, 1).replace(
    "type: focus_block", 'type: focus_block\n    for: ["team:design"]'
)


@pytest.fixture
def towns() -> Iterator[Towns]:
    with two_services() as opened:
        yield opened


# --- enrolment


def test_both_directories_enrol_and_nobody_else_is_read(towns: Towns) -> None:
    report = towns.run()
    assert towns.enrolled() == [ANA, BEN]
    assert {r.mailbox for r in report.synced} == {ANA, BEN}
    assert [row["provider"] for row in roster_rows(towns.engine)] == ["google", "outlook"]
    assert not towns.notes(report)


def test_directories_are_asked_once_an_hour(towns: Towns) -> None:
    towns.run()
    before = towns.directory_calls()
    towns.run()
    assert towns.directory_calls() == before
    towns.clock.advance(timedelta(hours=1))
    towns.run()
    assert towns.directory_calls() > before


def test_a_change_is_told_and_comes_with_the_next_look(towns: Towns) -> None:
    towns.run()
    towns.world.add_group(PILOT, [ANA, DAN])
    (change,) = sync_directories(towns.engine)
    assert (change.name, change.joined, change.gone) == ("directory:outlook", (DAN,), (BEN,))
    assert towns.enrolled() == [ANA, DAN]


def test_a_directory_that_fails_keeps_everybody_and_says_so(towns: Towns) -> None:
    towns.run()
    towns.lock_directories()
    towns.clock.advance(timedelta(hours=2))
    report = towns.run()
    assert towns.enrolled() == [ANA, BEN]
    assert len(report.synced) == 2
    assert "directory:google (as of 2026-11-23" in towns.notes(report)
    assert "directory:outlook (as of 2026-11-23" in towns.notes(report)
    assert "has to be an administrator" in towns.notes(report) and "GroupMember.Read.All" in towns.notes(report)


def test_an_answer_that_lacks_most_people_is_kept_out_until_somebody_believes_it(towns: Towns) -> None:
    crew = [f"p{n}@acme.example" for n in range(5)]
    for email in crew:
        towns.world.add_person(email, service="outlook")
    towns.world.add_group(PILOT, [ANA, *crew])
    towns.run()
    towns.world.add_group(PILOT, [ANA])
    assert sync_directories(towns.engine) == []
    assert towns.enrolled() == [ANA, *crew]
    assert "5 of 5 people are missing" in "".join(notes(towns.store.registry))
    (change,) = sync_directories(towns.engine, accept=True)
    assert change.gone == tuple(crew)
    assert towns.enrolled() == [ANA]


@pytest.mark.parametrize(
    ("had", "kept", "doubted"),
    [(4, 0, False), (5, 0, True), (5, 1, False), (19, 1, False), (20, 9, True), (20, 10, False), (200, 99, True)],
)
def test_what_is_doubted(had: int, kept: int, doubted: bool) -> None:
    people = [f"p{n}@acme.example" for n in range(had)]
    assert bool(doubt(dict.fromkeys(people, ""), dict.fromkeys(people[:kept], ""))) is doubted


def test_who_left_stays_out_although_the_directory_lists_them(towns: Towns) -> None:
    towns.run()
    leave(towns.engine, BEN, "test")
    for _ in range(2):
        towns.clock.advance(timedelta(hours=2))
        towns.run()
        assert towns.enrolled() == [ANA]
    assert BEN not in str(towns.store.registry.memberships())
    towns.world.add_group(PILOT, [ANA])
    sync_directories(towns.engine)
    towns.world.add_group(PILOT, [ANA, BEN])
    sync_directories(towns.engine)
    assert towns.enrolled() == [ANA], "a directory that loses somebody for an hour changes nothing"
    come_back(towns.engine, BEN, "test")
    sync_directories(towns.engine)
    assert towns.enrolled() == [ANA, BEN]
    with pytest.raises(InputError):
        come_back(towns.engine, BEN, "test")


# --- groups


def test_a_team_is_who_the_group_has_on_either_service(towns: Towns) -> None:
    towns.world.add_group(DESIGN, [BEN])
    towns.accept(FOR_THE_TEAM)
    event = towns.invite("Status", at(24, 10), ANA, BEN)
    towns.run()
    assert {row["email"]: row["teams"] for row in roster_rows(towns.engine)} == {ANA: [], BEN: ["design"]}
    assert towns.world.answer_of(BEN, event) == "declined"
    assert towns.world.answer_of(ANA, event) == "needsAction"


def test_a_failing_directory_never_empties_a_team(towns: Towns) -> None:
    towns.world.add_group(DESIGN, [BEN])
    towns.accept(FOR_THE_TEAM)
    towns.run()
    towns.lock_directories()
    towns.clock.advance(timedelta(hours=2))
    event = towns.invite("Status", at(24, 10), BEN)
    report = towns.run()
    assert towns.world.answer_of(BEN, event) == "declined"
    assert f"group:{DESIGN} (as of" in towns.notes(report)


@pytest.mark.parametrize("broken", [True, False])
def test_nothing_is_written_while_a_group_was_never_read(towns: Towns, broken: bool) -> None:
    towns.run()
    towns.accept(POLICY.replace("type: focus_block", f'type: focus_block\n    not_for: ["group:{DESIGN}"]'))
    if broken:
        towns.world.add_group(DESIGN, [ANA])
        towns.lock_directories()
    event = towns.invite("Status", at(24, 10), ANA, BEN)
    report = towns.run()
    assert report.run.dry_run
    assert f"group:{DESIGN} (never read)" in towns.notes(report)
    assert {towns.world.answer_of(who, event) for who in (ANA, BEN)} == {"needsAction"}
    towns.world.add_group(DESIGN, [ANA])
    towns.open_directories()
    assert not towns.run().run.dry_run
    assert [towns.world.answer_of(who, event) for who in (ANA, BEN)] == ["needsAction", "declined"]


# --- one meeting on both services


@pytest.mark.parametrize("organizer", [RUI, DAN])
@pytest.mark.parametrize("series", [None, ["RRULE:FREQ=WEEKLY;COUNT=3"]])
def test_a_meeting_has_one_key_in_every_mailbox_and_one_long_message(
    towns: Towns, organizer: str, series: list[str] | None
) -> None:
    towns.graph.switches.preserve_declined = frozenset({BEN})
    towns.run()
    towns.invite("Status", at(24, 10), ANA, BEN, by=organizer, series=series)
    towns.run()
    keys = {who: {str(s.occurrence.meeting) for s in towns.store.facts.occurrences(who)} for who in (ANA, BEN)}
    assert keys[ANA] == keys[BEN]
    assert len(keys[ANA]) == (3 if series else 1)
    answers = [row for row in towns.store.ledger.rows() if isinstance(row.action.effect, Answer)]
    for key in keys[ANA]:
        told = {
            r.action.mailbox: r.action.effect for r in answers if str(r.action.meeting) == key and r.state == "done"
        }
        assert told.keys() == {ANA, BEN}
        long, line = told[ANA], told[BEN]
        assert isinstance(long, Answer) and "keeps 09:00-13:00" in long.comment
        assert isinstance(line, Answer) and line.comment.startswith('Sent by the calendar guardian, rule "focus-time"')
        assert ANA not in line.comment and "Ana" not in line.comment


def test_every_act_is_on_the_persons_own_copy(towns: Towns) -> None:
    towns.run()
    towns.invite("Status", at(24, 10), ANA, BEN, DAN)
    towns.run()
    rows = towns.store.ledger.rows()
    assert {row.action.mailbox for row in rows} == {ANA, BEN}
    assert all(row.action.ref is not None and row.action.ref.mailbox == row.action.mailbox for row in rows)
    assert len({row.action.key for row in rows}) == len(rows)
