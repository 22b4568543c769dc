"""Writes to events that exist: read afresh, refuse or compare, one conditional write, verify by reading again."""

from dataclasses import replace

from guardian.errors import Gone, NotSupported, PreconditionFailed
from guardian.model.actions import Action, Answer, Flag, MoveFocus, Receipt, Restore, Shorten, Unflag
from guardian.model.events import Response
from guardian.providers.hosted import FOUND_APPLIED
from guardian.providers.outlook.changes import Change, Mark, Reply, Resize, Shift, Unmark
from guardian.providers.outlook.client import Ask, Client, Json
from guardian.providers.outlook.errors import Malformed
from guardian.providers.outlook.fresh import fresh_event, shown_after
from guardian.providers.outlook.mapping import etag_of
from guardian.providers.outlook.reading import Reader
from guardian.providers.shared import require

ALREADY = "it already is so"
COPY_LEFT = "Outlook took the declined copy off the calendar"
PROPOSAL = "proposedNewTime"


def change_of(action: Action) -> Change:
    """What the act's effect means for the event."""
    match action.effect:
        case Answer(response=response, comment=comment, proposed=proposed):
            return Reply(response, comment, proposed)
        case Restore(response=response, comment=comment):
            return Reply(response, comment, back=True)
        case Flag(label=label):
            return Mark(label, action.key)
        case Unflag(labels=labels):
            return Unmark(labels)
        case Shorten(when=when):
            return Resize(when, action.key)
        case MoveFocus(block=block):
            return Shift(block)
    raise NotSupported(f"'{action.verb}' is no change to an event that exists")


class Reviser:
    """Changes events, for mailboxes that were found on the roster before."""

    def __init__(self, client: Client, reader: Reader) -> None:
        self._client = client
        self._reader = reader

    def apply(self, action: Action) -> Receipt:
        change = change_of(action)
        try:
            event, seen = fresh_event(self._reader, action)
        except Gone as error:
            raise _lost(action) or error from error
        change.refuse(event, seen)
        if change.done(event, seen):
            return Receipt(seen, change.note() or ALREADY)
        require(action, seen)
        try:
            dropped = self._send(action, event, change)
        except PreconditionFailed:
            return self._settled(action, change)
        receipt = self._verified(action, event, change)
        return replace(receipt, note=f"{receipt.note}; {dropped}".strip("; ")) if dropped else receipt

    def _send(self, action: Action, event: Json, change: Change) -> str:
        """What had to be left out, empty for nothing. One proposal that the service does not take is worth a second try:
        a request it cannot accept was not carried out. It may also mean that the organiser has just cancelled."""
        body = change.body(event)
        try:
            self._written(action, event, change, body)
        except Malformed:
            again, _ = fresh_event(self._reader, action)
            if PROPOSAL not in body:
                raise
            if etag_of(again) != etag_of(event):
                raise PreconditionFailed("the event changed while we wrote") from None
            self._written(action, event, change, {name: body[name] for name in body if name != PROPOSAL})
            return "the service took the answer without the proposed time"
        return ""

    def _written(self, action: Action, event: Json, change: Change, body: Json) -> None:
        url = self._client.url(action.mailbox, "events", event["id"], *([change.verb] if change.verb else []))
        name, method = (f"events.{change.verb}", "POST") if change.verb else ("events.patch", "PATCH")
        ask = Ask(name, method, url, body=body, etag=etag_of(event))
        self._client.write(action.mailbox, ask, event=True)

    def _verified(self, action: Action, event: Json, change: Change) -> Receipt:
        """An accepted decline whose copy is gone is done: that is what Outlook does with declined meetings."""
        try:
            seen = shown_after(self._client, self._reader, action.mailbox, event, change.took)
        except Gone:
            if isinstance(change, Reply) and change.given is Response.DECLINED:
                return Receipt(None, COPY_LEFT)
            raise
        return Receipt(seen, change.note())

    def _settled(self, action: Action, change: Change) -> Receipt:
        """The service or a person touched it in between: look again."""
        event, seen = fresh_event(self._reader, action)
        if not isinstance(change, Reply) and change.done(event, seen):
            return Receipt(seen, FOUND_APPLIED)
        raise PreconditionFailed("the event changed while we wrote")


def _lost(action: Action) -> NotSupported | None:
    if isinstance(action.effect, Restore):
        return NotSupported(
            "cannot restore the answer: the copy has left the calendar; ask the organiser to invite again"
        )
    return None
