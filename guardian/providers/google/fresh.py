"""The look at an event that comes right before a write."""

from collections.abc import Iterator
from contextlib import contextmanager

from guardian.errors import AccessLost, Gone, NotSupported, OutcomeUnknown, Retryable
from guardian.model.actions import Action
from guardian.model.events import BadEvent, Occurrence
from guardian.providers.google.client import Json
from guardian.providers.google.mapping import Seen, mapped
from guardian.providers.google.reading import Reader
from guardian.providers.hosted import target


def fresh_event(reader: Reader, action: Action) -> tuple[Json, Occurrence]:
    """Whole, since an answer sends all guests back. Raises Gone for deleted events, NotSupported for a whole series."""
    event = reader.event(action.mailbox, target(action).event_id)
    if event.get("status") == "cancelled":
        raise Gone("the event was deleted or cancelled")
    if event.get("recurrence"):
        raise NotSupported("the id names a whole series; the guardian acts on single occurrences only")
    return event, understood(action.mailbox, event)


@contextmanager
def looking_again() -> Iterator[None]:
    """Around the look that follows a refused write: the library may have sent it twice, so that a refusal of the second copy
    says nothing of the first. Where the look fails the outcome is open. Raises OutcomeUnknown."""
    try:
        yield
    except (Retryable, AccessLost) as error:
        raise OutcomeUnknown(f"the write was refused and the event cannot be read again ({error})") from error


def understood(mailbox: str, event: Json) -> Occurrence:
    found = mapped(Seen(mailbox), event)
    if isinstance(found, BadEvent):
        raise NotSupported(f"the event cannot be understood: {found.reason}")
    return found


def shown_after(mailbox: str, reply: Json) -> Occurrence:
    """The event as the answer to a write shows it. Raises OutcomeUnknown where the answer tells nothing of use."""
    found = mapped(Seen(mailbox), reply)
    if isinstance(found, BadEvent):
        raise OutcomeUnknown(f"the answer to the write cannot be understood: {found.reason}")
    return found
