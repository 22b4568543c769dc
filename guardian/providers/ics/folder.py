"""Calendars as files: one exported `.ics` file for a report, or a folder with one sub-folder per person."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from guardian.errors import InputError
from guardian.model.events import BadEvent, Occurrence
from guardian.model.time import Interval
from guardian.providers.ics.calendar import Calendar, Part
from guardian.providers.ics.component import Component
from guardian.providers.ics.mapping import Owner, instant
from guardian.providers.ics.rules import Unusable
from guardian.providers.ics.series import LONGEST_WINDOW, until_of
from guardian.providers.ics.source import LARGEST_FILE, Source, cut
from guardian.providers.ics.zones import Zones, commonest_name, iana_name, zone_of

__all__ = ["FileCalendar", "read_file"]

FOUR_WEEKS = timedelta(weeks=4)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}


@dataclass(frozen=True, slots=True)
class FileCalendar:
    """One person's calendar read from one file. `zone` is an IANA name, `bad` what could not be understood."""

    owner: str
    zone: str
    occurrences: tuple[Occurrence, ...]
    bad: tuple[BadEvent, ...]


def read_file(
    path: Path, owner: str | None = None, timezone: str | None = None, window: Interval | None = None
) -> FileCalendar:
    """Read an exported calendar.

    The owner is `owner`, else the calendar's own name, else the file's; events count as theirs unless they are listed with
    another answer. The zone is `timezone`, else `X-WR-TIMEZONE`, else the commonest TZID, else UTC. Without a window, the
    400 days are read that end with the latest event, series without an end followed to the day of the export. Raises InputError.
    """
    source = cut(_bytes(path), path.name)
    zone = _zone(source, timezone)
    part = Part(source, Zones(source, zone), nameless=True)
    name = (owner or source.first("X-WR-CALNAME") or source.first("NAME") or path.stem).strip()
    person = Owner(name.lower()) if "@" in name else Owner(name, name)
    calendar = Calendar(person, (part,), zone_of(zone))
    items = list(calendar.occurrences(_checked(window) if window else _span(part)))
    bad = [item for item in items if isinstance(item, BadEvent)]
    if not source.complete:
        bad.append(
            BadEvent(person.mailbox, path.name, "the file breaks off before END:VCALENDAR; events may be missing")
        )
    found = sorted((o for o in items if isinstance(o, Occurrence)), key=_order)
    return FileCalendar(person.mailbox, zone, tuple(found), tuple(bad))


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(f"{path} is larger than {LARGEST_FILE // 2**20} MiB; split it")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def _checked(window: Interval) -> Interval:
    if window.length > LONGEST_WINDOW:
        raise InputError("a calendar file is read for 400 days at most; choose dates closer together")
    return window


def _zone(source: Source, wanted: str | None) -> str:
    if wanted is not None:
        if (name := iana_name(wanted)) is None:
            raise InputError(f"unknown time zone '{wanted}'; use an IANA name such as Europe/Berlin")
        return name
    return iana_name(source.first("X-WR-TIMEZONE")) or commonest_name(source.data) or "UTC"


def _order(occurrence: Occurrence) -> tuple[datetime, str]:
    when = occurrence.when
    start = when.start if isinstance(when, Interval) else datetime.combine(when.first, time(), UTC)
    return start, occurrence.ref.event_id


def _span(part: Part) -> Interval:
    """The 400 days that end with the latest event of the file."""
    end = max(_ends(part), default=_EPOCH + LONGEST_WINDOW) + timedelta(days=1)
    return Interval(end - LONGEST_WINDOW, end)


def _ends(part: Part) -> Iterator[datetime]:
    exported = _EPOCH
    open_starts: list[datetime] = []
    for component in _understood(part):
        exported = max(exported, _stamped(component))
        if component.repeats and any(_endless(rule.until, rule.count) for rule in component.rules):
            open_starts.append(component.start.utc)
        else:
            yield _last(component)
    for start in open_starts:
        yield max(exported, start + FOUR_WEEKS)


def _understood(part: Part) -> Iterator[Component]:
    for block in part.source.events:
        with suppress(Unusable):
            component = part.understand(block)
            for rule in component.rules:
                until_of(rule, component.start)
            yield component


def _endless(until: str, count: int | None) -> bool:
    return count is None and (not until or until >= "2100")


def _last(component: Component) -> datetime:
    """An instant at or after the last occurrence: the own end, UNTIL, extra dates; a counted series by its longest reach."""
    known = [component.start.utc + component.length.reach, *(extra.start.utc for extra in component.added)]
    for rule in component.rules:
        until = until_of(rule, component.start)
        if until is not None:
            known.append(until.utc)
        elif rule.count is not None:
            days = min(rule.count * rule.interval * _DAYS[rule.freq], LONGEST_WINDOW.days)
            known.append(component.start.utc + timedelta(days=days))
    return max(known)


def _stamped(component: Component) -> datetime:
    """When the component was written down; a Google export stamps all of them with its own time."""
    return max((at for name in ("LAST-MODIFIED", "DTSTAMP") if (at := instant(component.text(name)))), default=_EPOCH)
