"""The ledger of mails on both databases: intended, claimed once, settled, never forgotten in between."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from guardian.model.mail import CLAIM, PATIENCE, Addressee, MailKind, MailState
from guardian.store.database import SqlStore, open_store
from guardian.store.mails import SqlMails
from tests.databases import BACKENDS, database_url

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
ANA = Addressee(MailKind.PERSON, "ana@acme.example", "person:ana@acme.example", "2026-W47")
LEA = Addressee(MailKind.TEAM, "lea@acme.example", "team:core", "2026-W47")


@pytest.fixture(scope="module", params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    with database_url(request.param, tmp_path_factory.mktemp("mails")) as url:
        opened = open_store(url, migrate=True)
        yield opened
        opened.close()


@pytest.fixture
def mails(store: SqlStore) -> SqlMails:
    """Empty, with Ana's mail intended."""
    for person in (ANA.recipient, LEA.recipient, "x" * 900 + "@acme.example"):
        store.facts.forget(person, NOW)
    store.mails.intend([ANA, LEA], "acme.example", NOW)
    return store.mails


def test_a_row_is_made_once_and_stays_as_it_is(mails: SqlMails) -> None:
    row = mails.claim(ANA, "uid", NOW)
    assert row is not None
    mails.settle(row, MailState.SENT, "250 OK", NOW)
    mails.intend([ANA], "other.example", NOW + CLAIM)
    (kept,) = [r for r in mails.of_week("2026-W47") if r.addressee == ANA]
    assert (kept.state, kept.reason, kept.attempts, kept.proposal) == (MailState.SENT, "250 OK", 1, "uid")
    assert kept.message_id == ANA.message_id("acme.example")
    assert mails.claim(ANA, None, NOW + timedelta(days=30)) is None


def test_of_many_who_claim_one_gets_it(mails: SqlMails) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: mails.claim(ANA, None, NOW), range(8)))
    assert sum(row is not None for row in found) == 1


def test_what_died_while_sending_is_uncertain_for_ever(mails: SqlMails) -> None:
    assert mails.claim(ANA, None, NOW) is not None
    assert mails.lapse(NOW + CLAIM - timedelta(seconds=1)) == 0
    assert mails.lapse(NOW + CLAIM) == 1
    (row,) = [r for r in mails.of_week("2026-W47") if r.addressee == ANA]
    assert row.state is MailState.UNCERTAIN
    assert mails.claim(ANA, None, NOW + timedelta(days=3)) is None
    assert "may have been delivered" in row.reason


def test_a_late_answer_settles_what_was_held_for_dead(mails: SqlMails) -> None:
    row = mails.claim(ANA, None, NOW)
    assert row is not None
    mails.lapse(NOW + CLAIM)
    assert mails.settle(row, MailState.SENT, "250 OK", NOW + CLAIM)


def test_an_earlier_try_settles_nothing_of_a_later_one(mails: SqlMails) -> None:
    first = mails.claim(ANA, None, NOW)
    assert first is not None
    mails.settle(first, MailState.WAITING, "451 later", NOW, NOW + timedelta(minutes=15))
    assert mails.claim(ANA, None, NOW + timedelta(minutes=14)) is None
    second = mails.claim(ANA, None, NOW + timedelta(minutes=15))
    assert second is not None
    assert second.attempts == 2
    assert not mails.settle(first, MailState.SENT, "250 OK", NOW + timedelta(minutes=16))
    assert mails.settle(second, MailState.REFUSED, "550 no", NOW + timedelta(minutes=16))


def test_what_waited_for_a_day_is_given_up_with_the_last_words(mails: SqlMails) -> None:
    row = mails.claim(LEA, None, NOW)
    assert row is not None
    mails.settle(row, MailState.WAITING, "451 greylisted", NOW, NOW)
    assert mails.lapse(NOW + PATIENCE) == 2
    reasons = {r.addressee.kind: (r.state, r.reason) for r in mails.of_week("2026-W47")}
    assert reasons[MailKind.TEAM] == (MailState.FAILED, "451 greylisted")
    assert reasons[MailKind.PERSON] == (MailState.FAILED, "not handed over within a day")


def test_a_bounce_is_found_by_message_id(mails: SqlMails) -> None:
    row = mails.claim(ANA, None, NOW)
    assert row is not None
    mails.settle(row, MailState.SENT, "250 OK", NOW)
    found = mails.bounce(ANA.message_id("acme.example"), "5.1.1 unknown", NOW)
    assert found is not None
    assert (found.addressee, found.state, found.reason) == (ANA, MailState.BOUNCED, "5.1.1 unknown")
    assert mails.bounce("<nobody@acme.example>", "x", NOW) is None


def test_what_was_proposed_lately_is_known_by_whom(mails: SqlMails) -> None:
    row = mails.claim(ANA, "standup", NOW)
    assert row is not None
    key = (MailKind.PERSON, ANA.recipient, ANA.scope)
    assert mails.proposed("2026-W40", "2026-W48") == {key: {"standup"}}
    assert mails.proposed("2026-W48", "2026-W49") == {}
    assert mails.proposed("2026-W40", "2026-W47") == {}


def test_stops_by_kind(mails: SqlMails) -> None:
    mails.stop(ANA.recipient, [MailKind.PERSON], NOW)
    mails.stop(ANA.recipient, [MailKind.PERSON, MailKind.TEAM], NOW)
    assert set(mails.stops()) == {(ANA.recipient, MailKind.PERSON), (ANA.recipient, MailKind.TEAM)}
    assert mails.resume(ANA.recipient)
    assert not mails.resume(ANA.recipient)
    assert list(mails.stops()) == []


def test_words_that_mean_harm_are_stored_short_and_storable(mails: SqlMails) -> None:
    long = Addressee(MailKind.PERSON, "x" * 900 + "@acme.example", "person:x", "2026-W47")
    mails.intend([long], "acme.example", NOW)
    row = mails.claim(long, "u" * 5000, NOW)
    assert row is not None
    assert mails.settle(row, MailState.REFUSED, "550 \x00\ud800" + "y" * 9000, NOW)
    kept = next(r for r in mails.of_week("2026-W47") if r.message_id == row.message_id)
    assert len(kept.reason) == 500
