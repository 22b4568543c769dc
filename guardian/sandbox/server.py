"""Google Calendar on a loopback port: token endpoint, batch, and the answers of `events.list` that go wrong on order."""

import json
import os
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from guardian.sandbox import auth, batch, faults, listing, routes
from guardian.sandbox.auth import Tokens
from guardian.sandbox.errors import ApiError
from guardian.sandbox.faults import Fault, Faults
from guardian.sandbox.listing import Pages
from guardian.sandbox.loopback import MUTATING, Entry, Sandbox, Subject, entry_data
from guardian.sandbox.push import Channels
from guardian.sandbox.routes import Service
from guardian.sandbox.store import Switches
from guardian.sandbox.wire import Answer, Request
from guardian.sandbox.world import World

__all__ = ["Entry", "GoogleSandbox", "entry_data"]


class GoogleSandbox(Sandbox):
    """Serves a world as Google Calendar on 127.0.0.1 until the `with` block ends. `url` ends in a slash."""

    def __init__(self, world: World, *, port: int = 0, log_requests: bool = True) -> None:
        super().__init__(world, Faults(), port, log_requests=log_requests)
        self.url = f"http://127.0.0.1:{self.port}/"
        self.service = Service(world.store, Tokens(f"{self.url}token"), Pages(), Channels())

    @property
    def switches(self) -> Switches:
        return self.world.switches

    @property
    def channels(self) -> Channels:
        return self.service.channels

    def key_info(self) -> dict[str, str]:
        """A service-account key, as the JSON a real project gives; its `token_uri` is this sandbox."""
        return auth.key_info(self.url)

    def write_key(self, path: str | os.PathLike[str]) -> Path:
        """Write the key for its owner's eyes only (mode 0600)."""
        target = Path(path)
        target.touch(mode=0o600)
        target.chmod(0o600)
        target.write_text(json.dumps(self.key_info(), indent=1))
        return target

    def expire_access_tokens(self) -> None:
        """Every access token given so far is answered with 401 from now on."""
        self.service.tokens.grants.clear()

    def _person(self, request: Request) -> str | None:
        if request.path == "/token":
            return auth.claimed_subject(request.body)
        grant = routes.grant_of(self.service, request)
        return grant.subject if grant else None

    def _done(self, request: Request) -> Answer:
        if request.path == "/token" and request.verb == "POST":
            with self.world.store.lock:
                return self.service.tokens.issue(self.world.store, request.body)
        if request.path == batch.PATH and request.verb == "POST":
            try:
                return batch.answer(request, self._part)
            except ApiError as error:
                return Answer(error.status, error.body())
        return routes.answer(self.service, request)

    def _instead(self, fault: Fault) -> Answer:
        return faults.instead(fault)

    def _rewritten(self, request: Request, fault: Fault) -> Answer:
        """An answer of `events.list` with one thing wrong in it."""
        reply = routes.answer(self.service, request)
        data = reply.data or {}
        if fault.kind == "no-sync-token":
            data.pop("nextSyncToken", None)
        elif fault.kind == "page-missing" and "nextPageToken" in data:
            return routes.answer(self.service, _with_page(request, data["nextPageToken"]))
        elif fault.kind == "empty-page" and reply.status == 200:
            calendar = self.world.store.calendar(self._person(request) or "")
            with self.world.store.lock:
                reply.data = listing.empty_first(self.world.store, self.service.pages, calendar, request.query)
        return reply

    def _subject(self, request: Request, reply: Answer | None) -> Subject:
        calendar = request.path.startswith("/calendar/v3/calendars/")
        mutating = calendar and request.verb in MUTATING and not request.path.endswith("/watch")
        return Subject(_event(request, reply) if calendar else None, mutating)


def _with_page(request: Request, token: str) -> Request:
    query = {**request.query, "pageToken": [token]}
    return Request(request.verb, f"{urlsplit(request.target).path}?{urlencode(query, doseq=True)}", request.headers)


def _event(request: Request, reply: Answer | None) -> str | None:
    """The event a request is about: from its path, or for an insert from the answer."""
    parts = request.path.split("/")
    if len(parts) > 6:
        return parts[6]
    data = reply.data if reply else None
    return str(data["id"]) if request.verb == "POST" and data and "id" in data else None
