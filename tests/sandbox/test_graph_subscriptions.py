"""Change notifications: the handshake on both addresses, ids only, and every known weakness."""

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sandbox.graph_office import NOW, OLA, Data, GraphOffice, Reply, at


class Receiver:
    """A webhook: echoes tokens (unless told not to) and keeps what arrives."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        self.inbox: queue.Queue[tuple[str, Data]] = queue.Queue()
        self.echo = True
        self.handshakes: list[str] = []

    def next(self) -> tuple[str, Data]:
        """The next notice: path and its only entry."""
        path, body = self.inbox.get(timeout=10)
        return path, body["value"][0]


@contextmanager
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            token = parse_qs(parts.query).get("validationToken", [""])[0]
            if token:
                kept.handshakes.append(parts.path)
            else:
                kept.inbox.put((parts.path, json.loads(body)))
            echoed = token.encode() if kept.echo else b"no"
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(echoed)))
            self.end_headers()
            self.wfile.write(echoed)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept = Receiver(server)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()


def subscribe(graph: GraphOffice, hook: Receiver, **more: Any) -> Reply:
    body = {
        "changeType": "created,updated,deleted",
        "notificationUrl": f"{hook.url}/notes",
        "lifecycleNotificationUrl": f"{hook.url}/life",
        "resource": f"/users/{OLA}/events",
        "expirationDateTime": (NOW + timedelta(minutes=4200)).isoformat(),
        "clientState": "secret",
    }
    return graph.call("POST", "/subscriptions", body | more)


def test_a_handshake_then_notices_with_ids_only(graph: GraphOffice) -> None:
    with receiver() as hook:
        made = subscribe(graph, hook)
        assert (made.status, hook.handshakes) == (201, ["/notes", "/life"])
        event = graph.create(OLA, "Focus", at(24, 9), at(24, 10)).data
        path, note = hook.next()
        assert (path, note["changeType"], note["clientState"]) == ("/notes", "created", "secret")
        assert note["resourceData"]["id"] == event["id"]
        assert "subject" not in json.dumps(note)
        graph.call("DELETE", graph.event(OLA, event))
        assert hook.next()[1]["changeType"] == "deleted"


def test_subscriptions_are_renewed_deleted_and_expire_without_notice(graph: GraphOffice) -> None:
    with receiver() as hook:
        path = f"/subscriptions/{subscribe(graph, hook).data['id']}"
        later = (NOW + timedelta(minutes=4230)).isoformat()
        assert (
            graph.call("PATCH", path, {"expirationDateTime": later})
            .data["expirationDateTime"]
            .startswith("2026-11-26T06:30")
        )
        assert graph.call("POST", f"{path}/reauthorize").status == 204
        graph.clock.advance(timedelta(days=4))
        graph.create(OLA, "Focus", at(28, 9), at(28, 10))
        assert graph.call("GET", path).status == 404
        other = f"/subscriptions/{subscribe(graph, hook, expirationDateTime=(NOW + timedelta(days=5)).isoformat()).data['id']}"
        assert [graph.call(verb, other).status for verb in ("DELETE", "GET")] == [204, 404]


@pytest.mark.parametrize(
    "more",
    [
        {"expirationDateTime": (NOW + timedelta(days=30)).isoformat()},
        {"clientState": "x" * 129},
        {"resource": "/users/nobody@acme.example/events"},
        {"notificationUrl": "https://example.com/notes"},
    ],
    ids=["too long", "state", "nobody", "elsewhere"],
)
def test_what_is_refused(graph: GraphOffice, more: Data) -> None:
    with receiver() as hook:
        assert subscribe(graph, hook, **more).status == 400


def test_without_an_echo_there_is_no_subscription(graph: GraphOffice) -> None:
    with receiver() as hook:
        hook.echo = False
        assert subscribe(graph, hook).code == "ValidationError"
        assert graph.call("GET", "/subscriptions").data["value"] == []


def test_notices_get_lost_come_twice_and_out_of_order(graph: GraphOffice) -> None:
    with receiver() as hook:
        subscribe(graph, hook)
        notes = graph.server.subscriptions
        notes.drop = 1
        graph.create(OLA, "Lost", at(24, 9), at(24, 10))
        notes.duplicate = True
        twice = graph.create(OLA, "Twice", at(24, 9), at(24, 10)).data["id"]
        assert {hook.next()[1]["resourceData"]["id"] for _ in range(2)} == {twice}
        notes.duplicate, notes.reorder = False, True
        late, early = (graph.create(OLA, name, at(24, 9), at(24, 10)).data["id"] for name in ("Late", "Early"))
        assert {hook.next()[1]["resourceData"]["id"] for _ in range(2)} == {late, early}
        order = [sent["body"]["value"][0]["resourceData"]["id"] for sent in notes.sent[-2:]]
        assert order == [early, late]


def test_lifecycle_notices(graph: GraphOffice) -> None:
    with receiver() as hook:
        name = subscribe(graph, hook).data["id"]
        for event in ("reauthorizationRequired", "missed", "subscriptionRemoved"):
            graph.server.subscriptions.lifecycle(name, event)
            path, note = hook.next()
            assert (path, note["lifecycleEvent"], note["subscriptionId"]) == ("/life", event, name)
        assert graph.call("GET", f"/subscriptions/{name}").status == 404
