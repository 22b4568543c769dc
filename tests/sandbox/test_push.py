"""Watch channels: bodiless notices, in order, until stopped or expired."""

import queue
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from googleapiclient.errors import HttpError

from tests.sandbox.office import ANA, KIM, Office, at

Notice = dict[str, str]


class Doorbell(ThreadingHTTPServer):
    """Collects the headers of every notice."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Ring)
        self.notices: queue.Queue[Notice] = queue.Queue()
        self.address = f"http://127.0.0.1:{self.server_address[1]}/hook"

    def next(self) -> Notice:
        return self.notices.get(timeout=10)


class _Ring(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Doorbell)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.notices.put({name.title(): value for name, value in self.headers.items()} | {"Body": body.decode()})
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        return


@pytest.fixture
def bell() -> Iterator[Doorbell]:
    with Doorbell() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def watch(desk: Office, bell: Doorbell) -> dict[str, str]:
    body = {"id": "channel-1", "type": "web_hook", "address": bell.address, "token": "secret"}
    return dict(desk.api.watch(calendarId="primary", body=body).execute(http=desk.http(ANA)))


def test_the_first_notice_is_sync_and_numbers_rise(desk: Office, bell: Doorbell) -> None:
    channel = watch(desk, bell)
    first = bell.next()
    assert (first["X-Goog-Resource-State"], first["X-Goog-Message-Number"], first["Body"]) == ("sync", "1", "")
    desk.insert(ANA, {"start": {"date": "2026-11-24"}, "end": {"date": "2026-11-25"}})
    second = bell.next()
    assert (second["X-Goog-Resource-State"], second["X-Goog-Message-Number"]) == ("exists", "2")
    assert second["X-Goog-Channel-Token"] == "secret"
    assert second["X-Goog-Resource-Id"] == channel["resourceId"]


def test_a_stopped_channel_is_silent_unless_the_service_does_not_listen(desk: Office, bell: Doorbell) -> None:
    channel = watch(desk, bell)
    stop = desk.service.channels().stop(body={"id": channel["id"], "resourceId": channel["resourceId"]})
    desk.server.channels.deaf_stop = True
    stop.execute(http=desk.http(ANA))
    assert list(desk.server.channels.open) == ["channel-1"]
    desk.server.channels.deaf_stop = False
    stop.execute(http=desk.http(ANA))
    assert desk.server.channels.open == {}
    with pytest.raises(HttpError) as missing:
        stop.execute(http=desk.http(ANA))
    assert missing.value.status_code == 404


def test_channels_end_without_notice_and_notices_get_lost_or_doubled(desk: Office, bell: Doorbell) -> None:
    watch(desk, bell)
    channels = desk.server.channels

    def change() -> int:
        before = len(channels.sent)
        desk.world.invite(KIM, "Offer", at(24, 9), at(24, 10), [ANA])
        desk.page(ANA)
        return len(channels.sent) - before

    channels.drop = 1
    assert change() == 0
    channels.duplicate = True
    assert change() == 2
    desk.clock.advance(timedelta(days=8))
    assert change() == 0
    assert channels.open == {}
