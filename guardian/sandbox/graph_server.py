"""Microsoft Graph and its token service on a loopback port, over TLS with a private authority."""

import os
import re
import socket
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import TracebackType

from cryptography.hazmat.primitives.serialization import Encoding

from guardian.sandbox import graph_batch, graph_faults, graph_ids, graph_routes, microsoft_tls
from guardian.sandbox.faults import Fault, Faults
from guardian.sandbox.graph_errors import GraphError, invalid_token, throttled
from guardian.sandbox.graph_routes import GraphService
from guardian.sandbox.graph_subscriptions import Subscriptions
from guardian.sandbox.loopback import MUTATING, Sandbox, Subject
from guardian.sandbox.microsoft_identity import Identity
from guardian.sandbox.microsoft_switches import MicrosoftSwitches
from guardian.sandbox.wire import Answer, Request
from guardian.sandbox.world import World

_EVENT = re.compile(r"/v1\.0/users/[^/]+(?:/calendars?(?:/[^/]+)?)?/events/([^/]+)(?:/.*)?")
READING_POSTS = ("/getSchedule", "/$batch")
BATCH_WIDTH = 4


class GraphSandbox(Sandbox):
    """Serves a world as Microsoft Graph on https://localhost until the `with` block ends.

    `url` and `authority` have no slash at their end; the certificate of the private authority is in `ca_file`.
    """

    def __init__(self, world: World, *, port: int = 0, log_requests: bool = True) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="graph-sandbox-")
        self.ca_file, context = microsoft_tls.write_authority(Path(self._folder.name))
        super().__init__(world, Faults(graph_faults.MICROSOFT), port, log_requests=log_requests, tls=context)
        self.url = self.authority = f"https://localhost:{self.port}"
        self.identity = Identity(self.url)
        self.service = GraphService(world.store, self.url, Subscriptions(self.identity.tenant))
        self._in_flight: Counter[str] = Counter()
        self._flight_lock = threading.Lock()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, value, trace)
        self._folder.cleanup()

    @property
    def switches(self) -> MicrosoftSwitches:
        return self.world.store.microsoft

    @property
    def subscriptions(self) -> Subscriptions:
        return self.service.subscriptions

    @property
    def tenant_id(self) -> str:
        return self.identity.tenant

    @property
    def client_id(self) -> str:
        return self.identity.client

    @property
    def client_secret(self) -> str:
        return self.identity.secret

    def write_certificate(self, path: str | os.PathLike[str], life: timedelta = microsoft_tls.LIFE) -> Path:
        """Register a certificate and write it with its private key as one PEM file (mode 0600). Negative lives are expired."""
        certificate, target = microsoft_tls.client_certificate(life), Path(path)
        self.identity.certificates.append(certificate)
        target.touch(mode=0o600)
        target.chmod(0o600)
        target.write_bytes(microsoft_tls.pem(microsoft_tls.client_key()) + certificate.public_bytes(Encoding.PEM))
        return target

    def expire_access_tokens(self) -> None:
        """Every access token given so far is answered with 401 from now on."""
        self.identity.tokens.clear()

    def _exchange(self, connection: socket.socket, request: Request) -> bool:
        keep = super()._exchange(connection, request)
        self.subscriptions.notify(self.world.store)
        return keep

    def _reply(self, request: Request, fault: Fault | None) -> Answer | None:
        """Under way until the answer is ready: whoever reads it may ask again before this thread goes on."""
        with self._flying(self._load(request)):
            return super()._reply(request, fault)

    def _load(self, request: Request) -> Counter[str]:
        """How many requests this is to each mailbox; of a batch the service runs at most four at once."""
        if request.path == graph_batch.PATH:
            parts = graph_batch.parts_by_mailbox(request, self._person)
            return Counter({mailbox: min(n, BATCH_WIDTH) for mailbox, n in parts.items()})
        mailbox = self._person(request)
        return Counter([mailbox] if mailbox else [])

    @contextmanager
    def _flying(self, load: Counter[str]) -> Iterator[None]:
        with self._flight_lock:
            self._in_flight.update(load)
            for mailbox in load:
                self.most_in_flight[mailbox] = max(self.most_in_flight[mailbox], self._in_flight[mailbox])
        try:
            yield
        finally:
            with self._flight_lock:
                self._in_flight.subtract(load)

    def _person(self, request: Request) -> str | None:
        return graph_routes.mailbox_of(self.world.store, request.path)

    def _done(self, request: Request) -> Answer:
        store = self.world.store
        given = self.identity.answer(store, request.verb, request.path, request.body)
        if given is not None:
            return given
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not self.identity.valid(token):
            return graph_routes.with_headers(request, graph_routes.refusal(store, invalid_token()))
        if request.path == graph_batch.PATH and request.verb == "POST":
            return self._batch(request)
        mailbox = self._person(request)
        if mailbox is not None and self._in_flight[mailbox] > self.switches.most_in_flight:
            return graph_routes.refusal(store, throttled(self.switches.retry_after))
        return graph_routes.answer(self.service, request)

    def _batch(self, request: Request) -> Answer:
        try:
            return graph_batch.answer(request, self._part, self._person, self.switches)
        except GraphError as error:
            return graph_routes.refusal(self.world.store, error)

    def _instead(self, fault: Fault) -> Answer:
        return graph_faults.instead(fault, self.url)

    def _rewritten(self, request: Request, fault: Fault) -> Answer:
        return graph_faults.rewrite(fault, self._done(request), self.url)

    def _subject(self, request: Request, reply: Answer | None) -> Subject:
        inside = request.path.startswith("/v1.0/users/")
        mutating = inside and request.verb in MUTATING and not request.path.endswith(READING_POSTS)
        return Subject(self._event(request, reply) if inside else None, mutating)

    def _event(self, request: Request, reply: Answer | None) -> str | None:
        """The world's id of the event in the path, or in the answer to a creation."""
        found = _EVENT.fullmatch(request.path)
        data = reply.data if reply else None
        text = found[1] if found else str(data["id"]) if request.verb == "POST" and data and "id" in data else None
        return graph_ids.named(text) or text if text else None
