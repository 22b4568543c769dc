"""Outlook as a calendar port."""

import time
from collections.abc import Callable

from guardian.ports import Capabilities, Clock
from guardian.providers.hosted import Allowed, HostedProvider, OnRequest, Service, unheard, utc_now
from guardian.providers.outlook.acting import Reviser
from guardian.providers.outlook.blocks import Blocks
from guardian.providers.outlook.client import Client
from guardian.providers.outlook.config import OutlookConfig
from guardian.providers.outlook.credentials import load
from guardian.providers.outlook.diagnosis import diagnose
from guardian.providers.outlook.directory import Directory
from guardian.providers.outlook.reading import Reader
from guardian.providers.shared import Patience


class OutlookProvider(HostedProvider):
    """Outlook calendars of all mailboxes on the roster, read and written by one app registration.

    `allowed` tells who is on the roster: the app's permissions could reach any mailbox of the tenant, so nobody else's is
    ever named in a request. `sleep` is called between repeated reads. `on_request` hears of every request. Raises
    SettingsError for a certificate file or an extra certificate authority that cannot be used.
    """

    name = "outlook"
    company = "Microsoft"

    def __init__(
        self,
        config: OutlookConfig,
        allowed: Allowed,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Clock = utc_now,
        on_request: OnRequest = unheard,
        patience: Patience | None = None,
    ) -> None:
        self.capabilities = Capabilities(
            restore_unanswered=False,
            focus_time=False,
            marks_answers=False,
            decline_removes=True,
            guards_answers=False,
        )
        client = Client(config, load(config), sleep, now, on_request, patience or Patience())
        reader = Reader(client, now)
        super().__init__(
            allowed,
            Service(
                reader,
                Reviser(client, reader),
                Blocks(client, reader),
                Directory(client, now),
                lambda mailbox: diagnose(client, reader, now, mailbox),
                client.close,
            ),
        )
