"""A calendar out of one or many files: components by UID, broken ones named, instances in a window."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from guardian.model.events import BadEvent, Occurrence
from guardian.model.time import Interval
from guardian.providers.ics.component import Component, uid_of, understand
from guardian.providers.ics.mapping import Details, Owner, event_parts
from guardian.providers.ics.rules import Unusable
from guardian.providers.ics.series import Instance, Series
from guardian.providers.ics.source import Block, Source, decode, properties, unescape
from guardian.providers.ics.zones import Zone, Zones

MOST_OCCURRENCES = 100_000
"""Of one calendar in one window. Work is counted rather than timed, so that one file always gives one answer."""

NO_EVENTS = ("REPLY", "REFRESH", "COUNTER", "DECLINECOUNTER")
_UID_LINE = re.compile(r"^UID(?:;[^:]*)?:(.*?)\r?$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a calendar with its zones. `nameless`: events without a UID are let through (see `understand`)."""

    source: Source
    zones: Zones
    nameless: bool = False

    def understand(self, block: Block) -> Component:
        return understand(self.source, block, self.zones, nameless=self.nameless)


@dataclass(frozen=True, slots=True)
class Calendar:
    """A person's calendar as it stands in files. `most` bounds the occurrences of one window."""

    owner: Owner
    parts: tuple[Part, ...]
    viewer: Zone | None
    most: int = MOST_OCCURRENCES

    def occurrences(self, window: Interval) -> Iterator[Occurrence | BadEvent]:
        """Everything in the window, cancelled ones left out; what cannot be understood is named with its reason."""
        groups, bad = self._groups()
        yield from bad
        left = self.most
        for uid, components in groups.items():
            found = self._of(uid, components, window)
            left -= len(found)
            if left < 0:
                yield BadEvent(self.owner.mailbox, uid, f"the calendar has more than {self.most} occurrences")
                return
            yield from found

    def _of(self, uid: str, components: list[Component], window: Interval) -> list[Occurrence | BadEvent]:
        try:
            instances = list(Series(components).instances(window, self.viewer))
        except (Unusable, OverflowError) as error:
            return [BadEvent(self.owner.mailbox, uid, str(error))]
        details: dict[int, Details] = {}
        return [
            details.setdefault(id(i.component), Details(i.component, self.owner)).occurrence(i)
            for i in instances
            if not i.cancelled
        ]

    def _groups(self) -> tuple[dict[str, list[Component]], list[BadEvent]]:
        """Understood components by UID. Where a part of a series is broken, all of it is left out: what is left would
        show the broken part's meeting at the wrong time."""
        groups: dict[str, list[Component]] = {}
        bad: dict[str, BadEvent] = {}
        for number, (part, block) in enumerate(self._blocks()):
            try:
                component = part.understand(block)
            except Unusable as error:
                name = _uid(part.source, block) or f"event {number + 1}"
                bad.setdefault(name, BadEvent(self.owner.mailbox, name, str(error)))
            else:
                groups.setdefault(component.uid, []).append(component)
        return {uid: group for uid, group in groups.items() if uid not in bad}, list(bad.values())

    def _blocks(self) -> Iterator[tuple[Part, Block]]:
        for part in self.parts:
            if part.source.first("METHOD").upper() not in NO_EVENTS:
                yield from ((part, block) for block in part.source.events)

    def find(self, event_id: str) -> tuple[Instance, Details] | None:
        """The occurrence of that id, cancelled or not; None when there is none that can be understood."""
        for uid, original in dict.fromkeys(((event_id, ""), event_parts(event_id))):
            components = self._components(uid)
            instance = self._instance(components, original) if components else None
            if instance is not None:
                return instance, Details(instance.component, self.owner)
        return None

    def _instance(self, components: list[Component], original: str) -> Instance | None:
        try:
            series = Series(components)
            if series.repeats != bool(original):
                return None
            if original:
                return series.at(original)
        except (Unusable, OverflowError):
            return None
        master = series.master
        return Instance(master, master.length.when(master.start), cancelled=master.cancelled) if master else None

    def master_of(self, uid: str) -> Component | None:
        """The component that gives the rule of a series."""
        components = self._components(uid)
        return Series(components).master if components else None

    def without(self, component: Component) -> "Calendar":
        """The calendar as it would be without this component."""
        return replace(self, parts=tuple(_without(part, component) for part in self.parts))

    def _components(self, uid: str) -> list[Component]:
        """All parts of one UID; none when one of them cannot be understood."""
        found = []
        try:
            for part, block in self._blocks():
                if _uid(part.source, block) == uid:
                    found.append(part.understand(block))
        except Unusable:
            return []
        return found


def _without(part: Part, component: Component) -> Part:
    if part.source is not component.source:
        return part
    kept = tuple(block for block in part.source.events if block != component.block)
    return replace(part, source=replace(part.source, events=kept))


def _uid(source: Source, block: Block) -> str:
    """The UID of a component that may be broken, found without reading the rest."""
    text = decode(source.bytes_of(block))
    found = _UID_LINE.findall(text)
    if len(found) == 1:
        return unescape(found[0]).strip()[:1000]
    return uid_of(properties(source.bytes_of(block)))[:1000]
