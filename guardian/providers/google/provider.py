"""Google Calendar as a calendar port."""

import time
from collections.abc import Callable

from guardian.errors import NotSupported
from guardian.model.actions import Action, Receipt
from guardian.ports import Capabilities, Clock
from guardian.providers.google.acting import Reviser
from guardian.providers.google.blocks import Blocks
from guardian.providers.google.client import Client
from guardian.providers.google.config import GoogleConfig
from guardian.providers.google.diagnosis import diagnose
from guardian.providers.google.directory import Directory
from guardian.providers.google.keys import load
from guardian.providers.google.reading import Reader
from guardian.providers.hosted import Allowed, HostedProvider, OnRequest, Service, unheard, utc_now
from guardian.providers.shared import Patience


class GoogleProvider(HostedProvider):
    """Google Calendar for all mailboxes on the roster, with a service account that acts as each of them.

    `allowed` tells who is on the roster: delegation could reach anybody in the domain, so nobody else's token is ever
    asked for. `sleep` is called between repeated reads. `on_request` hears of every request. Raises SettingsError for
    a key file that cannot be used.
    """

    name = "google"
    company = "Google"

    def __init__(
        self,
        config: GoogleConfig,
        allowed: Allowed,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Clock = utc_now,
        on_request: OnRequest = unheard,
        patience: Patience | None = None,
    ) -> None:
        self.capabilities = Capabilities()
        client = Client(config, load(config), sleep, now, on_request, patience or Patience())
        reader = Reader(client, now)
        self._config = config
        super().__init__(
            allowed,
            Service(
                reader,
                Reviser(client, reader),
                Blocks(client, reader),
                Directory(client),
                lambda mailbox: diagnose(client, now, mailbox),
                client.close,
            ),
        )

    def apply(self, action: Action) -> Receipt:
        """Raises NotSupported where the calendars were opened for reading only."""
        self._require(action.mailbox)
        if self._config.read_only:
            raise NotSupported("Google Calendar was opened for reading only")
        return super().apply(action)
