"""Calendars in: the tripwire, the window, one event, the mailbox's zone."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from guardian.errors import CursorExpired, Gone, NotSupported, ProviderDown, Stop
from guardian.model.events import BadEvent, EventRef, Occurrence
from guardian.model.time import Interval, format_instant
from guardian.ports import Changed, Clock, MailboxSettings
from guardian.providers.google.client import Client, Json
from guardian.providers.google.config import SCOPE_SETTINGS
from guardian.providers.google.fields import EVENT_FIELDS, PAGE, TRIPWIRE_FIELDS, WINDOW_FIELDS
from guardian.providers.google.mapping import Seen, mapped
from guardian.providers.hosted import CALENDAR
from guardian.providers.refusals import Call
from guardian.providers.shared import touches

CURSOR_VERSION = "1"
"""Raise it when what a cursor means changes; cursors of other versions are dropped."""

TRIPWIRE = {"calendarId": CALENDAR, "singleEvents": False, "maxResults": PAGE, "fields": TRIPWIRE_FIELDS}
"""One row per series and hardly a field of it: only whether anything changed is asked. Frozen with the token."""

LOOK_BACK = timedelta(days=31)
"""How far back the very first listing goes; well before any window, since later increments may keep to it."""

NO_ZONE = frozenset({None, "", "Etc/GMT"})
"""`Etc/GMT` is what Google says for a mailbox where nobody ever chose."""


def query_digest() -> str:
    """Names the query a token belongs to; the service hands out tokens that look alike for different ones."""
    return hashlib.sha256(json.dumps(TRIPWIRE, sort_keys=True).encode()).hexdigest()[:12]


CURSOR_PREFIX = f"{CURSOR_VERSION}.{query_digest()}."


class Reader:
    """Reads for mailboxes that were found on the roster before."""

    def __init__(self, client: Client, now: Clock) -> None:
        self._client = client
        self._now = now

    def changed(self, mailbox: str, cursor: str | None) -> Changed:
        """One request where nothing changed. Raises CursorExpired."""
        if cursor is None:
            first = {"timeMin": format_instant(self._now() - LOOK_BACK)}
            return Changed(True, _cursor(list(self._pages(mailbox, TRIPWIRE | first, Call()))))
        if not cursor.startswith(CURSOR_PREFIX):
            raise CursorExpired("the cursor belongs to another version or query")
        token = {"syncToken": cursor.removeprefix(CURSOR_PREFIX)}
        pages = list(self._pages(mailbox, TRIPWIRE | token, Call(token=True)))
        following = _cursor(pages)
        return Changed(following is None or any(page.get("items") for page in pages), following)

    def window(self, mailbox: str, window: Interval) -> Iterator[Occurrence | BadEvent]:
        """Expanded by the service, page by page; cancelled and foreign ones left out here, since the service's bounds differ
        in their edges from ours."""
        query = {
            "calendarId": CALENDAR,
            "singleEvents": True,
            "maxResults": PAGE,
            "timeMin": format_instant(window.start),
            "timeMax": format_instant(window.end),
            "fields": WINDOW_FIELDS,
        }
        seen, names = Seen(mailbox), set[str]()
        for page in self._pages(mailbox, query, Call()):
            for event in _items(page):
                item = mapped(seen, event)
                name = item.event_id if isinstance(item, BadEvent) else item.ref.event_id
                if _belongs(event, item, window) and name not in names:
                    names.add(name)
                    yield item

    def event(self, mailbox: str, event_id: str) -> Json:
        """The event as the service sends it, deleted ones with status `cancelled`. Raises Gone."""
        request = self._client.events.get(calendarId=CALENDAR, eventId=event_id)
        return self._client.read(mailbox, "events.get", request, Call(event=True))

    def read(self, ref: EventRef) -> Occurrence | None:
        """None where there is none, or only the trace of a deleted one."""
        request = self._client.events.get(calendarId=CALENDAR, eventId=ref.event_id, fields=EVENT_FIELDS)
        try:
            event = self._client.read(ref.mailbox, "events.get", request, Call(event=True))
        except Gone:
            return None
        found = mapped(Seen(ref.mailbox), event)
        if isinstance(found, Occurrence):
            return found
        if event.get("status") == "cancelled":
            return None
        raise NotSupported(f"the event cannot be understood: {found.reason}")

    def settings(self, mailbox: str) -> MailboxSettings:
        """The person's own setting; the calendar's zone where the scope for settings was not granted."""
        try:
            zone = self._chosen_zone(mailbox)
        except Stop:
            zone = self._calendar_zone(mailbox)
        return MailboxSettings(None if zone in NO_ZONE else zone)

    def _chosen_zone(self, mailbox: str) -> str | None:
        request = self._client.settings.list(fields="items(id,value)")
        answer = self._client.read(mailbox, "settings.list", request, Call(), scope=SCOPE_SETTINGS)
        return next((item.get("value") for item in _items(answer) if item.get("id") == "timezone"), None)

    def _calendar_zone(self, mailbox: str) -> str | None:
        request = self._client.events.list(calendarId=CALENDAR, maxResults=1, fields="timeZone")
        return self._client.read(mailbox, "events.list", request, Call()).get("timeZone")

    def _pages(self, mailbox: str, query: dict[str, Any], call: Call) -> Iterator[Json]:
        """All pages, empty ones too. Raises when any of them cannot be had, which voids the whole read."""
        token: str | None = None
        used: set[str] = set()
        while True:
            request = self._client.events.list(**query, pageToken=token)
            page = self._client.read(mailbox, "events.list", request, call)
            yield page
            token = page.get("nextPageToken")
            if not token:
                return
            if token in used:
                raise ProviderDown("Google Calendar sends the same page again and again")
            used.add(token)


def _items(page: Json) -> list[Any]:
    items = page.get("items") or []
    if not isinstance(items, list):
        raise ProviderDown("Google Calendar sent a page without a list of items")
    return items


def _cursor(pages: list[Json]) -> str | None:
    """The service promises a token on the last page, and does not always keep it."""
    token = pages[-1].get("nextSyncToken")
    return f"{CURSOR_PREFIX}{token}" if token else None


def _belongs(event: Any, item: Occurrence | BadEvent, window: Interval) -> bool:
    if isinstance(item, BadEvent):
        return not (isinstance(event, dict) and event.get("status") == "cancelled")
    return not item.cancelled and touches(item.when, window)
