"""Times written in the form a line already has, and one occurrence of a series written as a component of its own."""

from datetime import date, datetime, timedelta

from guardian.errors import NotSupported
from guardian.model.time import DayRange, Interval, When
from guardian.providers.ics.component import Component, Stamp
from guardian.providers.ics.edit import DETACHED, Event, with_params, with_values
from guardian.providers.ics.series import Instance
from guardian.providers.ics.source import Property

OF_THE_SERIES = ("RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID")


def timed(component: Component, event: Event, when: When) -> Event:
    """The event at another time: DTSTART where it differs, and DTEND or DURATION, each in the form it has."""
    values = {"DTSTART": _value(component, "DTSTART", _start(when))}
    if component.first("DTEND"):
        values["DTEND"] = _value(component, "DTEND", _end(when))
    elif component.first("DURATION"):
        if component.length.when(component.start) != when:
            values["DURATION"] = _duration(when)
    elif not _implied(when):
        raise NotSupported("the event has no end of its own that could be changed")
    return with_values(event, values)


def _implied(when: When) -> bool:
    """How long an event without an end lasts: one day, or no time at all."""
    return when.first == when.last if isinstance(when, DayRange) else when.start == when.end


def _start(when: When) -> datetime | date:
    return when.start if isinstance(when, Interval) else when.first


def _end(when: When) -> datetime | date:
    return when.end if isinstance(when, Interval) else when.last + timedelta(days=1)


def _duration(when: When) -> str:
    if isinstance(when, DayRange):
        return f"P{(when.last - when.first).days + 1}D"
    minutes, seconds = divmod(int(when.length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n]
    return "PT" + ("".join(parts) or "0S")


def _value(component: Component, name: str, at: datetime | date) -> str:
    """The moment as this property of the component writes moments; unchanged where it says the same already."""
    item = component.first(name)
    assert item is not None
    if not isinstance(at, datetime):
        text = f"{at:%Y%m%d}"
        return item.value.strip() if item.value.strip()[:8] == text else text
    if item.value.strip().upper().endswith("Z"):
        return f"{at:%Y%m%dT%H%M%SZ}"
    tzid = item.params.get("TZID")
    zone = component.zones.get(tzid) if tzid else component.zones.default
    assert zone is not None
    return f"{zone.to_local(at):%Y%m%dT%H%M%S}"


def detached(instance: Instance, event: Event, form: Component) -> Event:
    """One occurrence of a series as an exception of its own: a copy of what describes it, without the rule.

    `form` is the component whose start the RECURRENCE-ID is written like: the master of the series.
    """
    assert instance.original is not None
    event = event.without({i for i, item in event.own() if item.name in OF_THE_SERIES})
    event = timed(instance.component, event, instance.when) if _moves(instance) else event
    place = next(i for i, item in event.own() if item.name == "DTSTART")
    return event.with_inserted(place, event.raw(_recurrence_id(form, instance.original)), event.raw(f"{DETACHED}:1"))


def _moves(instance: Instance) -> bool:
    return instance.component.length.when(instance.component.start) != instance.when


def _recurrence_id(form: Component, original: Stamp) -> str:
    item = form.first("DTSTART")
    assert item is not None
    moment = original.local.date() if original.all_day else original.utc
    value = _value(form, "DTSTART", moment)
    return f"RECURRENCE-ID{_params(item)}:{value[:8] if original.all_day else value}"


def _params(item: Property) -> str:
    kept = {name: value for name, value in item.params.items() if name in ("TZID", "VALUE")}
    quoted = {name: f'"{value}"' if any(c in value for c in ";:,") else value for name, value in kept.items()}
    return with_params("X:", dict(quoted))[1:-1]


def is_ours(event: Event) -> bool:
    """Whether this exception was written by us."""
    return any(item.name == DETACHED for _, item in event.own())
