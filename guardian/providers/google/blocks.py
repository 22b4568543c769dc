"""Focus blocks: booked under an id of our own choosing, so that they exist at most once; removed only while they are ours."""

import base64
import hashlib

from guardian.errors import Gone, NotSupported, PreconditionFailed
from guardian.model.actions import Action, BookFocus, Receipt
from guardian.model.events import Occurrence
from guardian.providers.google.changes import refuse_foreign, times
from guardian.providers.google.client import Client, Json
from guardian.providers.google.errors import DuplicateId
from guardian.providers.google.fields import MARK
from guardian.providers.google.fresh import fresh_event, looking_again, shown_after, understood
from guardian.providers.google.mapping import tombstone
from guardian.providers.google.marks import marks_of, private
from guardian.providers.google.reading import Reader
from guardian.providers.hosted import CALENDAR, FOUND_APPLIED
from guardian.providers.shared import FOCUS, require

PLAIN = "booked as an ordinary busy event: this account has no focus time"

FOCUS_TIME = {
    "eventType": "focusTime",
    # Any other mode makes Google decline by itself, past bypasses, limits and audit.
    "focusTimeProperties": {"autoDeclineMode": "declineNone", "chatStatus": "doNotDisturb"},
}


def block_id(key: str) -> str:
    """The id of the block that the act with this key books: base32hex in lower case, as the service asks for."""
    digest = hashlib.sha256(f"{FOCUS}{key}".encode()).digest()
    return base64.b32hexencode(digest).decode().rstrip("=").lower()


class Blocks:
    """Books, finds and removes, for mailboxes that were found on the roster before."""

    def __init__(self, client: Client, reader: Reader) -> None:
        self._client = client
        self._reader = reader
        self._without_focus_time: set[str] = set()

    def book(self, action: Action, effect: BookFocus) -> Receipt:
        """As focus time; as an ordinary busy event where the edition or the account has none, remembered per person."""
        if action.mailbox in self._without_focus_time:
            return self._book_plainly(action, effect)
        try:
            reply = self._insert(action, _body(action, effect) | FOCUS_TIME)
        except Refused:
            return self._book_plainly(action, effect)
        return Receipt(shown_after(action.mailbox, reply))

    def find(self, action: Action, effect: BookFocus) -> Occurrence | None:
        """Cancelled where a person deleted it; None where there is none, or something that is not ours has the id."""
        try:
            event = self._reader.event(action.mailbox, block_id(action.key))
        except Gone:
            return None
        if event.get("status") == "cancelled":
            return tombstone(action.mailbox, event, effect.block)
        return understood(action.mailbox, event) if _is_of(action, event) else None

    def remove(self, action: Action) -> Receipt:
        try:
            event, seen = fresh_event(self._reader, action)
        except Gone:
            return Receipt(None, "it was gone already")
        refuse_foreign(event)
        require(action, seen)
        try:
            self._delete(action, event)
        except Gone:
            return Receipt(None, FOUND_APPLIED)
        return Receipt(None)

    def _delete(self, action: Action, event: Json) -> None:
        """Raises Gone also where the HTTP library sent ours twice and the second copy was refused."""
        request = self._client.events.delete(calendarId=CALENDAR, eventId=event["id"], sendUpdates="none")
        try:
            self._client.write(action.mailbox, "events.delete", request, event=True, etag=event["etag"])
        except PreconditionFailed:
            with looking_again():
                fresh_event(self._reader, action)
            raise

    def _book_plainly(self, action: Action, effect: BookFocus) -> Receipt:
        try:
            reply = self._insert(action, _body(action, effect))
        except Refused as error:
            raise NotSupported(str(error)) from error
        self._without_focus_time.add(action.mailbox)
        return Receipt(shown_after(action.mailbox, reply), PLAIN)

    def _insert(self, action: Action, body: Json) -> Json:
        request = self._client.events.insert(calendarId=CALENDAR, sendUpdates="none", body=body)
        try:
            return self._client.write(action.mailbox, "events.insert", request, event=False)
        except DuplicateId:
            return self._verified(action)
        except NotSupported as error:
            raise Refused(str(error)) from error

    def _verified(self, action: Action) -> Json:
        """The id is taken: by our own first send, or by a block that a person deleted since."""
        with looking_again():
            event = self._reader.event(action.mailbox, block_id(action.key))
        if event.get("status") == "cancelled":
            raise Gone("a person deleted this block; it stays away")
        if not _is_of(action, event):
            raise NotSupported("the block's id is taken by an event that is not ours")
        return event


class Refused(Exception):
    """The service does not take this kind of event."""


def _is_of(action: Action, event: Json) -> bool:
    return f"{FOCUS}{action.key}" in marks_of(event)


def _body(action: Action, effect: BookFocus) -> Json:
    return {
        "id": block_id(action.key),
        "summary": effect.title,
        "description": effect.description,
        "transparency": "opaque",
        **times(effect.block, effect.zone),
        **private({MARK: f"{FOCUS}{action.key}"}),
    }
