"""Policies we have seen, the roster, the moments rules became enforced, and API tokens."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, select, update

from guardian.errors import InputError
from guardian.model.ids import tombstone
from guardian.model.people import Person
from guardian.ports import Membership, StoredPolicy, Token
from guardian.store.audit import Note, append
from guardian.store.codec import clean, dump, indexed, plain
from guardian.store.connection import Database, chunks
from guardian.store.schema import departed, memberships, people, policies, rule_moments, tokens


class SqlRegistry:
    """`Registry` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- policies

    def save_policy(self, policy: StoredPolicy) -> None:
        """A version that is known already stays as it is."""
        row = {
            "version": indexed(policy.version),
            "source": dump(plain(policy.source)),
            "first_seen": policy.first_seen,
            "accepted_at": policy.accepted_at,
        }
        with self._database.write() as connection:
            connection.execute(self._database.insert(policies).values(row).on_conflict_do_nothing())

    def policy(self, version: str) -> StoredPolicy | None:
        with self._database.read() as connection:
            wanted = select(policies).where(policies.c.version == indexed(version))
            row = connection.execute(wanted).mappings().first()
            return _policy(row) if row else None

    def accept_policy(self, version: str, actor: str, now: datetime) -> None:
        """Raises InputError for a version never seen."""
        with self._database.write() as connection:
            change = update(policies).where(policies.c.version == indexed(version)).values(accepted_at=now)
            if connection.execute(change).rowcount != 1:
                raise InputError(f"no policy version '{version}' is known")
            append(connection, now, [Note(actor, version, "policy accepted")])

    def accepted_policies(self) -> list[StoredPolicy]:
        wanted = select(policies).where(policies.c.accepted_at.is_not(None))
        with self._database.read() as connection:
            found = connection.execute(wanted.order_by(policies.c.accepted_at.desc(), policies.c.first_seen.desc()))
            return [_policy(row) for row in found.mappings()]

    # --- moments

    def enforced_since(self, mailbox: str) -> Mapping[str, datetime]:
        wanted = select(rule_moments.c.fingerprint, rule_moments.c.since)
        with self._database.read() as connection:
            found = connection.execute(wanted.where(rule_moments.c.mailbox == indexed(mailbox)))
            return dict(found.all())

    def first_enforced(self, mailboxes: Sequence[str] | None = None) -> Mapping[str, datetime]:
        wanted = select(rule_moments.c.rule, func.min(rule_moments.c.since)).group_by(rule_moments.c.rule)
        found: dict[str, datetime] = {}
        with self._database.read() as connection:
            parts = [None] if mailboxes is None else list(chunks(sorted({indexed(m) for m in mailboxes})))
            for some in parts:
                mine = wanted if some is None else wanted.where(rule_moments.c.mailbox.in_(some))
                for rule, since in connection.execute(mine):
                    found[rule] = min(since, found.get(rule, since))
        return found

    def enforcing(self, mailbox: str, fingerprints: Mapping[str, str], now: datetime) -> None:
        wanted = {(indexed(rule), indexed(mark)) for rule, mark in fingerprints.items()}
        with self._database.write() as connection:
            stored = _moments(connection, mailbox)
            for rule in {rule for rule, _ in stored} - {rule for rule, _ in wanted}:
                mine = (rule_moments.c.mailbox == indexed(mailbox), rule_moments.c.rule == rule)
                connection.execute(delete(rule_moments).where(*mine))
            fresh = [
                {"mailbox": indexed(mailbox), "rule": rule, "fingerprint": mark, "since": now}
                for rule, mark in sorted(wanted - stored)
            ]
            if fresh:
                connection.execute(self._database.insert(rule_moments).on_conflict_do_nothing(), fresh)

    # --- roster

    def save_people(self, people: Sequence[Person], *, marks_stay: bool = False) -> None:
        stones = {tombstone(person.email): person for person in people}
        with self._database.write() as connection:
            left = _departed(connection)
            for gone in () if marks_stay else sorted(left - stones.keys()):
                connection.execute(delete(departed).where(departed.c.digest == gone))
            staying = [person for stone, person in stones.items() if stone not in left]
            _save_roster(self._database, connection, staying)

    def departed(self) -> frozenset[str]:
        with self._database.read() as connection:
            return frozenset(_departed(connection))

    def people(self) -> list[Person]:
        with self._database.read() as connection:
            return [Person(**row) for row in connection.execute(select(people).order_by(people.c.email)).mappings()]

    def come_back(self, email: str) -> bool:
        with self._database.write() as connection:
            return connection.execute(delete(departed).where(departed.c.digest == tombstone(email))).rowcount == 1

    def save_membership(self, found: Membership) -> None:
        with self._database.write() as connection:
            row = _membership_row(found, _departed(connection))
            statement = self._database.insert(memberships)
            values = {c.name: statement.excluded[c.name] for c in memberships.c if c.name != "name"}
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values), [row])

    def drop_memberships(self, names: Sequence[str]) -> None:
        if names:
            with self._database.write() as connection:
                connection.execute(delete(memberships).where(memberships.c.name.in_([indexed(name) for name in names])))

    def memberships(self) -> list[Membership]:
        with self._database.read() as connection:
            found = connection.execute(select(memberships).order_by(memberships.c.name)).mappings()
            return [Membership(**{**row, "members": json.loads(row["members"])}) for row in found]

    # --- tokens

    def add_token(self, token: Token, digest: str) -> None:
        row = {
            "id": indexed(token.id),
            "digest": indexed(digest),
            "name": clean(token.name),
            "scopes": dump([clean(scope) for scope in token.scopes]),
            "person": None if token.person is None else indexed(token.person),
            "created_at": token.created_at,
            "revoked_at": token.revoked_at,
        }
        with self._database.write() as connection:
            connection.execute(tokens.insert().values(row))

    def token(self, digest: str) -> Token | None:
        return self._living_token(tokens.c.digest == indexed(digest))

    def token_with_id(self, token_id: str) -> Token | None:
        return self._living_token(tokens.c.id == indexed(token_id))

    def _living_token(self, which: ColumnElement[bool]) -> Token | None:
        with self._database.read() as connection:
            row = connection.execute(select(tokens).where(which, tokens.c.revoked_at.is_(None))).mappings().first()
            return _token(row) if row else None

    def tokens(self) -> list[Token]:
        with self._database.read() as connection:
            found = connection.execute(select(tokens).order_by(tokens.c.created_at, tokens.c.id))
            return [_token(row) for row in found.mappings()]

    def revoke_token(self, token_id: str, now: datetime) -> bool:
        """False when no living token has that id."""
        living = (tokens.c.id == indexed(token_id), tokens.c.revoked_at.is_(None))
        with self._database.write() as connection:
            return connection.execute(update(tokens).where(*living).values(revoked_at=now)).rowcount == 1


def _policy(row: RowMapping) -> StoredPolicy:
    return StoredPolicy(row["version"], json.loads(row["source"]), row["first_seen"], row["accepted_at"])


def _moments(connection: Connection, mailbox: str) -> set[tuple[str, str]]:
    wanted = select(rule_moments.c.rule, rule_moments.c.fingerprint)
    found = connection.execute(wanted.where(rule_moments.c.mailbox == indexed(mailbox)))
    return {(rule, mark) for rule, mark in found}


def _departed(connection: Connection) -> set[str]:
    return set(connection.execute(select(departed.c.digest)).scalars())


def _save_roster(database: Database, connection: Connection, roster: Sequence[Person]) -> None:
    wanted = {row["email"]: row for row in map(_person_row, roster)}
    stored = {row["email"]: dict(row) for row in connection.execute(select(people)).mappings()}
    for email in sorted(stored.keys() - wanted.keys()):
        connection.execute(delete(people).where(people.c.email == email))
        connection.execute(delete(rule_moments).where(rule_moments.c.mailbox == email))
    changed = [row for email, row in sorted(wanted.items()) if stored.get(email) != row]
    if changed:
        statement = database.insert(people)
        values = {c.name: statement.excluded[c.name] for c in people.c if c.name != "email"}
        connection.execute(statement.on_conflict_do_update(index_elements=["email"], set_=values), changed)


def _person_row(person: Person) -> dict[str, str | bool | None]:
    return {
        "email": indexed(person.email),
        "provider": clean(person.provider),
        "name": clean(person.name),
        "timezone": person.timezone and clean(person.timezone),
        "manager": person.manager,
        "band": person.band and clean(person.band),
    }


def _membership_row(found: Membership, left: Collection[str]) -> dict[str, object]:
    kept = {clean(email): clean(name) for email, name in found.members.items() if tombstone(email) not in left}
    return {
        "name": indexed(found.name),
        "members": dump(kept),
        "as_of": found.as_of,
        "tried_at": found.tried_at,
        "problem": clean(found.problem),
    }


def _token(row: RowMapping) -> Token:
    return Token(
        row["id"],
        row["name"],
        tuple(json.loads(row["scopes"])),
        row["person"],
        row["created_at"],
        row["revoked_at"],
    )
