"""Watch channels: a POST without a body, delivered with every known weakness on request."""

import queue
import threading
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from guardian.sandbox.copies import Calendar
from guardian.sandbox.errors import bad_request, not_found
from guardian.sandbox.moments import Body
from guardian.sandbox.store import Store

LIFE = timedelta(days=7)
LOOPBACK = ("http://127.0.0.1:", "http://localhost:")


@dataclass
class Channel:
    """One open channel; `touched` is the revision of its calendar that was told last."""

    id: str
    owner: str
    address: str
    token: str | None
    resource: str
    expires: datetime
    touched: int
    messages: int = 0


@dataclass
class Channels:
    """Open channels and the notices on their way. `drop` counts notices to lose, `duplicate` sends each twice, `deaf_stop`
    goes on after `stop`, `reorder` sends the latest first. Addresses are loopback only."""

    open: dict[str, Channel] = field(default_factory=dict)
    drop: int = 0
    duplicate: bool = False
    reorder: bool = False
    deaf_stop: bool = False
    sent: list[Body] = field(default_factory=list)
    _waiting: "queue.LifoQueue[tuple[str, dict[str, str]]]" = field(default_factory=queue.LifoQueue)

    def watch(self, own: Calendar, body: Body, now: datetime) -> Body:
        """Open a channel. Raises ApiError 400 for a bad id, type or address."""
        name, address = str(body.get("id", "")), str(body.get("address", ""))
        if not 0 < len(name) <= 64 or body.get("type") not in {"web_hook", "webhook"}:
            raise bad_request("Invalid channel.", "invalid")
        if name in self.open:
            raise bad_request(f"Channel id {name} not unique", "channelIdNotUnique", "id")
        if not address.startswith(LOOPBACK):
            raise bad_request("WebHook callback must be HTTPS", "webhookUrlNotHttps", "address")
        expires = self._expires(body, now)
        channel = Channel(name, own.owner, address, body.get("token"), f"r{own.owner}", expires, own.touched)
        self.open[name] = channel
        self._send(channel, "sync")
        return {
            "kind": "api#channel",
            "id": name,
            "resourceId": channel.resource,
            "resourceUri": f"https://www.googleapis.com/calendar/v3/calendars/{own.owner}/events?alt=json",
            "expiration": str(int(expires.timestamp() * 1000)),
        } | ({"token": channel.token} if channel.token else {})

    def _expires(self, body: Body, now: datetime) -> datetime:
        latest = now + LIFE
        wanted = str(body.get("expiration", ""))
        return min(latest, datetime.fromtimestamp(int(wanted) / 1000, now.tzinfo)) if wanted.isdigit() else latest

    def stop(self, body: Body) -> None:
        """Close a channel; id and resource must fit."""
        channel = self.open.get(str(body.get("id", "")))
        if channel is None or channel.resource != body.get("resourceId"):
            raise not_found()
        if not self.deaf_stop:
            del self.open[channel.id]

    def notify(self, store: Store) -> None:
        """Tell every living channel whose calendar has changed; expired ones end without notice."""
        if not self.open:
            return
        now = store.clock()
        for channel in list(self.open.values()):
            touched = store.calendar(channel.owner).touched
            if channel.expires <= now:
                del self.open[channel.id]
            elif touched > channel.touched:
                channel.touched = touched
                self._send(channel, "exists")

    def _send(self, channel: Channel, state: str) -> None:
        channel.messages += 1
        headers = {
            "X-Goog-Channel-ID": channel.id,
            "X-Goog-Message-Number": str(channel.messages),
            "X-Goog-Resource-ID": channel.resource,
            "X-Goog-Resource-State": state,
            "X-Goog-Resource-URI": f"https://www.googleapis.com/calendar/v3/calendars/{channel.owner}/events?alt=json",
        } | ({"X-Goog-Channel-Token": channel.token} if channel.token else {})
        if self.drop > 0 and state != "sync":
            self.drop -= 1
            return
        for _ in range(2 if self.duplicate else 1):
            self.sent.append({"address": channel.address, "headers": headers})
            self._waiting.put((channel.address, headers))
        if not self.reorder or channel.messages % 2 == 0:
            self.flush()

    def flush(self) -> None:
        """Start delivery of what waits, the latest first."""
        while not self._waiting.empty():
            address, headers = self._waiting.get()
            threading.Thread(target=_post, args=(address, headers), daemon=True).start()


def _post(address: str, headers: dict[str, str]) -> None:
    request = urllib.request.Request(address, data=b"", headers=headers, method="POST")  # noqa: S310 - checked in watch
    try:
        urllib.request.urlopen(request, timeout=5).close()  # noqa: S310 - checked in watch
    except OSError:
        return  # the receiver is not there: notices are not repeated
