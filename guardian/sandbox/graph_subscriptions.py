"""Change notifications: a handshake, then bodies with ids only, delivered with every known weakness on request."""

import json
import re
import secrets
import threading
import urllib.request
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote

from guardian.sandbox import graph_ids, graph_users
from guardian.sandbox.graph_errors import GraphError, bad_request, unknown_resource
from guardian.sandbox.graph_events import visible
from guardian.sandbox.graph_times import bound, preferences, utc
from guardian.sandbox.moments import Body, stamp
from guardian.sandbox.push import LOOPBACK
from guardian.sandbox.store import Store
from guardian.sandbox.wire import Answer, Request

LONGEST = timedelta(minutes=4230)
HANDSHAKE_SECONDS = 10
_RESOURCE = re.compile(r"/?users/([^/]+)/(?:calendar/)?events", re.IGNORECASE)
_PATH = re.compile(r"/v1\.0/subscriptions(?:/([^/]+))?(/reauthorize)?")
LIFECYCLE = ("reauthorizationRequired", "subscriptionRemoved", "missed")


@dataclass
class Subscription:
    """One subscription; `touched` is the revision of the mailbox that was told last."""

    id: str
    owner: str
    data: Body
    expires: datetime
    touched: int
    immutable: bool

    def shown(self) -> Body:
        return {"id": self.id} | self.data | {"expirationDateTime": utc(stamp(self.expires))}


@dataclass
class Subscriptions:
    """Living subscriptions. `drop` counts notices to lose, `duplicate` sends each twice, `reorder` holds one back and sends it
    after the next. Addresses are loopback only. `sent` holds what was sent: address and body."""

    tenant: str
    open: dict[str, Subscription] = field(default_factory=dict)
    drop: int = 0
    duplicate: bool = False
    reorder: bool = False
    sent: list[Body] = field(default_factory=list)
    _held: list[tuple[str, Body]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, store: Store, request: Request) -> Answer:
        """The routes below `/subscriptions`. Raises GraphError."""
        found = _PATH.fullmatch(request.path)
        if found is None:
            raise bad_request("Resource not found.", "BadRequest")
        name, again = found.groups()
        if name is None:
            rows = [subscription.shown() for subscription in self.open.values()]
            return self._create(store, request) if request.verb == "POST" else Answer(200, {"value": rows})
        subscription = self.open.get(name)
        if subscription is None:
            raise unknown_resource(name)
        if again:
            return Answer(204)
        return self._change(store, request, subscription)

    def _change(self, store: Store, request: Request, subscription: Subscription) -> Answer:
        if request.verb == "DELETE":
            del self.open[subscription.id]
            return Answer(204)
        if request.verb == "PATCH":
            subscription.expires = _expires(store, _body(request))
        return Answer(200, subscription.shown())

    def _create(self, store: Store, request: Request) -> Answer:
        body = _body(request)
        place = _RESOURCE.fullmatch(str(body.get("resource", "")))
        person = graph_users.find_account(store, place[1]) if place else None
        if person is None or person.email in store.accounts or not body.get("changeType"):
            raise bad_request("The resource or change type is not valid for a subscription.", "InvalidRequest")
        if len(str(body.get("clientState") or "")) > 128:
            raise bad_request("clientState is too long.", "InvalidRequest")
        expires = _expires(store, body)
        for key in ("notificationUrl", "lifecycleNotificationUrl"):
            if key in body or key == "notificationUrl":
                _handshake(str(body.get(key, "")))
        immutable = preferences(request.headers).immutable
        kept = {
            key: body.get(key)
            for key in ("changeType", "notificationUrl", "lifecycleNotificationUrl", "resource", "clientState")
        }
        name = str(uuid.uuid4())
        touched = store.calendar(person.email).touched
        self.open[name] = Subscription(name, person.email, kept, expires, touched, immutable)
        return Answer(201, self.open[name].shown())

    def notify(self, store: Store) -> None:
        """Tell of what has changed since the last time; expired subscriptions end without notice."""
        with self._lock, store.lock:
            now = store.clock()
            for subscription in list(self.open.values()):
                if subscription.expires <= now:
                    del self.open[subscription.id]
                elif store.calendar(subscription.owner).touched > subscription.touched:
                    self._tell(store, subscription)

    def _tell(self, store: Store, subscription: Subscription) -> None:
        calendar = store.calendar(subscription.owner)
        since, subscription.touched = subscription.touched, calendar.touched
        wanted = str(subscription.data["changeType"]).split(",")
        for row in list(calendar.rows.values()):
            if row.revision <= since:
                continue
            change = (
                "deleted" if not visible(row) else "created" if row.body.get("created") == row.updated else "updated"
            )
            if change in wanted:
                name = graph_ids.event_id(store, row, immutable=subscription.immutable)
                self._send(subscription.data["notificationUrl"], self._notice(subscription, change, name))

    def _notice(self, subscription: Subscription, change: str, name: str) -> Body:
        place = f"Users/{graph_users.user_id(subscription.owner)}/Events/{name}"
        return self._head(subscription) | {
            "changeType": change,
            "resource": place,
            "resourceData": {"@odata.type": "#Microsoft.Graph.Event", "@odata.id": place, "id": name},
        }

    def _head(self, subscription: Subscription) -> Body:
        return {
            "subscriptionId": subscription.id,
            "subscriptionExpirationDateTime": utc(stamp(subscription.expires)),
            "tenantId": self.tenant,
            "clientState": subscription.data.get("clientState"),
        }

    def lifecycle(self, name: str, event: str) -> None:
        """Send a lifecycle notice, one of LIFECYCLE; a removed subscription is gone."""
        if event not in LIFECYCLE:
            raise ValueError(f"unknown lifecycle event {event!r}; known: {', '.join(LIFECYCLE)}")
        subscription = self.open[name]
        if event == "subscriptionRemoved":
            del self.open[name]
        address = subscription.data.get("lifecycleNotificationUrl")
        if address:
            self._send(address, self._head(subscription) | {"lifecycleEvent": event})

    def _send(self, address: str, notice: Body) -> None:
        if self.drop > 0:
            self.drop -= 1
            return
        if self.reorder and not self._held:
            self._held.append((address, notice))
            return
        waiting = [(address, notice), *self._held]
        self._held.clear()
        for where, what in waiting * (2 if self.duplicate else 1):
            self.sent.append({"address": where, "body": {"value": [what]}})
            threading.Thread(target=_post, args=(where, {"value": [what]}), daemon=True).start()


def _body(request: Request) -> Body:
    try:
        data = request.json()
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise bad_request("Unable to read JSON request payload.", "BadRequest")
    return data


def _expires(store: Store, body: Body) -> datetime:
    """When it ends. Raises GraphError 400 for a time that is past or too far away."""
    expires = bound(str(body.get("expirationDateTime", "")), "expirationDateTime")
    now = store.clock()
    if not now < expires <= now + LONGEST + timedelta(minutes=1):
        raise bad_request("Subscription expiration can only be 4230 minutes in the future.", "ExtensionError")
    return expires


def _handshake(address: str) -> None:
    """The receiver must echo a token as plain text within ten seconds. Raises GraphError 400."""
    if not address.startswith(LOOPBACK):
        raise bad_request("The notification URL must be a loopback address.", "InvalidRequest")
    token = f"Validation: Testing client application reachability for subscription Request-Id: {secrets.token_hex(8)}"
    url = f"{address}{'&' if '?' in address else '?'}validationToken={quote(token)}"
    request = urllib.request.Request(url, data=b"", headers={"Content-Type": "text/plain"}, method="POST")  # noqa: S310 - checked above
    try:
        with urllib.request.urlopen(request, timeout=HANDSHAKE_SECONDS) as reply:  # noqa: S310 - checked above
            plain = reply.headers.get_content_type() == "text/plain"
            echoed = plain and reply.status == 200 and reply.read(4096).decode() == token
    except OSError:
        echoed = False
    if not echoed:
        raise GraphError(400, "ValidationError", "Subscription validation request failed.")


def _post(address: str, body: Body) -> None:
    data = json.dumps(body).encode()
    request = urllib.request.Request(address, data=data, headers={"Content-Type": "application/json"}, method="POST")  # noqa: S310 - checked at the handshake
    try:
        urllib.request.urlopen(request, timeout=5).close()  # noqa: S310 - checked at the handshake
    except OSError:
        return  # the receiver is not there: notices are not repeated
