"""One VEVENT as written: when, how often, and of what series; everything that needs doubt is refused here."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from guardian.model.time import DayRange, Interval, When, format_instant
from guardian.providers.ics.rules import Rule, Unusable, parse_rule
from guardian.providers.ics.source import Block, Property, Source, readable, unescape
from guardian.providers.ics.zones import Zone, Zones

FIRST_YEAR, LAST_YEAR = 1601, 2200
LONGEST_UID = 1000
MOST_DATES = 5000
LONGEST_DAYS = 3660
DAY = timedelta(days=1)

_STAMP = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z?))?")
_DURATION = re.compile(r"([+-]?)P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?")
_ESSENTIAL = re.compile(
    r"\s*(DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|EXRULE|RECURRENCE-ID|UID|STATUS|ATTENDEE|ORGANIZER|CLASS|TRANSP)\b",
    re.IGNORECASE,
)
_SINGLE = ("UID", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "STATUS", "CLASS", "ORGANIZER")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A day, or a wall-clock time in a zone."""

    value: date
    zone: Zone | None = None

    @property
    def all_day(self) -> bool:
        return self.zone is None

    @property
    def local(self) -> datetime:
        return self.value if isinstance(self.value, datetime) else datetime.combine(self.value, time())

    @property
    def utc(self) -> datetime:
        """The instant; for a day, its midnight read as UTC (good for ordering only)."""
        return self.zone.to_utc(self.local) if self.zone else self.local.replace(tzinfo=UTC)

    def at(self, local: datetime) -> "Stamp":
        """The same kind of stamp at another wall-clock time."""
        return Stamp(local if self.zone else local.date(), self.zone)

    def __str__(self) -> str:
        """RFC 3339 in UTC, or the date."""
        return format_instant(self.utc) if self.zone else self.value.isoformat()


@dataclass(frozen=True, slots=True)
class Length:
    """How long it lasts. `days` move on the wall clock, `exact` is elapsed time (RFC 5545 section 3.8.5.3)."""

    days: int = 0
    exact: timedelta = timedelta()

    def end_of(self, start: Stamp) -> datetime:
        assert start.zone is not None
        return start.zone.to_utc(start.local + timedelta(days=self.days)) + self.exact

    def when(self, start: Stamp) -> When:
        if start.zone is None:
            return DayRange(start.local.date(), start.local.date() + timedelta(days=max(1, self.days) - 1))
        return Interval(start.utc, self.end_of(start))

    @property
    def reach(self) -> timedelta:
        """At least as long as any instance on the wall clock."""
        return timedelta(days=max(1, self.days)) + self.exact + DAY


@dataclass(frozen=True, slots=True)
class Extra:
    """An RDATE, with a length of its own where it is a period."""

    start: Stamp
    length: Length | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """A VEVENT whose time is understood. `rank` orders versions of the same one: SEQUENCE, then the time stamps.

    `instance` is its RECURRENCE-ID, `future` whether that means this and all following ones.
    """

    source: Source
    block: Block
    items: tuple[Property, ...]
    zones: Zones
    uid: str
    start: Stamp
    length: Length
    rank: tuple[int, str, str]
    instance: Stamp | None = None
    future: bool = False
    cancelled: bool = False
    rules: tuple[Rule, ...] = ()
    except_rules: tuple[Rule, ...] = ()
    added: tuple[Extra, ...] = ()
    removed: tuple[Stamp, ...] = ()

    def all(self, name: str) -> Iterable[Property]:
        return (item for item in self.items if item.name == name)

    def first(self, name: str) -> Property | None:
        return next((item for item in self.items if item.name == name), None)

    def text(self, name: str) -> str:
        item = self.first(name)
        return unescape(item.value) if item else ""

    @property
    def repeats(self) -> bool:
        return bool(self.rules or self.added)


def uid_of(items: Iterable[Property]) -> str:
    return next((unescape(item.value).strip() for item in items if item.name == "UID"), "")


def understand(source: Source, block: Block, zones: Zones, *, nameless: bool = False) -> Component:
    """Read one VEVENT; raises Unusable with the reason.

    `nameless` lets an event without a UID through, under a name made of its bytes: good for counting, not for acting.
    """
    if block.fault:
        raise Unusable(block.fault)
    items = tuple(_checked(source.bytes_of(block)))
    uid = uid_of(items) or (hashlib.sha256(source.bytes_of(block)).hexdigest() if nameless else "")
    if not uid or len(uid) > LONGEST_UID:
        raise Unusable("the event has no usable UID")
    reader = _Reader(items, zones)
    start = reader.stamp("DTSTART")
    if start is None:
        raise Unusable("the event has no DTSTART")
    instance = reader.first("RECURRENCE-ID")
    return Component(
        source=source,
        block=block,
        items=items,
        zones=zones,
        uid=uid,
        start=start,
        length=reader.length(start),
        rank=reader.rank(),
        instance=reader.stamp("RECURRENCE-ID"),
        future=bool(instance and instance.params.get("RANGE", "").upper() == "THISANDFUTURE"),
        cancelled=reader.value("STATUS") == "CANCELLED" or source.first("METHOD").upper() == "CANCEL",
        rules=reader.rules("RRULE"),
        except_rules=reader.rules("EXRULE"),
        added=reader.added(start),
        removed=tuple(reader.stamps("EXDATE")),
    )


def _checked(data: bytes) -> Iterable[Property]:
    seen: dict[str, Property] = {}
    for item in readable(data):
        if isinstance(item, str):
            if _ESSENTIAL.match(item):
                raise Unusable(f"a line cannot be read: {item.strip()[:20]}...")
            continue
        if item.name in _SINGLE and item.name in seen and seen[item.name] != item:
            raise Unusable(f"the event has two different {item.name} lines")
        seen[item.name] = item
        yield item


class _Reader:
    """Reads times out of the properties of one VEVENT."""

    def __init__(self, items: tuple[Property, ...], zones: Zones) -> None:
        self.items = items
        self.zones = zones

    def first(self, name: str) -> Property | None:
        return next((item for item in self.items if item.name == name), None)

    def value(self, name: str) -> str:
        item = self.first(name)
        return item.value.strip().upper() if item else ""

    def stamp(self, name: str) -> Stamp | None:
        item = self.first(name)
        return self._stamp(item, item.value) if item else None

    def stamps(self, name: str) -> list[Stamp]:
        found = [
            self._stamp(item, value)
            for item in self.items
            if item.name == name
            for value in item.value.split(",")
            if value
        ]
        if len(found) > MOST_DATES:
            raise Unusable(f"the event has more than {MOST_DATES} {name}")
        return found

    def _stamp(self, item: Property, value: str) -> Stamp:
        match = _STAMP.fullmatch(value.strip().upper())
        if match is None:
            raise Unusable(f"{item.name} is not a date or time: {value.strip()[:40]}")
        try:
            return self._built(item, match)
        except (ValueError, OverflowError) as error:
            raise Unusable(f"{item.name} is no real date or time: {value.strip()[:40]}") from error

    def _built(self, item: Property, match: re.Match[str]) -> Stamp:
        day = date(int(match[1]), int(match[2]), int(match[3]))
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise Unusable(f"{item.name} lies in the year {day.year}; {FIRST_YEAR} to {LAST_YEAR} is read")
        if match[4] is None:
            return Stamp(day)
        clock = time(int(match[4]), int(match[5]), min(59, int(match[6] or 0)))
        return Stamp(datetime.combine(day, clock), self._zone(item, utc=bool(match[7])))

    def _zone(self, item: Property, *, utc: bool) -> Zone:
        tzid = item.params.get("TZID", "")
        if utc and tzid.upper() not in ("", "UTC", "ETC/UTC", "GMT"):
            raise Unusable(f"{item.name} has both a time zone and Z")
        if utc:
            return self.zones.get("UTC")
        if tzid:
            return self.zones.get(tzid)
        if self.zones.default is None:
            raise Unusable(f"{item.name} has no time zone, and the calendar names none")
        return self.zones.default

    def length(self, start: Stamp) -> Length:
        end = self.stamp("DTEND")
        if end is None:
            return self._duration(start)
        if end.all_day != start.all_day:
            raise Unusable("the event starts as a day and ends as a time, or the other way round")
        if end.utc < start.utc:
            raise Unusable("the event ends before it starts")
        if start.all_day:
            return Length(days=(end.local - start.local).days)
        return Length(exact=end.utc - start.utc)

    def _duration(self, start: Stamp) -> Length:
        item = self.first("DURATION")
        if item is None:
            return Length()
        length = duration(item.value)
        if start.all_day and length.exact:
            raise Unusable("the event starts as a day and ends as a time, or the other way round")
        return length

    def rules(self, name: str) -> tuple[Rule, ...]:
        return tuple(parse_rule(item.value) for item in self.items if item.name == name and item.value.strip())

    def added(self, start: Stamp) -> tuple[Extra, ...]:
        found: list[Extra] = []
        for item in self.items:
            if item.name == "RDATE":
                found += [self._added(item, value, start) for value in item.value.split(",") if value]
        if len(found) > MOST_DATES:
            raise Unusable(f"the event has more than {MOST_DATES} RDATE")
        return tuple(found)

    def _added(self, item: Property, value: str, start: Stamp) -> Extra:
        begin, _, end = value.partition("/")
        at = self._stamp(item, begin)
        if at.all_day != start.all_day:
            at = start.at(datetime.combine(at.local, start.local.time()))
        if not end:
            return Extra(at)
        if end.strip().upper().startswith(("P", "+P")):
            return Extra(at, duration(end))
        stop = self._stamp(item, end)
        if stop.utc < at.utc:
            raise Unusable("RDATE ends before it starts")
        return Extra(at, Length(exact=stop.utc - at.utc))

    def rank(self) -> tuple[int, str, str]:
        sequence = self.value("SEQUENCE")
        number = int(sequence) if re.fullmatch(r"[0-9]{1,9}", sequence) else 0
        return number, self.value("LAST-MODIFIED"), self.value("DTSTAMP")


def duration(text: str) -> Length:
    """A DURATION value; weeks and days are nominal, the rest is elapsed time."""
    match = _DURATION.fullmatch(text.strip().upper())
    if match is None:
        raise Unusable(f"DURATION cannot be read: {text.strip()[:40]}")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    length = Length(weeks * 7 + days, timedelta(hours=hours, minutes=minutes, seconds=seconds))
    if match[1] == "-" and length != Length():
        raise Unusable("the event ends before it starts")
    if length.days > LONGEST_DAYS or length.exact > timedelta(days=LONGEST_DAYS):
        raise Unusable("the event lasts longer than ten years")
    return length
