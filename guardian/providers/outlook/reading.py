"""Calendars in: the tripwire, the window, one event, the mailbox's zone."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from guardian.errors import CursorExpired, Gone, InputError, NotSupported, ProviderDown
from guardian.model.events import BadEvent, EventRef, Occurrence
from guardian.model.time import Interval, format_instant, parse_instant
from guardian.ports import Changed, Clock, MailboxSettings
from guardian.providers.outlook.client import Ask, Client, Json
from guardian.providers.outlook.errors import OutOfReach
from guardian.providers.outlook.fields import (
    EVENT_FIELDS,
    EXPAND,
    FOCUS_CATEGORY,
    MARK_ID,
    MASTER,
    ONE_EVENT,
    PAGE,
    PREFIX,
    PROPERTIES,
)
from guardian.providers.outlook.mapping import Seen, mapped, series_of
from guardian.providers.outlook.zones import instant, known_zone
from guardian.providers.refusals import Call
from guardian.providers.shared import touches

CURSOR_VERSION = "1"
"""Raise it when what a cursor means changes; cursors of other versions are dropped."""

ONE_DAY = timedelta(days=1)

CURSOR_AGE = ONE_DAY
"""A delta link watches the window it was made for, and nobody can move that; a new one is due once a day."""

TRIPWIRE_PAGE = "odata.maxpagesize=500"

MOST_SERIES = 100_000
"""Names of series remembered; a name never changes."""


class Reader:
    """Reads for mailboxes that were found on the roster before."""

    def __init__(self, client: Client, now: Clock) -> None:
        self._client = client
        self._now = now
        self._names = SeriesNames(client)
        config = client.config
        digest = hashlib.sha256(json.dumps([config.api, config.past.days, config.future.days]).encode()).hexdigest()
        self.cursor_prefix = f"{CURSOR_VERSION}.{digest[:12]}."

    def seen(self, mailbox: str) -> Seen:
        return Seen(mailbox, self._client.config.focus_names)

    # --- tripwire ---

    def changed(self, mailbox: str, cursor: str | None) -> Changed:
        """Only whether anything came; what comes are stubs, and series with the time of their first meeting. One request
        where nothing changed. Raises CursorExpired."""
        if cursor is None:
            return self._begun(mailbox)
        made, link = self._opened(cursor)
        came, following = self._round(mailbox, link, None, Call(token=True))
        return Changed(came or following is None, following and self._cursor(made, following))

    def _begun(self, mailbox: str) -> Changed:
        now, config = self._now(), self._client.config
        span = _span(Interval(now - config.past - ONE_DAY, now + config.future + 2 * ONE_DAY))
        _, following = self._round(mailbox, self._client.url(mailbox, "calendarView", "delta"), span, Call())
        return Changed(True, following and self._cursor(now, following))

    def _round(self, mailbox: str, url: str, params: dict[str, str] | None, call: Call) -> tuple[bool, str | None]:
        """Whether anything came, and the link to go on from, None where the service gave none."""
        came, following = False, None
        for page in self._pages(mailbox, Ask("calendarView.delta", "GET", url, params, prefer=TRIPWIRE_PAGE), call):
            came = came or bool(_items(page))
            following = page.get("@odata.deltaLink")
        if following is not None and not (isinstance(following, str) and self._client.is_ours(following)):
            raise ProviderDown("Microsoft Graph sent a delta link to another host; it is not followed")
        return came, following

    def _cursor(self, made: datetime, link: str) -> str:
        return f"{self.cursor_prefix}{format_instant(made)} {link}"

    def _opened(self, cursor: str) -> tuple[datetime, str]:
        made_text, _, link = cursor.removeprefix(self.cursor_prefix).partition(" ")
        if not cursor.startswith(self.cursor_prefix) or not self._client.is_ours(link):
            raise CursorExpired("the cursor belongs to another version, window or host")
        try:
            made = parse_instant(made_text)
        except InputError as error:
            raise CursorExpired("the cursor cannot be read") from error
        if not timedelta() <= self._now() - made < CURSOR_AGE:
            raise CursorExpired("the cursor's window has moved on")
        return made, link

    # --- window ---

    def window(self, mailbox: str, window: Interval) -> Iterator[Occurrence | BadEvent]:
        """Expanded by the service, page by page. Asked for a day wider on both sides, since days without a zone stand in the
        service where the mailbox's zone puts them; whatever does not belong is left out here."""
        wider = _span(Interval(window.start - ONE_DAY, window.end + ONE_DAY))
        query = {**wider, "$top": str(PAGE), "$select": EVENT_FIELDS, "$expand": EXPAND}
        ask = Ask("calendarView.list", "GET", self._client.url(mailbox, "calendarView"), query)
        seen, names = self.seen(mailbox), set[str]()
        for page in self._pages(mailbox, ask, Call()):
            for event in _items(page):
                if _is_left_out(event):
                    continue
                item = self._understood(seen, self._whole(mailbox, event))
                name = item.event_id if isinstance(item, BadEvent) else item.ref.event_id
                if name not in names and (isinstance(item, BadEvent) or touches(item.when, window)):
                    names.add(name)
                    yield item

    def _whole(self, mailbox: str, event: Any) -> Any:
        """The service does not always send our property along in a list. Where a category of ours shows that there should be
        one, the event is read by itself."""
        if not isinstance(event, dict) or PROPERTIES in event or not _shows_ours(event):
            return event
        try:
            return self.event(mailbox, str(event.get("id")))
        except Gone:
            return event

    def _understood(self, seen: Seen, event: Any) -> Occurrence | BadEvent:
        series = series_of(event)
        if series is None or series in seen.lost_series:
            return mapped(seen, event)
        uid = self._names.uid(seen.mailbox, series)
        if uid is None:
            seen.lost_series.add(series)
        return mapped(seen, event, uid)

    # --- one event ---

    def event(self, mailbox: str, event_id: str) -> Json:
        """The event as the service sends it, with our property. Raises Gone."""
        ask = Ask("events.get", "GET", self._client.url(mailbox, "events", event_id), ONE_EVENT)
        return self._client.read(mailbox, ask, Call(event=True))

    def followed(self, mailbox: str, event: Json) -> Json:
        """An occurrence of a series under the id it has now: its own may end when it becomes an exception, as it does by
        being answered. Raises Gone where the calendar does not show it."""
        series, original = series_of(event), event.get("originalStart")
        if series is None or not original:
            raise Gone("the event does not exist any more")
        around = Interval(instant(event["start"]) - ONE_DAY, instant(event["end"]) + ONE_DAY)
        query = {**_span(around), "$top": str(PAGE), "$select": "id,seriesMasterId,originalStart"}
        ask = Ask("calendarView.list", "GET", self._client.url(mailbox, "calendarView"), query)
        for page in self._pages(mailbox, ask, Call()):
            for row in _items(page):
                if series_of(row) == series and row.get("originalStart") == original:
                    return self.event(mailbox, str(row.get("id")))
        raise Gone("the occurrence does not exist any more")

    def occurrence(self, mailbox: str, event: Json) -> Occurrence:
        """Raises NotSupported for a whole series and for what cannot be understood."""
        found = self._understood(self.seen(mailbox), event)
        if isinstance(found, BadEvent):
            raise NotSupported(f"the event cannot be understood: {found.reason}")
        return found

    def read(self, ref: EventRef) -> Occurrence | None:
        try:
            event = self.event(ref.mailbox, ref.event_id)
        except Gone:
            return None
        return self.occurrence(ref.mailbox, event)

    def marked(self, mailbox: str, mark: str) -> Json | None:
        """The event whose property holds exactly this mark, None where there is none."""
        wanted = f"{PROPERTIES}/any(ep: ep/id eq '{MARK_ID}' and ep/value eq '{mark}')"
        ask = Ask("events.list", "GET", self._client.url(mailbox, "events"), {"$filter": wanted, **ONE_EVENT})
        for page in self._pages(mailbox, ask, Call()):
            for event in _items(page):
                return dict(event)
        return None

    # --- mailbox ---

    def settings(self, mailbox: str) -> MailboxSettings:
        """An IANA name where the mailbox's is known, the name as it is where not: nobody is judged by a clock that cannot be
        read. None where the app may not ask."""
        ask = Ask("mailboxSettings.get", "GET", self._client.url(mailbox, "mailboxSettings"), {"$select": "timeZone"})
        try:
            name = self._client.read(mailbox, ask, Call()).get("timeZone")
        except OutOfReach:
            return MailboxSettings(None)
        return MailboxSettings(known_zone(name) or (str(name) if name else None))

    def peek(self, mailbox: str) -> None:
        """The smallest look at a calendar that needs all that reading needs."""
        now = self._now()
        query = {**_span(Interval(now, now + timedelta(hours=1))), "$top": "1", "$select": "id"}
        ask = Ask("calendarView.list", "GET", self._client.url(mailbox, "calendarView"), query)
        self._client.read(mailbox, ask, Call())

    def _pages(self, mailbox: str, ask: Ask, call: Call) -> Iterator[Json]:
        """All pages, empty ones too; links are followed as they are. Raises when any page cannot be had, which voids the
        whole read."""
        used: set[str] = set()
        while True:
            page = self._client.read(mailbox, ask, call)
            yield page
            link = page.get("@odata.nextLink")
            if not link:
                return
            if not isinstance(link, str) or not self._client.is_ours(link):
                raise ProviderDown("Microsoft Graph sent a link to another host; it is not followed")
            if link in used:
                raise ProviderDown("Microsoft Graph sends the same page again and again")
            used.add(link)
            ask = Ask(ask.name, "GET", link, prefer=ask.prefer)


class SeriesNames:
    """The `iCalUId` of each series' master, which names the series in every mailbox. Asked for once: it never changes."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = Lock()
        self._known: dict[tuple[str, str], str | None] = {}

    def uid(self, mailbox: str, series: str) -> str | None:
        """None where the series is not to be found."""
        key = mailbox, series
        with self._lock:
            if key in self._known:
                return self._known[key]
        found = self._asked(mailbox, series)
        if found is not None:
            with self._lock:
                if len(self._known) >= MOST_SERIES:
                    self._known.clear()
                self._known[key] = found
        return found

    def _asked(self, mailbox: str, series: str) -> str | None:
        ask = Ask("events.get", "GET", self._client.url(mailbox, "events", series), {"$select": "id,iCalUId,type"})
        try:
            found = self._client.read(mailbox, ask, Call(event=True)).get("iCalUId")
        except Gone:
            return None
        return found if isinstance(found, str) and found else None


def _span(window: Interval) -> dict[str, str]:
    return {"startDateTime": format_instant(window.start), "endDateTime": format_instant(window.end)}


def _items(page: Json) -> list[Any]:
    items = page.get("value")
    if not isinstance(items, list):
        raise ProviderDown("Microsoft Graph sent a page without a list of items")
    return items


def _is_left_out(event: Any) -> bool:
    """Whole series are no meetings, cancelled copies only wait to be taken away."""
    return isinstance(event, dict) and (event.get("type") == MASTER or event.get("isCancelled") is True)


def _shows_ours(event: Json) -> bool:
    names = [name for name in event.get("categories") or [] if isinstance(name, str)]
    ours = any(name.startswith(PREFIX) for name in names)
    return ours or (FOCUS_CATEGORY in names and not event.get("attendees"))
