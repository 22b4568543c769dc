"""Google's sandbox with three people in it, and our provider connected to it over loopback HTTP."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from guardian.model.events import Response
from guardian.providers.google.config import GoogleConfig
from guardian.providers.google.provider import GoogleProvider
from guardian.providers.shared import Patience
from guardian.sandbox.clock import SettableClock
from guardian.sandbox.server import GoogleSandbox
from guardian.sandbox.world import World
from tests.providers.contract import ANA, BEN, KIM, NOW

STATUS = {
    Response.NEEDS_ACTION: "needsAction",
    Response.TENTATIVE: "tentative",
    Response.ACCEPTED: "accepted",
    Response.DECLINED: "declined",
}
RESPONSES = {status: response for response, status in STATUS.items()}


class GoogleWorld:
    """The contract's world on Google. `slept` holds the waits asked for, `asked` the API calls answered; `skew` is how far our
    clock is ahead of Google's."""

    def __init__(self, sandbox: GoogleSandbox, config: GoogleConfig, patience: Patience | None) -> None:
        self.sandbox = sandbox
        self.slept: list[float] = []
        self.asked: list[tuple[str, int]] = []
        self._listener: Callable[[str, int], object] = lambda _method, _status: None
        self._ids: dict[str, str] = {}
        self.skew = timedelta()
        self.provider = GoogleProvider(
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

    def invite(
        self, organizer: str, guests: Sequence[str], title: str, start: datetime, minutes: int = 30, *, weekly: int = 1
    ) -> None:
        rule = [f"RRULE:FREQ=WEEKLY;COUNT={weekly}"] if weekly > 1 else None
        end = start + timedelta(minutes=minutes)
        self._ids[title] = self.world.invite(organizer, title, start, end, guests, series=rule)

    def id_of(self, title: str) -> str:
        return self._ids[title]

    def answer(self, mailbox: str, title: str, response: Response) -> None:
        self.world.answer(mailbox, self._ids[title], STATUS[response])

    def move(self, mailbox: str, title: str, start: datetime) -> None:
        self.world.move(self._ids[title], start, start + timedelta(minutes=30))

    def delete(self, mailbox: str, event_id: str) -> None:
        self.world.delete_copy(mailbox, event_id)

    def poison(self, mailbox: str) -> None:
        start = NOW + timedelta(days=1)
        broken = self.world.invite(mailbox, "Broken", start, start + timedelta(hours=1))
        self.world.store.calendars[mailbox].rows[broken].body["iCalUID"] = ""

    def rows(self, mailbox: str, title: str) -> dict[str, Response]:
        attendees = self.world.copy(mailbox, self._ids[title]).get("attendees", [])
        return {row["email"]: RESPONSES[row["responseStatus"]] for row in attendees}


@contextmanager
def google_world(
    folder: Path, *, read_only: bool = False, timeout: float = 30.0, patience: Patience | None = None
) -> Iterator[GoogleWorld]:
    """Served until the block ends."""
    world = World(SettableClock(NOW))
    world.add_person(ANA, "Ana Ruiz", "Europe/Madrid")
    world.add_person(BEN, "Ben Oto", "Europe/Berlin")
    world.add_person(KIM, "Kim Lee", "America/New_York")
    with GoogleSandbox(world) as sandbox:
        config = GoogleConfig(sandbox.write_key(folder / "key.json"), sandbox.url, read_only, timeout)
        found = GoogleWorld(sandbox, config, patience)
        with found.provider:
            yield found
