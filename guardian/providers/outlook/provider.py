"""The calendar port for Outlook: who may be touched is asked here, before anything else."""

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
from guardian.providers.outlook.acting import Reviser
from guardian.providers.outlook.auth import OnRequest
from guardian.providers.outlook.blocks import Blocks
from guardian.providers.outlook.client import Client
from guardian.providers.outlook.config import OutlookConfig
from guardian.providers.outlook.credentials import load
from guardian.providers.outlook.diagnosis import Check, diagnose
from guardian.providers.outlook.directory import Directory
from guardian.providers.outlook.fields import CALENDAR
from guardian.providers.outlook.fresh import target
from guardian.providers.outlook.reading import Reader
from guardian.providers.shared import Patience

Allowed = Callable[[str], bool] | Collection[str]


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _unheard(_method: str, _status: int) -> None:
    """Nobody counts the requests."""


class OutlookProvider:
    """Outlook calendars of all mailboxes on the roster, read and written by one app registration.

    `allowed` tells who is on the roster: the app's permissions could reach any mailbox of the tenant, so nobody else's is
    ever named in a request. `sleep` is called between repeated reads. `on_request` hears of every request. Raises
    SettingsError for a certificate file or an extra certificate authority that cannot be used.
    """

    name = "outlook"

    def __init__(
        self,
        config: OutlookConfig,
        allowed: Allowed,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Clock = _utc_now,
        on_request: OnRequest = _unheard,
        patience: Patience | None = None,
    ) -> None:
        self.capabilities = Capabilities(
            restore_unanswered=False, focus_time=False, marks_answers=False, decline_removes=True
        )
        self._allowed = allowed
        self._now = now
        self._client = Client(config, load(config), sleep, now, on_request, patience or Patience())
        self._reader = Reader(self._client, now)
        self._reviser = Reviser(self._client, self._reader)
        self._blocks = Blocks(self._client, self._reader)
        self._directory = Directory(self._client, now)

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
            raise NotSupported("only the person's own calendar is read")
        return self._reader.read(ref)

    def apply(self, action: Action) -> Receipt:
        """Do it, once, verify, and say how the event looks now."""
        self._require(action.mailbox)
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
            return self._blocks.find(action)
        return self._reader.read(target(action))

    def settings(self, mailbox: str) -> MailboxSettings:
        """The zone that the person chose in Outlook."""
        self._require(mailbox)
        return self._reader.settings(mailbox)

    def directory(self) -> Iterator[Person]:
        """Active members of the tenant with a person's mailbox."""
        return self._directory.people()

    def members(self, group: str) -> frozenset[str]:
        """Everybody in the group and in the groups inside it. Raises Gone."""
        return self._directory.members(group)

    def diagnose(self, mailbox: str) -> list[Check]:
        """What `guardian doctor` tells of this mailbox: clock, certificate, sign-in, permission and scope, settings."""
        self._require(mailbox)
        return diagnose(self._client, self._reader, self._now, mailbox)

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
            raise AccessLost(f"{mailbox} is not on the roster; nothing was asked of Microsoft", credentials=False)
