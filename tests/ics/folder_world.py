"""One person's folder with hand-written files, and actions on what is in it."""

from datetime import UTC, datetime
from pathlib import Path

from guardian.model.actions import Action, Effect, Precondition, Receipt, action_key, verb_of
from guardian.model.events import Occurrence
from guardian.model.time import Interval
from guardian.providers.ics.provider import IcsProvider

ANA = "ana@acme.example"
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
WINDOW = Interval(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC))

HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Someone//EN\r\nX-WR-TIMEZONE:Europe/Berlin\r\n"
TAIL = "END:VCALENDAR\r\n"


class FolderWorld:
    """A root with a folder for ANA."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / ANA
        self.home.mkdir()
        self.provider = IcsProvider(root, lambda mailbox: mailbox == ANA, lambda: NOW)

    def put(self, text: str | bytes, name: str = "work.ics") -> Path:
        path = self.home / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def read(self) -> list[Occurrence]:
        return [o for o in self.provider.read_window(ANA, WINDOW) if isinstance(o, Occurrence)]

    def one(self, event_id: str) -> Occurrence:
        [found] = [o for o in self.read() if o.ref.event_id == event_id]
        return found

    def act(self, effect: Effect, on: Occurrence | None = None) -> Receipt:
        return self.provider.apply(self.action(effect, on))

    def action(self, effect: Effect, on: Occurrence | None = None) -> Action:
        start = on.when.start if on and isinstance(on.when, Interval) else NOW
        key = action_key("focus-time", verb_of(effect), ANA, str(on.meeting) if on else "", start)
        expects = Precondition(on.when, on.response, on.organizer, on.etag) if on else Precondition()
        return Action(key, ANA, on.ref if on else None, on.meeting if on else None, "focus-time", expects, effect)


def event(uid: str, *lines: str, start: str = "20261103T100000", end: str = "20261103T110000") -> str:
    """A VEVENT in Berlin with these further lines."""
    zone = ";TZID=Europe/Berlin:"
    parts = ["BEGIN:VEVENT", f"UID:{uid}", f"DTSTART{zone}{start}", f"DTEND{zone}{end}", *lines, "END:VEVENT", ""]
    return "\r\n".join(parts)
