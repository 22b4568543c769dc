"""Writes to events that exist: read afresh, refuse or compare, one conditional write, verify from the reply."""

from guardian.errors import NotSupported, PreconditionFailed
from guardian.model.actions import Action, Answer, Flag, MoveFocus, Receipt, Restore, Shorten, Unflag
from guardian.providers.google.changes import Change, Mark, Reply, Resize, Shift, Unmark
from guardian.providers.google.client import Client, Json
from guardian.providers.google.fresh import fresh_event, looking_again, shown_after
from guardian.providers.google.reading import Reader
from guardian.providers.hosted import CALENDAR, FOUND_APPLIED
from guardian.providers.shared import require

ALREADY = "it already is so"


def change_of(action: Action) -> Change:
    """What the act's effect means for the event."""
    match action.effect:
        case Answer(response=response, comment=comment):
            return Reply(action.mailbox, response, comment, action.key)
        case Restore(response=response, comment=comment):
            return Reply(action.mailbox, response, comment, None)
        case Flag(label=label):
            return Mark(label, action.key)
        case Unflag(labels=labels):
            return Unmark(labels)
        case Shorten(when=when):
            return Resize(when, action.key)
        case MoveFocus(block=block, zone=zone):
            return Shift(block, zone)
    raise NotSupported(f"'{action.verb}' is no change to an event that exists")


class Reviser:
    """Changes events, for mailboxes that were found on the roster before."""

    def __init__(self, client: Client, reader: Reader) -> None:
        self._client = client
        self._reader = reader

    def apply(self, action: Action) -> Receipt:
        change = change_of(action)
        event, seen = fresh_event(self._reader, action)
        change.refuse(event, seen)
        if change.done(event, seen):
            return Receipt(seen, ALREADY)
        require(action, seen)
        try:
            reply = self._patch(action, event, change)
        except PreconditionFailed:
            return self._settled(action, change)
        after = shown_after(action.mailbox, reply)
        if not change.took(reply, after):
            raise NotSupported("Google Calendar accepted the change and ignored it")
        return Receipt(after, change.note(after))

    def _patch(self, action: Action, event: Json, change: Change) -> Json:
        request = self._client.events.patch(
            calendarId=CALENDAR, eventId=event["id"], sendUpdates=change.tells, body=change.body(event)
        )
        return self._client.write(action.mailbox, "events.patch", request, event=True, etag=event["etag"])

    def _settled(self, action: Action, change: Change) -> Receipt:
        """Somebody was faster, or the HTTP library sent ours twice and the second copy was refused: look again."""
        with looking_again():
            event, seen = fresh_event(self._reader, action)
        if change.done(event, seen):
            return Receipt(seen, FOUND_APPLIED)
        raise PreconditionFailed("the event changed while we wrote")
