"""The sandbox on a loopback port: connections, faults on the wire, and the record of every request."""

import json
import os
import socket
import threading
from collections import Counter, deque
from contextlib import suppress
from dataclasses import asdict, dataclass
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from guardian.sandbox import auth, batch, control, faults, listing, routes, wire
from guardian.sandbox.auth import Tokens
from guardian.sandbox.errors import ApiError
from guardian.sandbox.faults import Fault, Faults
from guardian.sandbox.listing import Pages
from guardian.sandbox.push import Channels
from guardian.sandbox.routes import Service
from guardian.sandbox.wire import Answer, Request
from guardian.sandbox.world import World

MUTATING = frozenset(("POST", "PATCH", "PUT", "DELETE"))
LOG_LENGTH = 100_000


@dataclass
class Entry:
    """One request as it was answered. `status` is None where the client got no answer; `applied` says that the request was
    carried out with success, whatever the client saw."""

    number: int
    at: str
    person: str | None
    verb: str
    path: str
    query: str
    event: str | None
    body: Any
    if_match: str | None
    status: int | None
    reason: str
    mutating: bool
    applied: bool
    fault: str | None


class GoogleSandbox:
    """Serves a world as Google Calendar on 127.0.0.1 until the `with` block ends.

    `url` ends in a slash. `faults` takes orders, `log` holds every request (unless `log_requests` is false), `requests`
    counts them per person and `mails` holds the notices that would have been sent.
    """

    def __init__(self, world: World, *, port: int = 0, log_requests: bool = True) -> None:
        self.world = world
        self.faults = Faults()
        self.log: deque[Entry] = deque(maxlen=LOG_LENGTH)
        self.requests: Counter[str] = Counter()
        self._log_requests = log_requests
        self._listener = socket.create_server(("127.0.0.1", port), backlog=512)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self.service = Service(world.store, Tokens(f"{self.url}token"), Pages(), Channels())
        self._open: set[socket.socket] = set()
        self._stopping = threading.Event()
        self._count_lock = threading.Lock()
        self._count = 0

    def __enter__(self) -> "GoogleSandbox":
        threading.Thread(target=self._accept, name="sandbox", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening and cut every connection."""
        self._stopping.set()
        wire.hang_up(self._listener)
        for connection in list(self._open):
            wire.hang_up(connection)

    @property
    def mails(self) -> list[dict[str, Any]]:
        return self.world.mails

    @property
    def writes(self) -> list[Entry]:
        """The mutating calls of the log, without token calls and control."""
        return [entry for entry in self.log if entry.mutating]

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

    def _accept(self) -> None:
        with suppress(OSError):  # the listener is closed to end this loop
            while not self._stopping.is_set():
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.add(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection.makefile("rb") as stream, suppress(OSError):
                while (request := wire.read_request(stream)) is not None:
                    if not self._exchange(connection, request):
                        break
        finally:
            self._open.discard(connection)
            wire.hang_up(connection)

    def _exchange(self, connection: socket.socket, request: Request) -> bool:
        """Answer one request; False when the connection ends with it."""
        if request.path.startswith(control.PREFIX):
            connection.sendall(wire.encode(control.answer(self, request)))
            return True
        person = self._person(request)
        fault = self.faults.strike(request.verb, request.target, person)
        reply = self._reply(request, fault)
        self._note(request, person, fault, reply)
        return self._send(connection, request, fault, reply)

    def _person(self, request: Request) -> str | None:
        if request.path == "/token":
            return auth.claimed_subject(request.body)
        grant = routes.grant_of(self.service, request)
        return grant.subject if grant else None

    def _reply(self, request: Request, fault: Fault | None) -> Answer | None:
        """What the service says; None where it hangs up without doing anything."""
        if fault and fault.kind == "close-before-apply":
            return None
        if fault and fault.kind == "delay" and self._stopping.wait(float(fault.options.get("seconds", 1))):
            return None
        if fault and fault.kind in faults.INSTEAD:
            return faults.instead(fault)
        if fault and fault.kind in faults.REWRITTEN:
            return self._rewritten(request, fault.kind)
        return self._done(request)

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

    def _part(self, request: Request) -> Answer:
        """One part of a batch: faults that cut the connection do not apply to it."""
        person = self._person(request)
        fault = self.faults.strike(request.verb, request.target, person)
        instead = fault is not None and fault.kind in faults.INSTEAD - {"close-before-apply"}
        reply = faults.instead(fault) if fault and instead else routes.answer(self.service, request)
        self._note(request, person, fault, reply)
        return reply

    def _rewritten(self, request: Request, kind: str) -> Answer:
        """An answer of `events.list` with one thing wrong in it."""
        reply = routes.answer(self.service, request)
        data = reply.data or {}
        if kind == "no-sync-token":
            data.pop("nextSyncToken", None)
        elif kind == "page-missing" and "nextPageToken" in data:
            return routes.answer(self.service, _with_page(request, data["nextPageToken"]))
        elif kind == "empty-page" and reply.status == 200:
            calendar = self.world.store.calendar(self._person(request) or "")
            with self.world.store.lock:
                reply.data = listing.empty_first(self.world.store, self.service.pages, calendar, request.query)
        return reply

    def _send(self, connection: socket.socket, request: Request, fault: Fault | None, reply: Answer | None) -> bool:
        kind = fault.kind if fault else ""
        if reply is None or kind == "apply-then-drop":
            return False
        if kind == "hang-after-apply":
            self._stopping.wait(float(fault.options.get("seconds", 3600)) if fault else 0)
            return False
        if kind == "apply-then-error" and fault:
            reply = wire.html(int(fault.options.get("status", 502)))
        keep = request.headers.get("connection", "").lower() != "close"
        reply.headers.setdefault("Date", format_datetime(self.world.clock(), usegmt=True))
        data = wire.encode(reply, keep_alive=keep)
        if kind == "truncated":
            connection.sendall(data[: -max(1, len(reply.payload()) // 2)])
            return False
        connection.sendall(data)
        return keep

    def _note(self, request: Request, person: str | None, fault: Fault | None, reply: Answer | None) -> None:
        with self._count_lock:
            self._count += 1
            number = self._count
            self.requests[person or ""] += 1
        if self._log_requests:
            self.log.append(_entry(number, self.world.store.now(), request, person, fault, reply))


def _with_page(request: Request, token: str) -> Request:
    query = {**request.query, "pageToken": [token]}
    return Request(request.verb, f"{urlsplit(request.target).path}?{urlencode(query, doseq=True)}", request.headers)


def _entry(
    number: int, at: str, request: Request, person: str | None, fault: Fault | None, reply: Answer | None
) -> Entry:
    kind = fault.kind if fault else None
    calendar = request.path.startswith("/calendar/v3/calendars/")
    mutating = calendar and request.verb in MUTATING and not request.path.endswith("/watch")
    silent = reply is None or kind in {"apply-then-drop", "hang-after-apply"}
    done = reply is not None and reply.status < 300 and kind not in faults.INSTEAD
    return Entry(
        number=number,
        at=at,
        person=person,
        verb=request.verb,
        path=request.path,
        query=urlsplit(request.target).query,
        event=_event(request, reply) if calendar else None,
        body=_body(request) if mutating else None,
        if_match=request.headers.get("if-match"),
        status=None
        if silent or reply is None
        else int((fault.options.get("status", 502) if fault else 502) if kind == "apply-then-error" else reply.status),
        reason=reply.reason() if reply and reply.status >= 400 else "",
        mutating=mutating,
        applied=mutating and done,
        fault=kind,
    )


def _event(request: Request, reply: Answer | None) -> str | None:
    """The event a request is about: from its path, or for an insert from the answer."""
    parts = request.path.split("/")
    if len(parts) > 6:
        return parts[6]
    data = reply.data if reply else None
    return str(data["id"]) if request.verb == "POST" and data and "id" in data else None


def _body(request: Request) -> Any:
    try:
        return request.json()
    except ValueError:
        return request.body.decode("utf-8", "replace")


def entry_data(entry: Entry) -> dict[str, Any]:
    """A log entry as JSON data."""
    return asdict(entry) | {"query": parse_qs(entry.query)}
