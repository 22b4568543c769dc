"""Focus blocks: booked under a transaction id and a mark of our own, so that they exist at most once; removed only while
they are ours."""

import uuid

from guardian.errors import Gone, OutcomeUnknown, PreconditionFailed
from guardian.model.actions import Action, BookFocus, Receipt
from guardian.model.events import Occurrence
from guardian.providers.hosted import FOUND_APPLIED
from guardian.providers.outlook.changes import refuse_foreign, times
from guardian.providers.outlook.client import Ask, Client, Json
from guardian.providers.outlook.fields import FOCUS_CATEGORY
from guardian.providers.outlook.fresh import fresh_event, shown_after
from guardian.providers.outlook.mapping import etag_of
from guardian.providers.outlook.marks import marking, marks_of
from guardian.providers.outlook.reading import Reader
from guardian.providers.shared import FOCUS, require

BOOKINGS = uuid.UUID("b3a2b5b8-0f0c-4f1e-9f5d-6d0e8a1c7e55")
"""The name space of our transaction ids."""


def transaction_of(key: str) -> str:
    """The service books the same transaction once; derived from the act's key, so that a repeat is the same."""
    return str(uuid.uuid5(BOOKINGS, key))


class Blocks:
    """Books, finds and removes, for mailboxes that were found on the roster before."""

    def __init__(self, client: Client, reader: Reader) -> None:
        self._client = client
        self._reader = reader

    def book(self, action: Action, effect: BookFocus) -> Receipt:
        """Looked for before it is booked: how long the service remembers a transaction is not told."""
        found = self._marked(action)
        if found is not None:
            return Receipt(found, FOUND_APPLIED)
        url = self._client.url(action.mailbox, "events")
        ask = Ask("events.create", "POST", url, body=_body(action, effect))
        try:
            reply = self._client.write(action.mailbox, ask, event=False)
        except PreconditionFailed as error:
            return self._booked_before(action, error)
        return Receipt(self._shown(action, reply))

    def find(self, action: Action, _: BookFocus) -> Occurrence | None:
        return self._marked(action)

    def _marked(self, action: Action) -> Occurrence | None:
        event = self._reader.marked(action.mailbox, f"{FOCUS}{action.key}")
        return None if event is None else self._reader.occurrence(action.mailbox, event)

    def remove(self, action: Action) -> Receipt:
        try:
            event, seen = fresh_event(self._reader, action)
        except Gone:
            return Receipt(None, "it was gone already")
        refuse_foreign(event)
        require(action, seen)
        url = self._client.url(action.mailbox, "events", event["id"])
        try:
            self._client.write(action.mailbox, Ask("events.delete", "DELETE", url, etag=etag_of(event)), event=True)
        except Gone:
            return Receipt(None, FOUND_APPLIED)
        return Receipt(None)

    def _shown(self, action: Action, reply: Json) -> Occurrence:
        if not isinstance(reply.get("id"), str):
            raise OutcomeUnknown("the answer to the booking names no event")
        try:
            return shown_after(
                self._client,
                self._reader,
                action.mailbox,
                reply,
                lambda event, _: f"{FOCUS}{action.key}" in marks_of(event),
            )
        except Gone as error:
            raise OutcomeUnknown("the booked block does not show yet") from error

    def _booked_before(self, action: Action, refusal: PreconditionFailed) -> Receipt:
        """The transaction was seen before: by our own first send, or for a block that a person deleted since."""
        found = self._marked(action)
        if found is None:
            raise Gone("a person deleted this block; it stays away") from refusal
        return Receipt(found, FOUND_APPLIED)


def _body(action: Action, effect: BookFocus) -> Json:
    return {
        "subject": effect.title,
        "body": {"contentType": "text", "content": effect.description},
        "showAs": "busy",
        "isReminderOn": False,
        "categories": [FOCUS_CATEGORY],
        "transactionId": transaction_of(action.key),
        **times(effect.block),
        **marking(f"{FOCUS}{action.key}"),
    }
