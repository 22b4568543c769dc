"""What both services share on the wire: connections, faults that cut them, and the record of every request."""

import socket
import ssl
import threading
from collections import Counter, deque
from contextlib import suppress
from dataclasses import asdict, dataclass
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from guardian.sandbox import control, wire
from guardian.sandbox.faults import Fault, Faults
from guardian.sandbox.wire import Answer, Request
from guardian.sandbox.world import World

MUTATING = frozenset(("POST", "PATCH", "PUT", "DELETE"))
LOG_LENGTH = 100_000
SILENT = frozenset(("apply-then-drop", "hang-after-apply"))


@dataclass
class Entry:
    """One request as it was answered. `status` is None where the client got no answer; `applied` says that the request was
    carried out with success, whatever the client saw. `event` is the world's own id of it."""

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


@dataclass(frozen=True)
class Subject:
    """What a request is about: the event, and whether it changes a calendar."""

    event: str | None
    mutating: bool


class Sandbox:
    """Serves a world on 127.0.0.1 until the `with` block ends; each service fills in who asks and what is answered.

    `faults` takes orders, `log` holds every request (unless `log_requests` is false), `requests` counts them per person,
    `most_in_flight` is the highest number under way in a mailbox at once (where the service limits it), and `mails` holds
    the notices that would have been sent.
    """

    def __init__(
        self, world: World, orders: Faults, port: int, *, log_requests: bool = True, tls: ssl.SSLContext | None = None
    ) -> None:
        self.world = world
        self.faults = orders
        self.log: deque[Entry] = deque(maxlen=LOG_LENGTH)
        self.requests: Counter[str] = Counter()
        self.most_in_flight: Counter[str] = Counter()
        self._log_requests = log_requests
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", port), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._stopping = threading.Event()
        self._count_lock = threading.Lock()
        self._count = 0

    def __enter__(self) -> Self:
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
    def switches(self) -> object:
        """How the service behaves where it is undocumented, unreliable or configurable."""
        raise NotImplementedError

    @property
    def mails(self) -> list[dict[str, Any]]:
        return self.world.mails

    @property
    def writes(self) -> list[Entry]:
        """The mutating calls of the log, without token calls and control."""
        return [entry for entry in self.log if entry.mutating]

    def _person(self, request: Request) -> str | None:
        """Whose mailbox the request concerns, as far as it can be told."""
        raise NotImplementedError

    def _done(self, request: Request) -> Answer:
        """Do what is asked and answer."""
        raise NotImplementedError

    def _instead(self, fault: Fault) -> Answer:
        """The answer of a fault that keeps the request from being done."""
        raise NotImplementedError

    def _rewritten(self, request: Request, fault: Fault) -> Answer:
        """An answer with one thing wrong in it."""
        raise NotImplementedError

    def _subject(self, request: Request, reply: Answer | None) -> Subject:
        raise NotImplementedError

    def _accept(self) -> None:
        with suppress(OSError):  # the listener is closed to end this loop
            while not self._stopping.is_set():
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._meet, args=(connection,), daemon=True).start()

    def _meet(self, connection: socket.socket) -> None:
        """Serve one connection; whoever does not manage the handshake is cut off."""
        self._open.add(connection)
        secured = connection
        try:
            if self._tls is not None:
                secured = self._tls.wrap_socket(connection, server_side=True)
                self._open.add(secured)
            self._serve(secured)
        except OSError:
            return  # a failed handshake, or the server is closing
        finally:
            self._open -= {connection, secured}
            wire.hang_up(secured)
            connection.close()

    def _serve(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream, suppress(OSError):
            while (request := wire.read_request(stream)) is not None:
                if not self._exchange(connection, request):
                    break

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

    def _reply(self, request: Request, fault: Fault | None) -> Answer | None:
        """What the service says; None where it hangs up without doing anything."""
        if fault and fault.kind == "close-before-apply":
            return None
        if fault and fault.kind == "delay" and self._stopping.wait(float(fault.options.get("seconds", 1))):
            return None
        if fault and fault.kind in self.faults.kinds.instead:
            return self._instead(fault)
        if fault and fault.kind in self.faults.kinds.rewritten:
            return self._rewritten(request, fault)
        return self._done(request)

    def _part(self, request: Request) -> Answer:
        """One part of a batch: faults that cut the connection do not apply to it."""
        person = self._person(request)
        fault = self.faults.strike(request.verb, request.target, person)
        instead = fault is not None and fault.kind in self.faults.kinds.instead - {"close-before-apply"}
        reply = self._instead(fault) if fault and instead else self._done(request)
        self._note(request, person, fault, reply)
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
            self.log.append(self._entry(number, request, person, fault, reply))

    def _entry(
        self, number: int, request: Request, person: str | None, fault: Fault | None, reply: Answer | None
    ) -> Entry:
        kind = fault.kind if fault else None
        about = self._subject(request, reply)
        done = reply is not None and reply.status < 300 and kind not in self.faults.kinds.instead
        return Entry(
            number=number,
            at=self.world.store.now(),
            person=person,
            verb=request.verb,
            path=request.path,
            query=urlsplit(request.target).query,
            event=about.event,
            body=_body(request) if about.mutating else None,
            if_match=request.headers.get("if-match"),
            status=_status(fault, reply),
            reason=reply.reason() if reply and reply.status >= 400 else "",
            mutating=about.mutating,
            applied=about.mutating and done,
            fault=kind,
        )


def _status(fault: Fault | None, reply: Answer | None) -> int | None:
    """What the client saw."""
    if reply is None or (fault and fault.kind in SILENT):
        return None
    if fault and fault.kind == "apply-then-error":
        return int(fault.options.get("status", 502))
    return reply.status


def _body(request: Request) -> Any:
    try:
        return request.json()
    except ValueError:
        return request.body.decode("utf-8", "replace")


def entry_data(entry: Entry) -> dict[str, Any]:
    """A log entry as JSON data."""
    return asdict(entry) | {"query": parse_qs(entry.query)}
