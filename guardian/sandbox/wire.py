"""HTTP/1.1 over a socket, small and in full view: faults need the raw connection."""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import BinaryIO
from urllib.parse import parse_qs, unquote, urlsplit

from guardian.sandbox.moments import Body

MAX_LINE = 1 << 16
MAX_BODY = 64 << 20


@dataclass
class Request:
    """One request. `path` is decoded, `target` is as sent; `headers` have lower-case names."""

    verb: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    path: str = ""
    query: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = urlsplit(self.target)
        self.path = unquote(parts.path)
        self.query = parse_qs(parts.query, keep_blank_values=True)
        if self.verb == "POST" and self.headers.get("x-http-method-override", "").upper() == "GET":
            self._unfold()

    def _unfold(self) -> None:
        """A long GET arrives as a POST whose form body is the query."""
        self.verb = "GET"
        self.query |= parse_qs(self.body.decode(), keep_blank_values=True)
        self.target = f"{self.target.partition('?')[0]}?{self.body.decode()}"

    def json(self) -> object:
        """The body as JSON, an empty one as {}; ValueError when it is neither."""
        return json.loads(self.body) if self.body.strip() else {}


@dataclass
class Answer:
    """One answer: `data` is sent as JSON unless `raw` says otherwise; None with 204 sends nothing."""

    status: int = 200
    data: Body | None = None
    raw: bytes | None = None
    content_type: str = "application/json; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)

    def payload(self) -> bytes:
        if self.raw is not None:
            return self.raw
        return b"" if self.data is None else json.dumps(self.data, separators=(",", ":")).encode()

    def reason(self) -> str:
        """The `reason` or `code` of an error body, empty for a success."""
        error = (self.data or {}).get("error")
        if not isinstance(error, dict):
            return str(error or "")
        errors = error.get("errors")
        return str(errors[0]["reason"]) if errors else str(error.get("code", ""))


def html(status: int) -> Answer:
    """A server error as the front end sends it: not JSON."""
    title = f"Error {status} ({HTTPStatus(status).phrase})"
    page = f"<!DOCTYPE html><html><title>{title}</title><p><b>{status}.</b> That is an error.</html>"
    return Answer(status, raw=page.encode(), content_type="text/html; charset=UTF-8")


def encode(answer: Answer, *, keep_alive: bool = True) -> bytes:
    """The bytes of status line, headers and body."""
    body = answer.payload()
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    if body:
        lines.append(f"Content-Type: {answer.content_type}")
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    lines += [f"Content-Length: {len(body)}", f"Connection: {'keep-alive' if keep_alive else 'close'}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def read_request(stream: BinaryIO) -> Request | None:
    """The next request of the connection; None when the peer is done or does not speak HTTP."""
    start = stream.readline(MAX_LINE).decode("latin-1").split()
    if len(start) != 3:
        return None
    headers = _read_headers(stream)
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY:
        return None
    body = stream.read(int(length))
    return Request(start[0].upper(), start[1], headers, body) if len(body) == int(length) else None


def _read_headers(stream: BinaryIO) -> dict[str, str]:
    headers: dict[str, str] = {}
    while (line := stream.readline(MAX_LINE)) not in {b"\r\n", b"\n", b""}:
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers


def hang_up(connection: socket.socket) -> None:
    """Close at once; the peer sees the end of the stream."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the peer was faster
    finally:
        connection.close()
