"""A small office on a sandbox server, and the real Google client to look into it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import google_auth_httplib2
import httplib2
from google.oauth2 import service_account
from googleapiclient import discovery, discovery_cache
from googleapiclient.errors import HttpError

from guardian.sandbox.clock import SettableClock
from guardian.sandbox.server import GoogleSandbox
from guardian.sandbox.world import World

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ANA, BEN, RUI, KIM = "ana@acme.example", "ben@acme.example", "rui@acme.example", "kim@client.example"
CALENDAR = "https://www.googleapis.com/auth/calendar"
Event = dict[str, Any]

# These libraries carry no types.
AUTH_HTTP: Any = google_auth_httplib2
DISCOVERY_CACHE: Any = discovery_cache
KEYS: Any = service_account.Credentials


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of November 2026, UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def timed(start: datetime, end: datetime) -> Event:
    """Start and end as a request body writes them."""
    return {"start": {"dateTime": start.isoformat()}, "end": {"dateTime": end.isoformat()}}


class Office:
    """Ana in Berlin, Ben in New York, Rui in Lisbon; each call goes over the wire as one of them."""

    def __init__(self, server: GoogleSandbox, clock: SettableClock) -> None:
        self.server, self.world, self.clock = server, server.world, clock
        self.base = credentials(server, CALENDAR)
        self.service = discovery.build_from_document(document("calendar", "v3", server), http=httplib2.Http())
        self.api = self.service.events()
        self._https: dict[str, Any] = {}

    def http(self, who: str) -> Any:
        if who not in self._https:
            subject = self.base.with_subject(who)
            self._https[who] = authorized(subject)
        return self._https[who]

    def close(self) -> None:
        for http in self._https.values():
            http.close()

    def page(self, who: str, **query: Any) -> Event:
        """One page."""
        return dict(self.api.list(calendarId="primary", **query).execute(http=self.http(who)))

    def all(self, who: str, **query: Any) -> tuple[list[Event], str | None]:
        """All pages, and the sync token of the last one."""
        page = self.page(who, **query)
        items = list(page["items"])
        while token := page.get("nextPageToken"):
            page = self.page(who, **(query | {"pageToken": token}))
            items += page["items"]
        return items, page.get("nextSyncToken")

    def get(self, who: str, event_id: str, **query: Any) -> Event:
        return dict(self.api.get(calendarId="primary", eventId=event_id, **query).execute(http=self.http(who)))

    def insert(self, who: str, body: Event, **query: Any) -> Event:
        return dict(self.api.insert(calendarId="primary", body=body, **query).execute(http=self.http(who)))

    def patch(self, who: str, event_id: str, body: Event, if_match: str | None = None, **query: Any) -> Event:
        request = self.api.patch(calendarId="primary", eventId=event_id, body=body, **query)
        if if_match:
            request.headers["If-Match"] = if_match
        return dict(request.execute(http=self.http(who)))

    def update(self, who: str, event_id: str, body: Event, **query: Any) -> Event:
        return dict(
            self.api.update(calendarId="primary", eventId=event_id, body=body, **query).execute(http=self.http(who))
        )

    def delete(self, who: str, event_id: str, **query: Any) -> None:
        self.api.delete(calendarId="primary", eventId=event_id, **query).execute(http=self.http(who))


@contextmanager
def office() -> Iterator[Office]:
    """A server with three people and a settable clock, gone when the block ends."""
    clock = SettableClock(NOW)
    world = World(clock)
    world.add_person(ANA, "Ana Ruiz", "Europe/Berlin", admin=True)
    world.add_person(BEN, "Ben Oto", "America/New_York")
    world.add_person(RUI, "Rui Alves", "Europe/Lisbon")
    with GoogleSandbox(world) as server:
        opened = Office(server, clock)
        yield opened
        opened.close()


def authorized(subject: Any) -> Any:
    """A connection of its own for one subject."""
    return AUTH_HTTP.AuthorizedHttp(subject, http=httplib2.Http(timeout=10))


def document(name: str, version: str, server: GoogleSandbox) -> Event:
    """The bundled discovery document, pointed at the sandbox."""
    return _document(name, version) | {"rootUrl": server.url, "mtlsRootUrl": server.url}


@lru_cache(maxsize=2)
def _document(name: str, version: str) -> Event:
    return dict(json.loads(DISCOVERY_CACHE.get_static_doc(name, version)))


def credentials(server: GoogleSandbox, *scopes: str) -> Any:
    """The sandbox's key; parsed once, since that is the slow part."""
    info = server.key_info()
    return _key(info["private_key"], info["client_email"]).with_token_uri(info["token_uri"]).with_scopes(list(scopes))


@lru_cache(maxsize=1)
def _key(private_key: str, email: str) -> Any:
    return KEYS.from_service_account_info({"private_key": private_key, "client_email": email, "token_uri": "none"})


def own_row(event: Event) -> Event:
    """The attendee row of whoever's copy it is."""
    return next(row for row in event["attendees"] if row.get("self"))


def reason(error: HttpError) -> tuple[int, str]:
    """Status and reason of a refused call; an HTML page has no reason."""
    details: Any = error.error_details
    return error.status_code, details[0]["reason"] if isinstance(details, list) else ""
