"""The calendar port for Google: who may be touched is asked here, before anything else."""

import time
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from typing import Self

from guardian.errors import AccessLost, NotSupported
from guardian.model.actions import Action, BookFocus, Receipt, RemoveFocus
from guardian.model.events import BadEvent, EventRef, Occurrence
from guardian.model.people import Person
from guardian.model.time import Interval
from guardian.ports import Capabilities, Changed, Clock, MailboxSettings
from guardian.providers.google.acting import Reviser
from guardian.providers.google.auth import OnRequest
from guardian.providers.google.blocks import Blocks
from guardian.providers.google.client import Client
from guardian.providers.google.config import GoogleConfig
from guardian.providers.google.diagnosis import Check, diagnose
from guardian.providers.google.directory import Directory
from guardian.providers.google.fields import CALENDAR
from guardian.providers.google.fresh import target
from guardian.providers.google.keys import load
from guardian.providers.google.reading import Reader
from guardian.providers.shared import Patience

Allowed = Callable[[str], bool] | Collection[str]


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _unheard(_method: str, _status: int) -> None:
    """Nobody counts the requests."""


class GoogleProvider:
    """Google Calendar for all mailboxes on the roster, with a service account that acts as each of them.

    `allowed` tells who is on the roster: delegation could reach anybody in the domain, so nobody else's token is ever
    asked for. `sleep` is called between repeated reads. `on_request` hears of every request. Raises SettingsError for
    a key file that cannot be used.
    """

    name = "google"

    def __init__(
        self,
        config: GoogleConfig,
        allowed: Allowed,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Clock = _utc_now,
        on_request: OnRequest = _unheard,
        patience: Patience | None = None,
    ) -> None:
        self.capabilities = Capabilities()
        self._allowed = allowed
        self._now = now
        self._client = Client(config, load(config), sleep, now, on_request, patience or Patience())
        self._reader = Reader(self._client, now)
        self._reviser = Reviser(self._client, self._reader)
        self._blocks = Blocks(self._client, self._reader)
        self._directory = Directory(self._client)

    def changed(self, mailbox: str, cursor: str | None) -> Changed:
        """Has anything changed since the cursor? One request where nothing has. Raises CursorExpired."""
        self._require(mailbox)
        return self._reader.changed(mailbox, cursor)

    def read_window(self, mailbox: str, window: Interval) -> Iterator[Occurrence | BadEvent]:
        """Every occurrence that overlaps the window, expanded by the service, one page in memory at a time."""
        self._require(mailbox)
        return self._reader.window(mailbox, window)

    def read(self, ref: EventRef) -> Occurrence | None:
        """The occurrence as it is now; None where it is gone."""
        self._require(ref.mailbox)
        if ref.calendar != CALENDAR:
            raise NotSupported("only the person's primary calendar is read")
        return self._reader.read(ref)

    def apply(self, action: Action) -> Receipt:
        """Do it, once, verify, and say how the event looks now."""
        self._require(action.mailbox)
        if self._client.config.read_only:
            raise NotSupported("Google Calendar was opened for reading only")
        match action.effect:
            case BookFocus():
                return self._blocks.book(action, action.effect)
            case RemoveFocus():
                return self._blocks.remove(action)
            case _:
                return self._reviser.apply(action)

    def find(self, action: Action) -> Occurrence | None:
        """The block that a booking made; for other acts the event they are about."""
        self._require(action.mailbox)
        if isinstance(action.effect, BookFocus):
            return self._blocks.find(action, action.effect)
        return self._reader.read(target(action))

    def settings(self, mailbox: str) -> MailboxSettings:
        """The zone that the person chose in Google Calendar."""
        self._require(mailbox)
        return self._reader.settings(mailbox)

    def directory(self) -> Iterator[Person]:
        """Active users, as the administrator named in the settings sees them."""
        return self._directory.people()

    def members(self, group: str) -> frozenset[str]:
        """Everybody in the group and in the groups inside it. Raises Gone, NotSupported."""
        return self._directory.members(group)

    def diagnose(self, mailbox: str) -> list[Check]:
        """What `guardian doctor` tells of this mailbox: token, scope, API, calendar, clock."""
        self._require(mailbox)
        return diagnose(self._client, self._now, mailbox)

    def close(self) -> None:
        """Close all connections. Nobody may be using the provider any more."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _require(self, mailbox: str) -> None:
        allowed = self._allowed(mailbox) if callable(self._allowed) else mailbox in self._allowed
        if not allowed:
            raise AccessLost(f"{mailbox} is not on the roster; nothing was asked of Google", credentials=False)
