"""The sandbox's Microsoft Graph with three people in it, and our provider connected to it over loopback TLS."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from guardian.model.events import Response
from guardian.providers.outlook.config import OutlookConfig
from guardian.providers.outlook.provider import OutlookProvider
from guardian.providers.shared import Patience
from guardian.sandbox.clock import SettableClock
from guardian.sandbox.graph_server import GraphSandbox
from guardian.sandbox.microsoft_switches import MicrosoftSwitches
from guardian.sandbox.world import World
from tests.providers.contract import ANA, BEN, KIM, NOW

STATUS = {
    Response.NEEDS_ACTION: "needsAction",
    Response.TENTATIVE: "tentative",
    Response.ACCEPTED: "accepted",
    Response.DECLINED: "declined",
}
RESPONSES = {status: response for response, status in STATUS.items()}


def config_of(sandbox: GraphSandbox, **changes: Any) -> OutlookConfig:
    """The settings that lead to this sandbox."""
    config = OutlookConfig(
        sandbox.tenant_id,
        sandbox.client_id,
        sandbox.client_secret,
        authority=sandbox.authority,
        graph_root=sandbox.url,
        ca_file=sandbox.ca_file,
    )
    return replace(config, **changes)


class OutlookWorld:
    """The contract's world on Outlook. `slept` holds the waits asked for, `asked` the requests answered; `skew` is how far our
    clock is ahead of Microsoft's."""

    def __init__(self, sandbox: GraphSandbox, config: OutlookConfig, patience: Patience | None) -> None:
        self.sandbox = sandbox
        self.slept: list[float] = []
        self.asked: list[tuple[str, int]] = []
        self._listener: Callable[[str, int], object] = lambda _method, _status: None
        self._ids: dict[str, str] = {}
        self.skew = timedelta()
        self.provider = OutlookProvider(
            config,
            frozenset({ANA, BEN}),
            sleep=self.slept.append,
            now=lambda: self.world.clock() + self.skew,
            on_request=self._heard,
            patience=patience,
        )

    def listen(self, listener: Callable[[str, int], object]) -> None:
        """Call it after each answer, before our provider goes on: somebody may meddle there."""
        self._listener = listener

    def _heard(self, method: str, status: int) -> None:
        self.asked.append((method, status))
        self._listener(method, status)

    @property
    def world(self) -> World:
        return self.sandbox.world

    @property
    def switches(self) -> MicrosoftSwitches:
        return self.sandbox.switches

    def keeps_declined(self, *mailboxes: str) -> None:
        """These mailboxes have the option "save declined events"."""
        self.switches.preserve_declined = frozenset(mailboxes)

    def invite(
        self,
        organizer: str,
        guests: Sequence[str],
        title: str,
        start: datetime,
        minutes: int = 30,
        *,
        weekly: int = 1,
        **fields: Any,
    ) -> None:
        rule = [f"RRULE:FREQ=WEEKLY;COUNT={weekly}"] if weekly > 1 else None
        end = start + timedelta(minutes=minutes)
        self._ids[title] = self.world.invite(organizer, title, start, end, guests, series=rule, **fields)

    def id_of(self, title: str) -> str:
        return self._ids[title]

    def answer(self, mailbox: str, title: str, response: Response) -> None:
        self.world.answer(mailbox, self._ids[title], STATUS[response])

    def move(self, mailbox: str, title: str, start: datetime) -> None:
        self.world.move(self._ids[title], start, start + timedelta(minutes=30))

    def delete(self, mailbox: str, event_id: str) -> None:
        self.world.delete_copy(mailbox, self.own_id(mailbox, event_id))

    def own_id(self, mailbox: str, event_id: str) -> str:
        """The world's id of what Graph names so."""
        from guardian.sandbox import graph_ids

        return graph_ids.named(event_id) or event_id

    def poison(self, mailbox: str) -> None:
        start = NOW + timedelta(days=1)
        broken = self.world.invite(mailbox, "Broken", start, start + timedelta(hours=1))
        self.world.store.calendars[mailbox].rows[broken].body["iCalUID"] = ""

    def rows(self, mailbox: str, title: str) -> dict[str, Response]:
        attendees = self.world.copy(mailbox, self._ids[title]).get("attendees", [])
        return {row["email"]: RESPONSES[row["responseStatus"]] for row in attendees}


def applied(world: OutlookWorld) -> int:
    """Writes that were carried out, whatever we saw of it."""
    return sum(entry.applied for entry in world.sandbox.writes)


def mails(world: OutlookWorld, kind: str = "reply") -> int:
    return sum(mail["kind"] == kind for mail in world.sandbox.mails)


@contextmanager
def outlook_world(*, patience: Patience | None = None, **changes: Any) -> Iterator[OutlookWorld]:
    """Served until the block ends; `changes` are settings of the provider."""
    world = World(SettableClock(NOW))
    world.add_person(ANA, "Ana Ruiz", "Europe/Madrid", service="outlook")
    world.add_person(BEN, "Ben Oto", "Europe/Berlin", service="outlook")
    world.add_person(KIM, "Kim Lee", "America/New_York", service="outlook")
    with GraphSandbox(world) as sandbox:
        found = OutlookWorld(sandbox, config_of(sandbox, **changes), patience)
        with found.provider:
            yield found
