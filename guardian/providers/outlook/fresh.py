"""The look at an event right before a write, and the one right after it."""

from collections.abc import Callable

from guardian.errors import Gone, NotSupported, OutcomeUnknown, Retryable, Stop
from guardian.model.actions import Action
from guardian.model.events import Occurrence
from guardian.providers.hosted import target
from guardian.providers.outlook.client import Client, Json
from guardian.providers.outlook.fields import MASTER
from guardian.providers.outlook.reading import Reader

LOOKS = 3
"""How often an accepted write is looked for: the service accepts first and does it a moment later."""


def fresh_event(reader: Reader, action: Action) -> tuple[Json, Occurrence]:
    """Raises Gone for deleted and cancelled events, NotSupported for a whole series: what is done to a series' own id is
    done to all its meetings."""
    event = reader.event(action.mailbox, target(action).event_id)
    if event.get("type") == MASTER:
        raise NotSupported("the id names a whole series; the guardian acts on single occurrences only")
    if event.get("isCancelled") is True:
        raise Gone("the organiser cancelled the event")
    return event, reader.occurrence(action.mailbox, event)


def shown_after(
    client: Client, reader: Reader, mailbox: str, written: Json, took: Callable[[Json, Occurrence], bool]
) -> Occurrence:
    """The event that was `written`, once it shows the write. Raises Gone where it has left the calendar, OutcomeUnknown
    where it does not show the write, or nothing of use."""
    for look in range(LOOKS):
        if look:
            client.sleep(client.patience.wait(look - 1, None))
        try:
            event = _now(reader, mailbox, written)
            seen = reader.occurrence(mailbox, event)
        except (Retryable, Stop) as error:
            raise OutcomeUnknown(f"the write was accepted, but cannot be looked at: {error}") from error
        if took(event, seen):
            return seen
    raise OutcomeUnknown("the write was accepted, but the event does not show it yet")


def _now(reader: Reader, mailbox: str, written: Json) -> Json:
    try:
        return reader.event(mailbox, written["id"])
    except Gone:
        return reader.followed(mailbox, written)
