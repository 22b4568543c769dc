"""Logins at the dashboard."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is logged in, or on its way there. `digest` is the SHA-256 of its cookie, which is not kept.

    `person` is the address of whoever is logged in; `token` the id of the API token that opened the session, if one did. A
    login under way has neither; what it must be able to prove later stands in `detail`.
    """

    digest: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    person: str | None = None
    token: str | None = None
    detail: Mapping[str, str] = field(default_factory=dict)

    @property
    def under_way(self) -> bool:
        return self.person is None and self.token is None
