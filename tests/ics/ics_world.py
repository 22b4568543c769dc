"""A folder of `.ics` files with people in it, and what they do there without us."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from icalendar import Calendar, Event, vCalAddress, vRecur

from guardian.model.events import Response
from guardian.ports import CalendarProvider
from guardian.providers.ics.mapping import address, event_parts
from guardian.providers.ics.provider import IcsProvider
from tests.providers.contract import ANA, BEN, KIM, NOW

WORDS = {
    Response.NEEDS_ACTION: "NEEDS-ACTION",
    Response.ACCEPTED: "ACCEPTED",
    Response.DECLINED: "DECLINED",
    Response.TENTATIVE: "TENTATIVE",
}
ANSWERS = {word: response for response, word in WORDS.items()}


class IcsWorld:
    """Each meeting is a file of its own in each guest's folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for person in (ANA, BEN, KIM):
            (root / person).mkdir()
        self.provider: CalendarProvider = IcsProvider(root, lambda mailbox: mailbox in (ANA, BEN), lambda: NOW)

    def invite(
        self, organizer: str, guests: Sequence[str], title: str, start: datetime, minutes: int = 30, *, weekly: int = 1
    ) -> None:
        calendar = _meeting(organizer, guests, title, start, minutes, weekly)
        for person in {organizer, *guests}:
            self._path(person, title).write_bytes(calendar.to_ical())

    def answer(self, mailbox: str, title: str, response: Response) -> None:
        for path in self.root.glob(f"*/{title}.ics"):
            calendar = _load(path)
            for row in _rows(calendar):
                if address(str(row)) == mailbox:
                    row.params["PARTSTAT"] = WORDS[response]
            path.write_bytes(calendar.to_ical())

    def move(self, mailbox: str, title: str, start: datetime) -> None:
        calendar = _load(self._path(mailbox, title))
        event = calendar.events[0]
        length = event.end - event.start
        event.start, event.end = start, start + length
        self._path(mailbox, title).write_bytes(calendar.to_ical())

    def delete(self, mailbox: str, event_id: str) -> None:
        uid, _ = event_parts(event_id)
        for path in (self.root / mailbox).glob("*.ics"):
            if str(_load(path).events[0]["UID"]) == uid:
                path.unlink()

    def poison(self, mailbox: str) -> None:
        text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:poison\r\nDTSTART;TZID=Mars/Olympus:20261124T100000\r\n"
        (self.root / mailbox / "poison.ics").write_text(text + "END:VEVENT\r\nEND:VCALENDAR\r\n", newline="")

    def rows(self, mailbox: str, title: str) -> dict[str, Response]:
        rows = _rows(_load(self._path(mailbox, title)))
        return {address(str(row)): ANSWERS[row.params["PARTSTAT"]] for row in rows}

    def _path(self, mailbox: str, title: str) -> Path:
        return self.root / mailbox / f"{title}.ics"


def _meeting(organizer: str, guests: Sequence[str], title: str, start: datetime, minutes: int, weekly: int) -> Calendar:
    event = Event()
    event.add("uid", f"{title}@acme.example")
    event.add("dtstamp", NOW)
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=minutes))
    event.add("summary", title)
    event.add("organizer", vCalAddress(f"mailto:{organizer}"))
    for person in dict.fromkeys((organizer, *guests)):
        word = "ACCEPTED" if person == organizer else "NEEDS-ACTION"
        event.add("attendee", vCalAddress(f"mailto:{person}"), parameters={"PARTSTAT": word, "RSVP": "TRUE"})
    if weekly > 1:
        event.add("rrule", vRecur(freq="weekly", count=weekly))
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//World//EN")
    calendar.add_component(event)
    return calendar


def _load(path: Path) -> Calendar:
    found = Calendar.from_ical(path.read_bytes())
    assert isinstance(found, Calendar)
    return found


def _rows(calendar: Calendar) -> list[vCalAddress]:
    found = calendar.events[0]["ATTENDEE"]
    return [row for row in (found if isinstance(found, list) else [found]) if isinstance(row, vCalAddress)]
