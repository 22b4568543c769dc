"""The ledger of mails: a row is intended before, claimed while a mail is handed over, and settled after."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, or_, select, update

from guardian.model.mail import CLAIM, PATIENCE, Addressee, MailKind, MailRow, MailState
from guardian.store.codec import clean, indexed
from guardian.store.connection import Database
from guardian.store.schema import mail_stops, mails

REASON = 500
"""Characters kept of what a server said."""

DIED = "the process ended before the server's answer was recorded; it may have been delivered"
TOO_LATE = "not handed over within a day"


class SqlMails:
    """`Mails` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def intend(self, addressees: Sequence[Addressee], domain: str, now: datetime) -> None:
        if not addressees:
            return
        rows = [_new_row(addressee, domain, now) for addressee in addressees]
        with self._database.write() as connection:
            connection.execute(self._database.insert(mails).on_conflict_do_nothing(), rows)

    def claim(self, addressee: Addressee, proposal: str | None, now: datetime) -> MailRow | None:
        due = or_(mails.c.not_before.is_(None), mails.c.not_before <= now)
        mine = (mails.c.key == addressee.key) & (mails.c.state == MailState.WAITING) & due
        values: dict[str, Any] = {
            "state": MailState.SENDING,
            "attempts": mails.c.attempts + 1,
            "claimed_until": now + CLAIM,
            "proposal": proposal and indexed(proposal),
        }
        with self._database.write() as connection:
            if connection.execute(update(mails).where(mine).values(values)).rowcount != 1:
                return None
            found = connection.execute(select(mails).where(mails.c.key == addressee.key)).mappings().one()
            return _mail_row(found)

    def settle(
        self, row: MailRow, state: MailState, reason: str, now: datetime, not_before: datetime | None = None
    ) -> bool:
        """A claim that ran out meanwhile is settled too: nobody sends the mail again, so what we know is the truth."""
        same = (mails.c.key == row.key) & (mails.c.attempts == row.attempts)
        open_still = mails.c.state.in_((MailState.SENDING, MailState.UNCERTAIN))
        values: dict[str, Any] = {
            "state": state,
            "reason": clean(reason, REASON),
            "not_before": not_before,
            "claimed_until": None,
            "settled_at": None if state is MailState.WAITING else now,
        }
        with self._database.write() as connection:
            return connection.execute(update(mails).where(same, open_still).values(values)).rowcount == 1

    def lapse(self, now: datetime) -> int:
        died = (mails.c.state == MailState.SENDING) & (mails.c.claimed_until <= now)
        late = (mails.c.state == MailState.WAITING) & (mails.c.created_at <= now - PATIENCE)
        with self._database.write() as connection:
            lost = connection.execute(
                update(mails)
                .where(died)
                .values(state=MailState.UNCERTAIN, reason=DIED, claimed_until=None, settled_at=now)
            ).rowcount
            unspoken = update(mails).where(late, mails.c.reason == "").values(reason=TOO_LATE)
            connection.execute(unspoken)
            given_up = connection.execute(
                update(mails).where(late).values(state=MailState.FAILED, settled_at=now)
            ).rowcount
        return lost + given_up

    def of_week(self, week: str) -> list[MailRow]:
        wanted = select(mails).where(mails.c.week == week).order_by(mails.c.kind, mails.c.recipient, mails.c.scope)
        with self._database.read() as connection:
            return [_mail_row(row) for row in connection.execute(wanted).mappings()]

    def latest(self, limit: int = 100) -> list[MailRow]:
        newest = (mails.c.week.desc(), mails.c.kind, mails.c.recipient, mails.c.scope)
        with self._database.read() as connection:
            found = connection.execute(select(mails).order_by(*newest).limit(limit)).mappings()
            return [_mail_row(row) for row in found]

    def bounce(self, message_id: str, reason: str, now: datetime) -> MailRow | None:
        same = mails.c.message_id == clean(message_id)
        values: dict[str, Any] = {"state": MailState.BOUNCED, "reason": clean(reason, REASON), "settled_at": now}
        with self._database.write() as connection:
            connection.execute(update(mails).where(same).values(values | {"claimed_until": None}))
            found = connection.execute(select(mails).where(same)).mappings().first()
            return _mail_row(found) if found else None

    def proposed(self, since: str, before: str) -> Mapping[tuple[MailKind, str, str], Collection[str]]:
        names = (mails.c.kind, mails.c.recipient, mails.c.scope, mails.c.proposal)
        wanted = select(*names).where(mails.c.week >= since, mails.c.week < before, mails.c.proposal.is_not(None))
        found: dict[tuple[MailKind, str, str], set[str]] = defaultdict(set)
        with self._database.read() as connection:
            for kind, recipient, scope, proposal in connection.execute(wanted):
                found[(MailKind(kind), recipient, scope)].add(proposal)
        return found

    def stop(self, recipient: str, kinds: Collection[MailKind], now: datetime) -> None:
        rows = [{"recipient": indexed(recipient), "kind": kind, "at": now} for kind in kinds]
        with self._database.write() as connection:
            connection.execute(self._database.insert(mail_stops).on_conflict_do_nothing(), rows)

    def resume(self, recipient: str) -> bool:
        with self._database.write() as connection:
            gone = connection.execute(delete(mail_stops).where(mail_stops.c.recipient == indexed(recipient)))
            return gone.rowcount > 0

    def stops(self) -> Collection[tuple[str, MailKind]]:
        with self._database.read() as connection:
            found = connection.execute(select(mail_stops.c.recipient, mail_stops.c.kind)).all()
            return {(recipient, MailKind(kind)) for recipient, kind in found}


def _new_row(addressee: Addressee, domain: str, now: datetime) -> dict[str, object]:
    return {
        "key": addressee.key,
        "kind": addressee.kind,
        "recipient": indexed(addressee.recipient),
        "scope": indexed(addressee.scope),
        "week": addressee.week,
        "message_id": addressee.message_id(domain),
        "proposal": None,
        "state": MailState.WAITING,
        "reason": "",
        "attempts": 0,
        "created_at": now,
    }


def _mail_row(row: RowMapping) -> MailRow:
    values: dict[str, Any] = dict(row)
    key = values.pop("key")
    addressee = Addressee(MailKind(values.pop("kind")), *(values.pop(name) for name in ("recipient", "scope", "week")))
    return MailRow(key, addressee, **{**values, "state": MailState(values["state"])})
