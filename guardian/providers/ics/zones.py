"""From the TZID of a file to real time. An unknown name is never read as anything else.

In order: an IANA name, a Windows name through the CLDR table that `icalendar` carries, a prefixed IANA name as Mozilla
and Evolution write it (`/mozilla.org/20050126_1/Europe/Berlin`), and last the VTIMEZONE of that name in the file.

A wall time that does not exist is read with the offset before the change, one that comes twice is its first
(RFC 5545 section 3.3.5).
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from guardian.errors import InputError
from guardian.model.time import zone_named
from guardian.providers.ics.rules import Unusable, expand, parse_rule
from guardian.providers.ics.source import Property, Source, decode, parse, properties

MOST_OBSERVANCES = 400
_FIRST, _LAST = datetime(1969, 1, 1), datetime(2101, 1, 1)  # noqa: DTZ001 - wall-clock bounds, no zone meant
_NAME = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")
_TZID = re.compile(rb";[ \t]*TZID=\"?([^\":;\r\n]+)", re.IGNORECASE)
_OFFSET = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?")
_LOCAL = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2}))?Z?")
_PARTS = re.compile(r"^BEGIN:(STANDARD|DAYLIGHT)\s*$(.*?)^END:\1\s*$", re.MULTILINE | re.DOTALL | re.IGNORECASE)


class Zone(Protocol):
    """A wall clock. `name` is the IANA name, None for a clock that only the file describes."""

    @property
    def name(self) -> str | None: ...

    def to_utc(self, local: datetime) -> datetime: ...

    def to_local(self, instant: datetime) -> datetime: ...


@dataclass(frozen=True, slots=True)
class NamedZone:
    """A zone of the IANA data."""

    zone: ZoneInfo

    @property
    def name(self) -> str | None:
        return self.zone.key

    def to_utc(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def to_local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class DefinedZone:
    """A zone that a VTIMEZONE describes: the offset in force from each change on.

    `walls` are the wall times from which the offset after a change counts, `instants` the changes in UTC; both
    ascending, with one offset more than changes.
    """

    walls: tuple[datetime, ...]
    instants: tuple[datetime, ...]
    offsets: tuple[timedelta, ...]

    @property
    def name(self) -> str | None:
        return None

    def to_utc(self, local: datetime) -> datetime:
        return (local - self.offsets[bisect_right(self.walls, local)]).replace(tzinfo=UTC)

    def to_local(self, instant: datetime) -> datetime:
        return instant.replace(tzinfo=None) + self.offsets[bisect_right(self.instants, instant)]


def iana_name(tzid: str) -> str | None:
    """The IANA name that a TZID stands for, None when it stands for none."""
    tzid = tzid.strip().strip('"')
    if found := _known(WINDOWS_TO_OLSON.get(tzid, tzid)):
        return found
    tail = tzid.split("/")[-3:] if tzid.startswith("/") else []
    return next((n for n in ("/".join(tail), "/".join(tail[-2:])) if "/" in n and _known(n)), None)


@lru_cache(maxsize=1024)
def _known(name: str) -> str | None:
    if len(name) > 64 or not _NAME.fullmatch(name):
        return None
    try:
        return zone_named(name).key
    except InputError:
        return None


def commonest_name(data: bytes) -> str | None:
    """The IANA name of the TZID that stands most often in the file."""
    for tzid, _ in Counter(_TZID.findall(data)).most_common():
        if name := iana_name(tzid.decode("utf-8", "replace")):
            return name
    return None


class Zones:
    """The zones of one file. `default` is where times without a zone lie, None where nothing says."""

    def __init__(self, source: Source, default: str | None) -> None:
        self.default = zone_of(default) if default else None
        self._defined = _definitions(source)
        self._found: dict[str, Zone] = {}

    def get(self, tzid: str) -> Zone:
        """The zone of that TZID; raises Unusable when neither the zone data nor the file know it."""
        if tzid not in self._found:
            self._found[tzid] = self._resolve(tzid)
        return self._found[tzid]

    def _resolve(self, tzid: str) -> Zone:
        if name := iana_name(tzid):
            return zone_of(name)
        if tzid not in self._defined:
            raise Unusable(f"unknown time zone '{tzid[:80]}'")
        try:
            return defined_zone(self._defined[tzid])
        except (ValueError, OverflowError) as error:
            raise Unusable(f"the definition of time zone '{tzid[:80]}' cannot be read") from error


def zone_of(name: str) -> Zone:
    return NamedZone(zone_named(name))


def _definitions(source: Source) -> Mapping[str, bytes]:
    found: dict[str, bytes] = {}
    for block in source.zones:
        data = source.bytes_of(block)
        start = data.find(b"\n") + 1
        for item in properties(data[start:]):
            if item.name == "TZID":
                found.setdefault(item.value.strip(), data)
    return found


@dataclass(frozen=True, slots=True)
class _Change:
    wall: datetime
    before: timedelta
    after: timedelta


def defined_zone(data: bytes) -> DefinedZone:
    """The zone a VTIMEZONE describes; raises Unusable or ValueError when it cannot be followed."""
    parts = _PARTS.findall(decode(data))
    if not 0 < len(parts) <= MOST_OBSERVANCES:
        raise Unusable("the time zone has no observances, or too many")
    changes = sorted((c for _, text in parts for c in _changes(text)), key=lambda c: c.wall - c.before)
    instants = [c.wall - c.before for c in changes]
    return DefinedZone(
        walls=tuple(c.wall + max(timedelta(), c.after - c.before) for c in changes),
        instants=tuple(i.replace(tzinfo=UTC) for i in instants),
        offsets=(changes[0].before, *(c.after for c in changes)),
    )


def _changes(text: str) -> list[_Change]:
    items = [p for line in re.split(r"\r?\n", text) if (p := parse(line))]
    start = _local(_value(items, "DTSTART"))
    before, after = _offset(_value(items, "TZOFFSETFROM")), _offset(_value(items, "TZOFFSETTO"))
    walls = {start}
    for item in items:
        if item.name == "RDATE":
            walls.update(_local(value) for value in item.value.split(","))
        if item.name == "RRULE":
            walls.update(_yearly(item.value, start, before))
    return [_Change(wall, before, after) for wall in walls]


def _yearly(text: str, start: datetime, before: timedelta) -> list[datetime]:
    rule = parse_rule(text)
    if rule.freq != "YEARLY":
        raise Unusable("the time zone does not change by the year")
    until = _local(rule.until) if rule.until else _LAST
    shift = before if rule.until.endswith("Z") else timedelta()
    return list(expand(rule, start, _FIRST, _LAST, lambda at: at - shift <= until))


def _value(items: list[Property], name: str) -> str:
    return next((item.value.strip() for item in items if item.name == name), "")


def _local(text: str) -> datetime:
    match = _LOCAL.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a time")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - a wall clock


def _offset(text: str) -> timedelta:
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise ValueError("not an offset")
    size = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    if size >= timedelta(hours=24):
        raise ValueError("not an offset")
    return -size if match[1] == "-" else size
