"""What is kept besides calendars and the ledger: policies, what directories said, tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A policy version we have seen valid. `source` maps file names to their text. `accepted_at` is None until accepted."""

    version: str
    source: Mapping[str, str]
    first_seen: datetime
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """What a directory said last. `name` is `group:ADDRESS`, or `directory:PROVIDER` for those it enrols. `members` are names
    of people by address, empty names for groups. They were read at `as_of`, None where they never were; `tried_at` is when
    the directory was last asked, `problem` why that answer was not taken, empty where it was."""

    name: str
    members: Mapping[str, str]
    as_of: datetime | None
    tried_at: datetime
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """An API token; the secret itself is never stored. `person` is None for an installation token."""

    id: str
    name: str
    scopes: tuple[str, ...]
    person: str | None
    created_at: datetime
    revoked_at: datetime | None = None
