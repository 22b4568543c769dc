"""Who is logged in, whom they let look over their shoulder, and the installation's own secrets."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from guardian.model.sessions import Session


class Sessions(Protocol):
    """Sessions, delegates and keys. Every method is one transaction."""

    def add_session(self, session: Session) -> None:
        """Keeps it; sessions that had expired when it was made go."""
        ...

    def session(self, digest: str, now: datetime) -> Session | None:
        """The one with this digest, None for unknown and expired ones."""
        ...

    def take_session(self, digest: str, now: datetime) -> Session | None:
        """As `session`, and it is gone: of several that ask at once one gets it."""
        ...

    def seen(self, digest: str, now: datetime) -> None:
        """It was used."""
        ...

    def end_session(self, digest: str) -> bool:
        """False where there was none."""
        ...

    def end_sessions(self, person: str) -> int:
        """All of this person; how many there were."""
        ...

    def add_delegate(self, person: str, delegate: str, now: datetime) -> bool:
        """The delegate may see the person's own pages from now on; False where that was so already."""
        ...

    def remove_delegate(self, person: str, delegate: str) -> bool:
        """False where there was none."""
        ...

    def delegates(self, person: str) -> list[str]:
        """Whom this person lets see their own pages, by address."""
        ...

    def principals(self, delegate: str) -> list[str]:
        """Who named this one a delegate, by address."""
        ...

    def key(self, name: str, make: Callable[[], str]) -> str:
        """The installation's secret of that name, made when it is first asked for; the same for everybody ever after."""
        ...
