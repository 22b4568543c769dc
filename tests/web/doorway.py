"""A loopback door to the PostgreSQL of the tests that can be shut: connections break, new ones are refused."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from urllib.parse import urlsplit, urlunsplit

from tests.databases import POSTGRES


class Doorway:
    """Passes bytes on between callers and one server until `shut`; `open` listens on the same port again."""

    def __init__(self, server: tuple[str, int]) -> None:
        self._server = server
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._serve(self._listener)

    @classmethod
    @contextmanager
    def to_postgres(cls) -> Iterator["Doorway"]:
        parts = urlsplit(POSTGRES)
        door = cls((parts.hostname or "127.0.0.1", parts.port or 5432))
        try:
            yield door
        finally:
            door.shut()

    def through(self, url: str) -> str:
        """The URL with the door in place of the server."""
        parts = urlsplit(url)
        user, at, _ = parts.netloc.rpartition("@")
        return urlunsplit(parts._replace(netloc=f"{user}{at}127.0.0.1:{self.port}"))

    def shut(self) -> None:
        for one in (self._listener, *self._sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._sockets.clear()

    def open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._serve(self._listener)

    def _serve(self, listener: socket.socket) -> None:
        Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):  # shut
            while True:
                caller, _ = listener.accept()
                server = socket.create_connection(self._server)
                self._sockets += [caller, server]
                Thread(target=_pass_on, args=(caller, server), daemon=True).start()
                Thread(target=_pass_on, args=(server, caller), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
