"""What each kind of act does to the bytes of a file."""

from dataclasses import dataclass

from guardian.errors import NotSupported
from guardian.model.actions import (
    Action,
    Answer,
    Flag,
    MoveFocus,
    RemoveFocus,
    Restore,
    Shorten,
    Unflag,
)
from guardian.model.events import Occurrence
from guardian.model.time import Interval
from guardian.providers.ics import edit
from guardian.providers.ics.calendar import Calendar
from guardian.providers.ics.component import Component
from guardian.providers.ics.detach import detached, is_ours, timed
from guardian.providers.ics.edit import Event
from guardian.providers.ics.mapping import Details
from guardian.providers.ics.series import Instance


@dataclass(frozen=True, slots=True)
class Target:
    """The occurrence an act is about, with the component that describes it."""

    instance: Instance
    details: Details
    seen: Occurrence
    calendar: Calendar

    @property
    def component(self) -> Component:
        return self.instance.component


def changed_file(target: Target, action: Action) -> bytes | None:
    """The whole file after the act; None when it is to be deleted. Raises NotSupported."""
    if isinstance(action.effect, RemoveFocus | MoveFocus) and not target.seen.own_block:
        raise NotSupported("this event is not a block of ours")
    if isinstance(action.effect, RemoveFocus):
        return _without_event(target.component)
    component = target.component
    before = Event.of(component.source.bytes_of(component.block))
    if target.instance.own:
        event = _changed(target, action, before)
        return _spliced(component, _merged_back(target, event) if _takes_back(action) else event.data)
    return _spliced(component, _beside(target, action, before))


def _takes_back(action: Action) -> bool:
    return isinstance(action.effect, Restore | Unflag)


def _beside(target: Target, action: Action, before: Event) -> bytes:
    """The describing component untouched, and behind it the one occurrence with the change."""
    copy = _copy(target, before)
    event = _changed(target, action, copy)
    return before.data if event == copy else before.data + event.data


def _copy(target: Target, before: Event) -> Event:
    return detached(target.instance, before, target.calendar.master_of(target.component.uid) or target.component)


def _spliced(component: Component, data: bytes) -> bytes:
    source, block = component.source, component.block
    return source.data[: block.start] + data + source.data[block.end :]


def _without_event(component: Component) -> bytes | None:
    """The file without this event, None when nothing else is in it."""
    return None if len(component.source.events) == 1 else _spliced(component, b"")


def _changed(target: Target, action: Action, event: Event) -> Event:
    match action.effect:
        case Answer(response=response, comment=comment):
            if target.seen.is_organizer:
                raise NotSupported("the person organises this meeting; there is nothing to answer")
            return edit.answer(event, target.calendar.owner.is_row, response, comment, action.key)
        case Restore(response=response, comment=comment):
            return edit.restore(event, target.calendar.owner.is_row, response, comment)
        case Flag(label=label):
            return event if action.key in (target.seen.guardian_key or "") else edit.flag(event, label, action.key)
        case Unflag(labels=labels):
            return edit.unflag(event, labels)
        case Shorten(when=when):
            return _shortened(target, event, when)
        case MoveFocus(block=block):
            return timed(target.component, event, block)
    raise NotSupported(f"an .ics folder cannot {action.verb} this event")


def _shortened(target: Target, event: Event, when: Interval) -> Event:
    if not target.seen.is_organizer:
        raise NotSupported("only the organiser's own meeting is given a new time")
    if not isinstance(target.seen.when, Interval):
        raise NotSupported("an event of whole days is not given a new time")
    return timed(target.component, event, when)


def _merged_back(target: Target, event: Event) -> bytes:
    """Nothing at all where an exception that we wrote says again what the series says of this start."""
    if not is_ours(event) or target.instance.original is None:
        return event.data
    regular = target.calendar.without(target.component).find(target.seen.ref.event_id)
    if regular is None or regular[0].own:
        return event.data
    described = regular[0].component
    pristine = detached(
        regular[0],
        Event.of(described.source.bytes_of(described.block)),
        target.calendar.master_of(described.uid) or described,
    )
    return b"" if pristine == event else event.data
