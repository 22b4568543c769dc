"""A folder of `.ics` files as a calendar service: one sub-folder per person, named by the e-mail address."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from guardian.errors import AccessLost, Gone, GuardianError, InputError, NotSupported, PreconditionFailed, ProviderDown
from guardian.model.actions import Action, Answer, BookFocus, MoveFocus, Receipt, RemoveFocus, Restore, Shorten
from guardian.model.events import BadEvent, EventRef, Occurrence
from guardian.model.people import Person
from guardian.model.time import Interval
from guardian.ports import Capabilities, Changed, Clock, MailboxSettings
from guardian.providers.diagnosis import Check
from guardian.providers.ics import blocks
from guardian.providers.ics.acting import Target, changed_file
from guardian.providers.ics.calendar import Calendar, Part
from guardian.providers.ics.disk import Folder
from guardian.providers.ics.mapping import CALENDAR, Owner
from guardian.providers.ics.source import Source, cut
from guardian.providers.ics.zones import Zones, commonest_name, iana_name, zone_of

Allowed = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Read:
    """A folder as read: its files with their names, and files that are no calendars."""

    sources: tuple[tuple[str, Source], ...]
    bad: tuple[BadEvent, ...]
    calendar: Calendar


class IcsProvider:
    """Calendars in files below `root`, for everybody `allowed` says yes to.

    Nothing is remembered between calls. A file that cannot be read, or breaks off in the middle, voids the whole read
    (ProviderDown): a calendar with a hole looks like free time. A file that is no calendar at all is named and left out.
    """

    name = "ics"
    capabilities = Capabilities()

    def __init__(self, root: Path, allowed: Allowed, now: Clock) -> None:
        self._root = root
        self._allowed = allowed
        self._now = now

    def changed(self, mailbox: str, cursor: str | None) -> Changed:
        with self._folder(mailbox) as folder:
            state = folder.state()
        return Changed(state != cursor, state)

    def close(self) -> None:
        """Files are open only while they are read."""

    def read_window(self, mailbox: str, window: Interval) -> Iterator[Occurrence | BadEvent]:
        with self._folder(mailbox) as folder:
            read = _read(folder)
        yield from read.bad
        yield from read.calendar.occurrences(window)

    def read(self, ref: EventRef) -> Occurrence | None:
        with self._folder(ref.mailbox) as folder:
            return _look(_read(folder).calendar, ref)

    def find(self, action: Action) -> Occurrence | None:
        return self.read(EventRef(action.mailbox, CALENDAR, blocks.uid_for(action)))

    def diagnose(self, mailbox: str) -> list[Check]:
        name = f"calendar of {mailbox}"
        try:
            with self._folder(mailbox) as folder:
                read, writable = _read(folder), folder.writable()
        except AccessLost as error:
            return [Check(name, False, str(error), f"make the folder {self._root / mailbox}, or correct the roster")]
        except GuardianError as error:
            return [Check(name, False, str(error), "mend or remove the file, or allow this user to read it")]
        detail = f"{len(read.sources)} files readable, {len(read.bad)} left out"
        said = ("the folder is writable", "") if writable else ("the folder is read-only", "allow this user to write")
        return [Check(name, True, detail), Check(f"{name}, writing", writable, *said)]

    def settings(self, mailbox: str) -> MailboxSettings:
        with self._folder(mailbox) as folder:
            read = _read(folder)
        named = (iana_name(source.first("X-WR-TIMEZONE")) for _, source in read.sources)
        return MailboxSettings(timezone=next((name for name in named if name), None))

    def directory(self) -> Iterator[Person]:
        """A person per sub-folder that is named by an address in lower case."""
        try:
            names = sorted(entry.name for entry in self._root.iterdir() if entry.is_dir())
        except OSError as error:
            raise ProviderDown(f"{self._root} cannot be listed ({error.strerror})") from error
        for name in names:
            if "@" in name[1:-1] and name == name.strip().lower():
                yield Person(name, self.name)

    def members(self, group: str) -> frozenset[str]:
        raise NotSupported(f"folders know no groups such as {group}")

    def apply(self, action: Action) -> Receipt:
        with self._folder(action.mailbox) as folder, folder.locked():
            if isinstance(action.effect, BookFocus):
                return self._book(folder, action, action.effect)
            return _change(folder, action)

    def _folder(self, mailbox: str) -> Folder:
        if not self._allowed(mailbox):
            raise AccessLost(f"{mailbox} is not enrolled", credentials=False)
        return Folder(self._root, mailbox)

    def _book(self, folder: Folder, action: Action, effect: BookFocus) -> Receipt:
        uid = blocks.uid_for(action)
        ref = EventRef(action.mailbox, CALENDAR, uid)
        there = _look(_read(folder).calendar, ref)
        if there is not None and there.cancelled:
            raise Gone("the person deleted this block")
        if there is None:
            folder.create(blocks.file_name(uid), blocks.file_for(action, effect, self._now()))
            there = _look(_read(folder).calendar, ref)
        return Receipt(there)


def _read(folder: Folder) -> _Read:
    sources: list[tuple[str, Source]] = []
    bad: list[BadEvent] = []
    for entry in folder.entries():
        if not entry.regular:
            bad.append(BadEvent(folder.mailbox, entry.shown, "not a plain file; links are not followed"))
            continue
        data = folder.read(entry.name)
        if not data.strip():
            raise ProviderDown(f"{entry.name} is empty; perhaps it is being written")
        try:
            sources.append((entry.name, cut(data, entry.shown)))
        except InputError as error:
            bad.append(BadEvent(folder.mailbox, entry.shown, str(error)))
    broken = next((name for name, source in sources if not source.complete), None)
    if broken is not None:
        raise ProviderDown(f"{broken} breaks off before END:VCALENDAR; perhaps it is being written")
    return _Read(tuple(sources), tuple(bad), _calendar(folder.mailbox, [source for _, source in sources]))


def _calendar(mailbox: str, sources: list[Source]) -> Calendar:
    """One calendar of all files; times without a zone lie in the file's own zone, else in that of the folder."""
    own = [iana_name(s.first("X-WR-TIMEZONE")) for s in sources]
    common = next((name for name in own if name), None)
    parts = tuple(
        Part(source, Zones(source, name or commonest_name(source.data) or common))
        for source, name in zip(sources, own, strict=True)
    )
    viewer = common or next((p.zones.default.name for p in parts if p.zones.default), None)
    return Calendar(Owner(mailbox), parts, zone_of(viewer) if viewer else None)


def _look(calendar: Calendar, ref: EventRef) -> Occurrence | None:
    found = calendar.find(ref.event_id)
    return found[1].occurrence(found[0]) if found else None


def _change(folder: Folder, action: Action) -> Receipt:
    """One change to one event of one file; nothing is written unless the result reads as it should."""
    ref = action.ref
    if ref is None or ref.mailbox != action.mailbox:
        raise NotSupported("the act names no event of this person")
    read = _read(folder)
    found = read.calendar.find(ref.event_id)
    if found is None or found[0].cancelled:
        if isinstance(action.effect, RemoveFocus):
            return Receipt(None, "it is gone already")
        raise Gone("the event does not exist any more")
    before = found[1].occurrence(found[0])
    if action.expects.etag is not None and action.expects.etag != before.etag:
        raise PreconditionFailed("the event was changed since it was judged")
    name, source = next((n, s) for n, s in read.sources if s is found[0].component.source)
    new = changed_file(Target(found[0], found[1], before, read.calendar), action)
    if new is None:
        folder.remove(name, source.data)
        return Receipt(None)
    after = _look(_swapped(read, source, cut(new, name)), ref)
    _check(action, before, after)
    if new != source.data:
        folder.replace(name, source.data, new)
    return Receipt(after)


def _swapped(read: _Read, old: Source, new: Source) -> Calendar:
    return _calendar(read.calendar.owner.mailbox, [new if s is old else s for _, s in read.sources])


def _check(action: Action, before: Occurrence, after: Occurrence | None) -> None:
    """The new file, read again before it is put in place, must show the act and the event otherwise as it was."""
    response, when = before.response, before.when
    match action.effect:
        case Answer(response=response) | Restore(response=response):
            pass
        case Shorten(when=when) | MoveFocus(block=when):
            pass
    if isinstance(action.effect, RemoveFocus):
        as_meant = after is None
    else:
        as_meant = after is not None and not after.cancelled and (after.when, after.response) == (when, response)
    if not as_meant:
        raise NotSupported("this event cannot be changed without doubt; the file stays as it is")
