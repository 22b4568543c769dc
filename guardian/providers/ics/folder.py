"""Calendars as files: one exported `.ics` file for a report, or a folder with one sub-folder per person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from pathlib import Path

from guardian.errors import InputError
from guardian.model.events import BadEvent, Occurrence
from guardian.model.time import Interval
from guardian.providers.ics.calendar import Calendar, Part
from guardian.providers.ics.component import Component
from guardian.providers.ics.mapping import Owner, instant
from guardian.providers.ics.rules import Unusable
from guardian.providers.ics.series import LONGEST_WINDOW, until_of
from guardian.providers.ics.source import LARGEST_FILE, Block, Source, cut
from guardian.providers.ics.zones import Zones, commonest_name, iana_name, zone_of

__all__ = ["FileCalendar", "read_file"]

FOUR_WEEKS = timedelta(weeks=4)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_START = re.compile(rb"^DTSTART[^:\r\n]*:(\d{8})", re.MULTILINE | re.IGNORECASE)
_REPEATS = re.compile(rb"^(?:RRULE|RDATE)\b", re.MULTILINE | re.IGNORECASE)
_STAMPED = re.compile(rb"^(?:DTSTAMP|LAST-MODIFIED):(\d{8}T\d{6}Z)", re.MULTILINE | re.IGNORECASE)
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
    person = Owner(name.lower(), all_theirs=True) if "@" in name else Owner(name, name, all_theirs=True)
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
    ends = [*_ends_of_series(part), *islice(_ends_of_single_events(part), 1)]
    end = max(ends, default=_EPOCH + LONGEST_WINDOW) + timedelta(days=1)
    return Interval(end - LONGEST_WINDOW, end)


def _ends_of_single_events(part: Part) -> Iterator[datetime]:
    """From the latest start on; only those that turn out to be readable, so that no broken event decides."""
    starts = [
        (m[1], block) for block in part.source.events if (m := _START.search(part.source.data, block.start, block.end))
    ]
    for _, block in sorted(starts, key=lambda pair: pair[0], reverse=True):
        component = _understood(part, block)
        if component is not None and not component.repeats:
            yield _last(component)


def _ends_of_series(part: Part) -> Iterator[datetime]:
    """Series with an end by their end, those without up to the day of the export, four weeks at least."""
    exported = max(
        (at for text in _STAMPED.findall(part.source.data) if (at := instant(text.decode()))), default=_EPOCH
    )
    for block in part.source.events:
        repeats = _REPEATS.search(part.source.data, block.start, block.end)
        component = _understood(part, block) if repeats else None
        if component is None:
            continue
        if any(_endless(rule.until, rule.count) for rule in component.rules):
            yield max(exported, component.start.utc + FOUR_WEEKS)
        else:
            yield _last(component)


def _understood(part: Part, block: Block) -> Component | None:
    try:
        component = part.understand(block)
        for rule in component.rules:
            until_of(rule, component.start)
    except Unusable:
        return None
    return component


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
