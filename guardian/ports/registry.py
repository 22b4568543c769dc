"""Policies, people, tokens."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from guardian.model.people import Person
from guardian.model.registry import Membership, StoredPolicy, Token


class Registry(Protocol):
    """Policies, roster and tokens. Every method is one transaction."""

    def save_policy(self, policy: StoredPolicy) -> None: ...

    def policy(self, version: str) -> StoredPolicy | None: ...

    def accept_policy(self, version: str, actor: str, now: datetime) -> None: ...

    def accepted_policies(self) -> list[StoredPolicy]:
        """Newest acceptance first: the first is the last good one."""
        ...

    def enforced_since(self, mailbox: str) -> Mapping[str, datetime]:
        """By rule fingerprint."""
        ...

    def first_enforced(self, mailboxes: Sequence[str] | None = None) -> Mapping[str, datetime]:
        """When each rule that is in enforce became so first for one of these people, or for anybody; by rule id."""
        ...

    def enforcing(self, mailbox: str, fingerprints: Mapping[str, str], now: datetime) -> None:
        """The rules in enforce for this person now, fingerprint by rule id.

        A new fingerprint starts at `now`; a rule that left enforce loses all its moments; a fingerprint that was there
        before, without a break of its rule, keeps its first moment.
        """
        ...

    def save_people(self, people: Sequence[Person], *, marks_stay: bool = False) -> None:
        """The roster file as it now is; people no longer on it are dropped, their facts stay until forgotten.

        People who left are passed over as long as the file names them; the mark of those it no longer names goes, unless
        `marks_stay`: a directory may lose somebody for an hour.
        """
        ...

    def come_back(self, email: str) -> bool:
        """Take away the mark of somebody who left; False where there was none."""
        ...

    def save_membership(self, found: Membership) -> None:
        """Replaces what was held under that name. People who left are kept out."""
        ...

    def drop_memberships(self, names: Sequence[str]) -> None:
        """Nothing asks for these any more."""
        ...

    def memberships(self) -> list[Membership]:
        """By name."""
        ...

    def departed(self) -> frozenset[str]:
        """The `tombstone` of everybody who left and whom the roster file named when it was saved last."""
        ...

    def people(self) -> list[Person]: ...

    def add_token(self, token: Token, digest: str) -> None: ...

    def token(self, digest: str) -> Token | None:
        """The living token with that SHA-256, None for unknown or revoked ones."""
        ...

    def token_with_id(self, token_id: str) -> Token | None:
        """The living token with that id, None for unknown or revoked ones."""
        ...

    def tokens(self) -> list[Token]: ...

    def revoke_token(self, token_id: str, now: datetime) -> bool: ...
