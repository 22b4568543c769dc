"""The weekly mail over a real database and a real server: who gets one, at most once, and what a server's refusal leads to."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from prometheus_client import generate_latest

from guardian.bootstrap import Guardian
from guardian.engine.weekly import leave_alone, send_again_to
from guardian.model.events import EventKind, Occurrence
from guardian.model.mail import Addressee, MailKind, MailState
from guardian.settings import Settings, SmtpSettings
from guardian.store.database import upgrade
from guardian.web.metrics import Metrics
from guardian.web.server import weekly_mails
from tests.databases import database_url
from tests.mail.world import (
    ANA,
    BEN,
    BOSS,
    CORE,
    EDGE,
    KIM,
    LEA,
    POLICY,
    RIM,
    WEEK,
    ZOE,
    Office,
    at,
    meeting,
    office,
    only,
    usual_weeks,
)

BERLIN = sorted({*CORE, *EDGE, *RIM} - {KIM})


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as found:
        yield found


def test_everybody_gets_their_own_once_when_it_is_morning_there(place: Office) -> None:
    place.send()
    assert place.inbox == sorted([*BERLIN, LEA, BOSS])
    place.later(hours=6)  # New York's morning
    place.send()
    place.send()
    assert place.inbox == sorted([*BERLIN, LEA, BOSS, KIM])
    assert {row.state for row in place.rows().values()} == {MailState.SENT}


def test_a_lead_of_a_hidden_team_gets_no_mail_about_it(place: Office) -> None:
    place.send()
    assert place.inbox.count(ZOE) == 1, "her own"
    assert (MailKind.TEAM, ZOE) not in place.rows()


def test_a_lead_of_a_team_that_shrank_to_few_gets_no_mail_about_it(place: Office) -> None:
    """Its week is that of three people, but what was done and what is ahead would be that of one."""
    smaller = POLICY.replace(", ".join(CORE), ANA)
    place.engine = replace(place.engine, policy_files=lambda: {"policies.yaml": smaller})
    place.send()
    assert ANA in place.inbox
    assert LEA not in place.inbox


def test_a_second_week_comes_a_week_later_and_missed_ones_never(place: Office) -> None:
    place.send()
    before = len(place.inbox)
    place.later(weeks=3)
    place.send()
    assert len(place.inbox) == before, "no numbers were measured since"


def test_half_a_week_of_leave_is_no_week(tmp_path: Path) -> None:
    def on_leave(email: str) -> list[Occurrence]:
        leave = meeting(email, "leave", at(16, 8), 3 * 24 * 60, kind=EventKind.OUT_OF_OFFICE, series_id=None)
        return [leave] if email == ANA else usual_weeks(email)

    with office(tmp_path, on_leave) as place:
        place.send()
        assert ANA not in place.inbox
        assert BEN in place.inbox


def test_whoever_asked_is_left_alone_until_asked_again(place: Office) -> None:
    leave_alone(place.engine, ANA, [MailKind.PERSON], "test")
    leave_alone(place.engine, LEA, list(MailKind), "test")
    place.send()
    assert {ANA, LEA}.isdisjoint(place.inbox)
    assert send_again_to(place.engine, ANA, "test")
    place.send()
    assert place.inbox.count(ANA) == 1


def test_a_stop_holds_for_mails_of_the_same_run(place: Office) -> None:
    everybody = {a.recipient for a in place.due()}

    def all_of_them() -> None:
        for one in sorted(everybody):
            leave_alone(place.engine, one, list(MailKind), "test")

    place.smtp.taken = all_of_them
    place.send()
    assert len(place.inbox) == 1


def test_who_left_gets_nothing_and_is_not_remembered(place: Office) -> None:
    place.store.facts.forget(ANA, place.engine.clock())
    leave_alone(place.engine, ANA, [MailKind.PERSON], "an old link")
    place.send()
    assert ANA not in place.inbox
    assert list(place.store.mails.stops()) == []


def test_a_lead_who_left_gets_no_mail_about_the_team_either(place: Office) -> None:
    """With everything else went what they had stopped, and an old link stops nothing any more."""
    leave_alone(place.engine, LEA, list(MailKind), "test")
    for gone in (LEA, BOSS):
        place.store.facts.forget(gone, place.engine.clock())
    place.send()
    assert {LEA, BOSS}.isdisjoint(place.inbox)


def test_the_kill_switch_stops_mails_before_the_next_one(place: Office) -> None:
    place.smtp.taken = lambda: setattr(place, "halted", True)
    place.send()
    assert len(place.inbox) == 1
    place.send()
    assert len(place.inbox) == 1
    place.halted, place.smtp.taken = False, lambda: None
    place.send()
    assert place.inbox == sorted([*BERLIN, LEA, BOSS])


# --- what the server says


def test_a_refused_recipient_is_recorded_and_left_alone(place: Office, caplog: pytest.LogCaptureFixture) -> None:
    place.smtp.at_rcpt = [f"550 5.1.1 <{ANA}>: no such user", "250 OK"]
    caplog.set_level("INFO", logger="guardian")
    place.send(only())
    assert (place.row().state, place.row().reason) == (MailState.REFUSED, f"550 5.1.1 <{ANA}>: no such user")
    place.later(days=1)
    place.send(only())
    assert place.inbox == []
    assert "@" not in caplog.text


def test_later_is_tried_three_times_with_growing_pauses(place: Office) -> None:
    place.smtp.at_data = ["451 4.7.1 greylisted", "451 still", "250 OK"]
    place.send(only())
    assert place.row().state is MailState.WAITING
    for minutes, tries in ((14, 1), (1, 2), (119, 2), (1, 3)):
        place.later(minutes=minutes)
        place.send(only())
        assert place.row().attempts == tries
    assert (place.row().state, place.inbox) == (MailState.SENT, [ANA])


def test_after_three_tries_it_is_given_up(place: Office) -> None:
    place.smtp.at_data = ["451 4.7.1 greylisted"]
    for _ in range(5):
        place.send(only())
        place.later(hours=3)
    assert (place.row().state, place.row().attempts) == (MailState.FAILED, 3)
    assert place.row().reason == "451 4.7.1 greylisted"


def test_after_a_day_it_is_given_up(place: Office) -> None:
    place.smtp.at_data = ["451 4.7.1 greylisted", "250 OK"]
    place.send(only())
    place.later(days=1)
    place.send(only())
    assert (place.row().state, place.inbox) == (MailState.FAILED, [])


def test_a_message_whose_answer_was_lost_is_never_sent_again(place: Office) -> None:
    place.smtp.hang_up_after_data = True
    place.send(only())
    assert place.row().state is MailState.UNCERTAIN
    place.smtp.hang_up_after_data = False
    for _ in range(3):
        place.later(hours=5)
        place.send()
    assert place.inbox.count(ANA) == 1


def test_one_who_cannot_be_written_to_spoils_only_that_mail(tmp_path: Path) -> None:
    with office(tmp_path) as place:
        bad = Addressee(MailKind.ORG, "a@b\r\nBcc: c@d", "org", WEEK)
        place.send([bad, *only(BOSS, MailKind.ORG)])
        assert place.inbox == [BOSS]
        assert place.rows()[(MailKind.ORG, bad.recipient)].state is MailState.REFUSED


# --- at the same time


@pytest.mark.postgres
def test_two_at_once_send_one_mail_each(tmp_path: Path) -> None:
    with database_url("postgres", tmp_path) as url:
        upgrade(url)
        with office(tmp_path, url=url) as place:
            runs = [Thread(target=place.send) for _ in range(3)]
            for run in runs:
                run.start()
            for run in runs:
                run.join()
            assert place.inbox == sorted([*BERLIN, LEA, BOSS])
            assert {row.attempts for row in place.rows().values()} == {1}


def test_a_proposal_is_not_made_again_for_eight_weeks(place: Office) -> None:
    place.send(only())
    first = place.row().proposal
    assert first == "standup@acme.example"
    letters = place.letters
    again = letters.draft(only()[0], {first})
    assert again is not None
    assert again.letter.proposal is None
    known = place.store.mails.proposed("2026-W47", "2026-W55")
    assert known == {(MailKind.PERSON, ANA, f"person:{ANA}"): {first}}


def test_a_mail_pushed_away_by_the_clock_of_a_dead_process_is_settled_first(place: Office) -> None:
    place.store.mails.intend(only(), "acme.example", place.engine.clock())
    assert place.store.mails.claim(only()[0], None, place.engine.clock()) is not None
    place.send(only())
    assert place.row().state is MailState.SENDING, "somebody may still be at it"
    place.later(minutes=10)
    place.send(only())
    assert (place.row().state, place.inbox) == (MailState.UNCERTAIN, [])


# --- beside the passes


def test_the_worker_sends_what_is_due_and_counts_it(place: Office, caplog: pytest.LogCaptureFixture) -> None:
    smtp = SmtpSettings(host="127.0.0.1", port=place.smtp.port, tls="off", sender="g@acme.example")
    guardian, metrics = Guardian(Settings(smtp=smtp), place.store, place.engine), Metrics()
    weekly_mails(guardian, metrics)
    assert place.inbox == sorted([*BERLIN, LEA])
    assert b'guardian_mails_total{kind="person",state="sent"} 4.0' in generate_latest(metrics.registry)
    gone = Guardian(Settings(smtp=smtp.model_copy(update={"port": 1})), place.store, place.engine)
    place.later(hours=6)
    weekly_mails(gone, metrics)
    assert "no mails: the mail server 127.0.0.1:1 cannot be reached" in caplog.text
    assert place.row(KIM).state is MailState.WAITING
